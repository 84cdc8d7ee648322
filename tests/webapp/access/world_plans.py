"""What a patient of the clinic of these tests has from a doctor: plans, medicines, promises and questions."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from rules import selectors as shelf
from rules import services as shelf_services
from tests.webapp.access.marks import CLINICAL, WORDS
from tests.webapp.plans.factories import confirmed
from webapp.accounts.models import User
from webapp.patients.models import Patient
from webapp.plans import case as cases
from webapp.plans import outcomes
from webapp.plans.models import (
    Evaluation,
    Handover,
    Plan,
    PlanItem,
    Recall,
    RecallTask,
    RuleMark,
    SecondSignature,
    Settlement,
    Task,
)
from webapp.prescriptions.models import DispensingOrder, Pharmacy, Prescription, Renewal


def _evaluation(patient: Patient) -> Evaluation:
    return confirmed(
        Evaluation.objects.create(
            patient=patient,
            release=shelf.current_release(),
            case=cases.build(patient, timezone.localdate()),
            case_sha256="c" * 64,
            result="{}",
            result_sha256="r" * 64,
            status="ok",
            because="visit",
        )
    )


def _content(code: str) -> dict[str, Any]:
    protocol = next(iter(shelf_services.edition().protocols.values()))
    rule = next(iter(protocol.rules.values()))
    reason = {
        "protocol": protocol.name, "version": protocol.version, "rule": rule.name, "file": rule.place.file, "line": 4,
        "because": WORDS, "source": "acg", "evidence": "strong", "review_needed": False,
    }  # fmt: skip
    return {
        "code": code, "kind": code.partition(":")[0], "state": "proposed", "urgency": "none", "title": WORDS,
        "patient_text": WORDS, "reasons": [reason], "drugs": [], "classes": [], "doses": [], "alternatives": [],
        "safety": [], "waiting_for": [], "after_days": None, "within_days": None, "with_questionnaire": None,
        "red_flag": False, "conflicts": [],
    }  # fmt: skip


def plans_of(patient: Patient, doctor: User) -> tuple[Plan, PlanItem]:
    """Leave a signed plan and a newer draft."""
    now = timezone.now()
    signed = Plan.objects.create(patient=patient, evaluation=_evaluation(patient))
    PlanItem.objects.create(
        plan=signed, position=0, code="advice:small_meals", kind="advice", state="proposed",
        content=_content("advice:small_meals"), decision="edited", final={"title": WORDS}, note=f"{CLINICAL} note",
        decided_by=doctor, decided_at=now,
    )  # fmt: skip
    given = [_given(signed, place, code, doctor) for place, code in enumerate(("rx:omeprazole", "supp:psyllium"), 1)]
    Plan.objects.filter(pk=signed.pk).update(status="signed", signed_by=doctor, signed_at=now - timedelta(minutes=10))
    Prescription.objects.create(
        batch=uuid4(), patient=patient, plan=signed, item=given[0], place=0, content=_printed(patient), issued_by=doctor
    )
    _asked_for(signed, given[0], doctor)
    draft = Plan.objects.create(patient=patient, evaluation=_evaluation(patient))
    code = "advice:weight_loss"
    item = PlanItem.objects.create(
        plan=draft, position=0, code=code, kind="advice", state="proposed", content=_content(code)
    )
    outcomes.shown(doctor, [item])
    return draft, item


def _given(plan: Plan, place: int, code: str, doctor: User) -> PlanItem:
    """Put something to take into a plan."""
    kind, _, name = code.partition(":")
    dose = {
        "ingredient": name, "dose": "20 mg", "frequency": "once daily", "route": "oral", "timing": WORDS,
        "duration_days": 56, "daily": "20", "unit": "mg",
    }  # fmt: skip
    return PlanItem.objects.create(
        plan=plan, position=place, code=code, kind=kind, state="proposed", content=_content(code) | {"doses": [dose]},
        decision="accepted", decided_by=doctor, decided_at=timezone.now(),
    )  # fmt: skip


def _asked_for(plan: Plan, item: PlanItem, doctor: User) -> None:
    """Leave a request to go on with a medicine, and one that was approved and sent to a pharmacy."""
    said = {"verdict": "held", "findings": [WORDS], "missing": []}
    asked = {"patient": plan.patient, "plan": plan, "item": item, "asked_by": plan.patient.user}
    asked |= {"verdict": "held", "check_result": said}
    told = {"reason": CLINICAL, "justification": CLINICAL, "doses": item.content["doses"]}
    today = timezone.localdate()
    approved = Renewal.objects.create(
        **asked, state="approved", decided_by=doctor, decided_at=timezone.now(), until=today, **told
    )
    DispensingOrder.objects.create(
        renewal=approved, patient=plan.patient, pharmacy=Pharmacy.objects.first(), content=WORDS
    )
    Renewal.objects.create(**asked)  # asked anew after the approved one


def _printed(patient: Patient) -> dict[str, Any]:
    """What stood on the paper of a prescription."""
    day = timezone.localdate().isoformat()
    who = {"given_name": patient.given_name, "surnames": patient.family_name, "identity": patient.national_id}
    medicine = {"code": "omeprazole", "substance": f"{CLINICAL} substance", "dose": "20 mg", "route": "oral"}
    sold = {"presentation": CLINICAL, "units": 28, "packs": 2, "brand": "", "brand_reason": ""}
    how = {"frequency": "once daily", "timing": WORDS, "days": 56, "whole": 56, "start": day, "end": day}
    return {
        "form": "proposal", "day": day, "valid_until": day, "lacks": [], "doctor": {}, "how": how,
        "patient": who | {"birth_date": patient.birth_date.isoformat()}, "medicine": medicine | sold,
    }  # fmt: skip


def _between_doctors(plan: Plan, doctor: User) -> None:
    """Leave a draft that was handed to the doctor, and a question for a second signature that was taken back."""
    other = User.objects.exclude(pk=doctor.pk).order_by("pk")[0]
    Handover.objects.create(
        plan=plan, given_by=other, given_to=doctor, reason=f"{CLINICAL} over", opened_at=timezone.now()
    )
    SecondSignature.objects.create(
        item=plan.items.get(position=0), plan=plan, asked_by=doctor, asked_of=other, reason_code="risk_accepted",
        state="taken_back", answered_at=timezone.now(),
    )  # fmt: skip


def a_task(plan: Plan, doctor: User) -> Any:
    """Leave something a doctor said she would watch."""
    made = Task.objects.create(
        patient=plan.patient,
        plan=plan,
        what="test:calprotectin",
        title=WORDS,
        due_on=timezone.localdate(),
        made_by=doctor,
    )
    _between_doctors(plan, doctor)
    Settlement.objects.create(
        patient=plan.patient, plan=plan, user=doctor, key="rx:omeprazole ppi_long_term", facts_digest="0" * 32,
        reason_code="will_monitor", note=f"{CLINICAL} watch",
    )  # fmt: skip
    return made.pk


def a_recall(director: User, plans: Iterable[Plan]) -> None:
    """Have these plans looked at again, each by the patient's doctor; the last is settled already."""
    recall = Recall.objects.create(
        rule=f"{CLINICAL}.rule", version="1.0.0", message=f"{CLINICAL} why", made_by=director
    )
    for plan in plans:
        doctor = plan.patient.general_practitioner
        task = RecallTask.objects.create(recall=recall, patient=plan.patient, plan=plan, doctor=doctor)
        RuleMark.objects.bulk_create(RuleMark(item=item, mark=item.pk.bytes) for item in plan.items.all())
    task.settled_by, task.settled_at, task.note = doctor, timezone.now(), f"{CLINICAL} done"
    task.save()

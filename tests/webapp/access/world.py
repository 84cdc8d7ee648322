"""A small clinic in which every personal and every clinical field holds a mark that no page, log or table may show."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone

from engine.language.documents import Questionnaire
from rules import selectors as shelf
from rules import services as shelf_services
from tests.webapp.patients.hostile import a_png
from tests.webapp.people import a_dni, a_patient, a_text, a_user, consented
from tests.webapp.plans.factories import confirmed
from tests.webapp.shelves import Kept, take_published
from webapp.accounts.models import CodeChannel, User
from webapp.alerts import services as alerts
from webapp.alerts.models import Reminder
from webapp.base.roles import Role
from webapp.clinic import selectors as clinic
from webapp.clinic.models import Logo
from webapp.desk.models import SavedView
from webapp.intake import selectors as intake
from webapp.intake.models import Answer, PastAnswer, QuestionnaireResponse
from webapp.patients import services as patients
from webapp.patients.models import AllergyIntolerance, DocumentReference, Observation, Patient, RelatedPerson
from webapp.plans import case as cases
from webapp.plans import outcomes
from webapp.plans.models import Evaluation, Handover, Plan, PlanItem, SecondSignature, Settlement, Task
from webapp.prescriptions.models import DispensingOrder, Pharmacy, Prescriber, Prescription, Renewal
from webapp.privacy.models import ConsentDraft, Export, ExportPiece
from webapp.results import services as results
from webapp.results.models import LabFile, Release

CLINICAL, PERSONAL = "Clinamark", "Personamark"
LOGO = "0" * 64
PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols_yaml"
WORDS = {"es": f"{CLINICAL} palabras", "en": f"{CLINICAL} words"}


@dataclass
class Life:
    """One patient and one of everything a patient can have."""

    patient: Patient
    open_response: QuestionnaireResponse
    sent_response: QuestionnaireResponse
    draft: Plan
    item: PlanItem
    allergy: AllergyIntolerance
    alert_id: Any
    contact: RelatedPerson
    measure: Observation
    task_id: Any
    signed_id: Any
    lab_file_id: Any

    @property
    def user(self) -> User:
        return self.patient.user

    @property
    def reminder_id(self) -> Any:
        return Reminder.objects.values_list("pk", flat=True).get(patient=self.patient)

    @property
    def report_id(self) -> Any:
        return Release.objects.values_list("pk", flat=True).get(patient=self.patient, state="waiting")

    @property
    def released_report_id(self) -> Any:
        return (
            Release.objects.values_list("pk", flat=True)
            .filter(patient=self.patient, state="released")
            .order_by("-report__effective")[0]
        )

    @property
    def medicine_id(self) -> Any:
        return PlanItem.objects.values_list("pk", flat=True).get(plan=self.signed_id, kind="rx")

    @property
    def renewal_id(self) -> Any:
        return Renewal.objects.values_list("pk", flat=True).get(patient=self.patient, state="requested")

    @property
    def second_id(self) -> Any:
        return SecondSignature.objects.values_list("pk", flat=True).get(plan=self.draft)

    @property
    def batch_id(self) -> Any:
        return Prescription.objects.values_list("batch", flat=True).get(patient=self.patient)

    @property
    def copy_id(self) -> Any:
        return Export.objects.values_list("pk", flat=True).get(patient=self.patient)

    @property
    def document(self) -> DocumentReference:
        return DocumentReference.objects.get(patient=self.patient, kind="letter")

    @property
    def own_file(self) -> DocumentReference:
        return DocumentReference.objects.get(patient=self.patient, kind="image")


@dataclass
class World:
    """Marina, a stranger, and another woman of Marina's name; one user of each hat; the published library."""

    own: Life
    foreign: Life
    namesake: Life
    users: dict[str, User] = field(default_factory=dict)

    def life(self, whose: str) -> Life:
        return getattr(self, whose)


def a_world() -> World:
    """Build it; needs the protocols on the shelf (``on_the_shelf``)."""
    users = a_staff()
    doctor, colleague = users[Role.DOCTOR], users[Role.DIETITIAN]
    lives = [
        a_life("Marina", "Rey", doctor, brought_by=doctor),
        a_life("Otilia", "Gil", doctor, brought_by=colleague),
        a_life("Marina", "Rey", doctor, brought_by=colleague),
    ]
    users[Role.PATIENT] = lives[0].user
    return World(*lives, users=users)


def a_staff() -> dict[str, User]:
    """Build the clinic without any patient; return one user of each hat."""
    a_text("treatment")
    a_text("marketing")
    Logo.objects.create(digest=LOGO, png=a_png())
    Pharmacy.objects.create(name="Farmacia Sol")
    users = {role: a_user(role, display_name=f"{role} {PERSONAL}") for role in Role if role != Role.PATIENT}
    _described_by(users[Role.ADMINISTRATOR])
    SavedView.objects.create(user=users[Role.DOCTOR], name=PERSONAL)
    Prescriber.objects.create(user=users[Role.DOCTOR], surnames=PERSONAL, college_number=f"28 {PERSONAL}")
    body = {"body_es": "Acepto", "body_en": "I agree"}
    ConsentDraft.objects.create(purpose="treatment", **body, changed_by=users[Role.DIRECTOR])
    CodeChannel.objects.create(user=users[Role.GUARDIAN], kind="sms", number=f"+34600112233 {PERSONAL}")
    return users


def _described_by(keeper: User) -> None:
    """Leave the clinic's description as it is by default, written down by somebody."""
    told = clinic.of_settings()
    told.number, told.section, told.logo = 1, "logo", Logo.objects.get(digest=LOGO)
    told.author_id, told.author_name = keeper.pk, keeper.display_name
    told.save()


def _load() -> None:
    take_published(PROTOCOLS, "vocabulary/", "formulary/", "scores/", "questionnaires/", "protocols/paediatric/")


_kept = Kept(_load)


def on_the_shelf() -> None:
    """Publish what questionnaires stand on; the protocols take long, and no page of this world needs them."""
    if shelf.current_release() is None:
        _kept.put()


def a_life(given: str, family: str, doctor: User, brought_by: User | None = None) -> Life:
    """Build a patient with one of everything; ``brought_by`` is bringing a file of results in, else the doctor is."""
    n = uuid4().hex[:6]
    mail = f"{PERSONAL}.{n}@example.org"
    user = a_user(Role.PATIENT, email=mail, display_name=f"{given} {family} {PERSONAL}")
    patient = a_patient(
        given_name=given,
        family_name=f"{family} {PERSONAL}",
        birth_date=date(1979, 3, 14),
        national_id=a_dni(),
        email=mail,
        phone="600112233",
        user=user,
        general_practitioner=doctor,
    )
    consented(patient)
    allergy = _record(patient)
    _results(patient, doctor)  # before the plans: a draft that has not seen the newest values cannot be signed
    draft, item = _plans(patient, doctor)
    alerts.remind(patient.pk, f"fu:{n}", "task_due", timezone.now(), words=WORDS)
    alerts.tell_due()
    alert = alerts.raise_(
        patient_id=patient.pk,
        rule="alarm_upper.dysphagia",
        code="alert:alarm_dysphagia",
        urgency="soon",
        text=WORDS,
        facts={"said": CLINICAL},
    )
    signed_id = Plan.objects.get(patient=patient, status="signed").pk
    task = _task(draft, doctor)
    export = Export.objects.create(patient=patient, asked_by=user, kind="patient", language="es")
    ExportPiece.objects.create(export=export, position=0, data=f"{CLINICAL} copy".encode())
    contact, measure = _around(patient), Observation.objects.filter(patient=patient, origin="lab", source_id=None).get()
    file = _lab_file(patient, brought_by or doctor)
    return Life(patient, *_responses(patient), draft, item, allergy, alert.pk, contact, measure, task, signed_id, file)


def _lab_file(patient: Patient, who: User) -> Any:
    """Leave a file somebody is bringing in, with one value of this patient."""
    row = f"{patient.record_number};{timezone.localdate()};Hemoglobina;96;g/L;{CLINICAL} laboratory"
    content = f"nhc;fecha;prueba;valor;unidad;laboratorio\n{row}".encode()
    return LabFile.objects.create(asked_by=who, content=content, lines=1).pk


def _results(patient: Patient, doctor: User) -> None:
    """Leave one report that waits and one whose patient reads it, with its original and two values to draw."""
    names = {"title": f"{CLINICAL} panel", "laboratory": f"{CLINICAL} laboratory", "conclusion": CLINICAL}
    paper = patients.add_document(
        patient, name="panel.png", content=a_png((5, 4)), kind="report", title=f"{CLINICAL} paper", actor=None
    )
    today, ends = timezone.localdate(), (120, 155)
    waiting = [results.Value("hb", 96, "g/L", ends)]
    seen = [results.Value("hb", 98, "g/L", ends)]
    sheets = [
        results.Sheet(patient, "laboratory", day=today - timedelta(days=1), values=waiting, **names),
        results.Sheet(patient, "laboratory", day=today - timedelta(days=9), values=seen, document=paper, **names),
        results.Sheet(patient, "laboratory", day=today - timedelta(days=30), values=seen, **names),
    ]
    made = results.record(sheets, actor=None, today=today)
    for one in made[1:]:
        results.release(report_id=one.pk, shown=1, actor=doctor)
    Release.objects.filter(patient=patient, state="released").update(visible_at=timezone.now() - timedelta(minutes=1))


def _record(patient: Patient) -> AllergyIntolerance:
    now = timezone.now()
    rows = [
        patients.Reading("other", f"{CLINICAL} text", now, "questionnaire"),
        patients.Reading("hb", 97, now, "lab", "g/L"),
    ]
    patients.record_observations(patient=patient, rows=rows, actor=None)
    patients.add_medication(patient=patient, code="omeprazole", text=f"{CLINICAL} pill", dose=CLINICAL, actor=None)
    patients.add_condition(patient=patient, code="ulcerative_colitis", detail={"text": CLINICAL}, actor=None)
    patients.add_family_history(patient=patient, code="colorectal_cancer", relation=CLINICAL, actor=None)
    patients.add_previous_treatment(
        patient=patient, code="", text=f"{CLINICAL} cure", outcome="failed", reason=CLINICAL, actor=None
    )
    return patients.add_allergy(patient=patient, code="penicillins", text=f"{CLINICAL} hives", actor=None)


def _around(patient: Patient) -> RelatedPerson:
    """Add what surrounds the record, and change a line of it, so that its history holds the mark too."""
    patients.add_procedure(patient=patient, text=f"{CLINICAL} cut", outcome=CLINICAL, place=CLINICAL, actor=None)
    patients.add_encounter(patient=patient, reason=f"{CLINICAL} stay", place=CLINICAL, outcome=CLINICAL, actor=None)
    patients.add_report(
        patient=patient, category="laboratory", title=f"{CLINICAL} report", conclusion=CLINICAL,
        performer=CLINICAL, actor=None,
    )  # fmt: skip
    letter = patients.add_document(
        patient, name="scan.png", content=a_png(), kind="letter", title=f"{CLINICAL} letter", actor=None
    )
    patients.release(document=letter, actor=patient.general_practitioner)
    picture = {"name": "photo.png", "content": a_png((9, 7)), "kind": "image", "title": f"{CLINICAL} picture"}
    patients.add_document(patient, actor=patient.user, **picture)
    contact = patients.add_contact(
        patient=patient, name=f"Luis {PERSONAL}", relationship="partner", phone="600998877",
        email=f"luis.{PERSONAL}@example.org", note=CLINICAL, is_emergency_contact=True, actor=None,
    )  # fmt: skip
    return patients.correct(line=contact, actor=None, phone="600998866")


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


def _plans(patient: Patient, doctor: User) -> tuple[Plan, PlanItem]:
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


def _task(plan: Plan, doctor: User) -> Any:
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


def questionnaire() -> Questionnaire:
    """Return the intake questionnaire in force."""
    return next(one for one in intake.questionnaires().values() if one.kind == "intake")


def _responses(patient: Patient) -> tuple[QuestionnaireResponse, QuestionnaireResponse]:
    asked, now = questionnaire(), timezone.now()
    release = shelf.release_of()
    text_item = next(one.item for group in asked.groups for one in group.questions if one.kind == "text")
    made = []
    for sent in (True, False):
        response = QuestionnaireResponse.objects.create(
            patient=patient,
            version=shelf.version("questionnaire", asked.name, release=release),
            release=release,
            questionnaire=asked.name,
            language="es",
            started_at=now - timedelta(hours=1),
        )
        said = {"response": response, "item": text_item, "value": {"value": CLINICAL}, "answered_at": now}
        Answer.objects.create(**said)
        PastAnswer.objects.create(**said, because="changed", ended_at=now)
        if sent:
            response.status, response.completed_at, response.completed_by = "completed", now, patient.user
            response.save()
        made.append(response)
    return made[1], made[0]

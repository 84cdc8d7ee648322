"""People, drafts and items, made as briefly as a test can say them."""

import itertools
from datetime import date, timedelta
from typing import Any

import pgtrigger
from django.db.models import F
from django.utils import timezone

from rules.models import Release
from rules.selectors import current_release
from tests.webapp.people import a_totp
from webapp.accounts import services as accounts
from webapp.accounts.models import User
from webapp.base.roles import READ_OF_OTHERS
from webapp.patients.models import AllergyIntolerance, Patient
from webapp.plans.deciding import mark_seen
from webapp.plans.models import Confirmation, Evaluation, Plan, PlanItem

_number = itertools.count(100_001)


PASSWORD = "una clave larga"


def this_day() -> date:
    """The clinic's today, asked for anew each time: a plan worked out earlier is checked again before it is signed."""
    return timezone.localdate()


def years_ago(years: int) -> date:
    """A birthday that every calendar has."""
    day = this_day()
    return date(day.year - years, day.month, min(day.day, 28))


def a_user(role: str, name: str = "") -> User:
    number = next(_number)
    user = accounts.create_user(
        email=f"{role}{number}@demo.example",
        password=PASSWORD,
        display_name=name or f"{role} {number}",
        roles=[role],
    )
    if role in READ_OF_OTHERS:
        a_totp(user)
    return user


def a_doctor(name: str = "Dra. Vidal") -> User:
    return a_user("doctor", name)


def a_patient(given: str = "Marina", family: str = "Ortega Rey", **fields: Any) -> Patient:
    fields = {"birth_date": date(1979, 3, 4), "sex": "female", **fields}
    return Patient.objects.create(record_number=str(next(_number)), given_name=given, family_name=family, **fields)


def an_allergy(patient: Patient, code: str = "penicillins", verification: str = "unconfirmed") -> AllergyIntolerance:
    return AllergyIntolerance.objects.create(
        patient=patient, code=code, text="ronchas con Augmentine", verification=verification
    )


def content(code: str, state: str = "proposed", **changes: Any) -> dict[str, Any]:
    """The JSON of an item as the engine prints it."""
    kind, _, name = code.partition(":")
    reason = {
        "protocol": "reflux", "version": "1.2.0", "rule": "ppi_trial", "file": "protocols/reflux/1.2.0.yaml",
        "line": 41, "because": {"es": "Pirosis 5 días por semana", "en": "Heartburn 5 days a week"},
        "source": "acg-2022", "evidence": "strong", "review_needed": False,
    }  # fmt: skip
    base: dict[str, Any] = {
        "code": code, "kind": kind, "state": state, "urgency": "none",
        "title": {"es": f"{name} (es)", "en": f"{name} (en)"}, "patient_text": {}, "reasons": [reason],
        "drugs": [], "classes": [], "doses": [], "alternatives": [], "safety": [], "waiting_for": [],
        "after_days": None, "within_days": None, "with_questionnaire": None, "red_flag": False, "conflicts": [],
    }  # fmt: skip
    return base | changes


def ppi(state: str = "proposed", **changes: Any) -> dict[str, Any]:
    dose = {
        "ingredient": "omeprazole", "dose": "20 mg", "frequency": "once daily", "route": "oral", "timing": {},
        "duration_days": 56, "daily": "20", "unit": "mg",
    }  # fmt: skip
    return content("rx:ppi_standard_od_8w", state, doses=[dose], drugs=["omeprazole"]) | changes


def an_evaluation(patient: Patient, **fields: Any) -> Evaluation:
    release = current_release() or Release.objects.create(digest="0" * 64)
    fields = {
        "case": {"as_of": this_day().isoformat()}, "case_sha256": "c" * 64, "result": "{}", "result_sha256": "r" * 64,
        "status": "ok", "because": "questionnaire", **fields,
    }  # fmt: skip
    return confirmed(Evaluation.objects.create(patient=patient, release=release, **fields))


def confirmed(evaluation: Evaluation) -> Evaluation:
    """The evaluation as it is once the second opinion has come to the same; one that failed is asked about nothing."""
    if evaluation.status == Evaluation.Status.OK:
        Confirmation.objects.create(evaluation=evaluation, state="confirmed")
    return evaluation


def later(plan: Plan, minutes: float = 4) -> Plan:
    """Let time pass since the signature: no signed plan changes, so the triggers look away for this."""
    with pgtrigger.ignore("plans.Plan:plans_signed_never_change"):
        Plan.objects.filter(pk=plan.pk).update(signed_at=F("signed_at") - timedelta(minutes=minutes))
    plan.refresh_from_db()
    return plan


def a_plan(patient: Patient, *items: dict[str, Any], seen_by: User | None = None) -> Plan:
    """A draft that holds ``items`` (one proposed PPI if none are given), all of them seen by ``seen_by``."""
    plan = Plan.objects.create(patient=patient, evaluation=an_evaluation(patient))
    for position, item in enumerate(items or (ppi(),)):
        shared = {key: item[key] for key in ("code", "kind", "state", "urgency")}
        PlanItem.objects.create(plan=plan, position=position, content=item, **shared)
    if seen_by is not None:
        mark_seen(user=seen_by, items=plan.items.all())
    return plan


def item_of(plan: Plan, code: str) -> PlanItem | None:
    """The item of this code, None if the plan has none; the database cannot be asked for what it holds sealed."""
    return next((item for item in plan.items.all() if item.code == code), None)

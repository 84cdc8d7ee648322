"""Patients say which doses they took; weeks that are over are counted. Part of services.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients.models import Patient
from webapp.patients.selectors import is_own
from webapp.plans import selectors as plans
from webapp.plans.models import Plan
from webapp.prescriptions import due, medicines
from webapp.prescriptions.issuing import PrescriptionError
from webapp.prescriptions.models import Tick, Week

BACK = 7  # days one may still speak of
SAYS: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one dose; ``taken`` None takes back what was said."""

    item: UUID
    place: int
    part: str
    day: date
    taken: bool | None


@transaction.atomic
def tick(*, patient: Patient, said: Said, user: User, today: date) -> None:
    """Keep what a patient says of a dose; raise PrescriptionError for one that was not due, or is long ago."""
    if not is_own(user, patient):
        raise PrescriptionError(_("Only the patient says what was taken."))
    plan = medicines.plan_of(patient.pk)
    known = {dose.key(said.day) for dose in due.doses_of(plan) if dose.is_due(said.day)} if plan else set()
    if (said.item, said.place, said.part, said.day) not in known:
        raise PrescriptionError(_("This dose is not in your plan on that day. Look at the plan again."))
    if not today - timedelta(days=BACK) < said.day <= today:
        raise PrescriptionError(_("Only the doses of the last %(n)d days can be ticked.") % {"n": BACK})
    where = {"item_id": said.item, "place": said.place, "part": said.part, "day": said.day}
    if said.taken is None:
        Tick.objects.filter(**where).delete()
    else:
        told = {"patient": patient, "taken": said.taken, "ticked_at": timezone.now()}
        Tick.objects.update_or_create(**where, defaults=told)
    audit.record(actor=user, verb="dose.ticked", patient_id=patient.pk)


def count_weeks(today: date) -> int:
    """Keep the figures of every week of a plan that was over yesterday; return how many. A second run keeps none anew.

    Of plans of which a patient has told something at all: the others say nothing, and are nobody's slip. A week is
    counted anew as long as its days may still be ticked.
    """
    patients = set(Tick.objects.filter(day__gte=today - timedelta(days=60)).values_list("patient_id", flat=True))
    told = [one for patient in sorted(patients) for one in plans.ever_told(patient) if one.status == Plan.Status.SIGNED]
    return sum(_count(plan, today) for plan in told)


@transaction.atomic
def _count(plan: Plan, today: date) -> int:
    kept = set(
        Week.objects.filter(plan=plan, last_day__lt=today - timedelta(days=BACK)).values_list("number", flat=True)
    )
    fresh = [one for one in due.weeks_of(plan, today) if one.last < today and one.number not in kept]
    rows = [
        Week(
            plan=plan, patient_id=plan.patient_id, number=one.number, last_day=one.last, due=one.due, done=one.done,
            not_done=one.not_done,
        )
        for one in fresh
    ]  # fmt: skip
    known = {"unique_fields": ["plan", "number"], "update_fields": ["due", "done", "not_done"]}
    return len(Week.objects.bulk_create(rows, update_conflicts=True, **known))

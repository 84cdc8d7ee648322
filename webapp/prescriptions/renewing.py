"""Going on with a medicine: asked for by its patient, decided once by a doctor on the facts of that day.

Part of services.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.outbox import services as outbox
from webapp.patients.models import Patient
from webapp.patients.reaching import reached_by
from webapp.patients.selectors import is_own
from webapp.plans import rechecking
from webapp.plans.refusing import LONGEST_NOTE, SHORTEST_JUSTIFICATION
from webapp.plans.terms import terms_of
from webapp.prescriptions import medicines, ordering
from webapp.prescriptions.issuing import SIGN, PrescriptionError
from webapp.prescriptions.medicines import Taken
from webapp.prescriptions.models import Renewal

State, Verdict = Renewal.State, Renewal.Verdict
LONGEST = 365  # days
AGAINST = (Verdict.HELD, Verdict.BLOCKED)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a doctor decides; ``doses`` None: as they are."""

    approves: bool
    days: int = 0
    doses: Sequence[Mapping[str, Any]] | None = None
    reason: str = ""
    justification: str = ""


@transaction.atomic
def ask(*, patient: Patient, item_id: UUID, user: User, today: date) -> Renewal:
    """Return the request to go on with a medicine; one that is open already is the same request.

    Raises PrescriptionError for what the patient's plan does not give.
    """
    if not is_own(user, patient):
        raise PrescriptionError(_("Only the patient asks for this."))
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)  # two clicks ask one after the other
    found = _taken(patient.pk, item_id)
    if found is None:
        raise PrescriptionError(_("This medicine is not in your plan any more. Look at the plan again."))
    if found.is_asked and found.newest is not None:
        return found.newest
    plan = medicines.plan_of(patient.pk)
    assert plan is not None  # noqa: S101 — what is taken is taken by a plan
    check = rechecking.recheck(plan, found.item, today, found.doses)
    made = Renewal.objects.create(
        patient=patient, plan=plan, item=found.item, asked_by=user, runs_out_on=found.ends, verdict=check.verdict,
        check_result=asdict(check),
    )  # fmt: skip
    _note(made, "renewal.asked", user)
    return made


def _taken(patient_id: UUID, item_id: UUID) -> Taken | None:
    plan = medicines.plan_of(patient_id)
    if plan is None:
        return None
    found = medicines.taken_of(plan, terms_of(plan.evaluation, "es"))
    return next((one for one in found if one.item.pk == item_id), None)


@transaction.atomic
def decide(*, renewal_id: UUID, doctor: User, decision: Decision, today: date) -> Renewal:
    """Return the request, decided; raise PrescriptionError where it was decided before or may not be decided so.

    The engine is asked once more, on the facts of now: what it could not check is not approved.
    """
    if not doctor.may(SIGN):
        raise PrescriptionError(_("Only a doctor decides on this."))
    held = Renewal.objects.select_for_update(of=("self",)).select_related("patient__user", "item").get(pk=renewal_id)
    if held.state != State.REQUESTED:
        raise PrescriptionError(_("Somebody has decided on this meanwhile."))
    if decision.approves:
        _approve(held, doctor, decision, today)
    else:
        _refuse(held, doctor, decision)
    _tell(held)
    _note(held, f"renewal.{held.state}", doctor)
    return held


def _refuse(held: Renewal, doctor: User, decision: Decision) -> None:
    if not decision.reason.strip():
        raise PrescriptionError(_("Write for the patient why it is not approved."))
    _check_length(decision.reason)
    held.state, held.reason = State.REFUSED, decision.reason.strip()
    held.decided_by, held.decided_at = doctor, timezone.now()
    held.save()


def _approve(held: Renewal, doctor: User, decision: Decision, today: date) -> None:
    found, plan = _taken(held.patient_id, held.item_id), medicines.plan_of(held.patient_id)
    if found is None or plan is None or held.plan_id != plan.pk:
        words = _("A newer plan has been signed meanwhile, without this request. Refuse it, and say so.")
        raise PrescriptionError(words)
    if not 1 <= decision.days <= LONGEST:
        raise PrescriptionError(_("Write for how many days, from 1 to %(n)d.") % {"n": LONGEST})
    doses = list(found.doses if decision.doses is None else decision.doses)
    check = rechecking.recheck(plan, held.item, today, doses)
    _check_safe(check, decision)
    held.verdict, held.check_result = check.verdict, asdict(check)
    held.state, held.doses, held.changed = State.APPROVED, doses, doses != list(found.doses)
    yesterday = today - timedelta(days=1)
    held.until = max(found.ends or yesterday, yesterday) + timedelta(days=decision.days)
    held.justification = decision.justification.strip() or None
    held.reason = decision.reason.strip() or None
    held.decided_by, held.decided_at = doctor, timezone.now()
    held.save()
    ordering.order(held, doctor)


def _check_safe(check: rechecking.Rechecked, decision: Decision) -> None:
    """Raise PrescriptionError for what could not be checked, and for what is against it and taken without a word."""
    if check.verdict == Verdict.NOT_CHECKED:
        words = _("Its safety could not be checked today, so it is not approved. Try again, or refuse it.")
        raise PrescriptionError(words)
    _check_length(decision.justification)
    least = SHORTEST_JUSTIFICATION if check.verdict == Verdict.BLOCKED else 1
    if check.verdict in AGAINST and len(decision.justification.strip()) < least:
        raise PrescriptionError(_("Something is against it today. Write why you approve it all the same."))


def _check_length(text: str) -> None:
    if len(text.strip()) > LONGEST_NOTE:
        raise PrescriptionError(_("The note is too long: at most %(n)d letters.") % {"n": LONGEST_NOTE})


def _tell(held: Renewal) -> None:
    """Tell the patient that there is something to read; never what."""
    patient = held.patient
    if not patient.user or not patient.user.is_active or not reached_by(patient)["address"]:
        return
    words = {"template": "message_waiting", "language": patient.language, "link": reverse("portal:home")}
    outbox.queue(key=f"renewal:{held.pk}", recipient=str(patient.pk), **reached_by(patient), **words)


def _note(one: Renewal, verb: str, actor: User) -> None:
    audit.record(actor=actor, verb=verb, patient_id=one.patient_id, object_type="renewal", object_id=str(one.pk))

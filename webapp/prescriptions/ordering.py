"""What a pharmacy is told of an approved renewal, and how far it has come. Part of services.py.

An order is sent under its row's lock; its number is the same at every attempt, so that a pharmacy takes it once. What
was sent is asked about until it is ready; a state never goes back.
"""

from datetime import datetime, timedelta
from typing import Any

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
from webapp.prescriptions import selectors
from webapp.prescriptions.issuing import PrescriptionError
from webapp.prescriptions.models import DispensingOrder, Pharmacy, PharmacyChoice, Renewal
from webapp.prescriptions.pharmacy import Adapter, NotTaken, adapter
from webapp.prescriptions.writing import OF_DOCTOR

State = DispensingOrder.State
MANAGE = "clinic.manage"
WAITS = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60, 180, 360, 720))
_STEPS = (State.SENT, State.RECEIVED, State.READY)
AGAIN = timedelta(minutes=1)


def order(renewal: Renewal, doctor: User) -> DispensingOrder | None:
    """Return the order of an approved renewal; None where the patient chose no pharmacy, or nobody carries orders."""
    choice = PharmacyChoice.objects.filter(patient=renewal.patient_id, pharmacy__is_active=True).first()
    if choice is None or adapter() is None:
        return None
    content = _content(renewal, doctor)
    return DispensingOrder.objects.create(
        renewal=renewal, patient=renewal.patient, pharmacy_id=choice.pharmacy_id, content=content
    )


def _content(renewal: Renewal, doctor: User) -> dict[str, Any]:
    patient, who = renewal.patient, selectors.prescriber(doctor)
    return {
        "patient": {
            "given_name": patient.given_name,
            "surnames": patient.family_name,
            "birth_date": patient.birth_date,
            "identity": patient.national_id or patient.other_id or "",
        },
        "prescriber": {name: getattr(who, name) for name in OF_DOCTOR} | {"name": doctor.display_name},
        "doses": renewal.doses,
        "until": renewal.until,
        "approved_at": renewal.decided_at,
    }


def deliver(now: datetime | None = None) -> int:
    """Send what is due and ask about what was sent; return how many orders moved. May run twice, or die anywhere."""
    way, moment = adapter(), now or timezone.now()
    if way is None:
        return 0
    waiting = DispensingOrder.objects.filter(state=State.WAITING, due_at__lte=moment)
    on_the_way = DispensingOrder.objects.filter(state__in=(State.SENT, State.RECEIVED), due_at__lte=moment)
    moved = sum(_send(pk, way, moment) for pk in list(waiting.values_list("pk", flat=True)))
    return moved + sum(_follow(pk, way, moment) for pk in list(on_the_way.values_list("pk", flat=True)))


def _locked(pk: Any, *states: str) -> DispensingOrder | None:
    """Return the order while it is in one of these states and no other worker has it."""
    rows = DispensingOrder.objects.select_for_update(of=("self",), skip_locked=True)
    return rows.select_related("patient__user", "pharmacy").filter(pk=pk, state__in=states).first()


@transaction.atomic
def _send(pk: Any, way: Adapter, now: datetime) -> bool:
    held = _locked(pk, State.WAITING)
    if held is None:
        return False
    held.attempts += 1
    try:
        if not way.took(held.pk):
            way.send(held.pk, held.pharmacy.pk, held.content)
    except NotTaken as fault:
        _not_taken(held, fault, now)
        return False
    held.state, held.sent_at, held.error = State.SENT, now, ""
    held.save()
    return True


def _not_taken(held: DispensingOrder, fault: NotTaken, now: datetime) -> None:
    held.error = fault.code
    if fault.final or held.attempts > len(WAITS):
        held.state = State.GIVEN_UP
    else:
        held.due_at = now + WAITS[held.attempts - 1]
    held.save()


@transaction.atomic
def _follow(pk: Any, way: Adapter, now: datetime) -> bool:
    held = _locked(pk, State.SENT, State.RECEIVED)
    if held is None:
        return False
    told = way.status(held.pk)
    if told not in _STEPS or _STEPS.index(told) <= _STEPS.index(held.state):
        held.due_at = now + AGAIN
        held.save(update_fields=["due_at"])
        return False
    held.received_at = held.received_at or now
    held.state = told
    if told == State.READY:
        held.ready_at = now
        _tell(held)
    held.save()
    return True


def _tell(held: DispensingOrder) -> None:
    patient: Patient = held.patient
    if patient.user and patient.user.is_active and reached_by(patient)["address"]:
        words = {"template": "message_waiting", "language": patient.language, "link": reverse("portal:home")}
        outbox.queue(key=f"order:{held.pk}", recipient=str(patient.pk), **reached_by(patient), **words)


@transaction.atomic
def send_again(*, pk: Any, actor: User) -> bool:
    """Return whether an order that was given up waits again, with all its attempts before it."""
    if not actor.may(MANAGE):
        raise PrescriptionError(_("Pharmacies are the administrator’s to keep."))
    anew = {"state": State.WAITING, "attempts": 0, "error": "", "due_at": timezone.now()}
    fresh = bool(DispensingOrder.objects.filter(pk=pk, state=State.GIVEN_UP).update(**anew))
    if fresh:
        audit.record(actor=actor, verb="order.retried", object_type="order", object_id=str(pk))
    return fresh


@transaction.atomic
def keep_pharmacy(*, name: str, address: str, actor: User) -> Pharmacy:
    """Return the pharmacy of this name and address, in use from now on."""
    if not actor.may(MANAGE):
        raise PrescriptionError(_("Pharmacies are the administrator’s to keep."))
    kept, _new = Pharmacy.objects.update_or_create(
        name=name.strip(), address=address.strip(), defaults={"is_active": True}
    )
    audit.record(actor=actor, verb="pharmacy.kept", object_type="pharmacy", object_id=str(kept.pk))
    return kept


@transaction.atomic
def close_pharmacy(*, pk: Any, actor: User) -> None:
    """Offer a pharmacy to nobody any more; orders that are on their way go on."""
    if not actor.may(MANAGE):
        raise PrescriptionError(_("Pharmacies are the administrator’s to keep."))
    if Pharmacy.objects.filter(pk=pk, is_active=True).update(is_active=False):
        audit.record(actor=actor, verb="pharmacy.closed", object_type="pharmacy", object_id=str(pk))


@transaction.atomic
def choose(*, patient: Patient, pharmacy_id: Any, user: User) -> None:
    """Keep where a patient fetches medicines; None: nowhere. Raises PrescriptionError for what is not offered."""
    if not is_own(user, patient):
        raise PrescriptionError(_("Only the patient asks for this."))
    if pharmacy_id is None:
        PharmacyChoice.objects.filter(patient=patient).delete()
    elif not Pharmacy.objects.filter(pk=pharmacy_id, is_active=True).exists():
        raise PrescriptionError(_("Choose one of the pharmacies in the list."))
    else:
        chosen = {"pharmacy_id": pharmacy_id, "chosen_at": timezone.now()}
        PharmacyChoice.objects.update_or_create(patient=patient, defaults=chosen)
    audit.record(actor=user, verb="pharmacy.chosen", patient_id=patient.pk)

"""Opening sections of a record to a specialist, changing that, taking it back, and writing down each reading."""

import logging
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.outbox import services as outbox
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.patients.reaching import reached_by
from webapp.sharing import selectors
from webapp.sharing.models import LONGEST, Share
from webapp.sharing.sections import in_order

NOTICE = "message_waiting"  # says that there is something to read, and not what
log = logging.getLogger(__name__)


class ShareError(ValueError):
    """Why a record was not opened, in words for the patient who tried."""


@transaction.atomic
def open_to(
    *, patient: Patient, specialist_id: int, sections: Iterable[str], until: date, actor: User, today: date
) -> Share:
    """Open sections of the actor's own record to a specialist until the end of a day; raise ShareError."""
    if not patients.is_own(actor, patient):
        raise ShareError(_("Each patient decides alone who reads the record."))
    Patient.objects.select_for_update().get(pk=patient.pk)  # two clicks at once make one share
    specialist = next((one for one in selectors.specialists_for(actor) if one.pk == specialist_id), None)
    names = in_order(sections)
    if specialist is None:
        raise ShareError(_("Choose one of the specialists in the list."))
    _check(names, until, today, today + LONGEST)
    _may_begin(patient, specialist, today)
    share = Share.objects.create(
        patient=patient, specialist=specialist, sections=names, opened_on=today, until=until, opened_at=timezone.now()
    )
    _tell_specialist(share)
    audit.record(actor=actor, verb="shared.opened", patient_id=patient.pk, detail={"sections": names}, **_named(share))
    return share


def _check(names: list[str], until: date, today: date, longest: date) -> None:
    if not names:
        raise ShareError(_("Choose at least one part of your record."))
    if until < today:
        raise ShareError(_("That day is over. Choose today or a later day."))
    if until > longest:
        raise ShareError(_("A record is opened for a year at most. Choose an earlier day."))


def _may_begin(patient: Patient, specialist: User, today: date) -> None:
    if not selectors.may_open(patient):
        raise ShareError(
            _("You have withdrawn your consent to be treated here. While it is withdrawn nothing is opened.")
        )
    if selectors.open_on(today).filter(patient=patient, specialist=specialist).exists():
        said = _("You already share with %(name)s. Change what you share there.")
        raise ShareError(said % {"name": specialist.display_name})


@transaction.atomic
def change(*, share: Share, sections: Iterable[str], until: date, actor: User, today: date) -> bool:
    """Set what an open share of the actor's own opens, and until when; return whether anything is otherwise now.

    The specialist reads by it from her next request on. Raise ShareError, or Share.DoesNotExist.
    """
    held, names = _held(share, actor), in_order(sections)
    if held.taken_back_at is not None or held.without_consent or held.until < today:  # type: ignore[attr-defined]
        raise ShareError(_("This is no longer shared. Share anew instead."))
    _check(names, until, today, held.opened_on + LONGEST)
    if (names, until) == (held.sections, held.until):
        return False
    Share.objects.filter(pk=held.pk).update(sections=names, until=until)
    audit.record(
        actor=actor, verb="shared.changed", patient_id=held.patient_id, detail={"sections": names}, **_named(held)
    )
    return True


def _held(share: Share, actor: User) -> Share:
    return selectors.own_shares(actor).select_related(None).select_for_update(of=("self",)).get(pk=share.pk)


@transaction.atomic
def take_back(*, share: Share, actor: User) -> bool:
    """Close a share of the actor's own at once; return whether it was still standing. Raise Share.DoesNotExist."""
    held = _held(share, actor)
    if held.taken_back_at is not None:
        return False
    Share.objects.filter(pk=held.pk).update(taken_back_at=timezone.now())
    audit.record(actor=actor, verb="shared.taken_back", patient_id=held.patient_id, **_named(held))
    return True


@transaction.atomic
def note_reading(*, share: Share, actor: User, section: str, path: str, verb: str = selectors.READ) -> None:
    """Write that a specialist read a section, or took a paper of it along; at the first time tell the patient."""
    _tell_patient(share)
    audit.record(
        actor=actor, verb=verb, patient_id=share.patient_id, path=path, detail={"section": section}, **_named(share)
    )


def note_listing(*, shares: Iterable[Share], actor: User, path: str) -> None:
    """Write that a specialist saw these patients' names in the list."""
    audit.record_list(actor=actor, verb="patient.listed", patient_ids=[one.patient_id for one in shares], path=path)


def _named(share: Share) -> dict[str, str]:
    return {"object_type": selectors.OBJECT, "object_id": str(share.pk)}


def _tell_specialist(share: Share) -> None:
    user = share.specialist
    _queue(f"shared:{share.pk}", reverse("sharing:list"), user.language, channel="email", address=user.email)


def _tell_patient(share: Share) -> None:
    """Queue the notice of the first reading, for who can sign in to see it: its key lets it go out once."""
    patient = share.patient
    if patient.user is None or not patient.user.is_active:
        return
    _queue(f"shared_read:{share.pk}", reverse("sharing:mine"), patient.language, str(patient.pk), **reached_by(patient))


def _queue(key: str, link: str, language: str, recipient: str = "", *, channel: str, address: str) -> None:
    """Queue a notice; an address that no message can go to keeps nobody from sharing or reading."""
    if not address:
        return
    try:
        outbox.queue(
            key=key,
            channel=channel,
            address=address,
            template=NOTICE,
            language=language,
            link=link,
            recipient=recipient,
        )
    except outbox.OutboxError:
        log.warning("No message could be queued: %s", key)

"""Inviting a patient to the portal, and letting in who shows to be that patient.

Whoever holds an invitation says the record number, the date of birth and the DNI or NIE, or another document's number
where the record holds one. What does not fit, what does not exist, what is too old and what is locked get one answer,
after the same work: nobody learns here who is a patient.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts import enrolling
from webapp.accounts import services as accounts
from webapp.accounts.models import User
from webapp.accounts.roster import GIVEN_HERE
from webapp.audit import services as audit
from webapp.audit.acting import acting
from webapp.base.fields import blind
from webapp.base.roles import Role
from webapp.outbox import services as outbox
from webapp.patients import selectors
from webapp.patients.invitation import IN_A_LINK, LIFE, MOST_TRIES, ON_PAPER, new_secret, secret_index
from webapp.patients.models import Invitation, Patient
from webapp.patients.reaching import sms_reaches
from webapp.patients.writing import NotAllowed, PatientError

INVITE = "patients.invite"
NOBODY = Patient(
    record_number="0", national_id="", other_id="", birth_date=date.min
)  # compared with where there is no patient
State, Way = Invitation.State, Invitation.Way


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says to be; ``paper`` is a DNI or NIE, or with ``is_other`` another document, in its usual form."""

    record_number: str
    paper: str
    birth_date: date
    is_other: bool = False


def check_may(actor: User) -> None:
    if not actor.may(INVITE):
        raise NotAllowed(_("Patients are invited by the front desk and the clinicians."))


@transaction.atomic
@audit.together()
def invite(*, patient: Patient, way: str, actor: User, now: datetime | None = None) -> tuple[Invitation, str]:
    """Return a new invitation and its secret, which is told nowhere again; an open one before it ends.

    ``mail`` and ``sms`` send the link to the patient. Raises PatientError where the record lacks what is needed.
    """
    check_may(actor)
    held = Patient.objects.select_for_update().get(pk=patient.pk)  # two who invite at once leave one invitation
    _check_way(held, way)
    if _works_here(held.user):
        raise PatientError(_("This person works here too. The administrator opens the way in, under Accounts."))
    if _is_closed(held.user):
        raise PatientError(_("This account is closed. Only the administrator opens it again."))
    moment = now or timezone.now()
    _end(_open_of(held), State.WITHDRAWN, moment)
    secret = new_secret(ON_PAPER if way == Way.PAPER else IN_A_LINK)
    invitation = Invitation.objects.create(
        patient=held,
        way=Way(way),
        secret_index=secret_index(secret),
        made_by=actor,
        made_at=moment,
        expires_at=moment + LIFE,
    )
    if way != Way.PAPER:
        _send(held, invitation, secret)
    _tell(actor, "invitation.made", invitation)
    return invitation, secret


def _works_here(user: User | None) -> bool:
    """Tell whether this login opens more than the own record: then no counter gives it away, by no invitation."""
    return user is not None and not user.role_names.isdisjoint(role.value for role in GIVEN_HERE)


def _shut(user: User | None) -> bool:
    return _is_closed(user) or _works_here(user)


def _is_closed(user: User | None) -> bool:
    """Tell whether an administrator closed this login: a new password would open nothing."""
    return user is not None and not user.is_active


def _check_way(patient: Patient, way: str) -> None:
    """Raise PatientError where the record lacks what this way of inviting needs."""
    if not (patient.national_id or patient.other_id):
        raise PatientError(_("The record has no DNI, NIE or passport, by which the patient is known. Add one first."))
    if way == Way.MAIL and not patient.email:
        raise PatientError(_("The record has no e-mail address. Write it down first, or print a code."))
    if way == Way.SMS and not sms_reaches(patient):
        raise PatientError(_("The record has no telephone for text messages. Write it down first, or print a code."))


def _send(patient: Patient, invitation: Invitation, secret: str) -> None:
    by_sms = invitation.way == Way.SMS
    outbox.queue(
        key=f"invitation:{invitation.pk}",
        channel="sms" if by_sms else "email",
        address=(patient.phone if by_sms else patient.email) or "",
        template="invitation",
        language=patient.language,
        link=reverse("portal:join_by_link", kwargs={"secret": secret}),
        recipient=str(patient.pk),
    )


@transaction.atomic
@audit.together()
def withdraw(*, patient: Patient, actor: User) -> Invitation | None:
    """End the open invitation of a patient; None where there is none. What was not sent yet is not sent any more."""
    check_may(actor)
    Patient.objects.select_for_update().get(pk=patient.pk)
    found = _open_of(patient)
    if found is None:
        return None
    _end(found, State.WITHDRAWN, timezone.now())
    outbox.cancel(f"invitation:{found.pk}")
    _tell(actor, "invitation.withdrawn", found)
    return found


def _open_of(patient: Patient) -> Invitation | None:
    return Invitation.objects.select_for_update().filter(patient=patient, state=State.OPEN).first()


def _end(invitation: Invitation | None, state: str, now: datetime) -> None:
    if invitation is not None:
        invitation.state, invitation.ended_at = state, now
        invitation.save(update_fields=["state", "ended_at", "tries"])


@transaction.atomic
@audit.together()
def identify(*, secret: str, claim: Claim, now: datetime | None = None) -> Invitation | None:
    """Return the invitation whose secret and patient fit, None for everything else; three wrong tries lock it.

    The same steps are taken whatever is wrong, and nothing is ever looked up by the record number.
    """
    moment = now or timezone.now()
    found = Invitation.objects.select_for_update().filter(secret_index=secret_index(secret)).first()
    patient = Patient.objects.select_related("user").filter(pk=found.patient_id if found else UUID(int=0)).first()
    right = _fits(patient or NOBODY, claim) and not _is_closed(patient.user if patient else None)
    if found is not None and right and found.is_good(moment):
        return found
    _refused(found, moment)
    return None


def _fits(patient: Patient, claim: Claim) -> bool:
    """Compare all three, each by digests of one length, without stopping at the first that differs."""
    paper = patient.other_id if claim.is_other else patient.national_id
    pairs = (
        (patient.record_number, claim.record_number),
        (paper or "none", claim.paper),  # what is not there is like no number anybody can type
        (patient.birth_date.isoformat(), claim.birth_date.isoformat()),
    )
    results = [hmac.compare_digest(blind(held, "claim"), blind(said, "claim")) for held, said in pairs]
    return all(results)


def _refused(found: Invitation | None, now: datetime) -> None:
    """Count a wrong try where there is something to count it on, and write it down in every case."""
    counts = found is not None and found.is_good(now)
    if found is not None and counts:
        found.tries += 1
        if found.tries >= MOST_TRIES:
            _end(found, State.LOCKED, now)
            _tell_the_desk(found)
        else:
            found.save(update_fields=["tries"])
    audit.record(
        actor=None,
        verb="invitation.refused",
        patient_id=found.patient_id if found else None,
        object_type="invitation",
        object_id=found.pk if found else "",
        detail={"counted": counts},
    )


def _tell_the_desk(invitation: Invitation) -> None:
    """Tell who invited that something waits; the list of invitations, which every front desk sees, says what."""
    maker = invitation.made_by
    outbox.queue(
        key=f"invitation-locked:{invitation.pk}",
        address=maker.email,
        template="message_waiting",
        language=maker.language,
        link=reverse("desk:invitations"),
    )
    _tell(None, "invitation.locked", invitation)


@transaction.atomic
@audit.together()
def accept(*, invitation_id: UUID, email: str, password: str, now: datetime | None = None) -> User:
    """Return the patient's account, with this password: a new one, or the one there was, let in anew.

    Raises PatientError for an invitation that is no longer good, and AccountError for an address in use.
    """
    moment = now or timezone.now()
    found = Invitation.objects.select_for_update().select_related("patient").filter(pk=invitation_id).first()
    if found is None or not found.is_good(moment) or _shut(found.patient.user):
        raise PatientError(_("This invitation no longer works. Ask the front desk for another one."))
    patient = found.patient
    user = _let_in_anew(patient.user, password) if patient.user else _new_login(patient, email, password)
    _end(found, State.USED, moment)
    audit.record(
        actor=user, verb="invitation.used", patient_id=patient.pk, object_type="invitation", object_id=found.pk
    )
    return user


def _new_login(patient: Patient, email: str, password: str) -> User:
    user = accounts.create_user(
        email=email,
        password=password,
        display_name=patient.full_name,
        roles=[Role.PATIENT],
        language=patient.language,
    )
    patient.user = user
    with acting(user):
        patient.save(update_fields=["user"])
    return user


def _let_in_anew(user: User, password: str) -> User:
    """Give a patient who could not come in any more a new password; the second factor goes, and the person is told."""
    user.set_password(password)
    user.save(update_fields=["password"])
    accounts.password_changed(user=user, by_mail=True)
    enrolling.reset(user=user, actor=user)
    return user


def _tell(actor: User | None, verb: str, invitation: Invitation) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        patient_id=invitation.patient_id,
        object_type="invitation",
        object_id=invitation.pk,
        detail={"way": invitation.way},
    )


def newest_of(user: User, patient_ids: Iterable[UUID]) -> dict[UUID, Invitation]:
    """Return the newest invitation of each patient ``user`` may invite, in one query."""
    if not user.may(INVITE):
        return {}
    rows = Invitation.objects.filter(patient__in=list(patient_ids)).order_by("patient_id", "-made_at")
    return {row.patient_id: row for row in rows.distinct("patient_id")}


def of_patient(user: User, patient: Patient) -> list[Invitation]:
    """Return a patient's invitations, newest first, for those who invite."""
    if not user.may(INVITE):
        return []
    return list(Invitation.objects.filter(patient=patient).select_related("made_by").order_by("-made_at"))


def waiting_for(user: User) -> list[Invitation]:
    """Return each patient's newest invitation where it was not used: locked ones first, then the newest made."""
    seen = selectors.patients_for(user)
    newest = Invitation.objects.filter(patient__in=seen).order_by("patient_id", "-made_at").distinct("patient_id")
    rows = Invitation.objects.filter(pk__in=newest.values("pk")).exclude(state__in=[State.USED, State.WITHDRAWN])
    if not user.may(INVITE):
        return []
    found = rows.select_related("patient", "made_by").order_by("-made_at")[:500]
    return sorted(found, key=lambda one: one.state != State.LOCKED)


def good(pk: str | None, now: datetime | None = None) -> Invitation | None:
    """Return the invitation of this id while it still lets somebody in."""
    found = Invitation.objects.select_related("patient").filter(pk=pk).first() if pk else None
    return found if found and found.is_good(now or timezone.now()) else None

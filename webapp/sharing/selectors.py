"""Reads of shares: patients what they opened themselves, specialists what is open to them now, nobody else any.

A share that is over, taken back, or whose patient withdrew the consent to be treated is not there for the specialist,
from the next request on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.audit import selectors as audit
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients.lines import history_model
from webapp.patients.models import Consent, Patient, Purpose
from webapp.sharing.models import Share

OBJECT = "share"  # what the book calls one
READ, TAKEN_ALONG = "shared.viewed", "shared.printed"


@dataclass(frozen=True, slots=True)
class Looked:
    """How often a specialist has read what was opened, and when last."""

    times: int
    last: datetime


def specialists_for(user: User) -> list[User]:
    """Return whom a patient may open the record to, by name; the patient is never one of them."""
    if user.active_role != Role.PATIENT:
        return []
    found = accounts.with_role(Role.SPECIALIST).exclude(pk=user.pk)
    return sorted(found, key=lambda one: (one.display_name.casefold(), one.pk))


def own_shares(user: User) -> QuerySet[Share]:
    """Return what the patient who asks has opened, the newest first, with ``without_consent``."""
    found = _told().filter(patient__user=user).order_by("-opened_at", "pk")
    return found if user.active_role == Role.PATIENT else found.none()


def shares_for(user: User, today: date) -> QuerySet[Share]:
    """Return what is open to the specialist who asks, what ends first before the rest."""
    found = open_on(today).filter(specialist=user).order_by("until", "opened_at", "pk")
    return found if user.active_role == Role.SPECIALIST else found.none()


def open_on(today: date) -> QuerySet[Share]:
    """Return every share that can be read on this day, for the work of the system."""
    return _told().filter(taken_back_at__isnull=True, until__gte=today, without_consent=False)


def _told() -> QuerySet[Share]:
    """Say of each share whether its patient withdrew the consent to be treated since it was opened.

    Agreeing anew does not open it anew: the patient does that.
    """
    said = Consent.objects.filter(patient=OuterRef("patient"), text__purpose=Purpose.TREATMENT)
    withdrawn = said.filter(decision=Consent.Decision.WITHDRAWN)
    newest = Subquery(said.order_by("-line").values("decision")[:1])
    rows = Share.objects.select_related("patient__user", "specialist").annotate(newest_word=newest)
    gone = Q(newest_word=Consent.Decision.WITHDRAWN) | Exists(withdrawn.filter(decided_at__gte=OuterRef("opened_at")))
    return rows.annotate(without_consent=Case(When(gone, then=Value(True)), default=Value(False)))


def may_open(patient: Patient) -> bool:
    """Tell whether this patient's record may be opened: not after the consent to be treated was withdrawn."""
    said = Consent.objects.filter(patient=patient, text__purpose=Purpose.TREATMENT).order_by("-line")
    return said.values_list("decision", flat=True).first() != Consent.Decision.WITHDRAWN


def versions_of(share: Share) -> list[Any]:
    """Return what a share that came from these selectors opened and until when, since it began; the newest first."""
    return list(history_model(Share).objects.filter(pgh_obj_id=share.pk).order_by("-pgh_id"))


def looks_through(patient_id: UUID, share_id: UUID) -> QuerySet[Entry]:
    """Return what was read by way of one share, newest first."""
    return audit.of_object(patient_id, OBJECT, str(share_id)).filter(verb__in=(READ, TAKEN_ALONG))


def looked(patient_id: UUID, shares: Iterable[Share]) -> Mapping[str, Looked]:
    """Return how often each of these shares was used, by its id; one query, and nothing of those never read."""
    rows: Iterable[dict[str, Any]] = audit.times_of(
        patient_id, OBJECT, [str(one.pk) for one in shares], (READ, TAKEN_ALONG)
    )
    return {row["object_id"]: Looked(row["times"], row["last"]) for row in rows}

"""Shares as their patient reads them: whether one is open, and if not, why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from webapp.accounts.models import User
from webapp.sharing import selectors
from webapp.sharing.models import Share
from webapp.sharing.sections import SECTIONS, Section, titled
from webapp.sharing.selectors import Looked

A_PAGE = 30


class State(StrEnum):
    OPEN = "open"
    ENDED = "ended"
    TAKEN_BACK = "taken_back"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True, slots=True)
class Shown:
    """A share with its sections in words, its state, and how often it was used; ``looked`` None: never."""

    share: Share
    state: State
    sections: Sequence[Section]
    looked: Looked | None = None

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN


@dataclass(frozen=True, slots=True)
class Look:
    """One reading: when, and of which section; ``taken``: a paper was taken along."""

    at: datetime
    section: Section | None
    taken: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """What was open from a moment on, and until which day."""

    since: datetime
    sections: Sequence[Section]
    until: date


def state_of(share: Share, today: date) -> State:
    """Return how a share that came from the selectors stands on a day."""
    if share.taken_back_at is not None:
        return State.TAKEN_BACK
    if share.without_consent:  # type: ignore[attr-defined]
        return State.NO_CONSENT
    return State.ENDED if share.until < today else State.OPEN


def own(user: User, today: date) -> list[Shown]:
    """Return everything the patient who asks has shared, newest first; two queries however much it is."""
    shares = list(selectors.own_shares(user))
    looked = selectors.looked(shares[0].patient_id, shares) if shares else {}
    return [_shown(one, today, looked.get(str(one.pk))) for one in shares]


def one_of(user: User, pk: UUID, today: date) -> Shown | None:
    """Return one share of the patient who asks; None for any other."""
    share = selectors.own_shares(user).filter(pk=pk).first()
    return _shown(share, today) if share else None


def _shown(share: Share, today: date, looked: Looked | None = None) -> Shown:
    return Shown(share, state_of(share, today), titled(share.sections), looked)


def open_to(shares: Iterable[Share]) -> list[Shown]:
    """Return shares that are open, as their specialist sees them."""
    return [Shown(one, State.OPEN, titled(one.sections)) for one in shares]


def extents_of(share: Share) -> list[Extent]:
    """Return what a share has opened one after the other, newest first: one where it was never changed."""
    found: list[Extent] = []
    for row in reversed(selectors.versions_of(share)):
        parts = titled(row.sections)
        if not found or (found[0].sections, found[0].until) != (parts, row.until):
            found.insert(0, Extent(row.pgh_created_at, parts, row.until))
    return found


def looks_at(share: Share, number: str) -> tuple[list[Look], Page]:
    """Return a page of the readings of a share, newest first."""
    page: Page = Paginator(selectors.looks_through(share.patient_id, share.pk), A_PAGE).get_page(number)
    return [_look(row) for row in page], page


def _look(row: Any) -> Look:
    return Look(row.at, SECTIONS.get(row.detail.get("section", "")), row.verb == selectors.TAKEN_ALONG)

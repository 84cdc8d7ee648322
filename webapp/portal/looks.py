"""Who looked at the own record, as its owner reads it: one line a day, person and deed, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.audit import selectors as audit
from webapp.audit import words
from webapp.base.roles import Role
from webapp.patients.models import Patient

A_PAGE = 30
WORKED_OUT = (
    "plan.assessed",
    "plan.not_assessed",
    "plan.not_confirmed",
    "plan.drafted",
)  # set off by the own answers


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody did or saw on one day, and how often."""

    day: date
    who: str
    role: str
    what: words.Words
    times: int
    mine: bool


@dataclass(frozen=True)
class Looks:
    lines: Sequence[Look]
    page: Page
    with_own: bool


def looks_at(user: User, patient: Patient, *, with_own: bool, number: str) -> Looks:
    """Return a page of who looked at the record of the person who asks, newest first."""
    found = audit.days_of_looks(patient.pk, without=None if with_own else user.pk)
    page = Paginator(found, A_PAGE).get_page(number)
    names = accounts.names_of(row["actor_id"] for row in page if row["actor_id"])
    lines = [
        Look(
            day=row["day"],
            who=_who(None if row["verb"] in WORKED_OUT else row["actor_id"], user, names),
            role=str(Role(row["actor_role"]).label) if row["actor_role"] in Role.values else "",
            what=words.said(row["verb"]),
            times=row["times"],
            mine=row["actor_id"] == user.pk,
        )
        for row in page
    ]
    return Looks(lines, page, with_own)


def _who(actor_id: int | None, user: User, names: dict[int, str]) -> str:
    if actor_id is None:
        return _("Pauta, by itself")
    return _("You") if actor_id == user.pk else names.get(actor_id, _("Somebody no longer here"))

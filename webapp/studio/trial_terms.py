"""For whom and how long a version is tried, as a director fills it in: read, or refused in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from rules.drafting import DraftError
from rules.models import Trial
from rules.trials import Terms
from webapp.accounts.models import User
from webapp.accounts.selectors import doctors
from webapp.clinic import features

MONTH = timedelta(days=30)


def is_asked(typed: QueryDict) -> bool:
    """Tell whether a form asks for a trial rather than for coming into force."""
    return typed.get("how", "") in Trial.Kind.values


def terms_in(typed: QueryDict) -> Terms:
    """Return what a form says of a trial; raise DraftError for what it does not say."""
    begins, ends = day_in(typed, "begins"), day_in(typed, "ends")
    if ends is None:
        raise DraftError("R047", "a trial has a last day", "Write it as 2027-01-31.")
    return Terms(
        kind=typed["how"],
        begins_at=max(_begin_of(begins), timezone.now()) if begins else timezone.now(),
        ends_at=_begin_of(ends + timedelta(days=1)),
        share=_share(typed.get("share", "").strip().removesuffix("%").strip()),
        doctors=tuple(str(one.pk) for one in doctors() if str(one.pk) in typed.getlist("doctors")),
        group=next((name for name in features.groups() if name == typed.get("group", "")), ""),
    )


def day_in(typed: QueryDict, name: str) -> date | None:
    """Return a day as it was typed, None where it was left empty; raise DraftError for what is no date."""
    said = typed.get(name, "").strip()
    try:
        day = parse_date(said) if said else None
    except ValueError:
        day = None
    if said and day is None:
        raise DraftError("R047", f'"{said}" is no date', "Write it as 2027-01-31, or leave it empty.")
    return day


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


def _share(said: str) -> int:
    if not said:
        return 100
    if not (said.isdecimal() and said.isascii() and len(said) < 4):
        raise DraftError("R054", f'"{said}" is no share', "Write a whole number from 0 to 100.")
    return int(said)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form of a trial offers, and what it begins with."""

    doctors: Sequence[User]
    groups: Sequence[str]
    chosen: Sequence[str]
    ends: str


def choices(typed: Any) -> Choices:
    """Return what the form offers; a month from today where nothing was typed."""
    chosen = typed.getlist("doctors") if isinstance(typed, QueryDict) else []
    people = sorted(doctors(), key=lambda one: one.display_name.casefold())
    return Choices(people, sorted(features.groups()), chosen, (timezone.localdate() + MONTH).isoformat())

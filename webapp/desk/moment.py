"""What a part of the timeline says: what happened when, by plain columns; and in words, for the page that is shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from webapp.accounts.models import User
from webapp.patients.models import Patient

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the timeline of whom, in which language, on which day, at which address."""

    user: User
    patient: Patient
    language: str
    today: date
    path: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened; ``key`` is known to the part it comes from."""

    at: datetime
    key: Any
    part: str = ""

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @property
    def month(self) -> str:
        return f"{self.day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Line:
    """A moment in words: what, a second line, by whom, and the page behind it."""

    words: Words
    url: str = ""
    detail: Words = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """``moments`` are everything there was, ``told`` puts those of one page into words: as many queries for any page.

    ``name`` stands in addresses and is no word of health.
    """

    name: str
    title: Words
    icon: str
    moments: Callable[[Reader], Iterable[Moment]]
    told: Callable[[Reader, Sequence[Any]], Mapping[Any, Line]]
    place: int = 50

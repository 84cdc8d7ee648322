"""What a reader of the worklist chose to see: the kind, whose patients, how long they wait. Stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy

ALL = "all"
NOBODY = "none"  # patients without a doctor of their own
MOST_DIGITS = 18
WAITS = {
    1: gettext_lazy("More than a day"),
    3: gettext_lazy("More than 3 days"),
    7: gettext_lazy("More than a week"),
    28: gettext_lazy("More than 4 weeks"),
}
NAMES = ("tab", "doctor", "days")


@dataclass(frozen=True, slots=True)
class Choice:
    """``doctor`` is a number in text, NOBODY, or empty for everybody's; ``days`` is one of WAITS, or 0."""

    tab: str = ALL
    doctor: str = ""
    days: int = 0

    @property
    def doctor_id(self) -> int | None:
        return int(self.doctor) if self.doctor.isdecimal() else None

    @property
    def narrows(self) -> bool:
        return self != Choice()

    def waits_since_before(self, now: datetime) -> datetime | None:
        """Return the moment before which somebody began to wait who waits long enough; None where everybody does."""
        return now - timedelta(days=self.days) if self.days else None

    def query(self, **other: Any) -> str:
        """Return the choice as it stands in an address, with some of it changed."""
        told = {"tab": self.tab, "doctor": self.doctor, "days": str(self.days or "")} | other
        return urlencode({name: value for name, value in told.items() if value} or {"tab": ALL})


def choice_in(query: Mapping[str, Any], tabs: Mapping[str, Any]) -> Choice:
    """Return the choice of an address; what cannot be read narrows nothing."""
    tab, doctor, days = (str(query.get(name, "")) for name in NAMES)
    known = doctor == NOBODY or (doctor.isascii() and doctor.isdecimal() and len(doctor) <= MOST_DIGITS)
    waits = int(days) if days.isascii() and days.isdecimal() and len(days) <= MOST_DIGITS else 0
    return Choice(tab if tab in tabs else ALL, doctor if known else "", waits if waits in WAITS else 0)


def is_made(query: Mapping[str, Any]) -> bool:
    """Tell whether an address chooses anything, be it to see all."""
    return any(name in query for name in NAMES)

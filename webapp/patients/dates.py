"""Days that people know in part, as FHIR writes them: ``2011``, ``2011-05``, ``2011-05-03``."""

import re
from datetime import date

from django.utils.translation import gettext as _

_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(?:(?:(\d{1,2})[-/.])?(\d{1,2})[-/.])?(\d{4})")
EARLIEST = 1900


class DateError(ValueError):
    """A day that cannot be; the text is for the person who typed it."""


def partial_date(text: str, *, today: date) -> str:
    """Return a year, a month or a day as FHIR writes it; empty stays empty.

    ``3/5/2011``, ``5/2011`` and ``2011`` are read as they are written in Spain. Raises DateError for what is no day,
    and for one that is still to come.
    """
    text = text.strip()
    if not text:
        return ""
    year, month, day = _parts(text)
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        raise DateError(_("There is no such day. Check the day and the month.")) from None
    if first > today:
        raise DateError(_("This day is still to come. Check the year."))
    return "-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part)])


def _parts(text: str) -> tuple[int, int, int]:
    """Return year, month and day as numbers, 0 where not given."""
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise DateError(_("Write a year, a month and year, or a day: 2011, 5/2011 or 3/5/2011."))
    if int(year) < EARLIEST or "0" in (month and str(int(month)), day and str(int(day))):
        raise DateError(_("There is no such day. Check the day and the month."))
    return int(year), int(month or 0), int(day or 0)


def day(text: str) -> date | None:
    """Return the whole day that ``text`` writes, for a search; None for anything else."""
    try:
        parts = _parts(text.strip())
        return date(*parts)
    except (DateError, ValueError):
        return None


def in_order(first: str, last: str) -> bool:
    """Tell whether ``last`` may follow ``first``, as far as both are known."""
    size = min(len(first), len(last))
    return first[:size] <= last[:size]

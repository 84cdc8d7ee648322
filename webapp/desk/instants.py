"""Moments of thousands of rows, read as numbers: a text made into a moment by the driver costs ten times as much."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Func, TextField
from django.db.models.functions import Cast

_MICROSECONDS = 1_000_000
_EPOCH, _STEP = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Instant(Func):
    """A moment as microseconds since 1970, exact."""

    template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
    output_field = BigIntegerField()

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Return none: what the driver gives is a number, and thousands need not be made into one again."""
        return []


class Name(Cast):
    """A key as it is written, a text: thousands of texts are sorted and let go at less cost than objects of keys."""

    def __init__(self, column: str) -> None:
        super().__init__(column, TextField())


def moment(instant: int) -> datetime:
    """Return the moment of an ``Instant``, to the microsecond: until the year 2255 a float holds every one."""
    return datetime.fromtimestamp(instant / _MICROSECONDS, UTC)


def instant_of(moment: datetime) -> int:
    """Return the microseconds since 1970 of a moment."""
    return (moment - _EPOCH) // _STEP

"""Moments of thousands of rows, read as numbers: a text made into a moment by the driver costs ten times as much."""

from datetime import UTC, datetime

from django.db.models import BigIntegerField, Func

_MICROSECONDS = 1_000_000


class Instant(Func):
    """A moment as microseconds since 1970, exact."""

    template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
    output_field = BigIntegerField()


def moment(instant: int) -> datetime:
    """Return the moment of an ``Instant``, to the microsecond: until the year 2255 a float holds every one."""
    return datetime.fromtimestamp(instant / _MICROSECONDS, UTC)

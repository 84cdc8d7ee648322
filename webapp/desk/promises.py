"""Until when somebody looks at what is urgent: what the word of its urgency says, and nothing more than that."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone

from webapp.alerts.models import RANK
from webapp.desk.instants import instant_of, moment

TWO_WEEKS = timedelta(days=14)
_HOUR = timedelta(hours=1) // timedelta(microseconds=1)
_FORTNIGHT = TWO_WEEKS // timedelta(microseconds=1)
_SAME_DAY, _URGENT = RANK["same_day"], RANK["urgent_2w"]


def promised(rank: int, since: datetime) -> datetime | None:
    """Return until when: the end of its day, two weeks; None where the word names no time."""
    until = promised_at(rank, instant_of(since))
    return None if until is None else timezone.localtime(moment(until))


def promised_at(rank: int, since: int) -> int | None:
    """Return the same by instants."""
    if rank >= _SAME_DAY:
        return _end_of_hour_s_day(since // _HOUR)
    return _end_of_hour_s_day((since + _FORTNIGHT) // _HOUR) if rank >= _URGENT else None


@lru_cache(maxsize=4096)
def _end_of_hour_s_day(hour: int) -> int:
    """Return the end of the clinic's day an hour is in; thousands of rows ask for the same few hundred hours."""
    day = timezone.localdate(datetime.fromtimestamp(hour * 3600, UTC))
    return instant_of(timezone.make_aware(datetime.combine(day, time(23, 59))))

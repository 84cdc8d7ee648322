"""Until when somebody looks at what is urgent: what the word of its urgency says, and nothing more than that."""

from datetime import datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone

from webapp.alerts.models import RANK

TWO_WEEKS = timedelta(days=14)


def promised(rank: int, since: datetime) -> datetime | None:
    """Return until when: the end of its day, two weeks; None where the word names no time."""
    if rank >= RANK["same_day"]:
        return _end_of(since)
    return _end_of(since + TWO_WEEKS) if rank >= RANK["urgent_2w"] else None


def _end_of(moment: datetime) -> datetime:
    return _end_of_hour_s_day(moment.replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=4096)
def _end_of_hour_s_day(moment: datetime) -> datetime:
    """Return the end of the clinic's day an hour is in; thousands of rows ask for the same few hundred hours."""
    return timezone.make_aware(datetime.combine(timezone.localdate(moment), time(23, 59)))

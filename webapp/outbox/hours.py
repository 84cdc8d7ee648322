"""When people may be written to: by day on the clinic's wall clock, through both changes of the hour."""

from datetime import datetime, time, timedelta, tzinfo

from django.utils import timezone

from webapp.base import house

MORNING = 8  # o'clock, where the clinic has no quiet hours


def _clock() -> tzinfo:
    return timezone.get_default_timezone()


def is_quiet(moment: datetime) -> bool:
    """Return whether the clinic's clock shows quiet hours at ``moment``: usually 22 to 8."""
    begin, end = house.now().quiet_hours
    hour = moment.astimezone(_clock()).hour
    if begin <= end:
        return bool(begin <= hour < end)
    return bool(hour >= begin or hour < end)


def next_allowed(moment: datetime) -> datetime:
    """Return ``moment``, or the end of the quiet hours it falls into.

    Eight o'clock is on every day's clock exactly once; the hours that come twice or never lie in the night.
    """
    if not is_quiet(moment):
        return moment
    local, end = moment.astimezone(_clock()), house.now().quiet_hours[1]
    day = local.date() + timedelta(days=1 if end <= local.hour else 0)
    return datetime.combine(day, time(end), _clock()).astimezone(moment.tzinfo)


def day_begins(moment: datetime) -> datetime:
    """Return the midnight with which the clinic's day of ``moment`` began."""
    return datetime.combine(moment.astimezone(_clock()).date(), time(), _clock())


def tomorrow_morning(moment: datetime) -> datetime:
    """Return the end of the quiet hours of the day after the clinic's day of ``moment``."""
    begin, end = house.now().quiet_hours
    day = moment.astimezone(_clock()).date() + timedelta(days=1)
    return datetime.combine(day, time(end if begin > end else MORNING), _clock()).astimezone(moment.tzinfo)

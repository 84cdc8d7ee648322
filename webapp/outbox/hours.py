"""When people may be written to: by day in Madrid, on the wall clock, through both changes of the hour."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

CLINIC_TIME = ZoneInfo("Europe/Madrid")
MORNING, EVENING = 8, 22  # o'clock: nothing leaves from 22:00 until 08:00


def is_quiet(moment: datetime) -> bool:
    """Return whether the clinic's clock shows night at ``moment``."""
    return not MORNING <= moment.astimezone(CLINIC_TIME).hour < EVENING


def next_allowed(moment: datetime) -> datetime:
    """Return ``moment``, or the first eight o'clock of the clinic after it if it falls into the night.

    Eight o'clock is on every day's clock exactly once; the hours that come twice or never lie in the night.
    """
    local = moment.astimezone(CLINIC_TIME)
    if not is_quiet(local):
        return moment
    day = local.date() + timedelta(days=1 if local.hour >= EVENING else 0)
    return datetime.combine(day, time(MORNING), CLINIC_TIME).astimezone(moment.tzinfo)


def day_begins(moment: datetime) -> datetime:
    """Return the midnight with which the clinic's day of ``moment`` began."""
    return datetime.combine(moment.astimezone(CLINIC_TIME).date(), time(), CLINIC_TIME)


def tomorrow_morning(moment: datetime) -> datetime:
    """Return eight o'clock of the day after the clinic's day of ``moment``."""
    day = moment.astimezone(CLINIC_TIME).date() + timedelta(days=1)
    return datetime.combine(day, time(MORNING), CLINIC_TIME).astimezone(moment.tzinfo)

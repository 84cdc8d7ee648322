"""Letting go of what only mattered for a while: sessions that are over, codes that were sent, attempts that failed."""

from datetime import datetime

from axes.helpers import get_cool_off
from axes.models import AccessAttempt

from webapp.accounts import codes
from webapp.accounts.models import SentCode, Session


def forget(now: datetime) -> int:
    """Delete what no check looks at any more; return how many rows that were."""
    over = (
        Session.objects.filter(expire_date__lte=now),
        SentCode.objects.filter(sent_at__lte=now - codes.HOUR),
        AccessAttempt.objects.filter(attempt_time__lte=now - get_cool_off()),
    )
    return sum(rows.delete()[0] for rows in over)

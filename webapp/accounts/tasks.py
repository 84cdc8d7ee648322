"""The hourly job of accounts."""

from django.utils import timezone
from procrastinate.contrib.django import app

from webapp.accounts import forgetting


@app.periodic(cron="5 * * * *")
@app.task(name="accounts.forget", queueing_lock="accounts.forget")
def forget(timestamp: int = 0) -> None:
    """Let go of sessions that are over, codes and failed attempts; may run twice."""
    forgetting.forget(timezone.now())

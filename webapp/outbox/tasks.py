"""The job that sends: every minute, and whenever something is queued that is due at once."""

from procrastinate.contrib.django import app

from webapp.outbox import sending
from webapp.outbox.services import DELIVER


@app.periodic(cron="* * * * *")
@app.task(name=DELIVER, queue="outbox", queueing_lock=DELIVER)
def deliver(timestamp: int = 0) -> None:
    """Send what is due; killed at any line, the next run goes on where it ended."""
    sending.deliver()

"""The jobs that carry orders to pharmacies, and count the weeks of plans."""

from django.utils import timezone
from procrastinate.contrib.django import app

from webapp.prescriptions import services


@app.periodic(cron="* * * * *")
@app.task(name="prescriptions.deliver", queue="outbox", queueing_lock="prescriptions.deliver")
def deliver(timestamp: int = 0) -> None:
    """Send orders that wait and ask about those sent; may run twice, or die, without harm."""
    services.deliver()


@app.periodic(cron="30 4 * * *")
@app.task(name="prescriptions.count_weeks", queue="reminders", queueing_lock="prescriptions.count_weeks")
def count_weeks(timestamp: int = 0) -> None:
    """Count the weeks of plans that are over; may run twice."""
    services.count_weeks(timezone.localdate())

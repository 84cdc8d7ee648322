"""The job that tells patients of what is due."""

from procrastinate.contrib.django import app

from webapp.alerts import services


@app.periodic(cron="*/5 * * * *")
@app.task(name="alerts.tell_due", queue="alerts", queueing_lock="alerts.tell_due")
def tell_due(timestamp: int = 0) -> None:
    """Queue a message for every reminder whose day has come; may run twice, or die, without harm."""
    services.tell_due()

"""The job that asks again."""

from procrastinate.contrib.django import app

from webapp.intake import reminding


@app.periodic(cron="20 * * * *")
@app.task(name="intake.remind", queue="reminders", queueing_lock="intake.remind")
def remind(timestamp: int = 0) -> None:
    """Make reminders of diaries and questionnaires that wait; may run twice."""
    reminding.remind()

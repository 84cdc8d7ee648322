"""The jobs of results: what its policy gives free, files brought in, and files that are forgotten."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from webapp.results import importing, services


@app.periodic(cron="*/10 * * * *")
@app.task(name="results.release_due", queue="reminders", queueing_lock="results.release_due")
def release_due(timestamp: int = 0) -> None:
    """Release what is due by the clinic's policy; may run twice."""
    services.release_due(timezone.now())


@app.task(name="results.bring_in", queue="assess")
def bring_in(file_id: str) -> None:
    """Bring a confirmed file in; may run twice."""
    importing.bring_in(UUID(file_id), timezone.localdate())


def enqueue(file_id: UUID) -> None:
    """Put the bringing in of a file into the queue, as part of the transaction that is open."""
    bring_in.defer(file_id=str(file_id))


@app.periodic(cron="20 * * * *")
@app.task(name="results.forget", queueing_lock="results.forget")
def forget(timestamp: int = 0) -> None:
    """Forget files nobody confirmed; may run twice."""
    importing.forget(timezone.now())

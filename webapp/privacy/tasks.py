"""The jobs of copies: making one while its asker waits, and letting go of those of two hours ago."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from webapp.privacy import services


@app.task(name="privacy.copy", queue="assess")
def copy(export_id: str) -> None:
    """Make the copy of a record that was asked for; may run twice."""
    services.make(UUID(export_id))


def enqueue(export_id: UUID) -> None:
    """Put the making of a copy into the queue, as part of the transaction that is open."""
    copy.defer(export_id=str(export_id))


@app.periodic(cron="*/30 * * * *")
@app.task(name="privacy.forget", queueing_lock="privacy.forget")
def forget(timestamp: int = 0) -> None:
    """Delete copies nobody can fetch any more; may run twice."""
    services.forget(timezone.now())

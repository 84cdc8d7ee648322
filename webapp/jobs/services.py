"""What the administrator does with jobs, and what the worker writes down of them."""

import shutil
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from webapp.audit import services as audit
from webapp.jobs import selectors
from webapp.jobs.models import Failure
from webapp.outbox import selectors as outbox_list
from webapp.outbox import services as outbox

KEPT_DONE, KEPT_FAILED = timedelta(days=14), timedelta(days=90)
LEAST_FREE = 200 * 1024 * 1024  # bytes


def note_failure(*, job_id: int, task: str, fault: BaseException) -> None:
    """Keep the kind of a fault; a database that is away keeps nothing, and the job is found by its state."""
    code = str(getattr(fault, "code", "") or type(fault).__name__)
    Failure.objects.create(job_id=job_id, task=task, code=code[:80])


def retry(*, pk: int, actor: audit.Actor) -> bool:
    """Return whether a failed job waits again; False where it is no longer failed or the same waits already."""
    if not ProcrastinateJob.objects.filter(pk=pk, status="failed").exists():
        return False
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(pk, retry_at=timezone.now())
            audit.record(actor=actor, verb="job.retried", object_type="job", object_id=str(pk))
    except (AlreadyEnqueued, ConnectorException):
        return False
    return True


@transaction.atomic
def send_again(*, pk: int, actor: audit.Actor) -> bool:
    """Return whether a message that was given up waits again."""
    fresh = outbox.again(pk)
    if fresh:
        audit.record(actor=actor, verb="message.retried", object_type="message", object_id=str(pk))
    return fresh


def begin() -> None:
    """Let a worker that starts run every job once that comes back: what one before it left behind is taken up now."""
    for name, _id in app.periodic_registry.periodic_tasks:
        try:
            app.configure_task(name).defer(timestamp=0)
        except AlreadyEnqueued:
            continue


def forget(now: datetime) -> None:
    """Let go of old failures and of messages that are long gone."""
    Failure.objects.filter(at__lt=now - KEPT_FAILED).delete()
    outbox.forget(now)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a monitor is told: a word each, nothing else."""

    database: str
    worker: str
    messages: str
    disk: str

    @property
    def ready(self) -> bool:
        return set(asdict(self).values()) == {"ok"}


def readiness(now: datetime) -> Readiness:
    """Return whether everything stands that a visitor needs; asks the database and the disk."""
    disk = "ok" if shutil.disk_usage(settings.BASE_DIR).free > LEAST_FREE else "full"
    try:
        connection.ensure_connection()
        seen, letters = selectors.worker_seen(), outbox_list.standing(now)
    except DatabaseError:
        return Readiness("away", "unknown", "unknown", disk)
    worker = "ok" if selectors.is_alive(seen, now) else "not running"
    waited = now - letters.oldest if letters.oldest and not letters.at_night else timedelta(0)
    return Readiness("ok", worker, "late" if selectors.lateness(waited) == "very_late" else "ok", disk)

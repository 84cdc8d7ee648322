"""Jobs about jobs: taking up what a killed worker left behind, clearing what was done long ago."""

from types import TracebackType
from typing import Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.middleware import AsyncCallNext

from webapp.jobs import services

STALLED_AFTER = 120  # seconds without a sign of life from the worker


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="retry_stalled", name="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int = 0) -> None:
    """Put jobs back into the queue whose worker died in the middle; every task here may run twice without harm.

    One of which the next already waits is ended instead: a lock lets only one of them wait.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, status=Status.ABORTED, delete_job=False)


@app.periodic(cron="10 3 * * *")
@app.task(queueing_lock="jobs.clean", name="jobs.clean", pass_context=True)
async def clean(context: JobContext, timestamp: int = 0) -> None:
    """Let go of jobs done two weeks ago, failures nobody cared for in three months, messages of a year ago."""
    manager = context.app.job_manager
    await manager.delete_old_jobs(nb_hours=int(services.KEPT_DONE.total_seconds() // 3600))
    await manager.delete_old_jobs(nb_hours=int(services.KEPT_FAILED.total_seconds() // 3600), include_failed=True)
    await sync_to_async(services.forget)(timezone.now())


class _Remembered:
    """Writes down of what kind the fault was that ends a job; the fault goes on its way."""

    def __init__(self, context: JobContext) -> None:
        self.job = context.job

    async def __aenter__(self) -> None:
        """Nothing is needed before."""

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if fault is not None and self.job.id is not None:
            await sync_to_async(_note)(self.job.id, self.job.task_name, fault)


def _note(job_id: int, task: str, fault: BaseException) -> None:
    try:
        services.note_failure(job_id=job_id, task=task, fault=fault)
    except DatabaseError:
        close_old_connections()  # it is away; the job's state tells of the failure all the same


async def remember(call_next: AsyncCallNext, context: JobContext, worker: Any) -> Any:
    """Run a job, and keep the kind of fault it ends with."""
    async with _Remembered(context):
        return await call_next()


def watch(ready: App) -> None:
    """Let every worker of this app remember failures; named in the settings."""
    ready.worker_defaults["worker_middleware"] = [remember]

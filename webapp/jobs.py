"""Work that waits its turn in PostgreSQL: procrastinate, and the job that picks up what a killed worker left behind."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

STALLED_AFTER = 120  # seconds without a sign of life from the worker


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="retry_stalled", name="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Put jobs back into the queue whose worker died in the middle; every task here may run twice without harm."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await manager.retry_job(job)

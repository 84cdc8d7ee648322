"""Jobs and workers as procrastinate would leave them; its tables are nobody's models, so rows are written plainly."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone


def empty() -> None:
    """Take away what tests that commit have left."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def a_worker(seen: datetime | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [seen or timezone.now()])


def a_job(task: str = "plans.assess", status: str = "todo", *, ago: float = 0, **values: Any) -> int:
    """Leave a job that was deferred (and has begun and ended, by its status) some minutes ago; return its number."""
    queue, args = values.get("queue", "assess"), values.get("args", '{"patient_id": "Clinamark"}')
    moment = timezone.now() - timedelta(minutes=ago)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, priority, queueing_lock)"
            " VALUES (%s, %s, %s, %s, 0, 0, %s) RETURNING id",
            [queue, task, args, status, values.get("lock")],
        )
        pk = int(cursor.fetchone()[0])
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [pk])
        ended = {"succeeded": ["started", "succeeded"], "failed": ["started", "failed"], "doing": ["started"]}
        for place, kind in enumerate(["deferred", *ended.get(status, [])]):
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s::procrastinate_job_event_type, %s)",
                [pk, kind, moment + timedelta(seconds=2 * place)],
            )
    return pk

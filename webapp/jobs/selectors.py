"""How the unseen work stands: counts, times and codes. No argument of a job, so nothing of a patient, is read here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, Q, QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from procrastinate.periodic import PeriodicTask

from webapp.jobs.models import Failure
from webapp.jobs.words import TEXTS, title_of
from webapp.outbox import selectors as outbox
from webapp.outbox.models import Message

ALIVE = timedelta(seconds=45)  # a worker gives a sign of life every ten seconds
LATE, VERY_LATE = timedelta(minutes=3), timedelta(minutes=15)
A_PAGE = 25
ENDED = ("succeeded", "failed", "aborted", "cancelled")


def lateness(waited: timedelta) -> str:
    """Return how a delay is shown: "" in time, "late" in amber, "very_late" in red."""
    if waited > VERY_LATE:
        return "very_late"
    return "late" if waited > LATE else ""


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that comes back by itself; ``late`` is measured from the first run it missed."""

    title: Any
    name: str
    last: datetime | None
    seconds: float | None
    outcome: str
    next: datetime
    late: str


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    waiting: int
    running: int
    oldest: datetime | None
    late: str


@dataclass(frozen=True, slots=True)
class Failed:
    pk: int
    title: Any
    at: datetime | None
    attempts: int
    code: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    pk: int
    title: Any
    channel: str
    attempts: int
    code: str
    due_at: datetime
    may_retry: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """All the page shows."""

    worker_seen: datetime | None
    worker_runs: bool
    periodic: Sequence[Periodic]
    queues: Sequence[Queue]
    failed: Sequence[Failed]
    failed_page: Page
    letters: outbox.Standing
    letters_late: str
    given_up: Sequence[GivenUp]


def overview(now: datetime, page: str = "1") -> Overview:
    """Return how everything stands; as many queries for a thousand jobs as for one."""
    seen = worker_seen()
    failed_page = Paginator(failed_jobs(), A_PAGE).get_page(page)
    letters = outbox.standing(now)
    return Overview(
        worker_seen=seen,
        worker_runs=is_alive(seen, now),
        periodic=periodic(now),
        queues=queues(now),
        failed=_failed(list(failed_page)),
        failed_page=failed_page,
        letters=letters,
        letters_late=lateness(now - letters.oldest) if letters.oldest and not letters.at_night else "",
        given_up=[_given_up(one) for one in outbox.given_up()[:A_PAGE]],
    )


def worker_seen() -> datetime | None:
    """Return when a worker last gave a sign of life; None if there is none at all."""
    found: datetime | None = ProcrastinateWorker.objects.aggregate(seen=Max("last_heartbeat"))["seen"]
    return found


def is_alive(seen: datetime | None, now: datetime) -> bool:
    return seen is not None and now - seen < ALIVE


def _with_times(jobs: QuerySet[ProcrastinateJob]) -> QuerySet[ProcrastinateJob]:
    return jobs.annotate(
        began=Max("procrastinateevent__at", filter=Q(procrastinateevent__type="started")),
        ended=Max("procrastinateevent__at", filter=Q(procrastinateevent__type__in=ENDED)),
    )


def _last_runs(names: Iterable[str]) -> dict[str, ProcrastinateJob]:
    """Return the newest job of each task that has begun."""
    begun = ProcrastinateJob.objects.filter(task_name__in=names).exclude(status="todo")
    newest = begun.values("task_name").annotate(last=Max("pk")).values_list("last", flat=True)
    return {job.task_name: job for job in _with_times(ProcrastinateJob.objects.filter(pk__in=list(newest)))}


def periodic(now: datetime) -> list[Periodic]:
    """Return every job that comes back, with its last and next run."""
    known = {name: one for (name, _id), one in app.periodic_registry.periodic_tasks.items()}
    runs = _last_runs(known)
    return [_periodic(name, known[name], runs.get(name), now) for name in sorted(known)]


def _periodic(name: str, task: PeriodicTask, job: Any, now: datetime) -> Periodic:
    clock = now.timestamp()  # in UTC, by which the worker reads it too
    last = job.began if job else None
    return Periodic(
        title=title_of(name),
        name=name,
        last=last,
        seconds=(job.ended - job.began).total_seconds() if job and job.ended and job.began else None,
        outcome=job.status if job else "",
        next=_run_after(task, clock),
        late=lateness(now - _run_after(task, last.timestamp())) if last else "very_late",
    )


def _run_after(task: PeriodicTask, clock: float) -> datetime:
    return datetime.fromtimestamp(task.croniter.get_next(float, start_time=clock), UTC)


def queues(now: datetime) -> list[Queue]:
    """Return every queue with what waits in it and since when."""
    ready = Q(status="todo") & (Q(scheduled_at=None) | Q(scheduled_at__lte=now))
    rows = ProcrastinateJob.objects.filter(ready | Q(status="doing")).values("queue_name").order_by("queue_name")
    found = rows.annotate(
        waiting=Count("pk", filter=ready, distinct=True),
        running=Count("pk", filter=Q(status="doing"), distinct=True),
        oldest=Min("procrastinateevent__at", filter=ready & Q(procrastinateevent__type="deferred")),
    )
    return [_queue(row, now) for row in found]


def _queue(row: dict[str, Any], now: datetime) -> Queue:
    late = lateness(now - row["oldest"]) if row["oldest"] else ""
    return Queue(row["queue_name"], row["waiting"], row["running"], row["oldest"], late)


def failed_jobs() -> QuerySet[ProcrastinateJob]:
    """Return jobs that failed and that nobody has tried again, newest first."""
    return _with_times(ProcrastinateJob.objects.filter(status="failed").defer("args")).order_by("-pk")


def _failed(jobs: Sequence[Any]) -> list[Failed]:
    why: dict[int, str] = {}
    for one in Failure.objects.filter(job_id__in=[job.pk for job in jobs]).order_by("pk"):
        why[one.job_id] = one.code
    return [Failed(job.pk, title_of(job.task_name), job.ended, job.attempts + 1, why.get(job.pk, "?")) for job in jobs]


def _given_up(message: Message) -> GivenUp:
    title = TEXTS.get(message.template, message.template)
    return GivenUp(
        message.pk, title, message.channel, message.attempts, message.error, message.due_at, message.may_retry
    )

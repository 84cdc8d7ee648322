"""A real worker: what fails leaves its kind and no word of it; what a dead one left is taken up."""

import asyncio
from types import SimpleNamespace

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.webapp.jobs.factories import a_job, a_worker, empty
from webapp.jobs import services, tasks
from webapp.jobs.models import Failure
from webapp.plans import services as plans

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_waits():
    empty()
    yield
    empty()


async def retried():
    """Let the job about stalled jobs do its work, and no other."""
    with app.replace_connector(app.connector.get_worker_connector()) as ready:
        async with ready.open_async():
            await tasks.retry_stalled.func(SimpleNamespace(app=ready), timestamp=0)


def work():
    """Run a worker until nothing is left to do."""

    async def run():
        with app.replace_connector(app.connector.get_worker_connector()) as ready:
            async with ready.open_async():
                await ready.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)

    asyncio.run(run())


def test_a_job_that_fails_leaves_the_kind_of_fault_and_nothing_of_its_words():
    pk = a_job(args='{"patient_id": "melaena", "because": "questionnaire", "today": "2026-11-23"}')
    work()
    assert ProcrastinateJob.objects.get(pk=pk).status == "failed"
    failure = Failure.objects.get()
    assert (failure.job_id, failure.task, failure.code) == (pk, "plans.assess", "ValueError")
    assert "melaena" not in str(vars(failure))


def test_a_job_that_works_leaves_no_failure():
    pk = a_job("outbox.deliver", args='{"timestamp": 0}', queue="outbox")
    work()
    assert ProcrastinateJob.objects.get(pk=pk).status == "succeeded"
    assert not Failure.objects.exists()


def test_a_worker_that_starts_asks_for_what_was_left_behind_and_twice_is_once():
    services.begin()
    services.begin()
    names = ProcrastinateJob.objects.filter(status="todo").values_list("task_name", flat=True)
    assert sorted(names) == sorted({name for name, _id in app.periodic_registry.periodic_tasks})
    assert {"outbox.deliver", "alerts.tell_due", "jobs.retry_stalled", "plans.confirm_left_over"} <= set(names)


def test_a_worker_that_starts_has_the_second_opinion_asked_at_once(monkeypatch):
    asked = []
    monkeypatch.setattr(plans, "check_left_over", lambda *, at_start: asked.append(at_start))
    services.begin()
    work()
    services.begin()
    work()
    assert asked == [True, True]  # at every start, so after every crash


def test_a_job_whose_worker_died_runs_again():
    pk = a_job("outbox.deliver", "doing", args='{"timestamp": 0}', queue="outbox")
    services.begin()
    work()
    assert ProcrastinateJob.objects.get(pk=pk).status == "succeeded"


def test_a_dead_workers_job_whose_next_run_waits_already_is_ended_and_holds_up_no_other():
    dead = a_job("outbox.deliver", "doing", args='{"timestamp": 0}', queue="outbox", lock="outbox.deliver")
    a_job("outbox.deliver", "todo", args='{"timestamp": 0}', queue="outbox", lock="outbox.deliver")
    other = a_job("intake.remind", "doing", args='{"timestamp": 0}', queue="reminders")
    asyncio.run(retried())
    states = dict(ProcrastinateJob.objects.filter(pk__in=[dead, other]).values_list("pk", "status"))
    assert states == {dead: "aborted", other: "todo"}


def test_a_job_whose_worker_lives_is_left_to_it():
    a_worker()
    pk = a_job("outbox.deliver", "doing", args='{"timestamp": 0}', queue="outbox")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET worker_id = (SELECT max(id) FROM procrastinate_workers)")
    services.begin()
    work()
    assert ProcrastinateJob.objects.get(pk=pk).status == "doing"


def test_what_was_done_long_ago_is_let_go_and_what_failed_lately_is_kept():
    old, failed = a_job(status="succeeded", ago=60 * 24 * 15), a_job(status="failed", ago=60 * 24 * 15)
    a_job("jobs.clean", args='{"timestamp": 0}', queue="default")
    work()
    left = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    assert old not in left
    assert failed in left

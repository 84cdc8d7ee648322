"""The administrator sees at a glance what works unseen and what stands still, and nothing of any patient."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.webapp.jobs.factories import a_job, a_worker, empty
from tests.webapp.outbox.factories import NOON, queued
from tests.webapp.people import a_user
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.jobs import selectors
from webapp.jobs.models import Failure
from webapp.outbox.models import Message

pytestmark = pytest.mark.django_db
PAGE = "/jobs/"


@pytest.fixture(autouse=True)
def _nothing_waits():
    empty()


@pytest.fixture
def page(client):
    """Open the page as the administrator; return its text, without the spaces."""
    client.force_login(a_user(Role.ADMINISTRATOR))

    def opened(query=""):
        answer = client.get(PAGE + query)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    opened.client = client
    return opened


def shown(name, now=None):
    return next(one for one in selectors.periodic(now or timezone.now()) if one.name == name)


def test_an_empty_page_says_that_nothing_waits_and_that_no_worker_runs(page):
    text = page()
    assert "No hay ningún proceso de trabajo en marcha." in text
    assert "No espera ningún trabajo." in text
    assert "No ha fallado ningún trabajo." in text


def test_a_worker_that_lives_is_said_and_one_that_died_is_said_in_red(page):
    a_worker()
    assert "El proceso de trabajo está en marcha" in page()
    empty()
    a_worker(timezone.now() - timedelta(minutes=5))
    text = page()
    assert "No hay ningún proceso de trabajo en marcha." in text
    assert 'class="alert-card t1' in text
    assert "5" in text.partition("señales de vida por última vez hace")[2][:20]


def test_a_sign_of_life_of_just_now_is_not_said_as_no_minutes(page):
    a_worker()
    text = page()
    assert "dio señales de vida hace menos de un minuto" in text
    assert "0\xa0minutos" not in text


def test_messages_are_counted_only_where_there_are_some(page):
    def waits(**minutes):
        Message.objects.filter(pk=queued().pk).update(due_at=timezone.now() + timedelta(**minutes))

    assert "No espera ningún mensaje." in page()
    waits(hours=1)
    text = page()
    assert "1 mensaje espera a su hora." in text
    assert "Toca enviar" not in text
    waits(minutes=-1)
    text = page()
    assert "Toca enviar 1 mensaje. 1 mensaje espera a su hora." in text
    assert "No espera ningún mensaje" not in text


def test_every_job_that_comes_back_is_listed_with_its_last_and_next_run(page):
    a_job("outbox.deliver", "succeeded", queue="outbox")
    names = {one.name for one in selectors.periodic(timezone.now())}
    expected = {
        "outbox.deliver",
        "alerts.tell_due",
        "plans.follow_up",
        "intake.remind",
        "jobs.retry_stalled",
        "jobs.clean",
    }
    assert expected <= names
    deliver = shown("outbox.deliver")
    assert (deliver.seconds, deliver.outcome, deliver.late) == (2.0, "succeeded", "")
    assert timedelta(0) < deliver.next - timezone.now() <= timedelta(minutes=1)
    assert all(name in page() for name in expected)


@pytest.mark.parametrize("name", ["intake.remind", "outbox.deliver"])
@pytest.mark.parametrize(("ago", "late"), [(0.5, ""), (9, "late"), (40, "very_late"), (24 * 60, "very_late")])
def test_a_job_that_should_have_run_is_amber_and_then_red(name, ago, late):
    a_job(name, "succeeded")
    missed = shown(name).next  # the first run after the one there was
    assert shown(name, missed + timedelta(minutes=ago)).late == late


def test_a_job_that_never_ran_stands_still():
    assert shown("outbox.deliver").late == "very_late"


def test_a_queue_shows_how_much_waits_and_since_when(page):
    for ago in (1, 20, 5):
        a_job(ago=ago)
    a_job(status="doing")
    queue = selectors.queues(timezone.now())[0]
    assert (queue.name, queue.waiting, queue.running, queue.late) == ("assess", 3, 1, "very_late")
    assert "parado" in page()


def test_what_waits_for_its_hour_is_not_late():
    pk = a_job(ago=60)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour' WHERE id = %s", [pk])
    assert selectors.queues(timezone.now()) == []


def test_a_failed_job_shows_its_code_and_nothing_of_its_patient(page):
    pk = a_job(status="failed")
    Failure.objects.create(job_id=pk, task="plans.assess", code="OperationalError")
    text = page()
    assert "OperationalError" in text
    assert "Valora las respuestas nuevas" in text
    assert "Clinamark" not in text


def test_a_failed_job_can_be_tried_again_and_the_book_says_who_did(page):
    pk = a_job(status="failed")
    page.client.post(reverse("jobs:retry", args=[pk]))
    assert ProcrastinateJob.objects.get(pk=pk).status == "todo"
    assert Entry.objects.get(verb="job.retried").object_id == str(pk)


@pytest.mark.parametrize("status", ["succeeded", "todo", "doing"])
def test_a_job_that_did_not_fail_is_left_alone(page, status):
    pk = a_job(status=status)
    page.client.post(reverse("jobs:retry", args=[pk]))
    assert ProcrastinateJob.objects.get(pk=pk).status == status
    assert not Entry.objects.filter(verb="job.retried").exists()


def test_a_failed_job_of_which_the_same_waits_already_is_not_doubled(page):
    pk = a_job("outbox.deliver", "failed", lock="outbox.deliver")
    a_job("outbox.deliver", "todo", lock="outbox.deliver")
    answer = page.client.post(reverse("jobs:retry", args=[pk]), follow=True)
    assert "ya hay otro igual en cola" in answer.content.decode()
    assert ProcrastinateJob.objects.get(pk=pk).status == "failed"


def a_message_given_up(code="smtp_550"):
    message = queued(address="marina@example.org", link="/portal/secret")
    Message.objects.filter(pk=message.pk).update(state="given_up", error=code, attempts=8)
    return message


def test_a_message_that_was_given_up_stands_there_without_its_address_and_can_be_tried_again(page):
    message = a_message_given_up()
    text = page()
    assert "smtp_550" in text
    assert reverse("jobs:send_again", args=[message.pk]) in text
    assert "marina@example.org" not in text
    assert message.key not in text
    page.client.post(reverse("jobs:send_again", args=[message.pk]))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)
    assert Entry.objects.get(verb="message.retried").object_id == str(message.pk)


def test_a_code_that_came_too_late_has_no_button_and_cannot_be_sent_again(page):
    message = a_message_given_up("too_late")
    assert reverse("jobs:send_again", args=[message.pk]) not in page()
    page.client.post(reverse("jobs:send_again", args=[message.pk]))
    message.refresh_from_db()
    assert message.state == "given_up"
    assert not Entry.objects.filter(verb="message.retried").exists()


def test_messages_that_wait_too_long_are_said_in_red_by_day_and_not_at_night():
    queued(due_at=NOON - timedelta(hours=1))
    assert selectors.overview(NOON).letters_late == "very_late"
    assert selectors.overview(NOON.replace(hour=23)).letters_late == ""


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_finds_the_page_or_its_buttons(client, role):
    pk = a_job(status="failed")
    client.force_login(a_user(role))
    assert client.get(PAGE).status_code == 404
    assert client.post(reverse("jobs:retry", args=[pk])).status_code == 404
    assert client.post(reverse("jobs:send_again", args=[1])).status_code == 404
    assert ProcrastinateJob.objects.get(pk=pk).status == "failed"


def test_a_thousand_jobs_take_as_many_queries_as_one(page):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            page()
        return len(seen)

    a_job(status="failed")
    queued()
    few = queries()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " SELECT 'assess', 'plans.assess', '{}', 'failed' FROM generate_series(1, 1000)"
        )
    for _ in range(5):
        a_message_given_up()
    assert queries() == few
    assert "Página 1 de 41" in page()
    assert "Página 41 de 41" in page("?page=41")


def test_the_page_speaks_english_too(client):
    client.force_login(a_user(Role.ADMINISTRATOR, language="en"))
    assert "No worker is running." in client.get(PAGE).content.decode()

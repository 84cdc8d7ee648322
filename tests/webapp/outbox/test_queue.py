"""A message is queued once a key, with nothing readable in the table, and can be stopped until it leaves."""

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.webapp.outbox.factories import NOON, at, queued
from webapp.outbox import sending, services
from webapp.outbox.models import Message
from webapp.outbox.services import OutboxError

pytestmark = pytest.mark.django_db


def test_the_same_key_twice_makes_one_message():
    queued(key="plan_ready:1")
    assert services.queue(key="plan_ready:1", address="b@example.org", template="plan_ready", language="es") is None
    assert Message.objects.count() == 1


def test_what_the_caller_undoes_was_never_queued():
    with transaction.atomic():
        queued(key="undone")
        transaction.set_rollback(True)
    assert queued(key="undone").state == "queued"


def test_neither_address_nor_link_stands_readable_in_the_table():
    queued(address="marina@example.org", link="/invitation/secrettoken")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text || encode(address, 'escape') FROM outbox_message m")
        row = cursor.fetchone()[0]
    assert "marina" not in row
    assert "secrettoken" not in row


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"template": "you_are_ill"}, "texts.py"),
        ({"language": "fr"}, "es, en"),
        ({"address": ""}, "one address"),
        ({"address": "a@example.org\nBcc: b@example.org"}, "one address"),
        ({"link": "javascript:alert(1)"}, "http"),
        ({"link": "/portal/ x"}, "spaces"),
        ({"template": "sign_in_code", "link": "12 34"}, "code"),
        ({"channel": "pigeon"}, "pigeon"),
    ],
)
def test_what_cannot_be_sent_is_refused_when_it_is_queued(values, words):
    with pytest.raises(OutboxError, match=words) as refused:
        queued(**values)
    assert "example.org" not in str(refused.value)
    assert not Message.objects.exists()


def test_a_channel_nobody_carries_is_refused_with_the_place_to_look(settings):
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"sms": ""}
    with pytest.raises(OutboxError, match=r"send-messages\.md"):
        queued(channel="sms", address="+34600112233")


def test_a_path_becomes_a_whole_address_of_our_site(settings):
    settings.SITE_URL = "https://clinic.example"
    assert queued(link="/portal/").link == "https://clinic.example/portal/"
    assert queued(link="").link == "https://clinic.example/"


def test_a_message_not_sent_yet_is_cancelled_and_never_leaves(mailoutbox):
    queued(key="plan_ready:2")
    assert services.cancel("plan_ready:2")
    with at(NOON):
        assert sending.deliver() == 0
    assert mailoutbox == []
    assert Message.objects.get().link == ""


def test_what_has_left_cannot_be_cancelled(mailoutbox):
    message = queued(key="plan_ready:3")
    with at(NOON):
        sending.deliver()
    assert not services.cancel("plan_ready:3")
    message.refresh_from_db()
    assert (message.state, len(mailoutbox)) == ("sent", 1)


def test_a_key_nobody_queued_cannot_be_cancelled():
    assert not services.cancel("plan_ready:nothing")


def test_nothing_is_queued_while_a_past_is_brought_in():
    with services.silence():
        assert services.queue(key="old", address="a@example.org", template="task_due", language="es") is None
    assert not Message.objects.exists()
    assert queued(key="old")


def test_the_database_holds_that_what_was_sent_says_when():
    message = queued()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(state="sent")


@pytest.fixture
def jobs(transactional_db):
    """Jobs that wait to send; the queue's tables are nobody's models and are not emptied between tests."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return ProcrastinateJob.objects.filter(task_name="outbox.deliver")


def test_the_worker_is_woken_once_for_many_messages_and_only_when_they_are_committed(jobs):
    with at(NOON):
        with transaction.atomic():
            queued()
            queued()
            assert not jobs.exists()
        assert jobs.count() == 1
        queued()
    assert jobs.count() == 1


def test_a_message_for_later_wakes_nobody(jobs):
    with at(NOON.replace(hour=9)):
        services.queue(key="later", address="a@example.org", template="task_due", language="es", due_at=NOON)
    assert not jobs.exists()

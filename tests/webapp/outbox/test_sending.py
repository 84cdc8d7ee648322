"""Each message leaves once: tried again with growing waits, given up in the end, taken up where a sender died."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.webapp.outbox.factories import NOON, at, queued
from tests.webapp.outbox.ways import Way
from webapp.base import house
from webapp.outbox import selectors, sending, services
from webapp.outbox.letters import letter_of
from webapp.outbox.models import Message
from webapp.outbox.transports import NotSent

pytestmark = pytest.mark.django_db


@pytest.fixture
def way(settings):
    Way.taken, Way.faults = [], []
    settings.OUTBOX_CHANNELS = {"email": f"{Way.__module__}.Way"}
    return Way


def later(message, *, minutes=0):
    message.refresh_from_db()
    return at(message.due_at + timedelta(minutes=minutes))


def test_a_refused_letter_is_tried_again_after_growing_waits_and_then_given_up(way):
    message, waited = queued(haste="now"), []
    way.faults = [NotSent("smtp_451", final=False)] * 50
    for _attempt in range(len(sending.WAITS) + 1):
        before = message.due_at
        with at(before):
            assert sending.deliver() == 0
        message.refresh_from_db()
        waited.append(message.due_at - before)
    assert waited[:-1] == list(sending.WAITS)
    assert list(sending.WAITS) == sorted(sending.WAITS)
    assert (message.state, message.error, message.attempts) == ("given_up", "smtp_451", len(waited))
    assert way.taken == []
    assert [row.pk for row in selectors.given_up()] == [message.pk]


def test_what_is_refused_for_good_is_not_tried_again(way):
    message = queued()
    way.faults = [NotSent("smtp_550", final=True)]
    with at(NOON):
        sending.deliver()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == ("given_up", 1, "smtp_550")


def test_one_bad_letter_does_not_hold_up_the_others(way):
    queued(), queued()
    way.faults = [NotSent("timeout", final=False)]
    with at(NOON):
        assert sending.deliver() == 1


def test_what_was_given_up_leaves_when_somebody_tries_again(way):
    message = queued()
    way.faults = [NotSent("smtp_550", final=True)]
    with at(NOON):
        sending.deliver()
        assert services.again(message.pk)
        assert sending.deliver() == 1
        assert not services.again(message.pk)


def test_a_letter_half_sent_by_a_dead_worker_leaves_again_under_the_same_id(way):
    message = queued()
    Message.objects.filter(pk=message.pk).update(state="sending", attempts=1)
    letter = letter_of(message)
    with at(NOON):
        assert sending.deliver() == 1
    message.refresh_from_db()
    assert (way.taken, message.in_doubt, message.state) == ([letter.id], 1, "sent")


def test_a_way_that_remembers_is_not_given_it_twice(way, settings):
    settings.OUTBOX_CHANNELS = {"email": f"{Way.__module__}.RememberingWay"}
    message = queued()
    Message.objects.filter(pk=message.pk).update(state="sending", attempts=1)
    way.taken.append(letter_of(message).id)
    with at(NOON):
        assert sending.deliver() == 1
    assert len(way.taken) == 1


def test_what_kills_whoever_sends_it_is_put_aside(way):
    message, other = queued(), queued()
    Message.objects.filter(pk=message.pk).update(state="sending", attempts=1, in_doubt=sending.MOST_DOUBTS)
    with at(NOON):
        assert sending.deliver() == 1
    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.state, message.error, other.state) == ("given_up", "in_doubt", "sent")


@pytest.mark.django_db(transaction=True)
def test_a_message_another_worker_is_sending_is_left_to_it(way):
    message = queued()
    Message.objects.filter(pk=message.pk).update(state="sending", attempts=1)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM outbox_message WHERE id = %s FOR UPDATE", [message.pk])
            with at(NOON):
                assert sending.deliver() == 0
            other.rollback()
            with at(NOON):
                assert sending.deliver() == 1  # the other worker died: its lock is gone
    finally:
        other.close()


def test_several_things_due_to_one_person_become_one_letter(mailoutbox):
    for n in range(4):
        queued(address="marina@example.org", key=f"many:{n}", due_at=NOON - timedelta(minutes=n))
    queued(address="other@example.org")
    with at(NOON):
        assert sending.deliver() == 2
    assert {str(one.to): one.subject for one in mailoutbox} == {
        "['marina@example.org']": "Tiene varias cosas pendientes",
        "['other@example.org']": "Tiene algo pendiente",
    }
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_code_is_never_put_together_with_anything(mailoutbox):
    queued(address="marina@example.org")
    queued(address="marina@example.org", template="sign_in_code", link="482913")
    with at(NOON):
        assert sending.deliver() == 2
    assert any("482913" in one.body for one in mailoutbox)


def test_two_people_who_share_an_address_get_each_their_own(mailoutbox):
    queued(address="family@example.org", recipient="patient:1")
    queued(address="family@example.org", recipient="patient:2")
    with at(NOON):
        assert sending.deliver() == 2


def test_nobody_gets_more_than_three_letters_a_day_and_the_rest_is_one_in_the_morning(mailoutbox):
    for n in range(6):
        with at(NOON + timedelta(hours=n)):
            queued(address="marina@example.org", due_at=NOON + timedelta(hours=n))
            sending.deliver()
    assert len(mailoutbox) == house.now().most_messages
    waiting = Message.objects.filter(state="queued")
    assert {one.due_at for one in waiting} == {NOON.replace(day=24, hour=8)}
    with at(NOON.replace(day=24, hour=8)):
        assert sending.deliver() == 1
    assert mailoutbox[-1].subject == "Tiene varias cosas pendientes"


@pytest.mark.parametrize("values", [{"template": "sign_in_code", "link": "482913"}, {"haste": "uncapped"}])
def test_the_cap_does_not_hold_back_what_must_be_said(mailoutbox, values):
    for n in range(5):
        with at(NOON + timedelta(minutes=n)):
            queued(address="marina@example.org", due_at=NOON + timedelta(minutes=n), **values)
            sending.deliver()
    assert len(mailoutbox) == 5


def test_a_digest_that_was_not_taken_is_tried_again_as_a_whole(way):
    first = queued(address="marina@example.org")
    queued(address="marina@example.org")
    way.faults = [NotSent("timeout", final=False)]
    with at(NOON):
        sending.deliver()
    assert set(Message.objects.values_list("state", "error")) == {("failed", "timeout")}
    with later(first):
        assert sending.deliver() == 1
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_what_is_cancelled_between_two_attempts_stays_cancelled(way):
    first = queued(address="marina@example.org", key="stays")
    queued(address="marina@example.org", key="goes")
    way.faults = [NotSent("timeout", final=False)]
    with at(NOON):
        sending.deliver()
    services.cancel("goes")
    with later(first):
        assert sending.deliver() == 1
    assert dict(Message.objects.values_list("key", "state")) == {"stays": "sent", "goes": "cancelled"}


def test_a_code_that_comes_too_late_is_not_sent(mailoutbox):
    message = queued(template="sign_in_code", link="482913")
    with at(message.queued_at + timedelta(minutes=16)):
        assert sending.deliver() == 0
    message.refresh_from_db()
    assert (message.state, message.error, message.link, mailoutbox) == ("given_up", "too_late", "", [])
    assert not services.again(message.pk)


def test_each_letter_becomes_one_file_and_is_not_written_twice(settings, tmp_path):
    settings.OUTBOX_FOLDER = str(tmp_path)
    settings.OUTBOX_CHANNELS = {"email": "webapp.outbox.transports.Folder", "push": "webapp.outbox.transports.Folder"}
    message = queued()
    queued(channel="push", address="device-1")
    with at(NOON):
        assert sending.deliver() == 2
    written = {path.suffix: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert set(written) == {".eml", ".push"}
    Message.objects.filter(pk=message.pk).update(state="sending", sent_at=None)
    with at(NOON):
        assert sending.deliver() == 1
    assert {path.suffix: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == written


def test_a_folder_that_cannot_be_written_is_tried_again(settings, tmp_path):
    settings.OUTBOX_FOLDER = str(tmp_path)
    settings.OUTBOX_CHANNELS = {"email": "webapp.outbox.transports.Folder"}
    message = queued()
    with at(NOON), pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.link", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        assert sending.deliver() == 0
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "OSError")


def test_a_message_costs_no_more_queries_when_many_wait(way):
    def queries(messages):
        for _ in range(messages):
            queued()
        with at(NOON), CaptureQueriesContext(connection) as seen:
            assert sending.deliver() == messages
        return len(seen)

    one, few, many = queries(1), queries(3), queries(9)
    assert many - few == 3 * (few - one)


def test_the_outbox_in_figures_says_nothing_of_anybody(way, django_assert_num_queries):
    queued(), queued(due_at=NOON + timedelta(days=2))
    with django_assert_num_queries(2):  # the messages, and the clinic's quiet hours
        standing = selectors.standing(NOON)
    assert (standing.due, standing.later, standing.given_up, standing.oldest) == (1, 1, 0, NOON)
    assert "example.org" not in str(standing)


def test_what_left_a_year_ago_is_forgotten_and_what_waits_is_not(mailoutbox):
    for key in ("first", "carried"):
        queued(key=key, address="marina@example.org")
    with at(NOON):
        sending.deliver()
    waiting = queued(key="waiting", due_at=NOON - timedelta(days=30))
    services.forget(NOON + timedelta(days=364))
    assert Message.objects.count() == 3
    services.forget(NOON + timedelta(days=366))
    assert list(Message.objects.all()) == [waiting]

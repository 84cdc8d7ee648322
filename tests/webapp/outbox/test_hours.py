"""Nobody is written to at night, on the wall clock of Madrid, on the days the clock changes too."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.webapp.outbox.factories import MADRID, NOON, at, queued
from webapp.base import environment
from webapp.outbox import sending
from webapp.outbox.hours import day_begins, is_quiet, next_allowed, tomorrow_morning

pytestmark = pytest.mark.django_db  # the administrator decides on the quiet hours


def madrid(*parts, fold=0):
    return datetime(*parts, tzinfo=MADRID, fold=fold)


@pytest.mark.parametrize(("hour", "minute", "quiet"), [(7, 59, True), (8, 0, False), (21, 59, False), (22, 0, True)])
def test_the_night_is_from_ten_to_eight(hour, minute, quiet):
    assert is_quiet(madrid(2026, 11, 23, hour, minute)) is quiet


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (madrid(2026, 11, 23, 12), madrid(2026, 11, 23, 12)),
        (madrid(2026, 11, 23, 22), madrid(2026, 11, 24, 8)),
        (madrid(2026, 11, 24, 3), madrid(2026, 11, 24, 8)),
        # the hour that comes twice: both half past twos are one night, which ends at eight winter time
        (madrid(2026, 10, 25, 2, 30, fold=0), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (madrid(2026, 10, 25, 2, 30, fold=1), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (madrid(2026, 10, 24, 22), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        # the hour that never comes: half past two is half past three, and eight is summer time
        (madrid(2027, 3, 28, 2, 30), datetime(2027, 3, 28, 6, tzinfo=UTC)),
        (madrid(2027, 3, 27, 22), datetime(2027, 3, 28, 6, tzinfo=UTC)),
    ],
)
def test_what_falls_into_the_night_waits_for_eight_oclock(asked, allowed):
    assert next_allowed(asked) == allowed
    assert next_allowed(asked.astimezone(UTC)) == allowed


@pytest.mark.parametrize(("day", "hours"), [((2026, 10, 24), 11), ((2027, 3, 27), 9), ((2026, 11, 23), 10)])
def test_the_night_of_a_change_is_an_hour_longer_or_shorter(day, hours):
    begins = madrid(*day, 22).astimezone(UTC)
    assert next_allowed(begins) - begins == timedelta(hours=hours)
    minutes = [begins + timedelta(minutes=n) for n in range(hours * 60)]
    assert all(is_quiet(minute) for minute in minutes)
    assert not is_quiet(begins - timedelta(minutes=1))
    assert not is_quiet(begins + timedelta(hours=hours))


def test_a_day_begins_at_midnight_of_its_own_clock():
    assert day_begins(madrid(2026, 10, 25, 12)) == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert day_begins(madrid(2027, 3, 28, 12)) == datetime(2027, 3, 27, 23, tzinfo=UTC)
    assert tomorrow_morning(madrid(2026, 10, 24, 12)) == datetime(2026, 10, 25, 7, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("template", ["plan_ready", "task_due", "message_waiting"])
def test_a_message_due_at_night_leaves_in_the_morning(mailoutbox, template):
    night = madrid(2026, 11, 23, 23)
    with at(night):
        queued(template=template, due_at=night)
        assert sending.deliver() == 0
    with at(madrid(2026, 11, 24, 8)):
        assert sending.deliver() == 1
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_a_message_that_was_due_by_day_and_is_late_waits_too(mailoutbox):
    queued(due_at=madrid(2026, 11, 23, 21, 59))
    with at(madrid(2026, 11, 23, 22, 5)):
        assert sending.deliver() == 0
    assert mailoutbox == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("template", "link"), [("sign_in_code", "123456"), ("security_notice", "/"), ("invitation", "/i/x")]
)
def test_a_code_a_notice_and_an_invitation_leave_at_any_hour(mailoutbox, template, link):
    night = madrid(2026, 10, 25, 2, 30, fold=1)
    with at(night):
        queued(template=template, link=link, due_at=night)
        assert sending.deliver() == 1
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_what_cannot_wait_leaves_at_night_beside_what_can(mailoutbox):
    night = madrid(2027, 3, 28, 2, 30)
    with at(night):
        queued(due_at=night)
        urgent = queued(due_at=night, haste="now")
        assert sending.deliver() == 1
    assert [mail.to for mail in mailoutbox] == [[urgent.address]]


def test_noon_is_noon():
    assert next_allowed(NOON) is NOON


@pytest.mark.parametrize(
    ("hours", "hour", "quiet"),
    [((21, 9), 8, True), ((21, 9), 9, False), ((1, 6), 3, True), ((1, 6), 23, False), ((0, 0), 3, False)],
)
def test_a_clinic_may_have_other_quiet_hours_or_none(settings, hours, hour, quiet):
    settings.QUIET_HOURS = hours
    moment = madrid(2026, 11, 23, hour)
    assert is_quiet(moment) is quiet
    assert next_allowed(moment) == (madrid(2026, 11, 23, hours[1]) if quiet else moment)


@pytest.mark.parametrize("text", ["22", "22-24", "a-b", "22-8-1", ""])
def test_quiet_hours_that_are_none_are_refused_at_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="QUIET_HOURS is written 22-8"):
        environment.hours(text)


def test_quiet_hours_are_read():
    assert environment.hours("22-8") == (22, 8)

"""Who tries passwords is slowed, then stopped: by account and by address, alike for those who exist and those not."""

import ipaddress
import threading
from copy import copy
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from tests.webapp.people import PASSWORD, a_user, comes_in
from webapp.accounts import lockout, services
from webapp.base.roles import Role

pytestmark = pytest.mark.django_db
ADDRESS, NOBODY = "elena.vidal@example.org", "nobody@example.org"
ELSEWHERE = "203.0.113.9"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def vidal():
    return a_user(Role.PATIENT, email=ADDRESS)


def log_in(client, email=ADDRESS, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def later(**time):
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(**time))


def failures(count, email=ADDRESS, client=None):
    """Fail as often as asked, each time after the wait."""
    for _n in range(count):
        answer = log_in(client or Client(), email, "wrong")
        later(seconds=70)
    return answer


@pytest.mark.parametrize("email", [ADDRESS, NOBODY])
def test_the_sixth_try_has_to_wait_whether_or_not_somebody_has_that_address(client, vidal, email):
    for _n in range(5):
        assert log_in(client, email, "wrong").status_code == 200
    early = log_in(client, email)
    assert early.status_code == 429
    assert early["Retry-After"] == "2"
    later(seconds=3)
    assert log_in(client, email, "wrong").status_code == 200
    assert log_in(client, email)["Retry-After"] == "4"


def test_who_comes_too_early_does_not_wait_longer_for_it(client, vidal):
    for _n in range(5):
        log_in(client, password="wrong")
    for _n in range(3):
        log_in(client)
    later(seconds=3)
    assert log_in(client).status_code == 302


def test_ten_wrong_passwords_close_the_account_for_everybody_and_say_what_to_do(vidal):
    locked = failures(10)
    assert locked.status_code == 429
    assert reverse("account_reset_password").encode() in locked.content
    elsewhere = Client(REMOTE_ADDR=ELSEWHERE)
    assert log_in(elsewhere).status_code == 429
    later(minutes=15)
    assert log_in(elsewhere).status_code == 302


def test_thirty_failures_of_an_address_stop_it_for_every_account_and_nobody_elsewhere(client, vidal):
    for n in range(10):
        log_in(client, f"person{n}@example.org", "wrong")
    assert log_in(client).status_code == 302
    AccessAttempt.objects.update(failures_since_start=3)
    assert log_in(Client()).status_code == 429
    assert log_in(Client(REMOTE_ADDR=ELSEWHERE)).status_code == 302


def test_coming_in_forgets_the_own_failures_but_not_those_against_others(client, vidal):
    a_user(Role.PATIENT, email="thief@example.org")
    failures(4)
    failures(4, "thief@example.org")
    log_in(client, "thief@example.org")
    assert AccessAttempt.objects.get().username == vidal.get_username()


def test_a_right_password_within_the_free_tries_starts_anew(client, vidal):
    failures(4)
    assert log_in(client).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_what_is_kept_of_a_failure_names_no_address_no_browser_and_no_word_typed(vidal):
    client = Client(REMOTE_ADDR=ELSEWHERE, headers={"user-agent": "Netscape 4", "accept": "text/x-unheard-of"})
    log_in(client, password="not this one")
    kept = str(AccessAttempt.objects.values())
    for word in (ELSEWHERE, "Netscape", "unheard", "not this one", ADDRESS):
        assert word not in kept


def test_failures_older_than_the_wait_are_deleted_with_the_next_one(client, vidal):
    log_in(client, NOBODY, "wrong")
    later(minutes=16)
    log_in(client, password="wrong")
    assert AccessAttempt.objects.get().username == vidal.get_username()


def test_addresses_become_digests_of_their_own():
    ask = RequestFactory()
    blurred = {lockout.blurred(ask.get("/", REMOTE_ADDR=given)) for given in ("10.0.0.1", "10.0.0.2", "::1", ELSEWHERE)}
    assert len(blurred) == 4
    assert all(ipaddress.ip_address(one).is_private for one in blurred)


def test_a_wrong_password_an_unknown_address_a_closed_account_and_one_without_password_take_the_same_work(
    client, vidal, monkeypatch
):
    closed, invited = a_user(Role.PATIENT), a_user(Role.PATIENT, password=None)
    services.set_active(user=closed, active=False, actor=None)
    work: list[str] = []
    for name in ("encode", "verify"):
        theirs = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(Argon2PasswordHasher, name, lambda *a, theirs=theirs: (work.append(""), theirs(*a))[1])
    for email in (ADDRESS, NOBODY, closed.email, invited.email):
        work.clear()
        log_in(client, email, "wrong password")
        assert len(work) == 1, email


def at_once(count, what):
    """Do something from so many threads, each with a connection of its own, all begun at one moment; return answers."""
    gate, answers = threading.Barrier(count), []

    def one(number):
        gate.wait()
        try:
            answers.append(what(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def nine_failures(vidal):
    """Nine wrong passwords, the last one long enough ago for another try."""
    row = {"username": vidal.get_username(), "ip_address": "fd00::1", "failures_since_start": 9}
    kept = AccessAttempt.objects.create(**row)  # the table dates a new row itself
    AccessAttempt.objects.filter(pk=kept.pk).update(attempt_time=timezone.now() - timedelta(minutes=5))
    return vidal


@pytest.mark.django_db(transaction=True)
def test_passwords_sent_at_one_moment_are_looked_at_one_by_one(nine_failures):
    """Whoever sends eight passwords at once has as many looked at as who sends them one after the other: one."""
    assert at_once(8, lambda _n: log_in(Client(), password="wrong").status_code) == [429] * 8
    assert sum(AccessAttempt.objects.values_list("failures_since_start", flat=True)) == 10


@pytest.mark.django_db(transaction=True)
def test_codes_sent_at_one_moment_are_looked_at_one_by_one(nine_failures):
    request = RequestFactory().post("/", REMOTE_ADDR=ELSEWHERE)
    answers = at_once(8, lambda _n: lockout.takes_a_try(copy(request), nine_failures))
    assert sorted(answers) == [False] * 7 + [True]


def test_a_right_password_with_its_second_step_still_to_come_counts_as_no_failure(client):
    doctor = a_user(Role.DOCTOR, email="salas@example.org")
    log_in(client, doctor.email, "wrong")
    for _n in range(4):
        assert log_in(Client(), doctor.email).status_code == 302
    assert AccessAttempt.objects.get().failures_since_start == 1
    assert comes_in(Client(), doctor.email).status_code == 302
    assert not AccessAttempt.objects.exists()

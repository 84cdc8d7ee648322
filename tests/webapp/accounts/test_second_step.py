"""The second step at the door: a code of the own app, of a message or of paper, each once; staff without exception."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.people import PASSWORD, TOTP_SECRET, a_totp, a_user, code_of
from webapp.accounts import codes, enrolling, factors, services
from webapp.accounts.models import CodeChannel, SentCode, Session
from webapp.audit.models import Entry
from webapp.base.roles import READ_OF_OTHERS, Role
from webapp.outbox.models import Message

pytestmark = pytest.mark.django_db
DOOR = "/accounts/second-step/"
ADDRESS, NEW = "elena.vidal@example.org", "another horse battery"
OTHER_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def vidal():
    return a_user(Role.DOCTOR, email=ADDRESS)


def password(client, email=ADDRESS, **more):
    return client.post(reverse("account_login"), {"login": email, "password": PASSWORD, **more})


def is_in(client):
    return "_auth_user_id" in client.session


def by_mail(user):
    """Let this person get codes by mail instead."""
    Authenticator.objects.filter(user=user).delete()
    CodeChannel.objects.create(user=user, kind="email")


def letters():
    return list(Message.objects.filter(template="sign_in_code").order_by("pk"))


def test_the_password_alone_opens_nothing_and_the_code_leads_on_to_the_page_asked_for(client, vidal):
    assert password(client, next="/accounts/hat/").url == DOOR
    assert not is_in(client)
    assert client.get("/accounts/hat/").status_code == 302
    password(client, next="/accounts/hat/")
    assert client.post(DOOR, {"code": code_of(TOTP_SECRET)}).url == "/accounts/hat/"
    assert is_in(client)
    assert Entry.objects.get(verb="user.second_factor_used").detail == {"kind": "app"}
    assert Entry.objects.filter(verb="user.signed_in", actor_id=vidal.pk).exists()


def test_nobody_comes_to_the_code_without_the_password(client, vidal):
    assert client.get(DOOR).url == reverse("account_login")
    assert client.post(DOOR, {"code": code_of(TOTP_SECRET)}).url == reverse("account_login")
    assert not is_in(client)


@pytest.mark.parametrize("code", ["000000", "", "12345", "9" * 20, "' OR 1=1", "００００００"])
def test_any_other_code_is_refused_with_a_reason_and_written_down(client, vidal, code):
    password(client)
    answer = client.post(DOOR, {"code": code})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not is_in(client)
    assert Entry.objects.filter(verb="user.second_factor_refused").exists() == bool(code)


def test_a_code_of_somebody_elses_app_is_refused(client, vidal):
    salas = a_user(Role.DOCTOR)
    a_totp(salas, OTHER_SECRET)
    password(client)
    assert client.post(DOOR, {"code": code_of(OTHER_SECRET)}).status_code == 422
    assert not is_in(client)


def test_codes_of_the_half_minute_before_and_after_fit_and_older_ones_do_not(vidal):
    assert factors.counter_of(TOTP_SECRET, code_of(TOTP_SECRET, -3)) is None
    assert not factors.take_totp(user=vidal, code=code_of(TOTP_SECRET, 3))
    assert factors.take_totp(user=vidal, code=code_of(TOTP_SECRET, 1))


def test_a_code_used_once_and_every_one_before_it_is_refused_the_second_time(client, vidal):
    code, before = code_of(TOTP_SECRET), code_of(TOTP_SECRET, -1)
    password(client)
    client.post(DOOR, {"code": code})
    again = Client()
    password(again)
    for old in (code, before):
        assert again.post(DOOR, {"code": old}).status_code == 422
    assert not is_in(again)


IN_ANOTHER_PROCESS = """
import json, sys, django
django.setup()
from webapp.accounts.models import User
from webapp.accounts import factors
user = User.objects.get(pk=int(sys.argv[1]))
print(json.dumps([factors.take_totp(user=user, code=code) for code in sys.argv[2:]]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_code_used_here_is_refused_in_another_process_and_the_other_way_round(monkeypatch):
    vidal, now, next_one = a_user(Role.DOCTOR), code_of(TOTP_SECRET), code_of(TOTP_SECRET, 1)
    at = connection.settings_dict
    url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST'].replace('/', '%2F')}:{at['PORT']}/{at['NAME']}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATABASE_OWNER_URL", url)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "webapp.settings")
    assert factors.take_totp(user=vidal, code=now)
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(vidal.pk), now, next_one]
    root = Path(__file__).resolve().parents[3]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert json.loads(told) == [False, True]
    assert not factors.take_totp(user=vidal, code=next_one)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_type_the_same_code_at_once_one_comes_in():
    vidal, code = a_user(Role.DOCTOR), code_of(TOTP_SECRET)

    def take(_n):
        try:
            return factors.take_totp(user=vidal, code=code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as several:
        assert sorted(several.map(take, range(4))) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_type_the_same_recovery_code_at_once_one_comes_in():
    vidal = a_user(Role.DOCTOR)
    code, another = enrolling.RecoveryCodes.activate(vidal).generate_codes()[:2]

    def take(one):
        try:
            return factors.take(user=vidal, code=one)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as several:
        assert sorted(several.map(take, [code] * 3 + [another])) == ["", "", "recovery", "recovery"]
    assert factors.codes_left(vidal) == 8  # neither brought the other's back


def test_wrong_codes_slow_and_lock_like_wrong_passwords(client, vidal):
    password(client)
    for _n in range(5):
        client.post(DOOR, {"code": "000000"})
    early = client.post(DOOR, {"code": code_of(TOTP_SECRET)})
    assert (early.status_code, early["Retry-After"]) == (429, "2")
    AccessAttempt.objects.update(failures_since_start=10)
    assert password(Client()).status_code == 429
    assert not is_in(client)


def test_typing_the_password_again_does_not_forgive_wrong_codes(client, vidal):
    for _n in range(3):
        password(client)
        client.post(DOOR, {"code": "000000"})
    assert AccessAttempt.objects.get().failures_since_start == 3


def test_who_was_shut_out_or_changed_the_password_meanwhile_is_not_let_in(client, vidal):
    password(client)
    services.set_active(user=vidal, active=False, actor=None)
    assert client.post(DOOR, {"code": code_of(TOTP_SECRET)}).url == reverse("account_login")
    services.set_active(user=vidal, active=True, actor=None)
    password(client)
    vidal.set_password(NEW)
    vidal.save()
    assert client.post(DOOR, {"code": code_of(TOTP_SECRET)}).url == reverse("account_login")
    assert not is_in(client)


def test_somebody_else_may_begin_anew(client, vidal):
    password(client)
    client.post("/accounts/second-step/leave/")
    assert client.get(DOOR).url == reverse("account_login")


# --- codes by mail and SMS


def test_a_code_by_mail_comes_in_once(client, vidal):
    by_mail(vidal)
    password(client)
    [letter] = letters()
    assert (letter.address, letter.channel, letter.language) == (ADDRESS, "email", "es")
    assert letter.link.encode() not in b"".join(bytes(row.digest) for row in SentCode.objects.all())
    assert client.post(DOOR, {"code": letter.link}).status_code == 302
    assert is_in(client)
    again = Client()
    SentCode.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    password(again)
    assert again.post(DOOR, {"code": letter.link}).status_code == 422


def test_a_code_older_than_ten_minutes_is_refused(client, vidal):
    by_mail(vidal)
    password(client)
    SentCode.objects.update(sent_at=timezone.now() - codes.LIFE - timedelta(seconds=1))
    assert client.post(DOOR, {"code": letters()[0].link}).status_code == 422


def test_a_code_tried_wrongly_five_times_is_refused_even_when_right(client, vidal):
    by_mail(vidal)
    password(client)
    right = letters()[0].link
    SentCode.objects.update(tries=codes.TRIES)
    assert client.post(DOOR, {"code": right}).status_code == 422
    SentCode.objects.update(tries=codes.TRIES - 1)
    assert client.post(DOOR, {"code": right}).status_code == 302


def test_a_code_sent_to_somebody_else_is_refused(client, vidal):
    by_mail(vidal)
    other = a_user(Role.PATIENT)
    by_mail(other)
    codes.send(user=other, kind="email")
    password(client)
    assert client.post(DOOR, {"code": letters()[0].link}).status_code == 422


def test_another_code_is_sent_after_a_minute_and_the_one_before_then_opens_nothing(client, vidal):
    by_mail(vidal)
    password(client)
    soon = client.post("/accounts/second-step/send/")
    assert len(letters()) == 1
    assert 'role="status"' in soon.content.decode()
    SentCode.objects.update(sent_at=timezone.now() - timedelta(seconds=61))
    client.post("/accounts/second-step/send/")
    first, second = letters()
    assert client.post(DOOR, {"code": first.link}).status_code == 422
    assert client.post(DOOR, {"code": second.link}).status_code == 302


def test_six_codes_an_hour_and_no_more(vidal):
    by_mail(vidal)
    for minute in range(codes.AN_HOUR):
        assert codes.send(user=vidal, kind="email") == timedelta()
        SentCode.objects.filter(pk=SentCode.objects.first().pk).update(
            sent_at=timezone.now() - timedelta(minutes=30 - minute)
        )
    assert timedelta(minutes=29) < codes.send(user=vidal, kind="email") <= timedelta(minutes=30)
    assert len(letters()) == codes.AN_HOUR


def test_a_code_by_sms_goes_to_the_number_and_not_to_the_mail(client, vidal):
    Authenticator.objects.filter(user=vidal).delete()
    CodeChannel.objects.create(user=vidal, kind="sms", number="+34600112233")
    password(client)
    [letter] = letters()
    assert (letter.channel, letter.address) == ("sms", "+34600112233")
    assert client.post(DOOR, {"code": letter.link}).status_code == 302


def test_who_has_an_app_gets_no_code_by_mail_by_asking(client, vidal):
    password(client)
    client.post("/accounts/second-step/send/")
    assert letters() == []


def test_no_other_code_goes_out_once_the_account_is_closed(client, vidal):
    by_mail(vidal)
    password(client)
    SentCode.objects.update(sent_at=timezone.now() - timedelta(seconds=61))
    services.set_active(user=vidal, active=False, actor=None)
    client.post("/accounts/second-step/send/")
    assert len(letters()) == 1


# --- recovery codes


def test_each_recovery_code_opens_once_and_another_persons_never(client, vidal):
    secret_codes = enrolling.RecoveryCodes.activate(vidal).generate_codes()
    theirs = enrolling.RecoveryCodes.activate(a_user(Role.DOCTOR)).generate_codes()
    password(client)
    assert client.post(DOOR, {"code": theirs[0]}).status_code == 422
    spaced = f"{secret_codes[0][:4]} {secret_codes[0][4:]}"
    assert client.post(DOOR, {"code": spaced}).status_code == 302
    assert Entry.objects.get(verb="user.second_factor_used").detail == {"kind": "recovery"}
    again = Client()
    password(again)
    assert again.post(DOOR, {"code": secret_codes[0]}).status_code == 422
    assert again.post(DOOR, {"code": secret_codes[1]}).status_code == 302
    assert factors.codes_left(vidal) == 8


# --- who must, who may


@pytest.mark.parametrize("role", sorted(READ_OF_OTHERS))
def test_staff_and_specialists_without_one_come_to_its_set_up_from_every_page_and_can_leave(client, role):
    user = a_user(role)
    Authenticator.objects.filter(user=user).delete()
    client.force_login(user)
    for path in ("/", "/desk/", "/studio/", "/accounts/password/change/", "/accounts/security/", "/accounts/hat/"):
        assert client.get(path).url.startswith("/accounts/second-step/set-up/?next="), path
    fragment = client.get("/desk/", headers={"hx-request": "true"})
    assert fragment.headers["HX-Redirect"].startswith("/accounts/second-step/set-up/")
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302


def test_a_patient_needs_none_and_may_have_one(client):
    patient = a_user(Role.PATIENT, email="marina@example.org")
    assert password(client, "marina@example.org").status_code == 302
    assert is_in(client)
    a_totp(patient)
    assert password(Client(), "marina@example.org").url == DOOR


def test_who_is_given_a_hat_of_the_staff_owes_it_from_the_next_page_on(client):
    patient = a_user(Role.PATIENT)
    client.force_login(patient)
    assert client.get("/accounts/security/").status_code == 200
    services.grant_role(user=patient, role="billing", actor=None)
    assert client.get("/accounts/security/").url.startswith("/accounts/second-step/set-up/")


def test_one_query_a_request_tells_the_session_and_whether_there_is_a_second_step(
    client, vidal, django_assert_num_queries
):
    client.force_login(vidal)
    client.get("/accounts/hat/")
    with django_assert_num_queries(4):  # session, user, hats, the clinic
        client.get("/accounts/hat/")


def test_the_secret_is_sealed_in_its_table(vidal):
    kept = json.dumps(Authenticator.objects.get(user=vidal).data)
    assert TOTP_SECRET not in kept
    assert '"sealed:' in kept
    assert Session.objects.count() == 0


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_speaks_both_languages_and_shows_no_demo_code(client, language):
    a_user(Role.DOCTOR, email="l@example.org", language=language)
    password(client, "l@example.org")
    page = client.get(DOOR, headers={"Accept-Language": language}).content.decode()
    assert ("Type the six digits" in page) == (language == "en")
    assert ("Escriba las seis cifras" in page) == (language == "es")
    assert "data-demo-code" not in page

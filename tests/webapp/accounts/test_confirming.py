"""Is it still you? Asked before what cannot be undone, answered by password or code, and only by the right person."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from tests.webapp.people import PASSWORD, a_totp, a_user, code_of
from webapp.accounts import confirming
from webapp.audit.models import Entry
from webapp.base import access
from webapp.base.roles import Role

pytestmark = pytest.mark.django_db
PAGE = "/accounts/confirm/"


def a_request(user, path="/plans/7/sign/?from=list", method="get", **headers):
    request = getattr(RequestFactory(), method)(path, headers=headers)
    SessionMiddleware(lambda _request: HttpResponse()).process_request(request)
    request.user = user
    return request


def told(user):
    return list(Entry.objects.filter(actor_id=user.pk, verb__contains="confirmed").values_list("verb", flat=True))


def test_the_password_confirms_for_five_minutes(monkeypatch):
    request = a_request(a_user(Role.DOCTOR))
    assert not confirming.is_fresh(request)
    assert confirming.confirm(request, PASSWORD)
    assert confirming.is_fresh(request)
    now = confirming.time.time()
    monkeypatch.setattr(confirming.time, "time", lambda: now + 290)
    assert confirming.is_fresh(request)
    assert not confirming.is_fresh(request, timedelta(minutes=1))
    monkeypatch.setattr(confirming.time, "time", lambda: now + 310)
    assert not confirming.is_fresh(request)
    assert told(request.user) == ["user.confirmed"]


def test_a_confirmation_from_the_future_is_none(monkeypatch):
    request = a_request(a_user(Role.DOCTOR))
    request.session[confirming.CONFIRMED] = confirming.time.time() + 3600
    assert not confirming.is_fresh(request)


@pytest.mark.parametrize("secret", ["wrong", PASSWORD.upper(), "000000", "123 456"])
def test_anything_else_does_not_and_is_written_down_and_counted(secret):
    request = a_request(a_user(Role.DOCTOR))
    assert not confirming.confirm(request, secret)
    assert not confirming.is_fresh(request)
    assert told(request.user) == ["user.not_confirmed"]
    assert AccessAttempt.objects.get().failures_since_start == 1
    assert secret not in str(AccessAttempt.objects.values())


def test_an_empty_field_is_no_attempt():
    assert not confirming.confirm(a_request(a_user(Role.DOCTOR)), "  ")
    assert not AccessAttempt.objects.exists()


def test_a_code_of_the_own_app_confirms_once():
    user = a_user(Role.PATIENT)
    secret = a_totp(user)
    request, code = a_request(user), code_of(secret)
    assert confirming.confirm(request, f"{code[:3]} {code[3:]}")
    assert not confirming.confirm(request, code)


def test_a_code_of_somebody_elses_app_does_not():
    user, other = a_user(Role.PATIENT), a_user(Role.PATIENT)
    a_totp(user)
    assert not confirming.confirm(a_request(user), code_of(a_totp(other, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")))


def test_ten_wrong_answers_close_it_even_to_the_right_one_until_the_wait_is_over():
    request = a_request(a_user(Role.DOCTOR))
    AccessAttempt.objects.create(username=request.user.get_username(), ip_address="fd00::1", failures_since_start=10)
    assert not confirming.confirm(request, PASSWORD)
    assert request.axes_locked_out
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert confirming.confirm(a_request(request.user), PASSWORD)
    assert not AccessAttempt.objects.exists()


def test_failures_of_others_at_the_same_address_keep_nobody_signed_in_from_confirming():
    request = a_request(a_user(Role.DOCTOR))
    for _n in range(3):
        confirming.confirm(a_request(a_user(Role.PATIENT)), "wrong")
    AccessAttempt.objects.update(failures_since_start=30)
    assert confirming.confirm(request, PASSWORD)


@confirming.fresh_required
@access.roles(Role.DOCTOR)
def grave(request):
    return HttpResponse("done")


def test_what_is_grave_asks_first_and_leads_back():
    request = a_request(a_user(Role.DOCTOR))
    assert grave(request).url == "/accounts/confirm/?next=%2Fplans%2F7%2Fsign%2F%3Ffrom%3Dlist"
    confirming.confirm(request, PASSWORD)
    assert grave(request).content == b"done"
    assert access.rule_of(grave).roles == {"doctor"}


def test_a_form_sent_too_late_leads_back_to_its_page_and_never_to_another_site():
    user = a_user(Role.DOCTOR)
    own = a_request(user, "/plans/7/sign/", "post", referer="http://testserver/plans/7/?tab=2")
    assert grave(own).url.endswith("?next=%2Fplans%2F7%2F%3Ftab%3D2")
    foreign = a_request(user, "/plans/7/sign/", "post", referer="https://evil.example/plans/7/")
    assert grave(foreign).url.endswith("?next=%2F")


def test_a_fragment_takes_the_whole_page_there():
    headers = {"hx_request": "true", "hx_current_url": "http://testserver/plans/7/"}
    answer = grave(a_request(a_user(Role.DOCTOR), "/plans/7/sign/", "post", **headers))
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].endswith("?next=%2Fplans%2F7%2F")


def test_the_page_asks_refuses_and_leads_on(client):
    client.force_login(a_user(Role.DOCTOR))
    page = client.get(PAGE, {"next": "/accounts/hat/"})
    assert 'value="/accounts/hat/"' in page.content.decode()
    wrong = client.post(PAGE, {"secret": "wrong", "next": "/accounts/hat/"})
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.content.decode()
    assert client.post(PAGE, {"secret": PASSWORD, "next": "/accounts/hat/"}).url == "/accounts/hat/"


def test_too_many_wrong_answers_get_the_page_that_says_how_long_to_wait(client):
    user = a_user(Role.DOCTOR)
    client.force_login(user)
    AccessAttempt.objects.create(username=user.get_username(), ip_address="fd00::1", failures_since_start=10)
    answer = client.post(PAGE, {"secret": PASSWORD})
    assert answer.status_code == 429
    assert re.search(r"\b15\b", answer.content.decode())
    assert 890 <= int(answer["Retry-After"]) <= 900
    assert client.get("/accounts/hat/").status_code == 200


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_speaks_the_persons_language(client, language):
    client.force_login(a_user(Role.PATIENT, language=language))
    page = client.get(PAGE).content.decode()
    assert ("Is it you?" in page) == (language == "en")
    assert not re.search(r'\sstyle="|\son\w+="|<script>', page)


def test_nobody_signed_in_is_asked_for_a_password_there(client):
    assert client.get(PAGE).url.startswith("/accounts/login/")

"""Where somebody is signed in: seen and ended by its owner, ended by time, by a new password, by a closed account."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from tests.webapp.people import PASSWORD, a_user
from webapp.accounts import devices, forgetting, services, tasks, whereabouts
from webapp.accounts.models import SentCode, Session
from webapp.audit.models import Entry
from webapp.base.roles import Role

pytestmark = pytest.mark.django_db
PAGE, END = "/accounts/security/", "/accounts/security/end/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
ADDRESS, NEW = "marina@example.org", "another horse battery"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def marina():
    return a_user(Role.PATIENT, email=ADDRESS)


def logged_in(agent=FIREFOX, **more):
    client = Client(headers={"user-agent": agent}, **more)
    client.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    return client


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def is_in(client):
    return client.get(PAGE).status_code == 200


def places(client):
    return client.get(PAGE).context["places"]


def aged(client, *, seen=timedelta(), began=timedelta()):
    rows = Session.objects.filter(session_key=client.session.session_key)
    rows.update(seen_at=F("seen_at") - seen, began_at=F("began_at") - began)
    return client


def test_a_session_past_its_date_opens_nothing(marina):
    client = signed_in(marina)
    assert is_in(client)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert whereabouts.of(marina.pk, None) == []
    assert not is_in(client)


# --- seeing and ending them


def test_each_session_is_shown_in_plain_words_this_one_marked_and_others_never(marina):
    here, there = logged_in(), logged_in("Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/126.0 Mobile Safari/537")
    signed_in(a_user(Role.PATIENT))
    with translation.override("es"):
        assert [(place.device, place.here) for place in places(here)] == [
            ("Firefox en Windows", True),
            ("Chrome en Android", False),
        ]
    assert places(there)[0].device.startswith("Chrome")
    assert abs(places(here)[1].began_at - timezone.now()) < timedelta(minutes=1)


def test_of_a_browser_two_words_are_kept_and_no_address(marina):
    logged_in("Mozilla/5.0 (X11; Linux) PeculiarEngine/7 Firefox/1", REMOTE_ADDR="203.0.113.9")
    kept = str(Session.objects.values()) + str([row.get_decoded() for row in Session.objects.all()])
    assert "Firefox/Linux" in kept
    assert "Peculiar" not in kept
    assert "203.0.113.9" not in kept


def test_a_page_does_not_give_away_the_key_of_any_session(marina):
    here, there = logged_in(), logged_in()
    page = here.get(PAGE).content.decode()
    assert here.session.session_key not in page
    assert there.session.session_key not in page


def test_one_is_ended_the_others_go_on(marina):
    here, there, third = logged_in(), logged_in(), logged_in()
    handle = whereabouts.handle_of(there.session.session_key)
    here.post(END, {"session": handle})
    assert (is_in(here), is_in(there), is_in(third)) == (True, False, True)
    assert Entry.objects.get(verb="user.sessions_ended").detail == {"sessions": 1}


def test_all_others_are_ended_at_once(marina):
    here, there, third, stranger = logged_in(), logged_in(), logged_in(), signed_in(a_user(Role.PATIENT))
    here.post(END, {"session": "others"})
    assert [is_in(one) for one in (here, there, third, stranger)] == [True, False, False, True]


@pytest.mark.parametrize("named", ["", "x", "others "])
def test_a_session_of_somebody_else_cannot_be_ended_nor_one_that_is_none(marina, named):
    here, stranger = logged_in(), signed_in(a_user(Role.PATIENT))
    theirs = whereabouts.handle_of(stranger.session.session_key)
    for handle in (named, theirs, stranger.session.session_key):
        here.post(END, {"session": handle})
    assert is_in(stranger)
    assert is_in(here)
    assert not Entry.objects.filter(verb="user.sessions_ended").exists()


def test_two_hats_two_sessions_each_its_own():
    user = a_user(Role.DOCTOR, Role.DIRECTOR)
    doctor, director = signed_in(user), signed_in(user)
    doctor.post("/accounts/hat/", {"role": "doctor"})
    director.post("/accounts/hat/", {"role": "director"})
    with translation.override("en"):
        shown = {place.here: place.hat for place in whereabouts.of(user.pk, doctor.session.session_key)}
    assert shown == {True: "Doctor", False: "Medical director"}
    assert doctor.get("/accounts/hat/").context["user"].active_role == "doctor"


def test_the_list_takes_as_many_queries_for_many_as_for_one(marina, django_assert_num_queries):
    here = logged_in()
    here.get(PAGE)
    with django_assert_num_queries(8) as few:  # one of them for the clinic's name
        here.get(PAGE)
    now = timezone.now()
    Session.objects.bulk_create(
        Session(session_key=f"k{n}", user=marina, began_at=now, seen_at=now, expire_date=now + timedelta(hours=1))
        for n in range(50)
    )
    with django_assert_num_queries(len(few)):
        assert len(places(here)) == 51


# --- ended by what happens


def test_a_closed_account_is_out_with_the_next_request_everywhere(marina):
    here, there = logged_in(), logged_in()
    services.set_active(user=marina, active=False, actor=None)
    assert not is_in(here)
    assert not is_in(there)
    assert not Session.objects.filter(user=marina).exists()
    services.set_active(user=marina, active=True, actor=None)
    assert not is_in(here)


def test_a_new_password_ends_every_other_session_and_not_this_one(marina):
    here, there = logged_in(), logged_in()
    page, words = reverse("account_change_password"), {"password1": NEW, "password2": NEW}
    assert here.post(page, {"oldpassword": PASSWORD, **words}).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert Session.objects.filter(user=marina).count() == 1


# --- ended by time


@pytest.mark.parametrize(("role", "stays", "goes"), [(Role.DOCTOR, 29, 31), (Role.PATIENT, 59, 61)])
def test_who_is_away_too_long_is_logged_out_told_so_and_led_back(role, stays, goes):
    client = signed_in(a_user(role))
    assert is_in(aged(client, seen=timedelta(minutes=stays)))
    answer = aged(client, seen=timedelta(minutes=goes)).get(PAGE + "?ended=yes")
    assert answer.url == "/accounts/login/?next=%2Faccounts%2Fsecurity%2F%3Fended%3Dyes&ended=idle"
    page = client.get(answer.url).content.decode()
    assert 'role="status"' in page
    assert 'value="/accounts/security/?ended=yes"' in page
    assert not is_in(client)
    assert not Session.objects.filter(user__isnull=False).exists()


@pytest.mark.parametrize(("role", "stays", "goes"), [(Role.DOCTOR, 7.9, 8.1), (Role.PATIENT, 11.9, 12.1)])
def test_however_busy_a_session_has_an_end(role, stays, goes):
    client = signed_in(a_user(role))
    assert is_in(aged(client, began=timedelta(hours=stays)))
    assert aged(client, began=timedelta(hours=goes - stays)).get(PAGE).url.endswith("&ended=long")


def test_using_it_keeps_it_alive_without_a_write_for_each_page(marina, django_assert_num_queries):
    here = aged(logged_in(), seen=timedelta(minutes=50))
    is_in(here)
    is_in(aged(here, seen=timedelta(minutes=50)))
    assert is_in(here)
    with django_assert_num_queries(8) as asked:
        here.get(PAGE)
    assert not any("UPDATE" in query["sql"] for query in asked.captured_queries)


def test_a_form_sent_too_late_leads_back_to_the_page_it_was_on(marina):
    here = aged(logged_in(), seen=timedelta(minutes=61))
    answer = here.post(END, {"session": "others"}, headers={"referer": "http://testserver/accounts/security/"})
    assert answer.url == "/accounts/login/?next=%2Faccounts%2Fsecurity%2F&ended=idle"


def test_a_fragment_asked_for_too_late_takes_the_whole_page_to_the_login(marina):
    here = aged(logged_in(), seen=timedelta(minutes=61))
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/portal/days/"}
    answer = here.post("/accounts/security/end/", headers=headers)
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=%2Fportal%2Fdays%2F&ended=idle"


def test_a_session_ended_from_elsewhere_says_so_and_a_stranger_is_told_nothing(marina):
    here, there = logged_in(), logged_in()
    there.post(END, {"session": "others"})
    assert here.get(PAGE).url.endswith("&ended=gone")
    assert Client().get(PAGE).url == "/accounts/login/?next=/accounts/security/"


def test_public_pages_stay_open_to_who_was_away(marina):
    here = aged(logged_in(), seen=timedelta(minutes=61))
    assert here.get(reverse("account_login")).status_code == 200


def test_what_is_over_is_forgotten_within_the_hour_and_nothing_else(marina):
    now = timezone.now()
    here, there = logged_in(), logged_in()
    Session.objects.filter(session_key=there.session.session_key).update(expire_date=now - timedelta(minutes=1))
    for minutes in (5, 20, 70):
        SentCode.objects.create(user=marina, digest=b"x" * 32, sent_at=now - timedelta(minutes=minutes))
        AccessAttempt.objects.create(username=f"u{minutes}", ip_address="fd00::1", failures_since_start=1)
        AccessAttempt.objects.filter(username=f"u{minutes}").update(attempt_time=now - timedelta(minutes=minutes))
    tasks.forget()
    assert is_in(here)
    assert Session.objects.filter(user=marina).count() == 1
    assert SentCode.objects.count() == 2
    assert AccessAttempt.objects.get().username == "u5"
    assert forgetting.forget(now) == 0


# --- devices


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (FIREFOX, "Firefox/Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/126 Safari/537 Edg/126", "Edge/Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit Version/17 Safari/604", "Safari/iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit Chrome/126 Safari/537", "Chrome/Mac"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit SamsungBrowser/25 Chrome/121 Safari", "Samsung Internet/Android"),
        ("curl/8", "/"),
        ("", "/"),
    ],
)
def test_browsers_are_known_by_two_words(said, known):
    assert devices.named(said) == known
    assert devices.in_words(known)

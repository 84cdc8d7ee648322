"""The frame of every page: languages, what browsers may do, what is kept, and the pages of what went wrong."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse

from tests.webapp.people import a_patient, a_user
from webapp.base import access, views
from webapp.base.roles import Role
from webapp.urls import urlpatterns as ours

pytestmark = pytest.mark.django_db


@access.public
def breaks(request):
    raise ZeroDivisionError


@access.signed_in
def record(request):
    return HttpResponse("a record")


def unmarked(request):
    return HttpResponse("never seen")


urlpatterns = [*ours, path("breaks/", breaks), path("record/", record), path("unmarked/", unmarked)]
handler403 = handler404 = "webapp.base.views.nothing_here"
handler500 = "webapp.base.views.broken"
with_planted_pages = pytest.mark.urls(__name__)


def words(response):
    return response.content.decode()


def signed_in(*roles, **values):
    client, person = Client(), a_user(*roles, **values)
    if Role.PATIENT in roles:
        a_patient(user=person)
    client.force_login(person)
    return client


@pytest.mark.parametrize(("asked", "said"), [("es", "Aquí no hay nada para usted"), ("en", "There is nothing here")])
def test_what_does_not_exist_says_so_in_the_readers_language(client, asked, said):
    response = client.get("/nowhere/", headers={"accept-language": asked})
    assert response.status_code == 404
    assert said in words(response)
    assert f'<html lang="{asked}"' in words(response)


def test_who_is_treated_here_is_sent_to_the_clinic_and_who_works_here_to_the_administration():
    assert "llame a la clínica" in words(signed_in(Role.PATIENT).get("/nowhere/"))
    assert "pídalo a administración" in words(signed_in(Role.DOCTOR).get("/nowhere/"))


@with_planted_pages
def test_a_page_without_a_rule_looks_like_one_that_does_not_exist():
    client = signed_in(Role.ADMINISTRATOR)
    hidden, missing = (
        re.sub(r'value="[^"]*"|"X-CSRFToken": "\w+"', "", words(client.get(url))) for url in ("/unmarked/", "/nowhere/")
    )
    assert "never seen" not in hidden
    assert hidden == missing


@with_planted_pages
@pytest.mark.parametrize(("language", "said"), [("es", "Se ha roto algo nuestro"), ("en", "Something of ours broke")])
def test_a_fault_of_ours_shows_a_code_that_the_log_holds_too(language, said, caplog):
    response = Client(raise_request_exception=False).get("/breaks/", headers={"accept-language": language})
    code = re.search(r'<span class="mono">(\w{6})</span>', words(response))
    assert response.status_code == 500
    assert said in words(response)
    assert code.group(1) in caplog.text
    assert "ZeroDivisionError" not in words(response)


def test_a_form_without_its_token_changes_nothing_and_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post(
        "/language/", {"language": "en"}, headers={"accept-language": "en"}
    )
    assert response.status_code == 403
    assert "Nothing was changed" in words(response)


def test_the_switch_turns_the_page(client):
    response = client.post("/language/", {"language": "en", "next": "/nowhere/"}, follow=True)
    assert "There is nothing here" in words(response)


def test_the_choice_stays_with_the_person_on_another_machine():
    person = a_user(Role.DOCTOR, language="es")
    first, second = Client(), Client()
    for client in (first, second):
        client.force_login(person)
    first.post("/language/", {"language": "en"})
    assert "There is nothing here" in words(second.get("/nowhere/", headers={"accept-language": "es"}))


def test_a_language_pauta_does_not_speak_changes_nothing():
    person = a_user(Role.DOCTOR, language="es")
    client = Client()
    client.force_login(person)
    client.post("/language/", {"language": "xx"})
    person.refresh_from_db()
    assert person.language == "es"


def test_the_switch_leads_to_no_other_site(client):
    assert client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"}).url == "/"


def test_the_language_is_not_changed_by_a_link(client):
    assert client.get("/language/").status_code == 405


def test_the_content_policy_opens_only_what_is_served_here(client):
    policy = client.get("/nowhere/").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "manifest-src": "'self'",
    }


def test_a_browser_that_knows_no_policy_shows_no_page_inside_another_site_either(client):
    assert client.get("/nowhere/").headers["X-Frame-Options"] == "DENY"


@with_planted_pages
def test_no_copy_of_what_was_seen_signed_in_stays_behind():
    assert signed_in(Role.DOCTOR).get("/record/").headers["Cache-Control"] == "private, no-store"


def test_a_stranger_begins_at_the_login(client):
    assert client.get("/").url == reverse("account_login")


@pytest.mark.parametrize("role", Role.values)
def test_every_hat_begins_somewhere(role):
    response = signed_in(role).get("/", follow=True)
    assert response.status_code == 200
    on_the_way = [reverse(name) for name in (access.CHOOSE_HAT, "account_login", "accounts:set_up")]
    assert response.request["PATH_INFO"] not in on_the_way
    assert words(response).count("<h1") == 1


def test_a_hat_without_rooms_is_told_so_by_its_name():
    response = signed_in(Role.BILLING, language="en").get("/")
    assert "no page for your role (Billing)" in words(response)


def test_who_has_two_hats_and_chose_none_is_asked():
    assert signed_in(Role.DOCTOR, Role.DIRECTOR).get("/").url == reverse(access.CHOOSE_HAT)


def test_every_page_can_be_entered_past_the_menu(client):
    page = words(client.get("/nowhere/", headers={"accept-language": "en"}))
    assert page.index('href="#main"') < page.index("<header") < page.index('id="main"')


def test_the_page_of_a_fault_needs_neither_session_nor_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = views.broken(RequestFactory().get("/"))
    assert response.status_code == 500

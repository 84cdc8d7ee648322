"""No page without a rule: closed unless opened."""

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver

from webapp.base import access
from webapp.base.roles import Role


def routes(patterns, above="", spaces=()):
    """Every (address, name, view) below some patterns."""
    for pattern in patterns:
        where = above + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = ":".join([*spaces, pattern.name or ""])
            yield where, name, pattern.callback
        else:
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from routes(pattern.url_patterns, where, inside)


ROUTES = list(routes(get_resolver().url_patterns))


def test_there_are_routes_to_look_at():
    assert len(ROUTES) > 5


@pytest.mark.parametrize(("where", "name", "view"), ROUTES, ids=[where for where, _, _ in ROUTES])
def test_every_route_says_who_may_enter(where, name, view):
    assert access.rule_of(view, name) is not None, f"{where} has no access rule: see webapp/base/access.py"


def test_public_pages_are_few_and_known():
    known = {"healthz", "readyz", "home", "set_language", "account_login", "account_inactive"}
    known |= {"clinic:picture"}  # the logo of the page on which people log in
    known |= {"accounts:second_factor", "accounts:send_code", "accounts:another_person"}  # between password and code
    joining = {"portal:join", "portal:join_by_link", "portal:join_password"}
    resets = {name for _, name, _ in ROUTES if name.startswith("account_reset_password")}
    assert {name for _, name, view in ROUTES if access.rule_of(view, name) == access.PUBLIC} <= known | resets | joining


def test_every_open_door_of_a_package_leads_somewhere():
    names = {name for _, name, _ in ROUTES}
    assert {name for name in access.THIRD_PARTY if name not in names} <= {"account_inactive"}


class Person:
    def __init__(self, hat, known=True):
        self.active_role, self.is_authenticated = hat, known


def ask(rule, person, **headers):
    request = RequestFactory().get("/page/", headers=headers)
    request.user = person
    return access.refusal(request, rule)


def view(request):
    return HttpResponse()


DOCTORS = access.rule_of(access.roles(Role.DOCTOR)(lambda request: HttpResponse()))


def test_a_view_that_says_nothing_is_closed_even_to_the_administrator():
    with pytest.raises(Http404):
        ask(access.rule_of(view), Person("administrator"))


def test_the_named_hat_enters():
    assert ask(DOCTORS, Person("doctor")) is None


@pytest.mark.parametrize("hat", [role.value for role in Role if role != Role.DOCTOR])
def test_every_other_hat_finds_nothing_there(hat):
    with pytest.raises(Http404):
        ask(DOCTORS, Person(hat))


def test_a_stranger_is_led_to_the_login_and_back():
    answer = ask(DOCTORS, Person("", known=False))
    assert answer.status_code == 302
    assert answer.url.endswith("?next=/page/")


def test_a_stranger_asking_for_a_fragment_gets_the_whole_login_page():
    answer = ask(DOCTORS, Person("", known=False), hx_request="true")
    assert "/login/" in answer.headers["HX-Redirect"]


def test_who_has_not_chosen_a_hat_is_asked_to():
    assert ask(DOCTORS, Person("")).url.endswith("/hat/")


def test_a_hat_that_does_not_exist_cannot_be_named():
    with pytest.raises(ValueError, match="surgeon"):
        access.roles("surgeon")

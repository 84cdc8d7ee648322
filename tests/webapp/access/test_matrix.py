"""Every route, for every role, with the own object, a stranger's, a namesake's and one that does not exist.

A route whose arguments nobody here can fill fails: whoever adds a page says whose objects it shows (routes.py).
"""

import re
from http.cookies import SimpleCookie

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client

from tests.webapp.access.routes import Route, is_personal, path_to, routes, undone, unfilled
from tests.webapp.access.world import World, a_world
from webapp.base import access
from webapp.base.roles import Role
from webapp.intake.models import QuestionnaireResponse

pytestmark = pytest.mark.django_db
METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
OBJECTS = ("own", "foreign", "namesake", "missing")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"|X-CSRFToken[^}]*\}')
ROUTES = routes()


def test_every_argument_of_every_route_can_be_filled():
    missing = {route.name: unfilled(route) for route in ROUTES if unfilled(route)}
    assert not missing, f"tell routes.py whose objects these name: {missing}"
    assert len(ROUTES) > 20


def visit(client: Client, route: Route, world: World, whose: str, method: str):
    """Ask for a route with somebody's objects, and leave clinic and session as they were."""
    cache.clear()  # hurrying through all pages meets no limit of requests
    cookies = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    with undone():
        answer = client.generic(method.upper(), path_to(route, None if whose == "missing" else world.life(whose)))
    client.cookies = cookies
    return answer


def looks(response) -> tuple:
    """What somebody sees who compares two answers: all but the address asked for and the form's token."""
    body = b"" if response.streaming else response.content
    return (
        response.status_code,
        TOKEN.sub("", UUID.sub("#", body.decode())),
        UUID.sub("#", response.get("Location", "")),
    )


def lets_in(route: Route, role: str) -> bool:
    rule = route.rule
    return rule in (access.PUBLIC, access.SIGNED_IN) or (rule is not None and role in rule.roles)


def signed_in(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.users[role])
    return client


@pytest.mark.parametrize("role", list(Role))
def test_no_page_shows_a_role_what_is_not_its_own(role, shelf):
    world, leaks, asked = a_world(), [], 0
    client = signed_in(world, role)
    for route in ROUTES:
        for method in METHODS:
            answers = {whose: visit(client, route, world, whose, method) for whose in objects(route, role, method)}
            leaks += _leaks_of(route, role, method, answers)
            asked += len(answers)
    assert leaks == []
    assert asked > len(ROUTES) * len(METHODS)


def objects(route: Route, role: str, method: str) -> tuple[str, ...]:
    """Whose objects to try. Behind a shut door the other methods knock once; a page of nobody's is asked once."""
    if not is_personal(route):
        return ("own",)
    return OBJECTS if lets_in(route, role) or method in ("get", "post") else ("own", "missing")


def _leaks_of(route, role, method, answers) -> list[str]:
    """Name what this role should not have got, or could have told apart."""
    where = f"{role} {method} {route.name}"
    if any(answer.status_code >= 500 for answer in answers.values()):
        return [f"{where}: broke"]
    if not lets_in(route, role):
        return [
            f"{where} {whose}: {answer.status_code}" for whose, answer in answers.items() if answer.status_code != 404
        ]
    if not is_personal(route):
        return []
    others = ("foreign", "namesake") if role == Role.PATIENT else ()
    missing = looks(answers["missing"])
    leaks = [f"{where} {whose}: not as missing" for whose in others if looks(answers[whose]) != missing]
    if answers["missing"].status_code not in (404, 405):
        leaks.append(f"{where} missing: {answers['missing'].status_code}")
    if answers["own"].status_code == 404 and method in ("get", "post") and answers["missing"].status_code != 405:
        leaks += [] if _shut_for_own(route, method, answers) else [f"{where} own: not found"]
    return leaks


def _shut_for_own(route, method, answers) -> bool:
    """Some addresses are for posting only, and some need words in the form to find their object."""
    return method == "post" or (route.name, method) in {("intake:urgent", "get"), ("intake:search", "get")}


def test_nobody_signed_in_is_sent_to_the_login_and_told_nothing(shelf):
    world, told = a_world(), []
    for route in ROUTES:
        if route.rule == access.PUBLIC:
            continue
        for whose in OBJECTS:
            answer = visit(Client(), route, world, whose, "get")
            if not (answer.status_code == 302 and answer.url.startswith("/accounts/login/")):
                told.append(f"{route.name} {whose}: {answer.status_code}")
    assert told == []


def test_an_own_address_with_a_strangers_number_in_query_or_form_changes_and_shows_nothing_of_hers(shelf):
    world = a_world()
    client, stranger = signed_in(world, Role.PATIENT), world.foreign
    hers = {
        "patient": stranger.patient.pk, "patient_id": stranger.patient.pk, "pk": stranger.draft.pk,
        "id": stranger.patient.pk, "response": stranger.open_response.pk, "plan": stranger.draft.pk,
        "user": stranger.user.pk, "decision": "withdraw", "text": "1",
    }  # fmt: skip
    before, shown = _all_of(stranger), []
    for route in ROUTES:
        if not lets_in(route, Role.PATIENT) or route.name == "account_logout":
            continue
        path = path_to(route, world.own)
        with undone():
            for answer in (client.get(path, hers), client.post(path, hers)):
                body = b"" if answer.streaming else answer.content
                shown += [route.name] if b"Otilia" in body or stranger.patient.record_number.encode() in body else []
            assert _all_of(stranger) == before, route.name
    assert shown == []


def _all_of(life) -> str:
    """Everything kept about a patient, as text."""
    kept = []
    for model in _models_with_patient():
        kept += [str(sorted(row.items())) for row in model.objects.filter(patient=life.patient).order_by("pk").values()]
    return "\n".join(kept)


def _models_with_patient():
    named = (model for model in apps.get_models() if any(f.name == "patient" for f in model._meta.fields))
    return [model for model in named if model._meta.app_label in ("patients", "intake", "plans", "alerts")]


def test_the_walk_notices_a_door_left_open(shelf, monkeypatch):
    """A check that cannot fail guards nothing: with the own rows no longer asked for, a stranger's page opens."""
    world = a_world()
    client = signed_in(world, Role.PATIENT)
    [route] = [route for route in ROUTES if route.name == "portal:answer"]
    everything = QuestionnaireResponse.objects.select_related("patient", "version", "release")
    monkeypatch.setattr("webapp.intake.selectors.responses_for", lambda user: everything)
    answers = {whose: visit(client, route, world, whose, "get") for whose in OBJECTS}
    told = _leaks_of(route, Role.PATIENT, "get", answers)
    assert len(told) == 2

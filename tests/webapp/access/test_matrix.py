"""Every route, for every role, with the own object, a stranger's, a namesake's and one that does not exist.

A route whose arguments nobody here can fill fails: whoever adds a page says whose objects it shows (routes.py).
"""

from collections import Counter
from dataclasses import replace

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.template.base import Template
from django.test import Client

from tests.webapp.access.routes import path_to, routes, undone, unfilled
from tests.webapp.access.walk import (
    LEFT_OUT,
    OBJECTS,
    Probe,
    ids_of,
    is_reached,
    leaks,
    lets_in,
    looks,
    probes,
    told_twice,
    visit,
)
from tests.webapp.access.world import World
from webapp.base import access, pdf
from webapp.base.roles import Role
from webapp.intake.models import QuestionnaireResponse

pytestmark = pytest.mark.django_db
ROUTES = routes()
PROBES = 5000
EVERY_RESPONSE = QuestionnaireResponse.objects.select_related("patient", "version", "release")


def test_every_argument_of_every_route_can_be_filled():
    missing = {route.name: unfilled(route) for route in ROUTES if unfilled(route)}
    assert not missing, f"tell routes.py whose objects these name: {missing}"
    assert len(ROUTES) > 20


def signed_in(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.users[role])
    return client


@pytest.fixture(autouse=True, scope="module")
def _unwatched_pages():
    """Ten thousand pages are made as in production, without the copies of their contexts that tests are given."""
    watched = Template._render
    Template._render = lambda self, context: self.nodelist.render(context)
    yield
    Template._render = watched


@pytest.fixture(autouse=True, scope="module")
def _printed_once():
    """A paper that says the same is laid out once, however many ask for it."""
    laid_out, html = {}, pdf.HTML

    class Once:
        def __init__(self, string, **how):
            self.string, self.how = string, how

        def write_pdf(self, **told):
            if self.string not in laid_out:
                laid_out[self.string] = html(string=self.string, **self.how).write_pdf(**told)
            return laid_out[self.string]

    pdf.HTML = Once
    yield
    pdf.HTML = html


@pytest.fixture(scope="module")
def people(world):
    """A browser for each hat, signed in for as long as the file runs."""
    return {role: signed_in(world, role) for role in Role}


def test_there_are_five_thousand_knocks_at_least(capsys):
    asked = Counter({role.value: sum(len(list(probes(route, role))) for route in ROUTES) for role in Role})
    each = ", ".join(f"{role} {count}" for role, count in asked.items())
    with capsys.disabled():
        print(f"\n{asked.total()} probes behind {len(ROUTES)} doors ({each})")  # noqa: T201 — the number is asked for
    assert asked.total() >= PROBES


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_nobody_sees_behind_a_door_what_is_not_theirs_or_can_tell_it_from_nothing(route, world, people):
    told, reached = [], route.name in LEFT_OUT
    for role, client in people.items():
        answers = {probe: visit(client, world, probe) for probe in probes(route, role)}
        told += told_twice(role, answers, lambda probe, knocking=client: visit(knocking, world, probe))
        reached = reached or is_reached(route, answers)
    assert told == []
    assert reached, "nobody came in with an own object: give routes.py one that opens this door"


def test_nobody_signed_in_is_sent_to_the_login_and_told_nothing(world):
    told = []
    for route in ROUTES:
        if route.rule == access.PUBLIC:
            continue
        for probe in (Probe(route, "get", whose) for whose in OBJECTS):
            answer = visit(Client(), world, probe)
            if route.space == "api":
                turned_away = answer.status_code == 401 and "there" not in answer.content.decode()
            else:
                turned_away = answer.status_code == 302 and answer.url.startswith("/accounts/login/")
            if not turned_away:
                told.append(f"{probe}: {answer.status_code}")
    assert told == []


def test_an_own_address_with_a_strangers_number_in_query_or_form_changes_and_shows_nothing_of_hers(world):
    client, stranger = signed_in(world, Role.PATIENT), world.foreign
    hers = ids_of(stranger)
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


@pytest.mark.parametrize(
    ("address", "place", "open_door"),
    [
        ("portal:answer", "webapp.intake.selectors.responses_for", lambda user: EVERY_RESPONSE),
        ("intake:resume", "webapp.intake.selectors.fillable_by", lambda user: EVERY_RESPONSE),
    ],
)
def test_the_walk_notices_a_door_left_open(world, monkeypatch, address, place, open_door):
    """A check that cannot fail guards nothing: with the own rows no longer asked for, a stranger's page opens."""
    client = signed_in(world, Role.PATIENT)
    [route] = [route for route in ROUTES if route.name == address]
    monkeypatch.setattr(place, open_door)
    answers = {probe: visit(client, world, probe) for probe in probes(route, Role.PATIENT)}
    assert any("not as missing" in told for told in leaks(Role.PATIENT, answers))


def test_the_walk_notices_a_page_open_to_a_wrong_hat(world):
    client = signed_in(world, Role.MARKETING)
    [route] = [route for route in ROUTES if route.name == "home"]
    shut = replace(route, rule=access.Rule("roles", frozenset({"doctor"})))
    answers = {probe: visit(client, world, probe) for probe in probes(shut, Role.MARKETING)}
    assert len(leaks(Role.MARKETING, answers)) == len(answers) > 0


def test_a_leak_is_told_and_what_the_clock_changed_between_two_answers_is_not():
    [route] = [route for route in ROUTES if route.name == "portal:answer"]
    foreign, missing = (Probe(route, "get", whose) for whose in ("foreign", "missing"))

    def told(*words):
        """Answer the knocks in turn with these words, all with the status of what is not there."""
        said = iter(words)
        answers = {probe: HttpResponse(next(said), status=404) for probe in (foreign, missing)}
        return told_twice(Role.PATIENT, answers, lambda _probe: HttpResponse(next(said), status=404))

    assert told("10:59", "11:00", "11:00", "11:00") == []
    assert told("10:59", "10:59") == []
    assert told("hers", "none", "hers", "none") == ["patient get portal:answer foreign in path: not as missing"]


def test_the_walk_tells_two_answers_apart_by_words_status_and_heads():
    one = HttpResponse("nothing here", status=404)
    for other in (
        HttpResponse("nothing there", status=404),
        HttpResponse("nothing here", status=403),
        HttpResponse("nothing here", status=404, headers={"X-Found": "yes"}),
    ):
        assert looks(one) != looks(other)
    same = HttpResponse("nothing here", status=404)
    assert looks(one) == looks(same)

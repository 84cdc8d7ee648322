"""Addresses are kept: in logs, in the histories of browsers, at proxies. None of them tells of anybody's health."""

import html
import re

import pytest
from django.core.cache import cache
from django.test import Client

from tests.webapp.access.routes import path_to, routes, undone
from tests.webapp.access.walk import lets_in
from tests.webapp.outbox.health_words import told_in
from webapp.base.codes import REGEX, code_of
from webapp.base.roles import Role

pytestmark = pytest.mark.django_db
ROUTES = [route for route in routes() if route.name != "account_logout"]
# What the vocabulary uses too, and says nothing of health in an address; whoever adds one answers for it.
OF_NOBODY = set(
    re.findall(
        r"\w+",
        """
        after again assessed back base cause change check clinic codes confirm consent course data digest done error
        features group hand intake item keep lists main month more none over page part patient queried record response
        review screen second seen start step stop switch take tasks test tests text time trial weight without
        """,
    )
)
ADDRESS = re.compile(r'(?:href|src|action|formaction|data-[\w-]+|hx-(?:get|post|push-url))="([/?#][^"]*)"')
SHAPES = re.compile(r"<use [^>]*>")  # drawings out of one sheet: which of them is asked of nobody
OPAQUE = re.compile(rf"[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|\b{REGEX}\b|(?<=\.)[0-9a-f]{{12}}(?=\.)")


def telling(address: str) -> set[str]:
    """Return the words of an address that tell of somebody's health."""
    return told_in(OPAQUE.sub(" ", html.unescape(address))) - OF_NOBODY


def test_no_route_names_anything_of_health(world):
    walked = {route.name: path_to(route, world.own) for route in ROUTES}
    assert {name: telling(path) for name, path in walked.items() if telling(path)} == {}
    assert len(walked) > 100


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PATIENT, Role.ADMINISTRATOR])
def test_no_page_leads_to_an_address_that_names_anything_of_health(role, world):
    """All a page leads to: links with what they ask and where they jump, forms, scripts, and where one is sent on."""
    client, found, told = Client(raise_request_exception=False), 0, {}
    client.force_login(world.users[role])
    for route in (one for one in ROUTES if lets_in(one, role)):
        cache.clear()
        with undone():
            answer = client.get(path_to(route, world.own))
        body = "" if answer.streaming else answer.content.decode("utf-8", "replace")
        addresses = {*ADDRESS.findall(SHAPES.sub("", body)), answer.get("Location", "")}
        found += len(addresses)
        told |= {one: (route.name, telling(one)) for one in addresses if telling(one)}
    assert told == {}
    assert found > 50


def test_a_list_by_its_name_or_by_another_code_leads_nowhere(world):
    client, at = Client(), f"/desk/patients/{world.own.patient.pk}/record"
    client.force_login(world.users[Role.DOCTOR])
    assert client.get(f"{at}/{code_of('allergies')}/new/").status_code == 200
    for other in ("allergies", code_of("nothing"), "0" * 10):
        assert client.get(f"{at}/{other}/new/").status_code == 404


def test_the_walk_notices_a_word():
    """The refusal: what these tests look for is found where it stands, in the path, the question and the jump."""
    for address in ("/desk/allergies/", "/portal/?topic=heartburn", "/portal/record/#medications", "/x?q=alergia"):
        assert telling(address), address
    assert not telling(f"/desk/patients/{'0' * 8}-0000-0000-0000-{'0' * 12}/record/{code_of('allergies')}/new/")

"""The walk: every door, tried by every hat, with every sort of object, by every way an id can travel."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.http.response import HttpResponseBase
from django.test import Client

from tests.webapp.access.routes import NO_NUMBER, Route, is_personal, path_to, personal, undone
from tests.webapp.access.world import World
from webapp.base import access
from webapp.base.roles import Role

METHODS = ("get", "post", "head", "options", "put", "patch", "delete")
OBJECTS = ("own", "foreign", "namesake", "missing")
NOT_OWN = ("foreign", "namesake", "missing")
SHUT = ("own", "foreign", "missing")  # what is tried where a hat may not enter at all
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"|X-CSRFToken[^}]*\}|user(_id)?(=|%3D)\d+')
UNLIKE = {"Content-Length", "Date", "Expires", "Last-Modified"}  # what tokens and the clock make of two equal answers
LEFT_OUT = {"account_logout"}  # walking through it would end the walk


@dataclass(frozen=True)
class Probe:
    """One knock at one door: whose ids are given, and by which way."""

    route: Route
    method: str
    whose: str
    way: str = "path"  # path, query, form, or the name of the one argument that is not the own

    def __str__(self) -> str:
        return f"{self.method} {self.route.name} {self.whose} in {self.way}"


def lets_in(route: Route, role: str) -> bool:
    rule = route.rule
    return rule in (access.PUBLIC, access.SIGNED_IN) or (rule is not None and role in rule.roles)


def probes(route: Route, role: str) -> Iterator[Probe]:
    """Give what is tried at a door: everything where it opens, a few knocks where it is shut."""
    if route.name in LEFT_OUT:
        return
    if not lets_in(route, role):
        yield from (Probe(route, "get", whose) for whose in (SHUT if is_personal(route) else ("own",)))
        yield Probe(route, "post", "own")
        return
    yield from _through(route, role)
    for way, method in (("query", "get"), ("form", "post")):
        yield from (Probe(route, method, whose, way) for whose in (NOT_OWN if role == Role.PATIENT else ("foreign",)))


def _through(route: Route, role: str) -> Iterator[Probe]:
    if not is_personal(route):
        yield from (Probe(route, method, "own") for method in METHODS)
        return
    for method in METHODS:
        others = ("own", "foreign", "missing") if role == Role.PATIENT else ("own",)
        yield from (Probe(route, method, whose) for whose in (OBJECTS if method in ("get", "post") else others))
    names = personal(route)
    for name in names if len(names) > 1 else ():
        yield from (Probe(route, method, whose, name) for method in ("get", "post") for whose in NOT_OWN)


def visit(client: Client, world: World, probe: Probe) -> HttpResponseBase:
    """Knock, and leave clinic and session as they were."""
    cache.clear()  # hurrying through all pages meets no limit of requests
    cookies = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    with undone():
        answer = _ask(client, world, probe)
    client.cookies = cookies
    return answer


def _ask(client: Client, world: World, probe: Probe) -> HttpResponseBase:
    other = None if probe.whose == "missing" else world.life(probe.whose)
    if probe.way == "path":
        return client.generic(probe.method.upper(), path_to(probe.route, other))
    if probe.way in ("query", "form"):
        given = ids_of(other)
        return getattr(client, probe.method)(path_to(probe.route, world.own), given)
    return client.generic(probe.method.upper(), path_to(probe.route, world.own, **{probe.way: other}))


def ids_of(life: Any) -> dict[str, str]:
    """Return every id of somebody's under every name a form or an address could give it."""
    names = ("patient", "draft", "item", "alert_id", "open_response", "sent_response", "allergy", "contact", "measure")
    found = {
        name: str(getattr(getattr(life, name), "pk", getattr(life, name))) if life else str(uuid4()) for name in names
    }
    more = {
        "pk": found["draft"], "id": found["patient"], "patient_id": found["patient"], "plan": found["draft"],
        "response": found["open_response"], "alert": found["alert_id"], "entry": found["allergy"],
        "user": str(life.user.pk if life else NO_NUMBER), "user_id": str(life.user.pk if life else NO_NUMBER),
        "decision": "withdraw", "text": "1", "as": found["patient"], "for": found["patient"],
    }  # fmt: skip
    return found | more


def _id(thing: Any) -> str:
    return str(getattr(thing, "pk", thing))


def looks(response: HttpResponseBase) -> tuple[object, ...]:
    """Return what somebody sees who compares two answers byte for byte: all but the ids asked for and tokens."""
    body = b"" if response.streaming else response.content
    heads = {name: UUID.sub("#", value) for name, value in response.headers.items() if name not in UNLIKE}
    return (
        response.status_code,
        TOKEN.sub("", UUID.sub("#", body.decode("utf-8", "replace"))),
        tuple(sorted(heads.items())),
        tuple(sorted(set(response.cookies) - {settings.SESSION_COOKIE_NAME})),  # sent anew now and then, by the clock
    )


def leaks(role: str, answers: dict[Probe, HttpResponseBase]) -> list[str]:
    """Name what this role should not have got at one door, or could have told apart."""
    broken = [f"{role} {probe}: broke" for probe, answer in answers.items() if answer.status_code == 500]
    return broken or [fault for probe, answer in answers.items() if (fault := _fault(role, probe, answer, answers))]


def told_twice(
    role: str, answers: dict[Probe, HttpResponseBase], ask: Callable[[Probe], HttpResponseBase]
) -> list[str]:
    """Name what leaks, having knocked again: two answers between which the clock struck differ once, a leak always."""
    told = leaks(role, answers)
    again = leaks(role, {probe: ask(probe) for probe in answers}) if told else []
    return [fault for fault in told if fault in again]


def _fault(role: str, probe: Probe, answer: HttpResponseBase, answers: dict[Probe, HttpResponseBase]) -> str:
    where, status = f"{role} {probe}", answer.status_code
    if not lets_in(probe.route, role):
        return "" if status == 404 else f"{where}: {status}"
    if not is_personal(probe.route) and probe.way == "path":
        return ""
    if probe.whose == "own":
        return ""
    if probe.way in ("query", "form"):
        return _told_apart(role, probe, answer, answers, where)
    if probe.whose == "missing":
        return "" if status in (404, 405) else f"{where}: {status}"
    if probe.way != "path":  # an own plan with a stranger's line, an own record with a stranger's entry
        return "" if status in (404, 405) else f"{where}: {status}"
    return _told_apart(role, probe, answer, answers, where)


def _told_apart(
    role: str, probe: Probe, answer: HttpResponseBase, answers: dict[Probe, HttpResponseBase], where: str
) -> str:
    missing = answers.get(Probe(probe.route, probe.method, "missing", probe.way))
    if probe.way != "path" and probe.route.name in NEVER_TWICE_THE_SAME:
        return ""
    if role != Role.PATIENT or missing is None or looks(answer) == looks(missing):
        return ""
    return f"{where}: not as missing"


def is_reached(route: Route, answers: dict[Probe, HttpResponseBase]) -> bool:
    """Tell whether somebody came through with an own object: else the walk knocked at a wall."""
    own = [answers[one].status_code for one in answers if one.whose == "own" and one.way == "path"]
    return any(status not in (404, 405) for status in own) or route.name in NEEDS_WORDS


# Opened by a page that tells them in its form what it is about.
NEEDS_WORDS = {
    "intake:urgent", "intake:search", "intake:mistake", "plans:override", "plans:allergy", "plans:keep",
    "desk:consent_write", "desk:invite", "desk:view_change", "portal:decide",
}  # fmt: skip
# With something made afresh for each answer (a secret, a day of printing), or sent on with what stood in the address.
NEVER_TWICE_THE_SAME = {
    "accounts:set_up", "accounts:set_up_mail", "accounts:set_up_sms", "account_login",
    "plans:own_paper", "portal:record_pdf", "privacy:own", "privacy:file",
}  # fmt: skip

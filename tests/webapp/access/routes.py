"""Every route of the product, and how its arguments are filled with a person's objects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rules.models import Draft, Submission, Trial, Version
from tests.webapp.access.marks import LOGO
from tests.webapp.access.world import Life, questionnaire
from webapp.base import access
from webapp.plans.models import RecallTask
from webapp.prescriptions.models import Pharmacy
from webapp.studio.aftermath import code_of
from webapp.studio.models import Incident, Replay, ReplayCase, RuleDay


@dataclass(frozen=True)
class Route:
    """One address: its full name, the names of its arguments, and who may enter."""

    name: str
    arguments: tuple[str, ...]
    rule: access.Rule | None

    @property
    def space(self) -> str:
        return self.name.rpartition(":")[0]


def routes() -> list[Route]:
    """Return every route of the URL configuration."""
    return list(_below(get_resolver().url_patterns, (), ()))


def _below(patterns: Any, spaces: tuple[str, ...], above: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        arguments = (*above, *pattern.pattern.converters, *_groups(pattern))
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _below(pattern.url_patterns, inside, arguments)
        else:
            yield _route(pattern, spaces, arguments)


def _groups(pattern: URLPattern | URLResolver) -> tuple[str, ...]:
    regex = getattr(pattern.pattern, "regex", None)
    named = tuple(regex.groupindex) if regex is not None else ()
    return tuple(name for name in named if name not in pattern.pattern.converters)


def _route(pattern: URLPattern, spaces: tuple[str, ...], arguments: tuple[str, ...]) -> Route:
    name = ":".join([*spaces, pattern.name or ""])
    return Route(name, arguments, access.rule_of(pattern.callback, name))


def _group(_life: Life) -> str:
    return questionnaire().groups[0].name


def _item(_life: Life) -> str:
    return questionnaire().groups[0].questions[0].item


def _version(_life: Life) -> int:
    return Version.objects.order_by("pk").values_list("pk", flat=True)[0]


def _rule(_life: Life) -> str:
    return code_of(*RuleDay.objects.values_list("protocol", "rule")[0])


def _draft(_life: Life) -> int:
    return Draft.objects.order_by("pk").values_list("pk", flat=True)[0]


def _proposal(_life: Life) -> int:
    return Submission.objects.order_by("pk").values_list("pk", flat=True)[0]


def _trial(_life: Life) -> int:
    return Trial.objects.order_by("pk").values_list("pk", flat=True)[0]


# (app, argument) -> a person's object; an app that is new here says what its arguments are, or the test fails.
ARGUMENTS: dict[tuple[str, str], Callable[[Life], Any]] = {
    ("intake", "pk"): lambda life: life.open_response.pk,
    ("portal", "pk"): lambda life: life.sent_response.pk,
    ("plans", "pk"): lambda life: life.draft.pk,
    ("plans", "item"): lambda life: life.item.pk,
    ("plans", "allergy"): lambda life: life.allergy.pk,
    ("desk", "pk"): lambda life: life.patient.pk,
    ("desk", "contact"): lambda life: life.contact.pk,
    ("desk", "measure"): lambda life: life.measure.pk,
    ("desk", "document"): lambda life: life.document.pk,
    ("portal", "document"): lambda life: life.document.pk,
    ("desk", "entry"): lambda life: life.allergy.pk,
    ("desk", "response"): lambda life: life.sent_response.pk,
    ("intake", "patient"): lambda life: life.patient.pk,
    ("portal", "contact"): lambda life: life.contact.pk,
    ("plans", "task"): lambda life: life.task_id,
    ("plans", "recalled"): lambda life: RecallTask.objects.get(patient=life.patient).pk,
    ("plans", "second"): lambda life: life.second_id,
    ("accounts", "pk"): lambda life: life.patient.general_practitioner_id,
    ("alerts", "reminder"): lambda life: life.reminder_id,
    ("alerts", "pk"): lambda life: life.alert_id,
    ("results", "patient"): lambda life: life.patient.pk,
    ("results", "document"): lambda life: life.document.pk,
    ("results", "file"): lambda life: life.lab_file_id,
    ("results", "report"): lambda life: life.report_id,
    ("portal", "report"): lambda life: life.released_report_id,
    ("prescriptions", "plan"): lambda life: life.signed_id,
    ("prescriptions", "item"): lambda life: life.medicine_id,
    ("prescriptions", "patient"): lambda life: life.patient.pk,
    ("prescriptions", "renewal"): lambda life: life.renewal_id,
    ("prescriptions", "batch"): lambda life: life.batch_id,
    ("sharing", "share"): lambda life: life.share_id,
    ("sharing", "paper"): lambda life: life.batch_id,
    ("privacy", "patient"): lambda life: life.patient.pk,
    ("privacy", "pk"): lambda life: life.copy_id,
}
# ... but at these addresses it is another object ...
ELSEWHERE: dict[tuple[str, str], Callable[[Life], Any]] = {
    ("plans:paper", "pk"): lambda life: life.signed_id,
    ("plans:own_paper", "pk"): lambda life: life.signed_id,
    ("plans:record_paper", "pk"): lambda life: life.signed_id,
    ("portal:file_drop", "document"): lambda life: life.own_file.pk,
}
# ... of these, those that are numbers rather than UUIDs ...
NUMBERED = {("accounts", "pk")}
NO_NUMBER = 2**31 - 1  # the number of nobody
# ... and arguments that name nothing of a person's.
SHARED: dict[tuple[str, str], Callable[[Life], Any]] = {
    ("intake", "group"): _group,
    ("intake", "item"): _item,
    ("portal", "name"): lambda _life: "allergies",
    ("portal", "purpose"): lambda _life: "treatment",
    ("portal", "secret"): lambda _life: "no-such-secret",
    ("desk", "purpose"): lambda _life: "treatment",
    ("desk", "kind"): lambda _life: "allergies",
    ("desk", "part"): lambda _life: "allergies",
    ("desk", "view"): lambda _life: uuid4(),
    ("accounts", "what"): lambda _life: "link",
    ("privacy", "purpose"): lambda _life: "treatment",
    ("clinic", "section"): lambda _life: "identity",
    ("prescriptions", "pharmacy"): lambda _life: Pharmacy.objects.values_list("pk", flat=True)[0],
    ("prescriptions", "order"): lambda _life: uuid4(),
    ("clinic", "digest"): lambda _life: LOGO,
    ("studio", "pk"): _version,
    ("studio", "draft"): _draft,
    ("studio", "proposal"): _proposal,
    ("studio", "trial"): _trial,
    ("studio", "rule"): _rule,
    ("studio", "incident"): lambda _life: Incident.objects.values_list("pk", flat=True)[0],
    ("studio", "case"): lambda _life: ReplayCase.objects.values_list("pk", flat=True)[0],
    ("studio", "replay"): lambda _life: Replay.objects.values_list("pk", flat=True)[0],
    ("api", "pk"): _version,
    ("api", "draft"): _draft,
    ("api", "number"): lambda _life: 1,
    ("api", "proposal"): _proposal,
    ("results", "number"): lambda _life: 1,
    ("results", "analyte"): lambda _life: "hb",
    ("portal", "analyte"): lambda _life: "hb",
    ("sharing", "part"): lambda _life: "treatments",
    ("jobs", "pk"): lambda _life: 1,
    ("", "uidb36"): lambda _life: "zz",
    ("", "key"): lambda _life: "no-such-key",
}


def unfilled(route: Route) -> list[str]:
    """Return the arguments no entry above can fill."""
    known = ARGUMENTS.keys() | SHARED.keys()
    return [name for name in route.arguments if (route.space, name) not in known]


def is_personal(route: Route) -> bool:
    """Tell whether a route leads to something of a person's."""
    return bool(personal(route))


def personal(route: Route) -> list[str]:
    """Return the arguments that name something of a person's."""
    return [name for name in route.arguments if (route.space, name) in ARGUMENTS]


def path_to(route: Route, life: Life | None, **lives: Life) -> str:
    """Return the address of the route with this person's objects; with None, of objects that do not exist.

    ``lives`` gives single arguments somebody else's: an own plan with a stranger's line in it.
    """
    filled = {name: _filled(route, name, lives.get(name, life)) for name in route.arguments}
    return reverse(route.name, kwargs=filled)


def _filled(route: Route, name: str, life: Life | None) -> Any:
    key = (route.space, name)
    if key in SHARED:
        return SHARED[key](life)
    if life is not None:
        return ELSEWHERE.get((route.name, name), ARGUMENTS[key])(life)
    return NO_NUMBER if key in NUMBERED else uuid4()


class _Undo(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever a request changed, so that the next one meets the same clinic."""
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass

"""What a replay over past cases found, as it is read: how many, by which rules, and who, for those who treat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.utils import timezone

from rules import services as shelf
from rules.selectors import ShelfError
from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients.access import patients_for
from webapp.patients.models import Patient
from webapp.plans.terms import Terms
from webapp.studio.models import Replay, ReplayCase
from webapp.studio.replaying import NO_RULE, may_ask

A_PAGE = 50
READ, NAMES = "protocols.read", "plans.sign"
AT_ONCE = 500  # of a table


def replay_of(user: User, pk: int) -> Replay:
    """Return a replay; raise Replay.DoesNotExist for who may not read the shelf."""
    found = Replay.objects.select_related("revision__draft", "base", "asked_by")
    return (found if user.may(READ) else found.none()).get(pk=pk)


def case_of(user: User, pk: int) -> ReplayCase:
    """Return a case that a draft changes; raise ReplayCase.DoesNotExist for who does not write."""
    found = ReplayCase.objects.select_related("replay__revision__draft", "replay__base", "evaluation", "patient")
    return (found if may_ask(user) else found.none()).get(pk=pk)


def may_name(user: User) -> bool:
    """Tell whether this person learns who it is: a doctor, who may read every record anyway."""
    return user.may(READ) and user.may(NAMES)


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of one weight that one rule changes first of all."""

    weight: int
    cause: int
    rule: str
    cases: int

    @property
    def query(self) -> str:
        return f"weight={self.weight}&cause={self.cause}"


@dataclass(frozen=True, slots=True)
class Said:
    """One aspect of an item that would be otherwise, its item in words."""

    item: str
    aspect: str
    old: str
    new: str
    harm: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One case; ``patient`` only for who may know. ``opens`` is the group that begins with it on its page."""

    case: ReplayCase
    patient: Patient | None
    age: int | None
    said: Sequence[Said]
    opens: Group | None


def groups_of(replay: Replay) -> list[Group]:
    """Return how many cases there are by weight and first rule, what could harm first; one query."""
    counted = replay.cases.order_by("weight", "cause").values_list("weight", "cause").annotate(n=Count("pk"))
    return [Group(weight, cause, _rule(replay, cause), n) for weight, cause, n in counted]


def _rule(replay: Replay, cause: int) -> str:
    return str(replay.rules[cause][0]) if cause < len(replay.rules) else NO_RULE


def cases_of(replay: Replay, weight: str = "", cause: str = "") -> QuerySet[ReplayCase]:
    """Return the cases of one weight or one rule, where these are asked for."""
    found = replay.cases.order_by("weight", "cause", "pk")
    if weight.isdecimal() and len(weight) < 3:
        found = found.filter(weight=int(weight))
    return found.filter(cause=int(cause)) if cause.isdecimal() and len(cause) < 5 else found


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for which page of which cases, in which language."""

    user: User
    language: str
    path: str
    weight: str = ""
    cause: str = ""
    number: str = ""


def page_of(replay: Replay, asked: Asked, groups: Sequence[Group]) -> tuple[Page, list[Row]]:
    """Return a page of cases. Whoever sees who it is has looked at each of them, and that is written down."""
    page = Paginator(cases_of(replay, asked.weight, asked.cause), A_PAGE).get_page(asked.number)
    return page, _rows(replay, list(page), asked, groups, "replay.viewed")


def table(replay: Replay, asked: Asked) -> Iterator[Row]:
    """Yield every case, some hundreds at a time: for a file."""
    groups, found = groups_of(replay), cases_of(replay, asked.weight, asked.cause)
    for start in range(0, found.count(), AT_ONCE):
        yield from _rows(replay, list(found[start : start + AT_ONCE]), asked, groups, "replay.exported")


def _rows(replay: Replay, cases: Sequence[ReplayCase], asked: Asked, groups: Sequence[Group], verb: str) -> list[Row]:
    people = _people(cases, asked, verb)
    terms, today = _terms(replay, asked.language), timezone.localdate()
    by_key, last, found = {(one.weight, one.cause): one for one in groups}, None, []
    for case in cases:
        key = (case.weight, case.cause)
        who = people.get(case.patient_id)
        opens = by_key.get(key) if key != last else None
        found.append(Row(case, who, who.age_on(today) if who else None, _said(case, terms), opens))
        last = key
    return found


def _people(cases: Sequence[ReplayCase], asked: Asked, verb: str) -> dict[Any, Patient]:
    if not (cases and may_name(asked.user)):
        return {}
    ids = {case.patient_id for case in cases}
    found = {one.pk: one for one in patients_for(asked.user).filter(pk__in=ids)}
    audit.record_list(actor=asked.user, verb=verb, patient_ids=list(found), path=asked.path)
    return found


def _said(case: ReplayCase, terms: Terms | None) -> list[Said]:
    return [_one(each, terms) for each in case.differences]


def _one(each: Mapping[str, Any], terms: Terms | None) -> Said:
    item = terms.code(each["item"]) if terms else each["item"]
    return Said(item, each["aspect"], each["old"], each["new"], each["harm"])


def _terms(replay: Replay, language: str) -> Terms | None:
    try:
        return Terms(shelf.edition(replay.base.digest if replay.base else None), language)
    except ShelfError:
        return None

"""A recall as it is read: how many a rule treated, how it stands with them, and who, for doctors. Part of selectors."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from rules import services as shelf
from rules.models import Version
from rules.selectors import ShelfError
from webapp.accounts.models import User
from webapp.accounts.selectors import names_of
from webapp.audit import services as audit
from webapp.patients.access import patients_for
from webapp.patients.models import Patient
from webapp.plans import recalling
from webapp.plans.models import Recall, RecallTask
from webapp.plans.recalling import Named, Treated
from webapp.studio.replays_seen import may_name

A_PAGE = 50
AT_ONCE = 500  # of a table
MOST = 200  # letters of a name


@dataclass(frozen=True, slots=True)
class Row:
    """One treated person; ``patient`` only for who may know."""

    treated: Treated
    patient: Patient | None
    doctor: str
    task: RecallTask | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A recall, or what it would be: who, how it stands with them, and how far their doctors are."""

    named: Named
    people: Sequence[Treated]
    states: Mapping[str, int]
    doctors: Sequence[tuple[str, int]]
    recall: Recall | None
    tasks: int
    settled: int


def named_in(given: Mapping[str, str]) -> Named | None:
    """Return the rule and version an address asks for, None where it asks for none."""
    rule, version = given.get("rule", "").strip(), given.get("version", "").strip()
    fits = "." in rule and version and len(rule) <= MOST and len(version) <= 40
    return Named(rule, version) if fits else None


def rules_known(user: User) -> list[str]:
    """Return every rule in force with its protocol, for a list to choose from."""
    if not user.may(recalling.READ):
        return []
    try:
        edition = shelf.edition()
    except ShelfError:
        return []
    return sorted(f"{protocol.name}.{rule}" for protocol in edition.protocols.values() for rule in protocol.rules)


def versions_known(user: User) -> list[str]:
    """Return the numbers of every protocol's versions there ever were."""
    if not user.may(recalling.READ):
        return []
    found = Version.objects.filter(source_file__kind="protocol").values_list("version", flat=True)
    return sorted(set(found.order_by()))


def seen(user: User, named: Named) -> Seen | None:
    """Return everyone a rule treated, in figures; None for who may not read protocols."""
    if not user.may(recalling.READ):
        return None
    people, recall = recalling.treated(named), recalling.recall_of(named)
    by_doctor = Counter(one.doctor_id for one in people)
    names = names_of(pk for pk in by_doctor if pk)
    doctors = [(names.get(pk or 0, ""), count) for pk, count in by_doctor.most_common()]
    tasks = list(recall.tasks.values_list("settled_at", flat=True)) if recall else []
    settled = sum(1 for one in tasks if one)
    return Seen(named, people, recalling.states_of(people), doctors, recall, len(tasks), settled)


def page_of(user: User, found: Seen, number: str, state: str, path: str) -> tuple[Page, list[Row]]:
    """Return a page of them. Whoever sees who it is has looked at each, and that is written down."""
    chosen = [one for one in found.people if state in ("", one.state)]
    page = Paginator(chosen, A_PAGE).get_page(number)
    return page, _rows(user, found, list(page), "recall.listed", path)


def table(user: User, found: Seen, path: str) -> Iterator[Row]:
    """Yield everyone, some hundreds at a time: for a file."""
    for start in range(0, len(found.people), AT_ONCE):
        yield from _rows(user, found, found.people[start : start + AT_ONCE], "recall.exported", path)


def _rows(user: User, found: Seen, people: Sequence[Treated], verb: str, path: str) -> list[Row]:
    ids = {one.patient_id for one in people}
    known: dict[UUID, Patient] = {}
    if people and may_name(user):
        known = {one.pk: one for one in patients_for(user).filter(pk__in=ids)}
        audit.record_list(actor=user, verb=verb, patient_ids=list(known), path=path)
    names = names_of(one.doctor_id for one in people if one.doctor_id)
    tasks = _tasks(found.recall, ids)
    return [
        Row(one, known.get(one.patient_id), names.get(one.doctor_id or 0, ""), tasks.get(one.patient_id))
        for one in people
    ]


def _tasks(recall: Recall | None, ids: set[UUID]) -> dict[UUID, Any]:
    if recall is None:
        return {}
    return {one.patient_id: one for one in recall.tasks.filter(patient_id__in=ids).select_related("settled_by")}

"""What the plan rests on: the values that decide it or are new, what is missing, what the patient wrote, the rest."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from engine.conditions import Expr, Includes, Known, Name, OfSeries, nodes
from engine.explain import weighing
from engine.language.documents import Edition
from webapp.accounts import selectors as accounts
from webapp.patients.bounds import bound_of
from webapp.patients.models import Observation
from webapp.patients.selectors import Record
from webapp.plans.case import DIARY, FREE_TEXT, day_of
from webapp.plans.models import Evaluation, PlanItem
from webapp.plans.reading import engine_of
from webapp.plans.terms import NBSP, Terms, unit_words
from webapp.plans.why import SECTIONS

SHOWN_GAPS = 6
ANSWERED = (Observation.Origin.QUESTIONNAIRE, Observation.Origin.DIARY)


@dataclass(frozen=True, slots=True)
class Input:
    """One value of the record as the page shows it."""

    name: str
    title: str
    value: str
    day: date
    origin: str
    filled_in_by: str = ""  # who of the clinic answered for the patient


@dataclass(frozen=True, slots=True)
class Gap:
    """A missing fact, what it decides, and the earlier value that no longer counts: expired, or not known any more."""

    name: str
    title: str
    decides: Sequence[str]
    old: Input | None = None
    now: bool = False  # a red flag nobody has ruled out
    asked: date | None = None  # when the patient said not to know
    side: Input | None = None  # the newest value, of which one end alone is known: rules need the number

    @property
    def others(self) -> int:
        """How many items it decides besides the first."""
        return max(len(self.decides) - 1, 0)


@dataclass(frozen=True, slots=True)
class Quote:
    text: str
    title: str
    day: date
    filled_in_by: str = ""
    read: Sequence[str] = ()  # facts that only these words say, until somebody confirms them


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sources that differ about one fact: both are shown, neither is chosen."""

    title: str
    sides: Sequence[tuple[str, str]]  # value, where and when it was given


@dataclass(frozen=True, slots=True)
class Inputs:
    conflicts: Sequence[Disagreement]
    decisive: Sequence[Input]
    missing: Sequence[Gap]
    worth_asking: Sequence[Gap]  # folded: they decide nothing that is proposed or held
    quotes: Sequence[Quote]
    rest: Sequence[Input]


def inputs_of(
    record: Record, items: Sequence[PlanItem], evaluation: Evaluation, terms: Terms, since: date | None
) -> Inputs:
    """Return the left column; ``since`` is the day of the plan before: what came later is new."""
    result = json.loads(evaluation.result or "{}")
    values = {name: row for name, row in record.current.items() if name not in DIARY}
    quotes = [row for name, row in values.items() if _is_quote(name, row, terms)]
    plain = [row for row in values.values() if row not in quotes]
    used, speaks = facts_behind(items, terms.edition), speaking(items, evaluation)
    apart = {each["fact"] for each in result.get("conflicts", ())}
    plain = [row for row in plain if row.code not in apart]
    matters = [row for row in plain if row.code in speaks or (row.value is True and _is_read(row, used, since))]
    matters.sort(key=lambda row: (row.code not in speaks, -row.effective_at.timestamp(), row.code))
    rest = sorted((row for row in plain if row not in matters), key=lambda row: terms.fact(row.code))
    gaps, told = gaps_of(items, result, record, terms), Told.of(record, terms)
    first = [gap for gap in gaps if gap.decides] + [gap for gap in gaps if gap.now and not gap.decides]
    return Inputs(
        conflicts=[_disagreement(each, terms) for each in result.get("conflicts", ())],
        decisive=[told.input(row) for row in matters],
        missing=first[:SHOWN_GAPS],
        worth_asking=[*first[SHOWN_GAPS:], *(gap for gap in gaps if not gap.decides and not gap.now)],
        quotes=[
            Quote(str(row.value), terms.text(row.code), day_of(row), told.by(row), _read_in(row, result, terms))
            for row in quotes
        ],
        rest=[told.input(row) for row in rest],
    )


def _is_quote(name: str, row: Observation, terms: Terms) -> bool:
    spec = terms.spec(name)
    return isinstance(row.value, str) and (name in FREE_TEXT or (spec is not None and spec.type == "text"))


def _read_in(row: Observation, result: Mapping[str, Any], terms: Terms) -> list[str]:
    """Return what the engine read in a text that nobody has confirmed: facts, and entries of lists in these words."""
    open_ = set(result.get("unconfirmed", ()))
    here = (each for each in result.get("mentions", ()) if each["section"] == row.code and each["kind"] == "affirmed")
    names = [
        f"{terms.fact(name)}: {each['text']}" if each["code"] else terms.fact(name)
        for each in here
        for name in ((each["fact"],) if each["code"] else (each["fact"], *each["also"]))
        if name in open_
    ]
    return list(dict.fromkeys(names))


def _is_read(row: Observation, used: set[str], since: date | None) -> bool:
    return row.code in used or (since is not None and day_of(row) > since)


def speaking(items: Iterable[PlanItem], evaluation: Evaluation) -> frozenset[str]:
    """Return the facts by which the rules behind these items are true; a value no rule was true by is not abnormal."""
    rules = {(reason["protocol"], reason["rule"]) for item in items for reason in item.content.get("reasons", ())}
    return weighing(*engine_of(evaluation), sorted(rules))


def _disagreement(conflict: Mapping[str, Any], terms: Terms) -> Disagreement:
    name = conflict["fact"]
    name = name if terms.spec(name) else name.removeprefix("diary_")
    return Disagreement(terms.fact(name), [_side(name, conflict[side], terms) for side in ("first", "second")])


def _side(name: str, given: Mapping[str, Any], terms: Terms) -> tuple[str, str]:
    typed = {"true": True, "yes": True, "false": False, "no": False}.get(given["given"].casefold(), given["given"])
    value = terms.value(name, typed if given["given"] not in ("", "[]", "none") else [], given["unit"] or "")
    if given["unit"] and isinstance(typed, str) and given["unit"] not in value:
        value = f"{value}{NBSP}{unit_words(given['unit'])}".strip(NBSP)
    section = str(SECTIONS.get(given["section"]) or SECTIONS.get(given["section"].partition(".")[0], given["section"]))
    day = parse_date(given["dated"] or "")
    return value or "–", " · ".join(part for part in (section, date_format(day, "DATE_FORMAT") if day else "") if part)


@dataclass(frozen=True, slots=True)
class Told:
    """Values of a record in words, each with who answered where it was not the patient."""

    terms: Terms
    names: Mapping[int, str]

    @classmethod
    def of(cls, record: Record, terms: Terms) -> "Told":
        """Return it with the names of those of the clinic who answered for the patient: one query, none for nobody."""
        writers = {row.recorded_by_id for row in record.current.values() if row.origin in ANSWERED}
        writers -= {None, record.patient.user_id}
        return cls(terms, accounts.names_of(writers) if writers else {})

    def by(self, row: Observation) -> str:
        return self.names.get(row.recorded_by_id or 0, "") if row.origin in ANSWERED else ""

    def input(self, row: Observation) -> Input:
        value = self.terms.value(row.code, row.value, row.unit)
        name = self.terms.fact(row.code)
        return Input(row.code, name, value, day_of(row), row.get_origin_display(), self.by(row))


def facts_behind(items: Iterable[PlanItem], edition: Edition) -> set[str]:
    """Return the facts that the rules behind these items read, through definitions and score inputs."""
    rules = {(reason["protocol"], reason["rule"]) for item in items for reason in item.content.get("reasons", ())}
    found: set[str] = set()
    for protocol_name, rule_name in rules:
        protocol = edition.protocols.get(protocol_name)
        rule = protocol.rules.get(rule_name) if protocol else None
        if rule is not None:
            for expr in filter(None, (rule.when, rule.exclude)):
                _collect(expr, edition, found, set())
    return found


def _collect(expr: Expr, edition: Edition, found: set[str], visited: set[str]) -> None:
    for node in nodes(expr):
        if isinstance(node, Includes | Known):
            found.add(node.fact)
        elif isinstance(node, OfSeries):
            found.add(node.series)
        elif isinstance(node, Name) and node.name not in visited:
            visited.add(node.name)
            _follow(node, edition, found, visited)


def _follow(node: Name, edition: Edition, found: set[str], visited: set[str]) -> None:
    for expr in _behind(node, edition):
        _collect(expr, edition, found, visited)
    if node.name in edition.vocabulary.facts:
        found.add(node.name)


def _behind(node: Name, edition: Edition) -> list[Expr]:
    """Return the expressions a name stands for: a definition of a protocol, or what binds the inputs of a score."""
    owner, _dot, bare = node.name.partition(".")
    protocol = edition.protocols.get(owner)
    definition = protocol.definitions.get(bare) if protocol else None
    if definition is not None:
        return [definition.expression]
    score = edition.scores.get(node.name)
    return [given.bind for given in score.inputs.values() if given.bind is not None] if score else []


def gaps_of(items: Iterable[PlanItem], result: Mapping[str, Any], record: Record, terms: Terms) -> list[Gap]:
    """Return what is missing: red flags first, then what frees a held item, then what else the engine asks."""
    decides: dict[str, list[str]] = {name: [] for name in result.get("ask_now", ())}
    for item in items:
        for name in item.content.get("waiting_for", ()):
            decides.setdefault(name, []).append(terms.say(item.content.get("title")) or terms.code(item.code))
    covered = {alias for name in decides if (spec := terms.spec(name)) for alias in (spec.name, *spec.ask)}
    for name in result.get("ask", ()):
        if name not in covered:
            decides.setdefault(name, [])
    urgent = set(result.get("ask_now", ()))
    return [_gap(name, titles, record, terms, now=name in urgent) for name, titles in decides.items()]


def _gap(name: str, titles: Sequence[str], record: Record, terms: Terms, *, now: bool) -> Gap:
    newest = record.current.get(name) if name not in DIARY else None
    if newest and bound_of(newest.value):
        return Gap(name, terms.fact(name), titles, now=now, side=Told(terms, {}).input(newest))
    old = record.known_before(name) if newest else None
    asked = day_of(newest) if newest and newest.is_unknown else None
    return Gap(name, terms.fact(name), titles, Told(terms, {}).input(old) if old else None, now, asked)

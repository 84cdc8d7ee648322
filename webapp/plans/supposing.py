"""What if an answer were another one, or a value known: the plan that would follow, beside the one there is.

Nothing is written down: the stored case is changed in memory and put through the same library.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from engine.facts import FactSpec
from webapp.plans import answering, comparing, differing, presenting, supposing_lists, supposing_texts
from webapp.plans.case import ABOUT_THE_PERSON
from webapp.plans.differing import Change
from webapp.plans.given import Case, entries_words, values_of
from webapp.plans.models import Evaluation
from webapp.plans.refusing import PlanError
from webapp.plans.running import FAULTS, run
from webapp.plans.supposing_lists import Held, Said
from webapp.plans.terms import Terms

ASKABLE = ("yes_no", "choice", "quantity", "integer", "decimal", "text")
NOT_KNOWN = "unknown"  # what is sent for an answer nobody has; no fact has a choice of that name
WORKED_OUT = {"age", "sex", "bmi"}
AT_ONCE = 8  # facts changed in one question
GROUPS = {
    "missing": gettext_lazy("Missing"),
    "told": pgettext_lazy("facts", "Told"),
    "lists": gettext_lazy("Lists"),
    "texts": gettext_lazy("In the own words"),
    "other": pgettext_lazy("facts", "All others"),
}


@dataclass(frozen=True, slots=True)
class Supposed:
    """One fact as a form shows it: how it stands now, and what is supposed in its place."""

    question: presenting.Question
    now: str
    value: str = ""  # as it was sent; empty for what is still to be said
    problem: str = ""
    kind: str = ""  # of the field: yes_no choice number list text
    whole: bool = False  # of a list: this is all
    held: Sequence[Held] = ()  # of a list: what stands in it
    names: Sequence[str] = ()  # of a list: what can be added

    @property
    def is_unknown(self) -> bool:
        return self.value == NOT_KNOWN

    @property
    def said(self) -> Said:
        """What is supposed of a list."""
        return Said(self.value, frozenset(one.place for one in self.held if one.without), self.whole)

    @property
    def is_said(self) -> bool:
        """Whether anything holds that is to be supposed."""
        return not self.problem and bool(self.said if self.kind == "list" else self.value)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form says of one fact: the value, and of a list the places left out and whether it is all."""

    fact: str
    value: str = ""
    without: frozenset[str] = frozenset()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would follow: the differences, and the urgency where it would be another one."""

    changes: Sequence[Change]
    urgency: tuple[str, str] | None = None
    failed: bool = False


def offered(evaluation: Evaluation, terms: Terms, asked: Sequence[str]) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Return the facts that can be supposed, by group, each as name and title; ``asked`` are those worth asking."""
    facts = terms.edition.vocabulary.facts
    known = {name for name, value in values_of(evaluation.case) if _bare(value) is not None}
    wanted = {spec.name for name in asked if (spec := terms.spec(name)) is not None}
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in GROUPS}
    for name, spec in facts.items():
        if spec.type == "set" and supposing_lists.section_of(name, terms):
            found["lists"].append((name, terms.fact(name)))
        elif spec.type in ASKABLE and not _is_worked_out(name):
            told = "told" if name in known else "texts" if spec.type == "text" else "other"
            found["missing" if name in wanted else told].append((name, terms.fact(name)))
    found["texts"] += [(name, terms.text(name)) for name in supposing_texts.names(terms, evaluation.case)]
    return [(GROUPS[name], sorted(rows, key=lambda row: row[1].casefold())) for name, rows in found.items() if rows]


def _is_worked_out(name: str) -> bool:
    """Return whether the engine works a fact out of others: supposing it would contradict them."""
    return name in WORKED_OUT or name.startswith("diary_")


def _bare(value: Any) -> Any:
    return value.get("value") if isinstance(value, Mapping) else value


def supposed(evaluation: Evaluation, terms: Terms, sent: Sequence[Sent]) -> list[Supposed]:
    """Return the facts of a form with what it says of them; raise PlanError for one that cannot be supposed."""
    rows: dict[str, Supposed] = {}
    for one in sent[:AT_ONCE]:
        row = _row_of(evaluation.case, one, terms)
        rows[row.question.fact] = row
    return list(rows.values())


def _row_of(case: Case, one: Sent, terms: Terms) -> Supposed:
    spec = terms.spec(one.fact)
    if supposing_texts.is_text(one.fact, terms):
        return _text(case, spec.name if spec else one.fact, one.value, terms)
    if spec is not None and spec.type == "set" and supposing_lists.section_of(spec.name, terms):
        return _list(case, spec, one, terms)
    if spec is None or spec.type not in ASKABLE or _is_worked_out(spec.name):
        raise PlanError(_("Choose from the list what to suppose."))
    return _row(spec, one.value, dict(values_of(case)).get(spec.name), terms)


def _row(spec: FactSpec, value: str, told: Any, terms: Terms) -> Supposed:
    unit = told.get("unit") if isinstance(told, Mapping) else ""
    now = terms.value(spec.name, _bare(told), unit or "") if _bare(told) is not None else _("not known")
    problem = "" if value in ("", NOT_KNOWN) else _problem(lambda: answering.read(spec, value))
    question = presenting.question(spec.name, terms)
    return Supposed(question, now, value, problem, question.kind)


def _text(case: Case, name: str, value: str, terms: Terms) -> Supposed:
    told = _bare(dict(values_of(case)).get(name))
    question = presenting.Question(name, terms.text(name), terms.text(name), "text")
    problem = _problem(lambda: supposing_texts.checked(value))
    return Supposed(question, f"«{told}»" if told else _("nothing written"), value, problem, "text")


def _list(case: Case, spec: FactSpec, one: Sent, terms: Terms) -> Supposed:
    said = Said("" if one.value == NOT_KNOWN else one.value, one.without, one.whole)
    section = supposing_lists.section_of(spec.name, terms)
    return Supposed(
        question=presenting.question(spec.name, terms),
        now=entries_words(section, case.get(section), terms),
        value=one.value,
        problem=_problem(lambda: supposing_lists.added(spec.name, said, terms)),
        kind="list",
        whole=one.whole,
        held=supposing_lists.held_in(case, spec.name, said, terms),
        names=supposing_lists.offered(spec.name, terms),
    )


def _problem(deed: Callable[[], Any]) -> str:
    """Return in words why something cannot be, "" where it can."""
    try:
        deed()
    except PlanError as refused:
        return str(refused)
    return ""


def outcome_of(evaluation: Evaluation, before: Mapping[str, Any], rows: Sequence[Supposed], terms: Terms) -> Outcome:
    """Return what the engine would say; ``before`` is what it says now. Nothing is kept."""
    case = suppose(evaluation.case, [row for row in rows if row.is_said], terms)
    if evaluation.release is None:
        return Outcome([], failed=True)
    try:
        after = run(case, evaluation.release).plan
    except FAULTS:
        return Outcome([], failed=True)
    found = differing.differences(before["items"], after["items"])
    gone = [each.content for each in found if each.kind == "gone"]
    why = comparing.why_gone(evaluation, gone, terms, case)
    sides = [str(presenting.URGENT.get(each["urgency"], _("In turn"))) for each in (before, after)]
    turned = None if sides[0] == sides[1] else (sides[0], sides[1])
    return Outcome(differing.changes(found, terms, why), turned)


def suppose(case: Case, rows: Sequence[Supposed], terms: Terms) -> dict[str, Any]:
    """Return a case in which these facts are as supposed, told today and by one source only."""
    changed = dict(case)
    for row in rows:
        changed = _supposing(changed, row, terms)
    return changed


def _supposing(case: dict[str, Any], row: Supposed, terms: Terms) -> dict[str, Any]:
    name = row.question.fact
    if row.kind == "list":
        return supposing_lists.with_list(case, name, None if row.is_unknown else row.said, terms)
    if row.kind == "text":
        return supposing_texts.with_text(case, name, None if row.is_unknown else supposing_texts.checked(row.value))
    spec = terms.edition.vocabulary.facts[name]
    return _with(case, spec, None if row.is_unknown else answering.read(spec, row.value))


def _with(case: dict[str, Any], spec: FactSpec, value: Any) -> dict[str, Any]:
    name = spec.name
    without = {section: {key: each for key, each in case.get(section, {}).items() if key != name}
               for section in ("questionnaire", "vitals", "patient")}  # fmt: skip
    labs = [entry for entry in case.get("labs", ()) if entry["name"] != name]
    said = None if value is None else {"value": value, "date": _today(case)}
    if said is not None and spec.type == "quantity":
        said["unit"] = spec.unit
    section = "patient" if name in ABOUT_THE_PERSON else "questionnaire"
    return {**case, **without, "labs": labs, section: without[section] | {name: said}}


def _today(case: Case) -> str:
    return str(case["as_of"])

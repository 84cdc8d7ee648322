"""What if an answer were another one, or a value known: the plan that would follow, beside the one there is.

Nothing is written down: the stored case is changed in memory and put through the same library.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from engine.facts import FactSpec
from engine.language.case_treatments import FACTS as TREATED
from webapp.plans import answering, comparing, differing, presenting
from webapp.plans.case import ABOUT_THE_PERSON
from webapp.plans.differing import Change
from webapp.plans.given import Case, values_of
from webapp.plans.models import Evaluation
from webapp.plans.refusing import PlanError
from webapp.plans.running import FAULTS, run
from webapp.plans.terms import Terms

ASKABLE = ("yes_no", "choice", "quantity", "integer", "decimal")
NOT_KNOWN = "unknown"  # what is sent for an answer nobody has; no fact has a choice of that name
WORKED_OUT = {"age", "sex", "bmi", *TREATED}
AT_ONCE = 8  # facts changed in one question
GROUPS = {
    "missing": gettext_lazy("Missing"),
    "told": pgettext_lazy("facts", "Told"),
    "other": pgettext_lazy("facts", "All others"),
}


@dataclass(frozen=True, slots=True)
class Supposed:
    """One fact as a form shows it: how it stands now, and what is supposed in its place."""

    question: presenting.Question
    now: str
    value: str = ""  # as it was sent; empty for what is still to be said
    problem: str = ""


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
        if spec.type in ASKABLE and not _is_worked_out(name):
            group = "missing" if name in wanted else "told" if name in known else "other"
            found[group].append((name, terms.fact(name)))
    return [(GROUPS[name], sorted(rows, key=lambda row: row[1].casefold())) for name, rows in found.items() if rows]


def _is_worked_out(name: str) -> bool:
    """Return whether the engine works a fact out of others: supposing it would contradict them."""
    return name in WORKED_OUT or name.startswith("diary_")


def _bare(value: Any) -> Any:
    return value.get("value") if isinstance(value, Mapping) else value


def supposed(evaluation: Evaluation, terms: Terms, facts: Sequence[str], values: Sequence[str]) -> list[Supposed]:
    """Return the facts of a form with what it says of them; raise PlanError for one that cannot be supposed."""
    told = dict(values_of(evaluation.case))
    rows: dict[str, Supposed] = {}
    for place, name in enumerate(facts[:AT_ONCE]):
        spec = terms.spec(name)
        if spec is None or spec.type not in ASKABLE or _is_worked_out(spec.name):
            raise PlanError(_("Choose from the list what to suppose."))
        value = values[place] if place < len(values) else ""
        rows[spec.name] = _row(spec, value, told.get(spec.name), terms)
    return list(rows.values())


def _row(spec: FactSpec, value: str, told: Any, terms: Terms) -> Supposed:
    unit = told.get("unit") if isinstance(told, Mapping) else ""
    now = terms.value(spec.name, _bare(told), unit or "") if _bare(told) is not None else _("not known")
    problem = ""
    if value not in ("", NOT_KNOWN):
        try:
            answering.read(spec, value)
        except PlanError as refused:
            problem = str(refused)
    return Supposed(presenting.question(spec.name, terms), now, value, problem)


def outcome_of(evaluation: Evaluation, before: Mapping[str, Any], rows: Sequence[Supposed], terms: Terms) -> Outcome:
    """Return what the engine would say; ``before`` is what it says now. Nothing is kept."""
    case = suppose(evaluation.case, [row for row in rows if row.value and not row.problem], terms)
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
        spec = terms.edition.vocabulary.facts[row.question.fact]
        changed = _with(changed, spec, None if row.value == NOT_KNOWN else answering.read(spec, row.value))
    return changed


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

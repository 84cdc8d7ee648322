"""A plan beside the one signed before it: what starts, stops, goes on and changes; and what newer data did to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engine.explain import lacks
from engine.language.cases import read_case
from webapp.plans import adding, differing, presenting
from webapp.plans.differing import Change, Content, Difference
from webapp.plans.given import Turned, turned
from webapp.plans.models import Evaluation, Plan, PlanItem
from webapp.plans.presenting import Standing
from webapp.plans.reading import engine_of
from webapp.plans.taken import TAKEN, words_of
from webapp.plans.terms import Terms

UNSIGNED = (Plan.Status.DRAFT, Plan.Status.DISCARDED)
NOT_TAKEN = frozenset({"dx", "alert", "ask"})


@dataclass(frozen=True, slots=True)
class Gone:
    """An item of the plan signed before that is not in this one any more, and why."""

    item: PlanItem
    title: str
    doses: Sequence[str]
    because: str
    may_be_kept: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A plan beside the one signed before it; empty where there is none."""

    signed_at: datetime | None = None
    by_code: Mapping[str, Standing] = field(default_factory=dict)
    gone: Sequence[Gone] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """What newer data changed: the facts told otherwise, and the items that came, went or changed with them."""

    earlier: datetime
    facts: Sequence[Turned]
    changes: Sequence[Change]
    other_library: bool

    @property
    def counts(self) -> str:
        """How many items are new, gone and changed, in words that no number bends."""
        tally: dict[str, int] = {}
        for each in self.changes:
            tally[each.word] = tally.get(each.word, 0) + 1
        return " · ".join(f"{word}: {count}" for word, count in tally.items())


# --- beside the plan signed before


def signed_before(plan: Plan) -> Plan | None:
    """Return the plan a draft would take the place of, or the one a signed plan took the place of."""
    if plan.status not in UNSIGNED:
        return plan.replaces if plan.replaces_id else None
    return Plan.objects.filter(patient_id=plan.patient_id, status=Plan.Status.SIGNED).first()


def comparison(plan: Plan, before: Plan | None, items: Sequence[PlanItem], terms: Terms) -> Comparison:
    """Return every item beside the plan signed before, and what of that plan is gone, each with its reason."""
    if before is None:
        return Comparison()
    taken = {item.code: item for item in before.items.filter(decision__in=TAKEN) if item.kind not in NOT_TAKEN}
    told = [_as_taken(item) for item in items if item.kind not in NOT_TAKEN]
    found = differing.differences([words_of(item) | {"state": "proposed"} for item in taken.values()], told)
    gone = [taken[each.content["code"]] for each in found if each.kind == "gone"]
    return Comparison(
        signed_at=before.signed_at,
        by_code={each.content["code"]: _standing(each, terms) for each in found if each.kind != "gone"},
        gone=_gone(plan, before, gone, terms),
    )


def _as_taken(item: PlanItem) -> Content:
    """Return what an item says; one taken in spite of what holds it stands as if it were proposed."""
    return words_of(item) | ({"state": "proposed"} if item.decision in TAKEN else {})


def _standing(each: Difference, terms: Terms) -> Standing:
    if each.before is not None and each.content["state"] == "blocked":
        return Standing("stop")
    word = {"new": "start", "changed": "change", "same": "continue"}[each.kind]
    return Standing(word, differing.parts(each, terms) if word == "change" else ())


def _gone(plan: Plan, before: Plan, items: Sequence[PlanItem], terms: Terms) -> list[Gone]:
    why = why_gone(plan.evaluation, [item.content for item in items], terms)
    return [_left_out(item, before, why.get(item.code, ""), terms) for item in items]


def _left_out(item: PlanItem, before: Plan, because: str, terms: Terms) -> Gone:
    content, day = words_of(item), _ended_on(item, before)
    ended = day is not None and day <= timezone.localdate()
    if ended and day:
        because = _("Its course ended on %(day)s") % {"day": date_format(day, "DATE_FORMAT")}
    title, doses = differing.title_of(content, terms), presenting.dose_lines(content, terms)
    return Gone(item, title, doses, because, item.kind in adding.DRUGS and not ended)


def _ended_on(item: PlanItem, before: Plan) -> date | None:
    """Return the day the longest course of a medicine came to its end; None where one of them has no end."""
    lengths = [dose.get("duration_days") for dose in words_of(item).get("doses", ())]
    if not lengths or None in lengths or before.signed_at is None:
        return None
    return timezone.localdate(before.signed_at) + timedelta(days=max(filter(None, lengths), default=0))


def why_gone(
    evaluation: Evaluation, contents: Iterable[Content], terms: Terms, case: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Return, by code, what the rules that proposed these items lack under a newer evaluation, or in ``case``."""
    listed = list(contents)
    if not listed or not evaluation.release:
        return {}
    program, facts = engine_of(evaluation)
    if case is not None:
        facts = read_case(case, program.edition.vocabulary, program.edition.formulary)
    rules = {each["code"]: [(one["protocol"], one["rule"]) for one in each.get("reasons", ())] for each in listed}
    said = lacks(program, facts, rules, terms.language)
    return {each["code"]: _reason(each, said[each["code"]]) for each in listed}


def _reason(content: Content, lack: str) -> str:
    if content.get("by_hand") or not content.get("reasons"):
        return _("It was added by hand; no rule proposes it")
    return lack or _("The protocols no longer hold the rule that proposed it")


# --- beside what the engine said before the newest data


def since_before(plan: Plan, terms: Terms) -> Since | None:
    """Return what changed since the plan worked out before this one; None without one, or where nothing did."""
    earlier = _worked_out_before(plan)
    if earlier is None:
        return None
    old, new = (_by_rules(each) for each in (earlier, plan))
    found = [each for each in differing.differences(old, new) if each.kind != "same"]
    gone = why_gone(plan.evaluation, [each.content for each in found if each.kind == "gone"], terms)
    said = differing.changes(found, terms, gone)
    facts = turned(earlier.evaluation.case, plan.evaluation.case, terms)
    other = earlier.evaluation.release_id != plan.evaluation.release_id
    return Since(earlier.created_at, facts, said, other) if said else None


def _worked_out_before(plan: Plan) -> Plan | None:
    if plan.status != Plan.Status.DRAFT:
        return None
    older = Plan.objects.filter(patient_id=plan.patient_id, created_at__lt=plan.created_at)
    older = older.exclude(evaluation_id=plan.evaluation_id).select_related("evaluation")
    return older.prefetch_related("items").order_by("-created_at").first()


def _by_rules(plan: Plan) -> list[Content]:
    """Return the items of a plan as the engine gave them, in order."""
    items = sorted(plan.items.all(), key=lambda item: item.position)
    return [item.content for item in items if not adding.is_by_hand(item)]

"""One case through one program: rules, safety, merging, scores and what to ask, as a plan."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from engine.compiler.program import Program, Scope
from engine.evaluator import changing
from engine.evaluator.adding import Addition, by_hand, hold_for_age
from engine.evaluator.coverage import closed, coverage
from engine.evaluator.rules import Decided, decide, is_applicable, open_rules, proposals, reason_of
from engine.evaluator.safety import Checked, alternatives, check, list_fact
from engine.evaluator.scores import case_scores
from engine.evaluator.written import unconfirmed_of, written_only
from engine.facts import CaseFacts, Missing, Text
from engine.maximum import hold_above_maximum
from engine.merge import (
    Draft,
    check_interactions,
    combine,
    current,
    include,
    note_duplicates,
    note_opposed,
    one_entry_per_ingredient,
)
from engine.plan import Coverage, Item, OpenRule, Plan
from engine.urgency import URGENCIES, Urgency

NOTHING: changing.Instead = {}
_KINDS = ("alert", "ref", "dx", "test", "rx", "supp", "diet", "advice", "plan", "monitor", "fu")


def evaluate(
    program: Program,
    case: CaseFacts,
    added: Iterable[Addition] = (),
    without: Collection[str] = (),
    instead: changing.Instead = NOTHING,
) -> Plan:
    """Return the plan for one case. Pure: the same arguments give the same plan.

    ``added`` is what a doctor adds by hand: it passes safety and merging with the rest, for the reason ``BY_HAND``.
    ``without`` are codes of items that will not be given, such as rejected ones: nothing meets them.
    ``instead`` are doses a doctor gives in place of those of an item: held where safety would give less.
    """
    return plan_of(decide(program, case), case, added, without, instead)


def plan_of(
    decided: Decided,
    case: CaseFacts,
    added: Iterable[Addition] = (),
    without: Collection[str] = (),
    instead: changing.Instead = NOTHING,
) -> Plan:
    """Return the plan that decided rules come to; the rest as for ``evaluate``."""
    scope = decided.scope
    drafts, checked = drafted(decided, added, without, instead)
    items = _items(drafts, decided)
    opened = tuple(open_rules(decided))
    now = _ask_now(decided)
    diaries = coverage(scope)
    return Plan(
        id=case.id,
        hypotheses=tuple(item.code for item in items if item.kind == "dx" and item.state != "blocked"),
        items=items,
        urgency=_highest(item.urgency for item in items if item.state != "blocked"),
        ask=_asked(decided, _open_now(_wanted(decided, items, opened, checked), diaries), now, case),
        ask_now=_names(now, scope),
        follow_up_days=_follow_up(items),
        scores=case_scores(scope),
        versions=dict(sorted(scope.program.edition.versions.items())),
        open_rules=opened,
        not_proposed=tuple(reason_of(each.node) for each in decided.decisions if each.outcome == "excluded"),
        queries=tuple(sorted(case.queries)),
        coverage=diaries,
        conflicts=(*case.conflicts, *scope.text_conflicts),
        mentions=scope.mentions,
        unconfirmed=tuple(sorted(scope.unconfirmed)),
    )


def drafted(
    decided: Decided,
    added: Iterable[Addition] = (),
    without: Collection[str] = (),
    instead: changing.Instead = NOTHING,
) -> tuple[dict[str, Draft], Checked]:
    """Return the lines of the plan that decided rules come to, by code, and what the safety stage leaves behind."""
    scope = decided.scope
    wanted = [each for each in proposals(decided) if each.action.code not in without]
    drafts = combine([*wanted, *by_hand(added, scope.program)], scope.program)
    changing.give(drafts, instead, scope.program)
    checked = check([drafts[code] for code in sorted(drafts)], scope)
    hold_for_age(drafts.values(), scope)
    changing.hold_children(drafts, instead, scope)
    include(drafts, checked.added)
    _merge(drafts, scope, instead)
    return drafts, checked


def _merge(drafts: dict[str, Draft], scope: Scope, instead: changing.Instead) -> None:
    medications = list_fact("medications", scope)
    taken = current(scope.alarmed.values, medications)
    include(drafts, check_interactions(drafts, scope.program))
    changing.keep(drafts, instead)
    one_entry_per_ingredient(drafts)
    hold_above_maximum(drafts, scope.program, taken, medications)
    changing.hold_large_single_doses(drafts, instead, scope.program)
    note_duplicates(drafts, scope.program, taken)
    note_opposed(drafts, scope.program, taken)


def _items(drafts: Mapping[str, Draft], decided: Decided) -> tuple[Item, ...]:
    written = written_only(decided)
    found = (_item(draft, decided.scope, written) for draft in drafts.values())
    return tuple(sorted(found, key=lambda item: (-URGENCIES.index(item.urgency), _rank(item.kind), item.code)))


def _rank(kind: str) -> int:
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


def _item(draft: Draft, scope: Scope, written: Mapping[tuple[str, str], tuple[str, ...]]) -> Item:
    after = [action.after_days for action in draft.actions if action.after_days is not None]
    within = [action.within_days for action in draft.actions if action.within_days is not None]
    names = [action.with_questionnaire for action in draft.actions if action.with_questionnaire]
    return Item(
        code=draft.code,
        kind=draft.kind,
        state=draft.state,
        urgency=draft.urgency,
        title=_title(draft, scope),
        reasons=tuple(draft.reasons),
        drugs=draft.drugs,
        classes=tuple(sorted({name for drug in draft.drugs for name in scope.program.drugs.classes.get(drug, ())})),
        doses=tuple(draft.doses[drug] for drug in sorted(draft.doses)),
        patient_text=_patient_text(draft, scope),
        alternatives=alternatives(draft, scope) if draft.state == "blocked" else (),
        safety=tuple(draft.safety),
        waiting_for=tuple(draft.waiting) if draft.state == "held" else (),
        after_days=min(after, default=None),
        within_days=min(within, default=None),
        with_questionnaire=names[0] if names else None,
        red_flag=draft.red_flag,
        conflicts=tuple(draft.conflicts),
        unconfirmed=unconfirmed_of(draft, scope, written),
        answered_by=draft.answered_by if draft.kind == "alert" else (),
    )


def _title(draft: Draft, scope: Scope) -> Text:
    edition, name = scope.program.edition, draft.code.partition(":")[2]
    if draft.code in edition.vocabulary.codes:
        return edition.vocabulary.codes[draft.code].title
    if draft.regimen is not None:
        return draft.regimen.title
    medicine = edition.formulary.medicines.get(name)
    readable = name.replace("_", " ")
    return medicine.title if medicine is not None else {"es": readable, "en": readable}


def _patient_text(draft: Draft, scope: Scope) -> Text:
    own = next((action.patient for action in draft.actions if action.patient), None)
    if own is None and draft.regimen is not None:
        own = draft.regimen.patient
    spec = scope.program.edition.vocabulary.codes.get(draft.code)
    return own or (spec.patient if spec is not None and spec.patient else {})


def _highest(urgencies: Iterable[Urgency]) -> Urgency:
    return max(urgencies, key=URGENCIES.index, default="none")


def _follow_up(items: Iterable[Item]) -> int | None:
    days = (item.after_days for item in items if item.state != "blocked")
    return min((day for day in days if day is not None), default=None)


def _ask_now(decided: Decided) -> tuple[str, ...]:
    """Return the facts of red flags that are not known to be absent, of protocols that may apply to this case."""
    scope = decided.scope
    known = scope.program.edition.vocabulary.facts
    found: list[str] = []
    for decision in decided.decisions:
        red = decision.node.rule.red_flag and decision.outcome in {"open", "held"}
        if red and is_applicable(decision.node, scope):
            flags = [fact for fact in decision.waiting if fact in known and known[fact].red_flag]
            found += flags or decision.waiting
    aged = (
        name for name, value in sorted(scope.values.items()) if isinstance(value, Missing) and value.positive_before
    )
    written = (fact for fact in sorted(scope.unconfirmed) if fact in known and known[fact].red_flag)
    return tuple(dict.fromkeys([*written, *found, *aged]))


def _wanted(
    decided: Decided, items: tuple[Item, ...], opened: tuple[OpenRule, ...], checked: Checked
) -> tuple[str, ...]:
    """Return what would free held items, what rules and safety ask for, and what would settle open rules."""
    facts = [fact for item in items for fact in item.waiting_for]
    opening = (fact for rule in opened for fact in rule.waiting_for)
    return (*facts, *_rule_questions(decided), *checked.asked, *opening, *sorted(decided.scope.unconfirmed))


def _open_now(facts: Iterable[str], diaries: Iterable[Coverage]) -> tuple[str, ...]:
    """Return the facts without diaries whose missing days are past: they are no longer asked for."""
    past = closed(diaries)
    return tuple(fact for fact in facts if fact not in past)


def _asked(decided: Decided, facts: tuple[str, ...], now: tuple[str, ...], case: CaseFacts) -> tuple[str, ...]:
    """Return every name to ask for, red flags first."""
    known = decided.scope.program.edition.vocabulary.facts
    flags = [fact for fact in facts if fact in known and known[fact].red_flag]
    names = _names([*now, *flags, *facts], decided.scope)
    doubts = (name for fact in sorted(case.queries) for name in (fact, f"{fact}_unit", f"unit_{fact}"))
    return tuple(dict.fromkeys([*names, *doubts]))


def _rule_questions(decided: Decided) -> Iterator[str]:
    for decision in decided.decisions:
        if decision.outcome in {"proposed", "held"}:
            yield from (action.code for action in decision.node.rule.actions if action.kind == "ask")


def _names(facts: Iterable[str], scope: Scope) -> tuple[str, ...]:
    """Return the names under which facts are asked for; a fact may have several."""
    known = scope.program.edition.vocabulary.facts
    found = (name for fact in facts for name in ((known[fact].ask or (fact,)) if fact in known else (fact,)))
    return tuple(dict.fromkeys(found))

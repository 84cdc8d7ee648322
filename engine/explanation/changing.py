"""The smallest change of one answer that brings an item, takes it away, or makes its state, urgency or dose another.

A known value moves to the nearest value of each part that the thresholds tell apart; what no threshold of its own
separates (a sum, a score) is narrowed down to the fact's step. Every change is confirmed by the evaluator.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from engine.conditions import Expr, Includes, Name, nodes
from engine.evaluator.rules import DOSED
from engine.evaluator.safety import list_fact
from engine.explanation.answers import HYPOTHESIS, Answers
from engine.explanation.outcomes import MEDICINES, Group, Shown, come_to, decisions, lines
from engine.explanation.prospects import Live, Prospect
from engine.facts import CodeSet, FactSpec, FactValue, Value

_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that changes an item: ``before`` is None where nobody knows it, ``after`` the state None if it goes.

    ``distance`` is in the fact's own scale: 1 is all of it, and every other answer to a question or entry of a list.
    """

    fact: str
    before: FactValue | None
    after: FactValue
    distance: Fraction
    state: Shown | None


def changes(prospect: Prospect, code: str) -> tuple[Change, ...]:
    """Return for each fact behind an item the nearest answer that changes the item, nearest first."""
    group, facts = whole_group(prospect, code), _cone(prospect, code)
    known = prospect.program.edition.vocabulary.facts
    looking = _Looking(prospect, group, code)
    found = [looking.nearest(known[fact]) for fact in sorted(facts & known.keys()) if known[fact].obtainable]
    made = [each for each in found if each is not None]
    return tuple(sorted(made, key=lambda each: (each.before is None, each.distance, each.fact)))


@dataclass(slots=True)
class _Looking:
    """One item of one case, and what another answer makes of it."""

    prospect: Prospect
    group: Group
    code: str
    _met: dict[tuple[tuple[str, str], ...], Shown | None] = field(default_factory=dict)

    def with_answer(self, fact: str, value: FactValue) -> Shown | None:
        """Return what the item comes to; rules that come to the same give the same, unless safety looks at the fact."""
        scope = self.prospect.at({fact: value})
        if self.group.name != MEDICINES or fact in self.prospect.known.guarding:
            return come_to(self.group, scope).get(self.code)
        decided = decisions(self.group, scope)
        key = tuple((each.node.name, each.outcome) for each in decided)
        if key not in self._met:
            self._met[key] = lines(self.group, scope, decided).get(self.code)
        return self._met[key]

    def nearest(self, spec: FactSpec) -> Change | None:
        """Return the nearest answer to a fact that changes the item."""
        prospect = self.prospect
        value = prospect.case.values.get(spec.name)
        before = value if isinstance(value, Value | CodeSet) and spec.name not in prospect.open else None
        now = come_to(self.group, prospect.scope).get(self.code)
        for answer in _alternatives(prospect, self.code, spec, before):
            after = self.with_answer(spec.name, answer)
            if after != now:
                return self._narrowed(spec, before, answer, now)
        return None

    def _narrowed(self, spec: FactSpec, before: FactValue | None, answer: FactValue, now: Shown | None) -> Change:
        """Return a change, moved towards the present value as far as it still is one."""
        known = self.prospect.known.answers(spec.name)
        start, end = _number(before), _number(answer)
        if start is not None and end is not None and known.loose:
            end = self._crossing(spec.name, (start, end), known.step, now)
            answer = Value(end, HYPOTHESIS)
        return Change(spec.name, before, answer, distance(spec, before, answer), self.with_answer(spec.name, answer))

    def _crossing(self, fact: str, ends: tuple[Fraction, Fraction], step: Fraction, now: Shown | None) -> Fraction:
        same, other = ends
        for _ in range(_HALVINGS):
            middle = step * round((same + other) / 2 / step)
            if middle in (same, other) or abs(other - same) <= step:
                break
            if self.with_answer(fact, Value(middle, HYPOTHESIS)) == now:
                same = middle
            else:
                other = middle
        return other


def distance(spec: FactSpec, before: FactValue | None, after: FactValue) -> Fraction:
    """Return how far apart two answers are, in the fact's own scale."""
    start, end = _number(before), _number(after)
    if start is None or end is None:
        return Fraction(1)
    width = spec.range[1] - spec.range[0] if spec.range is not None else max(abs(start), abs(end), Fraction(1))
    return abs(end - start) / (width or Fraction(1))


def _number(value: FactValue | None) -> Fraction | None:
    known = value.value if isinstance(value, Value) else None
    return known if isinstance(known, Fraction) else None


# --- what an item rests on


def whole_group(prospect: Prospect, code: str) -> Group:
    """Return every rule that decides an item, whatever is known of the case, and every fact behind them."""
    found = whole_groups(prospect)
    return next((group for group in found if code in group.codes), Group(code, frozenset((code,)), (), frozenset()))


def whole_groups(prospect: Prospect) -> tuple[Group, ...]:
    """Return all groups of a program, as if every fact were open; worked out once a program."""
    kept = prospect.program.kept
    found = kept.get("groups")
    if not isinstance(found, tuple):
        found = kept["groups"] = tuple(_whole_groups(prospect))
    return found


def _whole_groups(prospect: Prospect) -> Iterator[Group]:
    rules, brought = prospect.program.rules, prospect.known.brought
    every = [(node, action) for node in rules for action in node.rule.actions if action.kind not in {"conclude", "ask"}]
    dosed = frozenset(action.code for _, action in every if action.kind in DOSED) | brought
    for code in dict.fromkeys(action.code for _, action in every if action.code not in dosed):
        yield _whole(prospect, code, frozenset((code,)))
    yield _whole(prospect, MEDICINES, dosed)


def _whole(prospect: Prospect, name: str, codes: frozenset[str]) -> Group:
    rules = [node for node in prospect.program.rules if any(action.code in codes for action in node.rule.actions)]
    facts = frozenset().union(*(_cone(prospect, code) for code in codes))
    return Group(name, codes, tuple(Live(node, (), frozenset()) for node in rules), facts)


def _cone(prospect: Prospect, code: str) -> frozenset[str]:
    """Return the facts that the rules of an item read, and those that the safety of its medicines looks at."""
    found: set[str] = set()
    for node in prospect.program.rules:
        actions = [action for action in node.rule.actions if action.code == code]
        if actions:
            found.update(prospect.known.rule_facts(node.name))
        if any(prospect.drugs(action) for action in actions):
            found |= {"age", list_fact("allergies", prospect.scope), list_fact("medications", prospect.scope)}
    for expr in _dangers(prospect, code):
        found |= prospect.known.facts(expr)
    return frozenset(found)


def _dangers(prospect: Prospect, code: str) -> Iterator[Expr]:
    formulary = prospect.program.edition.formulary
    for drug in _drugs(prospect, code):
        yield from (condition.when for condition in formulary.medicines[drug].safety)
    regimen = formulary.regimens.get(code.partition(":")[2])
    yield from (condition.when for condition in (regimen.safety if regimen is not None else ()))


def _drugs(prospect: Prospect, code: str) -> tuple[str, ...]:
    actions = [action for node in prospect.program.rules for action in node.rule.actions if action.code == code]
    return tuple(dict.fromkeys(drug for action in actions for drug in prospect.drugs(action)))


# --- other answers, nearest first


def _alternatives(prospect: Prospect, code: str, spec: FactSpec, before: FactValue | None) -> list[FactValue]:
    if spec.type == "set":
        return list(_lists(before, _entries(prospect, code, spec.name)))
    known = prospect.known.answers(spec.name)
    start = _number(before)
    if start is None:
        return [each for each in known.values if not (isinstance(before, Value) and _same(each, before))]
    numbers = {number for number in _beside(known, spec) if number != start}
    return [Value(each, HYPOTHESIS) for each in sorted(numbers, key=lambda each: (abs(each - start), each))]


def _same(one: FactValue, other: Value) -> bool:
    return isinstance(one, Value) and one.value == other.value


def _beside(known: Answers, spec: FactSpec) -> Iterator[Fraction]:
    """Yield the values at each threshold and one step to either side, and those that stand for the rest."""
    low, high = spec.range or (None, None)
    for mark in known.marks:
        for number in (mark - known.step, mark, mark + known.step):
            if number % known.step == 0 and (low is None or number >= low) and (high is None or number <= high):
                yield number
    yield from (number for number in map(_number, known.values) if number is not None)


def _lists(before: FactValue | None, entries: Iterable[str]) -> Iterator[CodeSet]:
    """Yield a list with one entry more or less; of one that nobody asked for, none and each entry alone."""
    if not isinstance(before, CodeSet):
        yield CodeSet(frozenset(), HYPOTHESIS)
        yield from (CodeSet(frozenset((entry,)), HYPOTHESIS) for entry in entries)
        return
    yield from (replace(before, codes=before.codes - {code}) for code in sorted(before.codes))
    yield from (replace(before, codes=before.codes | {entry}) for entry in entries if entry not in before.codes)


def _entries(prospect: Prospect, code: str, fact: str) -> list[str]:
    """Return the entries of a list that may matter to an item, by the names that its conditions use."""
    found: dict[str, None] = {}
    parts = [part for node in prospect.program.rules for part in node.conditions if _gives(node.rule.actions, code)]
    for part in (*parts, *_dangers(prospect, code)):
        found.update(dict.fromkeys(_named(prospect, part, fact, set())))
    if fact == list_fact("allergies", prospect.scope):
        found.update(dict.fromkeys(_drugs(prospect, code)))
    if fact == list_fact("medications", prospect.scope):
        sides = prospect.program.drugs.interactions
        found.update(dict.fromkeys(side for drug in _drugs(prospect, code) for _, side in sides.get(drug, ())))
    return list(found)


def _gives(actions: Iterable[object], code: str) -> bool:
    return any(getattr(action, "code", None) == code for action in actions)


def _named(prospect: Prospect, expr: Expr, fact: str, seen: set[str]) -> Iterator[str]:
    for node in nodes(expr):
        if isinstance(node, Includes) and node.fact == fact:
            yield node.code
        elif isinstance(node, Name) and node.kind == "definition" and node.name not in seen:
            seen.add(node.name)
            yield from _named(prospect, prospect.program.definitions[node.name], fact, seen)
        elif isinstance(node, Name) and node.kind == "conclusion" and node.name not in seen:
            seen.add(node.name)
            for rule in prospect.program.conclusions[node.name]:
                for part in prospect.program.rules[prospect.program.positions[rule]].conditions:
                    yield from _named(prospect, part, fact, seen)

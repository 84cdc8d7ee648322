"""What to ask next: the open facts that can still change the plan, cheapest first, and whether none of them can.

A fact can change the plan if there are answers to other open facts (or none) with which one answer to it makes the
state, urgency or dose of an item another. Each such claim is confirmed by the evaluator; that a fact cannot is said
only where it follows from what is settled or every answer was tried. What is neither is "not decided".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product
from math import prod

from engine.compiler.program import Program
from engine.evaluator import evaluate
from engine.explanation.alike import Given
from engine.explanation.answers import HYPOTHESIS
from engine.explanation.outcomes import MEDICINES, Group, Outcome, Outcomes, Shown
from engine.explanation.prospects import NOTHING, Live, Prospect, answered
from engine.explanation.witness import Guesses
from engine.facts import CaseFacts, CodeSet
from engine.plan import Plan

WORK = 400  # rules decided in all, for one case, where every answer is tried
_GUESSES = 2  # answers tried for one fact of one rule
_RULES = 3  # rules tried for one fact
_PATIENCE = 12  # facts that may be looked for in vain about one item
_TRIED = 3  # guesses tried for one fact


@dataclass(frozen=True, slots=True)
class Question:
    """An open fact that can still change the plan, or of which that was not decided.

    ``items`` are codes it bears on, those it can change by itself first; ``now``: an answer to it alone changes one.
    """

    fact: str
    decided: bool
    now: bool
    items: tuple[str, ...]
    cost: Fraction
    red_flag: bool
    frees: bool = False  # a held item waits for it


@dataclass(frozen=True, slots=True)
class Asking:
    """``questions`` in the order in which to ask; ``settled``: nothing that can be asked changes the plan."""

    questions: tuple[Question, ...]

    @property
    def settled(self) -> bool:
        return not self.questions


def prepare(program: Program) -> None:
    """Work out what depends on the program alone, by asking of somebody of whom nothing is known."""
    nobody = CaseFacts("", None, {})
    asking(Outcomes(Prospect(program, nobody)), evaluate(program, nobody))


def asking(outcomes: Outcomes, plan: Plan) -> Asking:
    """Return what to ask next of the case whose plan is ``plan``, in the order of least expected cost."""
    found = Verdicts(outcomes)
    facts = outcomes.prospect.program.edition.vocabulary.facts
    asked = {fact: found.on(fact) for fact in sorted(found.bound) if facts[fact].obtainable}
    open_ = [_question(fact, verdict, found, plan) for fact, verdict in asked.items() if verdict is not False]
    costs = expected(outcomes, {each.fact: each.cost for each in open_}, found)
    ranked = sorted(open_, key=lambda each: _rank(each, costs, found))
    return Asking((*ranked, *_doses(plan, facts)))


def asking_about(outcomes: Outcomes, plan: Plan, code: str) -> Asking:
    """Return what to ask next if only one item matters: the open facts that can still change that item."""
    found = Verdicts(outcomes, only=code, patience=_PATIENCE)
    facts = outcomes.prospect.program.edition.vocabulary.facts
    asked = {fact: found.on(fact) for fact in sorted(found.bound) if facts[fact].obtainable}
    open_ = [_question(fact, verdict, found, plan) for fact, verdict in asked.items() if verdict is not False]
    doses = (each for each in _doses(plan, facts) if code in each.items)
    return Asking((*sorted(open_, key=lambda each: _rank(each, {}, found)), *doses))


def _question(fact: str, verdict: bool | None, found: "Verdicts", plan: Plan) -> Question:
    spec = found.outcomes.prospect.program.edition.vocabulary.facts[fact]
    freed = [item.code for item in plan.items if fact in item.waiting_for]
    witness = found.witnesses.get(fact, NOTHING)
    codes = dict.fromkeys([*freed, *found.moves(fact)])
    return Question(
        fact, bool(verdict), bool(freed) or len(witness) == 1, tuple(codes), spec.cost, spec.red_flag, bool(freed)
    )


def _rank(each: Question, costs: Mapping[str, Fraction], found: "Verdicts") -> tuple[object, ...]:
    """Return where a question stands: by its expected cost, or by what must be asked until it changes something."""
    facts = found.outcomes.prospect.program.edition.vocabulary.facts
    others = sum((facts[name].cost for name in found.witnesses.get(each.fact, {each.fact: None})), Fraction(0))
    cost = costs.get(each.fact, Fraction(0))
    return (cost, not each.decided, others, not each.red_flag, not each.frees, -len(each.items), each.fact)


def _doses(plan: Plan, facts: Mapping[str, object]) -> Iterator[Question]:
    """Yield the doses of current medicines that hold an item: no facts, but questions all the same."""
    held = {name: item for item in plan.items for name in item.waiting_for if name not in facts}
    for name in sorted(held):
        codes = tuple(item.code for item in plan.items if name in item.waiting_for)
        yield Question(name, decided=False, now=True, items=codes, cost=Fraction(1), red_flag=False, frees=True)


@dataclass(slots=True)
class Verdicts:
    """Whether each open fact can change the plan: True with answers that show it, False if none do, else None."""

    outcomes: Outcomes
    work: int = WORK
    only: str = ""  # the code of the one item that is looked at; empty: the whole plan
    patience: int = 1000  # facts of which nothing is found until no more is looked for
    guesses: Guesses = field(init=False)
    witnesses: dict[str, Given] = field(default_factory=dict)  # answers with which the fact changes an item
    tried: dict[str, frozenset[str] | None] = field(default_factory=dict)  # group -> facts that change it, if all tried
    bound: frozenset[str] = field(init=False)  # facts that may change something at all
    _groups: dict[str, list[Group]] = field(default_factory=dict)
    _lives: dict[tuple[str, str], list[Live]] = field(default_factory=dict)  # rules of a group that read a fact
    _listing: dict[str, list[tuple[Live, str]]] | None = None  # rules and items whose safety looks at an open list

    def __post_init__(self) -> None:
        self.guesses = Guesses(self.outcomes.prospect)
        groups = [self.outcomes.about(self.only)] if self.only else list(self.outcomes.groups.values())
        self.bound = frozenset().union(*(group.facts for group in groups))
        for group in sorted(groups, key=lambda each: (each.name == MEDICINES, len(each.facts))):
            for fact in group.facts:
                self._groups.setdefault(fact, []).append(group)
            for live in sorted(group.lives, key=lambda each: len(each.facts)):
                for fact in live.facts:
                    self._lives.setdefault((group.name, fact), []).append(live)

    def moves(self, fact: str) -> list[str]:
        """Return the codes of the items that a fact may move, those of medicines last."""
        plain = [group.name for group in self._groups.get(fact, ()) if group.name != MEDICINES]
        given = [
            code for group in self._groups.get(fact, ()) if group.name == MEDICINES for code in self._given(fact, group)
        ]
        return [*plain, *given]

    def _given(self, fact: str, group: Group) -> Iterator[str]:
        for live in group.lives:
            if fact in live.facts:
                yield from (action.code for action in live.node.rule.actions if action.code in group.codes)

    def on(self, fact: str) -> bool | None:
        """Return whether an open fact can change the plan."""
        if fact not in self.witnesses and self.patience > 0:
            self._look_for(fact)
        if fact in self.witnesses:
            return True
        self.patience -= 1
        decided = [self._every(group) for group in self._groups.get(fact, ())]
        if any(found is not None and fact in found for found in decided):
            return True
        return None if None in decided else False

    # --- guesses, confirmed

    def _look_for(self, fact: str) -> None:
        for group, given in islice(self._candidates(fact), _TRIED):
            if self._shows(fact, group, given):
                return

    def _candidates(self, fact: str) -> Iterator[tuple[Group, Given]]:
        for group in self._groups.get(fact, ()):
            start = self._grown_up(group)
            for live in self._lives.get((group.name, fact), ())[:_RULES]:
                yield from ((group, each) for each in self._of_rule(live, fact, start))
            if group.name == MEDICINES:
                yield from ((group, each) for each in self._of_medicines(fact, group, start))

    def _of_rule(self, live: Live, fact: str, start: Given) -> Iterable[Given]:
        """Return answers under which a rule may come or go because of that to ``fact``."""
        common = self.outcomes.prospect.common(live.node.name)
        if common is None:
            return islice(self.guesses.of_rule(live, fact, start), _GUESSES)
        key = fact, answered(start, start.keys())
        if key not in common.guesses:
            common.guesses[key] = tuple(islice(self.guesses.of_rule(live, fact, start), _GUESSES))
        return common.guesses[key]

    def _grown_up(self, group: Group) -> Given:
        """Return the age at which medicines are given, where nobody knows it."""
        if group.name != MEDICINES or "age" not in self.outcomes.prospect.open:
            return NOTHING
        ages = self.outcomes.prospect.known.answers("age").values
        return {"age": ages[len(ages) // 2]} if ages else NOTHING

    def _of_medicines(self, fact: str, group: Group, start: Given) -> Iterator[Given]:
        asked = self.outcomes.prospect.asked
        for live, _, part in group.dangers:
            if fact in asked(part.expr, part.scope, red=part.red):
                yield from islice(self.guesses.of_danger(live, part, fact, start), _GUESSES)
        for live, code in self._looking_at(fact, group):
            if (given := self.guesses.fire(live.node, start)) is not None:
                yield from ({**given, fact: _list(met)} for met in self._met(code, fact))

    def _looking_at(self, fact: str, group: Group) -> list[tuple[Live, str]]:
        """Return the rules about medicines, each with an item, of which the safety looks at an open list."""
        if self._listing is None:
            self._listing = {}
            acting = ((live, action) for live in group.lives for action in live.node.rule.actions)
            for live, action in acting:
                for name in self.outcomes.prospect.lists(action):
                    self._listing.setdefault(name, []).append((live, action.code))
        return self._listing.get(fact, [])

    def _met(self, code: str, fact: str) -> Iterator[str]:
        """Yield entries of a list that a medicine of an item must not meet."""
        prospect = self.outcomes.prospect
        actions = [action for live in self.outcomes.lives for action in live.node.rule.actions if action.code == code]
        for drug in {drug: None for action in actions for drug in prospect.drugs(action)}:
            sides = [side for _, side in prospect.program.drugs.interactions.get(drug, ())]
            yield from (drug, *sides[:2])

    def _shows(self, fact: str, group: Group, given: Given) -> bool:
        """Return whether the plan changes with ``fact`` beside the other answers; the others are looked at in turn."""
        full = self._of(group, given)
        if not self._differs(fact, group, given, full):
            return False
        self.witnesses[fact] = given
        for name in sorted(given.keys() - self.witnesses.keys()):
            if self._differs(name, group, given, full):
                self.witnesses[name] = given
        return True

    def _differs(self, fact: str, group: Group, given: Given, full: Outcome | Shown | None) -> bool:
        without = {name: value for name, value in given.items() if name != fact}
        return self._of(group, without) != full

    def _of(self, group: Group, given: Given) -> Outcome | Shown | None:
        found = self.outcomes.trials.of(group, given)
        return found.get(self.only) if self.only else found

    # --- every answer

    def _every(self, group: Group) -> frozenset[str] | None:
        """Return the facts that change a group, if all answers are few enough to be tried."""
        if group.name not in self.tried:
            self.tried[group.name] = self._try(group)
        return self.tried[group.name]

    def _try(self, group: Group) -> frozenset[str] | None:
        facts = sorted(group.facts)
        known = [self.outcomes.prospect.known.answers(fact) for fact in facts]
        size = prod(len(each.values) + 1 for each in known) * max(len(group.lives), 1)
        if not all(each.whole for each in known) or size > self.work:
            return None
        self.work -= size
        rows = table(self.outcomes, [group], facts, self.only)
        return frozenset(fact for index, fact in enumerate(facts) if _moves(rows, index))


def table(
    outcomes: Outcomes, groups: Iterable[Group], facts: list[str], only: str = ""
) -> dict[tuple[int, ...], object]:
    """Return what groups, or one item, come to for every selection of answers, by their numbers; 0: not answered."""
    known = [(None, *outcomes.prospect.known.answers(fact).values) for fact in facts]
    rows: dict[tuple[int, ...], object] = {}
    for chosen in product(*(range(len(each)) for each in known)):
        given = {
            fact: value for fact, each, n in zip(facts, known, chosen, strict=True) if (value := each[n]) is not None
        }
        found = [outcomes.trials.of(group, given) for group in groups]
        rows[chosen] = [each.get(only) for each in found] if only else found
    return rows


def _moves(rows: Mapping[tuple[int, ...], object], index: int) -> bool:
    """Return whether an answer to the fact at ``index`` ever makes a difference."""
    return any(rows[key] != rows[(*key[:index], 0, *key[index + 1 :])] for key in rows if key[index])


# --- order


def expected(outcomes: Outcomes, costs: Mapping[str, Fraction], found: Verdicts) -> dict[str, Fraction]:
    """Return what it costs on average until nothing can change, beginning with each fact; {} if that is too much."""
    facts = sorted(costs)
    known = [outcomes.prospect.known.answers(fact) for fact in facts]
    groups = [group for group in outcomes.groups.values() if group.facts.intersection(facts)]
    hidden = any(group.facts - set(facts) for group in groups)
    size = prod(len(each.values) + 1 for each in known) * max(sum(len(group.lives) for group in groups), 1)
    if not facts or hidden or not all(each.whole for each in known) or size > _EXACT:
        return {}
    return Sequence(table(outcomes, groups, facts), facts, costs).first()


_EXACT = 2000  # rules decided for the exact order


@dataclass(slots=True)
class Sequence:
    """The cheapest sequence of questions, by recursion over the answers: each answer as likely as another."""

    rows: Mapping[tuple[int, ...], object]
    facts: list[str]
    costs: Mapping[str, Fraction]
    _most: tuple[int, ...] = field(init=False)  # the last answer to each fact
    _known: dict[tuple[int, ...], Fraction] = field(default_factory=dict)
    _still: dict[tuple[int, ...], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._most = max(self.rows)

    def first(self) -> dict[str, Fraction]:
        start = (0,) * len(self.facts)
        return {fact: self._beginning(start, index) for index, fact in enumerate(self.facts)}

    def _beginning(self, key: tuple[int, ...], index: int) -> Fraction:
        after = [self._cost(self._with(key, index, n)) for n in self._answers(index)]
        return self.costs[self.facts[index]] + sum(after, Fraction(0)) / len(after)

    def _answers(self, index: int) -> range:
        return range(1, self._most[index] + 1)

    def _with(self, key: tuple[int, ...], index: int, answer: int) -> tuple[int, ...]:
        return (*key[:index], answer, *key[index + 1 :])

    def _cost(self, key: tuple[int, ...]) -> Fraction:
        if key not in self._known:
            left = [] if self._settled(key) else [i for i, n in enumerate(key) if n == 0]
            self._known[key] = min((self._beginning(key, index) for index in left), default=Fraction(0))
        return self._known[key]

    def _settled(self, key: tuple[int, ...]) -> bool:
        """Return whether no further answer changes what is said."""
        if key not in self._still:
            further = (self._with(key, i, n) for i, old in enumerate(key) if not old for n in self._answers(i))
            self._still[key] = all(self.rows[each] == self.rows[key] and self._settled(each) for each in further)
        return self._still[key]


def _list(code: str) -> CodeSet:
    return CodeSet(frozenset((code,)), HYPOTHESIS)


__all__ = ["WORK", "Asking", "Question", "Verdicts", "asking", "asking_about", "expected", "prepare"]

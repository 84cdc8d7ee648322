"""What of a case is still open: which rules may still come or go, and the facts on which that can depend.

A condition is settled when no further answer can move it. That is more than being decided: what reads ``unknown(x)``
is decided while x is unknown and turns when it is answered, and so does what rests on the patient's own words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from engine.compiler.intervals import at_least, conjunction, disjunction, negation
from engine.compiler.program import Program, RuleNode, Scope, ScoreState
from engine.compiler.walk import is_adult, rule_truth, scope_of, truth
from engine.conditions import And, AtLeast, Expr, Known, Name, Not, Or
from engine.evaluator.rules import is_guarded, not_false, reads
from engine.evaluator.safety import list_fact
from engine.explanation.alike import Answered, Common, Given, Likeness, alike
from engine.explanation.answers import Readings, Resting, readings
from engine.explanation.layers import Layer, Scores
from engine.facts import CaseFacts, CodeSet, FactValue, Mention, Missing, Series
from engine.language.documents import Action
from engine.merge import regimen_of
from engine.plan import Truth

NOTHING: Given = {}


class Part(NamedTuple):
    """A condition of a rule or a medicine as it is read for a case, and what would let the rule fire."""

    expr: Expr
    scope: Scope
    red: bool
    wanted: bool


@dataclass(frozen=True, slots=True)
class Live:
    """A rule that fires or may still do so; ``facts`` are the open ones that decide whether it does."""

    node: RuleNode
    parts: tuple[Part, ...]
    facts: frozenset[str]


_NOT_READ = Resting()
_JOINED = frozenset((And, Or, Not, AtLeast, Name))  # made of other conditions: most are not, and are told apart at once


def answered(given: Given, facts: AbstractSet[str]) -> Answered:
    """Return the answers to some facts, as what tells trials apart. The answers must be kept as long as this is."""
    return frozenset((fact, id(value)) for fact, value in given.items() if fact in facts)


@dataclass(slots=True)
class Prospect:
    """One case before one program, and what is still open in it."""

    program: Program
    case: CaseFacts
    known: Readings = field(init=False)
    mentions: tuple[Mention, ...] = field(init=False)
    scope: Scope = field(init=False)
    open: frozenset[str] = field(init=False)
    _turns: bool = field(init=False)  # the patient wrote what nobody confirmed: any answer may take back what it says
    _scores: dict[tuple[str, Answered], ScoreState] = field(default_factory=dict)  # found under further answers
    _used: list[Given] = field(default_factory=list)  # answers known by their identity are kept
    _still: dict[tuple[int, int, bool], Truth] = field(default_factory=dict)
    _rules: dict[tuple[str, int], Truth] = field(default_factory=dict)
    _asked: dict[tuple[int, int, bool], frozenset[str]] = field(default_factory=dict)
    _likeness: Likeness = field(init=False)

    def __post_init__(self) -> None:
        self.known = readings(self.program)
        self.scope = scope_of(self.program, self.case)
        self.mentions = self.scope.mentions
        self._turns = bool(self.scope.unconfirmed)
        written = frozenset(fact for each in self.mentions for fact in (each.fact, *each.also))
        self._likeness = Likeness(alike(self.program), self.case, written)
        facts = self.program.edition.vocabulary.facts.items()
        self.open = frozenset(name for name, spec in facts if spec.type != "text" and self._is_open(name))

    def _is_open(self, fact: str) -> bool:
        value = self.case.values.get(fact)
        if isinstance(value, CodeSet):
            return not value.complete or fact in self.scope.unconfirmed
        if isinstance(value, Series):
            return None in value.values
        return value is None or isinstance(value, Missing) or fact in self.scope.unconfirmed

    def at(self, given: Given) -> Scope:
        """Return the case with further answers in it."""
        if not given:
            return self.scope
        values = {**self.case.values, **given}
        if self.mentions:
            case = replace(self.case, values=values, decided=self.case.decided | given.keys())
            return scope_of(self.program, case, self.mentions)
        return self._told(values, given)

    def _told(self, values: Mapping[str, FactValue], given: Given) -> Scope:
        """Return the scope of further answers, which shares all that does not rest on them."""
        base = self.scope
        resting = [self.known.resting.get(fact, _NOT_READ) for fact in given]
        self._used.append(given)
        return Scope(
            self.program, values, adult=is_adult(values) if "age" in given else base.adult, repeated=base.repeated,
            today=base.today,
            truths=Layer(base.truths, [each.truths for each in resting]),
            states=Scores(base.states, [each.scores for each in resting], self._scores, self._answers(given)),
            decided=Layer(base.decided, [each.conditions for each in resting]),
        )  # fmt: skip

    def _answers(self, given: Given) -> Callable[[str], Answered]:
        return lambda score: answered(given, self.known.score_facts[score])

    # --- settled or not

    def still(self, expr: Expr, scope: Scope, *, red: bool = False) -> Truth:
        """Return what a condition is whatever else is answered; None if an answer may still move it."""
        key = (id(expr), id(scope), red)
        found = self._still.get(key, ...)
        if found is ...:
            turns = self._turns or not self.known.turning(expr).isdisjoint(self.open)
            found = self._still[key] = self._found(expr, scope, red) if turns else truth(expr, scope, red=red)
        return found

    def _found(self, expr: Expr, scope: Scope, red: bool) -> Truth:
        if type(expr) not in _JOINED:
            decided = truth(expr, scope, red=red)
            return None if decided is None or self._may_turn(expr) else decided
        match expr:
            case And(parts=parts):
                return conjunction(self.still(part, scope, red=red) for part in parts)
            case Or(parts=parts):
                return disjunction(self.still(part, scope, red=red) for part in parts)
            case Not(part=part):
                return negation(self.still(part, scope.turned or scope, red=red))
            case AtLeast(count=count, parts=parts):
                return at_least(count, [self.still(part, scope, red=red) for part in parts])
            case Name(name=name, kind="definition"):
                return self.still(self.program.definitions[name], scope, red=red)
            case Name(name=name, kind="conclusion"):
                return disjunction(self.rule_still(rule, scope) for rule in self.program.conclusions[name])
        decided = truth(expr, scope, red=red)
        return None if decided is None or self._may_turn(expr) else decided

    def _may_turn(self, expr: Expr) -> bool:
        if isinstance(expr, Known):
            return expr.fact in self.open
        unsure = self.scope.unconfirmed
        return bool((self.known.turning(expr) & self.open) or (unsure and self.known.facts(expr) & unsure))

    def rule_still(self, name: str, scope: Scope) -> Truth:
        """Return whether a rule is proposed whatever else is answered."""
        if not self._turns and self.known.rule_turning(name).isdisjoint(self.open):
            return rule_truth(name, scope)
        key = (name, id(scope))
        if key not in self._rules:
            node = self.program.rules[self.program.positions[name]]
            self._rules[key] = conjunction(self._rule_parts(node, scope))
        return self._rules[key]

    def _rule_parts(self, node: RuleNode, scope: Scope) -> Iterator[Truth]:
        red = node.rule.red_flag
        for part in (node.applies, node.when):
            yield True if part is None else self.still(part, scope, red=red)
        yield True if node.exclude is None else negation(self.still(node.exclude, scope.excluding, red=red))
        for silencer in node.silencers:
            yield negation(self.rule_still(silencer, scope.excluding))

    def asked(self, expr: Expr, scope: Scope, *, red: bool = False) -> frozenset[str]:
        """Return the open facts on which a condition can still depend; none if it is settled."""
        key = (id(expr), id(scope), red)
        if key not in self._asked:
            settled = self.still(expr, scope, red=red) is not None
            self._asked[key] = frozenset() if settled else frozenset(self._open_facts(expr, scope, red))
        return self._asked[key]

    def _open_facts(self, expr: Expr, scope: Scope, red: bool) -> Iterator[str]:
        if type(expr) not in _JOINED:
            yield from self.known.facts(expr) & self.open
            return
        match expr:
            case And(parts=parts) | Or(parts=parts) | AtLeast(parts=parts):
                for part in parts:
                    yield from self.asked(part, scope, red=red)
            case Not(part=part):
                yield from self.asked(part, scope.turned or scope, red=red)
            case Name(name=name, kind="definition"):
                yield from self.asked(self.program.definitions[name], scope, red=red)
            case Name(name=name, kind="conclusion"):
                for rule in self.program.conclusions[name]:
                    yield from self.rule_asked(rule, scope)
            case _:
                yield from self.known.facts(expr) & self.open

    def rule_asked(self, name: str, scope: Scope) -> frozenset[str]:
        """Return the open facts on which it depends whether a rule is proposed."""
        if self.rule_still(name, scope) is not None:
            return frozenset()
        node = self.program.rules[self.program.positions[name]]
        red = node.rule.red_flag
        found = [self.asked(part, scope, red=red) for part in (node.applies, node.when) if part is not None]
        found += [self.asked(node.exclude, scope.excluding, red=red)] if node.exclude is not None else []
        found += [self.rule_asked(silencer, scope.excluding) for silencer in node.silencers]
        return frozenset().union(*found)

    # --- rules and medicines

    def live(self) -> Iterator[Live]:
        """Yield every rule that puts something into the plan or may still do so."""
        possible = set(not_false(self.scope))
        for index, node in enumerate(self.program.rules):
            turns = index in possible or not self.known.rule_turning(node.name).isdisjoint(self.open)
            if turns and node.name in self.known.acting:
                found = self._live(node)
                if found is not None:
                    yield found

    def common(self, rule: str) -> Common | None:
        """Return what holds of a rule in all cases like this one; None if there is no other like it."""
        return self._likeness.of(rule)

    def _live(self, node: RuleNode) -> Live | None:
        parts, common = self._parts(node), self.common(node.name)
        if common is None:
            facts = self._deciding(node, parts)
        else:
            if not common.is_known:
                common.facts, common.is_known = self._deciding(node, parts), True
            facts = common.facts
        return None if facts is None else Live(node, parts, facts)

    def _parts(self, node: RuleNode) -> tuple[Part, ...]:
        red = node.rule.red_flag
        indication, exclusion = reads(node, self.scope)
        parts = [] if node.applies is None else [Part(node.applies, self.scope, red, True)]
        parts.append(Part(node.when, indication, red, True))
        parts += [] if node.exclude is None else [Part(node.exclude, exclusion, red, False)]
        return tuple(parts)

    def _deciding(self, node: RuleNode, parts: tuple[Part, ...]) -> frozenset[str] | None:
        """Return the open facts that decide whether a rule fires; None if it surely does not."""
        _, exclusion = reads(node, self.scope)
        if any(self.still(each.expr, each.scope, red=each.red) is (not each.wanted) for each in parts):
            return None
        if any(self.rule_still(name, exclusion) for name in node.silencers):
            return None
        facts = [self.asked(each.expr, each.scope, red=each.red) for each in parts]
        facts += [self.rule_asked(name, exclusion) for name in node.silencers]
        return frozenset().union(*facts)

    def may_give(self, node: RuleNode, action: Action) -> bool:
        """Return whether an action may be proposed at the age of the patient."""
        return not is_guarded(node, action.kind) or self.scope.adult is not False or "age" in self.open

    def drugs(self, action: Action) -> tuple[str, ...]:
        """Return the medicines that an action gives."""
        if action.kind not in {"prescribe", "supplement"}:
            return ()
        regimen = regimen_of(action, self.program)
        if regimen is not None:
            return tuple(part.medicine for part in regimen.parts)
        medicine = action.medicine or action.code.partition(":")[2]
        return (medicine,) if medicine in self.program.edition.formulary.medicines else ()

    def dangers(self, action: Action) -> Iterator[Part]:
        """Yield the safety conditions of what an action gives that are not settled."""
        formulary, regimen = self.program.edition.formulary, regimen_of(action, self.program)
        own = [formulary.medicines[drug].safety for drug in self.drugs(action)]
        own += [regimen.safety] if regimen is not None and action.kind in {"prescribe", "supplement"} else []
        for condition in (each for conditions in own for each in conditions):
            if self.still(condition.when, self.scope.alarmed) is None:
                yield Part(condition.when, self.scope.alarmed, False, True)

    def asked_of(self, parts: Iterable[Part]) -> frozenset[str]:
        """Return the open facts on which some conditions depend."""
        return frozenset().union(*(self.asked(each.expr, each.scope, red=each.red) for each in parts))

    def lists(self, action: Action) -> Iterator[str]:
        """Yield the open lists that the safety of an action looks at."""
        drugs = self.drugs(action)
        allergies, taken = list_fact("allergies", self.scope), list_fact("medications", self.scope)
        if drugs and allergies in self.open:
            yield allergies
        medicines = self.program.edition.formulary.medicines
        meets = any(self.program.drugs.interactions.get(drug) or medicines[drug].max_daily for drug in drugs)
        if meets and taken in self.open:
            yield taken

"""What a case comes to in the parts of a plan that an answer can move: state, urgency and doses of each item.

Items fall into groups that decide nothing of each other. An item that gives no medicine, and that no medicine can
bring, is a group of its own with the rules that propose it; everything about medicines is one group, because doses,
interactions and allergies are judged across the whole plan.

Each rule is decided once for answers that it can tell apart: it looks at few of the facts that are open. Where every
rule about medicines comes to the same, so do their doses, unless safety looks at one of the answers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.compiler.program import RuleNode, Scope
from engine.evaluator.evaluation import drafted
from engine.evaluator.rules import DOSED, Decided, Decision, outcome_of
from engine.explanation.alike import Answered, Given
from engine.explanation.prospects import NOTHING, Live, Part, Prospect, answered
from engine.language.documents import Action
from engine.plan import Dose, Plan, State
from engine.urgency import URGENCIES, Urgency

MEDICINES = "medicines"  # the name of the group of everything about them
_IN_PLAN = frozenset(("proposed", "held"))
Shown = tuple[State, Urgency, tuple[Dose, ...]]
Outcome = Mapping[str, Shown]


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are decided together: their codes, the rules behind them, and the open facts that may move them."""

    name: str
    codes: frozenset[str]
    lives: tuple[Live, ...]
    facts: frozenset[str]
    dangers: tuple[tuple[Live, Action, Part], ...] = ()


def shown(plan: Plan) -> Outcome:
    """Return what of a plan an answer is said to change."""
    return {item.code: (item.state, item.urgency, item.doses) for item in plan.items}


def come_to(group: Group, scope: Scope) -> Outcome:
    """Return what the items of a group come to."""
    if group.name != MEDICINES:
        return _plain(group.name, [(live, outcome_of(live.node, scope)) for live in group.lives])
    return lines(group, scope, decisions(group, scope))


def decisions(group: Group, scope: Scope) -> tuple[Decision, ...]:
    """Return the rules of a group that put something into the plan."""
    found = (Decision(live.node, outcome_of(live.node, scope)) for live in group.lives)
    return tuple(each for each in found if each.outcome in _IN_PLAN)


def _decided(group: Group, states: Iterable[str]) -> Iterator[Decision]:
    """Yield the rules of a group that put something into the plan, by the states in which they do."""
    for live, state in zip(group.lives, states, strict=True):
        if state:
            yield Decision(live.node, "proposed" if state == "proposed" else "held")


def lines(group: Group, scope: Scope, decided: tuple[Decision, ...]) -> Outcome:
    """Return what the safety and the merging of medicines make of decided rules."""
    drafts, _ = drafted(Decided(scope, decided))
    return {
        code: (draft.state, draft.urgency, tuple(draft.doses[drug] for drug in sorted(draft.doses)))
        for code, draft in drafts.items()
        if code in group.codes
    }


@dataclass(frozen=True, slots=True)
class _Start:
    """What the rules of a group put into the plan before anything else is answered, and which read each open fact."""

    states: tuple[str, ...]
    reading: Mapping[str, tuple[int, ...]]


@dataclass(slots=True)
class Trials:
    """Further answers to open facts of one case; ``facts`` are those that may move its medicines.

    Of a group only the rules that read one of the answers are decided again; what a group comes to is worked out
    once for all answers under which its rules come to the same.
    """

    prospect: Prospect
    facts: frozenset[str]
    _starts: dict[str, _Start] = field(default_factory=dict)
    _own: dict[str, dict[Answered, tuple[str, Given]]] = field(default_factory=dict)  # of rules like in no other case
    _lines: dict[tuple[object, ...], Outcome] = field(default_factory=dict)
    _used: list[Given] = field(default_factory=list)  # answers known by their identity are kept
    _last: tuple[Given, Scope] | None = None  # groups are looked at in turn with the same answers

    def of(self, group: Group, given: Given) -> Outcome:
        """Return what the items of a group come to under further answers."""
        states = self._under(group, given)
        key = (group.name, states, self._looked_at(given) if group.name == MEDICINES else None)
        found = self._lines.get(key)
        if found is None:
            found = self._lines[key] = self._come_to(group, states, given)
        return found

    def _come_to(self, group: Group, states: tuple[str, ...], given: Given) -> Outcome:
        if group.name != MEDICINES:
            return _plain(group.name, zip(group.lives, states, strict=True))
        return lines(group, self._scope(given), tuple(_decided(group, states)))

    def _looked_at(self, given: Given) -> Answered:
        """Return the answers that safety looks at itself."""
        return answered(given, self.facts if self.prospect.mentions else self.facts & self.prospect.known.guarding)

    def _under(self, group: Group, given: Given) -> tuple[str, ...]:
        """Return the state in which each rule of a group puts its items into the plan, empty if it does not."""
        start = self._starts.get(group.name)
        if start is None:
            start = self._starts[group.name] = self._start(group)
        moved = {index for fact in given for index in start.reading.get(fact, ())}
        if not moved:
            return start.states
        states = list(start.states)
        for index in moved:
            states[index] = self._state(group.lives[index], given)
        return tuple(states)

    def _start(self, group: Group) -> _Start:
        reading: dict[str, list[int]] = {}
        for index, live in enumerate(group.lives):
            for fact in live.facts:
                reading.setdefault(fact, []).append(index)
        states = tuple(self._state(live, NOTHING) for live in group.lives)
        return _Start(states, {fact: tuple(found) for fact, found in reading.items()})

    def _state(self, live: Live, given: Given) -> str:
        key, common = answered(given, live.facts), self.prospect.common(live.node.name)
        states = self._own.setdefault(live.node.name, {}) if common is None else common.states
        if key not in states:
            verdict = outcome_of(live.node, self._scope(given))
            states[key] = verdict if verdict in _IN_PLAN else "", given
        return states[key][0]

    def _scope(self, given: Given) -> Scope:
        if self._last is None or self._last[0] is not given:
            self._used.append(given)
            self._last = given, self.prospect.at(given)
        return self._last[1]


@dataclass(slots=True)
class Outcomes:
    """The groups of a case, and what each comes to under further answers."""

    prospect: Prospect
    lives: tuple[Live, ...] = field(init=False)
    groups: dict[str, Group] = field(init=False)
    trials: Trials = field(init=False)

    def __post_init__(self) -> None:
        self.lives = tuple(self.prospect.live())
        self.groups = {group.name: group for group in self._grouped()}
        self.trials = Trials(self.prospect, self.groups[MEDICINES].facts)

    def about(self, code: str) -> Group:
        """Return the group of one item with the facts that may move this item: none if nothing open does."""
        medicines = self.groups[MEDICINES]
        if code not in medicines.codes:
            return self.groups.get(code, Group(code, frozenset((code,)), (), frozenset()))
        if code in self.prospect.known.brought:
            return medicines
        names = self._meeting(code, medicines)
        actions = [(live, act) for live in medicines.lives for act in live.node.rule.actions if live.node.name in names]
        facts = frozenset().union(*(live.facts for live in medicines.lives if live.node.name in names))
        facts |= self.prospect.asked_of(part for live, _, part in medicines.dangers if live.node.name in names)
        facts |= {name for _, action in actions for name in self.prospect.lists(action)}
        facts |= {"age"} & self.prospect.open if names else set()
        return replace(medicines, facts=facts)

    def _meeting(self, code: str, medicines: Group) -> set[str]:
        """Return the rules that give an item, and those whose medicines meet its own, or meet what meets them."""
        drugs = {
            live.node.name: {drug for action in live.node.rule.actions for drug in self.prospect.drugs(action)}
            for live in medicines.lives
        }
        met = {live.node.name for live in medicines.lives if any(a.code == code for a in live.node.rule.actions)}
        while True:
            own = set[str]().union(*(drugs[name] for name in met))
            near = own | {other for drug in own for other in self._partners(drug)}
            more = {name for name, given in drugs.items() if given & near} - met
            if not more:
                return met
            met |= more

    def _partners(self, drug: str) -> Iterator[str]:
        drugs = self.prospect.program.drugs
        for _, side in drugs.interactions.get(drug, ()):
            yield from drugs.members.get(side, frozenset((side,)))

    def all(self, given: Given = NOTHING) -> Outcome:
        """Return what every item comes to under further answers: as the evaluator has it."""
        found = (self.trials.of(group, given) for group in self.groups.values())
        return {code: each for outcome in found for code, each in outcome.items()}

    # --- groups

    def _grouped(self) -> Iterator[Group]:
        acting = [(live, action) for live in self.lives for action in _acting(live.node, self.prospect)]
        brought = self.prospect.known.brought
        with_medicines = frozenset(
            action.code for _, action in acting if action.kind in DOSED or action.code in brought
        )
        plain: dict[str, list[Live]] = {}
        for live, action in acting:
            if action.code not in with_medicines:
                plain.setdefault(action.code, []).append(live)
        for code, lives in plain.items():
            yield Group(code, frozenset((code,)), tuple(lives), _moving(code, lives))
        yield self._medicines([each for each in acting if each[1].code in with_medicines], with_medicines | brought)

    def _medicines(self, acting: list[tuple[Live, Action]], codes: frozenset[str]) -> Group:
        lives = tuple({live.node.name: live for live, _ in acting}.values())
        dangers = tuple((live, action, part) for live, action in acting for part in self.prospect.dangers(action))
        facts = self.prospect.asked_of(part for _, _, part in dangers).union(*(live.facts for live in lives))
        facts |= {name for _, action in acting for name in self.prospect.lists(action)}
        if acting and "age" in self.prospect.open:
            facts |= {"age"}
        return Group(MEDICINES, frozenset(codes), lives, facts, dangers)


def _acting(node: RuleNode, prospect: Prospect) -> Iterator[Action]:
    for action in node.rule.actions:
        if action.kind not in {"conclude", "ask"} and prospect.may_give(node, action):
            yield action


def _moving(code: str, lives: Iterable[Live]) -> frozenset[str]:
    """Return the open facts that can move an item: not those of rules that add nothing to what is settled."""
    known = list(lives)
    settled = max((_urgency(live.node, code) for live in known if not live.facts), default=-1)
    return frozenset().union(*(live.facts for live in known if _urgency(live.node, code) > settled))


def _urgency(node: RuleNode, code: str) -> int:
    return max(URGENCIES.index(action.urgency) for action in node.rule.actions if action.code == code)


def _plain(code: str, found: Iterable[tuple[Live, str]]) -> Outcome:
    sure = [(live, verdict) for live, verdict in found if verdict in _IN_PLAN]
    if not sure:
        return {}
    state: State = "proposed" if any(verdict == "proposed" for _, verdict in sure) else "held"
    return {code: (state, URGENCIES[max(_urgency(live.node, code) for live, _ in sure)], ())}

"""What a case comes to in the parts of a plan that an answer can move: state, urgency and doses of each item.

Items fall into groups that decide nothing of each other. An item that gives no medicine, and that no medicine can
bring, is a group of its own with the rules that propose it; everything about medicines is one group, because doses,
interactions and allergies are judged across the whole plan.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.compiler.program import RuleNode, Scope
from engine.evaluator.evaluation import drafted
from engine.evaluator.rules import DOSED, Decided, Decision, outcome_of
from engine.explanation.prospects import NOTHING, Given, Live, Part, Prospect
from engine.language.documents import Action
from engine.plan import Dose, Plan, State
from engine.urgency import URGENCIES, Urgency

MEDICINES = "medicines"  # the name of the group of everything about them
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
        return dict(_plain(group, scope))
    return lines(group, scope, decisions(group, scope))


def decisions(group: Group, scope: Scope) -> tuple[Decision, ...]:
    """Return the rules of a group that put something into the plan."""
    found = (Decision(live.node, outcome_of(live.node, scope)) for live in group.lives)
    return tuple(each for each in found if each.outcome in {"proposed", "held"})


def lines(group: Group, scope: Scope, decided: tuple[Decision, ...]) -> Outcome:
    """Return what the safety and the merging of medicines make of decided rules."""
    drafts, _ = drafted(Decided(scope, decided))
    return {
        code: (draft.state, draft.urgency, tuple(draft.doses[drug] for drug in sorted(draft.doses)))
        for code, draft in drafts.items()
        if code in group.codes
    }


@dataclass(slots=True)
class Outcomes:
    """The groups of a case, and what each comes to under further answers."""

    prospect: Prospect
    lives: tuple[Live, ...] = field(init=False)
    groups: dict[str, Group] = field(init=False)

    def __post_init__(self) -> None:
        self.lives = tuple(self.prospect.live())
        self.groups = {group.name: group for group in self._grouped()}

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
        scope = self.prospect.at(given)
        return {code: each for group in self.groups.values() for code, each in come_to(group, scope).items()}

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


def _plain(group: Group, scope: Scope) -> Iterator[tuple[str, Shown]]:
    state: State = "held"
    urgency = -1
    for live in group.lives:
        outcome = outcome_of(live.node, scope)
        if outcome in {"proposed", "held"}:
            urgency = max(urgency, _urgency(live.node, group.name))
            state = "proposed" if outcome == "proposed" else state
    if urgency >= 0:
        yield group.name, (state, URGENCIES[urgency], ())

"""What of an item may differ between two versions, as terms: of whom its state, urgency, doses or days are others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import z3

from engine.analysis.amounts import NOTHING, apart, differ
from engine.analysis.items import Plans
from engine.analysis.rails import NO, every, no, some
from engine.analysis.settled import Final, Settled, in_order
from engine.analysis.stated import Given
from engine.compiler.program import RuleNode
from engine.evaluator.rules import is_guarded
from engine.language.documents import Action
from engine.urgency import URGENCIES

Marks = Mapping[object, z3.BoolRef]  # what is compared of an item in one version, by what it says
NEVER = Final()


@dataclass(slots=True)
class Version:
    """One version over all patients: the items of its rules, and what becomes of them."""

    plans: Plans
    finals: Mapping[str, Final] = field(init=False)

    def __post_init__(self) -> None:
        self.finals = Settled(self.plans.encoder, self.plans.items).finals

    def final(self, code: str) -> Final:
        return self.finals.get(code, NEVER)

    def given(self, code: str) -> list[Given]:
        item = self.plans.items.get(code)
        return [] if item is None else in_order(item.given)

    def is_open(self, code: str) -> z3.BoolRef:
        """Return that an item is not in the plan, and a rule that gives it waits."""
        nodes = {each.node.name: each.node for each in self.given(code)}
        return every((no(self.final(code).present), some(self._waits(node) for node in nodes.values())))

    def _waits(self, node: RuleNode) -> z3.BoolRef:
        """Return that a rule waits for its indication, or for the age that its doses need."""
        encoder = self.plans.encoder
        indicated, barred = encoder.indicated(node), encoder.barred(node)
        found = [every((no(indicated.true), no(indicated.false), no(barred.true)))]
        if any(is_guarded(node, action.kind) for action in node.rule.actions):
            found.append(every((indicated.true, no(barred.true), self.plans.ageless())))
        return some(found)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions over the same patients."""

    old: Version
    new: Version

    def sure(self, code: str) -> z3.BoolRef:
        """Return of whom an item is proposed in one version alone."""
        return apart(self.old.final(code).proposed, self.new.final(code).proposed)

    def state(self, code: str) -> z3.BoolRef:
        """Return of whom an item is given or kept away in one version, and not in the other."""
        return some((self.sure(code), apart(self.old.final(code).blocked, self.new.final(code).blocked)))

    def quiet(self, code: str) -> z3.BoolRef:
        """Return of whom an item is held, open or absent in both versions, and not the same in both."""
        finals = self.old.final(code), self.new.final(code)
        loud = some(each for final in finals for each in (final.proposed, final.blocked))
        open_ = apart(self.old.is_open(code), self.new.is_open(code))
        return every((no(loud), some((apart(finals[0].held, finals[1].held), open_))))

    def urgency(self, code: str) -> z3.BoolRef:
        return self._there(code, self._differ(code, _levels))

    def days(self, code: str) -> z3.BoolRef:
        due = _due(self.old.given(code), self.new.given(code))
        return self._there(code, some((*due, self._differ(code, _names))))

    def dose(self, code: str) -> z3.BoolRef:
        one, other = self.old.final(code).doses, self.new.final(code).doses
        drugs = sorted({*one, *other})
        return self._there(code, some(differ(one.get(drug, NOTHING), other.get(drug, NOTHING)) for drug in drugs))

    def _there(self, code: str, differing: z3.BoolRef) -> z3.BoolRef:
        """Return that something differs of whom an item is shown in both versions."""
        return every((self.old.final(code).shown, self.new.final(code).shown, differing))

    def _differ(self, code: str, marks: Callable[[list[Given]], Marks]) -> z3.BoolRef:
        one, other = marks(self.old.given(code)), marks(self.new.given(code))
        return some(apart(one.get(key, NO), other.get(key, NO)) for key in dict.fromkeys((*one, *other)))


def _there(each: Given) -> z3.BoolRef:
    return some((each.proposed, each.held))


def _levels(all_given: list[Given]) -> Marks:
    """Return when an item has at least reached each urgency."""
    found: dict[object, z3.BoolRef] = {}
    for each in all_given:
        for level in URGENCIES[1 : URGENCIES.index(each.action.urgency) + 1]:
            found[level] = some((found.get(level, NO), _there(each)))
    return found


def _names(all_given: list[Given]) -> Marks:
    """Return with which questionnaire an item comes: the first that is named."""
    found: dict[object, z3.BoolRef] = {}
    before = NO
    for each in all_given:
        name = each.action.with_questionnaire
        if name:
            found[name] = some((found.get(name, NO), every((_there(each), no(before)))))
            before = some((before, _there(each)))
    return found


_DUE: tuple[Callable[[Action], int | None], ...] = (
    lambda action: action.after_days, lambda action: action.within_days,
)  # fmt: skip


def _due(one: list[Given], other: list[Given]) -> Iterator[z3.BoolRef]:
    """Yield for each number of days that an item is due by then in one of two versions alone: the least counts."""
    for days in _DUE:
        for limit in sorted({limit for each in (*one, *other) if (limit := days(each.action)) is not None}):
            yield apart(*(some(_there(each) for each in version if _is_by(days(each.action), limit))
                          for version in (one, other)))  # fmt: skip


def _is_by(days: int | None, limit: int) -> bool:
    return days is not None and days <= limit

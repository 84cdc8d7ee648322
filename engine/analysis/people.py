"""The patients that were looked at while two versions were compared, each with the plan of either version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.analysis.witness import Witness, read
from engine.compiler.program import Program
from engine.errors import PautaError
from engine.evaluator.evaluation import plan_of
from engine.evaluator.rules import decide
from engine.facts import CaseFacts
from engine.plan import Dose, Item

Seen = Mapping[str, str]  # what an item is in one plan: its state, urgency, doses and days in words
Shown = Mapping[str, Seen]  # by code
_NOTHING: Seen = {"state": "absent"}
_OPEN: Seen = {"state": "open"}


@dataclass(slots=True)
class People:
    """Evaluates each patient once for each version; who shows one item may show others."""

    old: Program
    new: Program
    _known: dict[int, tuple[Witness, tuple[Shown, Shown] | None]] = field(default_factory=dict)

    def all(self) -> list[Witness]:
        """Return everybody looked at so far whom both versions can read, those of few facts first."""
        readable = [witness for witness, plans in self._known.values() if plans is not None]
        return sorted(readable, key=lambda each: len(each.given))

    def seen(self, code: str, witness: Witness) -> tuple[Seen, Seen] | None:
        """Return what an item is in both versions; None if one of them cannot read the patient."""
        plans = self._plans(witness)
        return None if plans is None else (plans[0].get(code, _NOTHING), plans[1].get(code, _NOTHING))

    def _plans(self, witness: Witness) -> tuple[Shown, Shown] | None:
        if id(witness) not in self._known:
            self._known[id(witness)] = witness, self._evaluated(witness)
        return self._known[id(witness)][1]

    def _evaluated(self, witness: Witness) -> tuple[Shown, Shown] | None:
        try:
            one, other = (_shown(each, read(witness.given, each).facts) for each in (self.old, self.new))
        except PautaError:
            return None
        return one, other


def _shown(program: Program, case: CaseFacts) -> Shown:
    """Return what the plan of a patient says of each item; of those it does not hold, whether a rule waits."""
    plan = plan_of(decide(program, case, asking=False), case)
    rules = (program.rules[program.positions[f"{each.protocol}.{each.rule}"]].rule for each in plan.open_rules)
    waiting = {action.code: _OPEN for rule in rules for action in rule.actions}
    return waiting | {item.code: dict(_aspects(item)) for item in plan.items}


def _aspects(item: Item) -> Iterator[tuple[str, str]]:
    doses = (_dose(each) for each in item.doses)
    days = (("after", item.after_days), ("within", item.within_days), ("with", item.with_questionnaire))
    yield "state", item.state
    yield "urgency", item.urgency
    yield "dose", ", ".join(doses) or "none"
    yield "days", ", ".join(f"{word} {value}" for word, value in days if value is not None) or "none"


def _dose(dose: Dose) -> str:
    route = "" if dose.route in ("", "oral") else dose.route
    days = "" if dose.duration_days is None else f"for {dose.duration_days} days"
    return " ".join(part for part in (dose.ingredient, dose.dose, dose.frequency, route, days) if part)

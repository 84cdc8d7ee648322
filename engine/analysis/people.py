"""The patients that were looked at while two versions were compared, each with the plan of either version."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.analysis.witness import Witness, read
from engine.compiler.program import Program
from engine.errors import PautaError
from engine.evaluator import evaluate
from engine.plan import Dose, Item, Plan

Seen = dict[str, str]  # what an item is in one plan: its state, urgency, doses and days in words


@dataclass(slots=True)
class People:
    """Evaluates each patient once for each version; who shows one item may show others."""

    old: Program
    new: Program
    _known: dict[int, tuple[Witness, tuple[Plan, Plan] | None]] = field(default_factory=dict)

    def all(self) -> list[Witness]:
        """Return everybody looked at so far whom both versions can read, those of few facts first."""
        readable = [witness for witness, plans in self._known.values() if plans is not None]
        return sorted(readable, key=lambda each: len(each.given))

    def seen(self, code: str, witness: Witness) -> tuple[Seen, Seen] | None:
        """Return what an item is in both versions; None if one of them cannot read the patient."""
        plans = self._plans(witness)
        if plans is None:
            return None
        one, other = zip(plans, (self.old, self.new), strict=True)
        return _seen(code, *one), _seen(code, *other)

    def _plans(self, witness: Witness) -> tuple[Plan, Plan] | None:
        if id(witness) not in self._known:
            self._known[id(witness)] = witness, self._evaluated(witness)
        return self._known[id(witness)][1]

    def _evaluated(self, witness: Witness) -> tuple[Plan, Plan] | None:
        try:
            one, other = (evaluate(each, read(witness.given, each).facts) for each in (self.old, self.new))
        except PautaError:
            return None
        return one, other


def _seen(code: str, plan: Plan, program: Program) -> Seen:
    item = next((each for each in plan.items if each.code == code), None)
    return _absent(code, plan, program) if item is None else dict(_aspects(item))


def _absent(code: str, plan: Plan, program: Program) -> Seen:
    giving = {
        (node.protocol.name, node.rule.name)
        for node in program.rules
        if any(action.code == code for action in node.rule.actions)
    }
    is_open = any((each.protocol, each.rule) in giving for each in plan.open_rules)
    return {"state": "open" if is_open else "absent"}


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

"""The red flags of an evaluation as alerts to the clinic, again when what one rests on is new.

One alert is kept for each rule; where a rule raises several, one for each of them: none stands in another's row.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from engine.compiler import Program
from engine.explain import weighing
from engine.facts import CaseFacts, CodeSet, Value
from webapp.alerts import services as alerts

Item = Mapping[str, Any]


def raise_flags(patient_id: UUID, items: Sequence[Item], program: Program, case: CaseFacts) -> None:
    """Raise one alert for every alert item that carries an urgency; the plan's other alerts stay beside the plan."""
    for item in items:
        if item["kind"] == "alert" and item["urgency"] != "none" and item["state"] != "blocked":
            _raise(patient_id, item, _kept_for(item, program), _speaking(item, program, case))


def _kept_for(item: Item, program: Program) -> str:
    """Return what the alert is kept for: its rule, and its own code too where the rule may say something else."""
    name = f"{item['reasons'][0]['protocol']}.{item['reasons'][0]['rule']}"
    said = {action.code for node in program.rules if node.name == name for action in node.rule.actions}
    alone = {code for code in said if code.startswith("alert:")} <= {item["code"]}
    return name if alone else f"{name}|{item['code']}"


def _raise(patient_id: UUID, item: Item, kept_for: str, speaking: Mapping[str, Value | CodeSet]) -> None:
    reason = item["reasons"][0]
    alerts.raise_(
        patient_id=patient_id,
        rule=kept_for,
        code=item["code"],
        urgency=item["urgency"],
        text=reason["because"] or item["title"],
        facts={
            "code": item["code"],
            "reasons": _rules(item),
            "values": {name: _plain(speaking[name]) for name in speaking},
        },
        newest=_newest(speaking.values()),
    )


def _rules(item: Item) -> list[tuple[str, str]]:
    return [(reason["protocol"], reason["rule"]) for reason in item["reasons"]]


def _speaking(item: Item, program: Program, case: CaseFacts) -> dict[str, Value | CodeSet]:
    """Return the single values by which the rules are true; a diary moves every day and says nothing new by that."""
    found = {name: case.values.get(name) for name in sorted(weighing(program, case, _rules(item)))}
    return {name: value for name, value in found.items() if isinstance(value, Value | CodeSet)}


def _plain(value: Value | CodeSet) -> object:
    return sorted(value.codes) if isinstance(value, CodeSet) else str(value.value)


def _newest(values: Iterable[Value | CodeSet]) -> date | None:
    return max((value.origin.dated for value in values if value.origin.dated), default=None)

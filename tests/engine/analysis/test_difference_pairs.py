"""`pauta diff` on random pairs of libraries: nobody is overlooked, nothing is made up, nothing is left open."""

import os

import pytest

from engine.analysis.differences import compare
from engine.analysis.witness import read
from engine.compiler import compile_edition
from engine.evaluator import evaluate
from tests.engine.analysis.drugs import a_patient, a_pharmacy, changed

LONG = int(os.environ.get("PAUTA_LONG_PROPERTIES", "0"))
PAIRS, PATIENTS = (600, 60) if LONG else (40, 30)


def pair(number):
    """Return two libraries; in every other pair two things are changed."""
    old = a_pharmacy(number)
    new = changed(old, number)
    return compile_edition(old), compile_edition(changed(new, number + 7) if number % 2 else new)


def shown(made, case):
    """Return what each item comes to; of those that wait, that they do."""
    plan = evaluate(made, case)
    waiting = {(each.protocol, each.rule) for each in plan.open_rules}
    nodes = (node for node in made.rules if (node.protocol.name, node.rule.name) in waiting)
    found = {action.code: "open" for node in nodes for action in node.rule.actions}
    return found | {item.code: _item(item) for item in plan.items}


def _item(item):
    doses = [(each.ingredient, each.dose, each.frequency, each.route, each.duration_days) for each in item.doses]
    if item.state == "blocked":
        return "blocked"  # nothing of it is given
    return item.state, item.urgency, doses, item.after_days, item.within_days, item.with_questionnaire


def differing(old, new, cases):
    """Return the items that two versions give otherwise, by the evaluator alone; ``cases`` as each of them reads it."""
    one, other = (shown(made, case) for made, case in zip((old, new), cases, strict=True))
    return {code for code in {*one, *other} if one.get(code) != other.get(code)}


@pytest.mark.parametrize("number", range(PAIRS))
def test_whoever_is_treated_differently_is_told_and_whoever_is_told_is_treated_differently(number):
    old, new = pair(number)
    found = compare(old, new)
    named = {each.code for each in found.differences}
    for person in range(PATIENTS):
        assert differing(old, new, [a_patient(person)] * 2) <= named
    for each in found.differences:
        assert each.code in differing(old, new, [read(each.witness.given, made).facts for made in (old, new)])
    assert found.undecided == ()

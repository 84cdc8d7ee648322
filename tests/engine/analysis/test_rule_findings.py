"""What the solver says of rules that should not be so: one seeded fault of each kind, and its mended sibling."""

from dataclasses import replace

import pytest

from engine.analysis.conditions import encoder_of
from engine.analysis.items import Plans
from engine.analysis.rules import findings
from engine.analysis.search import Search
from engine.codes import CODES
from engine.commands.prove import _CODES as PRINTED
from engine.compiler import compile_edition
from engine.conditions import Name, YesNo
from engine.evaluator import evaluate
from engine.facts import CodeSpec
from tests.engine.builders import (
    action,
    all_of,
    both,
    edition,
    fact,
    formulary,
    is_,
    medicine,
    number,
    protocol,
    rule,
    yes_no,
)

FACTS = {**yes_no("a", "b"), **number("x", 0, 6)}
FOUND = Name("p.found", "conclusion")
OPPOSED = (CodeSpec("plan:stop", both("stop"), opposed=("plan:go",)), CodeSpec("plan:go", both("go")))


def rx(dose):
    return action("rx:aspirin", medicine="aspirin", dose=dose, frequency="daily")


def found(*rules, applies=None, **more):
    drugs = formulary([medicine("aspirin")])
    made = compile_edition(edition(FACTS, protocol("p", *rules, applies=applies), drugs=drugs, **more))
    return made, list(findings(Search(Plans(encoder_of(made)))))


A, B = fact("a"), fact("b")
SEEDED = {
    "never": ([rule("low", all_of(is_("<", "x", 2), is_(">", "x", 3)), "alert:low")], {}),
    "always": ([rule("all", YesNo(True), "alert:all")], {}),
    "hidden": ([rule("first", A, "conclude:found", "alert:one"), rule("second", A, "alert:two", exclude=FOUND)], {}),
    "opposed": ([rule("go", A, "plan:go"), rule("stop", B, "plan:stop")], {"codes": OPPOSED}),
    "silenced": ([rule("flag", A, rx("10 mg"), red_flag=True)], {}),
    "doses": ([rule("few", A, rx("10 mg")), rule("some", B, rx("two drops"))], {}),
}
MENDED = [
    ([rule("low", all_of(is_("<", "x", 3), is_(">", "x", 1)), "alert:low")], {}),
    ([rule("go", A, "plan:go"), rule("stop", B, "plan:stop", exclude=A)], {"codes": OPPOSED}),
    ([rule("flag", A, rx("10 mg"), "alert:flag", red_flag=True)], {}),
    ([rule("few", A, rx("10 mg")), rule("some", B, rx("1 g"))], {}),
    ([rule("few", A, rx("10 mg")), rule("left", B, action("rx:aspirin", medicine="aspirin"))], {}),
]


@pytest.mark.parametrize("kind", SEEDED)
def test_a_seeded_fault_is_found_with_its_place_and_a_code_that_is_documented(kind):
    rules, more = SEEDED[kind]
    _, told = found(*rules, **more)
    assert [each.kind for each in told] == [kind]
    assert told[0].place.line == 7
    assert CODES[PRINTED[kind]].what_to_do


@pytest.mark.parametrize("kind", ["opposed", "silenced", "doses"])
def test_the_patient_of_a_finding_is_one_of_whom_the_evaluator_says_the_same(kind):
    rules, more = SEEDED[kind]
    made, told = found(*rules, **more)
    items = {item.code: item for item in evaluate(made, told[0].witness.facts).items}
    expected = {
        "opposed": lambda: items["plan:go"].state == items["plan:stop"].state == "proposed",
        "silenced": lambda: all(item.state == "blocked" for item in items.values()),
        "doses": lambda: "doses_differ:aspirin" in items["rx:aspirin"].conflicts,
    }
    assert expected[kind]()


@pytest.mark.parametrize(("rules", "more"), MENDED)
def test_rules_without_the_fault_are_clean(rules, more):
    assert found(*rules, **more)[1] == []


FREE = rule("free", A, "conclude:found")
FLAG = rule("flag", FOUND, "alert:flag", red_flag=True)


@pytest.mark.parametrize(
    "rules",
    [
        [replace(FREE, unless=("p.stop",)), rule("stop", B, "alert:stop"), FLAG],
        [FREE, rule("stop", B, "alert:stop", overrides=("p.free",)), FLAG],
    ],
)
def test_a_red_flag_that_rests_on_a_rule_which_another_silences_is_found(rules):
    made, told = found(*rules)
    assert [(each.kind, each.rule) for each in told] == [("silenced", "p.flag")]
    assert told[0].witness.given["a"] == "yes"
    assert "alert:flag" not in {item.code for item in evaluate(made, told[0].witness.facts).items}


def test_a_red_flag_that_rests_on_a_rule_of_some_ages_is_found():
    made, told = found(FREE, FLAG, applies=is_(">=", "x", 3))
    assert [(each.kind, each.rule) for each in told] == [("silenced", "p.flag")]
    assert "alert:flag" not in {item.code for item in evaluate(made, told[0].witness.facts).items}


def test_what_a_red_flag_excludes_switches_it_off_and_nothing_else_does():
    flag = rule("flag", A, "alert:flag", red_flag=True, exclude=B)
    assert found(flag)[1] == []
    _, told = found(replace(flag, actions=(rx("10 mg"),)))
    assert [each.kind for each in told] == ["silenced"]
    assert told[0].witness.given.get("b") != "yes"


def test_a_red_flag_that_rests_on_a_rule_nothing_silences_is_clean():
    assert found(FREE, FLAG)[1] == []

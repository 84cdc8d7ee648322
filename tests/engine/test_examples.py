"""The tests that live in the files: they pass, fail with what came out, and say which rules nobody tried."""

import re
from pathlib import Path

import pytest

from engine.compiler import compile_edition
from engine.conditions import Known
from engine.evaluator.rules import decide
from engine.examples import run
from engine.language.documents import Example
from tests.engine.builders import (
    action,
    all_of,
    case,
    defined,
    edition,
    fact,
    is_,
    not_,
    number,
    points,
    protocol,
    rule,
    score_of,
    yes_no,
)
from tests.engine.command_line import ROOT, json_lines, pauta

FACTS = {**yes_no("reflux", "dysphagia"), **number("days", 0, 7)}
RULES = (
    rule("trial", fact("reflux"), "plan:trial", exclude=fact("dysphagia")),
    rule("urgent", fact("dysphagia"), action("ref:now", urgency="same_day"), red_flag=True),
)


def report_of(*examples, scores=()):
    chosen = edition(FACTS, protocol("p", *RULES, examples=examples), scores=scores)
    return run(compile_edition(chosen), chosen)


def failures(**expected):
    given = {"age": "40 years", "reflux": "yes", **expected.pop("given", {})}
    return report_of(Example("x", given, **expected)).results[0].failures


def test_a_test_that_holds_passes():
    assert (
        failures(
            given={"dysphagia": "no"}, include=("plan:trial|plan:other",), exclude=("ref:*", "drug:x"), urgency="none"
        )
        == ()
    )
    assert failures(held=("plan:trial",), exclude=("ref:now",), ask=("dysphagia",), not_fired=("trial",)) == ()
    assert failures(given={"dysphagia": "yes"}, include=("ref:*",), urgency="same_day", fired=("p.urgent",)) == ()


def test_who_does_not_ask_is_told_the_same_of_every_rule_but_what_open_ones_wait_for():
    program, nothing_known = compile_edition(edition(FACTS, protocol("p", *RULES))), case()
    asked, unasked = (decide(program, nothing_known, asking=asking).decisions for asking in (True, False))
    assert [(one.node.name, one.outcome) for one in asked] == [(one.node.name, one.outcome) for one in unasked]
    assert [one.waiting for one in asked if one.outcome == "open"] == [("reflux",), ("dysphagia",)]
    assert [one.waiting for one in unasked if one.outcome == "open"] == [(), ()]


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"include": ("plan:other",)}, "expected plan:other in the plan; it holds plan:trial held"),
        ({"exclude": ("plan:trial",)}, "expected no plan:trial; it is plan:trial held"),
        ({"blocked": ("plan:trial",)}, "expected plan:trial blocked; it is plan:trial held"),
        ({"held": ("plan:x",)}, "expected plan:x held; it is not in the plan"),
        ({"urgency": "soon"}, "expected urgency soon; it is none"),
        ({"ask": ("hb",)}, "expected to ask hb; it asks dysphagia"),
        ({"fired": ("trial",)}, "expected rule trial to fire; it is held, waiting for dysphagia"),
        ({"scores": {"gerdq": 8}}, "expected the score gerdq; nothing is known of it"),
        ({"urgencies": {"plan:trial": "soon"}}, "expected plan:trial soon; it is none"),
        ({"urgencies": {"ref:now": "same_day"}}, "expected ref:now same_day; it is not in the plan"),
        ({"doses": {"omeprazole": "20 mg"}}, "expected omeprazole 20 mg; it is not in the plan"),
    ],
)
def test_a_test_that_does_not_hold_says_what_was_expected_and_what_came_out(expected, message):
    assert failures(**expected) == (message,)


def test_a_fact_that_cannot_be_read_fails_its_test_and_no_other():
    report = report_of(Example("bad", {"reflux": "perhaps"}), Example("good", {"reflux": "no"}))
    assert [result.passed for result in report.results] == [False, True]
    assert not report.passed


def test_rules_that_no_test_saw_both_ways_are_named():
    report = report_of(Example("x", {"reflux": "yes", "dysphagia": "no"}))
    assert [(each.rule, each.fired, each.not_fired) for each in report.untried] == [
        ("p.trial", True, False),
        ("p.urgent", False, True),
    ]


def test_conditions_that_no_test_saw_true_false_and_unknown_are_named():
    tests = (Example("x", {"reflux": "yes", "dysphagia": "no"}), Example("y", {"dysphagia": "yes"}))
    assert seen_in(*tests) == {"reflux": ("false",), "dysphagia": ("unknown",)}
    assert seen_in(*tests, Example("z", {"reflux": "no"})) == {"reflux": (), "dysphagia": ()}
    assert seen_in() == dict.fromkeys(("reflux", "dysphagia"), ("true", "false", "unknown"))


def seen_in(*examples):
    return {each.condition: each.never for each in report_of(*examples).conditions}


def test_whether_an_answer_is_known_need_not_be_seen_unknown_and_a_definition_is_looked_into():
    asked = rule("asked", Known("reflux", known=True), "plan:asked", exclude=defined("p.often"))
    own = protocol("p", asked, define={"often": all_of(is_(">=", "days", 2), not_(fact("dysphagia")))}, examples=(
        Example("yes", {"reflux": "yes", "days": "2"}), Example("no", {"days": "1", "dysphagia": "no"}),
    ))  # fmt: skip
    chosen = edition(FACTS, own)
    found = {each.condition: each.never for each in run(compile_edition(chosen), chosen).conditions}
    assert found == {
        "known(reflux)": (),
        "p.often": ("true",),
        "days >= 2": ("unknown",),
        "dysphagia": ("true",),
    }


def test_the_command_counts_conditions_and_names_them_with_their_line_where_it_is_asked_to():
    chosen = "protocols_yaml/protocols/iron_deficiency/1.0.0.yaml"
    short, long = pauta("test", chosen).stdout, pauta("test", chosen, "--conditions").stdout
    assert "conditions seen true, false and unknown" in short
    assert "was never" not in short
    assert re.search(rf"{chosen}:\d+:\d+: offer = offer was never false or unknown\n", long)


def test_scores_have_tests_of_their_own_and_decimals_count_as_written():
    def scored(**expected):
        example = Example("x", {"days": "3"}, scores=expected)
        document = score_of(
            "s", [points("days", 0, 7)], fact("days"), value_type="decimal", adults_only=False,
            bands={"low": is_("<=", "days", 3)}, examples=(example,),
        )  # fmt: skip
        return report_of(scores=[document]).results[0].failures

    assert scored(value="3.0", band="low", status="ok", missing=[]) == ()
    assert scored(value="3.1") == ("expected s value 3.1; it is 3.0",)
    assert scored(query=["days"]) == ("expected s query ['days']; it is []",)


def test_every_shipped_file_passes_its_own_tests_and_tries_every_rule_both_ways():
    run_all = pauta("test", "--json")
    report = json_lines(run_all.stdout)[0]
    assert [result for result in report["tests"] if not result["passed"]] == []
    assert [each["rule"] for each in report["coverage"] if not (each["fired"] and each["not_fired"])] == []
    assert run_all.returncode == 0
    assert len(report["tests"]) > 100
    wholly = [each for each in report["conditions"] if each["true"] and each["false"]]
    assert len(wholly) > 0.9 * len(report["conditions"])


def test_a_failing_test_is_shown_at_its_line_and_ends_with_1(tmp_path):
    folder = tmp_path / "library"
    for path in (ROOT / "protocols_yaml").rglob("*.yaml"):
        target = folder / path.relative_to(ROOT / "protocols_yaml")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    spoiled = folder / "scores/gerdq/1.0.0.yaml"
    spoiled.write_text(spoiled.read_text(encoding="utf-8").replace("value: 13", "value: 12", 1), encoding="utf-8")
    run_one = pauta("test", str(Path(spoiled)))
    assert run_one.returncode == 1
    assert "expected gerdq value 12; it is 13" in run_one.stdout
    assert "1 failed" in run_one.stdout

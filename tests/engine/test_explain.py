"""Why, why not and what is missing: a doctor sees the facts, a patient plain words, an auditor the versions."""

from fractions import Fraction

import pytest

from engine.conditions import BothWeeks, DayCount, Known, Latest, Mean, Name, Number, OneOf, Summary, Times, Within
from engine.evaluator import evaluate
from engine.explain import case_digest, missing, trace, why, why_not
from engine.facts import CodeSpec, Missing, Origin, Value
from engine.formulary import SafetyCondition
from engine.wording import Wording
from tests.engine.builders import (
    ADULT,
    action,
    adult,
    all_of,
    any_of,
    at_least,
    both,
    case,
    choice,
    fact,
    formulary,
    includes,
    is_,
    medicine,
    not_,
    number,
    points,
    program,
    protocol,
    rule,
    score_of,
    yes_no,
)
from tests.engine.programs import FACTS as SERIES

FACTS = {
    **yes_no("reflux", "dysphagia", "pregnant"),
    **number("days", 0, 7),
    **choice("colour", "red", "green"),
    "pain": SERIES["pain"],
}
TOTAL = score_of("total", [points("days", 0, 7)], fact("days"), bands={"low": is_("<=", Name("value", "score"), 3)})
NEVER = SafetyCondition(fact("pregnant"), "contraindicated", both("not in pregnancy"))
DRUGS = formulary([medicine("omeprazole", "ppis", safety=[NEVER])])
GIVE = action(
    "rx:ppi", medicine="omeprazole", dose="20 mg", frequency="once daily", patient=both("take it before breakfast"),
    alternatives=("rx:alginate",),
)  # fmt: skip
TRIAL = rule(
    "trial",
    all_of(fact("reflux"), is_(">=", "days", 2)),
    GIVE,
    exclude=fact("dysphagia"),
    source="acg",
    evidence="strong",
)
PROGRAM = program(
    FACTS, protocol("reflux", TRIAL, applies=ADULT, sources={"acg": "ACG 2022"}), drugs=DRUGS, scores=[TOTAL],
    codes=[CodeSpec("rx:ppi", both("PPI for 8 weeks"))],
)  # fmt: skip
ONE, FIVE = Number(Fraction(1)), Number(Fraction(5))
WELL = {"reflux": True, "days": 5, "dysphagia": False, "pregnant": False}


def told(known, voice="doctor", lang="en", code="rx:ppi"):
    return why(PROGRAM, known, evaluate(PROGRAM, known), code, voice, lang)


def test_the_doctor_reads_facts_thresholds_and_the_citation():
    text = told(adult(**WELL))
    assert "PPI for 8 weeks [rx:ppi]: Proposed" in text
    assert "because of trial" in text
    assert "days ≥ 2: 5" in text
    assert "ACG 2022 (evidence: strong)" in text
    assert "días" not in text


def test_the_patient_reads_plain_words_only():
    text = told(adult(**WELL), "patient", "es")
    assert text.splitlines() == ["take it before breakfast (es)", "because of trial (es)"]


def test_the_auditor_reads_rule_version_line_and_digests():
    known = adult(**WELL)
    text = told(known, "auditor")
    assert "reflux 1.0.0 trial p.yaml:7" in text
    assert f"case {case_digest(known)}" in text
    assert "program test" in text
    assert "yes: days ≥ 2 [5]" in text


def test_a_held_item_says_what_it_waits_for_and_what_frees_it():
    text = told(adult(**{**WELL, "dysphagia": None}))
    assert "Held" in text
    assert "It is freed once this is known and clear: dysphagia" in text
    assert "Your doctor needs to know" in told(adult(**{**WELL, "dysphagia": None}), "patient")
    unsafe = told(adult(**{**WELL, "pregnant": None}))
    assert "not in pregnancy (contraindicated, not known) [Waits for: pregnant]" in unsafe


def test_a_blocked_item_says_what_blocks_it_and_the_alternatives():
    text = told(adult(**{**WELL, "pregnant": True}), lang="es")
    assert "Bloqueado" in text
    assert "not in pregnancy (es) (contraindicated, sí)" in text
    assert "Alternativas: rx:alginate" in text
    assert "does not suit you" in told(adult(**{**WELL, "pregnant": True}), "patient")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"days": 1}, "There is no indication: days ≥ 2 [1]"),
        ({"dysphagia": True}, "It is ruled out by: dysphagia [yes]"),
        ({"days": None}, "Not known yet: days"),
        ({"age": 17}, "The protocol does not apply: age ≥ 18 [17]"),
    ],
)
def test_why_not_names_what_the_nearest_rule_lacked(answers, expected):
    assert why_not(PROGRAM, adult(**{**WELL, **answers}), "rx:ppi", "en") == f"reflux.trial: {expected}"
    assert told(adult(**{**WELL, **answers})).endswith(expected)


def test_why_not_of_what_no_rule_does():
    assert why_not(PROGRAM, adult(), "rx:magic", "en") == "No published rule proposes rx:magic."


def test_the_nearest_rule_is_the_one_that_lacks_least():
    far = rule("far", all_of(fact("reflux"), fact("dysphagia"), is_(">=", "days", 2)), "test:x")
    near = rule("near", is_(">=", "days", 2), "test:x")
    compiled = program(FACTS, protocol("p", far, near))
    assert why_not(compiled, adult(reflux=False, dysphagia=False, days=1), "test:x", "en").startswith("p.near")


def test_why_not_tells_of_age_and_of_the_rule_that_goes_first():
    first = rule("first", fact("dysphagia"), "ref:now", overrides=("dose",))
    compiled = program(FACTS, protocol("p", rule("dose", fact("reflux"), GIVE), first), drugs=DRUGS)
    assert "Another rule goes first: p.first" in why_not(compiled, adult(reflux=True, dysphagia=True), "rx:ppi", "en")
    child = case(age=9, reflux=True, dysphagia=False)
    assert "under 18" in why_not(compiled, child, "rx:ppi", "en")


@pytest.mark.parametrize(
    ("given", "unit", "shown"),
    [
        (Origin("patient", given="31"), "years", "31 years"),
        (Origin("patient", given="31"), "count", "31"),
        (Origin("labs", given="372", unit="months"), "years", "372 months"),
        (Origin("diary", given="computed from the days"), "years", "computed from the days"),
        (Origin("patient"), "years", "31 years"),
    ],
)
def test_a_number_stands_beside_its_unit(given, unit, shown):
    compiled = program({**FACTS, **number("tall", unit=unit)}, protocol("reflux", TRIAL, applies=ADULT), drugs=DRUGS)
    assert Wording(compiled, "en").value("tall", Value(Fraction(31), given)) == shown


def test_the_trace_shows_every_condition_its_truth_and_where_the_value_came_from():
    given = Origin("labs", given="5", unit="days")
    known = adult(**WELL)
    known.values["days"] = type(known.values["days"])(known.values["days"].value, given)
    lines = trace(PROGRAM, known, "reflux", "trial")
    found = {line.text["en"]: line for line in lines}
    counted = found["days ≥ 2"]
    assert (counted.truth, counted.value["en"], counted.origin) == (True, "5 days", "labs")
    assert found["dysphagia"].truth is False
    assert [line.text["es"] for line in lines if line.depth == 0] == [
        "A quién se aplica",
        "Indicación",
        "Debe descartarse",
    ]
    with pytest.raises(KeyError):
        trace(PROGRAM, known, "reflux", "no such rule")


def test_what_is_missing_says_why_it_is_unknown_and_what_it_frees():
    old = Missing("stale", was="no")
    found = missing(
        PROGRAM, adult(**{**WELL, "dysphagia": old}), evaluate(PROGRAM, adult(**{**WELL, "dysphagia": old})), "en"
    )
    assert [(each.fact, each.because, each.frees) for each in found] == [("dysphagia", "too old (no)", ("rx:ppi",))]
    assert missing(PROGRAM, adult(**WELL), evaluate(PROGRAM, adult(**WELL)), "en") == ()


@pytest.mark.parametrize(
    ("expr", "english", "spanish"),
    [
        (
            any_of(fact("reflux"), not_(fact("dysphagia"))),
            "reflux or not: dysphagia",
            "reflux (es) o no: dysphagia (es)",
        ),
        (at_least(2, fact("reflux"), fact("pregnant")), "at least 2 of: reflux; pregnant", None),
        (is_("=", "colour", "red"), "colour = red", "colour (es) = red (es)"),
        (OneOf(fact("colour"), ("red", "green")), "colour = red or green", None),
        (
            Within(fact("days"), is_("=", "days", 1).right, is_("=", "days", 5).right, True, False),
            "days in [1 .. 5)",
            None,
        ),
        (
            includes("medication", "omeprazole"),
            "medication includes omeprazole",
            "medication (es) incluye omeprazole (es)",
        ),
        (Known("days", known=False), "is not known: days", "no se conoce days (es)"),
        (is_(">=", Name("total", "score"), 2), "total ≥ 2", None),
        (is_("=", Name("total", "band"), "low"), "band of total = low", None),
        (is_(">", Latest("pain"), 3), "latest pain > 3", None),
        (is_(">", Mean("pain", 7), 3), "mean of pain (last 7 days) > 3", "media de pain (es) (últimos 7 días) > 3"),
        (is_(">", Summary("pain", "trend", 56), 0), "trend a week of pain (last 56 days) > 0", None),
        (
            is_(">=", Times("pain", None, window=BothWeeks()), 1),
            "times of pain (in each of the last two weeks) ≥ 1",
            None,
        ),
        (is_(">=", DayCount("pain", ">=", 5, 14, 10), 3), "days of the last 14 with pain ≥ 5 ≥ 3", None),
    ],
)
def test_conditions_are_written_in_words(expr, english, spanish):
    assert Wording(PROGRAM, "en").of(expr) == english
    if spanish is not None:
        assert Wording(PROGRAM, "es").of(expr) == spanish


def test_the_digest_of_a_case_changes_with_any_answer_and_not_with_their_order():
    known = adult(**WELL, history=["b", "a"])
    turned = type(known)("x", None, dict(reversed(known.values.items())))
    assert case_digest(known) == case_digest(turned)
    assert case_digest(known) != case_digest(adult(**{**WELL, "days": 4}, history=["b", "a"]))

"""Scores with answers missing: value, range, band and what to ask are what every completion agrees on."""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler import compile_edition
from engine.compiler.domains import input_range
from engine.compiler.walk import state
from engine.conditions import And, Arithmetic, Call, Choose, Compare, Known, Name, Number
from engine.errors import CaseError
from engine.evaluator import evaluate, score, truth
from engine.evaluator.rules import decide
from engine.facts import Missing, Origin, UnitRule, Value
from engine.language.documents import ScoreInput
from engine.language.library import edition, read_library
from tests.engine.builders import adult, fact, is_, number, points, program, protocol, rule, score_of, yes_no
from tests.engine.command_line import ROOT

VALUE = Name("value", "score")


@cache
def library_program():
    folder = ROOT / "protocols_yaml"
    files = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml")}
    return compile_edition(edition(read_library(files)))


def asked(name, **inputs):
    return score(library_program(), name, {key: {"value": value, "unit": None} for key, value in inputs.items()})


# --- against enumeration of every completion


def every_value(item, low_high):
    """Return all values of an input on a half-unit grid around every threshold of the six first scores."""
    if item.type == "yes_no":
        return (False, True)
    if item.type == "choice":
        return item.choices
    low, high = low_high
    marks = {low, high, *(Fraction(n, 2) for n in range(61))}
    whole = item.type == "integer"
    return tuple(sorted(mark for mark in marks if low <= mark <= high and (not whole or mark.denominator == 1)))


@st.composite
def partly_answered(draw):
    name = draw(st.sampled_from(("gerdq", "rome4_ibs", "rome4_fd", "ibs_sss")))
    known = library_program().scores[name]
    items = list(known.score.inputs.values())
    limits = {item.name: input_range(item, library_program().edition.vocabulary) for item in items}
    answers = {item.name: draw(st.sampled_from(every_value(item, limits[item.name]))) for item in items}
    unknown = draw(st.sets(st.sampled_from([item.name for item in items]), max_size=2))
    return name, {key: None if key in unknown else value for key, value in answers.items()}


@given(partly_answered())
@settings(max_examples=40, deadline=None)
def test_a_score_with_answers_missing_says_what_every_completion_agrees_on(drawn):
    name, answers = drawn
    known = library_program().scores[name]
    vocabulary = library_program().edition.vocabulary
    options = [
        every_value(item, input_range(item, vocabulary))
        if answers[item.name] is None and item.name not in known.optional
        else (answers[item.name],)
        for item in known.score.inputs.values()
    ]
    grid = {values: known.formula(values) for values in product(*options)}
    result = score(library_program(), name, answers)
    matter = [
        key
        for i, key in enumerate(known.names)
        if any(grid[(*v[:i], w, *v[i + 1 :])] != grid[v] for v in grid if v[i] == options[i][0] for w in options[i])
    ]
    assert result.missing == tuple(matter)
    assert result.status == ("incomplete" if matter else "ok")
    bands = {band for _, band in grid.values()}
    assert result.band == (bands.pop() if len(bands) == 1 else None)
    if matter and known.score.range is not None:
        values = [value for value, _ in grid.values()]
        assert result.possible_range == (min(values), max(values))


def test_a_sum_too_large_to_enumerate_still_has_its_exact_range():
    result = asked("ibs_sss", pain_severity=90, pain_days_in_10=10)
    assert result.possible_range == (190, 490)
    assert result.missing == ("distension_severity", "bowel_dissatisfaction", "life_interference")
    assert result.band is None


def test_a_band_is_given_when_the_whole_range_lies_in_it():
    assert (
        asked(
            "ibs_sss", pain_severity=100, pain_days_in_10=10, distension_severity=101 - 1, bowel_dissatisfaction=5
        ).band
        == "severe"
    )
    assert (
        asked("ibs_sss", pain_severity=100, pain_days_in_10=10, distension_severity=100, bowel_dissatisfaction=0).band
        is None
    )


def test_an_answer_that_cannot_change_the_result_does_not_block_it():
    result = asked("weight_loss_pct", weight_before_kg=70, weight_now_kg=69)
    assert (result.status, result.band, result.missing) == ("ok", "not_significant", ())
    assert result.value == pytest.approx(1.428571)
    result = asked("weight_loss_pct", weight_before_kg=70, weight_now_kg=60)
    assert (result.status, result.missing, result.value) == ("incomplete", ("months",), None)


def test_a_unit_is_converted_exactly_and_a_doubtful_one_asked_about():
    inputs = {"age": 61, "ast": 62, "alt": 36, "platelets": {"value": 150000, "unit": "/uL"}}
    same = {**inputs, "platelets": {"value": 150, "unit": "10^9/L"}}
    assert score(library_program(), "fib4", inputs).value == score(library_program(), "fib4", same).value
    for doubtful in ({"value": 150000, "unit": "10^9/L"}, {"value": 150, "unit": "g/L"}, {"value": 150, "unit": None}):
        result = score(library_program(), "fib4", {**inputs, "platelets": doubtful})
        assert (result.status, result.query, result.value) == ("reject_or_query", ("platelets",), None)


def test_the_unit_of_an_unknown_value_is_ignored():
    result = score(library_program(), "fib4", {"age": 61, "ast": 62, "alt": {"value": None, "unit": "stones"}})
    assert (result.status, result.missing) == ("incomplete", ("alt", "platelets"))


@pytest.mark.parametrize("value", [8, -1, 2.5, "many", float("nan"), [1]])
def test_an_implausible_answer_is_asked_about_and_never_used(value):
    result = asked("gerdq", heartburn_days=value, nausea_days=9)
    assert (result.status, result.query) == ("reject_or_query", ("heartburn_days", "nausea_days"))
    assert (result.value, result.band, result.missing, result.possible_range) == (None, None, (), None)


def test_a_number_is_read_exactly_as_written():
    inputs = {"weight_before_kg": Decimal("80"), "weight_now_kg": Decimal("76.0000000000000001"), "months": 3}
    assert score(library_program(), "weight_loss_pct", inputs).band == "not_significant"
    assert (
        score(library_program(), "weight_loss_pct", {**inputs, "weight_now_kg": Decimal("76.0")}).band == "significant"
    )


def test_no_adult_score_under_18():
    assert asked("fib4", age=17, ast=40, alt=40, platelets=200).status == "reject_or_query"


def test_an_unknown_score_or_input_is_an_error_that_names_the_known_ones():
    with pytest.raises(CaseError, match=r"C010.*nonsense") as caught:
        asked("nonsense")
    assert "gerdq" in caught.value.hint
    with pytest.raises(CaseError, match=r"C010.*heartburn_dais"):
        asked("gerdq", heartburn_dais=1)


# --- formulas


def build(score_document, facts=None, *rules):
    return program(facts or {}, protocol("p", *rules), scores=[score_document])


def test_what_was_not_done_is_never_missing_and_the_formula_says_what_then():
    done = ScoreInput("test", "integer", None, range=(Fraction(0), Fraction(9)), null_is_not_done=True)
    bands = {"positive": is_(">=", "test", 5), "offer": is_(">=", "age", 50), "none": is_("<", "age", 50)}
    document = score_of("s", [points("age", 18, 99), done], None, value_type="none", bands=bands, adults_only=False)
    compiled = build(document)
    assert score(compiled, "s", {"age": 60, "test": 7}).band == "positive"
    assert score(compiled, "s", {"age": 60, "test": None}).band == "offer"
    result = score(compiled, "s", {"age": None, "test": None})
    assert (result.status, result.missing, result.band) == ("incomplete", ("age",), None)


def test_an_input_that_the_formula_asks_whether_it_is_known_does_not_block():
    active = Choose(Known("active"), fact("active"), is_(">", "days", 0))
    inputs = [points("days", 0, 7), ScoreInput("active", "yes_no", None)]
    value = Choose(active, Name("met", "code"), Name("not_met", "code"))
    compiled = build(score_of("s", inputs, value, value_type="code", adults_only=False))
    assert score(compiled, "s", {"days": 2}).value == "met"
    assert score(compiled, "s", {"days": 2, "active": False}).value == "not_met"


def test_a_value_that_does_not_exist_is_asked_about():
    ratio = Arithmetic("/", Number(Fraction(1)), fact("x"))
    inputs = [ScoreInput("x", "decimal", None, range=(Fraction(0), Fraction(9)))]
    compiled = build(score_of("s", inputs, ratio, value_type="decimal", adults_only=False))
    assert score(compiled, "s", {"x": 4}).value == 0.25
    assert score(compiled, "s", {"x": 0}).query == ("x",)


def test_logarithms_and_caps_follow_the_published_formula():
    """MELD: 9.57 ln creatinine + 3.78 ln bilirubin + 11.2 ln INR + 6.43, each at least 1, rounded."""

    def part(factor, name):
        raised = Call("max", (fact(name), Number(Fraction(1))))
        return Arithmetic("*", Number(Fraction(factor)), Call("ln", (raised,)))

    total = Arithmetic("+", part("9.57", "creatinine"), part("3.78", "bilirubin"))
    total = Call("round", (Arithmetic("+", Arithmetic("+", total, part("11.2", "inr")), Number(Fraction("6.43"))),))
    inputs = [
        ScoreInput(n, "decimal", None, range=(Fraction("0.2"), Fraction(12)))
        for n in ("creatinine", "bilirubin", "inr")
    ]
    compiled = build(score_of("meld", inputs, total, range=(Fraction(6), Fraction(80)), adults_only=False))
    assert score(compiled, "meld", {"creatinine": 2, "bilirubin": 3, "inr": 1.5}).value == 22
    assert score(compiled, "meld", {"creatinine": 0.5, "bilirubin": 0.5, "inr": 1}).value == 6
    open_ = score(compiled, "meld", {"creatinine": 2, "bilirubin": 3, "inr": None})
    assert open_.possible_range == (17, 45)


# --- in a plan

HB = {**number("hb", 0, 300), **yes_no("flag")}
SUM = score_of(
    "total", [points("x"), points("y")], Arithmetic("+", fact("x"), fact("y")), range=(Fraction(0), Fraction(6)),
    bands={"low": is_("<=", VALUE, 2), "high": is_(">", VALUE, 2)},
)  # fmt: skip
PARTS = {**number("x", 0, 3), **number("y", 0, 3)}
HIGH = rule("high", is_(">=", Name("total", "score"), 3), "alert:high")


def test_a_score_decides_a_rule_as_soon_as_no_answer_can_change_it():
    compiled = build(SUM, PARTS, HIGH)
    assert [item.code for item in evaluate(compiled, adult(x=3)).items] == ["alert:high"]
    plan = evaluate(compiled, adult(x=2))
    assert (plan.items, plan.ask) == ((), ("y",))
    assert plan.scores["total"].possible_range == (2, 5)


def test_a_score_that_nobody_answered_is_not_shown_and_no_adult_score_under_18():
    compiled = build(SUM, PARTS, HIGH)
    assert evaluate(compiled, adult()).scores == {}
    assert evaluate(compiled, adult(age=17, x=3, y=3)).scores == {}
    unknown_age = evaluate(compiled, adult(age=None, x=3, y=3))
    assert (unknown_age.scores["total"].status, unknown_age.scores["total"].missing) == ("incomplete", ("age",))
    assert unknown_age.items == ()


def test_a_queried_value_makes_its_score_queried_and_its_rule_unknown():
    compiled = build(SUM, PARTS, HIGH)
    doubtful = Missing("queried", Origin("labs", given="30"), "30")
    known = adult(x=doubtful, y=3)
    assert evaluate(compiled, known).scores["total"].query == ("x",)
    assert truth(HIGH.when, known, compiled) is None


def test_the_band_of_a_score_is_a_choice_of_its_own():
    low = rule("low", is_("=", Name("total", "band"), "low"), "alert:low")
    compiled = build(SUM, PARTS, low)
    assert [item.code for item in evaluate(compiled, adult(x=0, y=2)).items] == ["alert:low"]
    assert evaluate(compiled, adult(x=0, y=3)).items == ()
    assert evaluate(compiled, adult(x=0)).open_rules[0].waiting_for == ("y",)


def test_each_visit_has_its_score_and_values_of_two_visits_are_not_mixed():
    facts = {**PARTS, **number("visit1_x", 0, 3), **number("visit1_y", 0, 3), **number("visit2_x", 0, 3)}
    compiled = build(SUM, facts)
    labs = Origin("labs")
    measured = {name: Value(Fraction(2), labs) for name in ("visit1_x", "visit1_y", "visit2_x", "y")}
    results = evaluate(compiled, adult(**measured)).scores
    assert (results["total_visit1"].value, results["total_visit1"].status) == (4, "ok")
    assert (results["total_visit2"].status, results["total_visit2"].missing) == ("incomplete", ("y",))


def test_a_bound_value_is_brought_into_the_unit_of_the_score():
    spec = number("crea", 0, 2000)["crea"]
    umol = {
        "crea": type(spec)(
            "crea", "quantity", spec.title, unit="umol/L", units={"mg/dL": UnitRule("mg/dL", Fraction(442, 5))}
        )
    }
    mg = ScoreInput(
        "crea",
        "decimal",
        fact("crea"),
        unit="mg/dL",
        units={"umol/L": Fraction(5, 442)},
        range=(Fraction(0), Fraction(15)),
    )
    compiled = build(
        score_of("s", [mg], fact("crea"), value_type="decimal", bands={"low": is_("<=", VALUE, 0.9)}), umol
    )
    decided = decide(compiled, adult(crea=Fraction("79.56")))
    assert (state("s", decided.scope).result.value, state("s", decided.scope).result.band) == (0.9, "low")


def test_scores_that_read_each_other_in_a_circle_are_refused():
    first = score_of("one", [ScoreInput("a", "integer", Name("two", "score"))], fact("a"))
    second = score_of("two", [ScoreInput("a", "integer", Name("one", "score"))], fact("a"))
    with pytest.raises(ValueError, match=r"P114 .*score:one"):
        program({}, protocol("p"), scores=[first, second])


def test_a_definition_that_rests_on_itself_is_refused():
    loop = score_of("s", [points("x")], And((Compare("=", Name("value", "score"), Number(Fraction(1))),)))
    with pytest.raises(ValueError, match=r"P114 .*value -> value"):
        build(loop)

"""Numbers that fall between two rules, or into both; limits and units nobody can mean: a fault, and its sibling."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.analysis.asked import late
from engine.analysis.conditions import encoder_of
from engine.analysis.items import Plans
from engine.analysis.measures import mistaken
from engine.analysis.rules import bands
from engine.analysis.search import Search
from engine.codes import CODES
from engine.commands.prove import _CODES as PRINTED
from engine.compiler import compile_edition
from engine.conditions import Name, Within
from engine.evaluator import evaluate
from engine.facts import FactSpec, UnitRule
from engine.language.documents import Group, Question, Questionnaire, RedFlag, ScoreInput
from engine.language.library import edition as edition_of
from engine.language.library import read_library
from tests.engine.builders import (
    action,
    all_of,
    any_of,
    both,
    edition,
    fact,
    formulary,
    is_,
    medicine,
    number,
    points,
    protocol,
    rule,
    score_of,
    yes_no,
)
from tests.engine.language.a_library import PROTOCOL, files


def amount(**more):
    return {"x": FactSpec("x", "decimal", both("x"), range=(Fraction(0), Fraction(500)), **more)}


def within(low, high, *, closed=True):
    return Within(fact("x"), is_("<", "x", low).right, is_("<", "x", high).right, closed, closed)


def told(*rules, facts=None, **more):
    facts = {**yes_no("a", "b"), **(facts or amount())}
    made = compile_edition(edition(facts, protocol("p", *rules), **more))
    return made, list(bands(Search(Plans(encoder_of(made)))))


LOW, HIGH = rule("low", is_("<", "x", 10), "alert:low"), rule("high", is_(">=", "x", 10), "alert:high")
SCORE = Name("s", "score")
NORMAL = amount(typical=Fraction(30))


def score(top):
    return score_of("s", [points("x", 0, top)], fact("x"), range=(Fraction(0), Fraction(top)), adults_only=False)


GAPS = {
    "a limit that belongs to nobody": ([LOW, rule("high", is_(">", "x", 10), "alert:high")], {}),
    "a decimal between whole limits": (
        [rule("low", is_("<=", "x", 24), "alert:low"), rule("high", is_(">=", "x", 25), "alert:high")], {},
    ),
    "a wide one away from what is normal": (
        [rule("raised", within(50, 250), "alert:raised"), rule("high", is_(">", "x", 300), "alert:high")],
        {"facts": NORMAL},
    ),
    "values of a score": (
        [rule("low", is_("<=", SCORE, 1), "alert:low"), rule("high", is_(">", SCORE, 3), "alert:high")],
        {"scores": [score(9)], "facts": number("x", 0, 9)},
    ),
}  # fmt: skip
OVERLAPS = {
    "a limit that belongs to both": ([rule("low", is_("<=", "x", 10), "alert:low"), HIGH], {}),
    "bands that run into each other": (
        [rule("raised", within(50, 300), "alert:raised"), rule("high", is_(">", "x", 250), "alert:high")],
        {"facts": NORMAL},
    ),
}


@pytest.mark.parametrize(
    ("kind", "name"), [*(("gap", name) for name in GAPS), *(("overlap", name) for name in OVERLAPS)]
)
def test_a_value_between_two_rules_or_in_both_is_shown_of_a_patient_whom_the_evaluator_confirms(kind, name):
    rules, more = (GAPS if kind == "gap" else OVERLAPS)[name]
    made, found = told(*rules, **more)
    assert [each.kind for each in found] == [kind]
    assert {found[0].rule, found[0].other.partition(",")[0]} == {f"p.{each.name}" for each in rules}
    assert found[0].place == rules[0].place
    codes = {item.code for item in evaluate(made, found[0].witness.facts).items}
    assert codes == (set() if kind == "gap" else {rules[0].actions[0].code, rules[1].actions[0].code})
    assert CODES[PRINTED[kind]].what_to_do


@pytest.mark.parametrize(
    ("rules", "more"),
    [
        ([LOW, HIGH], {}),
        ([LOW, rule("high", is_(">", "x", 250), "alert:high")], {"facts": NORMAL}),  # what is normal lies between
        ([LOW, rule("high", is_(">", "x", 250), "alert:high")], {}),  # nobody says what is normal
        ([LOW, rule("worse", is_("<", "x", 5), "alert:worse")], {}),  # one inside the other
        ([LOW, rule("odd", any_of(is_("<", "x", 10), is_(">", "x", 10)), "alert:odd"),
          rule("ten", is_("=", "x", 10), "alert:ten")], {}),
        ([LOW, rule("high", is_(">", "x", 10), "alert:high"), rule("all", is_(">=", "x", 0), "test:x")], {}),
        ([rule("low", all_of(fact("a"), is_("<=", "x", 10)), "alert:low"),
          rule("high", all_of(is_(">=", "x", 10)), "alert:low")], {}),  # both say the same
    ],
)  # fmt: skip
def test_rules_that_part_where_they_should_are_clean(rules, more):
    assert told(*rules, **more)[1] == []


def test_a_rule_that_waits_for_an_answer_says_something_of_the_value():
    waits = rule("ten", is_("=", "x", 10), "alert:ten", exclude=fact("b"))
    _, found = told(LOW, rule("high", is_(">", "x", 10), "alert:high"), waits)
    assert [each.kind for each in found] == ["gap"], "whoever is excluded has nothing said"
    assert found[0].witness.given["b"] == "yes"


# --- limits and units


def of_units(spec, *rules, **more):
    return [
        (each.kind, each.subject)
        for each in mistaken(compile_edition(edition({"x": spec}, protocol("p", *rules), **more)))
    ]


MASS = UnitRule("mg/dL", Fraction(1), plausible=(Fraction(1), Fraction(400)))


def spec(*units):
    return FactSpec(
        "x", "quantity", both("x"), "mg/dL", {each.unit: each for each in units}, (Fraction(1), Fraction(500))
    )


LITRE = UnitRule("mg/L", Fraction(1, 10), plausible=(Fraction(10), Fraction(4000)))


@pytest.mark.parametrize(
    ("units", "limits", "expected"),
    [
        ((MASS,), (20, 40), []),
        ((MASS,), (20, 450), ["beyond"]),  # in the range, but plausible in no unit
        ((MASS,), (Fraction(1),), []),
        ((MASS, LITRE), (20, 50), []),
        ((MASS, LITRE), (20, 200), ["units"]),  # 20 mg/dL, and 20 mg/L written as if it were the same
        ((MASS, replace(LITRE, factor=Fraction(1))), (20,), ["units"]),
    ],
)
def test_numbers_that_cannot_be_meant_are_told_and_others_are_not(units, limits, expected):
    rules = [rule(f"r{limit}", is_("<=", "x", float(limit)), f"alert:a{limit}") for limit in limits]
    assert of_units(spec(*units), *rules) == [(kind, "x") for kind in expected]


def test_a_score_reads_a_fact_by_the_same_factor():
    factors = {"mg/dL": Fraction(1), "mg/L": Fraction(1, 10)}
    item = ScoreInput("x", "quantity", fact("x"), "mg/dL", units=factors)
    other = replace(item, units={**factors, "mg/L": Fraction(1)})
    for given, expected in ((item, []), (other, [("units", "x")])):
        made = score_of("s", [given], fact("x"), value_type="decimal", adults_only=False)
        assert of_units(spec(MASS, LITRE), scores=[made]) == expected


def test_a_limit_stands_at_its_place_in_the_file():
    texts = files()
    texts[PROTOCOL] = texts[PROTOCOL].replace("when: heartburn_days >= 2", "when: heartburn_days >= 0", 1)
    found = list(mistaken(compile_edition(edition_of(read_library(texts)))))
    assert [(each.kind, each.subject, each.place.file) for each in found] == [("beyond", "heartburn_days", PROTOCOL)]
    assert "heartburn_days" in texts[PROTOCOL].splitlines()[found[0].place.line - 1]
    assert not list(mistaken(compile_edition(edition_of(read_library(files())))))


# --- what is taken in a day, and what a question says of haste


def watched(limit, most):
    dose = FactSpec("opium_daily_dose", "quantity", both("dose"), "mg", range=(Fraction(0), Fraction(400)))
    drugs = formulary([medicine("opium", maximum=f"{most} mg")])
    over = rule("over", is_(">", "opium_daily_dose", limit), "alert:over")
    made = compile_edition(edition({"opium_daily_dose": dose}, protocol("p", over), drugs=drugs))
    return [(each.kind, each.subject) for each in mistaken(made)]


def test_a_daily_maximum_that_rules_do_not_wait_for_is_found():
    assert watched(16, 160) == [("most", "opium")]
    assert watched(16, 16) == watched(16, 12) == []


def asked(urgency, *rules, other=None):
    """Return what is late in a questionnaire with one red flag, or with another beside it."""
    flag = RedFlag(fact("a"), "go", "alert:pain", urgency)
    more = () if other is None else (RedFlag(other[0], "go", "alert:other", other[1]),)
    question = Question("a", "yes_no", both("a"), fact="a", red_flags=(flag, *more))
    form = Questionnaire(
        name="q", version="1.0.0", title=both("q"), kind="intake", groups=(Group("g", both("g"), (question,)),)
    )
    made = replace(edition(yes_no("a", "b"), protocol("p", *rules)), questionnaires={"q": form})
    return list(late(Search(Plans(encoder_of(compile_edition(made))))))


def pain(urgency, when=None, **more):
    return rule("pain", when or fact("a"), action("alert:pain", urgency=urgency), **more)


def test_a_question_that_lets_wait_longer_than_every_plan_is_found():
    found = asked("soon", pain("same_day"))
    assert [(each.question, each.answer.found) for each in found] == [("q.a", "somebody")]
    assert "same_day" in found[0].said
    assert found[0].answer.witness.given == {"a": "yes"}


@pytest.mark.parametrize(
    ("urgency", "rules", "other"),
    [
        ("same_day", [pain("same_day")], None),
        ("emergency", [pain("same_day")], None),
        ("soon", [pain("same_day", all_of(fact("a"), fact("b")))], None),  # the question alone cannot know
        ("soon", [pain("same_day")], (fact("a"), "emergency")),  # another flag says so with it
        ("soon", [rule("else", fact("a"), "alert:else")], None),
    ],
)
def test_a_question_that_says_what_it_can_know_is_clean(urgency, rules, other):
    assert asked(urgency, *rules, other=other) == []

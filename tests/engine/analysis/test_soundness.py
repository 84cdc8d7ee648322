"""Statements that somebody breaks are not proved: each of these patients was once left out of what is possible."""

from fractions import Fraction

import pytest

from engine.analysis.conditions import encoder_of
from engine.analysis.invariants import breaks, prove
from engine.analysis.items import Plans
from engine.analysis.search import Search
from engine.analysis.witness import Witness
from engine.compiler import compile_edition
from engine.conditions import Arithmetic, Call, Choose, Known, Name, Number, YesNo
from engine.facts import CodeSet, FactSpec, Missing
from engine.formulary import Interaction, Part, SafetyCondition
from engine.language.cases import read_case
from engine.language.documents import Invariant, ScoreInput
from tests.engine.builders import (
    HERE,
    action,
    adult,
    all_of,
    any_of,
    both,
    case,
    choice,
    edition,
    fact,
    formulary,
    includes,
    is_,
    medicine,
    not_,
    number,
    points,
    protocol,
    regimen,
    rule,
    score_of,
    yes_no,
)
from tests.engine.content.shipped import library

VALUE = Name("value", "score")
FACTS = {**yes_no("a", "flag"), **number("x", 0, 6)}


def searched(*rules, facts=FACTS, **more):
    return Search(Plans(encoder_of(compile_edition(edition(facts, protocol("p", *rules), **more)))))


def stated(kind, code, when):
    return Invariant("stated", kind, (code,), when, both("because"))


def is_not_proved(search, invariant, person):
    """Assert that the evaluator's plan of this person breaks the statement, and that the prover knows."""
    assert breaks(invariant, Witness({}, person), search.plans.encoder.program), "nobody breaks it: a poor test"
    assert prove(invariant, search).found != "proved"


def one_input(item, value, **more):
    return score_of("s", [item], value, range=(Fraction(0), Fraction(12)), adults_only=False, **more)


def test_a_sum_of_unknown_facts_is_no_input_of_a_score():
    doubled = ScoreInput("x", "integer", Arithmetic("*", fact("x"), Number(Fraction(2))))
    low = rule("low", is_("<=", Name("s", "score"), 3), "alert:low")
    search = searched(low, scores=[one_input(doubled, fact("x"))])
    is_not_proved(search, stated("always", "alert:low", Known("x", known=False)), case())


def test_a_choice_that_may_still_be_two_is_no_input_of_a_score():
    item = ScoreInput(
        "c", "choice", Choose(fact("flag"), Name("red", "code"), Name("blue", "code")), choices=("red", "blue")
    )
    points_of = Choose(is_("=", "c", "red"), Number(Fraction(3)), Number(Fraction(0)))
    high = rule("high", is_(">=", Name("s", "score"), 3), "alert:high")
    search = searched(high, scores=[one_input(item, points_of)])
    is_not_proved(search, stated("always", "alert:high", Known("flag", known=False)), case())


def test_an_answer_with_a_value_behind_it_that_must_be_asked_about_gives_no_score():
    item = ScoreInput("c", "yes_no", any_of(fact("a"), is_(">", "x", 3)))
    points_of = Choose(fact("c"), Number(Fraction(3)), Number(Fraction(0)))
    search = searched(rule("high", is_(">=", Name("s", "score"), 3), "alert:high"), scores=[one_input(item, points_of)])
    is_not_proved(search, stated("always", "alert:high", fact("a")), case(a=True, x=Missing("queried", HERE)))


def test_an_input_that_may_stay_out_and_must_be_asked_about_gives_no_score():
    item = points("x", 0, 6, null_is_not_done=True)
    score = score_of("s", [points("y", 0, 6), item], fact("y"), range=(Fraction(0), Fraction(6)), adults_only=False)
    search = searched(
        rule("high", is_(">=", Name("s", "score"), 3), "alert:high"),
        facts={**FACTS, **number("y", 0, 6)},
        scores=[score],
    )
    is_not_proved(search, stated("always", "alert:high", is_("=", "y", 5)), case(y=5, x=Missing("queried", HERE)))


def rooted(**more):
    return score_of("s", [points("x", 0, 4)], Call("sqrt", (fact("x"),)), value_type="decimal", **more)


def test_what_was_learned_of_a_score_of_an_adult_says_nothing_of_a_child():
    rules = (
        rule("high", is_(">", Name("s", "score"), 5), "alert:high"),
        rule("child", is_("<", "age", 18), "test:child"),
    )
    search = searched(*rules, scores=[rooted()])
    assert prove(stated("never", "alert:high", is_("=", "x", 4)), search).found == "proved"
    is_not_proved(search, stated("never", "test:child", is_("=", "x", 4)), case(age=10, x=4))


def test_what_was_learned_of_a_score_says_nothing_of_a_value_out_of_its_range():
    score = Name("s", "score")
    rules = rule("low", is_("<", score, 1), "alert:low"), rule("high", is_(">=", score, 1), "alert:high")
    search = searched(*rules, scores=[rooted(adults_only=False, monotone=frozenset({"x"}))])
    assert prove(stated("never", "alert:low", is_("=", "x", 2)), search).found == "proved"
    is_not_proved(search, stated("always", "alert:high", is_("=", "x", 5)), case(x=5))


BOTH = {"regimen": "course", "medicine": "aspirin"}


def test_what_a_regimen_must_not_meet_says_nothing_of_the_same_item_with_a_dose_of_its_own():
    never = SafetyCondition(fact("a"), "contraindicated", both("a"))
    drugs = formulary(
        [medicine("aspirin")], regimens=[regimen("course", Part("aspirin", "1 g", "daily"), safety=[never])]
    )
    own = action("rx:course", **BOTH, dose="500 mg", frequency="daily")
    rules = rule("whole", is_(">", "x", 3), action("rx:course", **BOTH)), rule("less", is_("<", "x", 3), own)
    is_not_proved(searched(*rules, drugs=drugs), stated("never", "rx:course", fact("a")), adult(a=True, x=1))


def rx(dose):
    return action("rx:aspirin", medicine="aspirin", dose=dose, frequency="once daily")


def test_a_dose_that_safety_lowers_is_not_held_for_what_it_was():
    less = SafetyCondition(fact("a"), "adjust", both("less"), dose="20 mg")
    drugs = formulary([medicine("aspirin", safety=[less], maximum="60 mg")])
    person = adult(a=True, medication={"aspirin": "30 mg daily"})
    given = searched(rule("gives", fact("a"), rx("70 mg")), drugs=drugs)
    is_not_proved(given, stated("never", "rx:aspirin", includes("medication", "aspirin")), person)


def test_the_dose_of_a_rule_that_is_only_held_counts_for_nothing_beside_one_that_is_proposed():
    drugs = formulary([medicine("aspirin", maximum="60 mg")])
    rules = rule("sure", fact("a"), rx("20 mg")), rule("held", fact("a"), rx("90 mg"), exclude=fact("flag"))
    unsure = all_of(fact("a"), Known("flag", known=False))
    is_not_proved(searched(*rules, drugs=drugs), stated("never", "rx:aspirin", unsure), adult(a=True))


def test_a_dose_that_another_item_gives_instead_is_not_held_in_this_one():
    drugs = formulary(
        [medicine("aspirin", maximum="60 mg")], regimens=[regimen("more", Part("aspirin", "90 mg", "daily"))]
    )
    rules = rule("less", fact("a"), rx("70 mg")), rule("more", fact("a"), action("rx:more", regimen="more"))
    is_not_proved(searched(*rules, drugs=drugs), stated("never", "rx:aspirin", fact("a")), adult(a=True))


def test_a_lowered_dose_that_still_passes_the_maximum_blocks_its_item():
    less = SafetyCondition(fact("a"), "adjust", both("less"), dose="80 mg")
    drugs = formulary([medicine("aspirin", safety=[less], maximum="60 mg")])
    given = searched(rule("gives", fact("a"), rx("90 mg"), paediatric=True), drugs=drugs)
    safe = all_of(fact("a"), not_(includes("allergy", "aspirin")))
    is_not_proved(given, stated("always", "rx:aspirin", safe), adult(a=True))


def test_what_two_medicines_of_one_item_bring_with_them_is_in_the_plan():
    drugs = formulary(
        [medicine("one"), medicine("two")],
        regimens=[regimen("course", Part("one", "1 g", "daily"), Part("two", "1 g", "daily"))],
        interactions=[Interaction(("one", "two"), "monitor", both("watch"), add=("test:levels",))],
    )
    given = rule("gives", fact("a"), action("rx:course", regimen="course"))
    alone = all_of(fact("a"), *(not_(includes("medication", name)) for name in ("one", "two")))
    is_not_proved(searched(given, drugs=drugs), stated("never", "test:levels", alone), adult(a=True))


def test_a_treatment_without_its_result_is_neither_in_nor_out_of_a_whole_list():
    facts = {**FACTS, "failed": FactSpec("failed", "set", both("failed"))}
    drugs = formulary([medicine("one"), medicine("two")])
    one, two = includes("failed", "one"), includes("failed", "two")
    rules = rule("again", one, "alert:seen"), rule("new", not_(one), "alert:seen")
    unsure = CodeSet(frozenset(), HERE, mentioned=frozenset({"one"}))
    search = searched(*rules, facts=facts, drugs=drugs)
    is_not_proved(search, stated("always", "alert:seen", not_(two)), case(failed=unsure))


def test_a_man_of_whom_a_pregnancy_is_recorded_is_doubted_and_not_known_to_have_none():
    facts = {**FACTS, **yes_no("pregnant"), **choice("sex", "male", "female")}
    man = is_("=", "sex", "male")
    search = searched(rule("asks", Known("pregnant", known=False), "alert:ask"), facts=facts)
    invariant = stated("never", "alert:ask", man)
    made = search.plans.encoder.program.edition
    person = read_case(
        {"patient": {"sex": "male"}, "questionnaire": {"pregnant": True}}, made.vocabulary, made.formulary
    )
    is_not_proved(search, invariant, person)
    assert prove(invariant, search).witness.given == {"sex": "male", "pregnant": "yes"}


@pytest.mark.parametrize(("weight", "asked"), [(70, ()), (300, ("bmi",))])
def test_a_body_mass_index_nobody_has_is_asked_about_and_not_taken(weight, asked):
    measured = {"weight_kg": weight, "height_cm": 150}
    person = read_case({"patient": measured}, library().vocabulary, library().formulary)
    assert person.queries == asked
    assert isinstance(person.values["bmi"], Missing) == bool(asked)


def test_figures_computed_from_a_diary_may_be_any():
    facts = {**FACTS, **number("diary_n_stools", 0, 20)}
    search = searched(rule("many", is_(">", "diary_n_stools", 20), "alert:many"), facts=facts)
    is_not_proved(search, stated("never", "alert:many", YesNo(True)), case(diary_n_stools=21))

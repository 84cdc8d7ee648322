"""What would change an item, how near a value is and what to ask next, on small protocols one can follow by eye."""

from fractions import Fraction

from engine.conditions import Choose, Known, Name, Number
from engine.evaluator import evaluate
from engine.explanation import (
    Outcomes,
    Prospect,
    asking,
    asking_about,
    changes,
    fragility,
    told_changes,
    told_near,
    told_questions,
)
from engine.facts import FactSpec, Origin, Value
from engine.language.documents import ScoreInput
from tests.engine.builders import (
    ADULT,
    action,
    adult,
    all_of,
    any_of,
    both,
    fact,
    formulary,
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

LIMITS = (Fraction(0), Fraction(500))
FERRITIN = {"ferritin": FactSpec("ferritin", "quantity", both("ferritin"), unit="ug/L", range=LIMITS, step=Fraction(1))}
FACTS = {**FERRITIN, **yes_no("reflux", "dysphagia", "anaemia", "smoker")}
LOW = rule("low", all_of(is_("<", "ferritin", 30), fact("anaemia")), "test:endoscopy", exclude=fact("dysphagia"))


def laboratory(value):
    return Value(Fraction(value), Origin("labs"))


def prospect(*rules, facts=FACTS, **known):
    made = program(facts, protocol("p", *rules, applies=ADULT), drugs=formulary([medicine("iron")]))
    return Prospect(made, adult(**known))


def questions(seen):
    found = asking(Outcomes(seen), evaluate(seen.program, seen.case))
    return [each.fact for each in found.questions], found.settled


def test_the_smallest_change_names_the_nearest_value_across_the_threshold_first():
    seen = prospect(LOW, ferritin=laboratory(29), anaemia=True, dysphagia=False)
    told = told_changes(seen, changes(seen, "test:endoscopy"), "en")
    assert [each.fact for each in told] == ["ferritin", "age", "anaemia", "dysphagia"]
    assert told[0].sentence == "ferritin: 29 ug/L → 30 ug/L: it leaves the plan"


def test_what_would_bring_an_item_is_told_of_one_that_is_not_in_the_plan():
    seen = prospect(LOW, ferritin=laboratory(31), anaemia=True, dysphagia=False)
    found = told_changes(seen, changes(seen, "test:endoscopy"), "es")
    assert [(each.fact, each.state) for each in found] == [("ferritin", "proposed")]
    assert "29 ug/L: se propone" in found[0].sentence


def test_a_value_within_its_error_of_a_threshold_is_fragile_and_one_further_away_is_not():
    near = prospect(LOW, ferritin=laboratory(29), anaemia=True, dysphagia=False)
    told = told_near(near, fragility(near), "en")
    assert [(each.fact, each.value, each.threshold) for each in told] == [("ferritin", "29 ug/L", "30 ug/L")]
    assert told[0].items == ("test:endoscopy",)
    assert not fragility(prospect(LOW, ferritin=laboratory(20), anaemia=True, dysphagia=False))


def test_a_threshold_that_changes_nothing_in_this_patient_is_not_told():
    assert not fragility(prospect(LOW, ferritin=laboratory(29), anaemia=False, dysphagia=False))


def test_two_facts_that_matter_only_together_are_both_asked():
    both_needed = rule("both", all_of(fact("reflux"), fact("anaemia")), "test:endoscopy")
    assert questions(prospect(both_needed)) == (["anaemia", "reflux"], False)
    assert questions(prospect(both_needed, reflux=False)) == ([], True)
    assert questions(prospect(both_needed, reflux=True)) == (["anaemia"], False)


def test_a_fact_that_adds_nothing_to_what_is_settled_is_not_asked():
    one = rule("one", fact("reflux"), "test:endoscopy")
    other = rule("other", fact("anaemia"), "test:endoscopy")
    assert questions(prospect(one, other, reflux=True)) == ([], True)
    sooner = rule("sooner", fact("anaemia"), action("test:endoscopy", urgency="soon"))
    assert questions(prospect(one, sooner, reflux=True)) == (["anaemia"], False)


def test_a_rule_that_reads_unknown_is_not_settled_while_it_may_be_answered():
    ask = rule("ask", Known("anaemia", known=False), "test:blood")
    assert questions(prospect(ask)) == (["anaemia"], False)
    assert questions(prospect(ask, anaemia=True)) == ([], True)


def test_what_cannot_be_obtained_is_not_asked():
    facts = {**FACTS, "smoker": FactSpec("smoker", "yes_no", both("smoker"), obtainable=False)}
    assert questions(prospect(rule("s", fact("smoker"), "test:blood"), facts=facts)) == ([], True)


def test_an_answer_that_does_not_matter_is_asked_while_the_item_waits_for_it():
    either = rule("either", any_of(fact("reflux"), not_(fact("reflux"))), "test:blood")
    assert questions(prospect(either)) == (["reflux"], False)


def test_the_cheaper_of_two_facts_is_asked_first():
    costly = FactSpec("anaemia", "yes_no", both("anaemia"), cost=Fraction(5))
    both_needed = rule("both", all_of(fact("reflux"), fact("anaemia")), "test:endoscopy")
    assert questions(prospect(both_needed, facts={**FACTS, "anaemia": costly}))[0] == ["reflux", "anaemia"]


def test_nothing_can_change_one_item_while_others_are_open():
    seen = prospect(rule("one", fact("reflux"), "test:a"), rule("other", fact("anaemia"), "test:b"), reflux=True)
    plan = evaluate(seen.program, seen.case)
    assert asking_about(Outcomes(seen), plan, "test:a").settled
    about = asking_about(Outcomes(seen), plan, "test:b")
    assert [each.title for each in told_questions(seen, about, "en")] == ["anaemia"]


def test_the_dose_of_a_medicine_already_taken_is_asked_though_it_is_no_fact():
    drugs = formulary([medicine("iron", maximum="100 mg")])
    gives = action("rx:iron", medicine="iron", dose="50 mg", frequency="once daily")
    made = program(FACTS, protocol("p", rule("gives", fact("reflux"), gives), applies=ADULT), drugs=drugs)
    seen = Prospect(made, adult(reflux=True, medication=["iron"]))
    found = asking(Outcomes(seen), evaluate(made, seen.case))
    assert [(each.fact, each.decided) for each in found.questions] == [("iron_daily_dose", False)]
    assert not found.settled


def test_what_only_a_score_inside_a_score_reads_is_asked_for_too():
    """One that meets the criteria of one illness does not meet those of another: both rest on the same answers."""
    inner = score_of("inner", [points("stools")], fact("stools"))
    over = ScoreInput("over", "yes_no", is_(">=", Name("inner", "score"), 2))
    outer = score_of("outer", [points("pain"), over], Choose(fact("over"), fact("pain"), Number(Fraction(0))))
    known = {**number("stools", 0, 3), **number("pain", 0, 3)}
    made = program(
        known, protocol("p", rule("r", is_(">=", Name("outer", "score"), 1), "test:a")), scores=[inner, outer]
    )
    seen = Prospect(made, adult(pain=2))
    assert questions(seen) == (["stools"], False)
    assert questions(Prospect(made, adult(pain=0))) == ([], True)

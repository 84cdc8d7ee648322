"""What a doctor adds by hand is checked like what a rule proposes: blocked, held, or proposed with what it brings."""

import pytest

from engine.evaluator import BY_HAND, Addition, canonical, evaluate
from engine.language.cases import read_example
from tests.engine.content import trial

CLARITHROMYCIN = Addition("rx:clarithromycin", "500 mg", "twice daily", 14)
AMOXICILLIN = Addition("rx:amoxicillin", "1 g", "twice daily", 14)
OMEPRAZOLE = Addition("rx:omeprazole", "20 mg", "once daily", 28)
SHIPPED = "rx:bismuth_subcitrate"  # any: its one rule gives it, so that there is a plan to add to


def plan(*added, person=trial.HEALTHY, without=(), rule=SHIPPED, **changes):
    known = {name: value for name, value in {**person, **changes}.items() if value is not None}
    case = read_example(known, trial.shipped().vocabulary, trial.shipped().formulary)
    return evaluate(trial.program(rule), case, added, without)


def item(code, *added, **more):
    return next(each for each in plan(*added, **more).items if each.code == code)


def test_a_clear_medicine_is_proposed_for_the_reason_by_hand():
    found = item("rx:omeprazole", OMEPRAZOLE)
    assert (found.state, found.reasons) == ("proposed", (BY_HAND,))
    assert found.doses[0].daily == "20"


@pytest.mark.parametrize("allergy", ["penicillins", "amoxicillin", "Augmentine"])
def test_an_allergy_blocks_by_ingredient_class_and_brand(allergy):
    assert item("rx:amoxicillin", AMOXICILLIN, allergy=[allergy]).state == "blocked"


def test_a_regimen_is_blocked_by_one_of_its_parts():
    regimen = next(name for name, one in trial.shipped().formulary.regimens.items()
                   if "amoxicillin" in {part.medicine for part in one.parts})  # fmt: skip
    assert item(f"rx:{regimen}", Addition(f"rx:{regimen}"), allergy=["Augmentine"]).state == "blocked"


def test_unknown_allergies_hold_and_name_what_is_missing():
    found = item("rx:amoxicillin", AMOXICILLIN, allergy=None)
    assert found.state == "held"
    assert "allergy" in found.waiting_for


def test_an_unknown_pregnancy_holds_what_a_known_one_forbids():
    doxycycline = Addition("rx:doxycycline", "100 mg", "twice daily", 10)
    held = item("rx:doxycycline", doxycycline, person=trial.WOMAN, pregnant=None)
    assert held.state == "held"
    assert "pregnant" in held.waiting_for
    assert item("rx:doxycycline", doxycycline, person=trial.WOMAN, pregnant="yes").state == "blocked"
    assert item("rx:doxycycline", doxycycline, person=trial.WOMAN).state == "proposed"


def test_an_interaction_with_what_is_taken_brings_its_alert_and_its_test():
    metronidazole = Addition("rx:metronidazole", "500 mg", "three times daily", 14)
    added = plan(metronidazole, medication=["warfarin"])
    found = next(each for each in added.items if each.code == "rx:metronidazole")
    assert found.state == "proposed"
    assert "metronidazole+vitamin_k_antagonists" in {finding.subject for finding in found.safety if finding.truth}
    brought = {each.code for each in added.items} - {each.code for each in plan(medication=["warfarin"]).items}
    assert {code.partition(":")[0] for code in brought} >= {"rx", "alert", "test"}


def test_what_meets_an_item_of_the_plan_says_so_unless_that_item_is_rejected():
    twice = plan(CLARITHROMYCIN, Addition("rx:simvastatin", "20 mg", "once daily"))
    found = next(each for each in twice.items if each.code == "rx:simvastatin")
    assert "interaction:rx:clarithromycin" in found.conflicts
    alone = item("rx:simvastatin", Addition("rx:simvastatin", "20 mg", "once daily"), rule="rx:clarithromycin")
    assert "interaction:rx:clarithromycin" in alone.conflicts
    free = item("rx:simvastatin", Addition("rx:simvastatin", "20 mg", "once daily"), rule="rx:clarithromycin",
                without=("rx:clarithromycin",))  # fmt: skip
    assert free.conflicts == ()


def test_more_than_the_daily_maximum_is_blocked():
    assert item("rx:omeprazole", Addition("rx:omeprazole", "400 mg", "twice daily")).state == "blocked"


@pytest.mark.parametrize(("age", "waits"), [("9 years", ()), (None, ("age",))])
def test_an_adult_dose_for_a_child_or_an_unknown_age_is_held(age, waits):
    found = item("rx:omeprazole", OMEPRAZOLE, age=age)
    assert found.state == "held"
    assert set(waits) <= set(found.waiting_for)


def test_nothing_added_changes_nothing_and_what_nobody_knows_is_refused():
    known = read_example(trial.HEALTHY, trial.shipped().vocabulary, trial.shipped().formulary)
    assert canonical(plan()) == canonical(evaluate(trial.program(SHIPPED), known))
    with pytest.raises(KeyError):
        plan(Addition("rx:no_such_medicine"))

"""What holds of every plan: the order of files, answers that come later, and unknown allergies."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler import compile_edition
from engine.evaluator import canonical, evaluate
from tests.engine.builders import case
from tests.engine.programs import answers, built, cases, full_answers, protocols

TRAVELS = {"proposed": {"proposed"}, "blocked": {"blocked", None}, "held": {"proposed", "held", "blocked", None}}


def shuffled(edition, chance):
    """Return the same edition with files, rules, definitions and facts in another order."""

    def mixed(table):
        names = list(table)
        chance.shuffle(names)
        return {name: table[name] for name in names}

    moved = {
        name: replace(each, rules=mixed(each.rules), definitions=mixed(each.definitions))
        for name, each in mixed(edition.protocols).items()
    }
    vocabulary = replace(edition.vocabulary, facts=mixed(edition.vocabulary.facts))
    return replace(edition, protocols=moved, vocabulary=vocabulary)


@given(protocols(), cases, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_files_rules_and_answers_changes_no_byte(drawn, known, chance):
    edition = built(*drawn)
    names = sorted(known.values, key=lambda name: chance.random())
    turned = replace(known, values={name: known.values[name] for name in names})
    first = canonical(evaluate(compile_edition(edition), known))
    assert first == canonical(evaluate(compile_edition(shuffled(edition, chance)), turned))


@given(protocols(), cases)
@settings(max_examples=15, deadline=None)
def test_the_same_case_gives_the_same_bytes_twice(drawn, known):
    program = compile_edition(built(*drawn))
    assert canonical(evaluate(program, known)) == canonical(evaluate(program, known))


@given(protocols(), answers, full_answers)
@settings(max_examples=40, deadline=None)
def test_more_answers_never_retract_a_decision(drawn, known, rest):
    """What is proposed stays so, what is blocked never comes in; only what is held or open is still to be decided."""
    program = compile_edition(built(*drawn))
    completed = {**rest, **{name: value for name, value in known.items() if value is not None}}
    before, after = evaluate(program, case(**known)), evaluate(program, case(**completed))
    states = {item.code: item.state for item in after.items}
    for item in before.items:
        assert states.get(item.code) in TRAVELS[item.state], (item.code, item.state)


@given(protocols(), answers)
@settings(max_examples=40, deadline=None)
def test_an_unknown_allergy_never_lets_a_medicine_through(drawn, known):
    program = compile_edition(built(*drawn))
    plan = evaluate(program, case(**{**known, "allergy": None}))
    assert [item.code for item in plan.items if item.drugs and item.state == "proposed"] == []


@given(protocols(), answers)
@settings(max_examples=40, deadline=None)
def test_a_recorded_allergy_blocks_the_medicine_and_says_why(drawn, known):
    program = compile_edition(built(*drawn))
    plan = evaluate(program, case(**{**known, "allergy": ["salicylates"]}))
    given_drugs = [item for item in plan.items if item.drugs]
    assert all(item.state == "blocked" and item.safety for item in given_drugs)


@given(protocols(), answers)
@settings(max_examples=25, deadline=None)
def test_no_adult_dose_under_18_or_while_the_age_is_not_known(drawn, known):
    program = compile_edition(built(*drawn))
    for age in (17, None):
        plan = evaluate(program, case(**{**known, "age": age}))
        assert [item.code for item in plan.items if item.kind in {"rx", "supp", "diet"}] == []


@given(protocols(), cases)
@settings(max_examples=25, deadline=None)
def test_every_held_item_and_open_rule_says_what_to_ask(drawn, known):
    plan = evaluate(compile_edition(built(*drawn)), known)
    for item in plan.items:
        assert (item.state != "held") or item.waiting_for or item.conflicts, item.code
        assert set(item.waiting_for) <= set(plan.ask)
    for rule in plan.open_rules:
        assert set(rule.waiting_for) <= set(plan.ask)

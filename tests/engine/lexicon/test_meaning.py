"""What a mention may do: raise an alarm, rule out, block. What it may not: treat, reassure, deny."""

from dataclasses import replace

import pytest

from engine.compiler import compile_edition
from engine.conditions import Name
from engine.evaluator import evaluate, plan_json
from engine.explain import case_digest, why
from engine.facts import FactSpec
from engine.formulary import SafetyCondition
from engine.lexicon import Entry, Lexicon
from tests.engine.builders import (
    action,
    adult,
    all_of,
    any_of,
    at_least,
    both,
    case,
    defined,
    edition,
    fact,
    formulary,
    given,
    includes,
    medicine,
    not_,
    points,
    protocol,
    rule,
    score_of,
    yes_no,
)

LEXICON = Lexicon(
    entries=(
        Entry("melena", fact="melaena", also=("bleeding",), phrases=("heces negras",)),
        Entry("atasco", fact="dysphagia", phrases=("se atasca",)),
        Entry("pirosis", fact="heartburn", phrases=("ardor",)),
        Entry("crohn", history="crohn_disease", family_history="crohn_disease", phrases=("crohn",)),
    ),
    cues={
        "negation": ("no", "sin"),
        "bridge": ("tengo",),
        "family": ("madre", "hija"),
        "child": ("hija",),
        "allergic": ("alergia",),
    },
)
FACTS = {
    **yes_no("melaena", "bleeding", "dysphagia", red_flag=True), **yes_no("heartburn", "calm"),
    "history": FactSpec("history", "set", both("history"), choices={"crohn_disease": both("Crohn")}),
}  # fmt: skip
SAFE = SafetyCondition(fact("melaena"), "contraindicated", both("bleeding"))
NAMES = {"amoxicilina": "amoxicillin", "omeprazol": "omeprazole", "naproxeno": "naproxen"}
DRUGS = replace(
    formulary([medicine("naproxen", safety=[SAFE]), medicine("omeprazole"), medicine("amoxicillin")]), names=NAMES
)


def plan(*rules, text="", scores=(), who=adult, **answers):
    made = replace(edition(FACTS, protocol("p", *rules), drugs=DRUGS, scores=scores), lexicon=LEXICON)
    asked = replace(who(**answers), free_text={"other": text})
    return evaluate(compile_edition(made), asked)


def states(found):
    return {item.code: item.state for item in found.items}


ALARM = rule("alarm", fact("melaena"), action("ref:endoscopy", urgency="urgent_2w"), red_flag=True)
TREAT = rule("treat", fact("heartburn"), "rx:omeprazole")


@pytest.mark.parametrize("ticked", [None, False])
def test_a_mention_raises_the_alarm_whatever_was_ticked(ticked):
    found = plan(ALARM, text="tengo heces negras", melaena=ticked)
    assert states(found) == {"ref:endoscopy": "proposed"}
    assert found.items[0].unconfirmed == ("melaena",)
    assert found.urgency == "urgent_2w"
    assert found.ask_now[0] in ("bleeding", "melaena")
    assert [(each.fact, each.first.section, each.second.section) for each in found.conflicts] == (
        [("melaena", "questionnaire", "free_text")] if ticked is False else []
    )


def test_a_tick_that_says_the_same_leaves_nothing_to_confirm():
    found = plan(ALARM, text="heces negras", melaena=True, bleeding=True)
    assert states(found) == {"ref:endoscopy": "proposed"}
    assert (found.unconfirmed, found.items[0].unconfirmed, found.conflicts) == ((), (), ())


def test_what_comes_with_a_mention_counts_too():
    assert states(plan(rule("a", fact("bleeding"), "alert:bleed", red_flag=True), text="heces negras")) == {
        "alert:bleed": "proposed"
    }


def test_a_mention_is_no_indication_for_a_treatment():
    found = plan(TREAT, text="ardor")
    assert states(found) == {}
    assert [(each.rule, each.waiting_for) for each in found.open_rules] == [("treat", ("heartburn",))]


def test_an_answer_against_a_mention_is_unknown_where_nothing_is_dangerous():
    calm = rule("calm", not_(fact("heartburn")), "rx:omeprazole")
    assert states(plan(calm, heartburn=False)) == {"rx:omeprazole": "proposed"}
    assert states(plan(calm, text="ardor", heartburn=False)) == {}


def test_a_mention_rules_out():
    excluding = rule("r", fact("calm"), "rx:omeprazole", exclude=fact("dysphagia"))
    assert states(plan(excluding, calm=True, dysphagia=False)) == {"rx:omeprazole": "proposed"}
    found = plan(excluding, text="se atasca", calm=True, dysphagia=False)
    assert states(found) == {}
    assert [each.rule for each in found.not_proposed] == ["r"]


def test_a_mention_never_clears_what_is_to_be_ruled_out():
    """Exclude "not dysphagia": a mention of it must not free the treatment."""
    excluding = rule("r", fact("calm"), "rx:omeprazole", exclude=not_(fact("dysphagia")))
    assert states(plan(excluding, text="se atasca", calm=True)) == {"rx:omeprazole": "held"}


def test_a_mention_blocks_what_it_makes_dangerous():
    found = plan(rule("r", fact("calm"), "rx:naproxen"), text="heces negras", calm=True, melaena=False)
    assert states(found) == {"rx:naproxen": "blocked"}
    assert found.items[0].unconfirmed == ("melaena",)


@pytest.mark.parametrize("recorded", [None, []])
def test_an_allergy_that_is_only_written_blocks(recorded):
    found = plan(
        rule("r", fact("calm"), "rx:amoxicillin"), text="alergia a la amoxicilina", calm=True, allergy=recorded
    )
    assert states(found) == {"rx:amoxicillin": "blocked"}
    assert found.items[0].safety[0].facts == ("allergy",)
    assert "sin confirmar" in found.items[0].safety[0].because["es"]
    other = plan(rule("r", fact("calm"), "rx:omeprazole"), text="alergia a la amoxicilina", calm=True, allergy=[])
    assert states(other) == {"rx:omeprazole": "proposed"}


def test_a_medicine_that_is_only_written_is_neither_taken_nor_not_taken():
    taking = includes("medication", "naproxen")
    text = "naproxeno"
    assert states(plan(rule("r", taking, "rx:omeprazole"), text=text)) == {}
    assert states(plan(rule("r", not_(taking), "rx:omeprazole"), text=text)) == {}
    assert states(plan(rule("r", taking, "alert:nsaid", red_flag=True), text=text)) == {"alert:nsaid": "proposed"}


@pytest.mark.parametrize("text", ["no tengo heces negras", "sin heces negras", "mi madre tiene heces negras"])
def test_what_is_denied_or_of_somebody_else_is_unknown_and_never_false(text):
    found = plan(ALARM, text=text)
    assert states(found) == {}
    assert found.ask_now == ("melaena",)
    assert found.mentions[0].kind in ("negated", "family")


def test_a_text_that_denies_an_answer_is_shown_and_the_answer_stands():
    found = plan(ALARM, text="no tengo heces negras", melaena=True)
    assert states(found) == {"ref:endoscopy": "proposed"}
    assert [each.fact for each in found.conflicts] == ["melaena"]


@pytest.mark.parametrize(("age", "state"), [(8, {"ref:endoscopy": "proposed"}), (40, {})])
def test_who_writes_for_a_child_writes_of_the_patient(age, state):
    assert states(plan(ALARM, text="mi hija tiene heces negras", who=case, age=age)) == state


def test_what_somebody_settled_after_reading_no_longer_counts():
    made = replace(edition(FACTS, protocol("p", ALARM), drugs=DRUGS), lexicon=LEXICON)
    asked = replace(adult(melaena=False), free_text={"other": "heces negras"})
    found = evaluate(compile_edition(made), replace(asked, decided=frozenset({"melaena"})))
    assert (states(found), found.conflicts) == ({}, ())
    assert found.unconfirmed == ("bleeding",)
    assert states(evaluate(compile_edition(made), asked)) == {"ref:endoscopy": "proposed"}


def test_a_red_flag_that_is_only_written_treats_nobody():
    both_ways = rule("a", fact("melaena"), "rx:omeprazole", "alert:bleed", red_flag=True)
    found = plan(both_ways, text="heces negras")
    assert states(found) == {"alert:bleed": "proposed", "rx:omeprazole": "held"}
    assert next(item for item in found.items if item.kind == "rx").waiting_for == ("melaena",)
    assert states(plan(both_ways, text="heces negras", melaena=True))["rx:omeprazole"] == "proposed"


def test_what_a_red_flag_concludes_from_a_mention_treats_nobody_and_rules_out():
    concluding = rule("a", fact("melaena"), "conclude:alarm", red_flag=True)
    conclusion = Name("p.alarm", "conclusion")
    treating = rule("b", conclusion, "rx:omeprazole")
    excluding = rule("c", fact("calm"), "supp:omeprazole", exclude=conclusion)
    found = plan(concluding, treating, excluding, text="heces negras", calm=True)
    assert states(found) == {}
    assert [each.rule for each in found.not_proposed] == ["c"]


@pytest.mark.parametrize(
    "when",
    [
        all_of(fact("melaena"), fact("calm")), any_of(fact("melaena"), fact("heartburn")),
        at_least(2, fact("melaena"), fact("calm"), fact("heartburn")), not_(not_(fact("melaena"))), defined("p.alarm"),
    ],
)  # fmt: skip
def test_a_mention_counts_at_any_depth_of_a_red_flag(when):
    made = protocol("p", rule("a", when, "alert:bleed", red_flag=True), define={"alarm": fact("melaena")})
    compiled = compile_edition(replace(edition(FACTS, made, drugs=DRUGS), lexicon=LEXICON))
    asked = replace(adult(calm=True), free_text={"other": "heces negras"})
    assert states(evaluate(compiled, asked)) == {"alert:bleed": "proposed"}


@pytest.mark.parametrize(("danger", "band"), [(("high",), "high"), ((), None)])
def test_only_a_score_that_says_a_danger_takes_a_mention_for_true(danger, band):
    given_input = replace(points("m"), type="yes_no", bind=fact("melaena"), range=None)
    bands = {"high": fact("m"), "low": not_(fact("m"))}
    risk = score_of("risk", [given_input], None, bands=bands, value_type="none", danger=danger)
    found = plan(ALARM, scores=[risk], text="heces negras").scores.get("risk")
    assert (found.band if found else None) == band
    assert not found or found.unconfirmed == (("melaena",) if danger else ())


def test_the_explanation_says_who_wrote_it_and_that_nobody_confirmed_it():
    made = replace(edition(FACTS, protocol("p", ALARM), drugs=DRUGS), lexicon=LEXICON)
    compiled, asked = compile_edition(made), replace(adult(melaena=False), free_text={"other": "tengo heces negras"})
    found = evaluate(compiled, asked)
    assert "escrito por el paciente, sin confirmar: «heces negras»" in why(compiled, asked, found, "ref:endoscopy")
    english = why(compiled, asked, found, "ref:endoscopy", lang="en")
    assert "written by the patient, not confirmed" in english
    assert case_digest(asked) != case_digest(adult(melaena=False))


def test_without_a_lexicon_nothing_is_read():
    compiled = compile_edition(edition(FACTS, protocol("p", ALARM), drugs=DRUGS))
    assert evaluate(compiled, replace(adult(), free_text={"other": "heces negras, naproxeno"})).mentions == ()


def test_an_answer_that_is_a_text_is_read_too():
    facts = {**FACTS, "complaint": FactSpec("complaint", "text", both("complaint"))}
    compiled = compile_edition(replace(edition(facts, protocol("p", ALARM), drugs=DRUGS), lexicon=LEXICON))
    asked = adult()
    asked = replace(asked, values={**asked.values, "complaint": given("Heces negras desde ayer")})
    found = plan_json(evaluate(compiled, asked))
    assert found["mentions"] == [
        {"section": "complaint", "start": 0, "end": 12, "text": "Heces negras", "fact": "melaena", "code": None,
         "kind": "affirmed", "also": ["bleeding"]}
    ]  # fmt: skip
    assert found["unconfirmed"] == ["bleeding", "melaena"]

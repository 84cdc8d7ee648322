"""Over the shipped library: words only ever add alarms and take treatments away, whatever a patient writes."""

from functools import cache

import pytest

from bench.lexicon import phrases
from engine.compiler import compile_edition
from engine.evaluator import evaluate
from engine.language.cases import read_case
from engine.language.library import edition
from tests.engine.content.shipped import library

TEXTS = [each.text for each in phrases("development")][::17] + [each.text for each in phrases("held_out")][::19]
CASE = {
    "id": "x", "patient": {"age_years": 45, "sex": "female", "pregnant": False, "breastfeeding": False},
    "allergies": [], "medications": [], "history": [], "family_history": [],
    "questionnaire": {
        "heartburn_days": 5, "regurgitation_days": 4, "dysphagia": False, "gi_bleeding": False, "weight_loss": False,
        "vomiting": False, "anaemia": False, "abdominal_pain": True, "rectal_bleeding": False, "abdominal_mass": False,
    },
    "labs": [{"name": "h_pylori_stool_antigen", "value": "positive", "unit": "qualitative"}],
}  # fmt: skip


@cache
def program():
    return compile_edition(edition(library()))


@cache
def plan(text=""):
    known = program().edition
    case = read_case({**CASE, "free_text": {"other": text}}, known.vocabulary, known.formulary)
    return evaluate(program(), case)


def treatments(found):
    return {item.code for item in found.items if item.kind in ("rx", "supp", "diet") and item.state == "proposed"}


def alarms(found):
    return {item.code for item in found.items if item.red_flag and item.state == "proposed"}


@pytest.mark.parametrize("text", TEXTS)
def test_words_propose_no_treatment_and_take_no_alarm_away(text):
    before, after = plan(), plan(text)
    assert treatments(after) <= treatments(before)
    assert alarms(before) <= alarms(after)


def test_words_that_speak_of_nothing_change_nothing():
    assert plan("Vivo en Sevilla y trabajo en un banco.") == plan()


LISTS = ("allergies", "medications", "history", "family_history")


@pytest.mark.parametrize(
    "answered", [{}, {name: [] for name in LISTS}], ids=["no list answered", "every list answered"]
)
def test_words_about_several_entries_of_lists_all_count_whether_the_lists_were_answered_or_not(answered):
    text = "Soy alérgico a la penicilina y al ibuprofeno. Tomo warfarina y también omeprazol."
    known = program().edition
    bare = {name: value for name, value in CASE.items() if name not in LISTS}
    case = read_case({**bare, **answered, "free_text": {"other": text}}, known.vocabulary, known.formulary)
    found = evaluate(program(), case)
    heard = {(each.fact, each.code) for each in found.mentions if each.code}
    assert len([code for fact, code in heard if fact == "medication"]) > 1
    assert len([code for fact, code in heard if fact == "allergy"]) > 1
    assert {"allergy", "medication"} <= set(found.unconfirmed)
    given = {drug for item in found.items if item.state == "proposed" for drug in item.drugs}
    assert not given & {"amoxicillin", "ibuprofen"}

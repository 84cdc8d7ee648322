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

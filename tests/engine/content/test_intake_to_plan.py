"""A patient answers every question of the intake that is shown: what the shipped protocols then still have to ask."""

from functools import cache

import pytest

from engine.compiler import Program, compile_edition
from engine.evaluator import evaluate
from engine.language.cases import read_case
from engine.language.library import edition
from engine.plan import Plan
from tests.engine.content.shipped import library

FLAGS = (
    "severe_abdominal_pain_rigid", "bowel_obstruction_signs", "chest_pain", "haematemesis", "melaena", "syncope",
    "rectal_bleeding", "gi_bleeding", "dysphagia", "weight_loss", "vomiting", "jaundice", "upper_abdominal_mass",
    "abdominal_mass", "anal_mass_or_ulcer", "rectal_mass", "anaemia",
)  # fmt: skip
GATES = ("reflux", "dyspepsia", "abdominal_pain", "constipation", "diarrhoea", "change_bowel_habit", "smoking")
REFLUX = {
    "reflux": True, "heartburn_days": 5, "regurgitation_days": 4, "epigastric_pain_days": 0, "nausea_days": 0,
    "sleep_disturbance_days": 2, "extra_medication_days": 1,
}  # fmt: skip
IBS = {
    "abdominal_pain": True, "constipation": True, "pain_days_per_week": 3, "related_to_defecation": True,
    "change_in_frequency": True, "change_in_form": True, "nocturnal_symptoms": False, "pct_bristol_1_2": 60,
    "pct_bristol_6_7": 0,
}  # fmt: skip


@cache
def program() -> Program:
    return compile_edition(edition(library()))


def plan(answers: dict[str, object], **case: object) -> Plan:
    raw = {
        "id": "intake",
        "patient": {
            "age_years": 45, "sex": "female", "weight_kg": 70, "height_cm": 168, "pregnant": False,
            "breastfeeding": False,
        },
        "allergies": [], "medications": [], "history": [], "family_history": [],
        "questionnaire": {
            **dict.fromkeys((*FLAGS, *GATES), False), "alcohol_units_week": 2, "months_since_onset": 12, **answers,
        },
    }  # fmt: skip
    shipped = program().edition
    return evaluate(program(), read_case({**raw, **case}, shipped.vocabulary, shipped.formulary))


def states(drafted: Plan) -> dict[str, str]:
    return {item.code: item.state for item in drafted.items}


@pytest.mark.parametrize("answers", [{}, REFLUX, IBS], ids=["nothing", "reflux", "irritable bowel"])
def test_whoever_denied_every_alarm_feature_has_none_left_to_ask_now(answers):
    assert plan(answers).ask_now == ()
    assert plan(answers).urgency == "none"


@pytest.mark.parametrize("flag", [flag for flag in FLAGS if flag not in ("anaemia", "syncope", "vomiting")])
def test_an_alarm_feature_left_open_is_asked_now_and_raises_no_urgency(flag):
    drafted = plan({flag: None})
    assert drafted.ask_now
    assert drafted.urgency == "none"


@pytest.mark.parametrize("flag", ["haematemesis", "severe_abdominal_pain_rigid", "bowel_obstruction_signs"])
def test_an_emergency_ticked_is_urgent_in_the_plan_as_well(flag):
    assert plan({flag: True}).urgency in ("same_day", "emergency")


def test_reflux_without_alarm_features_gets_its_course_at_once():
    assert states(plan(REFLUX))["rx:ppi_standard_od_8w"] == "proposed"


def test_reflux_with_trouble_swallowing_does_not():
    assert "rx:ppi_standard_od_8w" not in states(plan({**REFLUX, "dysphagia": True}))


def test_irritable_bowel_gets_first_line_and_nothing_waits():
    drafted = plan(IBS)
    assert {"dx:ibs_c", "rx:peg_laxative", "supp:psyllium"} <= set(states(drafted))
    assert "held" not in states(drafted).values()


def test_without_a_word_on_pregnancy_only_what_is_safe_stays_proposed():
    woman = {"age_years": 30, "sex": "female", "weight_kg": 60, "height_cm": 165}
    known = states(plan(IBS, patient=woman))
    assert (known["supp:psyllium"], known["rx:peg_laxative"], known["supp:peppermint_oil"]) == (
        "proposed", "proposed", "held",
    )  # fmt: skip


def test_the_quadruple_waits_for_the_kidneys_and_is_freed_by_a_creatinine():
    positive = {"name": "h_pylori_stool_antigen", "value": "positive", "unit": "qualitative"}
    creatinine = {"name": "creatinine", "value": 0.8, "unit": "mg/dL"}
    waiting = plan({}, labs=[positive])
    assert states(waiting)["rx:bismuth_quadruple_14d"] == "held"
    assert "creatinine" in waiting.ask
    assert states(plan({}, labs=[positive, creatinine]))["rx:bismuth_quadruple_14d"] == "proposed"

"""Which scores a plan shows: those that are decided, mostly answered, or about something the patient told."""

from engine.compiler import compile_edition
from engine.evaluator import evaluate
from engine.language.cases import read_case
from engine.language.library import edition
from tests.engine.content.shipped import library

LIBRARY = library()
PROGRAM = compile_edition(edition(LIBRARY))
LISTS = {"allergies": [], "medications": [], "history": [], "family_history": []}


def shown(questionnaire=None, labs=(), vitals=None, **lists):
    """Return the scores of a grown-up's plan by name."""
    raw = {
        "id": "x",
        "patient": {"age_years": 50, "sex": "male"},
        **LISTS,
        **lists,
        "questionnaire": questionnaire or {},
        "labs": [{"name": name, "value": value, "unit": unit} for name, value, unit in labs],
        "vitals": vitals or {},
    }
    return evaluate(PROGRAM, read_case(raw, LIBRARY.vocabulary, LIBRARY.formulary)).scores


def test_lists_that_everybody_has_show_no_score():
    assert dict(shown()) == {}
    assert "gbs" not in shown(history=[{"code": "cirrhosis"}])


def test_one_laboratory_value_does_not_show_every_score_that_reads_it():
    assert set(shown(labs=[("hb", 140, "g/L")])) & {"gbs", "oakland", "truelove_witts"} == set()
    assert "gbs" not in shown({"syncope": False}, labs=[("hb", 140, "g/L")])


def test_what_the_patient_told_shows_its_score_with_what_is_missing():
    assert shown({"bloody_stools_day": 8})["truelove_witts"].missing == ("pulse", "temp", "hb", "esr", "crp")
    assert shown({"syncope": True})["gbs"].status == "incomplete"


def test_a_score_that_is_mostly_answered_is_shown():
    found = shown(labs=[("ast", 48, "U/L"), ("platelets", 160, "10^9/L")])
    assert found["fib4"].missing == ("alt",)
    assert "nfs" not in found


def test_a_complete_record_gives_a_complete_score():
    bleeding = {"melaena": True, "syncope": False}
    labs = [("urea", 5, "mmol/L"), ("hb", 140, "g/L")]
    assert shown(bleeding, labs, {"sbp": 120, "pulse": 80})["gbs"].value == 1
    ill = shown(bleeding, labs, {"sbp": 120, "pulse": 80}, history=[{"code": "cirrhosis"}, {"code": "heart_failure"}])
    assert ill["gbs"].value == 5


def test_dialysis_on_record_counts_in_meld():
    labs = [("creatinine", 1, "mg/dL"), ("bilirubin", 1, "mg/dL"), ("inr", 1, "ratio"), ("sodium", 137, "mmol/L")]
    assert shown(labs=labs)["meld"].value == 6
    assert shown(labs=labs, history=[{"code": "dialysis"}])["meld"].value == 20


def test_the_diary_gives_its_score_without_being_asked_again():
    diary = {"days": 14, "stools_bristol": [[6]] * 14, "pain_0_10": [3] * 14}
    raw = {"id": "x", "patient": {"age_years": 50}, **LISTS, "diary": diary}
    found = evaluate(PROGRAM, read_case(raw, LIBRARY.vocabulary, LIBRARY.formulary)).scores["diary14"]
    assert (found.band, found.value["pain_each_week"]) == ("IBS-D", True)

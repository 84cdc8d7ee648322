"""What the clinic sends is read exactly; what cannot be right is asked about; what nobody declared is refused."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codes import CODES
from engine.errors import CaseError
from engine.facts import CodeSet, Missing, Value
from engine.language.cases import read_case, read_example, score_inputs
from tests.engine.language.a_case import LIBRARY, a_case, lab, refused, value

# --- units


@pytest.mark.parametrize(
    ("name", "given", "unit", "canonical"),
    [
        ("hb", 13, "g/dL", 130),
        ("hb", 12.9, "g/dL", 129),
        ("hb", 129, "g/L", 129),
        ("creatinine", 88.4, "umol/L", Fraction("0.9999808")),
        ("urea", 30, "mg/dL", Fraction("4.995")),
        ("urea", 30, "mg/dL_BUN", Fraction("10.71")),
        ("hba1c", 48, "mmol/mol", Fraction("6.542")),
    ],
)
def test_a_laboratory_value_becomes_canonical_exactly(name, given, unit, canonical):
    assert value(a_case(labs=[lab(name, given, unit)]), name) == canonical


def test_a_float_is_taken_as_written():
    assert value(a_case(labs=[lab("hb", 12.1, "g/dL")]), "hb") == 121


@pytest.mark.parametrize(
    ("name", "given", "unit"),
    [
        ("creatinine", 88, "mg/dL"),  # probably umol/L
        ("hb", 13, "g/L"),  # probably g/dL
        ("hb", 13, None),  # a laboratory value without its unit
        ("hb", 8.1, "mmol/L"),  # a unit nobody declared for it
        ("hb", 13, "stone"),
        ("hb", "<30", "g/L"),
        ("weight_kg", 400, "kg"),
    ],
)
def test_what_cannot_be_right_is_queried_and_never_converted(name, given, unit):
    case = a_case(labs=[lab(name, given, unit)])
    assert case.queries == (name,)
    found = case.values[name]
    assert isinstance(found, Missing)
    assert found.because == "queried"


def test_an_answer_out_of_its_scale_is_queried():
    assert a_case(questionnaire={"heartburn_days": 9}).queries == ("heartburn_days",)


def test_an_answer_needs_no_unit():
    assert value(a_case(patient={"weight_kg": 70}), "weight_kg") == 70


# --- yes, no, grades, choices


def test_a_number_for_yes_or_no_is_its_grade():
    case = a_case(questionnaire={"dysphagia": 2})
    assert value(case, "dysphagia") is True
    assert value(case, "dysphagia_grade") == 2
    assert value(a_case(questionnaire={"dysphagia": 0}), "dysphagia") is False


def test_true_and_false_have_no_grade():
    assert "dysphagia_grade" not in a_case(questionnaire={"dysphagia": True}).values


def test_null_is_not_asked_and_dont_know_is_said():
    case = a_case(questionnaire={"dysphagia": None, "heartburn_days": "dont_know"})
    assert "dysphagia" not in case.values
    assert case.values["heartburn_days"].because == "dont_know"


def test_a_man_is_neither_pregnant_nor_breastfeeding():
    case = a_case(patient={"sex": "male"})
    assert value(case, "pregnant") is False
    assert value(case, "breastfeeding") is False
    assert "pregnant" not in a_case(patient={"sex": "female"}).values


@pytest.mark.parametrize(("age", "taken"), [(11, False), (12, None), (55, None), (56, False)])
def test_pregnancy_is_asked_of_women_from_12_to_55_only(age, taken):
    case = a_case(patient={"sex": "female", "age_years": age, "pregnant": None})
    found = case.values.get("pregnant")
    assert (found.value if isinstance(found, Value) else None) is taken


@pytest.mark.parametrize("age", [11, 30, 57])
def test_a_recorded_pregnancy_counts_at_any_age(age):
    case = a_case(patient={"sex": "female", "age_years": age, "pregnant": True})
    assert value(case, "pregnant") is True


def test_nobody_of_unknown_age_is_taken_as_not_pregnant():
    assert "pregnant" not in a_case(patient={"sex": "female"}).values


def test_a_pregnant_man_is_a_conflict_shown_openly():
    case = a_case(patient={"sex": "male", "pregnant": True})
    assert [conflict.fact for conflict in case.conflicts] == ["pregnant"]
    assert isinstance(case.values["pregnant"], Missing)


def test_age_and_body_mass_index_are_computed():
    case = a_case(as_of="2026-03-01", patient={"birth_date": "1980-03-02", "weight_kg": 80, "height_cm": 200})
    assert value(case, "age") == 45
    assert value(case, "bmi") == 20


def test_an_age_that_contradicts_the_birth_date_is_a_conflict():
    case = a_case(as_of="2026-03-01", patient={"age_years": 30, "birth_date": "1980-03-02"})
    assert case.queries == ("age",)


def test_a_text_that_is_a_fact_is_known():
    case = a_case(free_text={"main_complaint": "ardor", "diet": "de todo"})
    assert value(case, "main_complaint") == "ardor"
    assert case.free_text == {"main_complaint": "ardor", "diet": "de todo"}


# --- lists


def test_an_empty_list_means_none_and_null_means_nobody_asked():
    case = a_case(allergies=[], medications=None)
    assert case.values["allergy"] == CodeSet(frozenset(), case.values["allergy"].origin)
    assert "medication" not in case.values


@pytest.mark.parametrize("name", ["omeprazole", "Omeprazol", "OMEPRAZOL", "prilosec"])
def test_a_medicine_is_known_by_any_of_its_names(name):
    case = a_case(medications=[{"drug": name, "dose": "20 mg"}])
    assert case.values["medication"].codes == {"omeprazole"}
    assert case.values["medication"].details["omeprazole"]["dose"] == "20 mg"


def test_a_brand_records_itself_and_all_it_holds():
    found = a_case(allergies=["Augmentine"]).values["allergy"]
    assert found.codes == {"augmentine", "amoxicillin", "clavulanate"}
    assert found.complete


@pytest.mark.parametrize("key", ["substance", "drug", "code", "name", "allergen"])
def test_an_allergy_may_be_an_object(key):
    assert a_case(allergies=[{key: "latex", "reaction": "rash"}]).values["allergy"].codes == {"latex"}


def test_free_text_that_nobody_coded_makes_the_list_incomplete():
    found = a_case(medications=["warfarin", {"drug": None, "text": "una pastilla blanca"}]).values["medication"]
    assert found.codes == {"warfarin"}
    assert not found.complete


def test_free_text_that_is_a_known_name_is_recognised():
    found = a_case(allergies=[{"text": "Penicilinas"}]).values["allergy"]
    assert found.codes == {"penicillins"}
    assert found.complete


def test_history_is_read_by_code_with_its_details():
    found = a_case(history=[{"code": "ulcerative_colitis", "year": 2010}]).values["history"]
    assert found.codes == {"ulcerative_colitis"}
    assert found.details["ulcerative_colitis"] == {"year": 2010}


@pytest.mark.parametrize(
    "sections",
    [
        {"medications": ["amfetamol"]},
        {"allergies": [{"drug": "amfetamol"}]},
        {"history": ["measels"]},
        {"family_history": [{"code": "ulcerative_colitis"}]},
    ],
)
def test_a_bare_name_nobody_knows_is_refused_without_repeating_it(sections):
    refusal = refused(**sections)
    assert refusal.code == "C005"
    assert "amfetamol" not in str(refusal)
    assert "measels" not in str(refusal)


# --- refusals


@pytest.mark.parametrize(
    ("sections", "code"),
    [
        ({"questionnaire": {"hearburn_days": 3}}, "C002"),
        ({"questionaire": {}}, "C002"),
        ({"free_text": {"dreams": "x"}}, "C002"),
        ({"diary": {"stools": []}}, "C002"),
        ({"patient": {"name": "x"}}, "C002"),
        ({"questionnaire": {"dysphagia": "perhaps"}}, "C003"),
        ({"questionnaire": {"heartburn_days": True}}, "C003"),
        ({"questionnaire": {"heartburn_days": [3]}}, "C003"),
        ({"questionnaire": {"heartburn_days": 2.5}}, "C003"),
        ({"questionnaire": {"heartburn_days": "12,5"}}, "C003"),
        ({"questionnaire": []}, "C003"),
        ({"labs": {"hb": 3}}, "C003"),
        ({"labs": ["hb"]}, "C003"),
        ({"allergies": "none"}, "C003"),
        ({"allergies": [3]}, "C003"),
        ({"free_text": {"diet": 3}}, "C003"),
        ({"vitals": {"weight_kg": float("nan")}}, "C004"),
        ({"vitals": {"weight_kg": float("inf")}}, "C004"),
        ({"vitals": {"weight_kg": 10**400}}, "C004"),
        ({"as_of": "yesterday"}, "C006"),
        ({"patient": {"birth_date": "1980-13-01"}}, "C006"),
        ({"patient": {"sex": "woman"}}, "C008"),
        ({"id": True}, "C001"),
    ],
)
def test_it_is_refused_with_its_code(sections, code):
    assert refused(**sections).code == code


def test_every_slip_of_a_case_is_in_one_message():
    refusal = refused(questionnaire={"hearburn_days": 3, "dysphagia": "perhaps"}, medications=["amfetamol"])
    assert all(part in str(refusal) for part in ("hearburn_days", "dysphagia", "medications[0]"))
    assert "Did you mean heartburn_days?" in refusal.hint


def test_no_answer_stands_in_a_refusal():
    refusal = refused(questionnaire={"dysphagia": "secret words"}, patient={"sex": "secret words"})
    assert "secret" not in f"{refusal} {refusal.hint}"


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SECTIONS = ["id", "as_of", "patient", "allergies", "history", "questionnaire", "labs", "vitals", "diary", "free_text"]


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(SECTIONS), json_like, max_size=4))
def test_any_json_is_read_or_refused(raw):
    code = ""
    try:
        read_case(raw, LIBRARY.vocabulary, LIBRARY.formulary)
    except CaseError as refusal:
        code = refusal.code
    assert code in ("", *CODES)


# --- tests of protocols and scores


def test_a_protocols_own_test_is_read_from_text():
    given = {
        "age": "40 years",
        "sex": "male",
        "hb": "13 g/dL",
        "dysphagia": "no",
        "allergy": [],
        "medication": ["Augmentine"],
    }
    case = read_example(given, LIBRARY.vocabulary, LIBRARY.formulary)
    assert value(case, "hb") == 130
    assert value(case, "pregnant") is False
    assert case.values["medication"].codes == {"augmentine", "amoxicillin", "clavulanate"}
    assert case.values["allergy"].complete


def test_a_protocols_own_test_with_an_unknown_name_is_refused():
    with pytest.raises(CaseError):
        read_example({"hbb": "13 g/dL"}, LIBRARY.vocabulary, LIBRARY.formulary)


def test_the_inputs_of_a_scores_test_have_value_and_unit():
    assert score_inputs({"creatinine": "1.3 mg/dL", "days": "5", "low": "no", "kind": "mild", "fit": None}) == {
        "creatinine": {"value": Decimal("1.3"), "unit": "mg/dL"},
        "days": {"value": 5, "unit": None},
        "low": {"value": False, "unit": None},
        "kind": {"value": "mild", "unit": None},
        "fit": {"value": None, "unit": None},
    }


def test_the_day_of_a_case_is_kept():
    assert a_case(as_of="2026-03-01").as_of == date(2026, 3, 1)

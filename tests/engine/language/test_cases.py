"""What the clinic sends is read exactly; what cannot be right is asked about; what nobody declared is refused."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codes import CODES
from engine.errors import CaseError
from engine.facts import CodeSet, Missing, Series, Value
from engine.language.cases import read_case, read_example, score_inputs
from tests.engine.language.a_library import a_library

LIBRARY = a_library()


def a_case(**sections):
    return read_case({"id": "c1", **sections}, LIBRARY.vocabulary, LIBRARY.formulary)


def value(case, fact):
    found = case.values[fact]
    assert isinstance(found, Value), found
    return found.value


def refused(**sections):
    with pytest.raises(CaseError) as refusal:
        a_case(**sections)
    return refusal.value


def lab(name, given, unit=None, **more):
    return {"name": name, "value": given, "unit": unit, **more}


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


# --- laboratory


def test_the_latest_of_two_values_counts():
    labs = [lab("hb", 120, "g/L", date="2026-02-01"), lab("hb", 9, "g/dL", date="2026-01-01")]
    assert value(a_case(labs=labs), "hb") == 120


def test_an_undated_value_is_current():
    labs = [lab("hb", 120, "g/L"), lab("hb", 90, "g/L", date="2026-01-01")]
    assert value(a_case(labs=labs), "hb") == 120


@pytest.mark.parametrize("day", [None, "2026-01-01"])
def test_two_values_of_one_day_that_differ_are_a_conflict(day):
    case = a_case(labs=[lab("hb", 120, "g/L", date=day), lab("hb", 90, "g/L", date=day)])
    assert [conflict.fact for conflict in case.conflicts] == ["hb"]
    assert isinstance(case.values["hb"], Missing)
    assert case.queries == ("hb",)


def test_the_same_value_twice_is_one_value():
    case = a_case(labs=[lab("hb", 12, "g/dL"), lab("hb", 120, "g/L")])
    assert value(case, "hb") == 120
    assert not case.conflicts


def test_an_old_value_that_looks_wrong_asks_nothing():
    labs = [lab("hb", 13, "g/L", date="2025-01-01"), lab("hb", 130, "g/L", date="2026-01-01")]
    case = a_case(labs=labs)
    assert value(case, "hb") == 130
    assert case.queries == ()


def test_a_value_of_a_visit_is_read_by_the_rules_of_its_fact():
    assert value(a_case(labs=[lab("visit2_hb", 13, "g/dL")]), "visit2_hb") == 130


def test_a_qualitative_result_is_a_choice():
    assert value(a_case(labs=[lab("h_pylori", "positive", "qualitative")]), "h_pylori") == "positive"


# --- freshness


def test_an_old_value_is_unknown_and_says_why():
    found = a_case(as_of="2026-03-01", labs=[lab("hb", 130, "g/L", date="2024-01-01")]).values["hb"]
    assert (found.because, found.was) == ("stale", "130")


def test_a_value_on_its_last_day_is_fresh():
    assert value(a_case(as_of="2026-01-01", labs=[lab("hb", 130, "g/L", date="2025-01-01")]), "hb") == 130


def test_an_old_positive_red_flag_is_remembered():
    answers = {"dysphagia": {"value": True, "date": "2025-01-01"}}
    assert a_case(as_of="2026-03-01", questionnaire=answers).values["dysphagia"].positive_before
    answers = {"dysphagia": {"value": False, "date": "2025-01-01"}}
    assert not a_case(as_of="2026-03-01", questionnaire=answers).values["dysphagia"].positive_before


def test_without_a_day_nothing_is_old():
    assert value(a_case(labs=[lab("hb", 130, "g/L", date="1999-01-01")]), "hb") == 130


def test_tomorrows_value_is_refused():
    assert refused(as_of="2026-03-01", labs=[lab("hb", 130, "g/L", date="2026-03-02")]).code == "C006"


# --- diary


def a_diary(**more):
    return {"days": 4, "stools_bristol": [[1, 2], [], None, [6]], "pain_0_10": [5, None, 0, 10], **more}


def test_a_day_without_stool_is_not_a_day_not_filled_in():
    case = a_case(diary=a_diary())
    assert value(case, "diary_days_filled") == 3
    assert value(case, "diary_n_stools") == 3
    assert value(case, "diary_pct_bristol_1_2") == Fraction(200, 3)
    assert case.values["diary_pain"] == Series((5, None, 0, 10), case.values["diary_pain"].origin)


def test_derived_figures_are_recomputed_and_a_difference_is_shown():
    same = {"days_filled": 3, "n_stools": 3, "pct_bristol_1_2": 66.7, "pct_bristol_6_7": 33.3}
    assert a_case(diary=a_diary(derived=same)).conflicts == ()
    case = a_case(diary=a_diary(derived={**same, "pct_bristol_6_7": 3.3}))
    assert [conflict.fact for conflict in case.conflicts] == ["diary_pct_bristol_6_7"]
    assert value(case, "diary_pct_bristol_6_7") == Fraction(100, 3)


def test_without_stools_there_is_no_percentage():
    case = a_case(diary={"days": 2, "stools_bristol": [[], None]})
    assert value(case, "diary_n_stools") == 0
    assert "diary_pct_bristol_1_2" not in case.values


@pytest.mark.parametrize(
    "diary",
    [
        {"days": 3, "stools_bristol": [[1]]},
        {"days": 1, "stools_bristol": [[8]]},
        {"days": 1, "stools_bristol": [4]},
        {"days": 1, "stools_bristol": [[True]]},
        {"days": 1, "pain_0_10": [11]},
        {"days": 0},
        {"days": True},
        "none",
    ],
)
def test_a_diary_that_cannot_be_read_is_refused(diary):
    assert refused(diary=diary).code == "C007"


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

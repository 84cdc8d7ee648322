"""The shipped data dictionary: every name a case may use, every code a plan may hold, exact units, both languages."""

from fractions import Fraction

import pytest

from engine.language.library import check_library
from tests.engine.content.shipped import LANGUAGES, files, library, plain, sample, texts

FACTS = library().vocabulary.facts
CODES = library().vocabulary.codes
NUMERIC = [analyte for analyte in sample("analytes") if analyte["kind"] == "numeric"]
NAMES = {analyte["name"]: analyte for analyte in sample("analytes")}
# Where the table of analytes differs from the clinical conventions, the conventions hold.
NARROWER = {"faecal_calprotectin": (5, 8000), "ferritin": (1, 5000)}
EXACT = {
    ("creatinine", "umol/L"): Fraction(10, 884),
    ("bilirubin", "umol/L"): Fraction(10, 171),
    ("urea", "mg/dL_BUN"): Fraction("0.357"),
    ("urea", "mg/dL"): Fraction("0.357") / Fraction("2.14"),
    ("bun", "mg/dL_urea"): 1 / Fraction("2.14"),
    ("hb", "g/dL"): Fraction(10),
    ("platelets", "/uL"): Fraction(1, 1000),
    ("vitamin_d_25oh", "ng/mL"): Fraction("2.496"),
    ("b12", "pmol/L"): Fraction("1.355"),
    ("glucose", "mmol/L"): Fraction("18.02"),
    ("calcium", "mmol/L"): Fraction("4.008"),
}


def test_the_shipped_files_check_without_a_problem():
    assert check_library(files())[1] == ()


@pytest.mark.parametrize("section", ["questionnaire", "labs", "vitals"])
def test_every_name_a_case_may_use_is_a_fact(section):
    assert [name for name in sample("inputs")[section] if name not in FACTS] == []


def test_a_name_no_case_may_use_is_no_fact():
    assert "heart_burn_days" not in FACTS


def test_every_history_of_a_case_can_be_chosen():
    assert [code for code in sample("inputs")["history"] if code not in FACTS["history"].choices] == []


def test_every_name_that_may_be_asked_is_asked_by_some_fact():
    asked = {name for fact in FACTS.values() for name in (fact.ask or (fact.name,))}
    assert [name for name in sample("inputs")["ask"] if name not in asked] == []


@pytest.mark.parametrize(
    ("fact", "names"),
    [
        ("qtc", {"baseline_qtc", "qtc"}),
        ("pregnant", {"pregnancy_status"}),
        ("inr", {"last_inr"}),
        ("weight_before_kg", {"weight_kg_before"}),
        ("creatinine_unit", {"creatinine_unit", "unit_creatinine"}),
        ("stool_sample_form", {"stool_form_of_sample"}),
        ("haemodynamic_instability", {"haemodynamic_status_now"}),
    ],
)
def test_a_missing_fact_is_asked_by_all_its_names(fact, names):
    assert set(FACTS[fact].ask) == names


@pytest.mark.parametrize("analyte", sample("analytes"), ids=lambda analyte: analyte["name"])
def test_a_laboratory_value_carries_its_loinc_and_both_names(analyte):
    fact = FACTS[analyte["name"]]
    assert fact.codes.get("loinc") == analyte["loinc"]
    assert dict(fact.title) == analyte["label"]


@pytest.mark.parametrize("analyte", NUMERIC, ids=lambda analyte: analyte["name"])
def test_units_and_factors_agree_with_the_table_of_analytes(analyte):
    fact = FACTS[analyte["name"]]
    assert fact.unit == analyte["canonical"]
    for unit, factor in analyte["to_canonical"].items():
        if factor is None or unit == fact.unit:
            continue
        wanted = EXACT.get((fact.name, unit), Fraction(str(factor)))
        assert fact.units[unit].factor == wanted
        assert float(wanted) == pytest.approx(factor, rel=5e-3)


@pytest.mark.parametrize("analyte", NUMERIC, ids=lambda analyte: analyte["name"])
def test_what_is_plausible_agrees_with_the_table_of_analytes(analyte):
    fact = FACTS[analyte["name"]]
    for unit, ends in analyte["plausible"].items():
        if analyte["to_canonical"].get(unit) is not None:
            low, high = NARROWER.get(fact.name, ends)
            assert fact.units[unit].plausible == (Fraction(str(low)), Fraction(str(high))), unit


@pytest.mark.parametrize(("name", "unit"), [("fit", "ngHb/mL"), ("ttg_iga", "xULN")])
def test_a_unit_that_has_no_factor_is_not_accepted(name, unit):
    assert unit not in FACTS[name].units


def test_hba1c_is_converted_with_its_offset():
    rule = FACTS["hba1c"].units["mmol/mol"]
    assert float(48 * rule.factor + rule.offset) == pytest.approx(6.5, abs=0.05)


def test_exact_factors_are_ratios_and_not_rounded():
    for (name, unit), factor in EXACT.items():
        assert FACTS[name].units[unit].factor == factor


def test_every_plausible_value_lies_inside_the_range_of_its_fact():
    for fact in FACTS.values():
        for rule in fact.units.values():
            if rule.plausible and fact.range:
                low, high = (end * rule.factor + rule.offset for end in rule.plausible)
                assert fact.range[0] <= low <= high <= fact.range[1], (fact.name, rule.unit)


def test_every_code_of_the_published_list_is_declared():
    missing = [
        f"{kind}:{code}" for kind, codes in sample("codes").items() for code in codes if f"{kind}:{code}" not in CODES
    ]
    assert missing == ["rx:*"]  # a pattern, not a code


@pytest.mark.parametrize("kind", ["rx", "supp", "diet", "advice", "fu"])
def test_what_a_patient_may_be_given_has_plain_words_for_the_patient(kind):
    never_given = {"any_7d", "levofloxacin_empirical", "loperamide_above_16mg", "opioid", "ppi_indefinite"} | {
        "dairy_free_without_calcium_replacement", "low_fat_strict",
        "low_fodmap_phase1_as_sole_plan",
    }  # fmt: skip
    silent = [name for name, code in CODES.items() if name.startswith(f"{kind}:") and not code.patient]
    assert {name.partition(":")[2] for name in silent} <= never_given


def test_opposites_name_declared_codes_and_never_themselves():
    for name, code in CODES.items():
        assert set(code.opposed) <= set(CODES)
        assert name not in code.opposed


@pytest.mark.parametrize("folder", ["vocabulary", "formulary", "questionnaires", "scores", "protocols"])
def test_every_text_stands_in_both_languages(folder):
    lacking = [
        f"{path}{where}"
        for path, document in plain(folder)
        for where, text in texts(document)
        if set(text) != LANGUAGES or not all(words.strip() for words in text.values())
    ]
    assert lacking == []


@pytest.mark.parametrize("name", ["dysphagia", "melaena", "haematemesis", "weight_loss", "jaundice", "rectal_bleeding"])
def test_an_alarm_feature_is_marked_so_that_it_never_ages_away(name):
    assert FACTS[name].red_flag


def test_an_ordinary_symptom_is_no_red_flag():
    assert not FACTS["heartburn_days"].red_flag


def test_lists_of_a_case_point_to_their_sets():
    assert library().vocabulary.lists == {
        "allergies": "allergy", "medications": "medication", "history": "history", "family_history": "family_history",
    }  # fmt: skip

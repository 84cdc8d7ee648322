"""What was measured on some day: which of several values counts, what is too old, and what a diary says of days."""

from fractions import Fraction

import pytest

from engine.facts import Missing, Series
from tests.engine.language.a_case import a_case, lab, refused, value

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

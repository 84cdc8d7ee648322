"""Items as lines: their group, their words, and how a missing fact can be answered on the spot."""

from pathlib import Path

import pytest

from engine.language.library import edition, read_library
from tests.webapp.plans.factories import content, ppi
from webapp.plans import inputs, presenting, trends
from webapp.plans.models import PlanItem
from webapp.plans.terms import NBSP, Terms

ROOT = Path(__file__).resolve().parents[3] / "protocols_yaml"


@pytest.fixture(scope="module")
def terms():
    files = {path.relative_to(ROOT).as_posix(): path.read_text() for path in ROOT.rglob("*.yaml")}
    return Terms(edition(read_library(files)), "es")


def item(data):
    shared = {key: data[key] for key in ("code", "kind", "state", "urgency")}
    return PlanItem(content=data, **shared)


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("rx:ppi_standard_od_8w", "start"), ("supp:psyllium", "start"), ("plan:stop_nsaid", "stop"),
        ("plan:avoid_nsaid", "stop"), ("plan:continue_ppi", "continue"), ("test:fit", "test"), ("ref:dietitian", "ref"),
        ("diet:low_fodmap_phase1", "diet"), ("advice:small_meals", "advice"), ("fu:review_8w", "follow"),
        ("monitor:daily_diary", "follow"), ("plan:doctor_confirms_pattern", "follow"),
    ],
)  # fmt: skip
def test_every_kind_has_its_group(code, group):
    assert presenting.group_of(item(content(code))) == group


@pytest.mark.parametrize(
    ("fact", "kind", "unit"),
    [
        ("dysphagia", "yes_no", ""), ("heartburn_days", "number", ""), ("structural_disease", "choice", ""),
        ("not_tolerated", "list", ""), ("allergy", "list", ""), ("main_complaint", "other", ""),
        ("never_heard_of", "other", ""), ("ferritin", "number", "µg/L"),
    ],
)  # fmt: skip
def test_a_missing_fact_is_asked_in_the_form_it_can_be_answered_in(terms, fact, kind, unit):
    question = presenting.question(fact, terms)
    assert (question.kind, question.unit) == (kind, unit)
    assert question.text
    assert question.title


def test_a_dose_is_said_once_with_its_unit_unbroken(terms):
    [line] = presenting.dose_lines(ppi(), terms)
    assert line == f"Omeprazol 20{NBSP}mg 1 al día, 8 semanas"


def test_a_medicine_that_stands_in_the_title_is_not_said_twice(terms):
    [line] = presenting.dose_lines(ppi(title={"es": "Omeprazol a dosis baja", "en": "Low-dose omeprazole"}), terms)
    assert line == f"20{NBSP}mg 1 al día, 8 semanas"


@pytest.mark.parametrize(
    ("name", "value", "unit", "words"),
    [
        ("ferritin", 29, "ug/L", f"29{NBSP}µg/L"), ("platelets", 241, "10^9/L", f"241{NBSP}×10⁹/L"),
        ("inr", 1.1, "ratio", "1,1"), ("dysphagia", False, "", "no"), ("sex", "female", "", "Mujer"),
        ("h_pylori_stool_antigen", "positive", "qualitative", "Positivo"),
    ],
)  # fmt: skip
def test_values_are_printed_as_people_read_them(terms, name, value, unit, words):
    assert terms.value(name, value, unit) == words


def test_the_facts_behind_a_rule_are_found_through_definitions_and_scores(terms):
    reason = content("rx:x")["reasons"][0]
    rules = terms.edition.protocols["reflux"].rules
    items = [item(content("rx:x", reasons=[{**reason, "rule": rule}])) for rule in rules]
    assert {"heartburn_days", "regurgitation_days", "dysphagia"} <= inputs.facts_behind(items, terms.edition)


def test_a_day_without_diary_is_drawn_missing_and_not_zero():
    [trend] = trends.trends_of({"days": 14, "pain_0_10": [0, None] + [4] * 12, "heartburn_0_10": None})
    assert [bar.missing for bar in trend.bars[:3]] == [False, True, False]
    assert trend.days[:3] == ["0", "sin datos", "4"]
    assert trends.days_filled({"pain_0_10": [0, None] + [4] * 12}) == 13


def test_no_diary_is_no_trend():
    assert trends.trends_of(None) == []
    assert trends.days_filled(None) == 0


@pytest.mark.parametrize(("count", "said"), [(365, "1 año"), (730, "2 años"), (364, "52 semanas"), (20, "20 días")])
def test_what_comes_after_whole_years_says_so(terms, count, said):
    [line] = presenting.dose_lines(content("fu:review_8w", after_days=count), terms)
    assert said in line

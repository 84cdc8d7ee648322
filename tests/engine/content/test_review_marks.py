"""What comes from general knowledge, seen in no named source, waits for the director's review and says so."""

import pytest

from tests.engine.content.shipped import library

# The clinical reference gives no source for some band or limit of these.
SCORES = (
    "bbps", "calprotectin_band", "carb_breath_test", "coeliac_serology", "eckardt", "gbs", "gerdq", "ranson",
    "rome4_ibs", "weight_loss_pct",
)  # fmt: skip
# Nor for the sentence these rules stand on.
RULES = {
    "breath_tests": {"late_rise"},
    "coeliac": {"diagnosed", "bones"},
    "dyspepsia": {"endoscopy_by_age"},
    "h_pylori": {"defer_in_pregnancy"},
    "ibs": {"subtype_constipation", "subtype_diarrhoea", "subtype_mixed", "subtype_open"},
    "iron_deficiency": {"keep_iron_three_months"},
    "reflux": {"no_response"},
}
REGIMENS = ("bismuth_three_in_one_10d", "tca_low_dose")


@pytest.mark.parametrize("name", SCORES)
def test_a_score_with_a_limit_nobody_saw_in_a_source_waits_for_review(name):
    assert [score.review_needed for score in library().scores if score.name == name] == [True]


@pytest.mark.parametrize("name", RULES)
def test_so_does_a_rule(name):
    [protocol] = [one for one in library().protocols if one.name == name]
    waiting = {rule.name for rule in protocol.rules.values() if rule.review_needed}
    assert waiting >= RULES[name]


@pytest.mark.parametrize("name", REGIMENS)
def test_so_does_a_regimen(name):
    assert library().formulary.regimens[name].review_needed


def test_what_was_seen_in_its_source_does_not_wait():
    seen = {"fib4", "ibs_sss", "hbi", "oakland"} & {one.name for one in library().scores if not one.review_needed}
    assert seen >= {"fib4", "hbi", "oakland"}

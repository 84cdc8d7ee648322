"""What every shipped protocol and score promises its reader, whoever writes the next one."""

import pytest

from engine.language.library import edition
from tests.engine.command_line import json_lines, lines, pauta
from tests.engine.content.shipped import library

SHIPPED = edition(library())
RULES = [(protocol, rule) for protocol in SHIPPED.protocols.values() for rule in protocol.rules.values()]
NAMES = [f"{protocol.name}.{rule.name}" for protocol, rule in RULES]
FIRST_PROTOCOLS = {"alarm_upper", "alarm_lower", "paediatric", "reflux", "dyspepsia", "h_pylori", "ibs", "liver"}
FIRST_SCORES = {"gerdq", "ibs_sss", "rome4_ibs", "rome4_fd", "weight_loss_pct", "fib4", "ng12_upper", "ng12_lower"}


def test_the_first_protocols_and_scores_are_shipped():
    assert set(SHIPPED.protocols) >= FIRST_PROTOCOLS
    assert set(SHIPPED.scores) >= FIRST_SCORES | {"fit_band"}


@pytest.mark.parametrize(("protocol", "rule"), RULES, ids=NAMES)
def test_a_rule_says_why_in_both_languages_and_on_what_evidence(protocol, rule):
    assert rule.because["es"]
    assert rule.because["en"]
    assert rule.because["es"] != rule.because["en"]
    assert rule.source in protocol.sources
    assert rule.evidence


@pytest.mark.parametrize("name", SHIPPED.protocols)
def test_a_protocol_is_reviewed_on_a_day_and_names_its_sources(name):
    protocol = SHIPPED.protocols[name]
    assert protocol.review_by is not None
    cited = {part.source for part in (*protocol.rules.values(), *protocol.parameters.values())}
    assert set(protocol.sources) == cited, "a source that nothing cites"


@pytest.mark.parametrize("name", sorted(FIRST_SCORES))
def test_a_score_has_tests_of_its_limits_of_a_missing_answer_and_of_a_doubtful_one(name):
    wanted = {example.scores.get("status") for example in SHIPPED.scores[name].examples}
    assert wanted >= {"ok", "incomplete", "reject_or_query"}


@pytest.mark.parametrize("score", ["fib4", "ng12_upper", "ng12_lower"])
def test_no_adult_score_is_worked_out_below_eighteen(score):
    asked = [{"id": str(age), "score": score, "inputs": {"age": {"value": age, "unit": "years"}}} for age in (17, 18)]
    child, adult = json_lines(pauta("score", "-", "--json", stdin=lines(asked)).stdout)
    assert (child["status"], child["query"], child["value"], child["band"]) == ("reject_or_query", ["age"], None, None)
    assert adult["status"] == "incomplete"


def test_no_rule_prescribes_clarithromycin_or_levofloxacin_without_proven_susceptibility():
    drugs = {"clarithromycin", "levofloxacin"}
    regimens = SHIPPED.formulary.regimens
    giving = {
        rule.name
        for _, rule in RULES
        for action in rule.actions
        if action.regimen and drugs & {part.medicine for part in regimens[action.regimen].parts}
    }
    assert giving == {"clarithromycin_only_if_susceptible"}

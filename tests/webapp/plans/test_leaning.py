"""Follow-ups and tests of cure whose treatment was rejected: the doctor is told, and nothing is decided for anybody."""

import pytest

from tests.webapp.plans.factories import content
from webapp.plans import leaning
from webapp.plans.models import PlanItem

REASON = content("rx:any")["reasons"][0]


def of(protocol):
    return {"reasons": [REASON | {"protocol": protocol}]}


def item(code, decision="pending", state="proposed", protocol="h_pylori"):
    data = content(code, state, **of(protocol))
    shared = {key: data[key] for key in ("code", "kind", "state", "urgency")}
    return PlanItem(content=data, decision=decision, **shared)


def alone(*items):
    found = leaning.left_alone(items)
    return [one.code for one in items if one.pk in found]


CURE, LATER = "test:cure_ubt_or_sat_4w", "fu:test_of_cure_6w"


def test_once_the_only_treatment_is_rejected_its_test_of_cure_and_follow_up_stand_alone():
    assert alone(item("rx:quadruple", "rejected"), item(CURE), item(LATER, "accepted")) == [CURE, LATER]


@pytest.mark.parametrize("decision", ["pending", "accepted", "edited", "added"])
def test_while_a_medicine_of_the_protocol_is_left_nothing_stands_alone(decision):
    assert alone(item("rx:quadruple", "rejected"), item("rx:triple", decision), item(CURE), item(LATER)) == []


def test_a_blocked_medicine_is_none_that_is_left():
    assert alone(item("rx:quadruple", "rejected"), item("rx:triple", state="blocked"), item(CURE)) == [CURE]


def test_what_was_never_treated_here_or_belongs_to_another_protocol_is_left_in_peace():
    other = [item("rx:ppi", "rejected", protocol="reflux"), item(CURE), item("fu:review_8w")]
    assert alone(*other) == []
    assert alone(item(CURE), item(LATER)) == []


@pytest.mark.parametrize("code", ["test:coeliac_serology", "advice:small_meals", "ref:dietitian"])
def test_lines_that_hold_without_the_medicine_are_left_in_peace(code):
    assert alone(item("rx:quadruple", "rejected"), item(code)) == []


def test_what_is_rejected_itself_is_not_told_again():
    assert alone(item("rx:quadruple", "rejected"), item(CURE, "rejected")) == []

"""What a patient was never told of, she never took: plans retired within the minutes in which a signature is undone."""

from datetime import timedelta

import pgtrigger
import pytest

from tests.webapp.plans.factories import a_patient, content, later, ppi, this_day
from tests.webapp.plans.signing import signed
from webapp.plans import treatments
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db
ENDLESS = content("rx:peg_laxative", doses=[ppi()["doses"][0] | {"duration_days": None}])


def given(patient):
    return [one["code"] for one in treatments.given_by_plans(patient, this_day())]


def aged(plan, **time):
    with pgtrigger.ignore("plans.Plan:plans_signed_never_change"):
        Plan.objects.filter(pk=plan.pk).update(signed_at=plan.signed_at - timedelta(**time))


def test_a_plan_retired_before_the_patient_was_told_prescribed_nothing():
    patient = a_patient()
    first = signed(patient, ENDLESS)
    second = signed(patient, content("advice:small_meals"))
    aged(first, days=3, minutes=2)  # two minutes before the one that took its place
    aged(second, days=3)
    assert given(patient) == []


def test_a_plan_the_patient_was_told_of_prescribed_what_the_next_one_ended():
    patient = a_patient()
    first, second = signed(patient, ENDLESS), signed(patient, content("advice:small_meals"))
    aged(first, days=3, minutes=4)
    aged(second, days=3)
    assert given(patient) == ["peg_laxative"]


def test_a_plan_that_may_still_be_taken_back_ends_nothing_yet():
    patient = a_patient()
    later(signed(patient, ENDLESS), minutes=60 * 24)
    second = signed(patient, content("advice:small_meals"))
    assert given(patient) == []
    later(second)
    assert given(patient) == ["peg_laxative"]

"""A draft that lay is not signed as it is: facts in it grow old, and the library in force changes meanwhile."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rules.models import Release
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, years_ago
from webapp.desk.management.clock import at
from webapp.patients import services as patients
from webapp.plans import selectors, services
from webapp.plans.assessment import assess
from webapp.plans.models import Plan
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db
SAID = {"dyspepsia": True, "duration_weeks": 8, "dysphagia": False, "gi_bleeding": False}


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


@pytest.fixture
def doctor():
    return a_doctor()


def drafted(days_ago):
    """Return the draft of somebody who answered so long ago and was not seen since."""
    with at(timezone.now() - timedelta(days=days_ago)):
        patient = a_patient(birth_date=years_ago(36).replace(day=1))
        rows = [patients.Reading(code, value, timezone.now(), "questionnaire") for code, value in SAID.items()]
        patients.record_observations(patient=patient, rows=rows, actor=None)
        assess(patient_id=patient.pk, because="questionnaire", today=timezone.localdate())
    return Plan.objects.select_related("patient", "evaluation").get(status="draft")


def is_unchecked(doctor, plan):
    return selectors.to_do(doctor, plan, selectors.items_for(doctor, plan)).not_checked


def test_facts_that_have_grown_old_since_stop_the_signature_until_they_are_looked_at(doctor):
    plan = drafted(days_ago=400)
    assert is_unchecked(doctor, plan)
    services.mark_seen(user=doctor, items=plan.items.all())
    with pytest.raises(PlanError):
        services.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    page = Client()
    page.force_login(doctor)
    assert "ha quedado antiguo" in page.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()
    page.post(reverse("plans:assess_again", kwargs={"pk": plan.pk}))
    assert not is_unchecked(doctor, Plan.objects.select_related("patient").get(status="draft"))


def test_a_plan_of_yesterday_that_would_come_out_the_same_needs_no_other_check(doctor):
    assert not is_unchecked(doctor, drafted(days_ago=1))


def test_what_was_worked_out_under_another_library_is_checked_under_the_one_in_force(doctor):
    plan = drafted(days_ago=0)
    newer = Release.objects.create(digest="0" * 64, current_since=timezone.now())  # one that cannot even be read
    assert is_unchecked(doctor, plan)
    Release.objects.filter(pk=newer.pk).update(current_since=timezone.now() - timedelta(days=1))
    assert not is_unchecked(doctor, plan)

"""When the demo clinic was set up: before its first patient came, and never again."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.webapp.people import a_doctor
from webapp.desk.management import demo

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


def test_a_new_demo_clinic_is_set_up_some_days_before_its_first_patient_came():
    now = timezone.now()
    with demo.being_set_up(FIXTURES):
        assert timezone.now() < now - timedelta(days=demo.SET_UP_BEFORE)
    assert timezone.now() >= now


def test_of_a_demo_clinic_that_stands_already_nothing_is_dated_back():
    a_doctor(email=demo.MARK)
    now = timezone.now()
    with demo.being_set_up(FIXTURES):
        assert timezone.now() >= now

"""A moment read as a number is the moment that was written, to the microsecond."""

from datetime import UTC, datetime

import pytest

from tests.webapp.people import a_patient
from webapp.desk.instants import Instant, moment
from webapp.patients.models import Patient

pytestmark = pytest.mark.django_db


def test_a_moment_is_read_to_the_microsecond():
    for micro in (0, 1, 499_999, 999_999):
        written = datetime(2026, 11, 22, 23, 59, 59, micro, tzinfo=UTC)
        pk = a_patient(registered_at=written).pk
        read = Patient.objects.filter(pk=pk).values_list(Instant("registered_at"), flat=True).get()
        assert moment(read) == written

"""The hours saved are counted from what was logged, by the minutes the clinic says, and name nobody."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, content, ppi
from tests.webapp.plans.signing import signed
from tests.webapp.prescriptions.orders import client_of
from webapp.alerts import services as alerts
from webapp.audit import services as audit
from webapp.clinic import services as clinic
from webapp.outbox.models import Message
from webapp.plans import deciding
from webapp.reports import selectors

pytestmark = pytest.mark.django_db


def now():
    return {one.work.name: one.count for one in selectors.months(timezone.localdate())[0].figures}


def test_lines_taken_as_proposed_in_signed_plans_count_once_and_nothing_else():
    signed(a_patient(), ppi(), content("advice:small_meals"))
    doctor = a_doctor()
    draft = a_plan(a_patient(), ppi(), seen_by=doctor)
    deciding.accept_rest(plan_id=draft.pk, doctor=doctor)
    assert now()["items"] == 2


def test_reminders_that_left_and_results_released_by_rule_count():
    patient = a_patient(user=a_user("patient"))
    alerts.remind(patient.pk, "task:1", "task_due", timezone.now())
    alerts.tell_due()
    assert now()["reminders"] == 0, "it has not left"
    Message.objects.update(state="sent", sent_at=timezone.now())
    audit.record(actor=None, verb="result.released_by_policy", patient_id=patient.pk)
    assert (now()["reminders"], now()["releases"]) == (1, 1)


def test_the_minutes_are_the_clinics_and_make_hours():
    signed(a_patient(), ppi())
    values = {"minutes_item": 90, "minutes_reminder": 0, "minutes_release": 0}
    clinic.change(section="saved", values=values, shown=0, actor=None)
    assert selectors.months(timezone.localdate())[0].hours == 1.5


def test_what_was_long_ago_is_another_month_and_twelve_are_shown():
    found = selectors.months(timezone.localdate())
    assert len({one.first for one in found}) == 12
    assert found[0].first - found[-1].first > timedelta(days=330)


@pytest.mark.parametrize("role", ["director", "administrator"])
def test_director_and_administrator_read_it_and_take_the_figures_along(role):
    signed(a_patient("Marina", "Ortega Rey"), ppi())
    client = client_of(a_user(role))
    page = client.get(reverse("reports:saved")).content.decode()
    assert "Horas ahorradas" in page
    assert "Ortega" not in page
    rows = list(
        csv.reader(io.StringIO(client.get(reverse("reports:figures")).content.decode("utf-8-sig")), delimiter=";")
    )
    assert len(rows) == 1 + 12 * len(selectors.WORKS)


@pytest.mark.parametrize("role", ["doctor", "front_desk", "marketing", "patient"])
def test_nobody_else_opens_it(role):
    client = client_of(a_user(role))
    assert client.get(reverse("reports:saved")).status_code == 404
    assert client.get(reverse("reports:figures")).status_code == 404

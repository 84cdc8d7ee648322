"""Urgent alerts of one rule: each has its own row, and none is lost behind another."""

import pytest

from tests.rules.texts import PROTOCOL, VOCABULARY
from tests.webapp.intake.factories import a_shelf
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, this_day
from webapp.alerts import selectors, services
from webapp.alerts.models import Alert
from webapp.plans.assessment import assess

pytestmark = pytest.mark.django_db
SHOCK = "    bleeding: {title: {es: Hemorragia posible, en: Possible bleeding}}\n"
TWO = "      - alert: bleeding\n        urgency: emergency\n      - alert: shock\n        urgency: same_day\n"


def a_clinic_with_two_alerts_in_one_rule():
    vocabulary = VOCABULARY.replace(SHOCK, SHOCK + "    shock: {title: {es: Choque posible, en: Possible shock}}\n")
    protocol = PROTOCOL.replace("      - alert: bleeding\n        urgency: emergency\n", TWO)
    a_shelf(**{"vocabulary/small.yaml": vocabulary, "protocols/reflux/1.0.0.yaml": protocol})


def bleeding(patient):
    clinic.says(patient, gi_bleeding=True)
    assess(patient_id=patient.pk, because="answer", today=this_day())
    return {one.code: one for one in Alert.objects.filter(patient=patient)}


def test_two_urgent_alerts_of_one_rule_are_two_rows_and_settled_one_by_one():
    a_clinic_with_two_alerts_in_one_rule()
    patient, doctor = a_patient(), a_doctor()
    found = bleeding(patient)
    assert {code: (one.urgency, one.times) for code, one in found.items()} == {
        "alert:bleeding": ("emergency", 1),
        "alert:shock": ("same_day", 1),
    }
    services.close(alert_id=found["alert:bleeding"].pk, actor=doctor, note="En urgencias")
    assert [one.code for one in selectors.open_for(doctor)] == ["alert:shock"]
    assert {code: one.times for code, one in bleeding(patient).items()} == {"alert:bleeding": 1, "alert:shock": 1}


def test_a_rule_with_one_alert_keeps_one_row_under_its_own_name():
    a_shelf()
    patient = a_patient()
    bleeding(patient)
    assert [one.rule for one in bleeding(patient).values()] == ["reflux.bleeding"]
    assert Alert.objects.count() == 1

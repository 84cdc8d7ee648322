"""An alert answered by a test of the plan stands beside that test; without it, among the alerts."""

import pytest

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, content, item_of, ppi
from webapp.plans import noticing, selectors
from webapp.plans.models import PlanItem
from webapp.plans.terms import terms_of

pytestmark = pytest.mark.django_db
QT = content("alert:qt_prolongation", answered_by=["test:ecg"])


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


def notices(doctor, plan):
    items = selectors.items_for(doctor, plan)
    return noticing.notices_of(
        doctor, plan, items, selectors.to_do(doctor, plan, items), terms_of(plan.evaluation, "es")
    )


def keys(found):
    return [one.key for one in found]


def test_an_alert_stands_beside_the_test_that_answers_it_and_not_among_the_alerts():
    doctor = a_doctor()
    plan = a_plan(a_patient(), ppi(), content("test:ecg"), QT)
    found = notices(doctor, plan)
    assert keys(found.beside[item_of(plan, "test:ecg").pk]) == ["alert:qt_prolongation"]
    assert "alert:qt_prolongation" not in keys([*found.shown, *found.folded])


@pytest.mark.parametrize("other", [QT, content("alert:qt_prolongation")])
def test_without_the_test_or_without_the_link_it_stands_among_the_alerts(other):
    doctor = a_doctor()
    items = (ppi(), other) if other is QT else (ppi(), content("test:ecg"), other)
    assert "alert:qt_prolongation" in keys(notices(doctor, a_plan(a_patient(), *items)).shown)


def test_it_comes_back_among_the_alerts_when_the_doctor_rejects_the_test():
    doctor = a_doctor()
    plan = a_plan(a_patient(), ppi(), content("test:ecg"), QT)
    PlanItem.objects.filter(pk=item_of(plan, "test:ecg").pk).update(
        decision=PlanItem.Decision.REJECTED, decided_by=doctor, decided_at=plan.created_at, reason_code="not_indicated"
    )
    found = notices(doctor, plan)
    assert "alert:qt_prolongation" in keys(found.shown)
    assert found.beside == {}

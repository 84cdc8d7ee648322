"""Who waits, in the order of risk and then of time; the same few queries for one or for thousands."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, content, ppi
from webapp.alerts import services as alerts
from webapp.alerts.models import Alert
from webapp.audit.models import Entry
from webapp.desk import selectors
from webapp.plans.models import Evaluation, Plan

pytestmark = pytest.mark.django_db


def flagged(patient, urgency="same_day", rule="upper.bleeding", text="Heces negras"):
    return alerts.raise_(
        patient_id=patient.pk, rule=rule, code="alert:gi_bleed", urgency=urgency, text={"es": text}, facts={}
    )


def waits_since(patient, **ago):
    when = timezone.now() - timedelta(**ago)
    Plan.objects.filter(patient=patient).update(created_at=when)
    Alert.objects.filter(patient=patient).update(last_raised_at=when)


@pytest.fixture
def doctor():
    return a_doctor()


@pytest.fixture
def page(doctor):
    client = Client()
    client.force_login(doctor)
    return client


def names(doctor, tab="all"):
    entries = [entry for entry in selectors.entries_for(doctor) if entry.in_tab(tab)]
    return [row.patient.given_name for row in selectors.rows_of(doctor, entries, "es")]


def test_red_flags_come_first_then_whoever_waits_longest(doctor):
    for given, hours in (("Ana", 1), ("Berta", 3)):
        a_plan(a_patient(given))
        waits_since(Plan.objects.latest("created_at").patient, hours=hours)
    flagged(a_patient("Carmen"), "emergency")
    flagged(a_patient("Diego"), "urgent_2w")
    assert names(doctor) == ["Carmen", "Diego", "Berta", "Ana"]


def test_a_patient_stands_in_the_list_once(doctor):
    patient = a_patient("Carmen")
    a_plan(patient)
    flagged(patient)
    flagged(patient, rule="not_assessed", text="Sin evaluar")
    [entry] = selectors.entries_for(doctor)
    assert (entry.flagged, entry.not_assessed, entry.plan_id is not None) == (True, True, True)


def test_the_tabs_count_what_they_show(doctor):
    a_plan(a_patient("Ana"))
    flagged(a_patient("Berta"))
    flagged(a_patient("Carmen"), rule="not_assessed")
    counts = selectors.tab_counts(selectors.entries_for(doctor))
    assert counts.keys() == selectors.TABS.keys()
    assert {tab: n for tab, n in counts.items() if n} == {"all": 3, "flags": 1, "not_assessed": 1, "plans": 1}
    assert names(doctor, "flags") == ["Berta"]
    assert names(doctor, "not_assessed") == ["Carmen"]


def test_what_is_signed_or_taken_charge_of_waits_no_more(doctor):
    patient = a_patient()
    alert = flagged(patient)
    alerts.acknowledge(alert_id=alert.pk, actor=doctor)
    assert selectors.entries_for(doctor) == []


def test_the_page_says_why_now_and_what_the_plan_holds(page):
    patient = a_patient()
    hypothesis = content("dx:gerd_probable", title={"es": "Reflujo probable", "en": "Probable reflux"})
    a_plan(patient, hypothesis, ppi(), content("rx:b", "held"), content("rx:c", "blocked"))
    text = page.get(reverse("desk:list")).content.decode()
    assert "Marina Ortega Rey" in text
    assert "Reflujo probable" in text
    assert 'aria-label="retenido"' in text
    assert 'scope="rowgroup"' in text


def test_nothing_to_review_says_so(page):
    assert "Nada por revisar" in page.get(reverse("desk:list")).content.decode()


def test_thousands_wait_in_pages_and_the_queries_stay_the_same(page, doctor, django_assert_max_num_queries):
    for _ in range(3):
        a_plan(a_patient())
    with django_assert_max_num_queries(28) as few:
        page.get(reverse("desk:list"))
    evaluation = Evaluation.objects.first()
    people = [a_patient() for _ in range(120)]
    Plan.objects.bulk_create(Plan(patient=one, evaluation=evaluation) for one in people)
    with django_assert_max_num_queries(len(few)):
        answer = page.get(reverse("desk:list"))
    assert answer.context["page"].paginator.num_pages == 3
    assert "Página 1 de 3" in answer.content.decode()


def test_next_goes_on_after_the_plan_that_was_open(page, doctor):
    plans = []
    for hours in (3, 2, 1):
        plans.append(a_plan(a_patient()))
        waits_since(plans[-1].patient, hours=hours)
    for plan, after in ((plans[0], None), (plans[1], plans[0]), (plans[2], plans[1]), (plans[0], plans[2])):
        query = f"?after={after.pk}" if after else ""
        answer = page.get(reverse("desk:next") + query)
        assert answer.url == reverse("plans:review", kwargs={"pk": plan.pk})


def test_next_without_anybody_left_goes_home(page):
    assert page.get(reverse("desk:next")).url == reverse("desk:list")


@pytest.mark.parametrize("role", ["front_desk", "marketing", "billing", "administrator", "director", "patient"])
def test_nobody_but_clinicians_sees_the_worklist(role):
    flagged(a_patient())
    client = Client()
    client.force_login(a_user(role))
    assert client.get(reverse("desk:list")).status_code == 404
    assert client.get(reverse("desk:next")).status_code == 404


def test_who_looked_at_the_list_is_kept(page, doctor):
    page.get(reverse("desk:list"))
    assert Entry.objects.filter(verb="worklist.viewed", actor_id=doctor.pk).exists()

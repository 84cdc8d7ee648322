"""What became of each rule with the doctors: counted right, told to those who answer for protocols, naming nobody."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, content, ppi, this_day
from webapp.plans import cosigning, noticing, outcomes, selectors, services, uses
from webapp.plans.assessment import assess
from webapp.plans.models import Plan, RuleEvent
from webapp.plans.terms import terms_of

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=30)


@pytest.fixture
def doctor():
    return a_doctor()


@pytest.fixture
def director():
    return a_user("director")


def decide(doctor, decision, **more):
    """One plan with one PPI, shown and decided."""
    plan = a_plan(a_patient(), ppi(), seen_by=doctor)
    item = plan.items.get()
    services.decide_item(plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision=decision, **more)
    return item


def the_use(user, since=LONG_AGO):
    (found,) = uses.uses(user, since)
    return found


def page_of(client, user, query=""):
    return re.sub(r"\s+", " ", signed_in(client, user).get(reverse("studio:in_use") + query).content.decode())


def test_the_last_decision_on_an_item_is_the_one_that_counts(doctor, director):
    item = decide(doctor, "rejected", reason_code="preference")
    services.undecide(plan_id=item.plan_id, item_id=item.pk, doctor=doctor)
    assert the_use(director).decided == 0
    services.decide_item(plan_id=item.plan_id, item_id=item.pk, doctor=doctor, decision="accepted")
    found = the_use(director)
    assert (found.protocol, found.rule, found.versions) == ("reflux", "ppi_trial", {"1.2.0"})
    assert (found.shown, dict(found.outcomes), dict(found.reasons)) == (1, {"accepted": 1}, {})


def test_an_item_two_doctors_saw_was_shown_once(doctor, director):
    plan = a_plan(a_patient(), ppi(), seen_by=doctor)
    services.mark_seen(user=a_doctor("Dr. Ibarra"), items=plan.items.all())
    assert the_use(director).shown == 1


def test_above_one_half_against_it_a_rule_is_marked_and_below_five_decisions_nothing_is_said(client, doctor, director):
    for _each in range(3):
        decide(doctor, "rejected", reason_code="preference")
    decide(doctor, "accepted")
    assert the_use(director).against is None
    assert "muy pocas" in page_of(client, director)
    decide(doctor, "accepted")
    found = the_use(director)
    assert (found.percent_against, found.is_loud) == (60, True)
    page = page_of(client, director)
    assert "Más de la mitad en contra" in page
    assert "60 %" in page
    assert "El paciente prefiere otra cosa" in page or "prefiere" in page
    decide(doctor, "accepted")
    assert the_use(director).is_loud is False, "one half is not more than one half"


def test_a_settled_alert_counts_against_its_rule_with_its_reason(doctor, director):
    plan = a_plan(a_patient(), ppi())
    outcomes.settled(doctor, plan, [{"protocol": "reflux", "version": "1.2.0", "rule": "ppi_trial"}], "not_relevant")
    found = the_use(director)
    assert (found.shown, dict(found.outcomes), dict(found.reasons)) == (0, {"overridden": 1}, {"not_relevant": 1})


def test_time_on_screen_is_the_mean_of_the_items_it_was_measured_on(doctor, director):
    first, second, third = (a_plan(a_patient(), ppi(), seen_by=doctor) for _each in range(3))
    for plan, seconds in ((first, 10), (first, 5), (second, 30)):
        outcomes.on_screen(doctor, plan, {plan.items.get().pk: seconds})
    assert third.items.count() == 1
    assert the_use(director).mean_seconds == 22  # (15 + 30) / 2: the third was never measured


def test_what_is_older_than_the_time_asked_for_is_not_counted(client, doctor, director):
    decide(doctor, "accepted")
    assert uses.uses(director, timezone.now() + timedelta(minutes=1)) == []
    assert uses.burden(director, timezone.now() + timedelta(minutes=1)) == (0, 0)
    for query in ("?days=90", "?days=1e9", "?days=-1", "?days="):
        assert "ppi_trial" in page_of(client, director, query)


def test_the_alerts_of_a_plan_are_counted_as_the_review_shows_them(doctor, director):
    clinic.publish()
    plans = []
    for patient in (clinic.a_dyspeptic_woman(), clinic.a_dyspeptic_woman()):
        assess(patient_id=patient.pk, because="questionnaire", today=this_day())
        plans.append(Plan.objects.select_related("patient", "evaluation").get(patient=patient))
    told = ["same_ingredient:omeprazole:rx:b", "taken:nothing:said"]
    unsure = {"subject": "allergy", "severity": "caution", "truth": "unknown", "because": {"es": "Alergia"}}
    plans.append(
        a_plan(a_patient(), ppi(), content("alert:low_iron"), content("rx:a", conflicts=told, safety=[unsure]))
    )
    shown = [
        len(noticing.remarks_of(one, selectors.items_for(doctor, one), terms_of(one.evaluation, "es"))) for one in plans
    ]
    assert shown[-1] == 3
    assert uses.burden(director, LONG_AGO) == (3, sum(shown))


def test_more_than_two_alerts_a_plan_are_said_and_marked(client, director):
    a_plan(a_patient(), *(content(f"alert:{name}") for name in ("a", "b")))
    assert not uses.burden(director, LONG_AGO).is_over
    assert "2,0 avisos por plan, de 1 propuestos" in page_of(client, director)
    a_plan(a_patient(), *(content(f"alert:{name}") for name in ("a", "b", "c")))
    assert uses.burden(director, LONG_AGO).is_over
    assert re.search(r'c-ochre">.{0,200}2,5 avisos por plan', page_of(client, director))


def test_an_empty_time_says_so_and_a_rule_no_text_has_any_more_keeps_its_row(client, doctor, director):
    a_shelf()
    assert "Ningún médico ha visto un plan en este tiempo" in page_of(client, director)
    decide(doctor, "accepted")
    row = {"plan": Plan.objects.get(), "user": doctor, "version": "1.0.0", "what": "shown"}
    RuleEvent.objects.create(protocol="gone", rule="old_rule", **row)
    page = page_of(client, director)
    assert "old_rule" in page
    assert re.search(r'<a href="/studio/\d+/"><b>ppi_trial', page), "a rule that stands in a text leads to it"


def test_nobody_is_named_and_who_does_not_read_protocols_is_told_nothing(client, doctor, director):
    patient = decide(doctor, "accepted").plan.patient
    page = page_of(client, director)
    assert patient.family_name not in page
    assert doctor.display_name not in page
    for role in ("front_desk", "marketing", "administrator", "billing"):
        user = a_user(role)
        assert uses.uses(user, LONG_AGO) == []
        assert uses.burden(user, LONG_AGO) == (0, 0)
        assert signed_in(client, user).get(reverse("studio:in_use")).status_code == 404


def test_many_rules_cost_as_many_queries_as_one(client, doctor, director):
    decide(doctor, "accepted")
    browser = signed_in(client, director)
    browser.get(reverse("studio:in_use"))
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("studio:in_use"))
    reason = ppi()["reasons"][0]
    a_plan(a_patient(), *(content(f"rx:{n}", reasons=[reason | {"rule": f"r{n}"}]) for n in range(40)), seen_by=doctor)
    with CaptureQueriesContext(connection) as many:
        assert browser.get(reverse("studio:in_use")).content.decode().count("<tr data-row>") == 41
    assert len(many) == len(few)


def test_what_second_signers_said_is_counted_beside_the_overrides(doctor):
    other = a_doctor("Dr. Soler")
    plan = a_plan(a_patient(), ppi("blocked"), seen_by=doctor)
    ask = {"plan_id": plan.pk, "item_id": plan.items.get().pk, "doctor": doctor, "of": str(other.pk)}
    refused = cosigning.ask(**ask, reason_code="risk_accepted")
    cosigning.refuse(second_id=refused.pk, doctor=other, why="Hay otra salida sin riesgo")
    cosigning.sign(second_id=cosigning.ask(**ask, reason_code="risk_accepted").pk, doctor=other)
    director = a_user("director")
    (use,) = uses.uses(director, LONG_AGO)
    assert (use.outcomes["overridden"], use.seconded["co_signed"], use.seconded["co_refused"]) == (1, 1, 1)

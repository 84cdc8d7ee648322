"""Signing: by a doctor, once, what she saw; and what the database refuses whoever asks."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.webapp.plans.factories import (
    a_doctor,
    a_patient,
    a_plan,
    a_user,
    an_allergy,
    an_evaluation,
    content,
    item_of,
    ppi,
)
from webapp.alerts import services as alerts
from webapp.audit.models import Entry
from webapp.plans import deciding
from webapp.plans.models import Plan, PlanItem
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db


def a_ready_plan(doctor, patient=None):
    plan = a_plan(patient or a_patient(), seen_by=doctor)
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    plan.refresh_from_db()
    return plan


def test_a_signed_plan_names_its_doctor_and_retires_the_one_before():
    doctor, patient = a_doctor(), a_patient()
    old, new = a_ready_plan(doctor, patient), None
    deciding.sign(plan_id=old.pk, doctor=doctor, revision=old.revision)
    new = a_ready_plan(doctor, patient)
    signed = deciding.sign(plan_id=new.pk, doctor=doctor, revision=new.revision)
    old.refresh_from_db()
    assert (signed.status, signed.signed_by, old.status) == ("signed", doctor, "replaced")
    assert Entry.objects.filter(verb="plan.signed", actor_id=doctor.pk, patient_id=patient.pk).count() == 2


def test_a_plan_is_signed_once():
    first, second = a_doctor("Dra. Vidal"), a_doctor("Dr. Salas")
    plan = a_ready_plan(first)
    deciding.sign(plan_id=plan.pk, doctor=first, revision=plan.revision)
    with pytest.raises(PlanError, match="Vidal"):
        deciding.sign(plan_id=plan.pk, doctor=second, revision=plan.revision)


def test_a_plan_that_changed_since_it_was_shown_is_not_signed():
    doctor, other = a_doctor(), a_doctor("Dr. Salas")
    plan = a_ready_plan(doctor)
    deciding.decide_item(
        plan_id=plan.pk, item_id=plan.items.get().pk, doctor=other, decision="rejected", reason_code="not_indicated"
    )
    with pytest.raises(PlanError):
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    assert Plan.objects.get().status == "draft"


@pytest.mark.parametrize("role", ["dietitian", "director", "front_desk", "marketing", "administrator", "patient"])
def test_nobody_but_a_doctor_decides_or_signs(role):
    doctor, somebody = a_doctor(), a_user(role)
    plan = a_ready_plan(doctor)
    with pytest.raises(PlanError):
        deciding.sign(plan_id=plan.pk, doctor=somebody, revision=plan.revision)
    with pytest.raises(PlanError):
        deciding.accept_rest(plan_id=plan.pk, doctor=somebody)
    with pytest.raises(PlanError):
        deciding.decide_item(plan_id=plan.pk, item_id=plan.items.get().pk, doctor=somebody, decision="accepted")


def test_a_doctor_who_left_signs_nothing():
    doctor = a_doctor()
    plan = a_ready_plan(doctor)
    doctor.is_active = False
    doctor.save()
    with pytest.raises(PlanError):
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)


def test_nothing_is_signed_before_every_item_is_seen_and_decided():
    doctor = a_doctor()
    plan = a_plan(a_patient(), ppi(), content("test:fit"))
    for item in plan.items.all()[:1]:
        deciding.decide_item(plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="accepted")
    with pytest.raises(PlanError):
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1)
    deciding.mark_seen(user=doctor, items=plan.items.all())
    with pytest.raises(PlanError):
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1)


def test_a_held_item_waits_for_an_answer_or_a_decision():
    doctor = a_doctor()
    plan = a_plan(a_patient(), ppi("held"), seen_by=doctor)
    with pytest.raises(PlanError):
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=0)


def test_a_blocked_item_left_alone_is_rejected_with_the_signature():
    doctor = a_doctor()
    plan = a_plan(a_patient(), ppi(), content("rx:concomitant", "blocked"), seen_by=doctor)
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1)
    blocked = item_of(plan, "rx:concomitant")
    assert (blocked.decision, blocked.reason_code, blocked.decided_by) == ("rejected", "blocked", doctor)


def test_a_patient_reported_allergy_stops_the_signature_until_somebody_confirms_it():
    doctor, patient = a_doctor(), a_patient()
    plan = a_ready_plan(doctor, patient)
    allergy = an_allergy(patient)
    with pytest.raises(PlanError):
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    allergy.verification = "confirmed"
    allergy.save(update_fields=["verification"])
    an_evaluation(patient)
    assert deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision).status == "signed"


def test_an_open_emergency_stops_the_signature_until_it_is_acknowledged():
    doctor, patient = a_doctor(), a_patient()
    plan = a_ready_plan(doctor, patient)
    alert = alerts.raise_(
        patient_id=patient.pk, rule="r", code="alert:gi_bleed", urgency="emergency", text={"es": "x"}, facts={}
    )
    with pytest.raises(PlanError):
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    alerts.acknowledge(alert_id=alert.pk, actor=doctor)
    assert deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision).status == "signed"


def test_newer_answers_that_could_not_be_assessed_stop_the_signature():
    doctor, patient = a_doctor(), a_patient()
    plan = a_ready_plan(doctor, patient)
    an_evaluation(patient, status="failed", error="C001", result=None, result_sha256="")
    with pytest.raises(PlanError):
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)


# --- what the database refuses, past every service


def refused(change, *args, **kwargs):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(*args, **kwargs)


def test_the_database_knows_no_signed_plan_without_a_signer():
    plan = a_ready_plan(a_doctor())
    refused(Plan.objects.filter(pk=plan.pk).update, status="signed")


def test_the_database_refuses_a_signer_who_is_no_doctor():
    plan, dietitian = a_ready_plan(a_doctor()), a_user("dietitian")
    change = Plan.objects.filter(pk=plan.pk).update
    refused(change, status="signed", signed_by=dietitian, signed_at=timezone.now())


def test_the_database_refuses_a_plan_born_signed():
    doctor, patient = a_doctor(), a_patient()
    evaluation = an_evaluation(patient)
    values = {"status": "signed", "signed_by": doctor, "signed_at": timezone.now()}
    refused(Plan.objects.create, patient=patient, evaluation=evaluation, **values)


def test_the_database_refuses_a_signature_over_undecided_items():
    doctor = a_doctor()
    plan = a_plan(a_patient())
    refused(Plan.objects.filter(pk=plan.pk).update, status="signed", signed_by=doctor, signed_at=timezone.now())


def test_the_database_refuses_an_item_decided_by_somebody_who_is_no_doctor():
    plan, dietitian = a_plan(a_patient()), a_user("dietitian")
    change = plan.items.update
    refused(change, decision="accepted", decided_by=dietitian, decided_at=timezone.now())


def test_the_database_refuses_a_held_item_taken_without_a_word():
    plan, doctor = a_plan(a_patient(), ppi("held")), a_doctor()
    refused(plan.items.update, decision="accepted", decided_by=doctor, decided_at=timezone.now())


def test_nothing_of_a_signed_plan_changes_any_more():
    doctor = a_doctor()
    plan = a_ready_plan(doctor)
    deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    item = plan.items.get()
    refused(plan.items.update, reason_code="x")
    refused(PlanItem.objects.filter(pk=item.pk).update, content={})
    refused(PlanItem.objects.create, plan=plan, position=9, code="test:fit", kind="test", state="proposed", content={})
    refused(Plan.objects.filter(pk=plan.pk).update, signed_by=a_doctor())
    refused(Plan.objects.filter(pk=plan.pk).update, status="draft", signed_by=None, signed_at=None)
    refused(Plan.objects.filter(pk=plan.pk).delete)


def test_one_signed_plan_and_one_draft_a_patient():
    patient, doctor = a_patient(), a_doctor()
    plan = a_ready_plan(doctor, patient)
    deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    second = a_ready_plan(doctor, patient)
    change = Plan.objects.filter(pk=second.pk).update
    refused(change, status="signed", signed_by=doctor, signed_at=timezone.now())
    refused(Plan.objects.create, patient=patient, evaluation=plan.evaluation)


def test_an_evaluation_never_changes():
    evaluation = an_evaluation(a_patient())
    refused(type(evaluation).objects.filter(pk=evaluation.pk).update, result="{}")
    refused(type(evaluation).objects.filter(pk=evaluation.pk).delete)

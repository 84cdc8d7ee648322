"""Three minutes after the signature: it may be taken back, nothing reaches the patient, and nothing else changes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, content, later, ppi, this_day
from webapp.audit.models import Entry
from webapp.outbox.models import Message
from webapp.patients.selectors import number_index
from webapp.plans import selectors, services
from webapp.plans.assessment import assess
from webapp.plans.models import Plan
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db


def signed(doctor, patient, *items):
    plan = a_plan(patient, *items, seen_by=doctor)
    services.accept_rest(plan_id=plan.pk, doctor=doctor)
    plan.refresh_from_db()
    return services.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)


def with_login(**fields):
    user = a_user("patient")
    return a_patient(user=user, **fields), user


def reads(user):
    return selectors.signed_for(user).first()


def messages():
    return list(Message.objects.filter(template="plan_ready").order_by("pk").values_list("state", flat=True))


def with_mail():
    address = "marina@demo.example"
    return a_patient(email=address, email_index=number_index(address, "email"))


def test_a_signature_taken_back_leaves_the_draft_with_every_decision():
    doctor, patient = a_doctor(), a_patient()
    plan = signed(doctor, patient, ppi(), content("test:fit"))
    before = list(plan.items.order_by("position").values_list("code", "decision", "decided_by"))
    draft = services.take_back(plan_id=plan.pk, doctor=doctor)
    assert (draft.pk, draft.status, draft.signed_by, draft.signed_at) == (plan.pk, "draft", None, None)
    assert list(draft.items.order_by("position").values_list("code", "decision", "decided_by")) == before
    assert Entry.objects.filter(verb="plan.taken_back", patient_id=patient.pk, actor_id=doctor.pk).exists()
    again = services.sign(plan_id=draft.pk, doctor=doctor, revision=draft.revision)
    assert again.status == "signed"


def test_a_page_from_before_the_taking_back_signs_nothing():
    doctor = a_doctor()
    plan = signed(doctor, a_patient())
    shown = plan.revision
    services.take_back(plan_id=plan.pk, doctor=doctor)
    with pytest.raises(PlanError):
        services.sign(plan_id=plan.pk, doctor=doctor, revision=shown)


def test_only_who_signed_takes_back():
    doctor, other = a_doctor(), a_doctor("Dr. Salas")
    plan = signed(doctor, a_patient())
    for somebody in (other, a_user("dietitian"), a_user("director")):
        with pytest.raises(PlanError):
            services.take_back(plan_id=plan.pk, doctor=somebody)
    assert Plan.objects.get().status == "signed"


def test_after_three_minutes_nobody_does():
    doctor = a_doctor()
    plan = later(signed(doctor, a_patient()))
    with pytest.raises(PlanError):
        services.take_back(plan_id=plan.pk, doctor=doctor)
    with pytest.raises(PlanError):
        services.take_back(plan_id=plan.pk, doctor=doctor, now=timezone.now() + timedelta(minutes=3))


def test_what_was_never_signed_is_not_taken_back():
    doctor, plan = a_doctor(), a_plan(a_patient())
    with pytest.raises(PlanError):
        services.take_back(plan_id=plan.pk, doctor=doctor)


# --- the patient


def test_the_patient_sees_a_plan_once_it_can_no_longer_be_taken_back():
    patient, user = with_login()
    plan = signed(a_doctor(), patient)
    assert reads(user) is None
    later(plan)
    assert reads(user) == plan
    assert [item.code for item in reads(user).released_items] == ["rx:ppi_standard_od_8w"]


def test_until_the_new_plan_is_told_the_one_before_is_the_patient_s():
    doctor, (patient, user) = a_doctor(), with_login()
    old = later(signed(doctor, patient), minutes=60)
    new = signed(doctor, patient, content("test:fit"))
    assert (reads(user), Plan.objects.get(pk=old.pk).status) == (old, "replaced")
    later(new)
    assert reads(user) == new


def test_taking_back_gives_the_patient_the_plan_before_again():
    doctor, (patient, user) = a_doctor(), with_login()
    old = later(signed(doctor, patient), minutes=60)
    new = signed(doctor, patient, content("test:fit"))
    services.take_back(plan_id=new.pk, doctor=doctor)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status, new.replaces, reads(user)) == ("signed", "draft", None, old)


def test_a_plan_replaced_before_it_was_told_never_reaches_the_patient():
    doctor, (patient, user) = a_doctor(), with_login()
    wrong = later(signed(doctor, patient), minutes=2)
    right = signed(doctor, patient, content("test:fit"))
    later(wrong, minutes=2)
    later(right, minutes=2)
    assert reads(user) is None
    later(right)
    assert reads(user) == right


def test_somebody_else_s_plan_is_never_read():
    patient, _user = with_login()
    later(signed(a_doctor(), patient))
    assert reads(with_login()[1]) is None
    assert reads(a_doctor()) is None


# --- the message


def test_the_message_waits_three_minutes_and_holds_no_word_of_health():
    plan = signed(a_doctor(), with_mail())
    message = Message.objects.get(template="plan_ready")
    assert message.due_at >= plan.signed_at + timedelta(minutes=3)
    assert (message.state, message.address) == ("queued", "marina@demo.example")
    assert "omepra" not in f"{message.link}{message.key}"


def test_taking_back_stops_it_and_signing_again_is_another():
    doctor = a_doctor()
    plan = signed(doctor, with_mail())
    draft = services.take_back(plan_id=plan.pk, doctor=doctor)
    assert messages() == ["cancelled"]
    services.sign(plan_id=draft.pk, doctor=doctor, revision=draft.revision)
    assert messages() == ["cancelled", "queued"]


def test_a_message_stopped_for_a_newer_plan_waits_again_when_that_is_taken_back():
    doctor, patient = a_doctor(), with_mail()
    signed(doctor, patient)
    new = signed(doctor, patient, content("test:fit"))
    assert messages() == ["cancelled", "queued"]
    services.take_back(plan_id=new.pk, doctor=doctor)
    assert sorted(messages()) == ["cancelled", "cancelled", "queued"]


def test_without_an_address_the_plan_is_signed_all_the_same():
    assert signed(a_doctor(), a_patient()).status == "signed"
    assert messages() == []


# --- newer facts meanwhile


def test_a_newer_draft_takes_over_the_decisions_of_the_one_taken_back():
    clinic.publish()
    doctor, patient = a_doctor(), clinic.a_dyspeptic_woman()
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    plan = Plan.objects.get(status="draft")
    services.mark_seen(user=doctor, items=plan.items.all())
    services.accept_rest(plan_id=plan.pk, doctor=doctor)
    for item in plan.items.filter(decision="pending").exclude(kind__in=("dx", "alert", "ask")):
        services.decide_item(
            plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="rejected", reason_code="other_choice"
        )
    plan.refresh_from_db()
    services.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    clinic.says(patient, heartburn_days=6, regurgitation_days=5)
    assess(patient_id=patient.pk, because="answer", today=this_day())
    newer = Plan.objects.get(status="draft")
    joined = services.take_back(plan_id=plan.pk, doctor=doctor)
    newer.refresh_from_db()
    plan.refresh_from_db()
    assert (plan.status, newer.status, joined.status) == ("discarded", "discarded", "draft")
    assert joined.evaluation_id == newer.evaluation_id
    kept = {item.code for item in plan.items.filter(decision="accepted") if item.content in _contents(joined)}
    assert kept
    assert {item.decision for item in joined.items.all() if item.code in kept} == {"accepted"}


def _contents(plan):
    return [item.content for item in plan.items.all()]


# --- past every service


def refused(change, *args, **kwargs):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(*args, **kwargs)


def only(plan):
    return Plan.objects.filter(pk=plan.pk)


BACK = {"status": "draft", "signed_by": None, "signed_at": None}


def test_the_database_takes_a_signature_back_within_the_time_and_in_full_only():
    doctor = a_doctor()
    plan = signed(doctor, a_patient())
    refused(only(plan).update, **BACK)  # the revision does not rise
    refused(only(plan).update, **BACK, revision=plan.revision + 1, urgency="soon")
    refused(only(plan).update, status="discarded", signed_by=None, signed_at=None, revision=plan.revision + 1)
    refused(only(plan).update, signed_at=timezone.now() + timedelta(seconds=30))
    assert only(plan).update(**BACK, revision=plan.revision + 1) == 1


def test_the_database_takes_nothing_back_once_the_patient_is_told():
    plan = later(signed(a_doctor(), a_patient()), minutes=3)
    refused(only(plan).update, **BACK, revision=plan.revision + 1)


def test_a_plan_that_was_replaced_comes_back_only_with_the_one_that_replaced_it():
    doctor, patient = a_doctor(), a_patient()
    old = later(signed(doctor, patient), minutes=60)
    new = signed(doctor, patient, content("test:fit"))
    refused(only(old).update, status="signed")
    draft = a_plan(patient)
    refused(only(draft).update, replaces=old)
    refused(Plan.objects.create, patient=a_patient(), evaluation=new.evaluation, replaces=old)


def test_a_signature_dated_ahead_or_retiring_somebody_else_s_plan_is_refused():
    doctor, patient = a_doctor(), a_patient()
    other = signed(doctor, a_patient())
    only(other).update(status="replaced")
    plan = a_plan(patient, seen_by=doctor)
    services.accept_rest(plan_id=plan.pk, doctor=doctor)
    ahead = timezone.now() + timedelta(minutes=10)
    refused(only(plan).update, status="signed", signed_by=doctor, signed_at=ahead)
    refused(only(plan).update, status="signed", signed_by=doctor, signed_at=timezone.now(), replaces=other)


# --- on the page


def test_the_signer_sees_the_time_left_and_others_do_not():
    clinic.publish()
    doctor, other = a_doctor(), a_doctor("Dr. Salas")
    plan = signed(doctor, a_patient())
    address = reverse("plans:review", kwargs={"pk": plan.pk})
    mine, theirs = Client(), Client()
    mine.force_login(doctor)
    theirs.force_login(other)
    assert "Se avisa en" in mine.get(address).content.decode()
    assert "Se avisa en" not in theirs.get(address).content.decode()
    later(plan)
    assert "Se avisa en" not in mine.get(address).content.decode()


def test_it_is_taken_back_from_the_page_and_a_late_click_says_why_not():
    clinic.publish()
    doctor = a_doctor()
    plan = signed(doctor, a_patient())
    client = Client()
    client.force_login(doctor)
    take_back = reverse("plans:take_back", kwargs={"pk": plan.pk})
    assert "Se ha retirado la firma" in client.post(take_back, follow=True).content.decode()
    plan.refresh_from_db()
    services.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    later(plan)
    assert "Ya se ha avisado al paciente" in client.post(take_back, follow=True).content.decode()

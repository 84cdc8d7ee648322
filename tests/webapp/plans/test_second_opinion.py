"""No draft is signed before the second opinion has seen it; what it does not confirm is signed in writing only."""

import json
import sys
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from engine.opinion.process import Kept, Limits
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import PASSWORD, a_doctor, a_patient, ppi, this_day
from webapp.alerts.models import Alert
from webapp.plans import opinions, papers, services, tasks
from webapp.plans.models import Confirmation, Evaluation, Plan, PlanItem
from webapp.plans.services import PlanError

pytestmark = pytest.mark.django_db
NOTE = "Revisado línea a línea con la paciente."
FAULTY = {
    "crashed": "import os; os.abort()",
    "timed_out": "import time; time.sleep(30)",
    "garbled": "import os, time; os.write(1, bytes([255] * 64)); time.sleep(30)",
    "out_of_memory": (
        "import engine.opinion.answering as a, engine.second_opinion as s, sys;"
        "a.Adviser.opinion = lambda self, case: bytearray(2**36); s.main(int(sys.argv[1]))"
    ),
    "absent": "import sys; sys.modules['durable'] = None; import engine.second_opinion as s; s.main(int(sys.argv[1]))",
}


@pytest.fixture
def doctor():
    clinic.publish()
    return a_doctor()


def at_fault(monkeypatch, kind):
    """Put a program in the place of the second opinion that fails in this way."""
    begin = 0.5 if kind == "timed_out" else 20.0
    monkeypatch.setattr(opinions, "KEPT", Kept(Limits(begin=begin), (sys.executable, "-c", FAULTY[kind])))


def assessed(patient):
    return services.assess(patient_id=patient.pk, because="questionnaire", today=this_day())


def decided(doctor):
    """Return a draft with one line, accepted, whose evaluation the second opinion has not seen."""
    plan = drafted(clinic.a_dyspeptic_woman())
    plan.items.all().delete()
    content = ppi()
    columns = {key: content[key] for key in ("code", "kind", "state", "urgency")}
    PlanItem.objects.create(plan=plan, position=0, content=content, **columns)
    services.mark_seen(user=doctor, items=plan.items.all())
    services.accept_rest(plan_id=plan.pk, doctor=doctor)
    plan.refresh_from_db()
    return plan


def drafted(patient):
    assessed(patient)
    return Plan.objects.get(patient=patient, status="draft")


def sign(plan, doctor, note=""):
    return services.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision, unconfirmed_note=note)


def page_of(plan, doctor):
    browser = Client()
    browser.force_login(doctor)
    return browser.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()


def test_what_the_engine_drafts_is_confirmed_by_a_real_second_opinion_and_the_page_says_so(doctor):
    plan = drafted(clinic.on_warfarin())
    assert "Segunda opinión pendiente" in page_of(plan, doctor)
    tasks.confirm(str(plan.evaluation_id))
    assert Confirmation.objects.get().state == "confirmed"
    assert "Confirmado por la segunda opinión" in page_of(plan, doctor)
    assert not Alert.objects.exclude(not_assessed=True).filter(patient=plan.patient, urgency="soon").exists()


def test_a_stored_result_that_lost_a_line_is_not_confirmed(doctor):
    good = assessed(clinic.on_warfarin())
    result = json.loads(good.result)
    lost = next(item["code"] for item in result["items"] if item["kind"] == "dx")
    result["items"] = [item for item in result["items"] if item["code"] != lost]
    forged = Evaluation.objects.create(
        patient=good.patient, release=good.release, case=good.case, case_sha256=good.case_sha256,
        result=json.dumps(result), result_sha256="r" * 64, status="ok", because="forged",
    )  # fmt: skip
    found = services.ask_second_opinion(forged.pk)
    assert (found.state, found.reason, found.differs) == ("not_confirmed", "disagrees", [lost])
    alert = next(each for each in Alert.objects.filter(patient=good.patient) if each.code == "alert:not_confirmed")
    assert (alert.status, Evaluation.objects.filter(pk=forged.pk).exists()) == ("open", True)


@pytest.mark.parametrize("kind", ["crashed", "timed_out", "garbled", "out_of_memory"])
def test_whatever_befalls_it_the_evaluation_stays_and_an_alert_is_raised(kind, doctor, monkeypatch):
    at_fault(monkeypatch, kind)
    evaluation = assessed(clinic.a_dyspeptic_woman())
    found = services.ask_second_opinion(evaluation.pk)
    assert (found.state, found.reason) == ("not_confirmed", kind)
    alert = Alert.objects.get(patient=evaluation.patient, urgency="soon")
    assert (alert.code, alert.status) == ("alert:not_confirmed", "open")
    assert (Evaluation.objects.get().status, opinions.KEPT.pid) == ("ok", None)


def test_what_is_not_confirmed_is_signed_with_a_written_reason_only(doctor, monkeypatch):
    at_fault(monkeypatch, "crashed")
    plan = decided(doctor)
    for note in ("", "ok"):
        with pytest.raises(PlanError, match=r"segunda opinión|second opinion"):
            sign(plan, doctor, note)
    assert "No confirmado por la segunda opinión" in page_of(plan, doctor)
    signed = sign(plan, doctor, NOTE)
    assert (signed.status, Plan.objects.get(pk=plan.pk).unconfirmed_note) == ("signed", NOTE)
    pages = PdfReader(BytesIO(papers.decision_record(doctor, signed, "es"))).pages
    record = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Segunda opinión El segundo motor se interrumpió." in record
    assert NOTE in record


def test_the_form_asks_for_the_reason_and_keeps_it(doctor, monkeypatch):
    at_fault(monkeypatch, "crashed")
    plan = decided(doctor)
    services.ask_second_opinion(plan.evaluation_id)
    browser = Client()
    browser.force_login(doctor)
    preview = browser.get(reverse("plans:patient_text", kwargs={"pk": plan.pk})).content.decode()
    assert 'name="unconfirmed"' in preview
    sent = {"revision": plan.revision, "secret": PASSWORD, "unconfirmed": NOTE}
    browser.post(reverse("plans:sign", kwargs={"pk": plan.pk}), sent)
    assert Plan.objects.get(pk=plan.pk).unconfirmed_note == NOTE


def test_nothing_is_accepted_in_bulk_that_is_not_confirmed(doctor, monkeypatch):
    at_fault(monkeypatch, "crashed")
    plan = drafted(clinic.a_dyspeptic_woman())
    services.ask_second_opinion(plan.evaluation_id)
    with pytest.raises(PlanError):
        services.accept_rest(plan_id=plan.pk, doctor=doctor)


def test_asked_again_it_may_confirm_and_what_is_confirmed_stays_so(doctor, monkeypatch):
    evaluation = assessed(clinic.a_dyspeptic_woman())
    working = opinions.KEPT
    at_fault(monkeypatch, "crashed")
    services.ask_second_opinion(evaluation.pk)
    monkeypatch.setattr(opinions, "KEPT", working)
    assert services.ask_second_opinion(evaluation.pk).state == "not_confirmed"
    assert services.ask_second_opinion(evaluation.pk, again=True).state == "confirmed"
    with pytest.raises(DatabaseError), transaction.atomic():
        Confirmation.objects.update(state="absent", reason="absent")


def test_where_there_is_no_second_opinion_the_page_says_so_and_plans_are_signed(doctor, monkeypatch):
    at_fault(monkeypatch, "absent")
    plan = decided(doctor)
    assert sign(plan, doctor).status == "signed"
    assert "Sin segunda opinión en este equipo" in page_of(plan, doctor)
    assert not Alert.objects.filter(patient=plan.patient, urgency="soon").exists()


def test_the_database_signs_nothing_that_was_not_checked(doctor):
    plan = decided(doctor)
    with pytest.raises(DatabaseError, match="second opinion"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(status="signed", signed_by=doctor, signed_at=plan.created_at)


def test_what_no_job_has_checked_is_checked_later(doctor, monkeypatch):
    at_fault(monkeypatch, "crashed")
    monkeypatch.setattr(opinions, "LEFT_OVER", opinions.LEFT_OVER * 0)
    evaluation = assessed(clinic.a_dyspeptic_woman())
    assert services.check_left_over() == 1
    assert Confirmation.objects.get().evaluation_id == evaluation.pk
    assert services.check_left_over() == 0


def test_a_worker_that_starts_asks_about_drafts_of_this_minute_once(doctor):
    fresh = drafted(clinic.a_dyspeptic_woman()).evaluation
    tasks.confirm_left_over(timestamp=int(timezone.now().timestamp()))
    assert not Confirmation.objects.exists()  # of what is fresh a job of its own asks
    tasks.confirm_left_over(timestamp=0)
    answered = Confirmation.objects.get(evaluation=fresh)
    tasks.confirm_left_over(timestamp=0)
    assert list(Confirmation.objects.all()) == [answered]


def test_an_evaluation_that_failed_is_not_asked_about(doctor):
    patient = a_patient()
    failed = Evaluation.objects.create(
        patient=patient, case={}, case_sha256="c" * 64, status="failed", error="C001", because="visit"
    )
    assert services.ask_second_opinion(failed.pk) is None

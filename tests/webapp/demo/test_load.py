"""The demo clinic in the database: complete, dated from today, made by the services people use, safe to load twice."""

import os
from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path

import environ
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import migrated
from tests.site import Site, _drop
from webapp.accounts.models import User
from webapp.accounts.selectors import by_email
from webapp.alerts.models import Alert
from webapp.audit.models import Entry
from webapp.audit.services import verify_chain
from webapp.base.roles import Role
from webapp.desk.management import demo
from webapp.intake.models import QuestionnaireResponse
from webapp.patients import selectors
from webapp.patients.models import AllergyIntolerance, Consent, ConsentText, DocumentReference, Observation, Patient
from webapp.plans import leaning
from webapp.plans.models import Evaluation, Handover, Plan, PlanItem
from webapp.prescriptions import due, medicines
from webapp.prescriptions.models import Renewal, Tick
from webapp.sharing.models import Share
from webapp.sharing.selectors import looks_through

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def said(django_db_setup, django_db_blocker):
    """The clinic as `make demo` fills it, in a database of this file's own; what was said while it was filled."""
    own, usual = Site(f"pauta_loaded{os.environ.get('PAUTA_TEST_DB_SUFFIX', '')}"), dict(connection.settings_dict)
    with django_db_blocker.unblock():
        _drop(own.database)
        words = migrated.copy_clinic(own.database)
        connection.close()
        connection.settings_dict.update(environ.Env.db_url_config(own.url("owner")))
        yield words
        connection.close()
        connection.settings_dict.update(usual)
        _drop(own.database)


def marina() -> Patient:
    return next(patient for patient in Patient.objects.all() if patient.full_name == "Marina Ortega Rey")


def test_it_tells_who_can_sign_in_and_with_what(said):
    assert "60 patients" in said
    assert "vidal@demo.example" in said
    assert "marina@demo.example" in said
    assert settings.DEMO_PASSWORD in said
    assert by_email("vidal@demo.example").check_password(settings.DEMO_PASSWORD)


def test_records_have_a_past_with_people_to_call_and_papers_that_open(said):
    doctor = by_email("vidal@demo.example")
    record = selectors.record_of(doctor, marina())
    care = record.care
    assert (len(care.procedures), len(care.encounters), len(care.contacts)) == (1, 1, 1)
    assert care.contacts[0].is_emergency_contact
    assert all(one.effective <= timezone.localdate().isoformat() for one in care.reports)
    [report] = [one for one in care.reports if one.document_id]
    paper = selectors.document_for(doctor, report.document_id)
    assert paper.content.startswith(b"%PDF-")
    assert "Marina Ortega Rey".encode("cp1252") in paper.content
    assert DocumentReference.objects.count() == 4


def test_every_role_is_there_and_sixty_patients(said):
    assert Patient.objects.count() == 60
    roles = {role for user in User.objects.all() for role in user.role_names}
    assert roles == set(Role)


def test_plans_are_in_every_state_and_each_signed_one_has_its_doctor(said):
    states = Counter(Plan.objects.values_list("status", flat=True))
    assert set(states) == set(Plan.Status.values)
    assert min(states.values()) >= 2
    for plan in Plan.objects.filter(status__in=["signed", "replaced"]).select_related("signed_by"):
        assert Role.DOCTOR in plan.signed_by.role_names
    assert PlanItem.objects.filter(state="held").exists()


def test_some_answers_could_not_be_assessed_and_the_clinic_is_told(said):
    failed = set(Evaluation.objects.filter(status="failed").values_list("patient", flat=True))
    assert len(failed) == 2
    told = set(Alert.objects.filter(not_assessed=True, status="open").values_list("patient", flat=True))
    assert told == failed


def test_months_lie_behind_today_and_nothing_ahead(said):
    now = timezone.now()
    times = Observation.objects.values_list("effective_at", flat=True)
    assert min(times) < now - timedelta(days=60)
    assert max(times) <= now
    assert max(Plan.objects.values_list("created_at", flat=True)) > now - timedelta(days=4)
    assert min(Entry.objects.values_list("at", flat=True)) < now - timedelta(days=60)
    assert Plan.objects.filter(signed_at__lt=now - timedelta(days=30)).exists()


def test_the_clinic_was_set_up_before_its_first_patient_came(said):
    first = Patient.objects.order_by("registered_at").first().registered_at
    assert all(user.created_at < first for user in User.objects.filter(roles__role=Role.DOCTOR))


def test_no_doctor_signed_a_test_of_cure_for_a_treatment_that_is_not_given(said):
    signed = Plan.objects.filter(status=Plan.Status.SIGNED).prefetch_related("items")
    assert [plan for plan in signed if leaning.left_alone(list(plan.items.all()))] == []


def test_somebody_has_a_dose_to_take_today_asks_to_go_on_and_a_draft_was_handed_over(said):
    today = timezone.localdate()
    asked = list(Renewal.objects.filter(state="requested").select_related("patient__user"))
    assert len(asked) == 2
    for one in asked:
        plan = medicines.plan_of(one.patient_id)
        assert any(dose.is_due(today) for dose in due.doses_of(plan))
        assert not Tick.objects.filter(patient=one.patient_id, day=today).exists()
        assert today < one.runs_out_on
        assert one.patient.user.email.endswith("@demo.example")
    handed = Handover.objects.get()
    assert (handed.given_to.email, handed.opened_at, handed.plan.status) == ("vidal@demo.example", None, "draft")


def test_marina_shares_parts_of_her_record_with_the_specialist_who_has_read_one(said):
    share = Share.objects.get()
    assert (share.patient, share.specialist.email) == (marina(), "specialist@demo.example")
    assert share.sections == ["history", "treatments", "results", "diary"]
    assert share.until > timezone.localdate()
    assert looks_through(share.patient_id, share.pk).count() == 1
    assert "marina@demo.example shares parts of her record with specialist@demo.example" in said


def test_marina_is_as_the_manual_shows_her(said):
    patient = marina()
    record = selectors.contents_of(patient)
    assert patient.age_on(timezone.localdate()) == 47
    assert record.current["h_pylori_stool_antigen"].value == "positive"
    [allergy] = record.allergies
    assert (allergy.code, allergy.verification) == ("penicillins", "unconfirmed")
    assert "Augmentine" in allergy.text
    items = set(PlanItem.objects.filter(plan__patient=patient, plan__status="draft").values_list("code", flat=True))
    assert {"dx:h_pylori_infection", "alert:penicillin_allergy", "rx:bismuth_quadruple_14d"} <= items
    assert not any(
        "amoxicillin" in str(item.content["drugs"]) for item in PlanItem.objects.filter(plan__patient=patient)
    )


def test_allergies_are_of_both_kinds_consents_were_given_and_withdrawn(said):
    assert set(AllergyIntolerance.objects.values_list("verification", flat=True)) == {"confirmed", "unconfirmed"}
    assert set(Consent.objects.values_list("decision", flat=True)) == {"accepted", "withdrawn"}
    asked = ConsentText.objects.latest("published_at").published_at
    assert asked <= Consent.objects.earliest("decided_at").decided_at  # nobody agreed to a text before it was there
    without = [patient for patient in Patient.objects.all() if not selectors.has_current_consent(patient, "treatment")]
    assert 1 <= len(without) <= 6


def test_diaries_are_sent_and_one_questionnaire_is_half_filled(said):
    rows = QuestionnaireResponse.objects.values_list("status", "for_day")
    kinds = Counter((status, day is not None) for status, day in rows)
    assert kinds["completed", True] > 300
    assert kinds["in_progress", False] == 1


def test_thirty_patients_sent_the_intake_themselves_and_scores_have_months_of_history(said):
    sent = QuestionnaireResponse.objects.filter(status="completed", for_day=None).select_related("patient")
    assert all(response.completed_by_id == response.patient.user_id for response in sent)
    people = {response.patient_id for response in sent if response.questionnaire == "digestive_intake"}
    assert len(people) >= 25
    for name in ("gerdq", "ibs_sss"):
        times = Counter(response.patient_id for response in sent if response.questionnaire == name)
        assert sum(count >= 3 for count in times.values()) >= 3
        moments = [response.completed_at for response in sent if response.questionnaire == name]
        assert max(moments) - min(moments) > timedelta(days=50)


def test_what_was_sent_stands_in_the_record_as_told_by_the_patient_and_no_old_job_waits(said):
    sent = QuestionnaireResponse.objects.get(patient=marina(), questionnaire="digestive_intake")
    told = Observation.objects.filter(source_id=sent.pk)
    assert {row.code for row in told} >= {"dyspepsia", "months_since_onset", "postprandial_fullness_days_wk"}
    assert {row.origin for row in told} == {"questionnaire"}
    assert sent.answers.get(item="allergies").value["entries"][0]["code"] == "penicillins"
    here = {str(pk) for pk in Patient.objects.values_list("pk", flat=True)}  # jobs of other tests may stand beside
    assert [job.args for job in ProcrastinateJob.objects.all() if job.args.get("patient_id") in here] == []


@pytest.mark.parametrize("key", ["patient54", "patient56", "patient58"])
def test_newcomers_can_sign_in_and_have_given_neither_consent_nor_answers(said, key):
    patient = Patient.objects.get(user=by_email(f"{key}@demo.example"))
    assert not selectors.has_current_consent(patient, "treatment")
    assert not Observation.objects.filter(patient=patient).exists()
    assert not QuestionnaireResponse.objects.filter(patient=patient).exists()


def test_all_of_it_is_in_the_audit_and_the_chain_holds(said):
    assert verify_chain().broken_at is None
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"patient.registered", "consent.accepted", "observations.recorded", "plan.signed"} <= verbs
    assert Entry.objects.filter(verb="patient.registered").count() == 60


def test_loading_again_changes_nothing(said):
    before = [model.objects.count() for model in (Patient, Plan, Observation, Entry)]
    assert demo.load(ROOT / "fixtures") == demo.Loaded(0, 0)
    assert [model.objects.count() for model in (Patient, Plan, Observation, Entry)] == before
    out = StringIO()
    call_command("load_demo", str(ROOT / "fixtures"), stdout=out)
    assert "there already" in out.getvalue()

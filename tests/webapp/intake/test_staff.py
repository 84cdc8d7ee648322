"""A clinician fills in for a patient: with leave, with the consent, and with the name said everywhere."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, save, say, signed_in
from tests.webapp.people import a_doctor, a_patient, a_user, consented
from webapp.accounts import granting
from webapp.audit.models import Entry
from webapp.intake import selectors, services
from webapp.intake.models import QuestionnaireResponse
from webapp.patients.models import MedicationStatement, Observation, Patient

pytestmark = pytest.mark.django_db
HATS = ("front_desk", "marketing", "director", "administrator", "billing")


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def patient():
    made = a_patient()  # has no login: staff is the only way
    consented(made)
    return made


def start(actor, patient, name="intake"):
    return services.start(patient=patient, questionnaire=name, actor=actor, language="es", today=timezone.localdate())


def finish(response, actor):
    for item in ("vomiting", "pregnant"):
        save(response, item, "no", actor=actor)
    return services.submit(response_id=response.pk, actor=actor, today=timezone.localdate())


@pytest.mark.parametrize("role", ["doctor", "dietitian"])
def test_a_clinician_fills_in_and_every_line_says_who_did(patient, role):
    clinician = a_user(role)
    response = start(clinician, patient)
    assert finish(response, clinician)
    response.refresh_from_db()
    assert response.completed_by == clinician
    assert response.filled_in_for
    assert {row.answered_by for row in response.answers.all()} == {clinician}
    assert {row.recorded_by for row in Observation.objects.filter(patient=patient)} == {clinician}
    verbs = set(Entry.objects.filter(actor_id=clinician.pk, patient_id=patient.pk).values_list("verb", flat=True))
    assert {"response.started", "response.submitted"} <= verbs


@pytest.mark.parametrize("role", HATS)
def test_every_other_hat_is_refused_by_each_service(role):
    other, response = a_user(role), begun(a_respondent())
    with pytest.raises(Patient.DoesNotExist):
        start(other, response.patient)
    with pytest.raises(QuestionnaireResponse.DoesNotExist):
        save(response, "vomiting", "no", actor=other)
    with pytest.raises(QuestionnaireResponse.DoesNotExist):
        services.take_back(response_id=response.pk, item="vomiting", actor=other)
    with pytest.raises(QuestionnaireResponse.DoesNotExist):
        services.submit(response_id=response.pk, actor=other, today=timezone.localdate())
    assert not answers(response)


def test_a_patient_begins_nothing_for_another(patient):
    with pytest.raises(Patient.DoesNotExist):
        start(a_respondent().user, patient)


def test_without_the_consent_nothing_is_asked_and_the_page_says_why(client):
    stranger, doctor = a_patient(), a_doctor()
    with pytest.raises(services.ConsentMissing):
        start(doctor, stranger)
    browser = signed_in(client, doctor)
    page = browser.post(reverse("intake:for_patient", args=[stranger.pk]), {"questionnaire": "intake"})
    assert "primero el consentimiento" in page.content.decode()
    assert not QuestionnaireResponse.objects.exists()


def test_a_role_that_lost_the_permission_finds_the_page_gone(client, patient):
    doctor = a_doctor()
    granting.decide(changes={("doctor", "intake.fill"): False}, actor=a_user("administrator"))
    doctor.refresh_from_db()
    assert selectors.fillable_by(doctor).count() == 0
    page = signed_in(client, doctor).get(reverse("intake:for_patient", args=[patient.pk]))
    assert page.status_code == 404


def test_the_patient_begins_and_the_doctor_goes_on_with_the_same_answers():
    response, doctor = begun(a_respondent()), a_doctor()
    say(response, "heartburn_days", "3")
    assert start(doctor, response.patient).pk == response.pk
    save(response, "vomiting", "no", actor=doctor)
    by = {row.item: row.answered_by for row in response.answers.all()}
    assert by == {"heartburn_days": response.patient.user, "vomiting": doctor}


def test_what_the_patient_takes_is_not_ended_by_what_staff_did_not_hear(patient):
    doctor = a_doctor()
    first = start(doctor, patient)
    save(first, "medications", actor=doctor, medications__text="omeprazol")
    finish(first, doctor)
    second = start(doctor, patient)
    save(second, "medications", "__none", actor=doctor)
    finish(second, doctor)
    assert MedicationStatement.objects.get(patient=patient).active


def test_the_screens_say_for_whom_and_the_end_is_the_sheet_as_answered(client, patient):
    doctor = a_doctor()
    browser = signed_in(client, doctor)
    begun_at = browser.post(reverse("intake:for_patient", args=[patient.pk]), {"questionnaire": "intake"}, follow=True)
    assert f"{doctor.display_name} lo rellena por <b>{patient.full_name}</b>" in begun_at.content.decode()
    assert "pauta-device" not in begun_at.content.decode()
    response = QuestionnaireResponse.objects.get()
    for item in ("vomiting", "pregnant"):
        save(response, item, "no", actor=doctor)
    done = browser.post(reverse("intake:check", args=[response.pk]), follow=True)
    assert done.redirect_chain[-1][0] == reverse("desk:answers", args=[patient.pk, response.pk])
    assert f"rellenado por {doctor.display_name}" in done.content.decode()


def test_a_red_flag_said_to_the_doctor_shows_its_screen_too(client, patient):
    doctor = a_doctor()
    response = start(doctor, patient)
    at = reverse("intake:answer", args=[response.pk, "stomach", "gi_bleeding"])
    page = signed_in(client, doctor).post(at, {"gi_bleeding": "yes"}, HTTP_HX_REQUEST="true")
    assert "Llame ahora al 112" in page.content.decode()


def test_who_opened_the_answers_of_somebody_stands_in_the_book(client):
    response, doctor = begun(a_respondent()), a_doctor()
    browser = signed_in(client, doctor)
    for name, more in (("group", ["stomach"]), ("check", [])):
        browser.get(reverse(f"intake:{name}", args=[response.pk, *more]))
    for item in ("vomiting", "pregnant"):
        save(response, item, "no", actor=doctor)
    browser.post(reverse("intake:check", args=[response.pk]), follow=True)  # ends at the answers as they were given
    assert Entry.objects.filter(verb="response.viewed", patient_id=response.patient_id).count() == 3


def test_the_list_of_a_patients_questionnaires_costs_the_same_for_many(client, patient, django_assert_max_num_queries):
    doctor = a_doctor()
    browser = signed_in(client, doctor)
    at = reverse("intake:for_patient", args=[patient.pk])
    for _time in range(4):
        finish(start(doctor, patient), doctor)
    browser.get(at)
    with django_assert_max_num_queries(18):
        assert browser.get(at).content.decode().count("rellenado por") == 4

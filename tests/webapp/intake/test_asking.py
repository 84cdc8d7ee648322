"""A doctor asks a patient the few questions that can change the plan: answered in the portal, assessed when sent."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, a_shelf, begun, say, signed_in
from tests.webapp.outbox.health_words import told_in
from tests.webapp.people import a_patient, a_user
from webapp.alerts import reminding
from webapp.alerts.models import Reminder
from webapp.audit.models import Entry
from webapp.intake import asking, selectors, services
from webapp.intake.models import QuestionnaireResponse
from webapp.intake.services import ConsentMissing, IntakeError
from webapp.outbox.models import Message
from webapp.patients.models import Patient
from webapp.plans import services as plans
from webapp.plans.models import Evaluation, Plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def patient():
    return a_respondent()


@pytest.fixture
def doctor():
    user = a_user("doctor")
    user.active_role = "doctor"
    return user


def asked(patient, doctor, *facts):
    return asking.ask(patient_id=patient.pk, facts=facts, doctor=doctor)


def test_only_the_chosen_questions_are_asked_of_the_same_published_version(patient, doctor):
    (response,) = asked(patient, doctor, "heartburn_days", "vomiting")
    shown = [question.item for question in selectors.sheet_of(response).shown]
    assert shown == ["heartburn_days", "vomiting"]
    assert (response.questionnaire, response.asked_by, response.only) == ("intake", doctor, shown)
    assert selectors.book_of(response).questionnaire.minutes == 1


def test_what_was_not_asked_is_neither_shown_nor_changed_in_the_record(patient, doctor):
    first = begun(patient)
    say(first, "heartburn_days", "5")
    say(first, "vomiting", "no")
    say(first, "pregnant", "no")
    services.submit(response_id=first.pk, actor=patient.user, today=timezone.localdate())
    (response,) = asked(patient, doctor, "heartburn_days")
    say(response, "heartburn_days", "0")
    services.submit(response_id=response.pk, actor=patient.user, today=timezone.localdate())
    case = Evaluation.objects.filter(patient=patient).order_by("-created_at").first().case
    assert case["questionnaire"]["heartburn_days"]["value"] == 0
    assert case["questionnaire"]["vomiting"]["value"] is False
    assert case["patient"]["pregnant"]["value"] is False


def test_the_answers_reassess_and_the_draft_says_why(patient, doctor):
    plans.assess(patient_id=patient.pk, because="record", today=timezone.localdate())
    (response,) = asked(patient, doctor, "heartburn_days")
    say(response, "heartburn_days", "5")
    services.submit(response_id=response.pk, actor=patient.user, today=timezone.localdate())
    draft = Plan.objects.select_related("evaluation").get(patient=patient, status="draft")
    assert draft.evaluation.because == "asked"
    assert "advice:small_meals" in {item.code for item in draft.items.all()}


def test_the_patient_is_told_once_without_a_word_of_health_and_no_more_when_it_is_sent(patient, doctor):
    (response,) = asked(patient, doctor, "heartburn_days")
    asked(patient, doctor, "vomiting")
    reminding.tell_due()
    reminding.tell_due()
    message = Message.objects.get()
    assert told_in(f"{message.link} {message.template}") == set()
    say(response, "heartburn_days", "1")
    say(response, "vomiting", "no")
    services.submit(response_id=response.pk, actor=patient.user, today=timezone.localdate())
    assert not Reminder.objects.filter(settled_at=None).exists()


def test_more_questions_join_those_that_still_wait(patient, doctor):
    (first,) = asked(patient, doctor, "heartburn_days")
    (again,) = asked(patient, doctor, "heartburn_days", "vomiting")
    assert (again.pk, again.only) == (first.pk, ["heartburn_days", "vomiting"])


def test_a_questionnaire_already_begun_is_not_cut_short(patient, doctor):
    whole = begun(patient)
    with pytest.raises(IntakeError, match="empezado"):
        asked(patient, doctor, "heartburn_days")
    whole.refresh_from_db()
    assert whole.only is None


@pytest.mark.parametrize("facts", [(), ("no_such_fact",)])
def test_nothing_that_can_be_asked_is_said_so(patient, doctor, facts):
    with pytest.raises(IntakeError, match="Elija"):
        asked(patient, doctor, *facts)


def test_who_has_no_access_or_did_not_agree_is_not_asked(doctor):
    with pytest.raises(IntakeError, match="acceso"):
        asked(a_patient(), doctor, "heartburn_days")
    stranger = a_patient(user=a_user("patient"))
    with pytest.raises(ConsentMissing):
        asked(stranger, doctor, "heartburn_days")
    assert not QuestionnaireResponse.objects.exists()


def test_whose_access_was_closed_is_not_asked(patient, doctor):
    patient.user.is_active = False
    patient.user.save()
    with pytest.raises(IntakeError, match="acceso"):
        asked(patient, doctor, "heartburn_days")
    assert not QuestionnaireResponse.objects.exists()


def test_a_patient_who_is_not_shown_to_the_doctor_is_not_asked(patient, doctor, monkeypatch):
    monkeypatch.setattr("webapp.patients.selectors.patients_for", lambda _user: Patient.objects.none())
    with pytest.raises(Patient.DoesNotExist):
        asked(patient, doctor, "heartburn_days")
    assert not QuestionnaireResponse.objects.exists()


def test_what_two_are_asked_stays_with_each_and_who_reads_no_record_is_told_of_neither(patient, doctor):
    other = a_respondent()
    (first,), (second,) = asked(patient, doctor, "heartburn_days"), asked(other, doctor, "vomiting")
    assert (first.patient, second.patient) == (patient, other)
    assert (first.only, second.only) == (["heartburn_days"], ["vomiting"])
    assert asking.open_questions(doctor, patient.pk) == [first]
    desk = a_user("front_desk")
    desk.active_role = "front_desk"
    assert asking.open_questions(desk, patient.pk) == []


@pytest.mark.parametrize("role", ["dietitian", "front_desk", "administrator", "patient"])
def test_only_a_doctor_asks(patient, role):
    user = a_user(role)
    user.active_role = role
    with pytest.raises(Patient.DoesNotExist):
        asked(patient, user, "heartburn_days")
    client = signed_in(Client(), user)
    assert client.post(reverse("intake:ask", args=[patient.pk]), {"ask": "heartburn_days"}).status_code == 404


def test_the_page_sends_the_questions_and_comes_back_and_the_first_page_of_the_portal_shows_them(patient, doctor):
    client = signed_in(Client(), doctor)
    back = reverse("desk:list")
    answer = client.post(reverse("intake:ask", args=[patient.pk]), {"ask": "heartburn_days", "next": back})
    assert answer.url == back
    elsewhere = client.post(
        reverse("intake:ask", args=[patient.pk]), {"ask": "vomiting", "next": "https://evil.example"}
    )
    assert elsewhere.url == reverse("intake:for_patient", args=[patient.pk])
    assert Entry.objects.filter(verb="response.asked", actor_id=doctor.pk, patient_id=patient.pk).count() == 2
    home = signed_in(Client(), patient.user).get(reverse("portal:home")).content.decode()
    assert "Unas preguntas de su clínica" in home


def test_the_whole_questionnaire_is_still_offered_to_who_never_sent_it(patient, doctor):
    (response,) = asked(patient, doctor, "heartburn_days")
    say(response, "heartburn_days", "1")
    services.submit(response_id=response.pk, actor=patient.user, today=timezone.localdate())
    assert begun(patient).only is None

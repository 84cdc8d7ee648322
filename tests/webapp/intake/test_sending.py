"""Sending a questionnaire: into the record once, then to the engine; a failing engine loses nothing."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rules import services as shelf_services
from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, say
from tests.webapp.people import a_user
from webapp.alerts.models import Alert
from webapp.audit.models import Entry
from webapp.intake import services, writing
from webapp.intake.models import Answer
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.models import AllergyIntolerance, MedicationStatement, Observation
from webapp.plans import case, running
from webapp.plans.models import Evaluation, Plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def response():
    return begun(a_respondent())


def answered(response):
    """Answer what must be answered, and frequent heartburn."""
    say(response, "heartburn_days", "5")
    say(response, "vomiting", "no")
    say(response, "pregnant", "no")
    return response


def send(response, actor=None):
    return services.submit(response_id=response.pk, actor=actor or response.patient.user, today=timezone.localdate())


def test_what_was_answered_stands_in_the_record_with_its_source(response):
    say(answered(response), "weight_kg", "61,5", weight_kg__unit="kg")
    assert send(response)
    kept = patients.current_observations(response.patient)
    assert {code: row.value for code, row in kept.items()} == {
        "heartburn_days": 5,
        "vomiting": False,
        "pregnant": False,
        "weight_kg": 61.5,
    }
    assert {row.source_id for row in kept.values()} == {response.pk}
    assert kept["weight_kg"].unit == "kg"


def test_sending_makes_a_draft_for_the_doctor(response):
    send(answered(response))
    plan = Plan.objects.get(patient=response.patient)
    assert plan.status == "draft"
    assert [item.code for item in plan.items.all()] == ["advice:small_meals"]


def test_sending_twice_makes_one(response):
    assert send(answered(response)) is True
    assert send(response) is False
    assert Observation.objects.filter(source_id=response.pk).count() == 3
    assert Evaluation.objects.count() == 1
    assert Entry.objects.filter(verb="response.submitted").count() == 1


def test_the_assessment_also_waits_as_a_job_in_the_same_transaction(response):
    send(answered(response))
    job = ProcrastinateJob.objects.get(task_name="plans.assess", args__patient_id=str(response.patient_id))
    assert job.args == {
        "patient_id": str(response.patient_id),
        "because": "questionnaire",
        "today": timezone.localdate().isoformat(),
    }


def test_a_question_that_must_be_answered_holds_the_questionnaire_back(response):
    say(response, "heartburn_days", "5")
    with pytest.raises(services.Unfinished) as problem:
        send(response)
    assert set(problem.value.items) == {"gi_bleeding", "pregnant"}
    assert not Observation.objects.exists()
    say(response, "gi_bleeding", "__unknown")
    say(response, "pregnant", "__unknown")
    assert send(response)


def test_i_dont_know_is_written_down_as_not_known(response):
    say(answered(response), "heartburn_days", "__unknown")
    send(response)
    assert patients.current_observations(response.patient)["heartburn_days"].is_unknown


def test_an_answer_that_a_later_one_hid_is_not_written(response):
    say(response, "vomiting", "yes")
    say(response, "gi_bleeding", "no")
    send(answered(response))
    assert "gi_bleeding" not in patients.current_observations(response.patient)


def test_nothing_is_sent_without_the_consent(response):
    answered(response)
    patient_services.withdraw_consent(
        patient=response.patient, purpose="treatment", channel="portal", actor=response.patient.user
    )
    with pytest.raises(services.ConsentMissing):
        send(response)
    assert not Observation.objects.exists()


def test_nobody_sends_another_persons_questionnaire(response):
    answered(response)
    for other in (a_respondent().user, a_user("front_desk"), a_user("director")):
        with pytest.raises(type(response).DoesNotExist):
            send(response, other)


def test_after_sending_nothing_changes_in_the_answers(response):
    send(answered(response))
    with pytest.raises(services.AlreadySent):
        say(response, "heartburn_days", "1")
    for change in (
        lambda: Answer.objects.filter(response=response).update(answered_at=timezone.now()),
        lambda: Answer.objects.filter(response=response).delete(),
        lambda: type(response).objects.filter(pk=response.pk).update(language="en"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert answers(response)["heartburn_days"] == {"value": 5}


def test_an_engine_that_fails_keeps_the_answers_and_tells_the_clinic(response, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("the engine stopped")

    monkeypatch.setattr(running, "evaluate", broken)
    assert send(answered(response))
    assert patients.current_observations(response.patient)["heartburn_days"].value == 5
    assert Evaluation.objects.get().status == "failed"
    assert Alert.objects.get(not_assessed=True).status == "open"


def test_lists_reach_the_record_and_none_is_said_outright(response):
    say(response, "medications", medications__text="Losec", medications__dose="20 mg")
    say(response, "allergies", "__none")
    send(answered(response))
    medicine = MedicationStatement.objects.get(patient=response.patient)
    assert (medicine.text, medicine.dose, medicine.active) == ("Losec", "20 mg", True)
    record = patients.contents_of(response.patient)
    assert record.none == {"allergies"}
    assert record.whole.keys() == {"allergies", "medications"}  # whoever answers says all there is


def test_a_medicine_no_longer_named_has_ended_but_an_allergy_never_leaves_by_a_form(response):
    say(response, "medications", medications__text="omeprazol")
    say(response, "allergies", allergies__text="amoxicilina")
    send(answered(response))
    again = begun(response.patient)
    say(again, "medications", "__none")
    say(again, "allergies", "__none")
    send(answered(again))
    assert not MedicationStatement.objects.get(patient=response.patient).active
    assert AllergyIntolerance.objects.get(patient=response.patient).active
    assert patients.contents_of(response.patient).none == {"medications"}


def test_none_does_not_end_what_a_clinician_wrote_down(response):
    doctor = a_user("doctor")
    patient_services.add_medication(patient=response.patient, code="omeprazole", text="Omeprazol", actor=doctor)
    say(response, "medications", "__none")
    send(answered(response))
    assert MedicationStatement.objects.get().active
    record = patients.contents_of(response.patient)
    assert (record.none, record.whole.keys()) == (frozenset(), {"medications"})  # what she wrote is all there is


def test_a_list_the_person_does_not_know_is_not_whole_and_the_next_answer_makes_it_so(response):
    patient_services.add_allergy(patient=response.patient, code="nsaids", text="", actor=a_user("doctor"))
    say(response, "allergies", "__unknown")
    send(answered(response))
    assert "allergies" not in patients.contents_of(response.patient).whole
    again = begun(response.patient)
    say(again, "allergies", allergies__text="amoxicilina")
    send(answered(again))
    assert "allergies" in patients.contents_of(response.patient).whole
    assert len(case.build(response.patient, timezone.localdate())["allergies"]) == 2


def test_the_same_lists_again_add_nothing(response):
    for _time in range(2):
        one = begun(response.patient)
        say(one, "medications", medications__text="omeprazol")
        say(one, "allergies", allergies__text="amoxicilina")
        send(answered(one))
    assert MedicationStatement.objects.count() == AllergyIntolerance.objects.count() == 1


@pytest.mark.parametrize("entry", [{"code": "gout", "text": "Gota"}, {"code": None, "text": "una cosa rara"}])
def test_an_illness_that_was_over_and_is_told_of_again_holds_again(entry):
    patient, doctor = a_respondent(), a_user("doctor")
    for _twice in range(2):
        writing._WRITERS["history"](patients.contents_of(patient), [entry], patient.user)
    [line] = patients.contents_of(patient).conditions
    patient_services.close_condition(condition=line, actor=doctor)
    writing._WRITERS["history"](patients.contents_of(patient), [entry], patient.user)
    assert [one.active for one in patients.contents_of(patient).conditions] == [True, False]
    patient_services.record_whole(patient=patient, topic="history", actor=doctor)
    assert len(case.build(patient, timezone.localdate())["history"]) == 1


def test_a_name_nobody_knows_reaches_the_record_as_it_was_written_and_the_engine_still_runs(response):
    say(response, "medications", medications__text="hierbas del abuelo")
    send(answered(response))
    assert MedicationStatement.objects.get().text == "hierbas del abuelo"
    assert Evaluation.objects.get().status == "ok"


def test_a_diary_page_is_dated_on_its_day_and_a_correction_takes_its_place():
    patient, day = a_respondent(), timezone.localdate() - timedelta(days=2)
    for pain in ("7", "3"):
        page = begun(patient, "diary", for_day=day)
        say(page, "diary_pain", pain)
        send(page)
    (held,) = patients.observations_of(patient, "diary_pain")
    assert (held.value, timezone.localdate(held.effective_at), held.origin) == (3, day, "diary")
    assert Observation.objects.filter(patient=patient, code="diary_pain").count() == 2


def test_a_correction_begins_with_what_the_day_said():
    patient, day = a_respondent(), timezone.localdate()
    page = begun(patient, "diary", for_day=day)
    say(page, "diary_pain", "7")
    send(page)
    assert answers(begun(patient, "diary", for_day=day)) == {"diary_pain": {"value": 7}}


def test_words_no_code_fits_reach_the_case_as_words_in_every_list():
    a_shelf()
    patient = a_respondent()
    actor = patient.user
    patient_services.add_condition(patient=patient, code="", detail={"text": "una cosa rara"}, actor=actor)
    patient_services.add_family_history(patient=patient, code="", relation="abuelo: algo del hígado", actor=actor)
    for topic in ("history", "family_history"):
        patient_services.record_asked(patient=patient, topic=topic, actor=actor)
    built = case.build(patient, timezone.localdate())
    assert built["history"] == [{"code": None, "text": "una cosa rara"}]
    assert built["family_history"] == [{"code": None, "text": "abuelo: algo del hígado"}]
    assert case.fit(built, shelf_services.edition())["history"] == built["history"]

"""Answers: kept at once, pinned to their version, asked again when they cannot be, never lost."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.rules.texts import INTAKE
from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, form, say
from tests.webapp.people import a_doctor, a_patient_with_login
from webapp.alerts.models import Alert
from webapp.intake import selectors, services
from webapp.intake.answers import NotAccepted
from webapp.intake.models import Answer, QuestionnaireResponse
from webapp.patients import services as patients

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def response():
    return begun(a_respondent())


def test_nothing_is_asked_before_the_consent():
    with pytest.raises(services.ConsentMissing):
        begun(a_patient_with_login())
    assert not QuestionnaireResponse.objects.exists()


def test_a_consent_withdrawn_in_the_middle_stops_the_questions(response):
    patients.withdraw_consent(
        patient=response.patient, purpose="treatment", channel="portal", actor=response.patient.user
    )
    with pytest.raises(services.ConsentMissing):
        say(response, "vomiting", "yes")
    assert not answers(response)


def test_beginning_twice_goes_on_with_the_same(response):
    assert begun(response.patient).pk == response.pk


def test_a_questionnaire_that_does_not_exist_cannot_begin(response):
    with pytest.raises(services.IntakeError):
        begun(response.patient, "no_such")


def test_an_answer_stays_with_the_version_it_was_begun_on(response):
    newer = INTAKE.replace("version: 1.0.0", "version: 1.1.0").replace("¿Ha vomitado?", "¿Vomita?")
    a_shelf(**{"questionnaires/intake/1.1.0.yaml": newer})
    say(response, "vomiting", "no")
    response.refresh_from_db()
    assert response.version.version == "1.0.0"
    assert selectors.book_of(response).question("vomiting").text["es"] == "¿Ha vomitado?"
    assert begun(a_respondent()).version.version == "1.1.0"


@pytest.mark.parametrize(
    ("item", "fields", "kept"),
    [
        ("heartburn_days", {"heartburn_days": "5"}, {"value": 5}),
        ("vomiting", {"vomiting": "no"}, {"value": False}),
        ("vomiting", {"vomiting": "__unknown"}, {"unknown": True}),
        ("weight_kg", {"weight_kg": "61,5", "weight_kg__unit": "kg"}, {"value": "61.5", "unit": "kg"}),
        ("pregnant", {"pregnant": "__unknown"}, {"unknown": True}),
        ("other", {"other": "  me sienta mal la leche "}, {"value": "me sienta mal la leche"}),
        ("medications", {"medications": "__none"}, {"none": True}),
        ("medications", {"medications": "__unknown"}, {"unknown": True}),
    ],
)
def test_every_kind_of_answer_is_kept_as_it_was_given(response, item, fields, kept):
    say(response, item, **fields)
    assert answers(response) == {item: kept}


@pytest.mark.parametrize(
    ("item", "fields", "words"),
    [
        ("heartburn_days", {"heartburn_days": "9"}, "de 0 a 7"),
        ("heartburn_days", {"heartburn_days": "2.5"}, "entero"),
        ("heartburn_days", {"heartburn_days": "muchos"}, "número"),
        ("heartburn_days", {"heartburn_days": "NaN"}, "número"),
        ("vomiting", {"vomiting": "maybe"}, "Elija"),
        ("weight_kg", {"weight_kg": "5", "weight_kg__unit": "stone"}, "unidad"),
        ("other", {"other": "x" * 2001}, "2000"),
        ("medications", {"medications__text": "x" * 121}, "uno a uno"),
    ],
)
def test_what_cannot_be_is_asked_again_and_the_answer_before_stays(response, item, fields, words):
    say(response, "heartburn_days", "1")
    with pytest.raises(NotAccepted) as problem:
        say(response, item, **fields)
    assert words in problem.value.words
    assert answers(response) == {"heartburn_days": {"value": 1}}


def test_a_weight_in_the_wrong_unit_is_asked_about_with_the_right_one(response):
    with pytest.raises(NotAccepted) as problem:
        say(response, "weight_kg", "61500", weight_kg__unit="kg")
    assert [(fix.value, fix.unit) for fix in problem.value.fixes] == [("61500", "g")]
    say(response, "weight_kg", "61500", weight_kg__unit="g")
    assert answers(response)["weight_kg"] == {"value": "61500", "unit": "g"}


def test_a_number_after_i_dont_know_takes_its_place_and_the_other_way_round(response):
    say(response, "weight_kg", "__unknown")
    say(response, "weight_kg", ["70", "__unknown"], weight_kg__unit="kg")
    assert answers(response)["weight_kg"]["value"] == "70"
    say(response, "weight_kg", ["70", "__unknown"], weight_kg__unit="kg")
    assert answers(response)["weight_kg"] == {"unknown": True}


def test_an_item_that_does_not_exist_or_is_not_asked_of_this_person_is_refused(response):
    with pytest.raises(services.UnknownItem):
        say(response, "no_such_item", "yes")
    man = begun(a_respondent(sex="male"))
    with pytest.raises(services.UnknownItem):
        say(man, "pregnant", "yes")


def test_a_question_is_hidden_only_where_its_condition_is_known_to_be_false(response):
    def shown():
        return {question.item for question in selectors.sheet_of(response).questions}

    assert "gi_bleeding" in shown()
    say(response, "vomiting", "no")
    assert "gi_bleeding" not in shown()
    say(response, "vomiting", "__unknown")
    assert "gi_bleeding" in shown()


def test_a_follow_up_waits_for_its_question_but_a_red_flag_never_does(response):
    def screen():
        return {question.item for question in selectors.sheet_of(response).shown}

    assert ("gi_bleeding" in screen(), "vomiting_days" in screen()) == (True, False)
    say(response, "vomiting", "__unknown")
    assert "vomiting_days" in screen()
    say(response, "vomiting", "no")
    assert "vomiting_days" not in screen()


def test_another_persons_response_cannot_be_answered(response):
    other = a_respondent()
    with pytest.raises(QuestionnaireResponse.DoesNotExist):
        services.save_answer(response_id=response.pk, item="vomiting", form=form(vomiting="yes"), actor=other.user)
    assert not answers(response)


def test_medicines_are_found_by_name_brand_and_kept_when_unknown(response):
    say(response, "medications", medications__text="LOSEC", medications__dose="20 mg")
    say(response, "medications", medications__text="hierbas del abuelo")
    kept = answers(response)["medications"]["entries"]
    assert [(entry["text"], entry["code"] is None) for entry in kept] == [
        ("LOSEC", False),
        ("hierbas del abuelo", True),
    ]
    say(response, "medications", medications__remove="hierbas_del_abuelo")
    assert len(answers(response)["medications"]["entries"]) == 1


def test_the_same_medicine_twice_is_one_line_with_the_newer_dose(response):
    say(response, "medications", medications__text="omeprazol", medications__dose="20 mg")
    say(response, "medications", medications__text="Omeprazol", medications__dose="40 mg")
    (entry,) = answers(response)["medications"]["entries"]
    assert entry["dose"] == "40 mg"


def test_none_beside_names_does_not_lose_the_names(response):
    say(response, "allergies", allergies__text="amoxicilina")
    say(response, "allergies", "__none")
    assert answers(response)["allergies"]["entries"][0]["code"] == "amoxicillin"


def test_a_red_flag_answer_tells_the_clinic_at_once(response):
    say(response, "vomiting", "yes")
    (raised,) = say(response, "gi_bleeding", "yes")
    assert (raised.flag.instruction, raised.told_at) == ("bleeding", Alert.objects.get().last_raised_at)
    alert = Alert.objects.get(patient=response.patient)
    assert (alert.code, alert.urgency, alert.status) == ("alert:bleeding", "emergency", "open")
    assert alert.text["es"].startswith("¿")
    assert "? Sí. Se le dijo: «" in alert.text["es"]  # what was asked, what was said, and what the patient was told


def test_the_same_red_flag_again_is_not_shown_twice(response):
    say(response, "gi_bleeding", "yes")
    assert say(response, "gi_bleeding", "yes") == []
    assert Alert.objects.get().times == 1


def test_i_dont_know_raises_no_alarm_by_itself(response):
    assert say(response, "gi_bleeding", "__unknown") == []
    assert not Alert.objects.exists()


def test_an_answer_ticked_by_mistake_is_open_again_and_the_alert_stays(response):
    say(response, "gi_bleeding", "yes")
    services.take_back(response_id=response.pk, item="gi_bleeding", actor=response.patient.user)
    assert "gi_bleeding" not in answers(response)
    assert Alert.objects.get().status == "open"


def test_answers_are_not_readable_in_the_table(response):
    say(response, "other", "marcador-clinico")
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM intake_answer")
        stored = [bytes(row[0]) for row in cursor.fetchall()]
    assert stored
    assert not any(b"marcador" in value for value in stored)


def test_a_diary_page_is_of_a_day_and_a_past_day_is_marked_as_recalled():
    patient, today = a_respondent(), timezone.localdate()
    assert begun(patient, "diary", for_day=today).recalled is False
    assert begun(patient, "diary", for_day=today - timedelta(days=2)).recalled is True
    for day in (None, today + timedelta(days=1), today - timedelta(days=8)):
        with pytest.raises(services.IntakeError):
            begun(patient, "diary", for_day=day)


def test_stools_of_a_day_are_kept_one_by_one():
    response = begun(a_respondent(), "diary", for_day=timezone.localdate())
    say(response, "diary_stools", diary_stools__4="2", diary_stools__6="1")
    assert answers(response)["diary_stools"] == {"value": [4, 4, 6]}
    say(response, "diary_stools", "__none", diary_stools__4="0")
    assert answers(response)["diary_stools"] == {"value": []}


def test_staff_of_the_front_desk_see_no_response(response):
    desk = a_doctor()
    assert selectors.responses_for(desk).count() == 1
    for hat in ("front_desk", "marketing", "director", "administrator", "billing"):
        desk._hat, desk.role_names = hat, frozenset({hat})
        assert selectors.responses_for(desk).count() == 0
        assert selectors.fillable_by(desk).count() == 0


def test_the_database_keeps_a_response_on_its_version_and_patient(response):
    other = a_respondent()
    for change in ({"patient": other}, {"version_id": response.version_id + 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            QuestionnaireResponse.objects.filter(pk=response.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.bulk_create(
            [Answer(response=response, item="x", value={}, answered_at=timezone.now()) for _ in range(2)]
        )

"""A list of the record is all there is only once somebody says so; until then what depends on the rest is held."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.desk.clinic import address, browser, words
from tests.webapp.people import a_patient_with_login
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, this_day, years_ago
from webapp.audit.models import Entry
from webapp.base.codes import code_of
from webapp.patients import selectors
from webapp.patients import services as patients
from webapp.patients.models import NoneRecorded
from webapp.patients.services import NotAllowed, PatientError
from webapp.plans import case as cases
from webapp.plans.assessment import assess
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db
TOPICS = ("allergies", "medications", "history", "family_history", "previous_treatments")
UNNAMED = {"drug": None, "text": "?"}
ERADICATION = "rx:bismuth_quadruple_14d"


def an_own_allergy(patient, text="Látex"):
    patient.user.active_role = "patient"
    return patients.add_allergy(patient=patient, code="", text=text, actor=patient.user)


def a_line_of(patient, topic):
    doctor = a_doctor()
    return {
        "allergies": lambda: patients.add_allergy(patient=patient, code="nsaids", text="", actor=doctor),
        "medications": lambda: patients.add_medication(patient=patient, code="omeprazole", text="", actor=doctor),
        "history": lambda: patients.add_condition(patient=patient, code="cirrhosis", actor=doctor),
        "family_history": lambda: patients.add_family_history(
            patient=patient, code="colorectal_cancer", relation="mother", actor=doctor
        ),
        "previous_treatments": lambda: patients.add_previous_treatment(
            patient=patient, code="omeprazole", text="", actor=doctor
        ),
    }[topic]()


def is_whole(patient, topic="allergies"):
    entries = cases.build(patient, this_day())[topic]
    return entries is not None and all(entry.get("text") != "?" for entry in entries)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_list_that_nobody_asked_for_is_not_whole_by_what_stands_in_it(topic):
    patient = a_patient()
    a_line_of(patient, topic)
    assert len(cases.build(patient, this_day())[topic]) == 2
    assert not is_whole(patient, topic)
    patients.record_whole(patient=patient, topic=topic, actor=a_doctor())
    assert len(cases.build(patient, this_day())[topic]) == 1
    assert is_whole(patient, topic)


def test_what_is_added_to_a_whole_list_or_to_none_leaves_it_whole():
    patient = a_patient_with_login()
    patients.record_none(patient=patient, topic="allergies", actor=a_doctor())
    an_own_allergy(patient)
    assert is_whole(patient)
    an_own_allergy(patient, "Polen")
    assert [one["text"] for one in cases.build(patient, this_day())["allergies"]] == ["Látex", "Polen"]


def test_a_whole_list_of_which_the_last_line_ends_is_empty_and_known_to_be():
    patient, doctor = a_patient(), a_doctor()
    line = a_line_of(patient, "medications")
    patients.stop_medication(medication=line, ended_on=this_day(), actor=doctor)
    assert cases.build(patient, this_day())["medications"] is None
    other = a_line_of(patient, "medications")
    patients.record_whole(patient=patient, topic="medications", actor=doctor)
    patients.stop_medication(medication=other, ended_on=this_day(), actor=doctor)
    assert cases.build(patient, this_day())["medications"] == []


def test_a_doubt_ends_the_word_on_the_whole_list_and_a_new_line_does_not_bring_it_back():
    patient, doctor = a_patient(), a_doctor()
    a_line_of(patient, "history")
    patients.record_whole(patient=patient, topic="history", actor=doctor)
    patients.record_doubt(patient=patient, topic="history", actor=doctor)
    assert not is_whole(patient, "history")
    patients.add_condition(patient=patient, code="crohn_disease", actor=doctor)
    assert not is_whole(patient, "history")
    patients.record_whole(patient=patient, topic="history", actor=doctor)
    assert is_whole(patient, "history")


def test_an_empty_list_is_not_said_to_be_whole_and_strangers_say_nothing_of_it():
    patient = a_patient()
    with pytest.raises(PatientError):
        patients.record_whole(patient=patient, topic="allergies", actor=a_doctor())
    a_line_of(patient, "allergies")
    desk = browser("front_desk").user
    for say in (patients.record_whole, patients.record_doubt, patients.record_asked):
        with pytest.raises(NotAllowed):
            say(patient=patient, topic="allergies", actor=desk)
    assert not NoneRecorded.objects.exists()


# --- what a plan makes of it


@pytest.fixture
def infected():
    """A patient with H. pylori of whom everything is known but the allergies: there she named one herself."""
    clinic.publish()
    patient = a_patient_with_login(birth_date=years_ago(47), sex="female")
    clinic.nothing(patient, "medications", "history", "family_history", "previous_treatments")
    clinic.lab(patient, "h_pylori_stool_antigen", "positive", "qualitative")
    clinic.lab(patient, "creatinine", 70, "umol/L")
    clinic.says(patient, pregnant=False, breastfeeding=False, weight_kg=64)
    an_own_allergy(patient)
    return patient


def state_of(patient):
    assess(patient_id=patient.pk, because="again", today=this_day())
    plan = Plan.objects.get(patient=patient, status="draft")
    return plan, {item.code: item.state for item in plan.items.all()}


def test_a_treatment_that_an_allergy_may_forbid_waits_until_a_clinician_says_that_the_list_is_whole(infected):
    plan, before = state_of(infected)
    assert before[ERADICATION] == "held"
    client = browser()
    page = words(client.get(reverse("plans:review", kwargs={"pk": plan.pk})))
    assert "Alergias: nadie ha dicho que la lista esté completa." in page
    assert "Puede haber más alergias" in page
    given = {"fact": "allergy", "value": "whole"}
    assert client.post(reverse("plans:answer", kwargs={"pk": plan.pk}), given).status_code == 302
    newer, after = state_of(infected)
    assert newer.pk != plan.pk
    assert after[ERADICATION] == "proposed"
    page = words(client.get(reverse("plans:review", kwargs={"pk": newer.pk})))
    assert "nadie ha dicho" not in page
    assert "Puede haber más alergias" not in page
    told = Entry.objects.filter(verb="nonerecorded.whole", patient_id=infected.pk)
    assert [entry.actor_id for entry in told] == [client.user.pk]


# --- the patient's page


def test_the_record_says_who_called_a_list_whole_and_takes_it_back():
    patient, client = a_patient(), browser()
    a_line_of(patient, "allergies")
    assert "Nadie ha dicho que la lista esté completa." in words(client.get(address("patient", patient)))
    assert client.post(address("entry_whole", patient, kind="allergies")).url.endswith("#" + code_of("allergies"))
    page = words(client.get(address("patient", patient)))
    assert "La lista está completa, dicho el" in page
    assert client.user.display_name in page
    assert "Nadie ha dicho que la lista" not in page
    client.post(address("entry_more", patient, kind="allergies"))
    assert "Puede haber más: la persona no lo sabe." in words(client.get(address("patient", patient)))
    assert "allergies" not in selectors.contents_of(patient).whole


def test_a_list_called_whole_a_year_ago_is_asked_for_again_and_counts_meanwhile():
    patient, client = a_patient(), browser()
    line = a_line_of(patient, "allergies")
    NoneRecorded.objects.create(patient=patient, list="allergies", recorded_at=timezone.now() - timedelta(days=400))
    page = words(client.get(address("patient", patient)))
    assert "¿Sigue siendo así?" in page
    assert "La lista está completa</button>" in page
    assert line.active
    assert is_whole(patient)


def test_nobody_but_clinicians_says_it_and_of_no_other_list():
    patient = a_patient()
    a_line_of(patient, "allergies")
    for role in ("front_desk", "administrator", "marketing", "director", "patient"):
        for name in ("entry_whole", "entry_more"):
            assert browser(role).post(address(name, patient, kind="allergies")).status_code == 404
    assert browser().post(address("entry_whole", patient, kind="procedures")).status_code == 404
    browser().post(address("entry_whole", patient, kind="family"))  # nothing stands there
    assert not NoneRecorded.objects.exists()

"""Entries of the record: added, corrected, confirmed, closed, taken back; what they said before is never lost."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.webapp.desk.clinic import address, browser, words
from tests.webapp.people import a_doctor, a_patient, a_patient_with_login
from tests.webapp.plans.factories import an_evaluation
from webapp.audit.models import Entry
from webapp.base.codes import code_of
from webapp.patients import services as patients
from webapp.patients.models import (
    AllergyIntolerance,
    MedicationStatement,
    NoneRecorded,
    PreviousTreatment,
    RelatedPerson,
)
from webapp.plans import case
from webapp.plans.models import Evaluation

pytestmark = pytest.mark.django_db


def said_by_herself(text="Augmentine: ronchas"):
    """A patient who reported an allergy in the portal."""
    patient = a_patient_with_login()
    patient.user.active_role = "patient"
    return patient, patients.add_allergy(patient=patient, code="penicillins", text=text, actor=patient.user)


def the_page(patient, line, kind="allergies"):
    return address("entry", patient, kind=kind, entry=line.pk)


def test_a_medicine_is_added_and_stands_on_the_patients_page():
    patient, client = a_patient(), browser()
    given = {"name": "Omeprazol casero", "dose": "20 mg al día", "started_on": "2026-01-10"}
    done = client.post(address("entry_add", patient, kind="medications"), given)
    assert done.url == address("patient", patient) + "#" + code_of("medications")
    page = words(client.get(address("patient", patient)))
    for told in ("Omeprazol casero", "20 mg al día", "desde 10 ene 2026", client.user.display_name):
        assert told in page


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        ("allergies", {"name": "Látex", "text": "ronchas"}, "ronchas"),
        ("conditions", {"name": "Gota", "since": "05/2019", "note": "tobillo"}, "tobillo"),
        (
            "treatments",
            {"name": "Omeprazol", "outcome": "failed", "reason": "ardor", "started": "2023", "ended": "05/2024"},
            "No funcionó, ardor, 2023 – may 2024",
        ),
        ("family", {"name": "Gota", "relation": "mother"}, "Gota (Madre)"),
        ("procedures", {"text": "Apendicectomía", "performed": "2001", "place": "Hospital Clínico"}, "2001"),
        ("stays", {"kind": "inpatient", "reason": "Neumonía", "started": "2020", "ended": "2020"}, "Neumonía"),
        ("reports", {"category": "endoscopy", "title": "Gastroscopia", "effective": "3/5/2020"}, "3 may 2020"),
    ],
)
def test_every_kind_of_entry_is_added_from_its_form(kind, given, told):
    patient, client = a_patient(), browser()
    assert client.post(address("entry_add", patient, kind=kind), given).status_code == 302
    assert told in words(client.get(address("patient", patient)))


def test_what_an_allergy_did_has_room_for_sentences_and_not_for_a_letter():
    patient, client = a_patient(), browser()
    adding = address("entry_add", patient, kind="allergies")
    assert '<textarea name="text"' in words(client.get(adding))
    refused = client.post(adding, {"name": "Látex", "text": "ronchas " * 51})
    assert "Escriba como mucho 400 letras" in words(refused)
    assert not AllergyIntolerance.objects.exists()
    client.post(adding, {"name": "Látex", "text": "Ronchas en las manos.\nEn 2019, con guantes."})
    assert "Ronchas en las manos. En 2019, con guantes." in words(client.get(address("patient", patient)))


def test_a_correction_takes_the_place_of_what_was_written_and_the_old_words_stay_in_the_history():
    patient, client = a_patient(), browser(display_name="Dra. Salas")
    line = patients.add_medication(patient=patient, code="", text="Omeprazol", dose="20 mg", actor=client.user)
    client.post(the_page(patient, line, "medications"), {"act": "correct", "name": "Omeprazol", "dose": "40 mg"})
    newest = MedicationStatement.objects.get(patient=patient, active=True)
    page = words(client.get(the_page(patient, newest, "medications")))
    assert "<del>20 mg</del>" in page
    assert "40 mg" in page
    assert page.count("Dra. Salas") >= 2
    record = words(client.get(address("patient", patient)))
    assert "40 mg" in record
    assert "20 mg" not in record


def test_what_a_patient_reported_is_marked_until_a_clinician_confirms_it():
    patient, line = said_by_herself()
    client = browser()
    assert "dicho por el paciente, sin confirmar" in words(client.get(address("patient", patient)))
    client.post(the_page(patient, line), {"act": "confirm"})
    line.refresh_from_db()
    assert line.is_confirmed
    assert "sin confirmar" not in words(client.get(address("patient", patient)))


def test_what_never_should_have_been_written_is_taken_back_with_a_reason_and_stays_readable():
    patient, line = said_by_herself()
    client = browser()
    refused = client.post(the_page(patient, line), {"act": "error", "error-reason": ""})
    assert refused.status_code == 422
    client.post(the_page(patient, line), {"act": "error", "error-reason": "other_patient"})
    line.refresh_from_db()
    assert (line.active, line.entered_in_error) == (False, True)
    assert "Augmentine" not in words(client.get(address("patient", patient)))
    page = words(client.get(the_page(patient, line)))
    assert "escrito por error" in page
    assert "Augmentine: ronchas" in page
    assert Entry.objects.get(verb="allergyintolerance.entered_in_error").detail == {"reason": "other_patient"}


def test_a_medicine_no_longer_taken_stands_apart_with_its_last_day():
    patient, client = a_patient(), browser()
    line = patients.add_medication(patient=patient, code="", text="Ibuprofeno", actor=client.user)
    day = timezone.localdate().isoformat()
    given = {"act": "close", "close-ended_on": day}
    unsaid = client.post(the_page(patient, line, "medications"), given | {"close-outcome": ""})
    assert unsaid.status_code == 422
    assert "Falta este dato. Elija una opción." in words(unsaid)
    client.post(the_page(patient, line, "medications"), given | {"close-outcome": "unknown"})
    page = words(client.get(address("patient", patient)))
    assert "1 ya no" in page
    assert "hasta" in page
    assert not PreviousTreatment.objects.exists()


def test_what_came_of_a_medicine_that_is_stopped_stands_among_the_earlier_treatments():
    patient, client = a_patient(), browser()
    line = patients.add_medication(
        patient=patient, code="omeprazole", text="Losec", started_on=date(2026, 1, 10), actor=client.user
    )
    given = {"act": "close", "close-ended_on": "2026-03-01", "close-outcome": "failed"}
    client.post(the_page(patient, line, "medications"), given)
    made = PreviousTreatment.objects.get(patient=patient)
    assert (made.code, made.outcome, made.started, made.ended) == ("omeprazole", "failed", "2026-01-10", "2026-03-01")
    [told, unnamed] = case.build(patient, timezone.localdate())["previous_treatments"]
    assert (told["code"], told["result"], unnamed["text"]) == ("omeprazole", "failed", "?")  # once, not twice


def test_of_two_who_correct_at_once_the_second_is_told_what_changed_and_loses_nothing():
    patient, first, second = a_patient(), browser(display_name="Dra. Salas"), browser()
    line = patients.add_medication(patient=patient, code="", text="Omeprazol", dose="20 mg", actor=first.user)
    page = the_page(patient, line, "medications")
    first.post(page, {"act": "correct", "name": "Omeprazol", "dose": "40 mg"})
    late = second.post(page, {"act": "correct", "name": "Omeprazol", "dose": "10 mg por la noche"})
    told = words(late)
    assert late.status_code == 409
    assert "Dra. Salas guardó antes que usted" in told
    assert "40 mg" in told
    assert 'value="10 mg por la noche"' in told
    newest = MedicationStatement.objects.get(patient=patient, active=True)
    assert newest.dose == "40 mg"
    assert f'action="{the_page(patient, newest, "medications")}"' in told


def test_an_entry_corrected_since_leads_to_what_it_says_now():
    patient, client = a_patient(), browser()
    line = patients.add_medication(patient=patient, code="", text="Omeprazol", dose="20 mg", actor=client.user)
    newest = patients.correct(line=line, actor=client.user, dose="40 mg")
    page = words(client.get(the_page(patient, line, "medications")))
    assert the_page(patient, newest, "medications") in page
    assert "Guardar la corrección" not in page


@pytest.mark.parametrize(
    ("kind", "title", "none"),
    [
        ("allergies", "Alergias", "Ninguna"), ("medications", "Medicación", "Ninguna"),
        ("treatments", "Tratamientos anteriores", "Ninguno"), ("conditions", "Enfermedades", "Ninguna"),
        ("family", "Familia", "Ninguno"),
    ],
)  # fmt: skip
def test_that_there_is_none_agrees_with_the_list_in_spanish(kind, title, none):
    patient, client = a_patient(), browser()
    client.post(address("entry_none", patient, kind=kind))
    page = words(client.get(address("patient", patient)))
    section = page.partition(f'data-list="{kind}"')[2].partition("</section>")[0]
    assert f"<h2>{title}</h2>" in section
    assert f"{none}: se le preguntó." in section


def test_asked_and_none_is_written_with_one_button_and_unknown_is_not_none():
    patient, client = a_patient(), browser()
    assert words(client.get(address("patient", patient))).count("Sin preguntar") == 5
    client.post(address("entry_none", patient, kind="allergies"))
    page = words(client.get(address("patient", patient)))
    assert page.count("Sin preguntar") == 4
    assert "Ninguna: se le preguntó." in page
    assert NoneRecorded.objects.get(patient=patient).list == "allergies"


def test_none_is_refused_while_something_stands_in_the_list():
    patient, _line = said_by_herself()
    client = browser()
    client.post(address("entry_none", patient, kind="allergies"))
    assert not NoneRecorded.objects.filter(patient=patient).exists()


def test_a_list_that_nobody_can_deny_takes_no_none():
    assert browser().post(address("entry_none", a_patient(), kind="procedures")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("allergies", {"name": ""}, "A qué"),
        ("procedures", {"text": "Apendicectomía", "performed": "mañana"}, "Cuándo"),
        ("stays", {"kind": "inpatient", "reason": "Neumonía", "started": "2020", "ended": "2019"}, "Hasta"),
        ("medications", {"name": "x" * 300}, "Medicamento"),
    ],
)
def test_a_form_with_a_problem_says_where_and_keeps_what_was_typed(kind, given, field):
    client = browser()
    answer = client.post(address("entry_add", a_patient(), kind=kind), given)
    page = words(answer)
    assert answer.status_code == 422
    assert "Una cosa por revisar" in page
    assert field in page
    assert 'aria-invalid="true"' in page


def test_the_same_entry_twice_is_said_plainly():
    patient, client = a_patient(), browser()
    given = {"name": "Gota", "relation": "mother"}
    first, second = (client.post(address("entry_add", patient, kind="family"), given) for _twice in range(2))
    assert (first.status_code, second.status_code) == (302, 422)
    assert "Ya está en la historia" in words(second)


def test_a_change_has_the_plan_worked_out_again_where_there_was_one():
    assessed, never = a_patient(), a_patient(birth_date=timezone.localdate())
    an_evaluation(assessed)
    client = browser()
    for patient in (assessed, never):
        client.post(address("entry_add", patient, kind="medications"), {"name": "Ibuprofeno", "dose": ""})
    queued = [job.args["patient_id"] for job in ProcrastinateJob.objects.filter(task_name__contains="assess")]
    assert queued == [str(assessed.pk)]
    assert ProcrastinateJob.objects.get(task_name__contains="assess").args["because"] == "record:medication"
    assert Evaluation.objects.count() == 1


def test_another_patients_entry_is_not_found_under_this_one():
    patient, line = said_by_herself()
    other, client = a_patient(), browser()
    for where in (the_page(other, line), the_page(patient, type(line)(pk=uuid4()))):
        assert client.get(where).status_code == 404
        assert client.post(where, {"act": "confirm"}).status_code == 404
    line.refresh_from_db()
    assert not line.is_confirmed


def test_an_unknown_kind_or_deed_is_not_found():
    patient, line = said_by_herself()
    client = browser()
    assert client.get(address("entry_add", patient, kind="contacts")).status_code == 404
    assert client.get(address("entry_add", patient, kind="nothing")).status_code == 404
    assert client.post(the_page(patient, line), {"act": "erase"}).status_code == 404


@pytest.mark.parametrize("role", ["front_desk", "administrator", "marketing", "director", "patient"])
def test_nobody_but_clinicians_opens_or_writes_an_entry(role):
    patient, line = said_by_herself()
    client = browser(role)
    for where in (the_page(patient, line), address("entry_add", patient, kind="allergies")):
        assert client.get(where).status_code == 404
        assert client.post(where, {"act": "confirm", "name": "x"}).status_code == 404
    assert client.post(address("entry_none", patient, kind="family")).status_code == 404


def test_the_front_desk_keeps_contacts_and_sees_nothing_else_of_the_entry():
    patient, client = a_patient(), browser("front_desk")
    given = {"name": "Luis Rey", "relationship": "partner", "phone": "600998877", "is_emergency_contact": "on"}
    client.post(address("contact_add", patient), given)
    contact = RelatedPerson.objects.get(patient=patient)
    page = words(client.get(address("patient", patient)))
    assert "Luis Rey" in page
    assert "llamar en una urgencia" in page
    there = address("contact", patient, contact=contact.pk)
    client.post(there, {"act": "correct", **given, "phone": "600998866"})
    newest = RelatedPerson.objects.get(patient=patient, active=True)
    assert newest.phone == "+34600998866"
    assert "+34600998877" in words(client.get(address("contact", patient, contact=newest.pk)))


def test_an_emergency_contact_needs_a_telephone():
    answer = browser("front_desk").post(
        address("contact_add", a_patient()), {"name": "Luis", "relationship": "partner", "is_emergency_contact": "on"}
    )
    assert answer.status_code == 422
    assert not RelatedPerson.objects.exists()


def test_reading_an_entry_is_written_down():
    patient, line = said_by_herself()
    client = browser()
    client.get(the_page(patient, line))
    assert Entry.objects.filter(verb="patient.history_viewed", actor_id=client.user.pk, patient_id=patient.pk).exists()


def test_the_page_of_an_entry_offers_the_names_the_rules_know(django_assert_max_num_queries):
    patient, client = a_patient(), browser()
    doctor = a_doctor()
    line = patients.add_medication(patient=patient, code="", text="Uno", dose="1 mg", actor=doctor)
    for dose in range(2, 12):
        line = patients.correct(line=line, actor=doctor, dose=f"{dose} mg")
    client.get(the_page(patient, line, "medications"))
    with django_assert_max_num_queries(40):
        page = words(client.get(the_page(patient, line, "medications")))
    assert page.count("<del>") == 10
    assert 'list="names-medications"' in page
    assert reverse("desk:patient", kwargs={"pk": patient.pk}) + "#" + code_of("medications") in page

"""What is in a copy, for whom, and that it is the same to the byte whenever the data are the same."""

import pytest
from django.utils import timezone

from tests.webapp.access.marks import CLINICAL, PERSONAL
from tests.webapp.patients.hostile import a_png
from tests.webapp.patients.lines import KINDS, a_change, a_line
from tests.webapp.people import a_doctor, a_patient, a_patient_with_login
from tests.webapp.privacy.copies import copy, data, words
from tests.webapp.sharing.shares import a_share, a_sharer, a_specialist
from webapp.patients import services as patients
from webapp.patients.models import AllergyIntolerance, Observation
from webapp.privacy import services
from webapp.sharing.services import change, take_back

pytestmark = pytest.mark.django_db


def test_the_same_data_make_the_same_bytes_and_a_new_line_makes_others(world):
    patient = world.own.patient
    for kind in ("clinic", "patient"):
        assert services.copy_of(patient, kind=kind, language="es") == services.copy_of(
            patient, kind=kind, language="es"
        )
    before = services.copy_of(patient, kind="clinic", language="es")
    patients.add_allergy(patient=patient, code="nsaids", text="Habones", actor=None)
    assert services.copy_of(patient, kind="clinic", language="es") != before


def test_of_a_list_a_copy_says_that_there_was_none_or_no_more_than_what_stood_in_it():
    patient, doctor = a_patient(), a_doctor()
    patients.record_none(patient=patient, topic="allergies", actor=doctor)
    patients.add_medication(patient=patient, code="", text="Omeprazol", actor=doctor)
    patients.record_whole(patient=patient, topic="medications", actor=doctor)
    none, whole = data(copy(patient), "List")
    assert (none["code"], none["emptyReason"]) == ("allergies", "nilknown")
    assert none["display"]["detail"] == "Se preguntó y no había"
    assert (whole["code"], "emptyReason" in whole) == ("medications", False)
    assert whole["display"]["detail"] == "Nada más que lo que constaba ese día"
    assert whole["recorder"] == doctor.display_name


@pytest.mark.parametrize("kind", ["clinic", "patient"])
def test_nothing_in_a_copy_is_another_patients(world, kind):
    text = words(copy(world.own.patient, kind))
    for other in (world.foreign, world.namesake):
        theirs = [other.patient.pk, other.patient.record_number, other.patient.email, other.patient.national_id]
        theirs += [other.allergy.pk, other.contact.pk, other.measure.pk, other.document.pk, other.signed_id]
        theirs += [other.open_response.pk, other.sent_response.pk]
        assert not [one for one in theirs if str(one) in text]
    assert "Otilia" not in text


def test_the_clinics_copy_holds_the_whole_record_with_codes_titles_and_notes(world):
    files = copy(world.own.patient)
    [allergy] = data(files, "AllergyIntolerance")
    assert allergy["code"]["coding"] == [{"code": "penicillins", "display": "Penicilinas"}]
    assert allergy["code"]["text"] == f"{CLINICAL} hives"
    [person] = data(files, "Patient")
    assert {one["value"] for one in person["identifier"]} >= {world.own.patient.record_number}
    assert {one["code"]["coding"][0]["code"] for one in data(files, "Observation")} == {"other", "hb"}
    told = [(one["value"], one["display"]["detail"]) for one in data(files, "Observation") if one.get("unit") == "g/L"]
    assert told == [(value, f"{value}\u00a0g/L") for value in (98, 98, 96, 97)]  # by day: three reports and today
    for name in ("MedicationStatement", "Condition", "FamilyMemberHistory", "Procedure", "Encounter", "Flag", "Task"):
        assert CLINICAL in str(data(files, name)), name
    assert any(one.get("note") == CLINICAL for one in data(files, "RelatedPerson"))
    [plan] = data(files, "CarePlan")
    assert plan["activity"][0]["note"] == f"{CLINICAL} note"
    assert plan["activity"][0]["reason"][0]["rule"]
    assert {one["status"] for one in data(files, "QuestionnaireResponse")} == {"completed", "in-progress"}
    assert data(files, "DetectedIssue")[0]["note"] == f"{CLINICAL} watch"


def test_the_patients_copy_has_the_reasons_of_the_plan_and_no_note_alert_or_task(world):
    files = copy(world.own.patient, "patient")
    text = words(files)
    [plan] = data(files, "CarePlan")
    assert plan["activity"][0]["reason"][0]["because"]
    for internal in (f"{CLINICAL} note", f"{CLINICAL} watch"):
        assert internal not in text
    assert not {"data/Flag.json", "data/Task.json", "data/DetectedIssue.json"} & set(files)
    assert not [one for one in data(files, "RelatedPerson") if "note" in one]
    assert f"luis.{PERSONAL}@example.org" in text


def test_a_file_is_the_patients_once_released_and_the_clinics_always():
    patient, doctor = a_patient_with_login(), a_doctor()
    kept = patients.add_document(patient, name="a.png", content=a_png(), kind="report", title="Biopsia", actor=doctor)
    a_line("report", patient, doctor, document=kept)
    whole = copy(patient)
    [name] = [name for name in whole if name.startswith("documents/")]
    assert whole[name].startswith(b"\x89PNG")
    assert "Biopsia" not in name
    assert f'href="{name}"' in whole["index.html"].decode()
    before = copy(patient, "patient")
    assert not [one for one in before if one.startswith("documents/")]
    assert "Biopsia" not in words(before)
    assert "Colonoscopia" not in words(before)
    patients.release(document=kept, actor=doctor)
    after = copy(patient, "patient")
    assert after[name] == whole[name]
    assert "Colonoscopia" in words(after)


def test_a_line_entered_in_error_about_somebody_else_never_reaches_the_patient():
    patient, doctor = a_patient(), a_doctor()
    wrong = a_line("allergy", patient, doctor, text="De otra persona")
    patients.enter_in_error(line=wrong, actor=doctor, reason="other_patient")
    row = patients.Reading("hb", 61, timezone.now(), "lab", "g/L")
    [seen] = patients.record_observations(patient=patient, rows=[row], actor=doctor)
    patients.enter_observation_in_error(observation=seen, actor=doctor, reason="other_patient")
    assert "De otra persona" not in words(copy(patient, "patient"))
    assert data(copy(patient, "patient"), "Observation") == []
    whole = copy(patient)
    assert "De otra persona" in words(whole)
    assert {one["verificationStatus"] for one in data(whole, "AllergyIntolerance")} == {"entered-in-error"}
    assert len(data(whole, "Observation")) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_comes_with_what_it_said_before(kind):
    patient, doctor = a_patient(), a_doctor(display_name="Dra. Elena Vidal")
    line = a_line(kind, patient, doctor)
    corrected = patients.correct(line=line, actor=doctor, **a_change(kind))
    files = copy(patient)
    shown = {one["id"]: one for one in data(files, type(line).__name__)}
    assert shown[str(corrected.pk)]["replaces"] == str(line.pk)
    assert shown[str(line.pk)]["clinicalStatus"] == "inactive"
    assert any(one["activity"] == "corrected" and one.get("change") for one in data(files, "Provenance"))
    assert "Dra. Elena Vidal" in words(files)


def test_answers_stand_as_they_were_asked_each_in_its_language(world):
    [sent] = [one for one in data(copy(world.own.patient), "QuestionnaireResponse") if one["status"] == "completed"]
    [item] = sent["item"]
    assert item["text"].startswith("¿")
    assert item["answer"] == item["value"]["value"] == CLINICAL
    assert sent["past"][0]["because"] == "changed"


def test_a_copy_is_read_in_the_language_it_was_asked_in(world):
    english, spanish = (copy(world.own.patient, language=one)["index.html"].decode() for one in ("en", "es"))
    assert '<html lang="en">' in english
    assert "Allergies" in english
    assert "Alergias" in spanish
    assert "Allergies" not in spanish
    assert "<script" not in english
    for language, word in (("en", "Accepted"), ("es", "Aceptado")):  # whatever language its maker was in
        said = data(copy(world.own.patient, language=language), "Consent")
        assert {one["display"]["detail"] for one in said if one["category"] != "sharing"} == {word}


@pytest.mark.parametrize("kind", ["clinic", "patient"])
def test_what_was_shared_with_whom_and_until_when_is_in_the_copy(kind):
    patient, specialist = a_sharer(), a_specialist("Dr. Ander Uría")
    share = a_share(patient, specialist, ["results", "diary"])
    [said] = [one for one in data(copy(patient, kind, language="en"), "Consent") if one["category"] == "sharing"]
    assert said["display"] == {"title": "Shared with a specialist", "detail": "Results, Diary"}
    assert said["provision"]["actor"] == "Dr. Ander Uría"
    assert said["provision"]["period"]["end"] == share.until.isoformat()
    assert "takenBack" not in said
    assert "earlier" not in said
    change(share=share, sections=["results"], until=share.until, actor=patient.user, today=share.opened_on)
    said = data(copy(patient, kind), "Consent")[-1]
    assert said["provision"]["parts"] == ["results"]
    assert [one["parts"] for one in said["earlier"]] == [["results", "diary"]]
    take_back(share=share, actor=patient.user)
    said = data(copy(patient, kind), "Consent")[-1]
    assert said["decision"] == "withdrawn"
    assert said["takenBack"]


def test_a_patient_of_whom_nothing_is_known_yet_gets_a_copy_that_says_so():
    files = copy(a_patient(), "patient")
    assert data(files, "AllergyIntolerance") == []
    page = files["index.html"].decode()
    for title, none in {"Alergias": "Ninguna", "Diagnósticos": "Ninguno", "A quién llamar": "Nadie"}.items():
        assert f"<h2>{title}</h2>\n<p>{none}.</p>" in page


def test_hostile_words_stay_words():
    patient = a_patient(given_name="<script>alert(1)</script>")
    patients.add_allergy(patient=patient, code="", text="<img src=x onerror=alert(1)>", actor=None)
    page = copy(patient)["index.html"].decode()
    assert "<script>" not in page
    assert "<img" not in page


def test_the_questions_to_the_database_do_not_grow_with_the_record(django_assert_max_num_queries):
    patient = a_patient()
    for n in range(40):
        patients.add_allergy(patient=patient, code="", text=f"Algo {n}", actor=None)
    rows = [patients.Reading("hb", 100 + n, timezone.now(), "lab", "g/L") for n in range(40)]
    patients.record_observations(patient=patient, rows=rows, actor=None)
    held = [model.objects.filter(patient=patient).count() for model in (AllergyIntolerance, Observation)]
    assert held == [40, 40]
    with django_assert_max_num_queries(45):
        copy(patient)

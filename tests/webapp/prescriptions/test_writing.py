"""Prescriptions of a signed plan: every field the law asks for, what is missing said, nothing that was not signed."""

from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pypdf import PdfReader

from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, content, item_of, ppi
from tests.webapp.prescriptions.orders import (
    GIVEN,
    WHO,
    a_known_patient,
    a_prescriber,
    a_supplement,
    at,
    client_of,
    told_plan,
    written,
)
from webapp.audit.models import Entry
from webapp.clinic import services as clinic
from webapp.plans import deciding
from webapp.prescriptions import papers, selectors, services
from webapp.prescriptions.models import Prescription
from webapp.prescriptions.writing import Given

pytestmark = pytest.mark.django_db
PROPOSAL = "Propuesta de prescripción, no válida para dispensación"


def pages(answer):
    assert answer["Content-Type"] == "application/pdf"
    return pages_of(answer.content)


def pages_of(content):
    return [" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in PdfReader(BytesIO(content)).pages]


def printed(batch, doctor):
    return pages(client_of(doctor).get(at("paper", batch=batch)))


def a_form(plan, **changes):
    item = item_of(plan, "rx:ppi_standard_od_8w")
    said = {"chosen": "on", "presentation": "cápsulas 20 mg", "units": "28", "packs": "2", "days": "56", **changes}
    return {f"{item.pk.hex}-0-{name}": value for name, value in said.items()} | {"batch": str(uuid4())}


def on_the_colleges_form():
    clinic.change(section="sheets", values={"prescription_form": "college"}, shown=0, actor=None)


def test_the_paper_carries_every_field_of_a_spanish_private_prescription():
    doctor, patient = a_prescriber(), a_known_patient()
    batch = written(told_plan(patient, doctor=doctor), doctor)
    paper, sheet = printed(batch, doctor)
    for told in (
        PROPOSAL, "Marina Ortega Rey", "4 mar 1979", patient.national_id, "Omeprazol", "cápsulas 20 mg", "vía oral",
        "56", "1 al día", "8 semanas", "Elena Vidal Pons", WHO["college_number"], WHO["speciality"],
        WHO["email"], WHO["phone"], "Calle Mayor 1, Madrid, España", "Licenciada en Medicina", "Firma", "diez días",
    ):  # fmt: skip
        assert told in paper, told
    assert "FALTA" not in paper
    assert "Información para el paciente" in sheet
    assert "Pirosis 5 días por semana" in sheet


def test_of_several_packs_each_has_its_form_in_succession_valid_from_its_planned_day():
    doctor, patient = a_prescriber(), a_known_patient()
    plan = told_plan(patient, doctor=doctor)
    key = f"{plan.items.get().pk.hex}-0"
    day = date(2026, 11, 22)
    batch = written(plan, doctor, given={key: Given("cápsulas 20 mg", 14, 4, 56)}, today=day)
    *leaves, _sheet = printed(batch, doctor)
    planned = ["22 nov 2026", "6 dic 2026", "20 dic 2026", "3 ene 2027"]
    until = ["1 dic 2026", "15 dic 2026", "29 dic 2026", "12 ene 2027"]
    for number, (paper, first, last) in enumerate(zip(leaves, planned, until, strict=True), 1):
        assert f"Receta sucesiva {number} de 4 Dispensación prevista: {first}" in paper
        assert f"diez días naturales, hasta el {last}" in paper
        assert "Envases 1" in paper
        assert "del 22 nov 2026 al 16 ene 2027" in paper, "each says how long the whole treatment is"


def test_one_pack_is_one_form_without_succession_and_what_was_written_before_stays_the_form_it_was():
    doctor, patient = a_prescriber(), a_known_patient()
    batch = written(told_plan(patient, doctor=doctor), doctor)
    paper, _sheet = printed(batch, doctor)
    assert "sucesiva" not in paper
    said = Prescription.objects.get().content
    [form] = papers.forms(said)
    old = {name: value for name, value in said.items() if name != "sheets"} | {"valid_until": "2026-12-01"}
    old["medicine"] = said["medicine"] | {"packs": 3}
    [before] = papers.forms(old)
    assert (form.packs, before.packs, before.of, before.valid_until) == (1, 3, 1, date(2026, 12, 1))


def test_what_nobody_told_is_named_on_the_paper_and_on_the_page_never_an_empty_line():
    doctor, patient = a_doctor("Dra. Nueva"), a_patient(family="Ortega")
    plan = told_plan(patient, doctor=doctor)
    page = client_of(doctor).get(at("write", plan=plan.pk)).content.decode()
    for words in ("DNI, NIE o pasaporte del paciente", "segundo apellido del paciente", "número de colegiado"):
        assert words in page
    [paper, _sheet] = printed(written(plan, doctor), doctor)
    assert "FALTA: pídaselo al paciente" in paper
    assert "no consta" in paper
    assert paper.count("FALTA") >= 2


def test_onto_the_colleges_form_nothing_is_printed_while_something_is_missing_and_no_heading_of_ours_stands_there():
    on_the_colleges_form()
    doctor, patient = a_doctor(), a_known_patient()
    plan = told_plan(patient, doctor=doctor)
    with pytest.raises(services.PrescriptionError, match="colegio"):
        written(plan, doctor)
    services.describe(doctor=doctor, values=WHO)
    [paper, _sheet] = printed(written(plan, doctor), doctor)
    assert PROPOSAL not in paper
    assert "Omeprazol" in paper


def test_a_supplement_is_recommended_on_its_own_sheet_and_never_prescribed():
    doctor, patient = a_prescriber(), a_known_patient()
    plan = told_plan(patient, ppi(), a_supplement(), doctor=doctor)
    leaves = printed(written(plan, doctor), doctor)
    assert not any("Plantago" in one for one in leaves)
    [sheet] = pages(client_of(doctor).get(at("advice", plan=plan.pk)))
    assert "Plantago" in sheet
    assert "No es una receta" in sheet
    assert "Omeprazol" not in sheet


@pytest.mark.parametrize(
    ("language", "said"),
    [("es", "3,5 g cada 12 h, 4 semanas, antes de comer"), ("en", "3.5 g every 12 h, 4 weeks, before meals")],
)
def test_the_sheet_of_supplements_says_when_in_the_day_and_writes_numbers_as_its_reader_does(language, said):
    doctor, patient = a_prescriber(), a_known_patient()
    dose = a_supplement()["doses"][0] | {"dose": "3.5 g", "timing": {"es": "antes de comer", "en": "before meals"}}
    plan = told_plan(patient, a_supplement(doses=[dose]), doctor=doctor)
    found = selectors.plan_for(doctor, plan.pk)
    [sheet] = pages_of(papers.recommendation(found, language))
    assert said in sheet


def test_a_regimen_is_a_paper_for_each_of_its_medicines():
    doctor, patient = a_prescriber(), a_known_patient()
    dose = ppi()["doses"][0]
    two = [dose, dose | {"ingredient": "amoxicillin", "dose": "1 g", "frequency": "twice daily", "duration_days": 14}]
    plan = told_plan(patient, content("rx:two", doses=two), doctor=doctor)
    leaves = printed(written(plan, doctor), doctor)
    assert ["Omeprazol" in leaves[0], "Amoxicilina" in leaves[1], len(leaves)] == [True, True, 3]


def test_what_was_rejected_is_a_narcotic_or_has_no_dose_is_not_printed():
    doctor, patient = a_prescriber(), a_known_patient()
    morphine = ppi()["doses"][0] | {"ingredient": "morphine", "dose": "10 mg"}
    plan = told_plan(patient, content("rx:strong", doses=[morphine]), content("rx:bare"), doctor=doctor)
    page = client_of(doctor).get(at("write", plan=plan.pk)).content.decode()
    assert "impreso oficial de estupefacientes" in page
    assert "No se firmó ninguna dosis" in page
    with pytest.raises(services.PrescriptionError):
        written(plan, doctor)
    assert not Prescription.objects.exists()


def test_nothing_is_printed_that_was_not_signed_and_told():
    doctor, patient = a_prescriber(), a_known_patient()
    draft = a_plan(patient, seen_by=doctor)
    client = client_of(doctor)
    assert client.get(at("write", plan=draft.pk)).status_code == 404
    deciding.accept_rest(plan_id=draft.pk, doctor=doctor)
    deciding.sign(plan_id=draft.pk, doctor=doctor, revision=1)
    assert client.get(at("write", plan=draft.pk)).status_code == 404, "it can still be taken back"
    item = draft.items.get()
    about = {"patient": patient, "plan": draft, "item": item, "place": 0, "content": {}, "issued_by": doctor}
    with pytest.raises(DatabaseError, match="told of"), transaction.atomic():
        Prescription.objects.create(batch=uuid4(), **about)


def test_the_database_takes_no_prescription_of_who_is_no_doctor():
    patient, dietitian = a_known_patient(), a_user("dietitian")
    plan = told_plan(patient)
    about = {"patient": patient, "plan": plan, "item": plan.items.get(), "place": 0, "content": {}}
    with pytest.raises(DatabaseError, match="only a doctor"), transaction.atomic():
        Prescription.objects.create(batch=uuid4(), issued_by=dietitian, **about)
    with pytest.raises(services.PrescriptionError):
        services.issue(plan=plan, batch=uuid4(), given={}, doctor=dietitian, today=timezone.localdate())


def test_two_clicks_write_once_and_what_is_written_stays():
    doctor, patient = a_prescriber(), a_known_patient()
    plan, batch = told_plan(patient, doctor=doctor), uuid4()
    assert {written(plan, doctor, batch=batch), written(plan, doctor, batch=batch)} == {batch}
    assert Prescription.objects.count() == 1
    assert Entry.objects.filter(verb="prescription.written", patient_id=patient.pk).count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Prescription.objects.update(batch=uuid4())


def test_a_form_says_every_problem_at_once_and_keeps_what_was_typed():
    doctor, patient = a_prescriber(), a_known_patient()
    plan = told_plan(patient, doctor=doctor)
    client = client_of(doctor)
    wrong = client.post(at("write", plan=plan.pk), a_form(plan, units="many", packs="0", brand="Losec"))
    page = wrong.content.decode()
    assert wrong.status_code == 422
    for told in ("número entero", "Como mínimo 1", "con un motivo breve", "cápsulas 20 mg"):
        assert told in page
    right = client.post(at("write", plan=plan.pk), a_form(plan), follow=True)
    assert "Escrito" in right.content.decode()
    assert Prescription.objects.get().content["medicine"]["packs"] == 2


def test_what_is_not_chosen_is_not_asked_and_something_must_be():
    doctor = a_prescriber()
    plan = told_plan(a_known_patient(), doctor=doctor)
    form = {name: value for name, value in a_form(plan, units="").items() if not name.endswith("chosen")}
    answer = client_of(doctor).post(at("write", plan=plan.pk), form)
    assert answer.status_code == 422
    assert "Elija al menos un medicamento" in answer.content.decode()


def test_a_long_treatment_is_written_for_its_first_three_months():
    doctor, patient = a_prescriber(), a_known_patient()
    plan = told_plan(patient, doctor=doctor)
    key = f"{plan.items.get().pk.hex}-0"
    written(plan, doctor, given={key: Given(GIVEN.presentation, 28, 4, 365)})
    how = Prescription.objects.get().content["how"]
    assert (how["days"], how["whole"]) == (90, 365)


def test_a_doctor_says_who_she_is_and_a_wrong_telephone_is_refused():
    doctor = a_doctor()
    client = client_of(doctor)
    wrong = client.post(at("prescriber"), WHO | {"phone": "12"})
    assert wrong.status_code == 422
    assert client.post(at("prescriber"), WHO).status_code == 302
    assert WHO["college_number"] in client.get(at("prescriber")).content.decode()


@pytest.mark.parametrize("role", ["dietitian", "front_desk", "patient", "administrator"])
def test_only_doctors_reach_these_pages(role):
    plan = told_plan(a_known_patient())
    client = client_of(a_user(role))
    for path in (at("write", plan=plan.pk), at("advice", plan=plan.pk), at("prescriber"), at("paper", batch=uuid4())):
        assert client.get(path).status_code == 404

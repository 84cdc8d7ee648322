"""The own record in the portal: six lists in plain words, taken along as PDF, who looked, and what one sets right."""

import io
import re
from uuid import uuid4

import pikepdf
import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.webapp.access.world import on_the_shelf
from tests.webapp.people import a_doctor, a_patient_with_login, a_user
from tests.webapp.plans.factories import an_evaluation
from tests.webapp.results.sheets import a_report, a_value, released
from webapp.audit import services as audit
from webapp.audit.models import Entry
from webapp.patients import services as patients
from webapp.patients.models import AllergyIntolerance, RelatedPerson
from webapp.patients.reaching import reached_by

pytestmark = pytest.mark.django_db
PAGES = ("record", "record_pdf", "looks", "reach", "contact", "allergy")


def words(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def portal(patient):
    client = Client()
    client.force_login(patient.user)
    return client


@pytest.fixture
def marina():
    return a_patient_with_login()


def a_full_record(patient):
    doctor = a_doctor(display_name="Dra. Elena Vidal")
    patients.add_condition(patient=patient, code="", detail={"text": "Gota"}, actor=doctor, verification="confirmed")
    patients.add_medication(patient=patient, code="", text="Omeprazol", dose="20 mg al día", actor=doctor)
    patients.add_encounter(patient=patient, reason="Neumonía", started="2020", actor=doctor)
    patients.add_procedure(patient=patient, text="Apendicectomía", performed="2001-05", actor=doctor)
    patient.user.active_role = "patient"
    patients.add_allergy(patient=patient, code="", text="Látex: ronchas", actor=patient.user)
    return doctor


def test_the_six_lists_stand_with_day_and_author(marina):
    a_full_record(marina)
    page = words(portal(marina).get(reverse("portal:record")))
    for title in ("Diagnósticos", "Tratamientos actuales", "Alergias", "Hospitalizaciones", "Operaciones", "Recetas"):
        assert title in page
    for told in ("Gota", "Omeprazol", "20 mg al día", "Neumonía", "may 2001", "Látex: ronchas"):
        assert told in page
    assert page.count("anotado por Dra. Elena Vidal") == 4
    assert "anotado por usted" in page
    assert "su médico aún no lo ha confirmado" in page


def test_what_nobody_asked_is_not_told_as_none(marina):
    patients.record_none(patient=marina, topic="allergies", actor=None)
    page = words(portal(marina).get(reverse("portal:record")))
    assert page.count("Todavía no se lo hemos preguntado") == 3
    assert page.count("No hay: así nos lo dijo") == 1


def test_the_record_is_taken_along_as_a_pdf(marina):
    a_full_record(marina)
    answer = portal(marina).get(reverse("portal:record_pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="record-{marina.record_number}.pdf"'
    with pikepdf.open(io.BytesIO(answer.content)) as book:
        assert len(book.pages) == 1
    verbs = set(Entry.objects.filter(patient_id=marina.pk, actor_id=marina.user_id).values_list("verb", flat=True))
    assert {"patient.viewed", "record.printed"} <= verbs


def paper_of(patient):
    """Return the words of the record's PDF, as a reader finds them."""
    answer = portal(patient).get(reverse("portal:record_pdf"))
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(answer.content))
    return re.sub(r"\s+", " ", text)


def test_the_pdf_holds_the_results_that_are_released_and_no_other(marina):
    on_the_shelf()
    assert "Todavía no hay resultados" in paper_of(marina)
    a_report(marina, a_value("potassium", 4.2), conclusion="secreta")
    a_report(a_patient_with_login(), a_value("ferritin", 40, "ng/mL"))
    assert "Potasio" not in paper_of(marina)
    released(a_report(marina, a_value("hb", 97, "g/L", (120, 155)), a_value("ferritin", "<100", "ng/mL")))
    said = paper_of(marina)
    for told in ("Mis resultados", "Laboratorio Norte", "97 g/L", "bajo", "de 120 a 155", "< 100 ng/mL", "no se sabe"):
        assert told in said, told
    for untold in ("Potasio", "secreta", "40 ng/mL", "Todavía no hay resultados"):
        assert untold not in said


def test_a_reported_allergy_is_unconfirmed_in_force_and_has_the_plan_worked_out_again(marina):
    an_evaluation(marina)
    done = portal(marina).post(reverse("portal:allergy"), {"name": "Metamizol", "text": "ronchas en 2019"})
    assert done.url == reverse("portal:record")
    line = AllergyIntolerance.objects.get(patient=marina)
    assert (line.active, line.is_confirmed, line.text) == (True, False, "Metamizol: ronchas en 2019")
    [job] = ProcrastinateJob.objects.filter(task_name__contains="assess")
    assert job.args["patient_id"] == str(marina.pk)


def test_an_allergy_without_a_name_is_asked_for_again(marina):
    answer = portal(marina).post(reverse("portal:allergy"), {"name": "", "text": "ronchas"})
    assert answer.status_code == 422
    assert "Falta este dato. Rellénelo." in words(answer)
    assert "ronchas</textarea>" in words(answer)
    assert not AllergyIntolerance.objects.exists()


def test_one_sets_right_how_one_is_reached_and_not_who_one_is(marina):
    given = {
        "phone": "612 345 678",
        "email": "marina@example.org",
        "language": "en",
        "family_name": "Otra",
        "channel": "sms",
    }
    portal(marina).post(reverse("portal:reach"), given)
    marina.refresh_from_db()
    assert (marina.phone, marina.language, marina.family_name) == ("+34612345678", "en", "Ortega Rey")
    assert reached_by(marina) == {"channel": "sms", "address": "+34612345678"}


def test_text_messages_need_a_telephone_and_without_one_the_mail_is_used(marina):
    answer = portal(marina).post(
        reverse("portal:reach"), {"phone": "", "email": "", "language": "es", "channel": "sms"}
    )
    assert answer.status_code == 422
    assert "necesitamos su teléfono" in words(answer)
    marina.channel = "sms"
    assert reached_by(marina) == {"channel": "email", "address": marina.user.email}


def test_a_number_that_cannot_be_is_said_at_its_field(marina):
    answer = portal(marina).post(
        reverse("portal:reach"), {"phone": "12", "email": "", "language": "es", "channel": "email"}
    )
    assert answer.status_code == 422
    assert 'value="12"' in words(answer)


def test_the_way_to_password_second_step_and_devices_stands_among_the_pages(marina):
    client = portal(marina)
    page = words(client.get(reverse("portal:more")))
    assert f'class="linkrow" href="{reverse("accounts:security")}"' in page
    own = words(client.get(reverse("accounts:security")))
    assert f'href="{reverse("portal:plan")}"' in own  # in the patient's own frame, with its way back
    desk = Client()
    desk.force_login(a_doctor())
    assert reverse("portal:plan") not in words(desk.get(reverse("accounts:security")))


def test_somebody_to_call_is_named_and_taken_out_again(marina):
    client = portal(marina)
    client.post(reverse("portal:contact"), {"name": "Luis Rey", "relationship": "partner", "phone": "600998877"})
    contact = RelatedPerson.objects.get(patient=marina)
    assert contact.is_emergency_contact
    assert "Luis Rey" in words(client.get(reverse("portal:more")))
    client.post(reverse("portal:contact_drop", args=[contact.pk]))
    assert "Luis Rey" not in words(client.get(reverse("portal:more"))).partition("toasts")[0]


def test_whom_the_clinic_wrote_down_is_not_taken_out_in_the_portal(marina):
    contact = patients.add_contact(
        patient=marina,
        name="Ana Rey",
        relationship="mother",
        phone="600998877",
        is_emergency_contact=True,
        actor=a_doctor(),
    )
    client = portal(marina)
    page = words(client.get(reverse("portal:more")))
    assert "Ana Rey" in page
    assert "la anotó la clínica" in page
    assert reverse("portal:contact_drop", args=[contact.pk]) not in page
    client.post(reverse("portal:contact_drop", args=[contact.pk]))
    contact.refresh_from_db()
    assert contact.active


def test_who_it_is_to_be_called_is_never_guessed(marina):
    answer = portal(marina).post(reverse("portal:contact"), {"name": "Luis", "relationship": "", "phone": "600998877"})
    assert answer.status_code == 422
    assert "Falta este dato. Elija una opción." in words(answer)
    assert not RelatedPerson.objects.exists()


def test_another_patients_contact_is_not_found(marina):
    other = a_patient_with_login()
    contact = patients.add_contact(
        patient=other, name="Ana", relationship="friend", phone="600998877", is_emergency_contact=True, actor=None
    )
    assert portal(marina).post(reverse("portal:contact_drop", args=[contact.pk])).status_code == 404
    contact.refresh_from_db()
    assert contact.active


def test_who_looked_is_told_by_day_without_the_own_visits_unless_asked_for(marina):
    doctor, client = a_doctor(display_name="Dra. Elena Vidal"), portal(marina)
    for _n in range(3):
        audit.record(actor=doctor, verb="patient.viewed", patient_id=marina.pk)
    client.get(reverse("portal:record"))
    page = words(client.get(reverse("portal:looks")))
    assert "Dra. Elena Vidal" in page
    assert "(3 veces)" in page
    assert "<b>Usted</b>" not in page
    assert "<b>Usted</b>" in words(client.get(reverse("portal:looks"), {"own": "1"}))


def test_what_pauta_works_out_of_the_own_answers_is_not_told_as_done_by_oneself(marina):
    audit.record(actor=marina.user, verb="plan.assessed", patient_id=marina.pk)
    page = words(portal(marina).get(reverse("portal:looks"), {"own": "1"}))
    assert re.search(r"<b>Pauta, de forma automática</b> ?<span class=.d-block.>Calculó el plan", page)


def test_at_first_nobody_has_looked(marina):
    audit.record(actor=a_doctor(display_name="Dr. Otro"), verb="patient.viewed", patient_id=uuid4())
    assert "Dr. Otro" not in words(portal(marina).get(reverse("portal:looks")))


def test_a_long_book_costs_as_many_queries_as_a_short_one(marina, django_assert_max_num_queries):
    client, doctor = portal(marina), a_doctor()
    for verb in ("a.viewed", "b.viewed", "c.viewed"):
        audit.record_list(actor=doctor, verb=verb, patient_ids=[marina.pk] * 20)
    client.get(reverse("portal:looks"))
    with django_assert_max_num_queries(14):
        page = words(client.get(reverse("portal:looks")))
    assert page.count("(20 veces)") == 3


@pytest.mark.parametrize("name", PAGES)
def test_staff_find_no_patients_page_and_a_patient_without_a_record_none_either(name):
    for user in (a_doctor(), a_user("patient")):
        client = Client()
        client.force_login(user)
        assert client.get(reverse(f"portal:{name}")).status_code == 404

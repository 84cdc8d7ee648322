"""Patients by surname and one patient on one page: everything to clinicians, who it is to the front desk."""

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.plans.factories import a_patient, a_plan, a_user, an_allergy
from webapp.alerts import services as alerts
from webapp.audit.models import Entry
from webapp.patients import services as patients
from webapp.patients.models import Observation

pytestmark = pytest.mark.django_db
MARK = "palabraclinica"


def register(given, family):
    return patients.register(
        actor=None, given_name=given, family_name=family, birth_date=date(1979, 3, 4), sex="female", phone="600123456"
    )


def signed_in(role):
    client = Client()
    client.user = a_user(role)
    client.force_login(client.user)
    return client


def full_record():
    """A patient with a clinical word in every clinical place."""
    patient = register("Marina", "Ortega Rey")
    an_allergy(patient, code="penicillins")
    patients.add_medication(patient=patient, code="", text=f"{MARK} medicina", dose=f"{MARK} dosis", actor=None)
    patients.add_condition(patient=patient, code=f"{MARK}_enfermedad", actor=None)
    row = patients.Reading("free_words", f"{MARK} respuesta", timezone.now(), Observation.Origin.QUESTIONNAIRE)
    lab = patients.Reading("hb", 131, timezone.now(), Observation.Origin.LAB, "g/L")
    patients.record_observations(patient=patient, rows=[row, lab], actor=None)
    alerts.raise_(
        patient_id=patient.pk, rule="r", code="alert:x", urgency="soon", text={"es": f"{MARK} aviso"}, facts={}
    )
    a_plan(patient)
    return patient


def page_of(client, patient):
    return client.get(reverse("desk:patient", kwargs={"pk": patient.pk}))


def test_a_doctor_sees_the_whole_record_on_one_page():
    patient, client = full_record(), signed_in("doctor")
    text = page_of(client, patient).content.decode()
    for words in ("medicina", "dosis", "enfermedad", "respuesta", "aviso"):
        assert MARK in text
        assert words in text
    assert "131" in text
    assert "Revisar el borrador" in text
    assert Entry.objects.filter(verb="patient.viewed", actor_id=client.user.pk, patient_id=patient.pk).exists()


def test_an_allergy_a_patient_reported_is_marked_unconfirmed():
    text = page_of(signed_in("doctor"), full_record()).content.decode()
    assert "sin confirmar" in text


def test_what_nobody_asked_is_not_shown_as_none():
    text = page_of(signed_in("doctor"), register("Luis", "Gil")).content.decode()
    assert "Sin preguntar" in text
    assert "se preguntó" not in text


def test_the_front_desk_sees_who_it_is_and_no_clinical_word():
    text = page_of(signed_in("front_desk"), full_record()).content.decode()
    assert "Marina Ortega Rey" in text
    assert "123" in text
    for words in (MARK, "ronchas", "penicil", "Alergia", "131"):
        assert words not in text


@pytest.mark.parametrize("role", ["marketing", "billing", "administrator", "director", "patient"])
def test_everybody_else_finds_nothing(role):
    client, patient = signed_in(role), full_record()
    assert page_of(client, patient).status_code == 404
    assert client.get(reverse("desk:patients")).status_code == 404


def test_patients_stand_by_surname_and_are_found_by_their_first_letters():
    for given, family in (("Luis", "Zamora"), ("Ana", "Álvarez"), ("Marina", "Ortega Rey")):
        register(given, family)
    client = signed_in("front_desk")
    text = client.get(reverse("desk:patients")).content.decode()
    assert text.index("Álvarez") < text.index("Ortega") < text.index("Zamora")
    found = client.post(reverse("desk:patients"), {"q": "ort"}, headers={"HX-Request": "true"}).content.decode()
    assert "Ortega" in found
    assert "Zamora" not in found
    assert "<html" not in found


def test_a_search_without_a_hit_says_so():
    text = signed_in("doctor").post(reverse("desk:patients"), {"q": "Ortego"}).content.decode()
    assert "Nadie se llama «Ortego»" in text


def test_the_list_asks_no_more_for_more_patients(django_assert_max_num_queries):
    client = signed_in("doctor")
    a_patient()
    with django_assert_max_num_queries(20) as few:
        client.get(reverse("desk:patients"))
    for _ in range(60):
        a_patient()
    with django_assert_max_num_queries(len(few)):
        text = client.get(reverse("desk:patients")).content.decode()
    assert "Página 1 de 2" in text


def test_a_patient_page_asks_no_more_for_a_long_record(django_assert_max_num_queries):
    client, short, long = signed_in("doctor"), full_record(), full_record()
    for n in range(30):
        patients.add_medication(patient=long, code="", text=f"medicina {n}", actor=None)
    page_of(client, short)
    with django_assert_max_num_queries(45) as few:
        page_of(client, short)
    with django_assert_max_num_queries(len(few)):
        page_of(client, long)


def test_an_alert_is_taken_charge_of_and_closed_from_the_page():
    patient, client = full_record(), signed_in("doctor")
    alert = alerts.selectors.alerts_for(client.user).get()
    back = reverse("desk:patient", kwargs={"pk": patient.pk})
    assert client.post(reverse("alerts:acknowledge", kwargs={"pk": alert.pk}), {"next": back}).url == back
    client.post(reverse("alerts:close", kwargs={"pk": alert.pk}), {"next": "https://evil.example/", "note": "Llamada"})
    alert.refresh_from_db()
    assert (alert.status, alert.closed_by) == ("closed", client.user)


def test_settling_an_alert_never_leads_off_the_site():
    full_record()
    client = signed_in("doctor")
    alert = alerts.selectors.alerts_for(client.user).get()
    answer = client.post(reverse("alerts:acknowledge", kwargs={"pk": alert.pk}), {"next": "https://evil.example/"})
    assert answer.url == reverse("home")


def test_a_patient_who_does_not_exist_is_not_found():
    answer = signed_in("doctor").get(reverse("desk:patient", kwargs={"pk": uuid4()}))
    assert answer.status_code == 404


def test_a_page_of_a_patient_warns_of_another_one_of_the_same_name():
    marina, other = register("Marina", "Ortega Rey"), register("Marina", "Ortega Rey")
    alone = register("Irene", "Ortega Rey")
    for role in ("doctor", "front_desk"):
        client = signed_in(role)
        text = page_of(client, marina).content.decode()
        assert "Mismo nombre" in text
        assert other.record_number in text
        assert "Mismo nombre" not in page_of(client, alone).content.decode()

"""A summary for another doctor: a real PDF that says what is known and what is not, taken by who has just confirmed."""

import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.webapp.access.world import on_the_shelf
from tests.webapp.desk.clinic import address
from tests.webapp.people import a_patient, a_user
from tests.webapp.privacy.copies import browser
from webapp.audit.models import Entry
from webapp.desk import summary
from webapp.patients import services as patients

pytestmark = pytest.mark.django_db


@pytest.fixture
def marina():
    on_the_shelf()
    person = a_patient(given_name="Marina", family_name="Ortega Rey", birth_date=date(1979, 3, 4))
    patients.add_allergy(patient=person, code="penicillins", text="ronchas", actor=None)
    patients.record_none(patient=person, topic="medications", actor=None)
    reading = patients.Reading("hb", 97, timezone.now(), "lab", "g/L")
    patients.record_observations(patient=person, rows=[reading], actor=None)
    return person


def text_of(answer) -> str:
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_it_says_what_is_known_and_what_is_not_in_both_languages_and_that_it_was_taken(marina):
    doctor = a_user("doctor")
    client = browser(doctor)
    place = address("summary", marina)
    assert "Descargar el resumen" in client.get(place).content.decode()
    answer = client.post(place, {"language": "es"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="summary-{marina.record_number}.pdf"'
    text = text_of(answer)
    known = ("Resumen para otro médico", "Marina Ortega Rey", "4 mar 1979", marina.record_number, "97")
    unknown = ("sin confirmar", "No hay ningún plan firmado", "Preguntas abiertas", "sin preguntar")
    for said in known + unknown:
        assert said in text, said
    english = text_of(client.post(place, {"language": "en"}))
    assert "Summary for another doctor" in english
    assert "Not known: not asked." in english
    taken = Entry.objects.filter(verb="record.summary_taken", patient_id=marina.pk, actor_id=doctor.pk)
    assert [entry.detail for entry in taken.order_by("pk")] == [{"language": "es"}, {"language": "en"}]


def test_who_has_not_just_confirmed_is_asked_again_and_takes_nothing(marina):
    client = browser(a_user("doctor"), fresh=False)
    for answer in (client.get(address("summary", marina)), client.post(address("summary", marina), {"language": "es"})):
        assert answer.url.startswith(reverse("accounts:confirm"))
    assert not Entry.objects.filter(verb="record.summary_taken").exists()


def test_a_language_there_is_not_gives_nothing(marina):
    assert browser(a_user("doctor")).post(address("summary", marina), {"language": "fr"}).status_code == 404


@pytest.mark.parametrize("role", ["front_desk", "director", "administrator", "patient", "specialist"])
def test_nobody_but_clinicians_takes_one(role):
    person, other = a_patient(), a_user(role)
    assert browser(other).get(address("summary", person)).status_code == 404
    with pytest.raises(patients.NotAllowed):
        summary.take(patient=person, actor=other, language="es", today=timezone.localdate(), path="")

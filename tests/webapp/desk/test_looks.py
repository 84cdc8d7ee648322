"""Who looked at a record: found in seconds by administrators and doctors, and itself written down."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.desk.clinic import address, browser, words
from tests.webapp.people import a_doctor, a_patient
from webapp.audit import services as audit
from webapp.audit.models import Entry
from webapp.desk import looks

pytestmark = pytest.mark.django_db
LIST = "desk:looks_search"


def looked(patient, actor, verb="patient.viewed", **ago):
    entry = audit.record(actor=actor, verb=verb, patient_id=patient.pk)
    return entry, timezone.now() - timedelta(**ago)


def test_an_administrator_finds_the_record_by_its_number_and_reads_who_looked():
    patient, admin, doctor = a_patient(), browser("administrator"), a_doctor(display_name="Dra. Vidal")
    looked(patient, doctor)
    looked(patient, doctor, "observation.corrected")
    found = words(admin.post(reverse(LIST), {"q": patient.record_number}))
    assert address("looks", patient) in found
    page = words(admin.get(address("looks", patient)))
    assert "Leyó toda la historia" in page
    assert "Corrigió una medición" in page
    assert "Dra. Vidal" in page


def test_the_words_searched_stand_in_no_address():
    admin = browser("administrator")
    page = words(admin.get(reverse(LIST)))
    assert 'method="post"' in page.partition('role="search"')[2][:60]
    patient = a_patient()
    assert patient.record_number not in words(admin.get(reverse(LIST), {"q": "Ortega"}))


def test_it_is_narrowed_to_one_person_and_to_days():
    patient, doctor, other = a_patient(), a_doctor(display_name="Dra. Vidal"), a_doctor(display_name="Dr. Ibarra")
    looked(patient, doctor)
    looked(patient, other)
    client, page = browser(), address("looks", patient)
    rows = words(client.get(page, {"who": doctor.pk})).partition("<tbody")[2]
    assert "Dra. Vidal" in rows
    assert "Dr. Ibarra" not in rows
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "Nadie en esos días" in words(client.get(page, {"from": tomorrow}))
    today = timezone.localdate().isoformat()
    assert "Dr. Ibarra" in words(client.get(page, {"from": today, "to": today})).partition("<tbody")[2]


@pytest.mark.parametrize(
    "query", [{"who": "x"}, {"who": "9" * 40}, {"from": "2026-13-40"}, {"to": "ayer"}, {"page": "x"}]
)
def test_a_question_that_cannot_be_read_narrows_nothing(query):
    patient = a_patient()
    looked(patient, a_doctor(display_name="Dra. Vidal"))
    assert "Dra. Vidal" in words(browser().get(address("looks", patient), query))


def test_a_long_book_comes_in_pages_at_the_same_price(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(looks, "A_PAGE", 10)
    patient, client = a_patient(), browser()
    for _n in range(3):
        looked(patient, a_doctor())
    client.get(address("looks", patient))
    with django_assert_max_num_queries(20) as few:
        client.get(address("looks", patient))
    audit.record_list(actor=a_doctor(), verb="patient.listed", patient_ids=[patient.pk] * 30)
    with django_assert_max_num_queries(len(few)):
        page = words(client.get(address("looks", patient)))
    assert "Página 1 de 4" in page


def test_reading_who_looked_is_written_down_and_so_is_searching_for_it():
    patient, admin = a_patient(), browser("administrator")
    admin.post(reverse(LIST), {"q": "ort"})
    admin.get(address("looks", patient))
    verbs = Entry.objects.filter(patient_id=patient.pk, actor_id=admin.user.pk).values_list("verb", flat=True)
    assert set(verbs) == {"patient.found", "looks.viewed"}


@pytest.mark.parametrize("role", ["dietitian", "front_desk", "marketing", "billing", "director", "patient"])
def test_nobody_else_reads_who_looked(role):
    patient, client = a_patient(), browser(role)
    assert client.get(reverse(LIST)).status_code == 404
    assert client.post(reverse(LIST), {"q": "ort"}).status_code == 404
    assert client.get(address("looks", patient)).status_code == 404


def test_a_record_that_is_not_there_is_not_found():
    assert browser("administrator").get(reverse("desk:looks", kwargs={"pk": uuid4()})).status_code == 404

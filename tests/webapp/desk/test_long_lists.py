"""A record with more than fits a page: the newest lines beside each other, all of them a click away, page by page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webapp.desk.clinic import address, browser, words
from tests.webapp.people import a_doctor, a_patient
from tests.webapp.plans.factories import a_plan
from webapp.audit.models import Entry
from webapp.base.codes import code_of
from webapp.desk import long_lists
from webapp.patients import services as patients
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db


def many_medicines(patient, number):
    doctor = a_doctor()
    for place in range(number):
        patients.add_medication(patient=patient, code="", text=f"Remedio {place:03d}", dose="1 mg", actor=doctor)


def many_plans(patient, number):
    """A signed plan, and later drafts that were put aside."""
    signed, doctor, day = a_plan(patient), a_doctor(), timezone.now() - timedelta(days=9)
    signed.items.update(decision="accepted", decided_by=doctor, decided_at=day)
    Plan.objects.filter(pk=signed.pk).update(status="signed", signed_by=doctor, signed_at=day)
    for _place in range(number):
        Plan.objects.filter(pk=a_plan(patient).pk).update(status="discarded")
    return signed


def test_a_long_list_shows_its_newest_lines_and_leads_to_the_rest():
    patient, client = a_patient(), browser()
    many_medicines(patient, 25)
    page = words(client.get(address("patient", patient)))
    assert (page.count("<b>Remedio "), "Remedio 024" in page, "Remedio 001" in page) == (20, True, False)
    assert "Ver los 25" in page
    rest = words(client.get(address("whole_list", patient, part="medications")))
    assert rest.count("<b>Remedio ") == 25
    assert address("patient", patient) + "#" + code_of("medications") in rest


def test_a_short_list_leads_nowhere_else():
    patient, client = a_patient(), browser()
    many_medicines(patient, 2)
    assert "/all/" not in words(client.get(address("patient", patient)))


def test_the_whole_list_comes_in_pages(monkeypatch):
    monkeypatch.setattr(long_lists, "A_PAGE", 10)
    patient, client = a_patient(), browser()
    many_medicines(patient, 25)
    page = words(client.get(address("whole_list", patient, part="medications"), {"page": "3"}))
    assert page.count("<b>Remedio ") == 5
    assert "Página 3 de 3" in page
    assert 'rel="next"' not in page


def test_the_plan_in_force_is_shown_however_many_drafts_came_after_it(django_assert_max_num_queries):
    patient, client = a_patient(), browser()
    signed = many_plans(patient, 22)
    page = words(client.get(address("patient", patient)))
    assert "No hay ningún plan firmado" not in page
    assert f'href="/plans/{signed.pk}/review/"' in page
    assert "Ver los 23" in page
    with django_assert_max_num_queries(14):
        rest = words(client.get(address("whole_list", patient, part="plans")))
    assert rest.count("/review/") == 23


def test_an_empty_list_says_so_and_a_part_that_is_none_is_not_there():
    patient, client = a_patient(), browser()
    for part in ("questionnaires", "plans", "stays"):
        assert "Nada anotado" in words(client.get(address("whole_list", patient, part=part)))
    for part in ("contacts", "everything"):
        assert client.get(address("whole_list", patient, part=part)).status_code == 404


def test_an_empty_list_says_whether_it_was_asked_and_offers_to_add_to_it():
    patient, client = a_patient(), browser()
    page = words(client.get(address("whole_list", patient, part="allergies")))
    assert "Sin preguntar" in page
    assert f'href="{address("entry_add", patient, kind="allergies")}"' in page
    client.post(address("entry_none", patient, kind="allergies"))
    page = words(client.get(address("whole_list", patient, part="allergies")))
    assert "Ninguna: se le preguntó." in page
    assert "Nada anotado" not in page


def test_reading_a_whole_list_is_written_down_and_the_front_desk_gets_none():
    patient, client = a_patient(), browser()
    client.get(address("whole_list", patient, part="plans"))
    assert Entry.objects.filter(verb="plans.viewed", patient_id=patient.pk, actor_id=client.user.pk).exists()
    for part in ("plans", "allergies"):
        assert browser("front_desk").get(address("whole_list", patient, part=part)).status_code == 404

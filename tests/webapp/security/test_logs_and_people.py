"""What the log may hold, what one clinician leaves to the next, and lists of hundreds of people."""

import logging

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.webapp.people import a_doctor, a_patient, a_patient_with_login, a_user, consented
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients import services as patients

pytestmark = pytest.mark.django_db
ADDRESS = "elena.vidal@example.org"


@pytest.fixture(autouse=True)
def _heard():
    """These tests read the log that the others hush."""
    logging.disable(logging.NOTSET)
    cache.clear()


def test_no_address_name_or_word_searched_reaches_the_log(caplog):
    caplog.set_level(logging.DEBUG)
    doctor, marina = a_user(Role.DOCTOR, email=ADDRESS, display_name="Elena Vidal"), a_patient(email="m@example.org")
    client = Client(raise_request_exception=False)
    for password in ("wrong", "still wrong"):
        client.post(reverse("account_login"), {"login": ADDRESS, "password": password})
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    client.force_login(doctor)
    client.post(reverse("desk:patients"), {"q": "Ortega"})
    client.get(reverse("desk:patient", args=[marina.pk]))
    client.get("/desk/patients/" + "0" * 8 + "/", {"q": "Ortega"})
    written = [record for record in caplog.records if not record.name.startswith(("django.db", "faker"))]
    assert any("Not Found" in record.getMessage() for record in written)
    said = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in written).casefold()
    for word in (ADDRESS, "vidal", "ortega", "marina", "m@example.org", "wrong"):
        assert word not in said, word


def an_allergy(patient):
    return patients.add_allergy(patient=patient, code="penicillins", text="ronchas", actor=None)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_a_reported_allergy_is_settled_once(first, second):
    allergy, vidal, salas = an_allergy(a_patient()), a_doctor(), a_doctor()
    patients.settle_allergy(allergy=allergy, confirmed=first, actor=vidal)
    with pytest.raises(patients.PatientError, match="already"):
        patients.settle_allergy(allergy=allergy, confirmed=second, actor=salas)
    allergy.refresh_from_db()
    assert (allergy.active, allergy.verification) == ((True, "confirmed") if first else (False, "unconfirmed"))
    verb = "allergy.confirmed" if first else "allergy.closed"
    assert [entry.actor_id for entry in Entry.objects.filter(verb__startswith="allergy.")] == [vidal.pk]
    assert Entry.objects.filter(verb=verb).exists()


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.MARKETING, Role.PATIENT])
def test_nobody_but_a_clinician_settles_an_allergy(role):
    allergy = an_allergy(a_patient())
    with pytest.raises(patients.NotAllowed):
        patients.settle_allergy(allergy=allergy, confirmed=False, actor=a_user(role))
    allergy.refresh_from_db()
    assert allergy.active


def test_a_patient_does_not_settle_the_own_allergy():
    marina = a_patient_with_login()
    allergy = an_allergy(marina)
    with pytest.raises(patients.NotAllowed):
        patients.settle_allergy(allergy=allergy, confirmed=False, actor=marina.user)


def test_a_list_of_hundreds_is_paged_at_a_fixed_cost_in_both_languages(django_assert_max_num_queries):
    for n in range(210):
        a_patient(given_name=f"Paciente{n}", family_name="Zuloaga Prats")
    for language, following in (("es", "iguiente"), ("en", "ext")):
        client = Client()
        client.force_login(a_user(Role.FRONT_DESK, language=language))
        with django_assert_max_num_queries(30):
            page = client.post(reverse("desk:patients"), {"q": "Zuloaga"}).content.decode()
        assert page.count("Zuloaga Prats") == 50
        assert following in page
        last = client.post(reverse("desk:patients"), {"q": "Zuloaga", "page": "99"}).content.decode()
        assert last.count("Zuloaga Prats") == 10


@pytest.mark.parametrize(("language", "heading"), [("es", '<html lang="es"'), ("en", '<html lang="en"')])
@pytest.mark.parametrize("name", ["portal:home", "portal:plan", "portal:diary", "portal:answers", "portal:consent"])
def test_a_patient_with_nothing_yet_gets_every_page_in_her_language(language, heading, name):
    marina = a_patient_with_login(user=a_user(Role.PATIENT, language=language))
    consented(marina)
    client = Client()
    client.force_login(marina.user)
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert heading in page.content.decode()
    assert Entry.objects.filter(patient_id=marina.pk, path=reverse(name)).count() == 1

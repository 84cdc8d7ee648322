"""Taking a copy: who may, that it is asked again who it is, that the book knows, and what happens where it is long."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.patients.hostile import a_png
from tests.webapp.people import PASSWORD, a_doctor, a_patient, a_patient_with_login, a_user
from tests.webapp.privacy.copies import browser, data, opened
from webapp.accounts.models import RolePermission
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients import services as patients
from webapp.privacy import services
from webapp.privacy.models import KEPT, Export, ExportPiece

pytestmark = pytest.mark.django_db


def page_of(patient):
    return reverse("privacy:export", args=[patient.pk])


def lines(patient):
    return list(Entry.objects.filter(patient_id=patient.pk, verb__startswith="record.export").values("verb", "detail"))


@pytest.fixture
def heavy(monkeypatch):
    """Every record counts as large."""
    monkeypatch.setattr(services, "AT_ONCE", -1)


def test_a_doctor_is_asked_who_it_is_comes_back_and_takes_the_copy_which_the_book_knows():
    patient, doctor = a_patient(), a_doctor()
    client = browser(doctor, fresh=False)
    asked = client.get(page_of(patient))
    assert asked.url == f"{reverse('accounts:confirm')}?next={page_of(patient).replace('/', '%2F')}"
    back = client.post(asked.url, {"secret": PASSWORD, "next": page_of(patient)})
    assert back.url == page_of(patient)
    assert client.get(page_of(patient)).status_code == 200
    assert lines(patient) == []
    answer = client.post(page_of(patient))
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="record-{patient.record_number}.zip"'
    assert "no-store" in answer["Cache-Control"]
    assert data(opened(answer.content), "Patient")[0]["id"] == str(patient.pk)
    assert lines(patient) == [{"verb": "record.exported", "detail": {"kind": "clinic"}}]


def test_without_having_confirmed_a_form_takes_nothing():
    patient = a_patient_with_login()
    for client, page in (
        (browser(a_doctor(), fresh=False), page_of(patient)),
        (browser(patient.user, fresh=False), reverse("privacy:own")),
    ):
        answer = client.post(page)
        assert answer.url.startswith(reverse("accounts:confirm"))
    assert lines(patient) == []


def test_a_patient_takes_the_own_copy_and_nobody_elses():
    patient, other = a_patient_with_login(), a_patient_with_login()
    client = browser(patient.user)
    assert client.get(reverse("privacy:own")).status_code == 200
    files = opened(client.post(reverse("privacy:own"), {"patient": str(other.pk)}).content)
    assert data(files, "Patient")[0]["id"] == str(patient.pk)
    assert lines(patient) == [{"verb": "record.exported", "detail": {"kind": "patient"}}]
    assert client.post(page_of(patient)).status_code == 404
    assert client.post(page_of(other)).status_code == 404
    assert lines(other) == []


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR, Role.MARKETING, Role.BILLING])
def test_who_has_no_part_in_care_finds_no_such_page(role):
    patient = a_patient()
    client = browser(a_user(role))
    for answer in (client.get(page_of(patient)), client.post(page_of(patient)), client.get(reverse("privacy:own"))):
        assert answer.status_code == 404


def test_the_clinic_may_take_the_permission_away_from_a_role():
    patient, dietitian = a_patient(), a_user(Role.DIETITIAN)
    client = browser(dietitian)
    assert client.get(page_of(patient)).status_code == 200
    RolePermission.objects.create(role="dietitian", permission="record.export", allowed=False)
    assert client.post(page_of(patient)).status_code == 404
    with pytest.raises(services.ExportError):
        services.take(patient=patient, language="es", actor=type(dietitian).objects.get(pk=dietitian.pk), path="")


def test_a_large_record_is_copied_by_a_job_while_its_asker_waits(heavy):
    patient, doctor = a_patient(), a_doctor()
    client = browser(doctor)
    assert "página siguiente" in client.get(page_of(patient)).content.decode()
    asked = client.post(page_of(patient))
    export = Export.objects.get()
    assert asked.url == reverse("privacy:waiting", args=[export.pk])
    assert "<progress" in client.get(asked.url).content.decode()
    assert client.post(page_of(patient)).url == asked.url
    assert Export.objects.count() == 1
    file = reverse("privacy:file", args=[export.pk])
    assert client.get(file).url == asked.url
    services.make(export.pk)
    services.make(export.pk)
    ready = client.get(asked.url).content.decode()
    assert file in ready
    assert "hx-get" not in ready
    assert client.get(file).content == services.copy_of(patient, kind="clinic", language="es")
    assert [one["verb"] for one in lines(patient)] == ["record.export_asked", "record.exported"]


def test_a_copy_that_waits_is_its_askers_alone_and_is_gone_after_two_hours(heavy):
    patient = a_patient_with_login()
    client = browser(patient.user)
    client.post(reverse("privacy:own"))
    export = Export.objects.get()
    services.make(export.pk)
    places = [reverse(name, args=[export.pk]) for name in ("privacy:waiting", "privacy:file")]
    assert [client.get(place).status_code for place in places] == [200, 200]
    for other in (a_doctor(), a_patient_with_login().user):
        assert [browser(other).get(place).status_code for place in places] == [404, 404]
    assert Client().get(places[1]).url.startswith("/accounts/login/")
    assert browser(patient.user, fresh=False).get(places[1]).url.startswith(reverse("accounts:confirm"))
    Export.objects.update(asked_at=timezone.now() - KEPT - timedelta(minutes=1))
    assert [client.get(place).status_code for place in places] == [404, 404]
    assert services.forget(timezone.now()) == 1
    assert not ExportPiece.objects.exists()


def test_a_copy_that_could_not_be_made_says_so_and_keeps_no_half_of_it(heavy, monkeypatch):
    patient, doctor = a_patient(), a_doctor()
    client = browser(doctor)
    address = client.post(page_of(patient)).url
    export = Export.objects.get()

    def torn(*_args, **_options):
        raise ConnectionError

    monkeypatch.setattr(services.archive, "packed", torn)
    with pytest.raises(ConnectionError):
        services.make(export.pk)
    page = client.get(address).content.decode()
    assert page_of(patient) in page
    assert "<progress" not in page
    assert not ExportPiece.objects.exists()


def test_a_damaged_file_stops_the_copy_and_the_page_says_which_fault(monkeypatch):
    patient = a_patient()
    patients.add_document(patient, name="a.png", content=a_png(), kind="letter", title="Carta", actor=None)
    client = browser(a_doctor())
    monkeypatch.setattr("webapp.patients.filed.files.whole", _torn)
    answer = client.post(page_of(patient))
    assert answer.status_code == 422
    assert "F001" in answer.content.decode()
    assert lines(patient) == []


def _torn(binary, _found):
    raise services.FileDamaged(binary)


def test_the_ways_in_stand_on_the_patients_page_and_in_the_profile():
    patient = a_patient_with_login()
    doctor = browser(a_doctor()).get(reverse("desk:patient", args=[patient.pk]))
    assert page_of(patient) in doctor.content.decode()
    profile = browser(patient.user).get(reverse("portal:more"))
    assert reverse("privacy:own") in profile.content.decode()

"""Files of the own record in the portal: what the clinic released, and what a patient sends."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.webapp.patients import hostile
from tests.webapp.people import a_doctor, a_patient_with_login
from webapp.accounts.models import User
from webapp.accounts.services import grant_role, revoke_role
from webapp.base.codes import code_of
from webapp.base.roles import Role
from webapp.patients import selectors
from webapp.patients import services as patients
from webapp.patients.models import DocumentReference
from webapp.portal import files

pytestmark = pytest.mark.django_db
SEND = "/portal/record/documents/new/"


def words(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def without(answer, pk):
    """What a page says, but for the address asked for and the key of its forms."""
    return re.sub(r"[A-Za-z0-9]{64}", "", words(answer)).replace(str(pk), "")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def marina():
    return a_patient_with_login()


@pytest.fixture
def portal(marina):
    return signed_in(marina.user)


def send(client, content=None, name="analisis.png", **values):
    file = SimpleUploadedFile(name, hostile.a_png() if content is None else content)
    return client.post(SEND, {"file": file, "kind": "report", "title": "Analítica de marzo", **values})


def test_a_released_file_is_listed_and_downloaded_and_no_other_is_told_from_none(marina, portal):
    doctor = a_doctor()
    seen, unseen = (
        patients.add_document(
            marina, name="x.png", content=hostile.a_png(size), kind="report", title=title, actor=doctor
        )
        for title, size in (("Ecografía", (8, 6)), ("Biopsia", (9, 6)))
    )
    patients.release(document=seen, actor=doctor)
    page = words(portal.get(reverse("portal:record")))
    assert "Ecografía" in page
    assert "Biopsia" not in page
    given = portal.get(reverse("portal:document", args=[seen.pk]))
    assert given["Content-Disposition"].startswith("attachment; filename=")
    foreign = signed_in(a_patient_with_login().user)
    told = {without(portal.get(reverse("portal:document", args=[pk])), pk) for pk in (unseen.pk, uuid4())}
    assert len(told) == 1
    for client, pk in ((portal, unseen.pk), (portal, uuid4()), (foreign, seen.pk)):
        assert client.get(reverse("portal:document", args=[pk])).status_code == 404
    patients.withhold(document=seen, actor=doctor)
    assert portal.get(reverse("portal:document", args=[seen.pk])).status_code == 404
    assert "Ecografía" not in words(portal.get(reverse("portal:record")))


def test_a_patient_sends_a_file_and_the_doctor_finds_it_marked_as_sent_by_the_patient(marina, portal):
    page = words(portal.get(SEND))
    assert "20 MB" in page  # the limits are said before
    assert "JPEG" in page
    assert send(portal).url == reverse("portal:record") + "#" + code_of("documents")
    line = DocumentReference.objects.get(patient=marina)
    assert (line.title, line.kind, line.recorded_by, line.is_confirmed) == (
        "Analítica de marzo", "report", marina.user, False,
    )  # fmt: skip
    mine = words(portal.get(reverse("portal:record")))
    assert "Analítica de marzo" in mine
    assert "enviado por usted" in mine
    theirs = words(signed_in(a_doctor()).get(reverse("desk:patient", args=[marina.pk])))
    assert "Analítica de marzo" in theirs
    assert "enviado por el paciente" in theirs


def test_a_file_without_a_title_is_called_as_its_name_says(marina, portal):
    send(portal, name="C:\\fotos\\analisis marzo.png", title="")
    assert DocumentReference.objects.get(patient=marina).title == "analisis marzo"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("informe.docx", b"PK\x03\x04", "ofimática"),
        ("informe.pdf", hostile.SCRIPT, "El nombre dice un tipo de archivo"),
        ("foto.png", b"", "vacío"),
        ("foto.exe", b"MZ", "programa"),
    ],
)
def test_a_hostile_file_is_refused_with_what_to_do_and_the_form_stays(marina, portal, name, content, told):
    answer = send(portal, content, name)
    assert answer.status_code == 422
    assert told in words(answer)
    assert 'value="Analítica de marzo"' in words(answer)
    assert not DocumentReference.objects.exists()


def test_nothing_chosen_is_asked_for(portal):
    answer = portal.post(SEND, {"kind": "report", "title": ""})
    assert answer.status_code == 422
    assert "Falta este dato. Rellénelo." in words(answer)


def test_a_form_does_not_say_whose_record_it_goes_to(marina, portal):
    stranger = a_patient_with_login()
    send(portal, patient=str(stranger.pk), kind="consent")
    assert not DocumentReference.objects.exists()  # a consent is signed at the clinic
    send(portal, patient=str(stranger.pk))
    assert DocumentReference.objects.get().patient == marina


def test_above_so_many_a_day_the_rest_waits(marina, portal, monkeypatch):
    monkeypatch.setattr(files, "A_DAY", 1)
    send(portal)
    answer = send(portal, hostile.a_png((9, 9)))
    assert answer.status_code == 422
    assert "muchos archivos hoy" in words(answer)
    assert DocumentReference.objects.count() == 1


def test_what_others_filed_and_what_a_patient_who_works_here_filed_for_others_fills_no_day(marina, portal, monkeypatch):
    monkeypatch.setattr(files, "A_DAY", 1)
    other, picture = a_patient_with_login(), hostile.a_png((9, 9))
    patients.add_document(marina, name="x.png", content=picture, kind="report", actor=a_doctor())
    strangers = filed_at_work(other, marina.user)
    assert send(portal).status_code == 302
    assert portal.post(reverse("portal:file_drop", args=[strangers.pk])).status_code == 404
    strangers.refresh_from_db()
    assert strangers.active


def filed_at_work(patient, user):
    """Return a file that somebody who is a patient too put into another patient's record under the hat of work."""
    grant_role(user=user, role=Role.DOCTOR, actor=None)
    doctor = User.objects.get(pk=user.pk)
    doctor.active_role = Role.DOCTOR
    made = patients.add_document(patient, name="y.png", content=hostile.a_png((7, 7)), kind="report", actor=doctor)
    revoke_role(user=user, role=Role.DOCTOR, actor=None)
    return made


def test_a_file_sent_by_mistake_is_taken_out_until_a_clinician_confirmed_it(marina, portal):
    send(portal)
    line = DocumentReference.objects.get()
    drop = reverse("portal:file_drop", args=[line.pk])
    assert signed_in(a_patient_with_login().user).post(drop).status_code == 404
    assert portal.get(drop).status_code == 405
    portal.post(drop)
    assert "Analítica de marzo" not in words(portal.get(reverse("portal:record")))
    assert portal.post(drop).status_code == 404
    send(portal)
    again = DocumentReference.objects.get(active=True)
    patients.confirm(line=again, actor=a_doctor())
    assert reverse("portal:file_drop", args=[again.pk]) not in words(portal.get(reverse("portal:record")))
    portal.post(reverse("portal:file_drop", args=[again.pk]))
    assert [one.pk for one in selectors.shown_to(marina.user, marina)] == [again.pk]


def test_what_the_clinic_added_is_not_the_patients_to_take_out(marina, portal):
    doctor = a_doctor()
    letter = patients.add_document(marina, name="x.png", content=hostile.a_png(), kind="letter", actor=doctor)
    patients.release(document=letter, actor=doctor)
    assert portal.post(reverse("portal:file_drop", args=[letter.pk])).status_code == 404
    assert DocumentReference.objects.get().active


# --- at the clinic


def test_the_doctor_releases_and_takes_back_on_the_page_of_the_file(marina, portal):
    doctor = a_doctor(display_name="Dra. Elena Vidal")
    letter = patients.add_document(marina, name="x.png", content=hostile.a_png(), kind="letter", actor=doctor)
    desk, page = signed_in(doctor), reverse("desk:entry", args=[marina.pk, "documents", letter.pk])
    assert "todavía no ve este archivo" in words(desk.get(page))
    assert "lo encuentra en el portal" in words(desk.post(page, {"act": "release"}, follow=True))
    assert "lo ve el paciente" in words(desk.get(reverse("desk:patient", args=[marina.pk])))
    assert "lo puso a su vista Dra. Elena Vidal" in words(desk.get(page))
    assert portal.get(reverse("portal:document", args=[letter.pk])).status_code == 200
    desk.post(page, {"act": "withhold"})
    assert portal.get(reverse("portal:document", args=[letter.pk])).status_code == 404


def test_what_is_no_file_is_not_released(marina):
    doctor = a_doctor()
    allergy = patients.add_allergy(patient=marina, code="", text="Látex", actor=doctor)
    page = reverse("desk:entry", args=[marina.pk, "allergies", allergy.pk])
    for act in ("release", "withhold"):
        assert signed_in(doctor).post(page, {"act": act}).status_code == 404

"""Patients without DNI or NIE are known by a passport or another document: registered, found, invited and let in."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.webapp.people import a_dni, a_doctor, a_patient, a_user
from webapp.base.roles import Role
from webapp.patients import identity, inviting, selectors, services
from webapp.patients.models import Invitation, Patient

pytestmark = pytest.mark.django_db
PASSPORT = "GB 123-456789"
JOIN = "/portal/join/"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def desk():
    return a_user(Role.FRONT_DESK, language="en")


@pytest.fixture
def ann():
    return a_patient(given_name="Ann", family_name="Hill", other_id=PASSPORT, phone="600112233", language="en")


def come(secret, patient, **other):
    given = {"code": secret, "record_number": patient.record_number, "paper": "gb123456789", "is_other": "on",
             "birth_date": patient.birth_date.isoformat()} | other  # fmt: skip
    return Client(headers={"Accept-Language": "en"}).post(JOIN, given)


@pytest.mark.parametrize(
    ("typed", "kept"), [(PASSPORT, "GB123456789"), ("x-1234567", "X1234567"), ("987654", "987654")]
)
def test_a_document_is_read_however_it_is_written(typed, kept):
    assert identity.other_id(typed) == kept


@pytest.mark.parametrize("typed", ["", "12", "PASAPORTE", "A" * 19 + "12", "GB#12345", a_dni(7), "X1234567L"])
def test_what_is_no_number_of_a_document_or_is_a_dni_is_refused(typed):
    with pytest.raises(identity.IdentityError):
        identity.other_id(typed)


def test_it_is_kept_sealed_and_found_by_its_digest(ann, desk):
    with connection.cursor() as cursor:
        cursor.execute("SELECT other_id::text, other_id_index::text FROM patients_patient WHERE id = %s", [ann.pk])
        assert "GB123456789" not in "".join(cursor.fetchone())
    assert Patient.objects.get(pk=ann.pk).other_id == "GB123456789"
    for typed in (PASSPORT, "gb123456789"):
        assert [one.pk for one in selectors.directory(desk, typed).patients] == [ann.pk]
    assert selectors.directory(desk, "GB123456780").patients == []


def test_the_same_document_again_is_warned_of_and_may_be_another_countrys(ann, desk):
    given = {"given_name": "Paul", "family_name": "Berg", "birth_date": date(1950, 1, 2), "other_id": PASSPORT}
    with pytest.raises(services.PossibleDuplicate) as found:
        services.register(actor=desk, **given)
    assert [one.reasons for one in found.value.candidates] == [("other_id",)]
    assert services.register(actor=desk, another_than=[ann.pk], **given).other_id == ann.other_id


def test_the_desk_writes_it_down_and_its_change_stands_in_the_history(client, desk):
    patient = a_patient()
    client.force_login(desk)
    form = {"given_name": "Marina", "family_name": "Ortega Rey", "birth_date": "1979-03-14", "sex": "female",
            "language": "es", "other_id": "AB"}  # fmt: skip
    page = reverse("desk:identity", args=[patient.pk])
    refused = client.post(page, form)
    assert refused.status_code == 422
    assert "5 to 20 letters and digits" in refused.content.decode()
    assert client.post(page, form | {"other_id": PASSPORT}).status_code == 302
    assert "GB123456789" in client.get(reverse("desk:patient", args=[patient.pk])).content.decode()
    [change] = selectors.history_of(a_doctor(), patient, "patient")[0].fields
    assert (change.name, change.new) == ("other_id", "GB123456789")


def test_who_has_only_a_passport_is_invited_and_comes_in_with_it(ann, desk):
    _made, secret = inviting.invite(patient=ann, way="paper", actor=desk)
    assert come(secret, ann).url == reverse("portal:join_password")


@pytest.mark.parametrize(
    "other",
    [{"paper": "GB123456780"}, {"paper": a_dni(3), "is_other": ""}, {"birth_date": "1979-03-15"},
     {"record_number": "999999"}],
)  # fmt: skip
def test_another_document_or_day_does_not_open_it(ann, desk, other):
    _made, secret = inviting.invite(patient=ann, way="paper", actor=desk)
    answer = come(secret, ann, **other)
    assert answer.status_code == 422
    assert "do not go together" in answer.content.decode()
    assert Invitation.objects.get().tries == 1


def test_who_has_both_may_show_either(desk):
    patient = a_patient(national_id=a_dni(), other_id=PASSPORT)
    _made, secret = inviting.invite(patient=patient, way="paper", actor=desk)
    assert come(secret, patient).status_code == 302
    assert come(secret, patient, paper=patient.national_id, is_other="").status_code == 302


def test_a_document_that_cannot_be_is_said_at_its_field_and_costs_no_try(ann, desk):
    _made, secret = inviting.invite(patient=ann, way="paper", actor=desk)
    for other, told in (({"paper": "GB"}, "5 to 20"), ({"is_other": ""}, "8 digits and a letter"),
                        ({"paper": "12345678Z"}, "the form of a DNI")):  # fmt: skip
        answer = come(secret, ann, **other)
        assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert Invitation.objects.get().tries == 0


def test_where_the_record_has_no_document_nothing_typed_fits(desk):
    patient = a_patient(national_id=a_dni())
    _made, secret = inviting.invite(patient=patient, way="paper", actor=desk)
    assert come(secret, patient).status_code == 422
    claim = inviting.Claim(patient.record_number, "", patient.birth_date, is_other=True)
    assert inviting.identify(secret=secret, claim=claim) is None

"""Who a patient is and what ails her cannot be read, moved or changed by whoever holds the database alone."""

from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError
from django.db import connection

from tests.webapp.people import a_patient, a_patient_with_login
from webapp.base.fields import _Sealed
from webapp.patients import selectors, services
from webapp.patients.models import AllergyIntolerance, Patient

pytestmark = pytest.mark.django_db


def stored(patient, column):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM patients_patient WHERE id = %s', [patient.pk])  # noqa: S608
        return bytes(cursor.fetchone()[0])


def put(patient, column, token):
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE patients_patient SET "{column}" = %s WHERE id = %s', [token, patient.pk])  # noqa: S608


def read(patient):
    return Patient.objects.get(pk=patient.pk)


def test_the_columns_hold_no_clear_text():
    patient = a_patient(given_name="Marina", national_id="12345678Z")
    for column in ("given_name", "family_name", "national_id", "birth_date"):
        assert stored(patient, column)[0] == 1
    assert b"Marina" not in stored(patient, "given_name")
    assert b"1979" not in stored(patient, "birth_date")


def test_one_flipped_bit_anywhere_is_refused():
    patient = a_patient()
    token = stored(patient, "given_name")
    for place in (0, 1, 3, len(token) // 2, len(token) - 1):
        changed = bytearray(token)
        changed[place] ^= 1
        put(patient, "given_name", bytes(changed))
        with pytest.raises(InvalidTag):
            read(patient)
    put(patient, "given_name", token[:5])
    with pytest.raises(InvalidTag):
        read(patient)


def test_a_name_moved_to_another_column_is_refused():
    patient = a_patient()
    put(patient, "family_name", stored(patient, "given_name"))
    with pytest.raises(InvalidTag):
        read(patient)


def test_the_same_name_twice_is_never_the_same_ciphertext():
    assert stored(a_patient(), "given_name") != stored(a_patient(), "given_name")


def test_many_patients_changed_at_once_read_back_as_written():
    patients = [a_patient() for _n in range(3)]
    for n, patient in enumerate(patients):
        patient.given_name, patient.birth_date, patient.phone = f"Ana {n}", date(2000, 1, n + 1), None
        patient.phone_index = None
    patients[0].given_name = ""
    Patient.objects.bulk_update(patients, ["given_name", "birth_date", "phone", "phone_index"])
    assert [read(one).given_name for one in patients] == ["", "Ana 1", "Ana 2"]
    assert [read(one).birth_date for one in patients] == [date(2000, 1, n + 1) for n in range(3)]
    assert read(patients[0]).phone is None


@pytest.mark.parametrize("field", ["given_name", "birth_date", "national_id", "email"])
def test_asking_the_database_for_an_encrypted_value_fails_loudly(field):
    with pytest.raises(FieldError):
        Patient.objects.filter(**{field: "x"}).exists()


def test_a_number_is_found_by_its_index_however_it_is_written_and_only_in_its_own_column():
    patient = a_patient(national_id="12345678Z", email="Marina@Example.org")
    same = Patient.objects.filter(national_id_index=selectors.number_index(" 12345678z ", "national_id"))
    assert same.get() == patient
    assert selectors.number_index("x", "email") != selectors.number_index("x", "phone")
    assert not Patient.objects.filter(email_index=selectors.number_index("12345678Z", "email")).exists()


def test_another_key_finds_nobody(settings):
    a_patient(national_id="12345678Z")
    settings.BLIND_INDEX_KEY = b"k" * 32
    assert not Patient.objects.filter(national_id_index=selectors.number_index("12345678Z", "national_id")).exists()


def test_a_retired_key_still_reads_and_a_lost_one_does_not(settings):
    patient, old = a_patient(), settings.FIELD_KEYS
    settings.FIELD_KEYS = [("new", b"n" * 32), *old]
    assert read(patient).given_name == "Marina"
    settings.FIELD_KEYS = [("new", b"n" * 32)]
    with pytest.raises(InvalidTag):
        read(patient)


def test_the_same_allergy_of_two_patients_looks_different_in_the_database():
    """Otherwise whoever holds the dump could count how many share an allergy, and guess which."""
    for patient in (a_patient(), a_patient_with_login()):
        services.add_allergy(patient=patient, code="penicillins", text="Augmentine", actor=None)
    first, second = AllergyIntolerance.objects.values_list("code_index", flat=True)
    assert bytes(first) != bytes(second)


def test_every_word_that_tells_who_or_what_is_in_a_sealed_column():
    sealed = {field.name for field in Patient._meta.get_fields() if isinstance(field, _Sealed)}
    assert sealed == {"given_name", "family_name", "birth_date", "national_id", "other_id", "email", "phone"}
    allergy = {field.name for field in AllergyIntolerance._meta.get_fields() if isinstance(field, _Sealed)}
    assert allergy == {"code", "text"}

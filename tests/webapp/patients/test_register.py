"""Registering patients and finding them again, though the database holds no name in clear."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.webapp.people import a_dni, a_patient, a_patient_with_login, a_user
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients import finding, selectors, services
from webapp.patients.models import Patient

pytestmark = pytest.mark.django_db


def names(found: selectors.Directory) -> list[str]:
    return [patient.full_name for patient in found.patients]


def test_a_registered_patient_reads_back_as_written_and_is_audited():
    desk = a_user(Role.FRONT_DESK)
    made = a_patient(actor=desk, national_id="12345678-z", phone="600 11 22 33", email="Marina@Example.org")
    read = Patient.objects.get(pk=made.pk)
    assert (read.full_name, read.birth_date) == ("Marina Ortega Rey", date(1979, 3, 14))
    assert (read.national_id, read.phone, read.email) == ("12345678Z", "+34600112233", "Marina@Example.org")
    line = Entry.objects.get(verb="patient.registered")
    assert (line.patient_id, line.actor_id, line.actor_role) == (made.pk, desk.pk, "front_desk")
    assert "Marina" not in str(line.detail)


def test_record_numbers_follow_each_other():
    first, second = a_patient(), a_patient()
    assert int(second.record_number) == int(first.record_number) + 1


def test_the_same_dni_is_one_patient_however_it_is_written():
    a_patient(national_id="12345678Z")
    with pytest.raises(services.PatientError, match="already registered"):
        a_patient(national_id="12.345.678 z", given_name="Otra")
    assert Patient.objects.count() == 1


def test_a_wrong_letter_an_unborn_patient_and_a_nameless_one_are_refused():
    with pytest.raises(services.PatientError, match="letter"):
        a_patient(national_id="12345678A")
    with pytest.raises(services.PatientError, match="still to come"):
        a_patient(birth_date=timezone.localdate() + timedelta(days=1))
    with pytest.raises(services.PatientError, match="first name"):
        a_patient(given_name="  ")
    with pytest.raises(services.PatientError, match="mail"):
        a_patient(email="nowhere")
    assert not Patient.objects.exists()


@pytest.mark.parametrize("role", [Role.PATIENT, Role.MARKETING, Role.BILLING, Role.DIRECTOR, Role.AMBASSADOR])
def test_other_roles_register_nobody(role):
    with pytest.raises(services.NotAllowed):
        a_patient(actor=a_user(role))


def test_the_desk_finds_a_patient_by_three_letters_an_accent_more_or_less_and_by_number():
    a_patient(given_name="Íñigo", family_name="Núñez Gil", national_id="12345678Z", phone="600112233")
    a_patient(given_name="Marina", family_name="Ortega Rey", email="marina@example.org")
    desk = a_user(Role.FRONT_DESK)
    for text in ("nun", "Núñez", "ini", "gil iñi", "12345678z", "600 112 233"):
        assert names(selectors.directory(desk, text)) == ["Íñigo Núñez Gil"], text
    for text in ("ort", "REY marina", "MARINA@example.org"):
        assert names(selectors.directory(desk, text)) == ["Marina Ortega Rey"], text


def test_what_nobody_is_called_finds_nobody():
    a_patient(family_name="Ortega Rey")
    desk = a_user(Role.FRONT_DESK)
    for text in ("ortx", "ortegas", "gil", "99999999R", "nobody@example.org"):
        assert names(selectors.directory(desk, text)) == [], text


def test_a_name_longer_than_the_index_is_still_told_apart():
    a_patient(given_name="Ana", family_name="Fernández Gil")
    a_patient(given_name="Eva", family_name="Fernanda Gil")
    assert names(selectors.directory(a_user(Role.FRONT_DESK), "fernand")) == ["Eva Fernanda Gil", "Ana Fernández Gil"]
    assert names(selectors.directory(a_user(Role.FRONT_DESK), "fernande")) == ["Ana Fernández Gil"]


def test_the_list_is_sorted_by_surname_and_two_of_one_name_are_told_apart_by_number():
    a_patient(family_name="Zafra Gil")
    twins = {a_patient(family_name="Álvarez Gil").record_number, a_patient(family_name="Álvarez Gil").record_number}
    found = selectors.directory(a_user(Role.FRONT_DESK)).patients
    assert [patient.family_name for patient in found] == ["Álvarez Gil", "Álvarez Gil", "Zafra Gil"]
    assert {patient.record_number for patient in found[:2]} == twins


def test_a_long_list_says_that_it_is_cut(monkeypatch):
    monkeypatch.setattr(finding, "SORTED_AT_ONCE", 3)
    for _n in range(4):
        a_patient()
    found = selectors.directory(a_user(Role.FRONT_DESK))
    assert (len(found.patients), found.complete) == (3, False)


def test_listing_costs_the_same_for_three_patients_as_for_thirty(django_assert_max_num_queries):
    desk = a_user(Role.FRONT_DESK)
    for _n in range(30):
        a_patient()
    assert desk.active_role
    with django_assert_max_num_queries(8):
        assert len(selectors.directory(desk, "mar").patients) == 30


def test_listing_and_searching_are_audited_without_the_words_searched():
    a_patient()
    selectors.directory(a_user(Role.DOCTOR), "ortega", path="/desk/patients/")
    line = Entry.objects.get(verb="patients.listed")
    assert (line.path, line.detail) == ("/desk/patients/", {"shown": 1, "searched": True})


def test_a_patient_sees_only_the_own_entry_even_of_the_same_name():
    marina, other = a_patient_with_login(), a_patient_with_login()
    assert list(selectors.patients_for(marina.user)) == [marina]
    assert selectors.own_patient(other.user) == other
    assert names(selectors.directory(marina.user, "ortega")) == ["Marina Ortega Rey"]


@pytest.mark.parametrize("role", [r for r in Role if r not in {"doctor", "dietitian", "front_desk", "patient"}])
def test_no_other_role_sees_who_is_a_patient(role):
    a_patient()
    user = a_user(role)
    assert not selectors.patients_for(user).exists()
    assert selectors.directory(user, "ortega").patients == []
    assert selectors.own_patient(user) is None


def test_a_doctor_who_has_not_chosen_a_hat_sees_nothing():
    a_patient()
    user = a_user(Role.DOCTOR, Role.DIRECTOR)
    user.active_role = ""
    assert not selectors.patients_for(user).exists()


def test_a_patient_is_never_deleted_and_numbers_stay_beside_their_index():
    patient = a_patient(national_id=a_dni())
    with pytest.raises(Exception, match="patients_are_kept"), transaction.atomic():
        Patient.objects.filter(pk=patient.pk).delete()
    with pytest.raises(IntegrityError, match="has_its_index"), transaction.atomic():
        Patient.objects.filter(pk=patient.pk).update(national_id_index=None)
    with pytest.raises(IntegrityError, match="is_digits"), transaction.atomic():
        Patient.objects.filter(pk=patient.pk).update(record_number="Marina")


def test_age_counts_whole_years_on_the_day_given():
    patient = a_patient(birth_date=date(1980, 2, 29))
    assert [patient.age_on(date(2026, 2, 28)), patient.age_on(date(2026, 3, 1))] == [45, 46]

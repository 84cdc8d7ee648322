"""Somebody registered twice is noticed, told to those who may know, and goes on once it is said to be another."""

from datetime import date

import pytest

from tests.webapp.people import a_doctor, a_patient, a_patient_with_login, a_user
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients import selectors, services
from webapp.patients.models import NotTheSame, Patient

pytestmark = pytest.mark.django_db


def reasons(user, patient):
    return {one.patient.pk: one.reasons for one in selectors.duplicates_of(user, patient)}


@pytest.mark.parametrize(
    ("there", "new", "reason"),
    [
        ({}, {"given_name": "MARINA", "family_name": "ortega réy"}, "name"),
        ({}, {"given_name": "Ortega", "family_name": "Rey Marina"}, "name"),
        ({"phone": "600112233"}, {"given_name": "Luis", "phone": "+34 600 112 233"}, "phone"),
        ({"national_id": "12345678Z"}, {"given_name": "Luis", "national_id": "12345678-z"}, "national_id"),
    ],
)
def test_registering_somebody_like_a_patient_shows_whom_and_saves_nothing(there, new, reason):
    known, desk = a_patient(**there), a_user(Role.FRONT_DESK)
    with pytest.raises(services.PossibleDuplicate, match="registered already") as warned:
        a_patient(actor=desk, **new)
    [candidate] = warned.value.candidates
    assert (candidate.patient, candidate.reasons) == (known, (reason,))
    assert all(str(word) for word in candidate.words)
    assert Patient.objects.get() == known


@pytest.mark.parametrize(
    "new",
    [
        {"given_name": "Marisa"},
        {"birth_date": date(1979, 3, 15)},
        {"given_name": "Luis", "phone": "600112234"},
    ],
)
def test_another_name_day_or_number_is_another_person(new):
    a_patient(phone="600112233")
    assert a_patient(actor=a_user(Role.FRONT_DESK), **new)


def test_it_goes_on_once_somebody_says_that_it_is_another_and_nobody_is_asked_again():
    known, desk = a_patient(), a_user(Role.FRONT_DESK)
    made = a_patient(actor=desk, another_than=[known.pk])
    assert reasons(desk, made) == reasons(desk, known) == {}
    line = Entry.objects.get(verb="patient.told_apart")
    assert (line.patient_id, line.actor_id, line.detail) == (made.pk, desk.pk, {"other": str(known.pk)})
    third = a_patient()
    assert set(reasons(desk, third)) == {known.pk, made.pk}


def test_somebody_registered_meanwhile_is_asked_about_too():
    known, desk = a_patient(), a_user(Role.FRONT_DESK)
    a_patient()
    with pytest.raises(services.PossibleDuplicate) as warned:
        a_patient(actor=desk, another_than=[known.pk])
    assert len(warned.value.candidates) == 2


def test_a_dni_is_one_persons_whatever_somebody_says():
    known = a_patient(national_id="12345678Z")
    with pytest.raises(services.PatientError, match="already registered"):
        a_patient(actor=a_user(Role.FRONT_DESK), given_name="Luis", national_id="12345678Z", another_than=[known.pk])
    assert Patient.objects.count() == 1


def test_two_who_seem_one_later_are_noticed_until_told_apart():
    one, other, doctor = a_patient(phone="600112233"), a_patient(phone="600112233"), a_doctor()
    assert reasons(doctor, one) == {other.pk: ("name", "phone")}
    services.tell_apart(patient=other, other=one, actor=doctor)
    services.tell_apart(patient=other, other=one, actor=doctor)
    assert reasons(doctor, one) == reasons(doctor, other) == {}
    assert NotTheSame.objects.count() == 1
    with pytest.raises(services.PatientError, match="one patient"):
        services.tell_apart(patient=one, other=one, actor=doctor)


def test_nobody_is_warned_of_whom_they_may_not_see_nor_registers_beside_them():
    known = a_patient()
    administrator = a_user(Role.ADMINISTRATOR)
    assert reasons(administrator, known) == {}
    with pytest.raises(services.NotAllowed):
        a_patient(actor=administrator)
    marina, same = a_patient_with_login(), a_patient_with_login()
    assert reasons(marina.user, marina) == {}
    with pytest.raises(services.NotAllowed):
        services.tell_apart(patient=marina, other=same, actor=marina.user)
    with pytest.raises(services.NotAllowed):
        services.tell_apart(patient=marina, other=same, actor=administrator)


def test_who_is_shown_as_a_candidate_was_seen_and_that_is_written_down():
    known, desk = a_patient(), a_user(Role.FRONT_DESK)
    with pytest.raises(services.PossibleDuplicate):
        a_patient(actor=desk)
    assert Entry.objects.get(verb="patient.seen_as_duplicate").patient_id == known.pk


def namesakes(user, patient):
    return [one.record_number for one in selectors.namesakes_of(user, patient)]


def test_another_patient_of_the_same_name_is_told_whatever_the_birthday_and_also_when_told_apart():
    one = a_patient(given_name="Marina", family_name="Ortega Rey", birth_date=date(1979, 3, 14))
    other = a_patient(given_name="Márina", family_name="Rey Ortega", birth_date=date(1991, 5, 2))
    a_patient(given_name="Marina", family_name="Ortega Reyes")
    a_patient(given_name="Marina", family_name="Ortega")
    doctor = a_user(Role.DOCTOR)
    services.tell_apart(patient=one, other=other, actor=doctor)
    assert namesakes(doctor, one) == [other.record_number]
    assert namesakes(doctor, other) == [one.record_number]
    lines = Entry.objects.filter(verb="patient.seen_as_namesake")
    assert {line.patient_id for line in lines} == {one.pk, other.pk}


def test_who_may_search_nobody_is_told_of_no_namesake():
    marina, _same = a_patient_with_login(), a_patient_with_login()
    assert namesakes(marina.user, marina) == namesakes(a_user(Role.ADMINISTRATOR), marina) == []
    assert not Entry.objects.filter(verb="patient.seen_as_namesake").exists()


def test_many_of_the_same_surname_cost_one_search_and_no_line_in_the_book(django_assert_num_queries):
    patient = a_patient(given_name="Marina", family_name="Ortega Rey")
    for place in range(12):
        a_patient(given_name=f"Ana{'bcdefghijklm'[place]}", family_name="Ortega Rey")
    desk = a_user(Role.FRONT_DESK)
    assert desk.may("patients.search")
    with django_assert_num_queries(1):
        assert namesakes(desk, patient) == []


def test_looking_for_duplicates_costs_the_same_for_many(django_assert_max_num_queries):
    for _n in range(12):
        a_patient(phone="600112233")
    patient, desk = a_patient(), a_user(Role.FRONT_DESK)
    assert desk.may("patients.search")
    with django_assert_max_num_queries(8):
        assert len(selectors.duplicates_of(desk, patient)) == 12


def test_who_a_patient_is_is_set_right_by_the_clinic_and_how_to_reach_them_also_by_themselves():
    marina, other = a_patient_with_login(), a_patient_with_login()
    read = services.correct_identity(patient=marina, actor=marina.user, phone="600 44 55 66", email="m@example.org")
    assert (read.phone, read.email) == ("+34600445566", "m@example.org")
    for patient, change in ((marina, {"family_name": "Gil"}), (other, {"phone": "600445566"})):
        with pytest.raises(services.NotAllowed, match="front desk"):
            services.correct_identity(patient=patient, actor=marina.user, **change)
    for role in (Role.MARKETING, Role.BILLING, Role.ADMINISTRATOR, Role.RELATIVE):
        with pytest.raises(services.NotAllowed):
            services.correct_identity(patient=marina, actor=a_user(role), family_name="Gil")
    line = Entry.objects.get(verb="patient.identity_corrected")
    assert line.detail == {"fields": ["email", "phone"]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"family_name": " "}, "surname"),
        ({"birth_date": date(2999, 1, 1)}, "still to come"),
        ({"national_id": "12345678A"}, "letter"),
        ({"phone": "1"}, "telephone"),
        ({"email": "nowhere"}, "mail"),
        ({"family_name": "Ortega Rey"}, "Nothing was changed"),
    ],
)
def test_what_cannot_be_is_not_set(change, words):
    patient = a_patient()
    with pytest.raises(services.PatientError, match=words):
        services.correct_identity(patient=patient, actor=a_doctor(), **change)
    assert Patient.objects.get().full_name == "Marina Ortega Rey"


def test_a_number_is_taken_away_with_its_index_and_another_patients_dni_is_refused():
    patient = a_patient(phone="600112233", national_id="12345678Z")
    other = a_patient(given_name="Luis")
    services.correct_identity(patient=patient, actor=None, phone="")
    read = Patient.objects.get(pk=patient.pk)
    assert (read.phone, read.phone_index) == (None, None)
    with pytest.raises(services.PatientError, match="already registered"):
        services.correct_identity(patient=other, actor=None, national_id="12345678Z")

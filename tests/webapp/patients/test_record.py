"""The record: nothing is overwritten, an empty list is not "none", and nobody reads it unseen."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests.webapp.people import a_doctor, a_patient, a_patient_with_login, a_user
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients import selectors, services
from webapp.patients.models import AllergyIntolerance, MedicationStatement, Observation, Patient

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def a_reading(code="ferritin", value=29, days_ago=0, **values):
    given = {"unit": "ug/L", "origin": "lab", **values}
    return services.Reading(code, value, NOW - timedelta(days=days_ago), **given)


def write(patient, *rows, actor=None):
    return services.record_observations(patient=patient, rows=rows, actor=actor)


def test_the_newest_value_counts_and_the_older_ones_stay():
    patient = a_patient()
    write(patient, a_reading(value=12, days_ago=90), a_reading(value=29, days_ago=1), a_reading("hb", 131, 2))
    current = selectors.current_observations(patient)
    assert {code: seen.value for code, seen in current.items()} == {"ferritin": 29, "hb": 131}
    assert [seen.value for seen in selectors.observations_of(patient, "ferritin")] == [29, 12]
    assert selectors.newest_by_code(selectors.observations_of(patient)) == current


@pytest.mark.parametrize("value", [0, "", False, [], {}, 5.3, "Ñandú ≥ 3", ["a", None], {"grade": 0}])
def test_every_kind_of_value_reads_back_as_written(value):
    [made] = write(a_patient(), a_reading("note", value))
    assert Observation.objects.get(pk=made.pk).value == value


def test_what_is_not_known_is_no_value_and_nothing_of_the_batch_is_saved():
    patient = a_patient()
    with pytest.raises(services.PatientError, match="left out"):
        write(patient, a_reading(), a_reading("hb", None))
    assert not Observation.objects.exists()


@pytest.mark.parametrize("wrong", [{"code": "Marina dice que"}, {"origin": "rumour"}, {"days_ago": -3}])
def test_an_observation_without_a_proper_code_origin_or_past_date_is_refused(wrong):
    with pytest.raises(services.PatientError):
        write(a_patient(), a_reading(**wrong))
    assert not Observation.objects.exists()


def test_an_observation_is_never_changed_or_deleted():
    [made] = write(a_patient(), a_reading())
    for attempt in (
        lambda: Observation.objects.filter(pk=made.pk).update(unit="mg/L"),
        lambda: Observation.objects.filter(pk=made.pk).delete(),
        made.save,
    ):
        with pytest.raises(DatabaseError, match="observations_are_only_added"), transaction.atomic():
            attempt()
    assert Observation.objects.get().unit == "ug/L"


def test_a_correction_stands_beside_the_mistake():
    patient, doctor = a_patient(), a_doctor()
    [wrong] = write(patient, a_reading(value=2900))
    right = services.correct_observation(observation=wrong, value=29, actor=doctor)
    assert selectors.current_observations(patient)["ferritin"] == right
    assert (right.effective_at, right.unit, right.recorded_by) == (wrong.effective_at, "ug/L", doctor)
    assert Observation.objects.filter(patient=patient).count() == 2
    with pytest.raises(services.PatientError, match="corrected this value already"):
        services.correct_observation(observation=wrong, value=30, actor=doctor)


def test_many_observations_make_one_audit_line_without_values():
    patient, doctor = a_patient(), a_doctor()
    write(patient, a_reading(), a_reading("hb", 98), actor=doctor)
    line = Entry.objects.get(verb="observations.recorded")
    assert line.detail == {"count": 2, "origins": ["lab"]}
    assert (line.patient_id, line.actor_id) == (patient.pk, doctor.pk)


def test_patients_write_their_own_record_and_nobody_elses():
    marina, other = a_patient_with_login(), a_patient_with_login()
    write(marina, a_reading(origin="diary"), actor=marina.user)
    with pytest.raises(services.NotAllowed):
        write(other, a_reading(origin="diary"), actor=marina.user)
    with pytest.raises(services.NotAllowed):
        services.add_allergy(patient=other, code="penicillins", text="Augmentine", actor=marina.user)


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.MARKETING, Role.BILLING, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_other_staff_neither_write_nor_read_the_record(role):
    patient, user = a_patient(), a_user(role)
    with pytest.raises(services.NotAllowed):
        write(patient, a_reading(), actor=user)
    with pytest.raises(Patient.DoesNotExist):
        selectors.record_of(user, patient)
    assert not Entry.objects.filter(verb="patient.viewed").exists()


def test_reading_a_record_is_audited():
    patient, doctor = a_patient(), a_doctor()
    selectors.record_of(doctor, patient, path="/desk/patients/1/")
    line = Entry.objects.get(verb="patient.viewed")
    assert (line.actor_id, line.patient_id, line.path) == (doctor.pk, patient.pk, "/desk/patients/1/")


def test_the_record_holds_all_lists_at_a_fixed_cost(django_assert_max_num_queries):
    patient = a_patient()
    for n in range(12):
        services.add_medication(patient=patient, code=f"medicine_{n}", text=f"Medicine {n}", actor=None)
        write(patient, a_reading(f"fact_{n}", n))
    with django_assert_max_num_queries(7):
        record = selectors.contents_of(patient)
        assert len(record.medications) == len(record.current) == 12


def test_what_a_patient_reports_is_unconfirmed_until_a_clinician_confirms_it():
    marina = a_patient_with_login()
    allergy = services.add_allergy(patient=marina, code="penicillins", text="Augmentine, urticaria", actor=marina.user)
    assert allergy.verification == "unconfirmed"
    with pytest.raises(services.NotAllowed):
        services.confirm_allergy(allergy=allergy, actor=marina.user)
    with pytest.raises(services.NotAllowed):
        services.add_allergy(patient=marina, code="latex", text="Látex", actor=marina.user, verification="confirmed")
    services.confirm_allergy(allergy=allergy, actor=a_doctor())
    assert AllergyIntolerance.objects.get().verification == "confirmed"


def test_an_allergy_is_closed_by_a_clinician_only_and_its_words_never_change():
    marina = a_patient_with_login()
    allergy = services.add_allergy(patient=marina, code="penicillins", text="Augmentine", actor=marina.user)
    with pytest.raises(services.NotAllowed):
        services.close_allergy(allergy=allergy, actor=marina.user)
    for change in ({"text": "otra cosa"}, {"code": "latex"}, {"patient": a_patient()}):
        with pytest.raises(DatabaseError, match="allergy_stays"), transaction.atomic():
            AllergyIntolerance.objects.filter(pk=allergy.pk).update(**change)
    with pytest.raises(DatabaseError, match="allergy_is_kept"), transaction.atomic():
        allergy.delete()


def test_the_same_allergy_is_active_once_and_may_come_back_after_it_was_closed():
    patient, doctor = a_patient(), a_doctor()
    first = services.add_allergy(patient=patient, code="penicillins", text="Augmentine", actor=None)
    with pytest.raises(services.PatientError, match="already in the record"):
        services.add_allergy(patient=patient, code="penicillins", text="Amoxicilina", actor=None)
    services.add_allergy(patient=a_patient(), code="penicillins", text="another patient", actor=None)
    services.close_allergy(allergy=first, actor=doctor)
    services.add_allergy(patient=patient, code="penicillins", text="Amoxicilina", actor=doctor)
    assert [line.active for line in selectors.contents_of(patient).allergies] == [True, False]


def test_words_without_a_code_are_kept_as_often_as_they_are_said():
    patient = a_patient()
    for text in ("una pastilla rosa", "otra pastilla"):
        services.add_allergy(patient=patient, code="", text=text, actor=None)
    assert len(selectors.contents_of(patient).allergies) == 2


def test_an_empty_list_is_unknown_until_somebody_says_none():
    patient = a_patient()
    assert selectors.contents_of(patient).none == frozenset()
    services.record_none(patient=patient, topic="allergies", actor=a_doctor())
    assert selectors.contents_of(patient).none == {"allergies"}


def test_none_no_longer_holds_once_something_is_added_even_if_that_is_closed_again():
    patient, doctor = a_patient(), a_doctor()
    services.record_none(patient=patient, topic="allergies", actor=doctor)
    allergy = services.add_allergy(patient=patient, code="latex", text="Látex", actor=doctor)
    assert selectors.contents_of(patient).none == frozenset()
    services.close_allergy(allergy=allergy, actor=doctor)
    assert selectors.contents_of(patient).none == frozenset()
    services.record_none(patient=patient, topic="allergies", actor=doctor)
    assert selectors.contents_of(patient).none == {"allergies"}


def test_none_is_refused_while_the_list_holds_something():
    patient = a_patient()
    services.add_medication(patient=patient, code="warfarin", text="Sintrom", actor=None)
    services.add_family_history(patient=patient, code="coeliac_disease", relation="mother", actor=None)
    for topic in ("medications", "family_history"):
        with pytest.raises(services.PatientError, match="not empty"):
            services.record_none(patient=patient, topic=topic, actor=None)


def test_a_medicine_stops_on_a_day_and_not_before_it_began():
    patient, doctor = a_patient(), a_doctor()
    pill = services.add_medication(
        patient=patient,
        code="omeprazole",
        text="Omeprazol",
        dose="20 mg/24 h",
        started_on=date(2026, 3, 1),
        actor=doctor,
    )
    with pytest.raises(services.PatientError, match="before it began"):
        services.stop_medication(medication=pill, ended_on=date(2026, 2, 1), actor=doctor)
    assert MedicationStatement.objects.get().active
    services.stop_medication(medication=pill, ended_on=date(2026, 5, 1), actor=doctor)
    stopped = MedicationStatement.objects.get()
    assert (stopped.active, stopped.ended_on, stopped.dose) == (False, date(2026, 5, 1), "20 mg/24 h")
    with pytest.raises(IntegrityError, match="taken_has_no_end"), transaction.atomic():
        MedicationStatement.objects.update(active=True)


def test_history_of_patient_and_family_reads_back():
    patient = a_patient()
    services.add_condition(patient=patient, code="ulcerative_colitis", actor=None, detail={"since": 2019})
    services.add_family_history(patient=patient, code="colorectal_cancer", relation="mother", actor=None)
    record = selectors.contents_of(patient)
    assert [(line.code, line.detail) for line in record.conditions] == [("ulcerative_colitis", {"since": 2019})]
    assert [(line.code, line.relation) for line in record.family_history] == [("colorectal_cancer", "mother")]
    with pytest.raises(services.PatientError):
        services.add_family_history(patient=patient, code="colorectal_cancer", relation="mother", actor=None)


def test_a_source_is_kept_with_what_came_of_it():
    source = uuid4()
    [made] = write(a_patient(), a_reading("dysphagia", "yes", origin="questionnaire", unit="", source_id=source))
    assert Observation.objects.get(source_id=source) == made

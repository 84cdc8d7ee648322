"""What a record said before, who changed it and when: kept by the database, sealed as the record is."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.webapp.patients.lines import KINDS, a_change, a_line
from tests.webapp.people import a_doctor, a_patient, a_patient_with_login, a_user
from webapp.audit.acting import acting
from webapp.audit.models import Entry
from webapp.base.fields import _Sealed
from webapp.base.roles import Role
from webapp.patients import selectors, services
from webapp.patients.history import KINDS as SHOWN
from webapp.patients.history import TRACKED
from webapp.patients.lines import history_model
from webapp.patients.models import AllergyIntolerance, Patient

pytestmark = pytest.mark.django_db
HISTORIES = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def told(changes):
    """The changes as what, who and the values before and after, the oldest first."""
    return [
        (change.what, change.by, {one.name: (one.old, one.new) for one in change.fields}) for change in changes[::-1]
    ]


def test_a_corrected_name_shows_both_names_who_did_it_and_when():
    desk, patient = a_user(Role.FRONT_DESK), a_patient(phone="600112233")
    services.correct_identity(patient=patient, actor=desk, family_name="Ortega Ruiz", phone="600445566")
    added, changed = told(selectors.history_of(desk, patient, "patient"))
    assert (added[0], added[2]["family_name"]) == ("added", (None, "Ortega Rey"))
    assert changed == (
        "changed",
        desk,
        {"family_name": ("Ortega Rey", "Ortega Ruiz"), "phone": ("+34600112233", "+34600445566")},
    )
    newest = selectors.history_of(desk, patient, "patient")[0]
    assert (newest.role, newest.at.date(), str(newest.label)) == ("front_desk", patient.registered_at.date(), "Changed")


def in_words(line, name):
    """A choice as a person reads it, anything else as it was written."""
    return getattr(line, f"get_{name}_display", lambda: getattr(line, name))()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_tells_of_its_adding_confirming_correcting_and_taking_back(kind):
    patient, nurse, doctor = a_patient_with_login(), a_doctor(), a_doctor()
    line = a_line(kind, patient, patient.user)
    services.confirm(line=line, actor=nurse)
    right = services.correct(line=line, actor=doctor, **a_change(kind))
    services.enter_in_error(line=right, actor=doctor)
    changes = selectors.history_of(doctor, patient, kind, right.pk)
    assert [(change.what, change.by) for change in changes[::-1]] == [
        ("added", patient.user),
        ("confirmed", nurse),
        ("corrected", doctor),
        ("entered_in_error", doctor),
    ]
    shown = {one.name: (one.old, one.new) for one in changes[1].fields}
    assert shown == {name: (in_words(line, name), in_words(right, name)) for name in a_change(kind)}


def test_a_closed_line_and_one_of_another_line_are_told_apart():
    patient, doctor = a_patient(), a_doctor()
    latex = services.add_allergy(patient=patient, code="latex", text="Látex", actor=doctor)
    other = a_line("allergy", patient, doctor)
    services.close_allergy(allergy=latex, actor=doctor)
    services.correct(line=latex, actor=doctor, text="Guantes de látex")
    assert [what for what, _by, _fields in told(selectors.history_of(doctor, patient, "allergy", latex.pk))] == [
        "added",
        "closed",
    ]
    assert [change.pk for change in selectors.history_of(doctor, patient, "allergy", other.pk)] == [other.pk]
    assert len(selectors.history_of(doctor, patient, "allergy")) == 4


def test_a_corrected_value_shows_what_it_was():
    patient, doctor = a_patient(), a_doctor()
    reading = services.Reading("ferritin", 2900, patient.registered_at, "lab", "ug/L")
    [wrong] = services.record_observations(patient=patient, rows=[reading], actor=None)
    right = services.correct_observation(observation=wrong, value=29, actor=doctor)
    [change] = selectors.history_of(doctor, patient, "observation")
    assert (change.what, change.by, change.code) == ("corrected", doctor, "ferritin")
    assert [(one.old, one.new) for one in change.fields] == [((2900, "ug/L"), (29, "ug/L"))]
    assert [one.what for one in selectors.history_of(doctor, patient, "observation", right.pk)] == [
        "corrected",
        "added",
    ]


def test_what_somebody_changes_past_the_services_is_seen_too():
    patient, doctor = a_patient(), a_doctor()
    with acting(doctor):
        Patient.objects.filter(pk=patient.pk).update(sex="other")
    newest = selectors.history_of(doctor, patient, "patient")[0]
    assert [(one.name, one.old, one.new) for one in newest.fields] == [("sex", "Female", "Other")]
    assert newest.by == doctor


def test_a_job_is_named_and_who_acted_before_acts_again():
    patient, doctor = a_patient(), a_doctor()
    with acting(doctor):
        with acting(None, job="import"):
            Patient.objects.filter(pk=patient.pk).update(sex="male")
        Patient.objects.filter(pk=patient.pk).update(sex="other")
    by_doctor, by_job, *_rest = selectors.history_of(doctor, patient, "patient")
    assert [(change.by, change.job) for change in (by_job, by_doctor)] == [(None, "import"), (doctor, "")]


def test_whoever_acted_acts_no_more_once_the_deed_is_done():
    """The rest of the same transaction is the system's, and not blamed on the last person who did something in it."""
    patient, doctor = a_patient(), a_doctor()
    with acting(doctor):
        Patient.objects.filter(pk=patient.pk).update(sex="male")
    Patient.objects.filter(pk=patient.pk).update(sex="other")
    later, by_doctor, *_rest = selectors.history_of(doctor, patient, "patient")
    assert (by_doctor.by, later.by, later.role) == (doctor, None, "")


def test_a_deed_that_fails_leaves_nobody_acting():
    patient, doctor = a_patient(), a_doctor()
    with pytest.raises(IntegrityError), transaction.atomic(), acting(doctor):
        Patient.objects.filter(pk=patient.pk).update(sex="martian")
    with pytest.raises(LookupError), acting(doctor):
        raise LookupError
    Patient.objects.filter(pk=patient.pk).update(sex="other")
    assert selectors.history_of(doctor, patient, "patient")[0].by is None


def test_reading_the_history_is_audited_and_costs_the_same_however_much_changed(django_assert_max_num_queries):
    patient, doctor = a_patient(), a_doctor()
    for _n in range(6):
        for kind in KINDS:
            services.enter_in_error(line=a_line(kind, patient, doctor), actor=doctor)
    assert doctor.may("record.read")
    with django_assert_max_num_queries(18):
        assert len(selectors.history_of(doctor, patient, path="/x/")) == 12 * len(KINDS) + 1
    line = Entry.objects.get(verb="patient.history_viewed")
    assert (line.actor_id, line.patient_id, line.path, line.detail) == (doctor.pk, patient.pk, "/x/", {})


def test_the_front_desk_sees_the_history_of_identity_and_contacts_alone():
    desk, patient = a_user(Role.FRONT_DESK), a_patient()
    for kind in KINDS:
        a_line(kind, patient)
    assert {change.kind for change in selectors.history_of(desk, patient)} == {"patient", "contact"}
    for kind in set(SHOWN) - {"patient", "contact"}:
        with pytest.raises(Patient.DoesNotExist):
            selectors.history_of(desk, patient, kind)


@pytest.mark.parametrize("role", [Role.MARKETING, Role.BILLING, Role.DIRECTOR, Role.RELATIVE, Role.AMBASSADOR])
def test_nobody_else_sees_any_history(role):
    user, patient = a_user(role), a_patient()
    for kind in (None, "patient", "contact", "allergy"):
        with pytest.raises(Patient.DoesNotExist):
            selectors.history_of(user, patient, kind)
    assert not Entry.objects.filter(verb="patient.history_viewed").exists()


def test_patients_see_their_own_history_and_no_other_even_by_the_number_of_a_line():
    marina, other = a_patient_with_login(), a_patient_with_login()
    line = a_line("allergy", other)
    assert {change.kind for change in selectors.history_of(marina.user, marina)} == {"patient"}
    with pytest.raises(Patient.DoesNotExist):
        selectors.history_of(marina.user, other)
    assert selectors.history_of(marina.user, marina, "allergy", line.pk) == []


def test_every_table_with_a_history_is_one_that_is_shown():
    assert {model.pgh_tracked_model for model in HISTORIES if model._meta.app_label == "patients"} == set(
        TRACKED.values()
    )


@pytest.mark.parametrize("model", HISTORIES, ids=lambda model: model.__name__)
def test_a_history_is_neither_changed_nor_deleted_by_anybody(model):
    patient, doctor = a_patient(), a_doctor()
    for kind in KINDS:
        a_line(kind, patient, doctor)
    for attempt in (lambda: model.objects.update(pgh_label="nothing"), lambda: model.objects.all().delete()):
        if not model.objects.exists():
            continue
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            attempt()


def test_the_application_role_can_only_add_to_a_history(settings):
    call_command("grant_database_role", verbosity=0)
    with connection.cursor() as cursor:
        for model in HISTORIES:
            for right, expected in (("INSERT", True), ("SELECT", True), ("UPDATE", False), ("DELETE", False)):
                cursor.execute(
                    "SELECT has_table_privilege(%s, %s, %s)",
                    [settings.DATABASE_APP_ROLE, model._meta.db_table, right],
                )
                assert cursor.fetchone() == (expected,), (model, right)


@pytest.mark.parametrize("kind", KINDS)
def test_the_tables_and_their_histories_hold_no_word_in_clear(kind):
    patient, doctor = a_patient(given_name="Zzmarina"), a_doctor()
    line = a_line(kind, patient, doctor)
    sealed = [field.column for field in line._meta.concrete_fields if isinstance(field, _Sealed)]
    history = history_model(type(line))
    assert sealed
    for table in (line._meta.db_table, history._meta.db_table):
        columns = ", ".join(f'"{column}"' for column in sealed)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {columns} FROM "{table}"')  # noqa: S608
            tokens = [bytes(token) for row in cursor.fetchall() for token in row]
        assert tokens
        assert all(token[0] == 1 for token in tokens)
        assert not any(str(value).encode() in token for value in KINDS[kind][1].values() for token in tokens if value)


def test_a_version_of_the_history_reads_under_a_newer_key(settings):
    patient = a_patient()
    services.add_allergy(patient=patient, code="latex", text="Látex", actor=None)
    settings.FIELD_KEYS = [("new", b"n" * 32), *settings.FIELD_KEYS]
    history = history_model(AllergyIntolerance)
    assert history.objects.get().text == "Látex"

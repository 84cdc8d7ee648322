"""Every kind of line is added, corrected, confirmed and taken back the same way, and nothing is ever lost of it."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from tests.webapp.patients.lines import KINDS, a_change, a_line
from tests.webapp.people import a_doctor, a_patient, a_patient_with_login, a_user
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients import selectors, services
from webapp.patients.models import Encounter, Observation, Patient, Procedure, RelatedPerson

pytestmark = pytest.mark.django_db
every_kind = pytest.mark.parametrize("kind", KINDS)
CLINICAL = [kind for kind in KINDS if kind != "contact"]
LISTS = {
    "allergy": "allergies",
    "medication": "medications",
    "condition": "conditions",
    "family_history": "family_history",
    "previous_treatment": "previous_treatments",
}
IN_CARE = {"contact": "contacts", "procedure": "procedures", "encounter": "encounters", "report": "reports"}


def _is_kept(model):
    """Everything but the index of names, which is written anew, and what is no record: invitations to the portal."""
    return model.__name__ not in {"NamePrefix", "Invitation"}


def shown(kind, patient, doctor):
    record = selectors.record_of(doctor, patient)
    return getattr(record, LISTS[kind]) if kind in LISTS else getattr(record.care, IN_CARE[kind])


@every_kind
def test_a_correction_takes_the_place_of_a_line_which_stays(kind):
    patient, doctor = a_patient(), a_doctor()
    old = a_line(kind, patient, doctor)
    new = services.correct(line=old, actor=doctor, **a_change(kind))
    assert shown(kind, patient, doctor) == [new]
    kept = type(old).objects.get(pk=old.pk)
    assert (kept.active, kept.entered_in_error, new.supersedes, new.active) == (False, False, old, True)
    assert all(getattr(kept, name) != getattr(new, name) for name in a_change(kind))
    assert Entry.objects.filter(verb=f"{old._meta.model_name}.corrected", actor_id=doctor.pk).count() == 1


@every_kind
def test_two_who_correct_one_line_leave_one_correction(kind):
    patient, doctor = a_patient(), a_doctor()
    old = a_line(kind, patient, doctor)
    services.correct(line=old, actor=doctor, **a_change(kind))
    with pytest.raises(services.PatientError, match="meanwhile"):
        services.correct(line=old, actor=doctor, **a_change(kind))
    with pytest.raises(services.PatientError, match="meanwhile"):
        services.enter_in_error(line=old, actor=doctor)
    assert type(old).objects.filter(patient=patient).count() == 2


@every_kind
def test_what_was_entered_in_error_holds_no_more_and_stays(kind):
    patient, doctor = a_patient(), a_doctor()
    line = a_line(kind, patient, doctor)
    services.enter_in_error(line=line, actor=doctor)
    assert shown(kind, patient, doctor) == []
    assert type(line).objects.get(pk=line.pk).entered_in_error
    with pytest.raises(services.PatientError, match="entered in error"):
        services.correct(line=line, actor=doctor, **a_change(kind))
    again = a_line(kind, patient, doctor)
    assert shown(kind, patient, doctor) == [again]


@every_kind
@pytest.mark.parametrize("reason", ["typing", "other_patient"])
def test_what_a_wrong_correction_replaced_stands_again(kind, reason):
    patient, doctor = a_patient(), a_doctor()
    line = a_line(kind, patient, doctor)
    wrong = services.correct(line=line, actor=doctor, **a_change(kind))
    services.enter_in_error(line=wrong, actor=doctor, reason=reason)
    [back] = shown(kind, patient, doctor)
    name = next(iter(a_change(kind)))
    assert (getattr(back, name), back.supersedes) == (getattr(line, name), wrong)
    services.enter_in_error(line=back, actor=doctor, reason=reason)
    assert shown(kind, patient, doctor) == []


@every_kind
@pytest.mark.parametrize("reason", ["not_so", "twice"])
def test_what_turned_out_not_to_be_so_does_not_come_back_as_it_was_before(kind, reason):
    patient, doctor = a_patient(), a_doctor()
    wrong = services.correct(line=a_line(kind, patient, doctor), actor=doctor, **a_change(kind))
    services.enter_in_error(line=wrong, actor=doctor, reason=reason)
    assert shown(kind, patient, doctor) == []


def test_what_was_corrected_meanwhile_is_not_closed_in_its_old_words():
    patient, doctor = a_patient(), a_doctor()
    line = services.add_medication(patient=patient, code="", text="Ibuprofeno", actor=doctor)
    services.correct(line=line, actor=doctor, dose="400 mg")
    with pytest.raises(services.PatientError, match="meanwhile"):
        services.stop_medication(medication=line, ended_on=None, actor=doctor)
    assert [one.dose for one in selectors.contents_of(patient).medications if one.active] == ["400 mg"]


def test_an_allergy_written_down_anew_meanwhile_is_not_doubled_by_what_comes_back():
    patient, doctor = a_patient(), a_doctor()
    first = services.add_allergy(patient=patient, code="latex", text="Látex", actor=doctor)
    wrong = services.correct(line=first, actor=doctor, code="penicillins", text="Penicilina")
    services.add_allergy(patient=patient, code="latex", text="Látex: ronchas", actor=doctor)
    services.enter_in_error(line=wrong, actor=doctor, reason="typing")
    assert [line.text for line in selectors.contents_of(patient).allergies if line.active] == ["Látex: ronchas"]


@every_kind
def test_a_correction_that_changes_nothing_or_what_is_not_there_is_refused(kind):
    line = a_line(kind, a_patient())
    name, value = next((name, getattr(line, name)) for name in a_change(kind))
    with pytest.raises(services.PatientError, match="Nothing was changed"):
        services.correct(line=line, actor=None, **{name: value})
    with pytest.raises(TypeError, match="active"):
        services.correct(line=line, actor=None, active=False)
    assert type(line).objects.count() == 1


@every_kind
def test_what_a_patient_writes_waits_for_a_clinician_and_what_a_clinician_writes_does_not(kind):
    marina, doctor = a_patient_with_login(), a_doctor()
    line = a_line(kind, marina, marina.user)
    assert not line.is_confirmed
    assert services.confirm(line=line, actor=doctor).is_confirmed
    assert shown(kind, marina, doctor)[0].is_confirmed
    with pytest.raises(services.NotAllowed):
        services.confirm(line=line, actor=a_user(Role.MARKETING))


def test_a_clinicians_own_line_needs_no_second_word():
    patient, doctor = a_patient(), a_doctor()
    assert a_line("procedure", patient, doctor).is_confirmed
    assert not a_line("encounter", patient, None).is_confirmed


@pytest.mark.parametrize("kind", CLINICAL)
@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.MARKETING, Role.BILLING, Role.RELATIVE, Role.GUARDIAN])
def test_nobody_else_writes_amends_or_reads_a_clinical_line(kind, role):
    patient, user = a_patient(), a_user(role)
    line = a_line(kind, patient)
    for attempt in (
        lambda: a_line(kind, patient, user),
        lambda: services.correct(line=line, actor=user, **a_change(kind)),
        lambda: services.confirm(line=line, actor=user),
        lambda: services.enter_in_error(line=line, actor=user),
    ):
        with pytest.raises(services.NotAllowed):
            attempt()
    with pytest.raises(type(line).DoesNotExist):
        selectors.line_for(user, type(line), line.pk)
    assert type(line).objects.get().active


@every_kind
def test_a_patient_reaches_no_line_of_another(kind):
    marina, other = a_patient_with_login(), a_patient_with_login()
    line = a_line(kind, other)
    for attempt in (
        lambda: a_line(kind, other, marina.user),
        lambda: services.correct(line=line, actor=marina.user, **a_change(kind)),
        lambda: services.enter_in_error(line=line, actor=marina.user),
    ):
        with pytest.raises(services.NotAllowed):
            attempt()
    with pytest.raises(type(line).DoesNotExist):
        selectors.line_for(marina.user, type(line), line.pk)
    assert selectors.line_for(other.user, type(line), line.pk) == line


def test_patients_take_back_what_they_wrote_until_it_is_confirmed_but_never_what_protects_them():
    marina, doctor = a_patient_with_login(), a_doctor()
    mine, doctors = a_line("procedure", marina, marina.user), a_line("encounter", marina, doctor)
    services.correct(line=mine, actor=marina.user, performed="2012")
    with pytest.raises(services.NotAllowed, match="clinician"):
        services.correct(line=doctors, actor=marina.user, ended="12/5/2018")
    confirmed = services.confirm(line=a_line("medication", marina, marina.user), actor=doctor)
    with pytest.raises(services.NotAllowed, match="clinician"):
        services.enter_in_error(line=confirmed, actor=marina.user)
    allergy = a_line("allergy", marina, marina.user)
    with pytest.raises(services.NotAllowed, match="clinician"):
        services.correct(line=allergy, actor=marina.user, code="latex", text="Látex")


def test_the_front_desk_keeps_contacts_and_sees_them_without_anything_clinical():
    desk, patient = a_user(Role.FRONT_DESK), a_patient()
    friend = a_line("contact", patient, desk, is_emergency_contact=False, name="Ana")
    mother = a_line("contact", patient, desk, name="Eva")
    assert [one.name for one in selectors.contacts_of(desk, patient)] == ["Eva", "Ana"]
    services.enter_in_error(line=friend, actor=desk)
    services.confirm(line=mother, actor=desk)
    assert [(one.name, one.is_confirmed) for one in selectors.contacts_of(desk, patient)] == [("Eva", True)]
    assert Entry.objects.filter(verb="patient.contacts_viewed", patient_id=patient.pk, actor_id=desk.pk).count() == 2


@pytest.mark.parametrize("role", [Role.MARKETING, Role.BILLING, Role.RELATIVE, Role.DIRECTOR])
def test_who_may_not_know_a_patient_does_not_see_the_contacts(role):
    patient = a_patient()
    a_line("contact", patient)
    with pytest.raises(Patient.DoesNotExist):
        selectors.contacts_of(a_user(role), patient)
    assert not Entry.objects.filter(verb="patient.contacts_viewed").exists()


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("contact", {"phone": ""}, "needs a telephone"),
        ("contact", {"phone": "12"}, "telephone is 9 digits"),
        ("contact", {"email": "nowhere"}, "cannot receive mail"),
        ("contact", {"name": "  "}, "no words"),
        ("contact", {"relationship": "enemy"}, "kinds listed"),
        ("procedure", {"performed": "2999"}, "still to come"),
        ("procedure", {"performed": "31/2/2011"}, "no such day"),
        ("procedure", {"performed": "hace años"}, "Write a year"),
        ("procedure", {"text": "x" * 8001}, "too long"),
        ("encounter", {"ended": "1/5/2018"}, "before it began"),
        ("encounter", {"kind": "holiday"}, "kinds listed"),
        ("report", {"title": ""}, "no words"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(kind, values, words):
    with pytest.raises(services.PatientError, match=words):
        a_line(kind, a_patient(), **values)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("2011", "2011"), ("5/2011", "2011-05"), ("3-5-2011", "2011-05-03"), ("2011-5-3", "2011-05-03"), ("", "")],
)
def test_a_day_known_in_part_is_kept_as_it_is_known(written, kept):
    assert a_line("procedure", a_patient(), performed=written).performed == kept


def test_a_stay_begun_in_a_month_may_end_in_it():
    stay = a_line("encounter", a_patient(), started="5/2018", ended="9/5/2018")
    assert (stay.started, stay.ended) == ("2018-05", "2018-05-09")


@every_kind
def test_the_database_keeps_what_was_written_whoever_asks(kind):
    line = a_line(kind, a_patient())
    services.enter_in_error(line=line, actor=None)
    model, change = type(line), a_change(kind)
    mine = model.objects.filter(pk=line.pk)
    for attempt in (
        lambda: mine.update(**change),
        lambda: mine.update(recorded_at="2020-01-01T00:00:00Z"),
        lambda: mine.update(entered_in_error=False),
        mine.delete,
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    "table", [model._meta.db_table for model in apps.get_app_config("patients").get_models() if _is_kept(model)]
)
def test_no_table_of_the_record_or_its_history_is_ever_emptied(table):
    with pytest.raises(DatabaseError, match=r"never emptied|only ever added"), connection.cursor() as cursor:
        cursor.execute(f'TRUNCATE "{table}" CASCADE')


def test_a_value_is_confirmed_or_taken_back_by_a_new_row():
    patient, doctor = a_patient(), a_doctor()
    write = services.record_observations
    older, newer = (
        services.Reading("weight_kg", value, a_patient().registered_at, "vital", "kg") for value in (64, 46)
    )
    [first] = write(patient=patient, rows=[older], actor=None)
    checked = services.confirm_observation(observation=first, actor=doctor)
    [wrong] = write(patient=patient, rows=[newer], actor=doctor)
    services.enter_observation_in_error(observation=wrong, actor=doctor)
    current = selectors.current_observations(patient)["weight_kg"]
    assert (current, current.value, current.is_measured) == (checked, 64, True)
    assert Observation.objects.filter(patient=patient).count() == 4
    with pytest.raises(services.PatientError, match="already"):
        services.enter_observation_in_error(observation=wrong, actor=doctor)


def test_a_patient_does_not_take_back_a_measurement():
    marina, doctor = a_patient_with_login(), a_doctor()
    reading = services.Reading("hb", 9.1, marina.registered_at, "lab", "g/dL")
    [row] = services.record_observations(patient=marina, rows=[reading], actor=doctor)
    with pytest.raises(services.NotAllowed):
        services.enter_observation_in_error(observation=row, actor=marina.user)
    with pytest.raises(services.NotAllowed):
        services.correct_observation(observation=row, value=13, actor=marina.user)
    with pytest.raises(services.NotAllowed):
        services.confirm_observation(observation=row, actor=marina.user)
    assert selectors.current_observations(marina)["hb"].value == 9.1


def test_an_allergy_entered_in_error_leaves_the_list_unknown_not_empty():
    patient, doctor = a_patient(), a_doctor()
    services.record_none(patient=patient, topic="allergies", actor=doctor)
    services.enter_in_error(line=a_line("allergy", patient, doctor), actor=doctor)
    record = selectors.contents_of(patient)
    assert (record.allergies, record.none) == ([], frozenset())


def test_the_record_of_many_lines_costs_as_much_as_one_of_few(django_assert_max_num_queries):
    patient, doctor = a_patient(), a_doctor()
    for year in range(2000, 2012):
        a_line("procedure", patient, performed=str(year))
        services.correct(line=a_line("encounter", patient, started=str(year), ended=""), actor=doctor, outcome="Bien")
        a_line("contact", patient, name=f"Ana {year}")
    assert doctor.may("record.read")
    with django_assert_max_num_queries(17):
        care = selectors.record_of(doctor, patient).care
        assert [line.performed for line in care.procedures] == [str(year) for year in range(2011, 1999, -1)]
    assert (len(care.encounters), Encounter.objects.count(), Procedure.objects.count()) == (12, 24, 12)
    assert RelatedPerson.objects.count() == len(care.contacts) == 12

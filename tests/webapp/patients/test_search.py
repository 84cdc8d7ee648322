"""Finding patients among many: the beginnings of any name as people type them, numbers, a day of birth."""

from datetime import date

import pytest
from django.core.management import call_command

from tests.webapp.people import a_doctor, a_patient, a_user
from webapp.audit.models import Entry
from webapp.base.fields import blind
from webapp.base.roles import Role
from webapp.patients import finding, identity, selectors, services
from webapp.patients.models import NamePrefix, Patient

pytestmark = pytest.mark.django_db
GIVEN = ("Ana", "Eva", "Luz", "Noa", "Íñigo", "Leo")
FAMILY = ("Gil", "Rey", "Paz", "Núñez", "Ros")


def names(user, text):
    return [patient.full_name for patient in selectors.directory(user, text).patients]


def a_crowd(size: int) -> None:
    """Store many patients at once, each found as one registered is."""
    patients = [
        Patient(
            given_name=GIVEN[n % len(GIVEN)],
            family_name=FAMILY[n % len(FAMILY)],
            birth_date=date(1950, 1, 1),
            birth_date_index=selectors.number_index("1950-01-01", "birth_date"),
            record_number=f"{900_000 + n}",
        )
        for n in range(size)
    ]
    Patient.objects.bulk_create(patients)
    known = {name: blind(name, finding.PREFIX) for one in patients[:30] for name in identity.prefixes(one.full_name)}
    NamePrefix.objects.bulk_create(
        NamePrefix(patient=one, index=known[name]) for one in patients for name in identity.prefixes(one.full_name)
    )


@pytest.mark.parametrize(
    ("given", "family", "typed"),
    [
        ("María del Carmen", "Peña Ibáñez", ("maria", "del carmen", "PEÑA", "pena", "ibañ", "carmen pe", "mª")),
        ("M.ª José", "García-Lorca", ("lorca", "garcia", "garcialorca", "garcía-lorca", "jose ma")),
        ("Begoña", "de la Torre y Ruiz", ("torre", "de la torre", "ruiz", "la tor", "y ruiz")),
        ("Àngels", "D’Angelo Gal·lés", ("dangelo", "d'angelo", "angelo", "galles", "angels")),
        ("Ñandú", "Çelik Straße", ("nan", "ñan", "celik", "strasse")),
    ],
)
def test_a_name_is_found_as_people_type_it(given, family, typed):
    a_patient(given_name="Zoe", family_name="Quiroga")
    a_patient(given_name=given, family_name=family)
    desk = a_user(Role.FRONT_DESK)
    for text in typed:
        assert f"{given} {family}" in names(desk, text), text
        assert "Zoe Quiroga" not in names(desk, text), text


def test_a_day_of_birth_finds_its_patients_alone_or_with_a_name():
    a_patient(given_name="Ana", family_name="Gil", birth_date=date(1979, 3, 14))
    a_patient(given_name="Eva", family_name="Rey", birth_date=date(1979, 3, 14))
    a_patient(given_name="Eva", family_name="Gil", birth_date=date(1980, 4, 3))
    desk = a_user(Role.FRONT_DESK)
    for text in ("14/3/1979", "14-03-1979", "1979-03-14", "14.3.1979"):
        assert names(desk, text) == ["Ana Gil", "Eva Rey"], text
    assert names(desk, "gil 14/3/1979") == ["Ana Gil"]
    assert names(desk, "3/4/1980 eva") == ["Eva Gil"]
    assert names(desk, "31/2/1979") == names(desk, "15/3/1979") == []


def test_words_that_are_no_name_harm_nobody():
    a_patient()
    desk = a_user(Role.FRONT_DESK)
    for text in ("%", "_", "'; DROP TABLE patients_patient; --", "\0ortega\0", "💊", "a" * 5000, "ortega " * 40):
        assert isinstance(names(desk, text), list), text
    assert names(desk, "\0ortega\0") == ["Marina Ortega Rey"]
    assert Patient.objects.count() == 1


def test_among_a_thousand_a_search_costs_a_few_queries_and_a_list_is_cut(django_assert_max_num_queries):
    a_crowd(1010)
    a_patient(given_name="Marina", family_name="Ortega Rey")
    desk = a_user(Role.FRONT_DESK)
    assert desk.may("patients.search")
    with django_assert_max_num_queries(8):
        assert names(desk, "orte mari") == ["Marina Ortega Rey"]
    with django_assert_max_num_queries(8):
        found = selectors.directory(desk, "gil")
    assert (len(found.patients), found.complete) == (202, True)
    with django_assert_max_num_queries(8):
        found = selectors.directory(desk)
    assert (len(found.patients), found.complete) == (finding.SORTED_AT_ONCE, False)


def test_a_corrected_name_is_found_and_the_old_one_is_not():
    patient, desk = a_patient(family_name="Ortega Rey"), a_user(Role.FRONT_DESK)
    services.correct_identity(patient=patient, actor=desk, family_name="Zafra Rey", birth_date=date(1980, 1, 2))
    assert names(desk, "zafra") == names(desk, "2/1/1980") == ["Marina Zafra Rey"]
    assert names(desk, "ortega") == names(desk, "14/3/1979") == []


def test_the_index_is_written_anew_under_another_key(settings):
    a_patient(given_name="Ana", family_name="D'Angelo", phone="600112233", national_id="12345678Z")
    desk = a_user(Role.FRONT_DESK)
    settings.BLIND_INDEX_KEY = b"n" * 32
    searches = ("dang", "600112233", "12345678z", "14/3/1979")
    assert [names(desk, text) for text in searches] == [[], [], [], []]
    call_command("rebuild_search_index", verbosity=0)
    assert [names(desk, text) for text in searches] == [["Ana D'Angelo"]] * 4
    before = NamePrefix.objects.count()
    call_command("rebuild_search_index", verbosity=0)
    assert NamePrefix.objects.count() == before


def test_the_index_tells_nobody_who_has_the_dump_the_same_beginning_in_clear():
    a_patient(family_name="Ortega Rey")
    indexes = [bytes(index) for index in NamePrefix.objects.values_list("index", flat=True)]
    assert all(len(index) == 16 for index in indexes)
    assert not any(b"or" in index for index in indexes if index.isascii())
    assert blind("or", finding.PREFIX) in indexes


def test_the_words_of_a_search_stand_in_no_line_of_the_audit():
    a_patient()
    for text in ("ortega", "14/3/1979", "12345678Z"):
        selectors.directory(a_doctor(), text, path="/desk/patients/")
    lines = Entry.objects.filter(verb="patients.listed")
    assert lines.count() == 3
    assert not any(word in str((line.path, line.detail)) for line in lines for word in ("ortega", "1979", "12345678"))

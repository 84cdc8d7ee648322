"""Registering a person: plain errors beside their fields, the same person never twice, two of one name told apart."""

from datetime import date

import pytest
from django.urls import reverse

from tests.webapp.desk.clinic import address, browser, words
from tests.webapp.people import a_dni, a_patient
from webapp.audit.models import Entry
from webapp.patients import services as patients
from webapp.patients.models import NotTheSame, Patient

pytestmark = pytest.mark.django_db
NEW = "desk:register"


def filled(**changes):
    given = {
        "given_name": "Marina", "family_name": "Ortega Rey", "birth_date": "1979-03-14", "sex": "female",
        "national_id": "", "phone": "", "email": "", "language": "es",
    }  # fmt: skip
    return given | changes


def test_the_front_desk_registers_a_person_and_lands_on_the_new_page():
    client = browser("front_desk")
    dni = a_dni()
    done = client.post(reverse(NEW), filled(national_id=dni.lower(), phone="600 11 22 33", birth_date="14/03/1979"))
    patient = Patient.objects.get()
    assert done.url == address("patient", patient)
    assert (patient.national_id, patient.phone, patient.birth_date) == (dni, "+34600112233", date(1979, 3, 14))
    assert patient.record_number in words(client.get(done.url))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"given_name": ""}, "Falta este dato"),
        ({"national_id": "12345678A"}, "La letra no es la de este número"),
        ({"national_id": "123"}, "8 cifras y una letra"),
        ({"birth_date": "2999-01-01"}, "aún no ha llegado"),
        ({"birth_date": "1850-01-01"}, "Nadie tiene tantos años"),
        ({"birth_date": "ayer"}, "Escriba la fecha así"),
        ({"phone": "12"}, "9 cifras"),
        ({"email": "nobody"}, "no se le puede escribir"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(changes, told):
    answer = browser("front_desk").post(reverse(NEW), filled(**changes))
    page = words(answer)
    assert answer.status_code == 422
    assert told in page
    assert 'value="Ortega Rey"' in page
    assert 'href="#id_' in page
    assert not Patient.objects.exists()


def test_whoever_seems_registered_is_shown_first_and_another_person_is_registered_after_saying_so():
    known, client = a_patient(phone="600112233"), browser("front_desk")
    asked = client.post(reverse(NEW), filled())
    page = words(asked)
    assert asked.status_code == 409
    assert known.record_number in page
    assert "mismo nombre y fecha de nacimiento" in page
    assert "Es otra persona: dar de alta" in page
    assert Patient.objects.count() == 1
    client.post(reverse(NEW), filled(another="yes", shown=str(known.pk)))
    assert Patient.objects.count() == 2
    assert NotTheSame.objects.count() == 1


def test_saying_it_is_another_without_having_seen_everybody_shows_them():
    known, client = a_patient(), browser("front_desk")
    for shown in ("", "not-a-number", "0" * 8):
        assert client.post(reverse(NEW), filled(another="yes", shown=shown)).status_code == 409
    assert Patient.objects.get() == known


def test_two_of_one_name_are_told_apart_in_the_list_and_on_their_pages():
    first, second = a_patient(), a_patient(birth_date=date(1990, 1, 2))
    client = browser("front_desk")
    page = words(client.post(reverse("desk:patients"), {"q": "ortega rey"}))
    for patient, born in ((first, "14 mar 1979"), (second, "2 ene 1990")):
        assert patient.record_number in page
        assert born in page
        assert born in words(client.get(address("patient", patient)))


@pytest.mark.parametrize("found_by", ["ort", "record_number", "national_id", "600 112 233", "14/03/1979"])
def test_three_letters_or_any_number_of_hers_lead_to_the_patient(found_by):
    patient = a_patient(national_id=a_dni(), phone="600112233")
    a_patient(given_name="Luis", family_name="Zamora", birth_date=date(1950, 1, 1))
    text = getattr(patient, found_by, found_by)
    assert browser("front_desk").post(reverse("desk:patients"), {"q": text}).url == address("patient", patient)


def test_identity_is_set_right_and_the_old_name_stays_in_its_history():
    patient, client = a_patient(), browser("front_desk")
    there = address("identity", patient)
    assert client.post(there, filled(family_name="Ortega Reyes")).status_code == 302
    page = words(client.get(there))
    assert "<del>Ortega Rey</del>" in page
    assert "Ortega Reyes" in page
    assert Entry.objects.filter(verb="patient.identity_corrected", patient_id=patient.pk).exists()


def test_the_book_names_everybody_a_search_or_the_list_showed_and_nobody_else():
    marina, other, client = a_patient(), a_patient(family_name="Lozano", given_name="Ana"), browser("front_desk")
    there = reverse("desk:patients")
    client.post(there, {"q": "loza"}, headers={"HX-Request": "true"})
    lines = Entry.objects.filter(verb="patient.found")
    assert [(line.patient_id, line.actor_id) for line in lines] == [(other.pk, client.user.pk)]
    client.get(there)
    assert {line.patient_id for line in Entry.objects.filter(verb="patient.listed")} == {marina.pk, other.pk}
    assert "loza" not in str(list(Entry.objects.values_list("detail", "path")))


@pytest.mark.parametrize("role", ["marketing", "billing", "director", "patient"])
def test_nobody_else_registers_or_sets_right_who_somebody_is(role):
    patient, client = a_patient(), browser(role)
    for where in (reverse(NEW), address("identity", patient)):
        assert client.get(where).status_code == 404
        assert client.post(where, filled()).status_code == 404
    assert Patient.objects.count() == 1


def test_a_thousand_patients_come_in_pages_at_the_price_of_one(django_assert_max_num_queries):
    for _n in range(3):
        a_patient(birth_date=date(1950, 1, 1 + _n))
    rows = Patient.objects.all()
    sample = rows[0]
    Patient.objects.bulk_create(
        Patient(
            record_number=str(200_000 + n), given_name="Ana", family_name=f"Lozano {n}", birth_date=sample.birth_date
        )
        for n in range(1000)
    )
    client = browser("front_desk")
    client.get(reverse("desk:patients"))
    with django_assert_max_num_queries(16):
        page = words(client.get(reverse("desk:patients"), {"page": "2"}))
    assert page.count("Lozano") == 50
    assert "Busque cualquier otro" in page or "Página 2 de" in page


def as_shown(client, where):
    """Return what a browser would send from a page nobody has typed into."""
    form = client.get(where).context["form"]
    shown = {name: form[name].value() or "" for name in form.fields}
    return {**shown, **{f"initial-{name}": value for name, value in shown.items()}}


def test_of_two_who_set_right_one_patient_at_once_neither_undoes_the_other():
    patient, first, second = a_patient(phone="600112233"), browser("front_desk"), browser("front_desk")
    there = address("identity", patient)
    one, other = as_shown(first, there), as_shown(second, there)
    assert first.post(there, one | {"family_name": "Ortega Reyes"}).status_code == 302
    assert second.post(there, other | {"phone": "600998877"}).status_code == 302  # not what the first one changed
    patient.refresh_from_db()
    assert (patient.family_name, patient.phone) == ("Ortega Reyes", "+34600998877")


def test_what_somebody_changed_meanwhile_is_shown_before_it_is_written_over():
    patient, client = a_patient(phone="600112233"), browser("front_desk")
    there = address("identity", patient)
    sent = as_shown(client, there) | {"phone": "600998877"}
    patients.correct_identity(patient=patient, actor=None, phone="600445566", email="nuevo@example.org")
    answer = client.post(there, sent)
    page = words(answer)
    assert answer.status_code == 422
    assert "Alguien cambió esto mientras usted escribía" in page
    patient.refresh_from_db()
    assert patient.phone == "+34600445566"
    form = answer.context["form"]
    assert form["phone"].value() == "600998877"  # what was typed is still there
    assert form["email"].value() == "nuevo@example.org"  # and of the rest what stands now
    assert 'name="initial-phone" value="+34600445566"' in page
    again = {name: form[name].value() or "" for name in form.fields} | {"initial-phone": "+34600445566"}
    assert client.post(there, again).status_code == 302
    patient.refresh_from_db()
    assert patient.phone == "+34600998877"


def test_who_was_registered_twice_is_noticed_later_until_somebody_says_that_they_are_two():
    one, other, client = a_patient(), a_patient(), browser("front_desk")
    page = words(client.get(address("identity", one)))
    assert "¿Está dos veces?" in page
    assert other.record_number in page
    done = client.post(address("identity", one), {"apart": str(other.pk)}, follow=True)
    assert "son dos personas" in words(done)
    assert "¿Está dos veces?" not in words(client.get(address("identity", other)))
    assert NotTheSame.objects.get().other == other


@pytest.mark.parametrize("named", ["nobody", "00000000-0000-4000-8000-000000000000", "\0"])
def test_nobody_is_told_apart_from_who_is_not_there_and_who_may_not_register_says_nothing(named):
    one, other = a_patient(), a_patient()
    assert browser("front_desk").post(address("identity", one), {"apart": named}).status_code == 404
    for role in ("marketing", "billing", "director"):
        assert browser(role).post(address("identity", one), {"apart": str(other.pk)}).status_code == 404
    assert not NotTheSame.objects.exists()

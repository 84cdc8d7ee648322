"""A past case becomes a test of the draft: what the protocol reads and nothing of whose it was."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rules import services as rules
from rules.models import Draft
from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user
from tests.webapp.plans.clinic import lab, publish, says
from tests.webapp.plans.factories import a_patient, years_ago
from tests.webapp.studio.test_replay import STRICTER, begun, replayed
from webapp.patients import services as patients
from webapp.plans import case as cases
from webapp.plans import services as plans
from webapp.studio import pseudonymised, tasks
from webapp.studio.models import ReplayCase

pytestmark = pytest.mark.django_db
SECRETS = ("Rosalinda", "Illescas Mena", "hija del alcalde", "ronchas", "Augmentine", "vive en Cuenca")


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def salas(client):
    a_shelf()
    return signed_in(client, a_user("director"))


def known_well():
    """Somebody of whom much is written down, in words too."""
    patient = a_patient("Rosalinda", "Illescas Mena", birth_date=years_ago(43))
    says(patient, heartburn_days=4, gi_bleeding=False, weight_kg=71.4, other="Es la hija del alcalde y vive en Cuenca")
    patients.add_allergy(patient=patient, code="amoxicillin", text="ronchas con Augmentine", actor=None)
    plans.assess(patient_id=patient.pk, because="visit", today=timezone.localdate())
    return patient


def case_of(browser, text=STRICTER):
    draft = begun(browser, text)
    replayed(browser, draft)
    return draft, ReplayCase.objects.get()


def page_of(case):
    return reverse("studio:replay_test", args=[case.pk])


def test_it_is_shown_first_and_stands_in_the_text_once_confirmed(salas):
    known_well()
    draft, case = case_of(salas)
    before = draft.revisions.latest("number").text
    shown = words(salas.get(page_of(case)))
    assert "heartburn_days: 4" in shown
    assert draft.revisions.latest("number").text == before
    draft.refresh_from_db()
    salas.post(page_of(case), {"name": "cuatro días de ardor", "revision": draft.revision})
    text = draft.revisions.latest("number").text
    assert text.startswith(before.rstrip())
    assert "cuatro días de ardor" in text
    assert "age: 40 years" in text
    report = rules.edition().protocols  # what is in force is not touched
    assert "cuatro días" not in str(report)


def test_nothing_of_whose_it_was_is_in_the_text(salas):
    patient = known_well()
    draft, case = case_of(salas)
    draft.refresh_from_db()
    salas.post(page_of(case), {"name": "una persona", "revision": draft.revision})
    added = draft.revisions.latest("number").text.removeprefix(STRICTER)
    told = (*SECRETS, patient.record_number, str(patient.pk), patient.birth_date.isoformat(), "43", "71")
    assert not [one for one in told if one in added]
    assert timezone.localdate().isoformat() not in added


def test_the_test_passes_in_the_draft(salas):
    known_well()
    draft, case = case_of(salas)
    draft.refresh_from_db()
    salas.post(page_of(case), {"name": "una persona", "revision": draft.revision})
    draft.refresh_from_db()
    salas.post(reverse("studio:examine", args=[draft.pk]))
    tasks.examine(draft.pk, draft.revision)
    page = words(salas.get(reverse("studio:draft", args=[draft.pk])))
    assert "3 pruebas propias" in page
    assert "falla" not in page


def test_an_age_the_rule_needs_is_kept(salas):
    patient = a_patient("Rosalinda", "Illescas Mena", birth_date=years_ago(43))
    says(patient, heartburn_days=4)
    plans.assess(patient_id=patient.pk, because="visit", today=timezone.localdate())
    text = STRICTER.replace("applies: age >= 18 years", "applies: age >= 42 years")
    _draft, case = case_of(salas, text.replace(">= 5", ">= 4").replace("- advice: small_meals", "- alert: bleeding"))
    assert "age: 43 years" in words(salas.get(page_of(case)))


def test_it_has_a_name_and_somebody_who_saved_meanwhile_loses_nothing(salas):
    known_well()
    draft, case = case_of(salas)
    draft.refresh_from_db()
    nameless = salas.post(page_of(case), {"name": " ", "revision": draft.revision})
    assert "R061" in words(nameless)
    late = salas.post(page_of(case), {"name": "tarde", "revision": draft.revision - 1})
    assert "R021" in words(late)
    assert "tarde" not in draft.revisions.latest("number").text


def test_who_does_not_write_protocols_has_no_such_page(salas):
    known_well()
    _draft, case = case_of(salas)
    for role in ("doctor", "administrator", "front_desk"):
        assert signed_in(Client(), a_user(role)).get(page_of(case)).status_code == 404


def test_a_draft_put_aside_takes_none(salas):
    known_well()
    draft, case = case_of(salas)
    salas.post(reverse("studio:aside", args=[draft.pk]))
    assert "R060" in words(salas.get(page_of(case)))
    assert Draft.objects.get(pk=draft.pk).state == Draft.State.DROPPED


def test_days_are_moved_by_the_same_stretch_and_stay_as_far_apart():
    publish()
    patient = a_patient(birth_date=years_ago(58))
    lab(patient, "hb", 112, "g/L")
    program = rules.program()
    case = cases.build(patient, timezone.localdate()) | {"as_of": timezone.localdate().isoformat()}
    days = [timezone.localdate() - timedelta(days=30), timezone.localdate()]
    case["labs"] = [
        {"name": "hb", "value": value, "unit": "g/L", "date": day.isoformat()}
        for value, day in zip((118, 112), days, strict=True)
    ]
    found = [pseudonymised.given_of(case, program, name) for name in program.edition.protocols]
    texts = [str(one) for one in found]
    assert not [one for one in texts for day in days if day.isoformat() in one]
    moved = next(one["hb"] for one in found if isinstance(one.get("hb"), list))
    first, last = (date.fromisoformat(each["date"]) for each in moved)
    assert (last - first).days == 30
    assert last == pseudonymised.AS_OF


def test_every_protocol_that_ships_gets_a_test_it_passes_of_the_sample_case():
    publish()
    patient = a_patient(birth_date=years_ago(58))
    says(patient, dyspepsia=True, dysphagia=False, weight_loss=False, alcohol="Rosalinda bebe a diario")
    lab(patient, "hb", 112, "g/L")
    program = rules.program()
    case = cases.build(patient, timezone.localdate())
    for name in program.edition.protocols:
        given = pseudonymised.given_of(case, program, name)
        assert "Rosalinda" not in str(given)
        assert pseudonymised._brings(given, program, name) is not None

"""The copy of everything about a person holds prescriptions, requests to go on with a medicine, and each dose told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webapp.access.world import on_the_shelf
from tests.webapp.prescriptions.orders import a_prescriber, written
from tests.webapp.prescriptions.test_renewing import a_plan_of, against, asked, decided
from tests.webapp.privacy.copies import copy, data, words
from webapp.prescriptions import ordering
from webapp.prescriptions.models import Pharmacy, Tick
from webapp.prescriptions.services import Decision
from webapp.privacy import services

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("kind", ["clinic", "patient"])
WHY = "Sin alternativa, se vigila"


@pytest.fixture(autouse=True)
def library(db):
    on_the_shelf()


def ticked(plan, *said):
    """Write down what was said of the morning dose of the last days, the newest first."""
    today, item = timezone.localdate(), plan.items.first()
    for back, taken in enumerate(said):
        day = today - timedelta(days=back)
        Tick.objects.create(item=item, patient=plan.patient, place=0, part="morning", day=day, taken=taken)


@BOTH
def test_a_prescription_is_in_the_copy_with_every_word_of_the_paper(kind):
    plan, doctor = a_plan_of(), a_prescriber()
    batch = written(plan, doctor)
    files = copy(plan.patient, kind)
    [one] = data(files, "MedicationRequest")
    assert one["display"]["title"] == "Omeprazol"
    assert "20" in one["display"]["detail"]
    assert (one["groupIdentifier"], one["requester"]) == (str(batch), "Dra. Vidal")
    assert one["content"]["doctor"]["college_number"] == "282812345"
    page = files["index.html"].decode()
    assert '<section id="MedicationRequest"><h2>Recetas</h2>' in page
    assert "Omeprazol" in page


@BOTH
def test_a_request_is_in_the_copy_with_what_became_of_it_at_the_pharmacy(kind):
    plan = a_plan_of()
    pharmacy = Pharmacy.objects.create(name="Farmacia Sol")
    ordering.choose(patient=plan.patient, pharmacy_id=pharmacy.pk, user=plan.patient.user)
    decided(asked(plan), against(None), a_prescriber())
    files = copy(plan.patient, kind)
    [one] = data(files, "SupplyRequest")
    assert (one["status"], one["decidedBy"]) == ("approved", "Dra. Vidal")
    assert one["pharmacy"]["name"] == "Farmacia Sol"
    assert data(files, "Patient")[0]["pharmacy"] == "Farmacia Sol"
    assert "aprobad" in files["index.html"].decode()


def test_a_refusal_is_told_with_its_reason():
    plan = a_plan_of()
    decided(asked(plan), Decision(approves=False, reason="Ya no hace falta"))
    files = copy(plan.patient, "patient")
    [one] = data(files, "SupplyRequest")
    assert (one["status"], one["note"]) == ("refused", "Ya no hace falta")
    assert "«Ya no hace falta»" in files["index.html"].decode()


def test_why_a_doctor_decided_against_the_engine_is_the_clinics():
    plan = a_plan_of(known=False)
    decided(asked(plan), against(None))
    assert WHY in words(copy(plan.patient, "clinic"))
    mine = copy(plan.patient, "patient")
    assert WHY not in words(mine)
    assert "check" not in data(mine, "SupplyRequest")[0]


@BOTH
def test_each_dose_told_is_in_the_copy_and_of_what_nobody_told_nothing(kind):
    plan = a_plan_of()
    ticked(plan, True, False)
    files = copy(plan.patient, kind)
    left_out, taken = data(files, "MedicationAdministration")
    assert (left_out["status"], taken["status"]) == ("not-done", "completed")
    assert taken["day"] == timezone.localdate().isoformat()
    assert taken["display"]["title"].startswith("Omeprazol")
    page = files["index.html"].decode()
    assert "Por la mañana: tomada" in page
    assert "Por la mañana: saltada" in page


def test_it_is_read_in_the_language_of_the_copy():
    plan = a_plan_of()
    ticked(plan, True)
    page = copy(plan.patient, "patient", language="en")["index.html"].decode()
    assert "In the morning: taken" in page
    assert "Doses told to be taken or left out" in page


def test_nothing_of_it_is_another_patients():
    mine, other = a_plan_of(), a_plan_of()
    for plan in (mine, other):
        written(plan, a_prescriber())
        asked(plan)
        ticked(plan, True)
    files = copy(mine.patient)
    for name in ("MedicationRequest", "SupplyRequest", "MedicationAdministration"):
        assert len(data(files, name)) == 1
    assert str(other.pk) not in words(files)


def test_the_same_medicines_make_the_same_bytes():
    plan = a_plan_of()
    written(plan, a_prescriber())
    ticked(plan, True, False, True)
    one, two = (services.copy_of(plan.patient, kind="patient", language="es") for _n in range(2))
    assert one == two

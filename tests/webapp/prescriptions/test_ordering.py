"""What is approved reaches the chosen pharmacy once: sent, received, ready; tried again, and never twice."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.webapp.plans.factories import a_user
from tests.webapp.prescriptions.orders import at, client_of
from tests.webapp.prescriptions.test_renewing import a_plan_of, against, asked, decided
from webapp.audit.models import Entry
from webapp.outbox.models import Message
from webapp.prescriptions import selectors, services
from webapp.prescriptions.models import DispensingOrder, Pharmacy, PharmacyChoice
from webapp.prescriptions.pharmacy import Folder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PHARMACY_FOLDER = str(tmp_path / "orders")
    return Path(settings.PHARMACY_FOLDER)


def a_pharmacy(name="Farmacia Sol", **fields):
    return Pharmacy.objects.create(name=name, **fields)


def ordered(pharmacy=None):
    plan = a_plan_of()
    patient = plan.patient
    chosen = pharmacy or a_pharmacy()
    services.choose(patient=patient, pharmacy_id=chosen.pk, user=patient.user)
    decided(asked(plan), against(None))
    return DispensingOrder.objects.get(patient=patient)


def state(order):
    order.refresh_from_db()
    return order.state


def later(minutes):
    return timezone.now() + timedelta(minutes=minutes)


def test_an_approved_renewal_becomes_a_file_at_the_pharmacy_that_was_chosen(folder):
    order = ordered()
    assert services.deliver() == 1
    [file] = folder.glob("*.json")
    said = json.loads(file.read_text())
    assert (said["order"], said["pharmacy"]) == (str(order.pk), str(order.pharmacy_id))
    assert said["doses"][0]["ingredient"] == "omeprazole"
    assert said["patient"]["surnames"] == "Ortega Rey"
    assert file.stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    assert state(order) == "sent"


def test_the_pharmacy_says_received_and_ready_and_the_patient_is_told_once():
    order = ordered()
    services.deliver()
    call_command("pharmacy_says", str(order.pk), "received")
    services.deliver(later(2))
    assert state(order) == "received"
    call_command("pharmacy_says", str(order.pk), "ready")
    services.deliver(later(4))
    services.deliver(later(6))
    assert state(order) == "ready"
    assert Message.objects.filter(key=f"order:{order.pk}").count() == 1
    assert "lista para recoger" in client_of(order.patient.user).get(at("mine")).content.decode()


def test_whose_access_was_closed_meanwhile_is_not_told_that_it_is_ready():
    order = ordered()
    services.deliver()
    order.patient.user.is_active = False
    order.patient.user.save()
    Folder().say(order.pk, "ready")
    services.deliver(later(2))
    assert state(order) == "ready"
    assert not Message.objects.filter(key=f"order:{order.pk}").exists()


def test_a_state_never_goes_back():
    order = ordered()
    services.deliver()
    Folder().say(order.pk, "ready")
    services.deliver(later(2))
    Folder().say(order.pk, "received")
    services.deliver(later(4))
    assert state(order) == "ready"
    assert order.received_at
    with pytest.raises(CommandError):
        call_command("pharmacy_says", str(a_pharmacy("Otra").pk), "ready")


def test_a_second_run_and_a_worker_that_died_after_sending_send_nothing_twice(folder):
    order = ordered()
    services.deliver()
    first = next(folder.glob("*.json")).stat().st_mtime_ns
    DispensingOrder.objects.filter(pk=order.pk).update(state="waiting", sent_at=None)  # it died before writing it down
    services.deliver()
    services.deliver(later(2))
    assert [one.stat().st_mtime_ns for one in folder.glob("*.json")] == [first]
    assert state(order) == "sent"


def test_a_pharmacy_that_cannot_be_reached_is_tried_again_and_given_up_in_the_end(settings, tmp_path):
    (tmp_path / "wall").write_text("")
    settings.PHARMACY_FOLDER = str(tmp_path / "wall" / "orders")
    order = ordered()
    services.deliver()
    assert (state(order), order.attempts, order.error) == ("waiting", 1, "NotADirectoryError")
    for hours in range(1, 60):
        services.deliver(timezone.now() + timedelta(hours=hours))
    assert state(order) == "given_up"
    administrator = a_user("administrator")
    client = client_of(administrator)
    assert "NotADirectoryError" in client.get(at("pharmacies")).content.decode()
    settings.PHARMACY_FOLDER = str(tmp_path / "orders")
    client.post(at("order_again", order=order.pk))
    services.deliver(later(1))
    assert state(order) == "sent"


def test_who_chose_no_pharmacy_and_a_clinic_without_adapter_send_nothing(settings):
    decided(asked(a_plan_of()), against(None))
    assert not DispensingOrder.objects.exists()
    settings.PHARMACY_ADAPTER = ""
    plan = a_plan_of()
    PharmacyChoice.objects.create(patient=plan.patient, pharmacy=a_pharmacy())
    decided(asked(plan), against(None))
    assert not DispensingOrder.objects.exists()
    assert services.deliver() == 0


def test_a_patient_chooses_on_the_own_page_and_only_among_those_offered():
    plan, sol, old = a_plan_of(), a_pharmacy(), a_pharmacy("Farmacia Luna", is_active=False)
    client = client_of(plan.patient.user)
    page = client.get(at("mine")).content.decode()
    assert "Farmacia Sol" in page
    assert "Farmacia Luna" not in page
    for wrong in (str(old.pk), "nowhere"):
        client.post(at("choose"), {"pharmacy": wrong})
        assert not PharmacyChoice.objects.exists()
    client.post(at("choose"), {"pharmacy": str(sol.pk)})
    assert PharmacyChoice.objects.get().pharmacy == sol
    client.post(at("choose"), {"pharmacy": ""})
    assert not PharmacyChoice.objects.exists()


def two_who_chose():
    """Two patients with the same medicine, of whom each fetches it elsewhere."""
    plans = [a_plan_of(), a_plan_of()]
    for plan, name in zip(plans, ("Farmacia Luna", "Farmacia Sol"), strict=True):
        services.choose(patient=plan.patient, pharmacy_id=a_pharmacy(name).pk, user=plan.patient.user)
    return plans


def test_an_order_goes_where_its_own_patient_fetches_it_whatever_another_has_chosen():
    for plan, name in zip(two_who_chose(), ("Farmacia Luna", "Farmacia Sol"), strict=True):
        assert selectors.chosen_by(plan.patient_id) == Pharmacy.objects.get(name=name).pk
        decided(asked(plan), against(None))
        assert DispensingOrder.objects.get(patient=plan.patient).pharmacy.name == name


def test_who_fetches_nothing_any_more_takes_no_pharmacy_from_another():
    gone, stays = two_who_chose()
    services.choose(patient=gone.patient, pharmacy_id=None, user=gone.patient.user)
    assert [one.patient for one in PharmacyChoice.objects.all()] == [stays.patient]
    decided(asked(gone), against(None))
    assert not DispensingOrder.objects.exists()


def test_nothing_is_ordered_from_a_pharmacy_that_is_closed():
    plan, pharmacy = a_plan_of(), a_pharmacy()
    services.choose(patient=plan.patient, pharmacy_id=pharmacy.pk, user=plan.patient.user)
    administrator = a_user("administrator")
    services.close_pharmacy(pk=pharmacy.pk, actor=administrator)
    services.close_pharmacy(pk=pharmacy.pk, actor=administrator)
    assert Entry.objects.filter(verb="pharmacy.closed").count() == 1, "what is closed already is not closed again"
    assert selectors.chosen_by(plan.patient_id) is None
    decided(asked(plan), against(None))
    assert not DispensingOrder.objects.exists()


def test_of_the_pharmacies_those_in_use_and_those_closed_stand_apart():
    a_pharmacy("Farmacia Luna", is_active=False)
    a_pharmacy("Farmacia Sol")
    shown = client_of(a_user("administrator")).get(at("pharmacies")).context
    assert [one.name for one in shown["in_use"]] == ["Farmacia Sol"]
    assert [one.name for one in shown["closed"]] == ["Farmacia Luna"]


def test_the_administrator_keeps_the_list_and_nobody_else():
    client = client_of(a_user("administrator"))
    assert client.post(at("pharmacies"), {"name": "", "address": "x"}).status_code == 422
    client.post(at("pharmacies"), {"name": "Farmacia Sol", "address": "Calle Sol 1"})
    client.post(at("pharmacies"), {"name": "Farmacia Sol", "address": "Calle Sol 1"})
    kept = Pharmacy.objects.get()
    client.post(at("pharmacy_close", pharmacy=kept.pk))
    kept.refresh_from_db()
    assert not kept.is_active
    for role in ("doctor", "front_desk", "patient"):
        other = a_user(role)
        assert client_of(other).get(at("pharmacies")).status_code == 404
        with pytest.raises(services.PrescriptionError):
            services.keep_pharmacy(name="X", address="", actor=other)
        with pytest.raises(services.PrescriptionError):
            services.close_pharmacy(pk=kept.pk, actor=other)

"""Going on with a medicine: asked once, checked on the facts of today, decided once, and told to the patient."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.webapp.people import confirmed
from tests.webapp.plans.factories import PASSWORD, a_doctor, a_user, content, ppi
from tests.webapp.prescriptions.orders import a_known_patient, at, client_of, told_plan
from webapp.desk import selectors as desk
from webapp.outbox.models import Message
from webapp.patients import services as patients
from webapp.plans import rechecking
from webapp.plans.models import Plan
from webapp.prescriptions import medicines, services
from webapp.prescriptions.models import Renewal
from webapp.prescriptions.services import Decision, PrescriptionError

pytestmark = pytest.mark.django_db
APPROVED = Decision(approves=True, days=28)


def today():
    return timezone.localdate()


def began(plan):
    """The day of the signature, an hour ago: just after midnight that is yesterday."""
    return timezone.localdate(plan.signed_at)


def nothing_else(patient):
    """Somebody asked: no allergies, no medicines, no illnesses; and the liver is well."""
    for topic in ("allergies", "medications", "history", "family_history"):
        patients.record_none(patient=patient, topic=topic, actor=None)


def an_omeprazole(**changes):
    return ppi(code="rx:omeprazole") | changes


def a_plan_of(*items, known=True, **fields):
    patient = a_known_patient(email=None, **fields)
    if known:
        nothing_else(patient)
    return told_plan(patient, *(items or (an_omeprazole(),)))


def asked(plan, **changes):
    patient = plan.patient
    given = {"patient": patient, "item_id": plan.items.first().pk, "user": patient.user, "today": today(), **changes}
    return services.ask(**given)


def decided(renewal, decision, doctor=None):
    return services.decide(
        renewal_id=renewal.pk, doctor=doctor or a_doctor("Dra. Vidal"), decision=decision, today=today()
    )


def against(renewal, decision=None):
    """The same decision with a reason where the engine is not clear."""
    wanted = decision or APPROVED
    return Decision(wanted.approves, wanted.days, wanted.doses, wanted.reason, "Sin alternativa, se vigila")


def whole(plan):
    found = medicines.plan_of(plan.patient_id)
    assert found is not None
    return found, found.released_items[0]


def test_a_request_says_how_long_it_lasts_and_what_the_engine_says_today():
    plan = a_plan_of()
    made = asked(plan)
    assert made.runs_out_on == began(plan) + timedelta(days=55)
    assert made.verdict in {"clear", "held"}
    assert made.check_result["verdict"] == made.verdict


def test_a_second_click_is_the_same_request():
    plan = a_plan_of()
    assert asked(plan).pk == asked(plan).pk
    assert Renewal.objects.count() == 1


def test_an_allergy_written_down_since_the_signature_forbids_it():
    plan = a_plan_of()
    patients.add_allergy(patient=plan.patient, code="omeprazole", text="urticaria", actor=None)
    made = asked(plan)
    assert made.verdict == "blocked"
    assert made.check_result["findings"]
    with pytest.raises(PrescriptionError, match="en contra"):
        decided(made, APPROVED)
    with pytest.raises(PrescriptionError):
        decided(made, Decision(approves=True, days=28, justification="ok"))
    assert decided(made, against(made)).justification


def test_what_nobody_asked_is_not_taken_for_nothing():
    """Allergies were never asked about: the engine holds it, and says what is missing."""
    made = asked(a_plan_of(known=False))
    assert made.verdict == "held"
    assert made.check_result["missing"] or made.check_result["findings"]


def test_what_could_not_be_checked_says_so_in_red_and_is_not_approved(monkeypatch):
    plan = a_plan_of()
    monkeypatch.setattr(rechecking, "evaluate", lambda *_: (_ for _ in ()).throw(ValueError("broken")))
    made = asked(plan)
    assert made.verdict == "not_checked"
    with pytest.raises(PrescriptionError, match="no se ha podido comprobar"):
        decided(made, against(made))
    doctor = a_doctor()
    page = client_of(doctor).get(at("renewal", renewal=made.pk)).content.decode()
    assert "No se ha podido comprobar su seguridad" in page
    assert 'class="alert-card t1 recheck"' in page
    [entry] = desk.entries_for(doctor)
    [row] = desk.rows_of(doctor, [entry], "es")
    assert "SIN COMPROBAR" in row.reasons[0].words


def test_approving_moves_the_last_day_and_the_patient_reads_it():
    plan = a_plan_of()
    made = decided(asked(plan), against(None))
    assert made.until == began(plan) + timedelta(days=55 + 28)
    page = client_of(plan.patient.user).get(at("mine")).content.decode()
    assert "la renovó" in page or "aprobó" in page
    assert f"{(made.until - today()).days + 1}" in page
    assert Message.objects.filter(key=f"renewal:{made.pk}").count() == 1


def test_whose_access_was_closed_meanwhile_is_sent_no_message():
    plan = a_plan_of()
    made = asked(plan)
    plan.patient.user.is_active = False
    plan.patient.user.save()
    assert decided(made, against(made)).state == "approved"
    assert not Message.objects.filter(key=f"renewal:{made.pk}").exists()


def test_refusing_needs_words_and_the_patient_reads_them():
    plan = a_plan_of()
    made = asked(plan)
    with pytest.raises(PrescriptionError, match="por qué"):
        decided(made, Decision(approves=False))
    decided(made, Decision(approves=False, reason="Pida cita: hay que revisarlo"))
    page = client_of(plan.patient.user).get(at("mine")).content.decode()
    assert "Pida cita: hay que revisarlo" in page
    assert asked(plan).pk != made.pk, "it may be asked for again"


def test_another_dose_is_approved_as_such():
    plan = a_plan_of()
    made = asked(plan)
    dose = plan.items.get().content["doses"][0] | {"dose": "40 mg", "daily": "40"}
    told = decided(made, against(made, Decision(approves=True, days=14, doses=[dose])))
    assert told.changed
    assert "40" in client_of(plan.patient.user).get(at("mine")).content.decode()


def test_of_two_doctors_one_decides():
    made = asked(a_plan_of())
    decided(made, against(made))
    with pytest.raises(PrescriptionError, match="entretanto"):
        decided(made, Decision(approves=False, reason="No"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Renewal.objects.filter(pk=made.pk).update(state="refused")


def test_a_newer_plan_without_it_lets_nobody_approve_the_old_one():
    plan = a_plan_of()
    made = asked(plan)
    told_plan(plan.patient, content("advice:small_meals"))
    with pytest.raises(PrescriptionError, match="plan más nuevo"):
        decided(made, against(made))
    assert decided(made, Decision(approves=False, reason="Ya no la necesita")).state == "refused"


def test_it_is_a_row_of_the_one_list_with_days_left_last_check_and_safety():
    plan, doctor = a_plan_of(), a_doctor()
    asked(plan)
    [entry] = desk.entries_for(doctor)
    assert "renewals" in entry.tabs
    [row] = desk.rows_of(doctor, [entry], "es")
    left = 56 - (today() - began(plan)).days
    for words in ("Renovación", f"quedan {left} días", "última revisión"):
        assert words in row.reasons[0].words
    assert client_of(doctor).get(row.reasons[0].url).status_code == 200


def test_the_list_asks_as_often_for_ten_requests_as_for_one(django_assert_max_num_queries):
    for _ in range(6):
        asked(a_plan_of())
    doctor = a_doctor()
    entries = desk.entries_for(doctor)
    with django_assert_max_num_queries(16):
        rows = desk.rows_of(doctor, entries, "es")
    assert len(rows) == 6


def test_a_doctor_decides_on_the_page_and_is_told_what_is_wrong_there():
    plan, doctor = a_plan_of(), a_doctor()
    made = asked(plan)
    path, client = at("renewal", renewal=made.pk), confirmed(client_of(doctor))
    assert client.post(path, {"decision": "approve", "for_days": "0"}).status_code == 422
    form = {"decision": "approve", "for_days": "30", "justification": "Se vigila de cerca", "dose-0": "20 mg"}
    assert client.post(path, form).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.changed) == ("approved", False)


def test_a_doctor_s_open_browser_approves_nothing_and_what_was_typed_stays():
    made, client = asked(a_plan_of()), client_of(a_doctor())
    path, form = at("renewal", renewal=made.pk), {"decision": "approve", "for_days": "31", "justification": "Se vigila"}
    for secret in ("", "no es la mía"):
        page = client.post(path, form | {"secret": secret})
        assert page.status_code == 422
        assert "Escriba su contraseña" in page.content.decode()
        assert 'value="31"' in page.content.decode()
    made.refresh_from_db()
    assert made.state == "requested"
    assert client.post(path, form | {"secret": PASSWORD}).status_code == 302
    made.refresh_from_db()
    assert made.state == "approved"


def test_refusing_is_no_signature_and_asks_nobody_again():
    made = asked(a_plan_of())
    form = {"decision": "refuse", "reason": "Pida cita"}
    assert client_of(a_doctor()).post(at("renewal", renewal=made.pk), form).status_code == 302
    made.refresh_from_db()
    assert made.state == "refused"


@pytest.mark.parametrize("role", ["dietitian", "patient", "front_desk"])
def test_only_a_doctor_decides(role):
    made = asked(a_plan_of())
    with pytest.raises(PrescriptionError):
        decided(made, against(made), a_user(role))
    assert Plan.objects.filter(pk=made.plan_id).exists()


def test_nobody_asks_for_somebody_else_or_for_what_the_plan_does_not_give():
    plan, other = a_plan_of(), a_plan_of()
    with pytest.raises(PrescriptionError):
        asked(plan, user=other.patient.user)
    with pytest.raises(PrescriptionError):
        asked(plan, item_id=other.items.first().pk)
    client = client_of(other.patient.user)
    client.post(at("ask", item=plan.items.first().pk))
    assert not Renewal.objects.exists()

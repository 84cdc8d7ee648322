"""Two doctors and one draft: it is handed over, or one asks the other to answer for a blocked item too."""

import time
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, content, item_of, ppi, this_day
from webapp.accounts import confirming
from webapp.audit.models import Entry
from webapp.desk import selectors as desk
from webapp.plans import cosigning, handing, services
from webapp.plans.assessment import assess
from webapp.plans.models import Handover, Plan, RuleEvent, SecondSignature
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db
WHY = "Estoy de vacaciones"


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


@pytest.fixture
def giver():
    return a_doctor("Dra. Vidal")


@pytest.fixture
def other():
    return a_doctor("Dr. Soler")


def page(user):
    client = Client()
    client.force_login(user)
    return client


def confirmed(client):
    """Let the person at this browser show to be who signed in."""
    session = client.session
    session[confirming.CONFIRMED] = time.time()
    session.save()


def address(plan, name="review", **more):
    return reverse(f"plans:{name}", kwargs={"pk": plan.pk, **more})


def reasons_of(user):
    user.active_role = "doctor"
    rows = desk.rows_of(user, desk.entries_for(user), "es")
    return [reason.words for row in rows for reason in row.reasons]


def handed(plan, giver, other, reason=WHY):
    return handing.hand_over(plan_id=plan.pk, doctor=giver, to=str(other.pk), reason=reason)


def test_a_draft_handed_over_stands_in_both_lists_until_it_is_opened(giver, other):
    plan = a_plan(a_patient())
    answer = page(giver).post(address(plan, "hand_over"), {"to": other.pk, "reason": WHY}, follow=True)
    assert "Dr. Soler lo tiene ahora en su bandeja" in answer.content.decode()
    assert reasons_of(other) == [f"Dra. Vidal se lo traspasa: {WHY}"]
    assert reasons_of(giver) == [f"Traspasado a Dr. Soler, sin abrir: {WHY}"]
    assert reasons_of(a_doctor("Dra. Tercera")) == []
    assert "Dra. Vidal le traspasó esto" in page(other).get(address(plan)).content.decode()
    assert reasons_of(giver) == []
    assert len(reasons_of(other)) == 1
    assert Entry.objects.filter(verb="plan.handed_over", actor_id=giver.pk, patient_id=plan.patient_id).exists()


def test_it_is_taken_back_as_long_as_nobody_opened_it(giver, other):
    plan = a_plan(a_patient())
    handed(plan, giver, other)
    assert "Deshacer" in page(giver).get(address(plan)).content.decode()
    page(giver).post(address(plan, "take_over_back"))
    assert reasons_of(other) == []
    handed(plan, giver, other)
    page(other).get(address(plan))
    text = page(giver).post(address(plan, "take_over_back"), follow=True).content.decode()
    assert "Ya se ha abierto" in text
    assert len(reasons_of(other)) == 1


def test_who_looks_at_it_without_being_asked_does_not_open_it(giver, other):
    plan = a_plan(a_patient())
    handed(plan, giver, other)
    page(a_doctor("Dra. Tercera")).get(address(plan))
    assert Handover.objects.get().opened_at is None


def test_who_was_handed_a_draft_hands_it_on_and_nobody_else_does(giver, other):
    plan, third = a_plan(a_patient()), a_doctor("Dra. Tercera")
    handed(plan, giver, other)
    with pytest.raises(PlanError, match="otro médico"):
        handed(plan, third, giver)
    handed(plan, other, third, "No es de los míos")
    assert [one.given_to_id for one in Handover.objects.filter(taken_back_at=None)] == [third.pk]


@pytest.mark.parametrize("reason", ["", " ", "-"])
def test_without_a_reason_or_a_colleague_nothing_is_handed_over(giver, other, reason):
    plan = a_plan(a_patient())
    with pytest.raises(PlanError):
        handed(plan, giver, other, reason)
    for nobody in (giver, a_user("dietitian")):
        with pytest.raises(PlanError, match="colega"):
            handed(plan, giver, nobody)
    assert not Handover.objects.exists()
    assert 'role="alert"' in page(giver).post(address(plan, "hand_over"), {"to": "x", "reason": WHY}).content.decode()


def test_newer_data_leave_the_draft_with_who_has_it(giver, other):
    patient = clinic.a_dyspeptic_woman()
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    handed(Plan.objects.get(status="draft"), giver, other)
    clinic.says(patient, heartburn_days=6, regurgitation_days=4)
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    assert reasons_of(other) == [f"Dra. Vidal se lo traspasa: {WHY}"]


# --- a second signer


def blocked_plan(doctor):
    plan = a_plan(a_patient(), ppi("blocked"), content("diet:low_fodmap"), seen_by=doctor)
    return plan, item_of(plan, "rx:ppi_standard_od_8w")


def asked(plan, item, doctor, other):
    return cosigning.ask(plan_id=plan.pk, item_id=item.pk, doctor=doctor, of=str(other.pk), reason_code="risk_accepted")


def test_a_colleague_signs_for_a_blocked_item_in_place_of_a_written_justification(giver, other):
    plan, item = blocked_plan(giver)
    form = {"of": other.pk, "reason": "risk_accepted"}
    page(giver).post(address(plan, "ask_second", item=item.pk), form)
    second = SecondSignature.objects.get()
    assert reasons_of(other) == ["Dra. Vidal le pide que firme también un elemento bloqueado"]
    colleague, answer = page(other), address(plan, "answer_second", second=second.pk)
    assert "Yo también respondo" in colleague.get(address(plan)).content.decode()
    confirmed(colleague)
    colleague.post(answer, {"answer": "sign"})
    item.refresh_from_db()
    assert (item.decision, item.decided_by, item.second_signer, item.note) == ("accepted", giver, other, None)
    assert reasons_of(other) == []
    events = set(RuleEvent.objects.exclude(what="shown").values_list("what", "user_id"))
    assert events == {("overridden", giver.pk), ("co_signed", other.pk)}
    services.accept_rest(plan_id=plan.pk, doctor=giver)
    plan.refresh_from_db()
    assert services.sign(plan_id=plan.pk, doctor=giver, revision=plan.revision).status == "signed"


def test_a_colleague_s_open_browser_signs_nothing(giver, other):
    plan, item = blocked_plan(giver)
    send = address(plan, "answer_second", second=asked(plan, item, giver, other).pk)
    there = address(plan)
    answer = page(other).post(send, {"answer": "sign"}, headers={"referer": f"http://testserver{there}"})
    asks = {"next": f"{there}#item-{item.pk}"}  # and leads back to the very item
    assert answer.url == f"{reverse('accounts:confirm')}?{urlencode(asks)}"
    fragment = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{there}"}
    assert page(other).post(send, {"answer": "sign"}, headers=fragment)["HX-Redirect"] == answer.url
    item.refresh_from_db()
    assert (item.decision, SecondSignature.objects.get().state) == ("pending", "asked")


def test_a_refusal_says_why_and_the_item_waits_again(giver, other):
    plan, item = blocked_plan(giver)
    second = asked(plan, item, giver, other)
    send = address(plan, "answer_second", second=second.pk)
    page(other).post(send, {"answer": "refuse", "why": "no"})
    assert SecondSignature.objects.get().state == "asked"
    page(other).post(send, {"answer": "refuse", "why": "Hay una alternativa sin riesgo"})
    item.refresh_from_db()
    assert (item.decision, SecondSignature.objects.get().state) == ("pending", "refused")
    assert "Hay una alternativa sin riesgo" in page(giver).get(address(plan)).content.decode()
    assert RuleEvent.objects.filter(what="co_refused", user=other).count() == 1
    asked(plan, item, giver, other)


def test_while_the_answer_is_awaited_nothing_is_signed_and_the_question_can_be_taken_back(giver, other):
    plan, item = blocked_plan(giver)
    second = asked(plan, item, giver, other)
    services.accept_rest(plan_id=plan.pk, doctor=giver)
    plan.refresh_from_db()
    with pytest.raises(PlanError, match="firme también"):
        services.sign(plan_id=plan.pk, doctor=giver, revision=plan.revision)
    assert "la firma de un colega" in page(giver).get(address(plan)).content.decode()
    page(giver).post(address(plan, "answer_second", second=second.pk), {"answer": "take_back"})
    plan.refresh_from_db()
    assert services.sign(plan_id=plan.pk, doctor=giver, revision=plan.revision).status == "signed"


def test_nobody_is_the_second_signer_of_an_own_item_nor_signs_in_another_s_place(giver, other):
    plan, item = blocked_plan(giver)
    with pytest.raises(PlanError, match="colega"):
        asked(plan, item, giver, giver)
    second = asked(plan, item, giver, other)
    for somebody in (giver, a_doctor("Dra. Tercera")):
        with pytest.raises(PlanError, match="otro médico"):
            cosigning.sign(second_id=second.pk, doctor=somebody)
    with pytest.raises(PlanError, match="Solo un médico"):
        cosigning.sign(second_id=second.pk, doctor=a_user("dietitian"))
    item.refresh_from_db()
    assert item.decision == "pending"


def test_the_database_holds_it_too(giver, other):
    plan, item = blocked_plan(giver)
    taken = {"decision": "accepted", "decided_by": giver, "decided_at": plan.created_at, "reason_code": "risk_accepted"}
    for second in (None, giver):
        with pytest.raises(IntegrityError), transaction.atomic():
            plan.items.filter(pk=item.pk).update(**taken, second_signer=second)
    question = asked(plan, item, giver, other)
    cosigning.sign(second_id=question.pk, doctor=other)
    with pytest.raises(DatabaseError), transaction.atomic():
        SecondSignature.objects.filter(pk=question.pk).update(state="refused", answer="no")


def test_only_a_blocked_item_that_waits_is_asked_about_and_only_once(giver, other):
    plan, item = blocked_plan(giver)
    with pytest.raises(PlanError, match="bloqueado"):
        asked(plan, item_of(plan, "diet:low_fodmap"), giver, other)
    asked(plan, item, giver, other)
    with pytest.raises(PlanError, match="Ya se ha preguntado"):
        asked(plan, item, giver, other)


def test_a_decision_taken_back_takes_the_second_signature_with_it(giver, other):
    plan, item = blocked_plan(giver)
    cosigning.sign(second_id=asked(plan, item, giver, other).pk, doctor=other)
    services.undecide(plan_id=plan.pk, item_id=item.pk, doctor=giver)
    item.refresh_from_db()
    assert (item.decision, item.second_signer) == ("pending", None)

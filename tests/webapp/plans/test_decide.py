"""Each decision and its refusal: accept, edit, reject, override, add, accept the rest."""

import pytest

from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, an_allergy, content, item_of, ppi
from webapp.plans import deciding, selectors
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db


def decide(plan, doctor, decision, **options):
    return deciding.decide_item(
        plan_id=plan.pk, item_id=plan.items.first().pk, doctor=doctor, decision=decision, **options
    )


def test_an_accepted_item_names_who_and_when_and_raises_the_revision():
    doctor = a_doctor()
    plan = a_plan(a_patient())
    item = decide(plan, doctor, "accepted")
    plan.refresh_from_db()
    assert (item.decision, item.decided_by, plan.revision) == ("accepted", doctor, 1)
    assert item.decided_at is not None


def test_an_edited_item_keeps_what_the_engine_said():
    plan = a_plan(a_patient())
    item = decide(plan, a_doctor(), "edited", final={"patient_text": {"es": "Una al día"}})
    assert item.content["patient_text"] == {}
    assert selectors.words_of(item)["patient_text"] == {"es": "Una al día"}


def test_an_edit_changes_something():
    with pytest.raises(PlanError):
        decide(a_plan(a_patient()), a_doctor(), "edited")


@pytest.mark.parametrize("reason", ["", "because", "risk_accepted"])
def test_a_rejection_has_a_reason_of_the_list(reason):
    with pytest.raises(PlanError):
        decide(a_plan(a_patient()), a_doctor(), "rejected", reason_code=reason)


@pytest.mark.parametrize("state", ["held", "blocked"])
@pytest.mark.parametrize("given", [{}, {"reason_code": "risk_accepted"}, {"note": "Sé lo que hago"}])
def test_held_and_blocked_items_are_not_taken_as_they_are(state, given):
    with pytest.raises(PlanError):
        decide(a_plan(a_patient(), ppi(state)), a_doctor(), "accepted", **given)


@pytest.mark.parametrize("state", ["held", "blocked"])
def test_a_reason_and_a_written_justification_override(state):
    plan = a_plan(a_patient(), ppi(state))
    item = decide(plan, a_doctor(), "accepted", reason_code="known_otherwise", note="Tiene la regla: me lo ha dicho")
    assert item.decision == "accepted"


def test_a_second_doctor_is_told_that_the_first_decided_before_her():
    first, second = a_doctor("Dra. Vidal"), a_doctor("Dr. Salas")
    plan = a_plan(a_patient())
    decide(plan, first, "accepted", was="pending")
    with pytest.raises(PlanError, match="Vidal"):
        decide(plan, second, "rejected", reason_code="not_indicated", was="pending")
    assert decide(plan, second, "rejected", reason_code="not_indicated", was="accepted").decided_by == second


def test_an_item_of_another_plan_is_not_decided_through_this_one():
    mine, other = a_plan(a_patient()), a_plan(a_patient("Marina", "Ortega Rey"))
    with pytest.raises(PlanError):
        deciding.decide_item(plan_id=mine.pk, item_id=other.items.get().pk, doctor=a_doctor(), decision="accepted")


def test_a_decision_can_be_taken_back_until_the_signature():
    plan, doctor = a_plan(a_patient()), a_doctor()
    item = decide(plan, doctor, "accepted")
    deciding.undecide(plan_id=plan.pk, item_id=item.pk, doctor=doctor)
    item.refresh_from_db()
    assert (item.decision, item.decided_by) == ("pending", None)


def test_an_item_added_by_hand_is_released_and_can_be_taken_back():
    plan, doctor = a_plan(a_patient()), a_doctor()
    item = deciding.add_item(plan_id=plan.pk, doctor=doctor, content=content("test:fit"))
    assert (item.decision, item.decided_by) == ("added", doctor)
    deciding.undecide(plan_id=plan.pk, item_id=item.pk, doctor=doctor)
    assert item_of(plan, "test:fit") is None


def test_what_is_in_the_plan_is_not_added_again():
    plan = a_plan(a_patient(), ppi("blocked"))
    with pytest.raises(PlanError):
        deciding.add_item(plan_id=plan.pk, doctor=a_doctor(), content=ppi())


def test_accepting_the_rest_leaves_held_and_blocked_alone():
    doctor = a_doctor()
    items = (ppi(), content("test:fit"), content("rx:a", "held"), content("rx:b", "blocked"), content("alert:x"))
    plan = a_plan(a_patient(), *items, seen_by=doctor)
    assert deciding.accept_rest(plan_id=plan.pk, doctor=doctor) == 2
    assert set(plan.items.filter(decision="pending").values_list("code", flat=True)) == {"rx:a", "rx:b", "alert:x"}


def test_the_rest_is_not_accepted_unseen():
    plan, doctor = a_plan(a_patient(), ppi(), content("test:fit")), a_doctor()
    deciding.mark_seen(user=doctor, items=plan.items.all()[:1])
    with pytest.raises(PlanError):
        deciding.accept_rest(plan_id=plan.pk, doctor=doctor)


def test_what_another_doctor_saw_does_not_count():
    plan, doctor = a_plan(a_patient(), seen_by=a_doctor("Dr. Salas")), a_doctor()
    with pytest.raises(PlanError):
        deciding.accept_rest(plan_id=plan.pk, doctor=doctor)


def test_the_rest_is_not_accepted_while_the_first_tier_is_open():
    patient, doctor = a_patient(), a_doctor()
    plan = a_plan(patient, seen_by=doctor)
    an_allergy(patient)
    with pytest.raises(PlanError):
        deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    assert not plan.items.exclude(decision="pending").exists()

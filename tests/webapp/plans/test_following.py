"""The follow-ups of a plan become reminders once it is signed for good, and go when it no longer stands."""

from datetime import timedelta

import pgtrigger
import pytest
from django.utils import timezone

from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, content, later, ppi
from webapp.alerts.models import Reminder
from webapp.plans import deciding, following, undoing
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db


def a_follow_up(**changes):
    return content("fu:review_4w", **{"after_days": 28, "patient_text": {"es": "Cuéntenos cómo está"}, **changes})


def signed(patient, *items):
    doctor = a_doctor()
    plan = a_plan(patient, *items, seen_by=doctor)
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1)
    plan.refresh_from_db()
    return plan


def run(plan=None, minutes=10):
    return following.follow_up(timezone.now() + timedelta(minutes=minutes))


def test_a_follow_up_is_due_on_its_day_at_nine_with_the_patients_words():
    plan = signed(a_patient(), ppi(), a_follow_up(**{"with": "gerdq"}))
    assert run() == 1
    reminder = Reminder.objects.get()
    day = timezone.localdate(plan.signed_at) + timedelta(days=28)
    due = timezone.localtime(reminder.due_at)
    assert (due.date(), due.hour, due.minute) == (day, 9, 0)
    assert (reminder.patient_id, reminder.questionnaire) == (plan.patient_id, "gerdq")
    assert reminder.words == {"es": "Cuéntenos cómo está"}


def test_a_second_run_makes_nothing_anew():
    signed(a_patient(), a_follow_up())
    assert (run(), run()) == (1, 0)
    assert Reminder.objects.count() == 1


def test_a_signature_that_can_still_be_taken_back_makes_none():
    signed(a_patient(), a_follow_up())
    assert run(minutes=1) == 0


def test_it_is_told_some_days_before_where_the_clinic_says_so(settings):
    settings.REMIND_DAYS_BEFORE_FOLLOW_UP = 7
    plan = signed(a_patient(), a_follow_up())
    run()
    day = timezone.localdate(Reminder.objects.get().due_at)
    assert day == timezone.localdate(plan.signed_at) + timedelta(days=21)


@pytest.mark.parametrize("item", [ppi(), a_follow_up(after_days=None)])
def test_what_is_no_follow_up_or_has_no_day_makes_none(item):
    signed(a_patient(), item)
    assert run() == 0


def test_a_follow_up_the_doctor_rejected_makes_none():
    patient, doctor = a_patient(), a_doctor()
    plan = a_plan(patient, ppi(), a_follow_up(), seen_by=doctor)
    item = plan.items.get(kind="fu")
    deciding.decide_item(
        plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="rejected", reason_code="not_indicated"
    )
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    deciding.sign(plan_id=plan.pk, doctor=doctor, revision=2)
    assert run() == 0


def test_a_draft_makes_none():
    a_plan(a_patient(), a_follow_up())
    assert run() == 0


def test_what_came_of_a_plan_that_stands_no_longer_is_called_off():
    plan = signed(a_patient(), a_follow_up())
    run()
    with pgtrigger.ignore("plans.Plan:plans_signed_never_change"):
        Plan.objects.filter(pk=plan.pk).update(status="replaced")
    assert run() == 0
    assert Reminder.objects.get().outcome == "cancelled"


def test_a_plan_that_may_still_come_back_keeps_what_came_of_it():
    """Its successor is signed, the job runs, and the signature is taken back: nobody would make its reminders anew."""
    patient, doctor = a_patient(), a_doctor()
    first = later(signed(patient, a_follow_up()), 30)
    run()
    second = a_plan(patient, ppi(), seen_by=doctor)
    deciding.accept_rest(plan_id=second.pk, doctor=doctor)
    deciding.sign(plan_id=second.pk, doctor=doctor, revision=1)
    run(minutes=1)
    undoing.take_back(plan_id=second.pk, doctor=doctor)
    assert Reminder.objects.get(source=first.pk).settled_at is None
    deciding.sign(plan_id=second.pk, doctor=doctor, revision=Plan.objects.get(pk=second.pk).revision)
    run()
    assert Reminder.objects.get(source=first.pk).outcome == "cancelled"


def test_signed_again_after_taking_back_it_is_asked_for_again():
    plan = signed(a_patient(), a_follow_up())
    run()
    with pgtrigger.ignore("plans.Plan:plans_signed_never_change"):
        Plan.objects.filter(pk=plan.pk).update(status="replaced")
    run()
    with pgtrigger.ignore("plans.Plan:plans_signed_never_change"):
        Plan.objects.filter(pk=plan.pk).update(status="signed", revision=9)
    assert run() == 1
    assert Reminder.objects.filter(settled_at=None).count() == 1


def test_many_plans_take_as_many_queries_as_one(django_assert_max_num_queries):
    for _ in range(4):
        signed(a_patient(), a_follow_up())
    with django_assert_max_num_queries(13):  # three of them for the clinic's own offsets, two for what is watched
        assert run() == 4

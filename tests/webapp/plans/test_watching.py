"""What a doctor will watch and the patient does becomes a reminder, once the plan is signed; the rest is hers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from tests.webapp.people import a_patient_with_login
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, content, ppi
from webapp.alerts import services as alerts
from webapp.alerts.models import Reminder
from webapp.outbox.models import Message
from webapp.outbox.texts import TEXTS
from webapp.plans import deciding, following, monitoring, watching
from webapp.plans.models import Task

pytestmark = pytest.mark.django_db
SAMPLE = {"patient_text": {"es": "Una muestra de heces", "en": "A stool sample"}}


def watched(code="test:stool_antigen", patient=None, sign=True, **said):
    """A held item that a doctor takes and will watch, in a plan she signs that gives something beside it."""
    patient, doctor = patient or a_patient(), a_doctor()
    beside = content("advice:safety_net")
    plan = a_plan(patient, content(code, "held", waiting_for=["age"], **said), beside, seen_by=doctor)
    item, given = sorted(plan.items.all(), key=lambda each: each.code == "advice:safety_net")
    deciding.decide_item(plan_id=plan.pk, item_id=given.pk, doctor=doctor, decision="accepted")
    deciding.decide_item(
        plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="accepted", reason_code="will_monitor",
        note="Se mira en dos semanas", watch_days=20,
    )  # fmt: skip
    plan.refresh_from_db()
    if sign:
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    return Task.objects.get(patient=patient), doctor


def run(minutes=10):
    return following.follow_up(timezone.now() + timedelta(minutes=minutes))


def test_a_test_that_is_watched_reminds_the_patient_on_its_day():
    task, _doctor = watched(**SAMPLE)
    assert run() == 1
    reminder = Reminder.objects.get()
    due = timezone.localtime(reminder.due_at)
    assert (due.date(), due.hour) == (timezone.localdate() + timedelta(days=20), 9)
    assert (reminder.patient_id, reminder.words) == (task.patient_id, SAMPLE["patient_text"])
    assert run() == 0  # and once


@pytest.mark.parametrize("code", ["monitor:daily_diary", "monitor:gerdq"])
def test_sending_the_questionnaire_settles_its_reminder(code):
    task, _doctor = watched(code)
    run()
    name = code.partition(":")[2]
    alerts.done(patient_id=task.patient_id, questionnaire=name, now=timezone.now() + timedelta(days=30))
    assert Reminder.objects.get().outcome == "done"


@pytest.mark.parametrize("code", ["rx:ppi_standard_od_8w", "alert:pregnancy", "ref:endoscopy"])
def test_what_only_the_doctor_sees_to_tells_the_patient_nothing(code):
    watched(code)
    assert run() == 0
    assert not Reminder.objects.exists()


def test_nothing_is_said_before_the_plan_is_signed_for_good():
    watched(sign=False)
    assert run() == 0
    watched("test:other")
    assert run(minutes=1) == 0


def test_a_watch_waits_for_the_signature_of_its_own_patients_plan():
    watched(sign=False)
    task, _doctor = watched()
    run()
    assert {reminder.patient_id for reminder in Reminder.objects.all()} == {task.patient_id}


@pytest.mark.parametrize(
    ("day", "hour"),
    [(date(2026, 10, 24), 7), (date(2026, 10, 25), 8), (date(2027, 3, 27), 8), (date(2027, 3, 28), 7)],
)
def test_nine_in_the_morning_is_nine_on_the_clock_of_madrid_before_and_after_it_changes(day, hour):
    assert watching.morning_of(day) == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def test_a_watch_moved_to_another_day_leaves_one_reminder_and_a_settled_one_leaves_none():
    task, doctor = watched()
    run()
    first = Reminder.objects.get()
    monitoring.watch(
        plan=task.plan, what=task.what, title=task.title, doctor=doctor, days=40, today=timezone.localdate()
    )
    assert run() == 1
    first.refresh_from_db()
    assert first.outcome == "cancelled"
    monitoring.settle(task_id=task.pk, user=doctor, done=True, note="Negativo")
    run()
    assert not Reminder.objects.filter(settled_at=None).exists()


def test_the_message_names_neither_the_test_nor_why():
    patient = a_patient_with_login()
    watched(patient=patient, **SAMPLE)
    run()
    assert alerts.tell_due(timezone.now() + timedelta(days=21)) == 1
    message = Message.objects.get(template="task_due")
    assert message.link.endswith("/portal/")
    said = str(TEXTS[message.template].subject) + str(TEXTS[message.template].body) + message.key + message.link
    assert not any(word in said.casefold() for word in ("stool", "heces", "antigen", "muestra"))


def test_follow_ups_are_made_beside_it():
    patient = a_patient()
    watched(patient=patient)
    doctor = a_doctor()
    again = content("fu:review_4w", after_days=28, patient_text={"es": "Cuéntenos cómo está"})
    plan = a_plan(patient, ppi(), again, seen_by=doctor)
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1)
    assert run() == 2
    assert sorted(Reminder.objects.values_list("kind", flat=True)) == ["follow_up", "task"]

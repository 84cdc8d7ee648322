"""What is taken for long is looked at again, and whoever stopped reporting stands in the doctor's list: each once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webapp.access.world import on_the_shelf
from tests.webapp.plans.factories import a_doctor, a_patient, a_user, later, ppi
from tests.webapp.plans.signing import signed
from webapp.alerts import services as alerts
from webapp.alerts.models import Reminder
from webapp.alerts.services import Wanted
from webapp.clinic import services as clinic
from webapp.desk import selectors as desk
from webapp.outbox.models import Message
from webapp.patients.reaching import reached_by
from webapp.plans import following

pytestmark = pytest.mark.django_db
STRONG = ["proton_pump_inhibitors", "acid_suppressants"]
DAY = 24 * 60  # minutes
WEEK = 7 * DAY


def a_long_ppi(days=None, **changes):
    dose = ppi()["doses"][0] | {"duration_days": days}
    return ppi(classes=STRONG, doses=[dose], **changes)


def taken_for(weeks, item=None, **fields):
    """A plan signed so many weeks and a day ago: on the day itself the reminder comes at nine in the morning."""
    fields = {"email": None, **fields}
    return later(signed(a_patient(user=a_user("patient"), **fields), item or a_long_ppi()), weeks * WEEK + DAY)


def reviews():
    following.follow_up(timezone.now())
    return list(Reminder.objects.filter(kind="review"))


def listed(tab):
    doctor = a_doctor()
    entries = [one for one in desk.entries_for(doctor) if tab in one.tabs]
    return [reason.words for row in desk.rows_of(doctor, entries, "es") for reason in row.reasons]


def test_a_strong_acid_suppressant_taken_for_eight_weeks_is_looked_at_again_once():
    plan = taken_for(8)
    [one] = reviews()
    assert (one.source, one.patient_id) == (plan.pk, plan.patient_id)
    assert [pk.pk for pk in reviews()] == [one.pk]
    [words] = listed("reviews")
    assert "por revisar" in words


@pytest.mark.parametrize(
    ("weeks", "item"),
    [(7, a_long_ppi()), (9, a_long_ppi(days=28)), (9, ppi(classes=["antacids"])), (9, ppi(classes=[]))],
    ids=["not yet", "ended before", "another class", "no class"],
)
def test_what_is_short_or_of_another_kind_is_not(weeks, item):
    taken_for(weeks, item)
    assert reviews() == []


def test_the_clinic_says_after_how_many_weeks():
    clinic.change(section="reminders", values=CLINIC | {"review_after": 2}, shown=0, actor=None)
    taken_for(3)
    assert len(reviews()) == 1


CLINIC = {
    "quiet_from": 22, "quiet_until": 8, "remind_diary_after": 3, "remind_questionnaire_after": 2,
    "remind_before_follow_up": 0, "remind_before_test": 0, "silent_after": 7, "slips_below": 70, "review_after": 8,
    "most_messages": 3,
}  # fmt: skip


def test_what_a_doctor_looked_at_leaves_the_list():
    taken_for(8)
    [one] = reviews()
    alerts.settle(one, a_doctor())
    assert listed("reviews") == []
    assert len(reviews()) == 1, "and is not asked for again"


def a_diary_at_rest(days, patient=None):
    """The job found the diary at rest three days after its last page."""
    found_at = timezone.now() - timedelta(days=days - 4)
    who = patient or a_patient()
    alerts.remind_all([Wanted(who.pk, f"diary:{who.pk}:{days}", found_at, Reminder.Kind.DIARY, questionnaire="diary")])
    return who


def test_who_stopped_reporting_for_a_week_stands_in_the_doctors_list_until_the_diary_comes():
    on_the_shelf()
    patient = a_diary_at_rest(9)
    a_diary_at_rest(5)
    assert listed("silent") == ["Sin diario desde hace 9 días"]
    alerts.done(patient_id=patient.pk, questionnaire="diary")
    assert listed("silent") == []


def test_a_patient_who_chose_notices_on_the_telephone_is_reached_by_the_account_alone(settings):
    patient = a_patient(user=a_user("patient"), channel="push", email=None)
    assert reached_by(patient) == {"channel": "push", "address": f"account-{patient.user_id}"}
    alerts.remind(patient.pk, "task:1", "task_due", timezone.now())
    assert (alerts.tell_due(), alerts.tell_due()) == (1, 0)
    assert Message.objects.get().channel == "push"
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"push": ""}
    assert reached_by(patient)["channel"] == "email"

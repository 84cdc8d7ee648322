"""Doses a patient ticks, week by week: what nobody told is neither taken nor left out, and who slips is listed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webapp.plans.factories import a_doctor, a_user, content, later, ppi
from tests.webapp.prescriptions.orders import a_known_patient, at, client_of, told_plan
from webapp.desk import selectors as desk
from webapp.prescriptions import due, medicines, services, showing
from webapp.prescriptions.models import Tick, Week
from webapp.prescriptions.services import PrescriptionError, Said

pytestmark = pytest.mark.django_db
DAY = 24 * 60  # minutes


def today():
    return timezone.localdate()


def a_plan_since(days, *items):
    """A plan signed ``days`` ago: something has been due on the days since, today among them."""
    return later(told_plan(a_known_patient(email=None), *(items or (ppi(),))), days * DAY - 60)


def whole(plan):
    found = medicines.plan_of(plan.patient_id)
    assert found is not None
    return found


def says(plan, back, taken, part="morning", place=0):
    item = plan.items.filter(kind__in=("rx", "supp")).first().pk
    said = Said(item, place, part, today() - timedelta(days=back), taken)
    services.tick(patient=plan.patient, said=said, user=plan.patient.user, today=today())


def counted(plan, **ticks):
    """Ticks of past days, written down as if they had been made in their time."""
    item = plan.items.first()
    rows = [
        Tick(item=item, patient=plan.patient, place=0, part="morning", day=today() - timedelta(days=back), taken=taken)
        for taken, days in ((True, ticks.get("yes", ())), (False, ticks.get("no", ())))
        for back in days
    ]
    Tick.objects.bulk_create(rows)
    return due.weeks_of(whole(plan), today())


def listed(doctor=None):
    doctor = doctor or a_doctor()
    entries = [one for one in desk.entries_for(doctor) if "slips" in one.tabs]
    return [reason.words for row in desk.rows_of(doctor, entries, "es") for reason in row.reasons]


def test_what_nobody_told_is_neither_taken_nor_left_out():
    plan = a_plan_since(8)
    [week, *_] = counted(plan, yes=[7, 6, 5], no=[4])
    assert (week.number, week.due, week.done, week.not_done, week.unknown) == (1, 7, 3, 1, 3)
    assert showing.finding([week]) == "Semana 1: 3 de 7 dosis tomadas; saltadas, 1; sin decir, 3"


def test_what_one_patient_said_is_not_among_what_another_did():
    first, second = a_plan_since(8), a_plan_since(8)
    counted(first, yes=[7])
    counted(second, no=[6])
    for plan, said in ((first, [True]), (second, [False])):
        assert list(due.ticks_of(plan.patient_id, today() - timedelta(days=8), today()).values()) == said


def test_a_week_of_which_nobody_said_anything_says_so():
    [week] = due.weeks_of(whole(a_plan_since(8)), today())
    assert week.unknown == week.due == 7
    services.count_weeks(today())
    assert not Week.objects.exists()
    assert listed() == []
    assert "Nadie ha dicho" in showing.finding([week])


def test_doses_are_due_from_the_day_after_the_signature_to_their_last_day_and_never_when_needed():
    short = ppi()["doses"][0] | {"duration_days": 3, "frequency": "twice daily"}
    needed = ppi()["doses"][0] | {"frequency": "as needed"}
    plan = whole(a_plan_since(8, ppi(doses=[short]), content("rx:other", doses=[needed])))
    assert [one.due for one in due.weeks_of(plan, today())] == [6]


def test_the_course_before_today_alone_is_counted():
    assert due.weeks_of(whole(a_plan_since(1)), today()) == []
    assert [one.due for one in due.weeks_of(whole(a_plan_since(3)), today())] == [2]


def test_who_told_and_took_too_little_is_listed_and_who_was_silent_is_not():
    slipping, steady, silent = a_plan_since(8), a_plan_since(8), a_plan_since(8)
    counted(slipping, yes=[7, 6], no=[5, 4, 3, 2])
    counted(steady, yes=[7, 6, 5, 4, 3, 2], no=[1])
    counted(silent, no=[7])
    services.count_weeks(today())
    [words] = listed()
    assert "2 de 7" in words
    assert "de 1 no se sabe" in words


def test_counting_twice_keeps_one_line_and_a_late_tick_counts():
    plan = a_plan_since(8)
    counted(plan, yes=[7, 6, 5, 4])
    assert services.count_weeks(today()) == 1
    says(plan, 3, False)
    services.count_weeks(today())
    week = Week.objects.get()
    assert (week.done, week.not_done) == (4, 1)


def test_the_weeks_of_one_patient_are_counted_though_those_of_another_are_kept_already():
    first, second = a_plan_since(30), a_plan_since(30)
    counted(first, yes=[29])
    services.count_weeks(today())
    counted(second, yes=[29])
    services.count_weeks(today())
    numbers = [list(Week.objects.filter(plan=plan).values_list("number", flat=True)) for plan in (first, second)]
    assert numbers[0] == numbers[1] == [1, 2, 3, 4]


def test_a_patient_ticks_changes_and_takes_back():
    plan = a_plan_since(3)
    client = client_of(plan.patient.user)
    page = client.get(at("day")).content.decode()
    assert "Omeprazol" in page
    form = {"place": "0", "part": "morning", "day": today().isoformat(), "taken": "yes"}
    item = plan.items.first().pk
    client.post(at("tick", item=item), form)
    assert Tick.objects.get().taken is True
    client.post(at("tick", item=item), form | {"taken": "no"})
    assert Tick.objects.get().taken is False
    client.post(at("tick", item=item), form | {"taken": ""})
    assert not Tick.objects.exists()


@pytest.mark.parametrize("change", [{"day": "2020-01-01"}, {"part": "night"}, {"place": "7"}, {"place": "x"}])
def test_what_is_not_due_is_not_ticked(change):
    plan = a_plan_since(20)
    form = {"place": "0", "part": "morning", "day": today().isoformat(), "taken": "yes"} | change
    client_of(plan.patient.user).post(at("tick", item=plan.items.first().pk), form)
    assert not Tick.objects.filter(day__lt=today() - timedelta(days=7)).exists()
    assert Tick.objects.count() == (1 if "day" in change else 0)


def test_nobody_ticks_for_somebody_else_or_long_ago():
    plan, other = a_plan_since(20), a_plan_since(20)
    item = plan.items.first().pk
    with pytest.raises(PrescriptionError):
        says(plan, 9, True)
    said = Said(item, 0, "morning", today(), True)
    with pytest.raises(PrescriptionError):
        services.tick(patient=plan.patient, said=said, user=other.patient.user, today=today())
    client_of(other.patient.user).post(at("tick", item=item), {"place": "0", "part": "morning", "taken": "yes"})
    assert not Tick.objects.exists()


def test_the_chart_says_what_it_counts_and_gives_its_figures():
    plan = a_plan_since(15)
    counted(plan, yes=[14, 13, 12], no=[11])
    client = client_of(a_doctor())
    page = client.get(at("course", patient=plan.patient_id)).content.decode()
    for words in ("ni tomada ni saltada", "Ver como tabla", "del día siguiente a la firma", "14 dosis en 2 semanas"):
        assert words in page, words
    rows = client.get(at("figures", patient=plan.patient_id)).content.decode("utf-8-sig").splitlines()
    assert rows[0].split(";") == ["Semana", "Primer día", "Último día", "Previstas", "Tomadas", "Saltadas", "Sin decir"]
    assert rows[1].split(";")[3:] == ["7", "3", "1", "3"]


@pytest.mark.parametrize("role", ["front_desk", "patient", "administrator"])
def test_the_course_is_for_clinicians(role):
    plan = a_plan_since(8)
    assert client_of(a_user(role)).get(at("course", patient=plan.patient_id)).status_code == 404

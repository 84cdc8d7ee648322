"""A version in shadow: what it would have said is kept, once, for those who may know; nobody's plan hears of it."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rules import trials
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, this_day
from tests.webapp.plans.test_pilot import IBARRA, a_pilot, assessed, of
from webapp.alerts.models import Alert
from webapp.outbox.models import Message
from webapp.plans import tasks as plans
from webapp.plans.models import Evaluation, Plan, PlanItem, Task
from webapp.studio import shadowing, tasks, weighing
from webapp.studio.models import ShadowCase

pytestmark = pytest.mark.django_db
ADULTS, NOBODY = "applies: age >= 18 years", "applies: age >= 110 years"


@pytest.fixture(autouse=True)
def library():
    return clinic.publish()


def in_shadow(**more):
    """A dyspepsia that asks for no test of Helicobacter any more, in the shadow of the one that does."""
    return a_pilot(lambda text: text.replace(ADULTS, NOBODY), kind="shadow", **more)


def go_on(**more):
    return shadowing.go_on(pause=lambda: False, **more)


def test_it_is_kept_in_what_the_plan_would_have_been_another_what_harms_first():
    trial, evaluation = in_shadow(), assessed(of(None))
    assert go_on() is False
    case = ShadowCase.objects.get()
    assert (case.trial, case.evaluation, case.patient, case.fault) == (trial, evaluation, evaluation.patient, "")
    gone = {one["item"] for one in case.differences if one["aspect"] == "gone"}
    assert "test:h_pylori_ubt_or_sat" in gone
    assert all(rule.startswith("dyspepsia.") for one in case.differences for rule in one["rules"])
    assert case.weight == (2 if any(one["harm"] for one in case.differences) else 1)


def test_nothing_of_it_reaches_a_plan_an_alert_a_task_or_a_message():
    in_shadow()
    assessed(of(None))
    said = (Evaluation, Plan, PlanItem, Alert, Task, Message)
    before = [list(model.objects.order_by("pk").values()) for model in said]
    jobs = ProcrastinateJob.objects.count()
    go_on()
    assert ShadowCase.objects.count() == 1
    assert [list(model.objects.order_by("pk").values()) for model in said] == before
    assert ProcrastinateJob.objects.count() == jobs


def test_an_assessment_is_put_to_it_once_however_often_the_job_runs():
    in_shadow()
    patient = of(None)
    evaluation = assessed(patient)
    go_on()
    go_on()
    assert shadowing.put(trials.Trial.objects.get(), evaluation, evaluation.release) is None  # another worker was first
    assert ShadowCase.objects.count() == 1
    clinic.says(patient, gi_bleeding=True)
    assessed(patient)
    go_on()
    assert ShadowCase.objects.count() == 2


def test_a_job_that_is_killed_in_the_middle_is_gone_on_with(monkeypatch):
    in_shadow()
    for _ in range(3):
        assessed(of(None))
    real, done = shadowing.put, []

    def killed(*asked):
        if len(done) == 1:
            raise KeyboardInterrupt
        done.append(real(*asked))

    monkeypatch.setattr(shadowing, "put", killed)
    with pytest.raises(KeyboardInterrupt):
        go_on()
    assert ShadowCase.objects.count() == 1
    monkeypatch.setattr(shadowing, "put", real)
    assert go_on() is False
    assert ShadowCase.objects.values("evaluation").distinct().count() == 3


def test_it_steps_aside_for_an_assessment_that_waits_and_comes_back():
    in_shadow()
    patient = of(None)
    assessed(patient)
    plans.enqueue(patient_id=patient.pk, because="questionnaire", today=this_day())
    tasks.shadow()
    assert not ShadowCase.objects.exists()
    again = ProcrastinateJob.objects.get(task_name="studio.shadow")
    assert (again.queue_name, again.priority, again.scheduled_at > timezone.now()) == ("shadow", -10, True)
    ProcrastinateJob.objects.filter(queue_name="assess").delete()
    ProcrastinateJob.objects.filter(pk=again.pk).update(status="succeeded")
    tasks.shadow()
    assert ShadowCase.objects.count() == 1
    assert not ProcrastinateJob.objects.filter(task_name="studio.shadow", status="todo").exists()


def test_it_goes_on_for_so_long_and_leaves_the_rest_for_the_next_turn():
    in_shadow()
    assessed(of(None))
    assert go_on(seconds=0.0) is True
    assert not ShadowCase.objects.exists()


def test_only_whom_it_is_for_and_only_while_it_runs():
    vidal = a_doctor()
    before = assessed(of(vidal))
    trial = in_shadow(doctors=(str(vidal.pk),))
    hers, his = assessed(of(vidal)), assessed(of(a_doctor("Dr. Soler")))
    go_on()
    put = set(ShadowCase.objects.values_list("evaluation", flat=True))
    assert put == {before.pk, hers.pk}  # the trial began an hour ago
    assert his.pk not in put
    trials.stop(trial_id=trial.pk, author=IBARRA, reason="Basta")
    assessed(of(vidal))
    assert go_on() is False
    assert ShadowCase.objects.count() == 2


def test_a_share_of_none_is_put_to_nobody():
    in_shadow(share=0)
    assessed(of(None))
    go_on()
    assert not ShadowCase.objects.exists()


def test_what_came_by_a_pilot_is_not_compared_with_the_shadow_of_what_is_in_force():
    a_pilot(name="reflux")
    in_shadow()
    assert assessed(of(None)).trial
    go_on()
    assert not ShadowCase.objects.exists()


def test_a_case_it_cannot_evaluate_is_kept_as_such_and_stops_no_other(monkeypatch):
    in_shadow()
    first = assessed(of(None))
    second = assessed(of(None))
    real = shadowing.run

    def run(case, release):
        if case == first.case and not ShadowCase.objects.exists():
            raise ValueError("said by a patient")
        return real(case, release)

    monkeypatch.setattr(shadowing, "run", run)
    go_on()
    faults = dict(ShadowCase.objects.values_list("evaluation", "fault"))
    assert faults == {first.pk: "ValueError", second.pk: ""}


def test_it_stands_sealed_never_changes_and_goes_a_year_after_its_trial():
    trial = in_shadow()
    assessed(of(None))
    go_on()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM studio_shadowcase")
        assert "h_pylori" not in str(cursor.fetchall())
    with pytest.raises(DatabaseError), transaction.atomic():
        ShadowCase.objects.update(weight=0)
    assert shadowing.forget(trial.ends_at + timedelta(days=360)) == 0
    assert shadowing.forget(trial.ends_at + timedelta(days=366)) == 1


def item(code, state="proposed", **more):
    kind = code.partition(":")[0]
    rules = [{"protocol": "p", "rule": more.pop("rule", "r")}]
    return {"code": code, "kind": kind, "state": state, "urgency": "none", "doses": [], "reasons": rules} | more


def dose(amount, days=28):
    said = {"ingredient": "omeprazole", "dose": f"{amount} mg", "daily": str(amount), "unit": "mg"}
    return said | {"duration_days": days}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([], [], []),
        ([item("rx:a")], [item("rx:a", rule="other")], []),
        ([], [item("rx:a")], [("new", True)]),
        ([], [item("rx:a", "blocked")], [("new", False)]),
        ([], [item("diet:a")], [("new", False)]),
        ([item("rx:a")], [], [("gone", False)]),
        ([item("alert:a")], [], [("gone", True)]),
        ([item("ref:a")], [], [("gone", True)]),
        ([item("test:a", red_flag=True)], [], [("gone", True)]),
        ([item("rx:a", "blocked")], [item("rx:a")], [("state", True)]),
        ([item("rx:a")], [item("rx:a", "held")], [("state", False)]),
        ([item("ref:a")], [item("ref:a", "held")], [("state", True)]),
        ([item("ref:a", urgency="same_day")], [item("ref:a", urgency="soon")], [("urgency", True)]),
        ([item("ref:a")], [item("ref:a", urgency="soon")], [("urgency", False)]),
        ([item("rx:a", doses=[dose(20)])], [item("rx:a", doses=[dose(40)])], [("dose", True)]),
        ([item("rx:a", doses=[dose(40)])], [item("rx:a", doses=[dose(20)])], [("dose", False)]),
        ([item("rx:a", doses=[dose(20)])], [item("rx:a", doses=[dose(20, 56)])], [("dose", True)]),
        ([item("rx:a", doses=[dose(20)])], [item("rx:a", doses=[dose(20, None)])], [("dose", True)]),
        ([item("fu:a", after_days=7)], [item("fu:a", after_days=14)], [("delay", False)]),
    ],
)  # fmt: skip
def test_what_differs_is_told_by_aspect_and_weighed(before, after, said):
    found = weighing.differences(before, after)
    assert [(one["aspect"], one["harm"]) for one in found] == said


def test_what_could_harm_comes_first_and_names_the_rules_that_say_so():
    before = [item("advice:z"), item("alert:b", rule="old")]
    after = [item("advice:a", rule="new")]
    found = weighing.differences(before, after)
    assert [one["item"] for one in found] == ["alert:b", "advice:a", "advice:z"]
    assert [one["rules"] for one in found] == [["p.old"], ["p.new"], ["p.r"]]
    assert json.dumps(found)

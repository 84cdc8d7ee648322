"""From the record to a draft, through the shipped protocols: once for the same facts, again for others, never lost."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override
from procrastinate.contrib.django.models import ProcrastinateJob

from rules.models import Release
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, item_of, this_day
from webapp.alerts import services as alerts
from webapp.alerts.models import Alert
from webapp.patients import services as patients
from webapp.patients.models import Observation
from webapp.plans import deciding, running, tasks
from webapp.plans.assessment import assess, reassess_bytes
from webapp.plans.models import Evaluation, Plan
from webapp.plans.occasions import occasion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def library():
    return clinic.publish()


def assessed(patient, because="questionnaire", today=None):
    return assess(patient_id=patient.pk, because=because, today=today or this_day())


def test_a_dyspeptic_patient_gets_test_and_treat_as_a_draft_and_nothing_is_released(library):
    patient = clinic.a_dyspeptic_woman()
    evaluation = assessed(patient)
    plan = Plan.objects.get(patient=patient)
    assert (evaluation.status, evaluation.error, plan.status) == ("ok", "", "draft")
    assert evaluation.release.digest == library
    assert item_of(plan, "test:h_pylori_ubt_or_sat")
    assert set(plan.items.values_list("decision", flat=True)) == {"pending"}


def test_warfarin_brings_its_alert_and_its_test():
    evaluation = assessed(clinic.on_warfarin())
    assert {"alert:warfarin_metronidazole", "test:inr_3_5d"} <= clinic.codes(evaluation)


def test_the_same_facts_give_the_same_evaluation_and_no_second_draft():
    patient = clinic.a_dyspeptic_woman()
    first, second = assessed(patient), assessed(patient, "again")
    assert first.pk == second.pk
    assert Plan.objects.count() == 1


def test_two_people_with_the_same_facts_have_an_evaluation_each():
    one, other = clinic.a_dyspeptic_woman(), clinic.a_dyspeptic_woman()
    assert [assessed(patient).patient for patient in (one, other)] == [one, other]


def test_another_day_with_the_same_items_is_another_evaluation_and_no_second_draft():
    patient = clinic.a_dyspeptic_woman()
    assessed(patient)
    assessed(patient, today=this_day() + timedelta(days=1))
    assert (Evaluation.objects.count(), Plan.objects.count()) == (2, 1)


def test_a_job_that_comes_late_assesses_as_of_the_day_it_runs():
    patient = clinic.a_dyspeptic_woman()
    tasks.assess(patient_id=str(patient.pk), because="questionnaire", today="2020-01-31")
    assert Evaluation.objects.get(patient=patient).case["as_of"] == timezone.localdate().isoformat()


def test_new_facts_make_a_new_draft_in_place_of_the_old_and_keep_what_was_decided():
    patient, doctor = clinic.a_dyspeptic_woman(), a_doctor()
    assessed(patient)
    old = Plan.objects.get()
    kept = item_of(old, "test:h_pylori_ubt_or_sat")
    deciding.decide_item(plan_id=old.pk, item_id=kept.pk, doctor=doctor, decision="accepted")
    clinic.says(patient, heartburn_days=6, regurgitation_days=5)
    assessed(patient)
    old.refresh_from_db()
    new = Plan.objects.get(status="draft")
    assert old.status == "discarded"
    carried = item_of(new, "test:h_pylori_ubt_or_sat")
    if carried.content == kept.content:
        assert (carried.decision, carried.decided_by) == ("accepted", doctor)
    else:
        assert carried.decision == "pending"


def test_after_signing_the_same_items_make_no_draft():
    patient, doctor = clinic.a_dyspeptic_woman(), a_doctor()
    assessed(patient)
    plan = Plan.objects.get()
    for item in plan.items.exclude(kind__in=["dx", "alert"]):
        held = item.state != "proposed"
        extra = {"reason_code": "known_otherwise", "note": "Lo sé por teléfono"} if held else {}
        deciding.decide_item(plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="accepted", **extra)
    plan.refresh_from_db()
    deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    assessed(patient, today=this_day() + timedelta(days=2))
    assert not Plan.objects.filter(status="draft").exists()


def test_a_red_flag_raises_one_alert_however_often_it_is_assessed():
    patient = clinic.a_dyspeptic_woman()
    clinic.says(patient, dysphagia=True)
    evaluation = assessed(patient)
    urgent = [
        item for item in json.loads(evaluation.result)["items"] if item["kind"] == "alert" and item["urgency"] != "none"
    ]
    assert urgent
    assessed(patient, today=this_day() + timedelta(days=1))
    alerts = Alert.objects.filter(patient=patient, status="open")
    assert set(alerts.values_list("code", flat=True)) == {item["code"] for item in urgent}
    assert all(alert.times == 1 for alert in alerts)


# --- a record that changes beside an open draft


def waiting(patient):
    return list(ProcrastinateJob.objects.filter(args__patient_id=str(patient.pk)).order_by("pk"))


def written(patient, *names):
    for name in names:
        patients.add_medication(patient=patient, code="", text=name, actor=None)
        tasks.after_change(patient_id=patient.pk, what="medication", today=this_day())


def test_what_is_written_in_one_go_is_assessed_once_within_a_minute_and_says_why():
    patient = clinic.a_dyspeptic_woman()
    assessed(patient)
    written(patient, "uno", "dos", "tres")
    jobs = waiting(patient)
    assert all(timedelta(0) < job.scheduled_at - timezone.now() < timedelta(seconds=30) for job in jobs)
    for job in jobs:
        tasks.assess(**job.args)
    newest = Evaluation.objects.order_by("-created_at")
    assert [one.because for one in newest] == ["record:medication", "questionnaire"]
    assert len(newest[0].case["medications"]) == 3


def test_who_was_never_assessed_is_not_assessed_for_a_change_of_the_record():
    patient = clinic.a_dyspeptic_woman()
    written(patient, "uno")
    assert waiting(patient) == []


def test_a_change_that_was_undone_has_nothing_assessed():
    patient = clinic.a_dyspeptic_woman()
    assessed(patient)
    with transaction.atomic():
        written(patient, "uno")
        transaction.set_rollback(True)
    assert waiting(patient) == []


@pytest.mark.parametrize(
    ("because", "said"),
    [
        ("record:allergy", "tras un cambio en las alergias"),
        ("record:something new", "tras un cambio en la historia"),
        ("something new", ""),
    ],
)
def test_the_reason_is_said_as_far_as_it_has_words(because, said):
    with override("es"):
        assert str(occasion(because)) == said


# --- alerts of a rule


def flagged(patient, today=None):
    assessed(patient, today=today)
    return [one for one in Alert.objects.filter(patient=patient).order_by("raised_at") if "alarm_upper" in one.rule]


def closed(alert, doctor):
    return alerts.close(alert_id=alert.pk, actor=doctor, note="Endoscopia pedida")


def test_the_same_finding_again_after_it_was_settled_is_another_alert_and_the_first_keeps_its_note():
    patient, doctor = clinic.a_dyspeptic_woman(), a_doctor()
    clinic.says(patient, dysphagia=True)
    [first] = flagged(patient)
    closed(first, doctor)
    assert [one.status for one in flagged(patient, this_day() + timedelta(days=1))] == ["closed"]
    later = timezone.now() + timedelta(days=1)
    again = [patients.Reading("dysphagia", True, later, "questionnaire")]
    patients.record_observations(patient=patient, rows=again, actor=None)
    day = timezone.localdate(later)
    first, second = flagged(patient, day)
    assert (first.status, first.note, first.closed_by) == ("closed", "Endoscopia pedida", doctor)
    assert (second.status, second.times) == ("open", 1)
    assert len(flagged(patient, day + timedelta(days=1))) == 2


# --- when it fails


def test_a_failing_evaluation_keeps_the_answers_and_calls_somebody():
    patient = clinic.a_dyspeptic_woman()
    answers = Observation.objects.filter(patient=patient).count()
    clinic.says(patient, months_since_onset=[1, 2])  # no number: the engine refuses the case
    evaluation = assessed(patient)
    assert (evaluation.status, evaluation.result) == ("failed", None)
    assert evaluation.error.startswith("C")
    assert Observation.objects.filter(patient=patient).count() == answers + 1
    assert Alert.objects.get(patient=patient).rule == "not_assessed"
    assert not Plan.objects.exists()


def test_a_fault_of_the_engine_itself_is_told_and_not_thrown(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("5 % of Marina's weight")

    monkeypatch.setattr(running, "evaluate", broken)
    evaluation = assessed(clinic.a_dyspeptic_woman())
    assert (evaluation.status, evaluation.error) == ("failed", "ZeroDivisionError")


def test_an_assessment_that_works_later_closes_the_call():
    patient = clinic.a_dyspeptic_woman()
    clinic.says(patient, months_since_onset=[1])
    assessed(patient)
    clinic.says(patient, months_since_onset=4)
    assessed(patient)
    assert Alert.objects.get(not_assessed=True).status == "closed"


# --- the same bytes


def test_running_again_gives_the_same_bytes():
    evaluation = assessed(clinic.on_warfarin())
    assert reassess_bytes(evaluation) == evaluation.result.encode()


def test_the_command_finds_a_result_that_is_not_what_the_engine_says(capsys):
    evaluation = assessed(clinic.on_warfarin())
    call_command("verify_evaluations")
    assert "1 evaluations gave the same bytes" in capsys.readouterr().out
    forged = Evaluation.objects.create(
        patient=evaluation.patient,
        release=Release.objects.get(),
        case=evaluation.case,
        case_sha256=evaluation.case_sha256,
        result=evaluation.result.replace("proposed", "blocked", 1),
        result_sha256=evaluation.result_sha256,
        status="ok",
        because="forged",
    )
    with pytest.raises(CommandError, match=str(forged.pk)):
        call_command("verify_evaluations")


def test_nobody_said_anything_nothing_is_taken_for_normal():
    evaluation = assessed(a_patient(birth_date=date(1980, 5, 4)))
    assert evaluation.case["allergies"] is None
    assert not any(code.startswith("rx:") for code in clinic.codes(evaluation))

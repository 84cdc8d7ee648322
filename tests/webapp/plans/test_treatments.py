"""What was tried before reaches the engine: what failed is not prescribed again, and silence is not taken for a no."""

from datetime import timedelta

import pgtrigger
import pytest
from django.utils import timezone

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, content, later, ppi, this_day
from tests.webapp.plans.signing import signed
from tests.webapp.plans.treating import a_shelf_that_remembers
from webapp.patients import services as patients
from webapp.patients.selectors import contents_of
from webapp.plans import case as cases
from webapp.plans import freshness, treatments
from webapp.plans.assessment import assess
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db


def tried(patient, today=None):
    return cases.build(patient, today or this_day()).get("previous_treatments")


def before(patient, outcome="failed", code="omeprazole", **said):
    """Write a treatment of earlier, told by somebody who told of all of them."""
    said = {"text": code or "unas cápsulas", "actor": None, **said}
    line = patients.add_previous_treatment(patient=patient, code=code, outcome=outcome, **said)
    patients.record_whole(patient=patient, topic="previous_treatments", actor=None)
    return line


def aged(plan, days):
    """Let days pass since a signature: the same hour by the wall, on both sides of a change of the clock."""
    with pgtrigger.ignore("plans.Plan:plans_signed_never_change"):
        Plan.objects.filter(pk=plan.pk).update(signed_at=timezone.localtime(plan.signed_at) - timedelta(days=days))


def test_nobody_asked_is_no_answer_and_none_is_one():
    patient = a_patient()
    assert tried(patient) is None
    patients.record_none(patient=patient, topic="previous_treatments", actor=None)
    assert tried(patient) == []


def test_a_treatment_is_told_with_what_came_of_it_and_the_days_that_are_known():
    patient = a_patient()
    before(patient, started="3/5/2024", ended="2024", reason="ardor")
    [entry] = tried(patient)
    assert entry == {
        "code": "omeprazole", "text": "omeprazole", "result": "failed", "start": "2024-05-03", "for": "ardor",
    }  # fmt: skip


def test_what_was_entered_in_error_or_corrected_counts_no_more():
    patient, doctor = a_patient(), a_doctor()
    line = before(patient)
    assert [one["result"] for one in tried(patient)] == ["failed"]
    right = patients.correct(line=line, actor=doctor, outcome="worked")
    assert [one["result"] for one in tried(patient)] == ["worked"]
    patients.enter_in_error(line=right, actor=doctor)
    assert tried(patient) is None


def test_a_medicine_that_was_stopped_was_tried_and_nobody_knows_what_came_of_it():
    patient, doctor = a_patient(), a_doctor()
    line = patients.add_medication(patient=patient, code="omeprazole", text="Losec", actor=doctor)
    assert tried(patient) is None
    patients.stop_medication(medication=line, ended_on=this_day(), actor=doctor)
    first, last = tried(patient)
    assert (first["code"], first["result"], first["end"]) == ("omeprazole", "unknown", this_day().isoformat())
    assert last == {"code": None, "text": "?"}  # nobody said that this is all
    before(patient, "not_tolerated")
    assert [one["result"] for one in tried(patient)] == ["not_tolerated"]


def test_a_list_somebody_is_not_sure_of_is_never_complete():
    patient = a_patient()
    before(patient)
    row = patients.Reading("previous_treatments", {"unknown": True}, timezone.now(), "questionnaire")
    patients.record_observations(patient=patient, rows=[row], actor=None)
    assert [one["code"] for one in tried(patient)] == ["omeprazole", None]


@pytest.mark.parametrize(("days", "over"), [(55, False), (56, True)])
def test_what_a_signed_plan_prescribed_counts_as_given_once_its_time_has_passed(days, over):
    patient = a_patient()
    plan = signed(patient, ppi())  # for 56 days
    aged(plan, days)
    given = treatments.given_by_plans(patient, this_day())
    assert [one["code"] for one in given] == (["ppi_standard_od_8w"] if over else [])
    if over:
        start = timezone.localdate(plan.signed_at) - timedelta(days=days)
        assert (given[0]["start"], given[0]["end"]) == (start.isoformat(), this_day().isoformat())
        assert given[0]["result"] == "unknown"
    assert treatments.given_by_plans(a_patient(), this_day()) == []  # nor was it given to anybody else


def test_a_treatment_without_an_end_is_over_when_the_next_plan_has_it_no_more():
    patient = a_patient()
    endless = content("rx:peg_laxative", doses=[ppi()["doses"][0] | {"duration_days": None}])
    aged(signed(patient, endless), 20)
    assert treatments.given_by_plans(patient, this_day()) == []
    aged(signed(patient, endless), 10)
    assert treatments.given_by_plans(patient, this_day()) == []  # it goes on
    later(signed(patient, content("advice:small_meals")))
    assert [one["code"] for one in treatments.given_by_plans(patient, this_day())] == ["peg_laxative"]


def test_a_draft_gave_nothing():
    patient = a_patient()
    clinic.nothing(patient, "previous_treatments")
    assert tried(patient) == []


def test_a_new_line_is_a_check_not_made_yet():
    patient = a_patient()
    mark = freshness.mark(contents_of(patient))
    before(patient)
    assert freshness.mark(contents_of(patient)) != mark


@pytest.fixture
def marina():
    a_shelf_that_remembers()
    patient = a_patient()
    clinic.nothing(patient, "allergies", "medications", "history", "family_history")
    clinic.says(patient, heartburn_days=5, gi_bleeding=False)
    return patient


def proposed(patient):
    evaluation = assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    return "rx:triple" in clinic.codes(evaluation, "proposed"), "rx:triple" in clinic.codes(evaluation, "held")


@pytest.mark.parametrize(
    ("outcome", "code", "result"),
    [
        ("failed", "omeprazole", (False, False)),
        ("failed", "triple", (False, False)),  # a regimen counts for each of its ingredients
        ("worked", "omeprazole", (True, False)),
        ("unknown", "omeprazole", (False, True)),
        ("failed", "amoxicillin", (True, False)),
        ("failed", "", (False, True)),  # words nobody has coded: it may have been that
        ("failed", "medicine_of_2031", (False, True)),
    ],
)
def test_what_failed_is_not_prescribed_again_and_what_is_not_known_holds(marina, outcome, code, result):
    assert proposed(marina) == (False, True)  # nobody asked
    before(marina, outcome, code)
    assert proposed(marina) == result


def test_a_regimen_that_was_given_completes_the_history(marina):
    before(marina, "unknown", "triple")
    evaluation = assess(patient_id=marina.pk, because="record", today=this_day())
    assert evaluation.case["history"] == [{"code": "infection_treated", "regimen": "triple"}]
    assert evaluation.case["previous_treatments"][0]["regimen"] == "triple"


def test_a_history_nobody_asked_for_stays_open_behind_the_regimen():
    a_shelf_that_remembers()
    patient = a_patient()
    before(patient, "unknown", "triple")
    evaluation = assess(patient_id=patient.pk, because="record", today=this_day())
    assert evaluation.case["history"][1:] == [{"code": None, "text": "?"}]

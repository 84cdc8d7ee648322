"""What a page gathers about one patient is that patient's, though another has one of everything too."""

from dataclasses import replace

import pytest
from django.utils import timezone

from tests.webapp.access.routes import undone
from tests.webapp.access.world import WORDS
from webapp.alerts.models import Alert
from webapp.base.roles import Role
from webapp.desk import long_lists
from webapp.desk import record as sheets
from webapp.desk import selectors as desk
from webapp.intake import selectors as intake
from webapp.intake.models import QuestionnaireResponse
from webapp.patients import selectors as patients
from webapp.plans import noticing, papers, reviewing
from webapp.plans import selectors as plans
from webapp.plans.models import Plan, PlanItem, Task

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def whose(*many):
    """Return the patients to whom these rows belong."""
    return {row.patient_id for rows in many for row in rows}


@pytest.fixture
def doctor(world):
    return world.users[Role.DOCTOR]


def test_the_sheet_of_a_patient_holds_what_is_that_patients(world, doctor):
    own = world.own.patient
    sheet = sheets.sheet_of(doctor, own, language="en", today=TODAY, path="/")
    assert whose(sheet.plans, sheet.standing, sheet.alerts, sheet.consents) == {own.pk}
    assert (len(sheet.plans), len(sheet.standing), len(sheet.alerts), sheet.asked_total) == (2, 2, 1, 1)
    assert len(sheet.current) == 1
    care = sheet.record.care
    assert whose(care.contacts, care.procedures, care.encounters, care.reports, care.documents) == {own.pk}


def test_a_record_holds_the_lines_of_its_patient(world):
    own = world.own.patient
    record = patients.contents_of(own)
    lines = (record.allergies, record.medications, record.conditions, record.family_history)
    assert whose(record.observations, record.current.values(), *lines) == {own.pk}
    assert all(len(found) == 1 for found in lines)
    assert whose(patients.ledger_of(own)) == {own.pk}


@pytest.mark.parametrize("part", [long_lists.PLANS, long_lists.QUESTIONNAIRES])
def test_a_whole_list_is_of_one_patient_and_empty_for_who_may_not_read_it(part, world, doctor):
    reader = long_lists.Reader(doctor, "en", TODAY, "/")
    assert whose(long_lists.list_of(reader, world.own.patient, part, "1").page) == {world.own.patient.pk}
    reader = replace(reader, user=world.users[Role.FRONT_DESK])
    assert list(long_lists.list_of(reader, world.own.patient, part, "1").page) == []


def test_whoever_may_not_read_plans_and_alerts_finds_nothing_of_them_in_the_lines_of_the_worklist(world, doctor):
    with undone():
        made = {"kind": "dx", "state": "proposed", "position": 5, "content": {"title": WORDS}}
        PlanItem.objects.create(plan=world.own.draft, code="dx:functional_dyspepsia", **made)
        entries = desk.entries_for(doctor)
        [line] = [row for row in desk.rows_of(doctor, entries, "en") if row.patient == world.own.patient]
        assert (line.headline, line.plan) == (WORDS["en"], world.own.draft)
        for row in desk.rows_of(world.users[Role.FRONT_DESK], entries, "en"):
            assert (row.headline, row.detail, row.plan, list(row.tasks)) == ("", "", None, [])
        with pytest.raises(KeyError):
            desk.rows_of(world.users[Role.MARKETING], entries, "en")


def test_the_review_of_a_plan_is_of_its_patient(world, doctor):
    own = world.own.patient
    page = reviewing.page_of(doctor, world.own.draft, language="en", today=TODAY)
    assert whose(page.tasks, page.left.alerts, page.left.allergies) == {own.pk}
    assert (len(page.tasks), len(page.left.allergies)) == (1, 1)
    assert {one.alert.patient_id for one in page.notices.all if one.alert} == {own.pk}
    assert whose(noticing.settlements_of(world.own.draft)) == {own.pk}
    signed = Plan.objects.get(pk=world.own.signed_id)
    assert reviewing.page_of(doctor, signed, language="en", today=TODAY).newer == world.own.draft


def test_who_may_not_read_plans_is_told_of_none_before_or_after_another(world):
    desk_hat = world.users[Role.FRONT_DESK]
    signed = Plan.objects.get(pk=world.own.signed_id)
    assert plans.items_for(desk_hat, world.own.draft) == []
    assert list(plans.plans_of(desk_hat, world.own.patient.pk)) == []
    assert reviewing._newer(desk_hat, signed) is None
    assert reviewing._signed_before(desk_hat, world.own.draft) is None
    left = plans.to_do(desk_hat, world.own.draft, [], patients.contents_of(world.own.patient))
    assert left.alerts == []


def test_what_was_assessed_and_released_is_asked_of_one_patient(world):
    own, other = world.own, world.foreign
    assert plans.latest_evaluation(own.patient.pk) == own.draft.evaluation
    assert plans.latest_evaluation(other.patient.pk) == other.draft.evaluation
    assert [plan.pk for plan in plans.ever_told(own.patient.pk)] == [own.signed_id]
    assert whose(plans.unconfirmed_allergies(own.patient.pk)) == {own.patient.pk}


def test_the_decision_record_tells_of_the_alerts_and_tasks_of_its_plan_alone(world, doctor, monkeypatch):
    kept = {}
    monkeypatch.setattr(papers.pdf, "render", lambda _template, context, _language: kept.update(context) or b"")
    signed = Plan.objects.get(pk=world.own.signed_id)
    with undone():
        Alert.objects.update(raised_at=signed.signed_at)
        Task.objects.filter(patient=world.own.patient).update(plan=signed)
        papers.decision_record(doctor, signed, "en")
    assert [one.title for one in kept["alerts"]].count(WORDS["en"]) == 1
    assert whose(kept["tasks"]) == {world.own.patient.pk}


def test_a_diary_is_of_the_patient_who_keeps_it(world):
    with undone():
        for life in (world.own, world.foreign):
            page = QuestionnaireResponse.objects.get(pk=life.sent_response.pk)
            page.pk, page.for_day, page._state.adding = None, TODAY, True
            page.save()
        pages = intake.diary_days(world.own.patient, TODAY)
    assert whose(pages.values()) == {world.own.patient.pk}

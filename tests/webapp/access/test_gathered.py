"""What a page gathers about one patient is that patient's, though another has one of everything too."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.access.deeds_of_care import a_panel
from tests.webapp.access.marks import WORDS
from tests.webapp.access.routes import undone
from tests.webapp.people import a_patient, a_user
from tests.webapp.plans.factories import this_day
from webapp.accounts.grants import RolePermission
from webapp.accounts.models import User
from webapp.alerts.models import Alert
from webapp.base.roles import Role
from webapp.desk import long_lists
from webapp.desk import record as sheets
from webapp.desk import selectors as desk
from webapp.intake import selectors as intake
from webapp.intake.models import QuestionnaireResponse
from webapp.intake.templatetags import device
from webapp.outbox.models import Message
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.panels import add_panels
from webapp.patients.services import PatientError
from webapp.plans import adding, assessment, comparing, deciding, noticing, opinions, papers, reviewing, uses
from webapp.plans import selectors as plans
from webapp.plans.models import Evaluation, Plan, PlanItem, Task
from webapp.plans.piloting import Side
from webapp.plans.terms import terms_of
from webapp.portal import record as own_record
from webapp.portal import selectors as portal
from webapp.privacy import contents
from webapp.privacy import selectors as exporting
from webapp.results import comparing as results_held
from webapp.results import releasing
from webapp.sharing import reading as sharing
from webapp.sharing import selectors as shares
from webapp.sharing.models import Share
from webapp.sharing.sections import SECTIONS

pytestmark = pytest.mark.django_db
LIVES = ("own", "foreign", "namesake")


def whose(*many):
    """Return the patients to whom these rows belong."""
    return {row.patient_id for rows in many for row in rows}


@pytest.fixture
def doctor(world):
    return world.users[Role.DOCTOR]


def test_the_sheet_of_a_patient_holds_what_is_that_patients(world, doctor):
    own = world.own.patient
    sheet = sheets.sheet_of(doctor, own, language="en", today=this_day(), path="/")
    assert whose(sheet.plans, sheet.standing, sheet.alerts, sheet.consents) == {own.pk}
    assert (len(sheet.plans), len(sheet.standing), len(sheet.alerts), sheet.asked_total) == (2, 2, 1, 1)
    assert len(sheet.current) == PlanItem.objects.filter(plan=world.own.signed_id).count()
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
    reader = long_lists.Reader(doctor, "en", this_day(), "/")
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
    page = reviewing.page_of(doctor, world.own.draft, language="en", today=this_day())
    assert whose(page.tasks, page.left.alerts, page.left.allergies) == {own.pk}
    assert (len(page.tasks), len(page.left.allergies)) == (1, 1)
    assert {one.alert.patient_id for one in page.notices.all if one.alert} == {own.pk}
    assert whose(noticing.settlements_of(world.own.draft)) == {own.pk}
    signed = Plan.objects.get(pk=world.own.signed_id)
    assert reviewing.page_of(doctor, signed, language="en", today=this_day()).newer == world.own.draft
    assert comparing.signed_before(world.own.draft) == signed


def test_who_may_not_read_plans_is_told_of_no_newer_one(world):
    desk_hat = world.users[Role.FRONT_DESK]
    signed = Plan.objects.get(pk=world.own.signed_id)
    assert plans.items_for(desk_hat, world.own.draft) == []
    assert list(plans.plans_of(desk_hat, world.own.patient.pk)) == []
    assert reviewing._newer(desk_hat, signed) is None
    left = plans.to_do(desk_hat, world.own.draft, [], patients.contents_of(world.own.patient))
    assert left.alerts == []


def test_what_was_assessed_and_released_is_asked_of_one_patient(world):
    own, other = world.own, world.foreign
    assert plans.latest_evaluation(own.patient.pk) == own.draft.evaluation
    assert plans.latest_evaluation(other.patient.pk) == other.draft.evaluation
    assert [plan.pk for plan in plans.ever_told(own.patient.pk)] == [own.signed_id]
    assert whose(plans.unconfirmed_allergies(own.patient.pk)) == {own.patient.pk}
    assert plans.was_assessed(own.patient.pk)
    assert not plans.was_assessed(uuid4())


def test_the_decision_record_tells_of_the_alerts_and_tasks_of_its_plan_alone(world, doctor, monkeypatch):
    kept = {}
    monkeypatch.setattr(papers.pdf, "render", lambda _template, context, _language: kept.update(context) or b"")
    signed = Plan.objects.get(pk=world.own.signed_id)
    with undone():
        Alert.objects.update(raised_at=signed.signed_at)
        Task.objects.filter(patient=world.own.patient).update(plan=signed)
        papers.decision_record(doctor, signed, "en")
        assert [one.title for one in kept["alerts"]].count(WORDS["en"]) == 1
        papers.decision_record(world.users[Role.FRONT_DESK], signed, "en")
        assert [one.title for one in kept["alerts"]].count(WORDS["en"]) == 0
    assert whose(kept["tasks"]) == {world.own.patient.pk}


def test_alerts_that_stop_a_signature_are_the_patients_own_and_told_to_who_may_read_them(world, doctor):
    own, record = world.own, patients.contents_of(world.own.patient)
    with undone():
        Alert.objects.exclude(patient=own.patient).update(urgency="emergency")
        assert plans.to_do(doctor, own.draft, [], record).alerts == []
        Alert.objects.update(urgency="emergency")
        assert whose(plans.to_do(doctor, own.draft, [], record).alerts) == {own.patient.pk}
        assert plans.to_do(world.users[Role.FRONT_DESK], own.draft, [], record).alerts == []


def test_a_consent_taken_back_stops_the_plan_of_that_patient_alone(world, doctor):
    own, other = world.own, world.foreign
    with undone():
        patient_services.withdraw_consent(patient=other.patient, purpose="treatment", channel="desk", actor=doctor)
        told = [plans.to_do(doctor, life.draft, []).no_consent for life in (own, other)]
    assert told == [False, True]


def assessed_again(life, case):
    """Leave a newest evaluation of a patient, which rests on this case."""
    made = Evaluation.objects.get(pk=life.draft.evaluation_id)
    made.pk, made.case_sha256, made._state.adding = None, assessment.case_digest(case), True
    made.save()
    return made


def test_what_is_known_already_is_known_of_this_patient(world):
    case, side = {"as_of": "2026-11-22"}, Side(world.own.draft.evaluation.release)
    with undone():
        fitting = assessed_again(world.own, case)
        assessed_again(world.foreign, {})
        assert assessment._known_already(assessment.Asked(world.own.patient, side, "again", case)) == fitting
        assessed_again(world.foreign, case)
        assert assessment._known_already(assessment.Asked(a_patient(), side, "again", case)) is None


def test_what_one_settled_is_a_colleagues_to_the_next_and_nobody_elses_to_oneself(world, doctor):
    [settled] = noticing.settlements_of(world.own.draft)
    notice = noticing.Notice(2, "A remark", key=settled.key, facts=settled.facts_digest)
    told = noticing._with_settlement(notice, [settled], doctor)
    assert (told.mine, told.others) == (settled, None)
    told = noticing._with_settlement(notice, [settled], a_user(Role.DOCTOR))
    assert (told.mine, told.others) == (None, settled)


def test_a_dose_is_checked_on_the_newest_facts_of_its_patient(world):
    assert adding._newest(world.own.draft).patient_id == world.own.patient.pk


def test_a_doctor_has_seen_what_that_doctor_had_on_the_screen(world, doctor):
    with undone():
        deciding.mark_seen(user=doctor, items=[world.own.item])
        for reader, seen in ((doctor, True), (a_user(Role.DOCTOR), False)):
            assert [item.is_seen for item in plans.items_for(reader, world.own.draft)] == [seen]


def test_nobody_takes_back_what_others_signed_or_what_may_no_longer_be_read(world, doctor):
    soon = Plan.objects.get(pk=world.own.signed_id).signed_at
    assert whose(plans.undoable_by(doctor, soon)) == {getattr(world, one).patient.pk for one in LIVES}
    assert reviewing.undoable(doctor) == []
    with undone():
        RolePermission.objects.create(role=Role.DOCTOR, permission="plans.read", allowed=False)
        assert list(plans.undoable_by(User.objects.get(pk=doctor.pk), soon)) == []


def test_a_whole_copy_is_of_one_person(world):
    own, newcomer = world.own.patient, a_patient()
    rows = contents.rows_of(own, "clinic")
    parts = (rows.observations, rows.consents, rows.responses, rows.plans, rows.alerts, rows.settlements, rows.tasks)
    assert whose(*parts, rows.reminders) == {own.pk}
    assert all([*parts, rows.reminders])
    assert exporting.parts_of(own) == (2 + 3 + 1, 2)
    with undone():
        assert patient_services.record_none(patient=a_patient(), topic="history", actor=None)
        assert contents.rows_of(own, "clinic").none == []
        assert patients.contents_of(newcomer).none == set()


def test_what_a_patient_finds_at_home_is_the_own(world, doctor, monkeypatch):
    own, user = world.own, world.own.user
    home = portal.home_of(user, own.patient, this_day(), "es")
    assert home.sheet.plan.pk == own.signed_id
    assert [task.response for task in (home.task, *home.more) if task and task.response] == [own.open_response]
    assert whose(row.response for row in portal.answered_by(user, "es", "1").rows) == {own.patient.pk}
    assert portal.sheet_for(doctor, "es") is None
    assert portal.home_of(world.users[Role.MARKETING], own.patient, this_day(), "es").task.response is None
    assert portal.answered_by(world.users[Role.MARKETING], "es", "1").rows == []
    monkeypatch.setattr(own_record, "PRESCRIBED", ("advice",))
    terms = terms_of(own.draft.evaluation, "es")
    assert len(own_record._prescriptions(user, terms)) == 1
    assert own_record._prescriptions(doctor, terms) == []


def test_what_a_patient_sent_is_not_said_to_have_been_filled_in_by_somebody_else(world, doctor):
    assert not world.own.sent_response.filled_in_for
    assert not world.own.open_response.filled_in_for
    world.own.sent_response.completed_by = doctor
    assert world.own.sent_response.filled_in_for
    world.own.sent_response.completed_by = world.own.user


def test_who_may_not_fill_in_is_given_nothing_to_fill_in_and_no_way_there(world):
    with undone():
        RolePermission.objects.create(role=Role.DOCTOR, permission="intake.fill", allowed=False)
        reader = a_user(Role.DOCTOR)
        assert list(intake.fillable_by(reader)) == []
        ways = [device.may_fill_in({"request": SimpleNamespace(user=one)}) for one in (reader, AnonymousUser())]
    assert ways == [False, False]
    assert device.may_fill_in({"request": SimpleNamespace(user=world.users[Role.DOCTOR])})


def test_only_a_patients_own_page_holds_the_key_under_which_a_device_keeps_answers(world, doctor):
    keys = [
        device.device_that_keeps({"request": SimpleNamespace(user=user)})["device_key"]
        for user in (doctor, AnonymousUser(), world.own.user, world.foreign.user)
    ]
    assert keys[:2] == ["", ""]
    assert all(keys[2:])
    assert keys[2] != keys[3]


def test_a_diary_is_of_the_patient_who_keeps_it(world):
    with undone():
        for life in (world.own, world.foreign):
            page = QuestionnaireResponse.objects.get(pk=life.sent_response.pk)
            page.pk, page.for_day, page._state.adding = None, this_day(), True
            page.save()
        pages = intake.diary_days(world.own.patient, this_day())
    assert whose(pages.values()) == {world.own.patient.pk}


def asked(user, name, *arguments):
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, args=arguments)).context


def test_the_reports_of_a_patient_are_that_patients(world, doctor):
    listed = asked(doctor, "results:list", world.own.patient.pk)["page"]
    assert whose(listed) == {world.own.patient.pk}
    assert len(listed) == 3


def test_only_who_released_a_report_is_offered_to_undo_it(world, doctor):
    with undone():
        released = releasing.release(report_id=world.own.report_id, shown=1, actor=doctor)
        offered = [asked(one, "results:report", released.pk)["undo"] for one in (doctor, a_user(Role.DOCTOR))]
    assert [bool(one) for one in offered] == [True, False]


def test_a_report_names_a_file_of_the_same_record_that_holds(world, doctor):
    taken_back = world.own.document
    taken_back.active = False
    with undone():
        assert add_panels([a_panel(world, world.own.document)], doctor)
        for document in (world.foreign.document, taken_back):
            with pytest.raises(PatientError, match="not in this patient’s record"):
                add_panels([a_panel(world, document)], doctor)


def test_what_a_laboratory_found_before_is_compared_with_the_same_patients_alone(world):
    found = results_held.held([world.own.patient.pk], ["hb"], terms_of(world.own.draft.evaluation, "es"))
    assert {who for who, _code, _day in found} == {world.own.patient.pk}


def test_who_cannot_sign_in_is_not_told_of_a_result(world, doctor):
    told = []
    for active in (True, False):
        with undone():
            User.objects.filter(pk=world.own.user.pk).update(is_active=active)
            before = Message.objects.count()
            releasing.release(report_id=world.own.report_id, shown=1, actor=doctor)
            told.append(Message.objects.count() - before)
    assert told == [1, 0]


def test_a_second_opinion_is_asked_about_the_newest_of_the_same_patient(world, monkeypatch):
    checked = []
    monkeypatch.setattr(opinions, "check", checked.append)
    opinions.ensure(world.own.draft.pk)
    assert whose(Evaluation.objects.filter(pk__in=checked)) == {world.own.patient.pk}


def test_what_a_specialist_reads_is_of_the_patient_who_opened_it(world):
    reader = sharing.reader_of(world.own.patient, today=this_day(), language="en", page="1")
    shown = {section: sharing.contents(section, reader) for section in SECTIONS}
    assert whose(one.release for one in shown["results"]["reports"]) == {world.own.patient.pk}
    assert whose([first for first, _names in shown["treatments"]["papers"]]) == {world.own.patient.pk}
    assert shown["plan"]["sheet"].plan.pk == world.own.signed_id
    assert [len(one.lines) for one in shown["history"]["lists"]] == [1, 1, 1, 1]
    assert [len(one.lines) for one in shown["treatments"]["lists"]] == [1, 1]
    assert sharing.paper("treatments", world.own.patient, world.foreign.batch_id) is None
    assert sharing.paper("results", world.own.patient, world.foreign.released_report_id) is None


def test_the_readings_of_a_share_are_of_that_share(world):
    own = Share.objects.get(pk=world.own.share_id)
    assert whose(shares.looks_through(own.patient_id, own.pk)) == {own.patient_id}
    assert list(shares.looks_through(own.patient_id, world.foreign.share_id)) == []
    assert {row.patient_id for row in shares.versions_of(own)} == {own.patient_id}
    assert shares.looked(own.patient_id, Share.objects.all()).keys() == {str(own.pk)}


def test_the_burden_of_alerts_is_that_of_the_plans_of_its_time(world, doctor):
    alert = {"code": "alert:x", "kind": "alert", "state": "proposed", "position": 7, "content": {}}
    with undone():
        for life in (world.own, world.foreign):
            PlanItem.objects.create(plan=life.draft, **alert)
        Plan.objects.filter(pk=world.foreign.draft.pk).update(created_at=timezone.now() + timedelta(days=2))
        found = uses.burden(doctor, timezone.now() + timedelta(days=1))
    assert (found.plans, found.alerts) == (1, 1)

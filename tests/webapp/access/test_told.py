"""What lines of the timeline, rows of the worklist and marks of a draft tell is of one patient, and to who reads it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.access.marks import CLINICAL
from tests.webapp.access.routes import undone
from tests.webapp.plans.factories import this_day
from webapp.alerts.models import Reminder
from webapp.base.roles import Role
from webapp.desk import course, summary, views_kept
from webapp.desk import selectors as desk
from webapp.desk.choosing import Choice
from webapp.desk.models import SavedView
from webapp.desk.moments import PARTS, Reader
from webapp.desk.sources import SOURCES
from webapp.outbox import services as outbox
from webapp.outbox.models import Message
from webapp.patients.models import Patient
from webapp.patients.services import PatientError
from webapp.plans.models import PlanItem
from webapp.plans.terms import terms_of
from webapp.portal import results as own_results
from webapp.portal import services as portal
from webapp.portal.record import code_of_lines
from webapp.prescriptions.models import Week
from webapp.results.models import Release

pytestmark = pytest.mark.django_db
LIVES = ("own", "foreign", "namesake")
TOLD_AT_THE_COUNTER = {"consents", "changes"}  # of the record only who the patient is and who stands by
WITH_WORDS = [source for source in SOURCES if source.told is not None]


@pytest.fixture
def doctor(world):
    return world.users[Role.DOCTOR]


@pytest.fixture
def desk_clerk(world):
    return world.users[Role.FRONT_DESK]


def reader(user, life):
    return Reader(user, life.patient, "en", this_day())


def again(row, **changes):
    """Write a row a second time, but for the changes."""
    made = type(row).objects.get(pk=row.pk)
    made.pk, made._state.adding = None, True
    for name, value in changes.items():
        setattr(made, name, value)
    made.save()
    return made


def a_day_told(life):
    """A day of the diary, a message and a reminder that rests, for somebody who has none."""
    again(life.sent_response, for_day=this_day())
    key = f"told:{life.patient.pk}"
    told = {"key": key, "address": "a@example.org", "template": "plan_ready", "language": "es"}
    outbox.queue(**told, recipient=str(life.patient.pk))
    Message.objects.filter(key=key).update(state="sent", sent_at=timezone.now())


@pytest.fixture
def everything_told(world):
    with undone():
        for name in LIVES:
            a_day_told(world.life(name))
        yield world


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_of_the_timeline_tells_of_its_patient_and_to_who_reads_it(part, everything_told, doctor, desk_clerk):
    own, foreign = (reader(doctor, everything_told.life(name)) for name in ("own", "foreign"))
    keys, others = [[one.key for one in part.moments(who)] for who in (own, foreign)]
    assert keys
    assert not {*map(str, keys)} & {*map(str, others)}
    assert set(part.told(own, keys)) == set(keys)
    outside = reader(desk_clerk, everything_told.own)
    seen = [one.key for one in part.moments(outside)]
    assert bool(seen) == (part.name in TOLD_AT_THE_COUNTER)
    if part.name != "changes":  # its keys are the changes themselves, and nobody has one but by its moments
        assert set(part.told(outside, keys)) <= set(seen)


@pytest.mark.parametrize("name", ["asked", "days", "plans", "papers"])
def test_a_part_of_the_timeline_puts_nothing_of_another_patient_into_words(name, everything_told, doctor):
    part = next(one for one in PARTS if one.name == name)
    others = [one.key for one in part.moments(reader(doctor, everything_told.foreign))]
    assert part.told(reader(doctor, everything_told.own), others) == {}


def test_who_filled_a_questionnaire_in_for_somebody_is_named_and_the_patient_is_not(world, doctor):
    part, own = next(one for one in PARTS if one.name == "asked"), world.own
    with undone():
        for by, named in ((own.user, ""), (doctor, doctor.display_name)):
            sent = again(own.sent_response, completed_by=by)
            assert part.told(reader(doctor, own), [sent.pk])[sent.pk].by == named


def waits(world):
    """A week of slips for each, and a diary that rests, and a review that is due."""
    told = {"number": 1, "last_day": timezone.localdate() - timedelta(days=1), "due": 7, "done": 1, "not_done": 6}
    for name in LIVES:
        life = world.life(name)
        Week.objects.create(plan_id=life.signed_id, patient=life.patient, **told)
        for kind in (Reminder.Kind.DIARY, Reminder.Kind.REVIEW):
            row, key = Reminder.objects.filter(patient=life.patient)[0], f"{kind}:{life.patient.pk}"
            again(row, kind=kind, key=key, due_at=timezone.now() - timedelta(days=60))


@pytest.mark.parametrize("source", WITH_WORDS, ids=lambda source: source.name)
def test_a_row_of_the_worklist_is_told_to_who_reads_it_and_only_that_row(source, world, doctor, desk_clerk):
    with undone():
        waits(world)
        pks = [one.pk for one in source.waiting(doctor)]
        assert set(source.told(doctor, pks[:1], "en")) == set(pks[:1])
        assert list(source.waiting(desk_clerk)) == []
        assert source.told(desk_clerk, pks, "en") == {}


def test_a_check_is_held_in_the_row_of_its_own_patient(world, doctor):
    with undone():
        PlanItem.objects.filter(pk=world.own.item.pk).update(state="held")
        held = {entry.patient_id for entry in desk.entries_for(doctor) if "held" in entry.tabs}
        assert held == {world.own.patient.pk}


def test_who_chooses_a_doctor_is_shown_the_patients_of_that_doctor_that_are_shown_at_all(world, doctor, monkeypatch):
    entries, now = desk.entries_for(doctor), timezone.now()
    choice = Choice(doctor=str(doctor.pk))
    with undone():
        Patient.objects.filter(pk=world.foreign.patient.pk).update(general_practitioner=None)
        shown = {entry.patient_id for entry in desk.chosen_among(doctor, entries, choice, now)}
        assert shown == {world.own.patient.pk, world.namesake.patient.pk}
    monkeypatch.setattr("webapp.patients.selectors.patients_for", lambda _user: Patient.objects.none())
    assert desk.chosen_among(doctor, entries, choice, now) == []


def test_the_views_of_another_are_neither_counted_nor_shown(world, doctor):
    colleague = world.users[Role.DIETITIAN]
    with undone():
        SavedView.objects.bulk_create(
            SavedView(user=doctor, name=f"v{n}", name_index=bytes([n]) * 16) for n in range(1, views_kept.MOST)
        )
        mine = views_kept.keep(user=colleague, name="Mine", choice=Choice(), first=False)
        client = Client()
        client.force_login(colleague)
        for address in (reverse("desk:views"), reverse("desk:list")):
            assert client.get(address).context["views"] == [mine]


def test_the_list_offers_to_undo_what_one_released_oneself(world, doctor):
    with undone():
        soon = timezone.now() + timedelta(minutes=5)
        Release.objects.filter(pk=world.own.released_report_id).update(released_by=doctor, visible_at=soon)
        for role, offered in ((Role.DOCTOR, 1), (Role.DIETITIAN, 0)):
            client = Client()
            client.force_login(world.users[role])
            assert len(client.get(reverse("desk:list")).context["results_undoable"]) == offered


def test_the_scores_of_a_course_are_those_of_its_patient(world, doctor):
    terms = terms_of(world.own.draft.evaluation, "en")
    name = next(iter(terms.edition.scores))
    result = f'{{"scores": {{"{name}": {{"status": "ok", "value": 3, "band": ""}}}}}}'
    with undone():
        again(world.foreign.draft.evaluation, result=result)
        told = [len(course.scores_of(reader(doctor, world.life(whose)), terms)) for whose in ("own", "foreign")]
        assert told == [0, 1]


def test_a_summary_asks_what_the_draft_of_its_patient_waits_for(world):
    with undone():
        for name in ("own", "foreign"):
            item = world.life(name).item
            content = item.content | {"title": {"en": f"{CLINICAL} asked of {name}"}}
            again(item, position=7, kind="ask", code="ask:x", content=content)
        sheet = SimpleNamespace(sections={}, not_known=[], draft=world.own.draft)
        assert summary._open(sheet, "en") == [f"{CLINICAL} asked of own"]


def test_the_results_a_patient_reads_are_those_released_to_that_patient(world):
    terms = terms_of(world.own.draft.evaluation, "en")
    shown = [one.release for one in own_results.listed(world.own.user, terms, "1").rows]
    assert {one.patient_id for one in shown} == {world.own.patient.pk}
    assert {one.state for one in shown} == {"released"}


def test_a_patient_says_of_the_own_list_that_it_is_complete_whatever_stands_in_the_lists_of_others(world):
    own = world.own
    told = {"patient": own.patient, "name": "allergies", "said": "whole", "actor": own.user, "today": this_day()}
    with undone():
        portal.say_of_list(**told, seen=code_of_lines([own.allergy.pk]))
        with pytest.raises(PatientError):
            portal.say_of_list(**told, seen=code_of_lines([world.foreign.allergy.pk]))

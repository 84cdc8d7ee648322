"""Lines of plain numbers stand for who waits: in the order, with the counts and the words that entries would have."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.webapp.desk.clinic import browser, words
from tests.webapp.desk.test_worklist import flagged, waits_since
from tests.webapp.people import a_user
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, content
from tests.webapp.results.sheets import a_report, a_value
from webapp.accounts.models import User
from webapp.audit.models import Entry as Looked
from webapp.base.roles import Role
from webapp.desk import selectors
from webapp.desk.instants import instant_of
from webapp.desk.sources import SOURCES
from webapp.desk.waiting import Source, Waiting, waiting_by
from webapp.desk.waitlist import Entry, Waitlist, gathered
from webapp.patients.models import Patient
from webapp.plans.models import Evaluation, Plan

BEGIN = datetime(2026, 11, 1, 8, tzinfo=UTC)
KINDS = ("plans", "held", "flags", "calls")


def plainly(waiting: dict[str, Iterable[Waiting]]) -> list[Entry]:
    """Return what stands in the list: everything that waits put together for each patient, then sorted."""
    found: dict[UUID, Entry] = {}
    for source, things in waiting.items():
        for one in things:
            entry = found.setdefault(one.patient_id, Entry(one.patient_id, one.rank, one.since, one.since))
            entry.waiting.setdefault(source, []).append(one.pk)
            entry.tabs |= one.tabs
            entry.rank = max(entry.rank, one.rank)
            entry.since, entry.newest = min(entry.since, one.since), max(entry.newest, one.since)
            entry.due = min((due for due in (entry.due, one.due) if due), default=None)
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(found.values(), key=lambda one: (-one.rank, one.due or never, one.since, str(one.patient_id)))


def some_who_wait(chance: Random, patients: Sequence[UUID]) -> list[Waiting]:
    """Return things of few ranks and moments: many have the same."""

    def moment() -> datetime:
        return BEGIN + timedelta(hours=chance.randrange(4), microseconds=chance.choice([0, 0, 1, 999_999]))

    def thing() -> Waiting:
        kinds = frozenset(chance.sample(KINDS, chance.randrange(3)))
        who, pk = chance.choice(patients), UUID(int=chance.getrandbits(128))
        return Waiting(who, pk, chance.randrange(5), moment(), kinds, chance.choice([None, moment()]))

    return [thing() for _ in range(chance.randrange(25))]


def by_keys(name: str, things: list[Waiting]) -> Source:
    """A source that tells by keys."""

    def keys(_user):
        for one in things:
            until = instant_of(one.due) if one.due else None
            yield str(one.patient_id), str(one.pk), one.rank, instant_of(one.since), one.tabs, until

    return Source(name, waiting_by(keys), keys=keys)


def by_entries(name: str, things: list[Waiting]) -> Source:
    return Source(name, lambda _user: things)


def mixed(seed: int) -> tuple[Waitlist, list[Entry]]:
    """Return the same list, made by lines and made plainly: three sources, some of which tell by keys."""
    chance = Random(seed)  # noqa: S311 — the same lists each time
    patients = [UUID(int=chance.getrandbits(128)) for _ in range(12)]
    told = {name: some_who_wait(chance, patients) for name in ("alerts", "drafts", "calls")}
    sources = [chance.choice([by_keys, by_entries])(name, things) for name, things in told.items()]
    return gathered(User(), sources), plainly(told)


MANY = pytest.mark.parametrize("seed", range(40))


@MANY
def test_lines_stand_in_the_order_of_their_entries_and_say_the_same(seed):
    listed, expected = mixed(seed)
    assert listed == expected
    assert [listed[place] for place in range(len(listed))] == expected
    assert listed[3:7] == expected[3:7]


@MANY
def test_counts_and_filters_by_lines_are_those_of_the_entries(seed):
    listed, expected = mixed(seed)
    for tab in ("all", *KINDS, "nonsense"):
        assert listed.in_tab(tab) == [one for one in expected if one.in_tab(tab)]
    assert listed.counts() == {tab: n for tab in KINDS if (n := sum(tab in one.tabs for one in expected))}
    for floor in range(6):
        assert listed.of_rank(floor) == sum(one.rank >= floor for one in expected)
    for moment in {one.since for one in expected} | {one.newest for one in expected}:
        assert listed.since_before(moment) == [one for one in expected if one.since < moment]
        assert listed.come_since(moment) == sum(one.newest > moment for one in expected)
    some = {one.patient_id for one in expected[::2]}
    assert listed.of_patients({str(pk) for pk in some}) == [one for one in expected if one.patient_id in some]


@MANY
def test_whoever_comes_after_a_draft_is_the_next_of_the_list(seed):
    listed, expected = mixed(seed)
    for place, one in enumerate(expected):
        others = [*expected[place + 1 :], *expected[:place]]
        if one.plan_id is not None:
            assert selectors.after(listed, str(one.plan_id)) == (others[0] if others else None)
    older = [str(pk) for one in expected for pk in one.waiting.get("drafts", [])[1:]]  # a row opens the first alone
    for nobody_s in ("", "nonsense", str(UUID(int=0)), *older, *(str(one.patient_id) for one in expected[:1])):
        assert selectors.after(listed, nobody_s) == (expected[0] if expected else None)


def stamp_of(things: list[Waiting], *more: Waiting) -> str:
    return gathered(User(), [by_keys("alerts", [*things, *more])]).stamp()


def test_a_stamp_is_that_of_the_list_however_the_database_returned_its_rows():
    chance = Random(1)  # noqa: S311 — the same list each time
    things = [one for number in range(9) for one in some_who_wait(chance, [UUID(int=number)])[:1]]
    stamp = stamp_of(things)
    assert stamp_of(things[::-1]) == stamp
    assert stamp_of(things[1:]) != stamp
    assert stamp_of(things, things[0]._replace(pk=UUID(int=1))) != stamp
    for place, one in enumerate(things):
        others = [*things[:place], *things[place + 1 :]]
        assert stamp_of(others, one._replace(rank=one.rank + 1)) != stamp
        assert stamp_of(others, one._replace(pk=UUID(int=1))) != stamp
        assert stamp_of(others, one._replace(patient_id=UUID(int=99))) != stamp


def one_of_each(doctor) -> None:
    """Let patients wait for several things: a plan, a held check, red flags and results, at different times."""
    ana, berta, carmen, diego = (a_patient(given) for given in ("Ana", "Berta", "Carmen", "Diego"))
    a_plan(ana)
    a_plan(berta, content("rx:b", "held"))
    for patient, urgency in ((ana, "urgent_2w"), (carmen, "same_day"), (diego, "soon")):
        flagged(patient, urgency)
    a_report(berta)
    a_report(diego, a_value("hb", 100))
    Plan.objects.filter(patient=berta).update(urgency="urgent_2w")
    waits_since(ana, days=3)


@pytest.mark.django_db
def test_the_sources_of_the_clinic_stand_in_one_list_in_the_order_of_risk_promise_and_time():
    doctor = a_doctor()
    one_of_each(doctor)
    listed = selectors.entries_for(doctor)
    assert listed == plainly({source.name: list(source.waiting(doctor)) for source in SOURCES})
    assert {name for one in listed for name in one.waiting} >= {"alerts", "drafts", "results"}
    assert [row.patient.given_name for row in selectors.rows_of(doctor, listed, "es")] == [
        "Carmen", "Ana", "Berta", "Diego",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.MARKETING, Role.BILLING, Role.DIRECTOR, Role.PATIENT])
def test_no_source_tells_a_key_to_who_reads_no_plans(role):
    doctor = a_doctor()
    one_of_each(doctor)
    assert [one for source in SOURCES for one in source.keys_for(doctor)]
    outside = a_user(role)
    assert [one for source in SOURCES for one in source.keys_for(outside)] == []


@pytest.mark.django_db
def test_a_later_source_of_thousands_joins_by_keys(monkeypatch):
    doctor = browser()

    def messages(user):
        for pk in Patient.objects.values_list("pk", flat=True):
            yield str(pk), str(pk), 9, 0, frozenset({"messages"}), None

    later = Source("messages", waiting_by(messages), tabs={"messages": "Mensajes"}, place=5, keys=messages)
    monkeypatch.setattr(selectors, "SOURCES", (later, *SOURCES))
    monkeypatch.setattr(selectors, "TABS", {**selectors.TABS, **later.tabs})
    a_patient("Ana")
    a_plan(a_patient("Berta"))
    page = words(doctor.get("/desk/", {"tab": "messages"}))
    assert ("Ana" in page, "Berta" in page, "Mensajes <b>2</b>" in page) == (True, True, True)
    assert next(iter(later.waiting(doctor.user))).since == datetime(1970, 1, 1, tzinfo=UTC)


def asked_by(doctor, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        doctor.get(address)
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.django_db
def test_looking_again_where_nothing_is_new_reads_no_name_and_asks_one_question_a_source():
    doctor = browser()
    one_of_each(doctor.user)
    stamp = selectors.entries_for(doctor.user).stamp()
    whole, again = asked_by(doctor, "/desk/"), asked_by(doctor, f"/desk/live/?stamp={stamp}")
    assert any('"patients_patient"."given_name"' in sql for sql in whole)
    assert not any("patients_patient" in sql or '"text"' in sql or "INSERT" in sql for sql in again)
    assert len(again) <= len(SOURCES) + 5
    assert len(again) < len(whole) / 2


@pytest.mark.django_db
def test_of_thousands_only_those_of_the_page_are_read_by_name_and_written_into_the_book():
    doctor = browser()
    a_plan(a_patient())
    evaluation, people = Evaluation.objects.first(), [a_patient() for _ in range(120)]
    Plan.objects.bulk_create(Plan(patient=one, evaluation=evaluation) for one in people)
    for address in ("/desk/?page=2", "/desk/?tab=plans&page=2"):
        before = Looked.objects.filter(verb="patient.listed").count()
        answer = doctor.get(address)
        assert Looked.objects.filter(verb="patient.listed").count() - before == selectors.PAGE
        assert words(answer).count("<tr data-row") == selectors.PAGE


@pytest.mark.django_db
def test_what_went_a_moment_ago_is_gone_from_the_page_and_what_came_stands_there():
    doctor, plan = browser(), a_plan(a_patient("Ana"))
    assert "Ana" in words(doctor.get("/desk/"))
    Plan.objects.filter(pk=plan.pk).update(status="discarded")
    assert "Ana" not in words(doctor.get("/desk/"))
    flagged(a_patient("Berta"))
    assert "Berta" in words(doctor.get("/desk/"))

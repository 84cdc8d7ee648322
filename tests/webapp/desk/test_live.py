"""The worklist follows what happens without being loaded anew, and says what has come; each source is a file."""

from datetime import timedelta
from textwrap import dedent

import pytest
from django.utils import timezone

from tests.webapp.desk.clinic import browser, words
from tests.webapp.desk.test_worklist import flagged
from tests.webapp.plans.factories import a_patient, a_plan, content
from webapp.accounts.models import Session
from webapp.audit.models import Entry
from webapp.desk import selectors
from webapp.desk.choosing import NOBODY, Choice
from webapp.desk.sources import SOURCES, sources_in, tabs_of
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db
LIVE = "/desk/live/"


@pytest.fixture
def doctor():
    return browser()


def state(doctor, **more):
    """What an open page sends when it asks again."""
    entries = selectors.entries_for(doctor.user)
    return {"stamp": entries.stamp(), "seen": timezone.now().isoformat(), "page": "1"} | more


def test_where_nothing_has_changed_nothing_is_sent_and_nobody_was_looked_at(doctor):
    a_plan(a_patient("Ana"))
    entries = Entry.objects.count()
    answer = doctor.get(LIVE, state(doctor))
    assert (answer.status_code, answer.content) == (204, b"")
    assert Entry.objects.count() == entries


def test_who_has_come_stands_in_the_list_and_is_told_of(doctor):
    a_plan(a_patient("Ana"))
    asked = state(doctor)
    flagged(a_patient("Berta"))
    flagged(a_patient("Carmen"))
    answer = doctor.get(LIVE, asked)
    page = words(answer)
    assert all(name in page for name in ("Ana", "Berta", "Carmen"))
    assert "2 nuevos" in page
    assert 'id="news" hx-swap-oob' in page
    assert "<html" not in page
    assert Entry.objects.filter(verb="patient.listed", actor_id=doctor.user.pk).count() == 3


def test_what_goes_is_taken_from_the_list_and_no_new_one_is_told(doctor):
    plan = a_plan(a_patient("Ana"))
    a_plan(a_patient("Berta"))
    asked = state(doctor)
    Plan.objects.filter(pk=plan.pk).update(status="discarded")
    page = words(doctor.get(LIVE, asked))
    assert ("Ana" in page, "Berta" in page, "1 nuevo" in page) == (False, True, False)


def test_who_is_busy_in_the_list_is_told_how_many_have_come_and_no_name(doctor):
    asked = state(doctor, busy="1")
    flagged(a_patient("Berta"))
    answer = doctor.get(LIVE, asked)
    assert answer["HX-Retarget"] == "#news"
    assert "1 nuevo" in words(answer)
    assert "data-live-show" in words(answer)
    assert "Berta" not in words(answer)
    assert not Entry.objects.filter(verb="patient.listed").exists()


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-99-01T00:00:00", "2026-11-22T10:00:00"])
def test_a_moment_that_is_none_counts_nobody_as_new(doctor, seen):
    flagged(a_patient("Berta"))
    assert "nuevo" not in words(doctor.get(LIVE, {"seen": seen}))


def test_a_list_left_open_keeps_no_session_awake(doctor):
    hour_ago = timezone.now() - timedelta(minutes=10)
    Session.objects.filter(user_id=doctor.user.pk).update(seen_at=hour_ago)
    doctor.get(LIVE, state(doctor), HTTP_HX_REQUEST="true", HTTP_HX_TRIGGER="live")
    assert Session.objects.get(user_id=doctor.user.pk).seen_at == hour_ago
    doctor.get("/desk/")
    assert Session.objects.get(user_id=doctor.user.pk).seen_at > hour_ago


@pytest.mark.parametrize("role", ["front_desk", "director", "administrator", "patient", "specialist"])
def test_nobody_but_clinicians_is_told(role):
    assert browser(role).get(LIVE).status_code == 404


def test_what_was_promised_sooner_comes_first_among_equals(doctor):
    for given, days in (("Ana", 1), ("Berta", 20)):
        a_plan(a_patient(given))
        when = timezone.now() - timedelta(days=days)
        Plan.objects.filter(patient__pk=Plan.objects.latest("created_at").patient_id).update(
            created_at=when, urgency="urgent_2w"
        )
    first, second = selectors.entries_for(doctor.user)
    assert first.due < timezone.now() < second.due
    page = words(doctor.get("/desk/"))
    assert page.index("Berta") < page.index("fuera de plazo") < page.index("Ana")


def test_a_check_that_could_not_be_made_is_a_kind_of_its_own(doctor):
    a_plan(a_patient("Ana"), content("rx:b", "held"))
    a_plan(a_patient("Berta"))
    page = words(doctor.get("/desk/", {"tab": "held"}))
    assert ("Ana" in page, "Berta" in page) == (True, False)
    assert selectors.tab_counts(selectors.entries_for(doctor.user))["held"] == 1


def test_one_sees_ones_own_patients_or_those_of_nobody(doctor):
    a_plan(a_patient("Ana", general_practitioner=doctor.user))
    a_plan(a_patient("Berta"))

    def seen(choice):
        entries = selectors.entries_for(doctor.user)
        found = selectors.chosen_among(doctor.user, entries, choice, timezone.now())
        return [row.patient.given_name for row in selectors.rows_of(doctor.user, found, "es")]

    assert seen(Choice(doctor=str(doctor.user.pk))) == ["Ana"]
    assert seen(Choice(doctor=NOBODY)) == ["Berta"]
    assert seen(Choice(doctor="999999")) == []
    assert seen(Choice(days=1)) == []


def test_each_source_of_the_folder_stands_in_the_register():
    assert {"alerts", "drafts", "results", "watched"} <= {source.name for source in SOURCES}
    assert {"flags", "plans", "held", "sheets", "watched", "not_assessed"} <= set(tabs_of(SOURCES))


def test_a_source_joins_by_adding_a_file(doctor, tmp_path, monkeypatch):
    text = """
        from datetime import UTC, datetime
        from webapp.desk.waiting import Reason, Source, Waiting
        from webapp.patients.models import Patient

        def waiting(user):
            at = datetime(2026, 1, 1, tzinfo=UTC)
            return [Waiting(one.pk, one.pk, 9, at, frozenset({"calls"})) for one in Patient.objects.all()]

        def told(user, pks, language):
            return {pk: Reason("Ha llamado dos veces", "/desk/", "telephone", "Llamada") for pk in pks}

        SOURCE = Source("calls", waiting, told, tabs={"calls": "Llamadas"}, place=5)
    """
    package = tmp_path / "later_sources"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "calls.py").write_text(dedent(text))
    monkeypatch.syspath_prepend(tmp_path)
    joined = (*sources_in([str(package)], "later_sources"), *SOURCES)
    monkeypatch.setattr("webapp.desk.sources.SOURCES", joined)
    monkeypatch.setattr(selectors, "SOURCES", joined)
    monkeypatch.setattr(selectors, "TABS", {"all": "Todo", **tabs_of(joined)})
    a_patient("Ana")
    page = words(doctor.get("/desk/", {"tab": "calls"}))
    assert "Ha llamado dos veces" in page
    assert "Llamadas <b>1</b>" in page

"""Everything about a patient in the order it happened: each part tells its own, each line leads to its page."""

import re
from datetime import datetime, timedelta
from textwrap import dedent

import pytest
from django.db import transaction
from django.utils import timezone

from tests.webapp.access.world import a_life, a_staff, on_the_shelf
from tests.webapp.desk.clinic import address, browser, words
from tests.webapp.people import a_patient
from webapp.audit.models import Entry
from webapp.audit.services import record
from webapp.base.roles import Role
from webapp.desk import timeline
from webapp.desk.moments import PARTS, parts_in
from webapp.outbox import services as outbox
from webapp.outbox.models import Message
from webapp.patients import services as patients

pytestmark = pytest.mark.django_db
NAMES = ("asked", "days", "sheets", "papers", "plans", "flags", "messages", "consents", "changes")


@pytest.fixture(scope="module")
def life(django_db_setup, django_db_blocker):
    """One patient with one of everything, for all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        on_the_shelf()
        staff = a_staff()
        found = a_life("Marina", "Rey", staff[Role.DOCTOR])
        about = {"patient_id": found.patient.pk, "object_type": "plan", "object_id": str(found.draft.pk)}
        record(actor=staff[Role.DOCTOR], verb="plan.taken_back", **about)
        told = {"key": "x", "address": "a@example.org", "template": "plan_ready", "language": "es"}
        outbox.queue(**told, recipient=str(found.patient.pk))
        Message.objects.filter(key="x").update(state="sent", sent_at=timezone.now())
        yield found
        transaction.set_rollback(True)


def page(life, **query):
    return browser().get(address("timeline", life.patient), query)


def test_each_part_of_the_folder_stands_in_the_register():
    assert {part.name for part in PARTS} >= set(NAMES)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("asked", None), ("sheets", "panel"), ("papers", "letter"), ("plans", "Plan firmado"), ("plans", "retirado"),
     ("flags", "Pronto"), ("messages", "Hay algo nuevo para usted"), ("consents", "Tratamiento: Aceptado"),
     ("changes", "Alergias")],
)  # fmt: skip
def test_each_part_says_what_it_is(life, kind, said):
    answer = page(life, kind=kind)
    found = answer.context["time"]
    assert {row.part.name for row in found.rows} == {kind}
    assert said is None or said in words(answer)


def test_the_newest_stands_first_and_every_line_leads_to_a_page_that_opens(life):
    doctor = browser()
    found = doctor.get(address("timeline", life.patient)).context["time"]
    moments = [row.moment.at for row in found.rows]
    assert moments == sorted(moments, reverse=True)
    urls = {row.line.url.partition("#")[0] for row in found.rows if row.line.url}
    assert len(urls) > 8
    assert {doctor.get(url).status_code for url in urls} == {200}


def test_reading_it_is_written_down_and_costs_the_same_however_much_there_is(life, django_assert_max_num_queries):
    doctor = browser()
    doctor.get(address("timeline", life.patient))
    with django_assert_max_num_queries(70) as few:
        doctor.get(address("timeline", life.patient))
    for number in range(60):
        patients.add_condition(patient=life.patient, code=f"thing_{number}", detail={}, actor=None)
    with django_assert_max_num_queries(len(few)):
        answer = doctor.get(address("timeline", life.patient))
    assert answer.context["time"].page.paginator.num_pages == 2
    assert Entry.objects.filter(verb="timeline.viewed", patient_id=life.patient.pk).count() == 3


def test_a_month_leads_to_the_page_on_which_it_begins(life):
    for number in range(55):
        patients.add_condition(patient=life.patient, code=f"thing_{number}", detail={}, actor=None)
    old = timezone.now() - timedelta(days=400)
    Message.objects.filter(key="x").update(sent_at=old)
    found = page(life).context["time"]
    assert sum(month.count for month in found.months) == found.total
    last = found.months[-1]
    there = page(life, page=str(last.page))
    assert f'id="m{last.name}"' in words(there)


@pytest.mark.parametrize("query", [{"kind": "zzz"}, {"page": "x"}, {"page": "999"}])
def test_an_address_that_cannot_be_read_shows_what_there_is(life, query):
    assert page(life, **query).context["time"].rows


def test_of_a_new_patient_it_says_so():
    patient = a_patient()
    text = words(browser().get(address("timeline", patient), {"kind": "sheets"}))
    assert "Todavía no ha pasado nada" in text


@pytest.mark.parametrize("role", ["front_desk", "director", "administrator", "marketing", "patient", "specialist"])
def test_nobody_but_clinicians_reads_it(role):
    assert browser(role).get(address("timeline", a_patient())).status_code == 404


def test_the_record_leads_there_in_one_press_and_each_thing_is_one_more(life):
    text = words(browser().get(address("patient", life.patient)))
    assert re.search(rf'href="{address("timeline", life.patient)}" data-key="t"', text)


def test_a_later_part_joins_by_adding_a_file(tmp_path, monkeypatch):
    text = """
        from datetime import UTC, datetime
        from webapp.desk.moment import Line, Moment, Part

        def moments(reader):
            return [Moment(datetime(2026, 1, 7, 9, tzinfo=UTC), 1)]

        def told(reader, keys):
            return {key: Line("Visita de 30 minutos", "/desk/") for key in keys}

        PART = Part("visits", "Citas", "calendar3", moments, told, place=5)
    """
    package = tmp_path / "later_parts"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "visits.py").write_text(dedent(text))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(timeline, "PARTS", (*parts_in([str(package)], "later_parts"), *PARTS))
    answer = browser().get(address("timeline", a_patient()), {"kind": "visits"})
    assert "Visita de 30 minutos" in words(answer)
    assert answer.context["time"].months[0].first == datetime(2026, 1, 1).date()  # noqa: DTZ001 — a day

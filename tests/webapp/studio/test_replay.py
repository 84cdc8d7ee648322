"""A draft put to the clinic's past cases: how many plans would be others, by which rules, and whose, for doctors."""

import csv
import io
import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rules import selectors as shelf
from rules.models import Draft
from rules.replaying import Pair
from tests.rules.texts import PROTOCOL
from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user, confirmed
from tests.webapp.plans.clinic import says
from tests.webapp.plans.factories import a_patient
from webapp.audit.models import Entry
from webapp.plans import case as cases
from webapp.plans import services as plans
from webapp.plans.models import Evaluation, Plan
from webapp.studio import replaying
from webapp.studio.models import Replay, ReplayCase
from webapp.studio.weighing import differences

pytestmark = pytest.mark.django_db
STRICTER = PROTOCOL.replace("version: 1.0.0", "version: 1.1.0").replace(">= 2", ">= 5")
DAYS = (0, 3, 4, 6)


def url(name, *arguments):
    return reverse(f"studio:{name}", args=arguments)


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def salas(client):
    a_shelf()
    return signed_in(client, a_user("director", display_name="Marta Salas"))


@pytest.fixture
def doctor(salas):
    return signed_in(Client(), a_user("doctor"))


def treated(*days, **also):
    """Leave somebody assessed for each number of days with heartburn."""
    found = []
    for number, one in enumerate(days):
        patient = a_patient(f"Nombre{number}", "Apellido", birth_date=date(1979, 3, 4))
        says(patient, heartburn_days=one, **also)
        plans.assess(patient_id=patient.pk, because="visit", today=timezone.localdate())
        found.append(patient)
    return found


def begun(browser, text=STRICTER):
    browser.post(url("begin", shelf.version("protocol", "reflux").pk))
    draft = Draft.objects.latest("pk")
    browser.post(url("draft", draft.pk), {"text": text, "revision": draft.revision})
    return draft


def asked(browser, draft, which="newest", days=365):
    browser.post(url("replay_begin", draft.pk), {"days": days, "which": which})
    return Replay.objects.latest("pk")


def finished(replay):
    while replaying.go_on(replay.pk, pause=lambda: False):
        pass
    replay.refresh_from_db()
    return replay


def replayed(browser, draft, **options):
    return finished(asked(browser, draft, **options))


def table_of(browser, replay):
    confirmed(browser)
    answer = browser.get(url("replay_table", replay.pk))
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_of_four_patients_the_two_between_the_thresholds_would_have_another_plan(salas):
    treated(*DAYS)
    draft = begun(salas)
    found = replayed(salas, draft)
    assert (found.done, found.changed, found.unread) == (4, 2, 0)
    page = words(salas.get(url("replay", found.pk)))
    assert "reflux.small_meals" in page
    assert "tendrían otro plan" in page
    assert "4 casos mirados, 2 tendrían otro plan" in words(salas.get(url("changes", draft.pk)))


def test_nothing_of_it_reaches_a_plan(salas):
    treated(*DAYS)
    before = [list(model.objects.values().order_by("pk")) for model in (Plan, Evaluation)]
    replayed(salas, begun(salas))
    assert [list(model.objects.values().order_by("pk")) for model in (Plan, Evaluation)] == before


def test_a_director_reads_how_many_and_a_doctor_who_and_that_is_written_down(salas, doctor):
    people = treated(*DAYS)
    found = replayed(salas, begun(salas))
    assert "Apellido" not in words(salas.get(url("replay", found.pk)))
    assert not Entry.objects.filter(verb="replay.viewed").exists()
    page = words(doctor.get(url("replay", found.pk)))
    assert "Nombre1 Apellido" in page
    assert "Nombre0" not in page
    assert reverse("desk:patient", args=[people[1].pk]) in page
    seen = set(Entry.objects.filter(verb="replay.viewed").values_list("patient_id", flat=True))
    assert seen == {people[1].pk, people[2].pk}


def test_a_lost_warning_stands_before_advice_that_comes_otherwise(salas, doctor):
    treated(3)
    [bleeds] = treated(0, gi_bleeding=True)
    text = STRICTER.replace("when: gi_bleeding", "when: gi_bleeding and heartburn_days >= 1")
    found = replayed(salas, begun(salas, text))
    assert [case.weight for case in found.cases.all()] == [ReplayCase.Weight.RED_FLAG, ReplayCase.Weight.REST]
    assert found.cases.first().patient_id == bleeds.pk
    page = words(doctor.get(url("replay", found.pk)))
    assert page.index("Se pierde un aviso") < page.index("Solo pruebas, consejos o palabras")
    only = words(doctor.get(url("replay", found.pk), {"weight": 5, "cause": found.cases.last().cause}))
    assert only.count("<tr data-row>") == 1


def test_each_patient_counts_once_unless_every_case_is_asked_for(salas):
    [patient] = treated(3)
    says(patient, heartburn_days=6)
    plans.assess(patient_id=patient.pk, because="visit", today=timezone.localdate())
    draft = begun(salas)
    newest, every = (replayed(salas, draft, which=which) for which in ("newest", "every"))
    assert (newest.done, newest.changed) == (1, 0)
    assert (every.done, every.changed) == (2, 1)


def test_a_worker_that_is_killed_loses_no_case_and_counts_none_twice(salas, monkeypatch):
    treated(*DAYS)
    monkeypatch.setattr(replaying, "BATCH", 1)
    found = asked(salas, begun(salas))
    assert replaying.go_on(found.pk, seconds=0, pause=lambda: False)  # a slice, then nobody goes on
    found.refresh_from_db()
    assert found.done == 1
    assert "1/4" in words(salas.get(url("replay", found.pk)))
    assert finished(found).done == 4
    assert not replaying.go_on(found.pk, pause=lambda: False)
    assert found.cases.count() == 2


def test_it_steps_aside_for_an_assessment_that_waits(salas, monkeypatch):
    treated(*DAYS)
    monkeypatch.setattr(replaying, "BATCH", 1)
    found = asked(salas, begun(salas))
    assert replaying.go_on(found.pk, pause=lambda: True)
    found.refresh_from_db()
    assert found.done == 1


def test_one_that_is_stopped_says_how_far_it_came_and_goes_on_no_more(salas, monkeypatch):
    treated(*DAYS)
    monkeypatch.setattr(replaying, "BATCH", 1)
    found = asked(salas, begun(salas))
    replaying.go_on(found.pk, seconds=0, pause=lambda: False)
    salas.post(url("replay_stop", found.pk))
    assert not replaying.go_on(found.pk, pause=lambda: False)
    assert "Detenido tras 1 de 4 casos" in words(salas.get(url("replay", found.pk)))


def test_the_same_text_is_not_done_twice_and_anew_only_when_asked(salas):
    treated(3)
    draft = begun(salas)
    first = replayed(salas, draft)
    assert asked(salas, draft).pk == first.pk
    treated(4)
    salas.post(url("replay_again", first.pk))
    anew = finished(Replay.objects.get())
    assert anew.pk != first.pk
    assert anew.changed == 2


def test_a_text_that_does_not_check_says_so_and_changes_nothing(salas):
    treated(3)
    found = replayed(salas, begun(salas, STRICTER.replace("heartburn_days >=", "heartburn_dias >=")))
    assert found.fault == "R010"
    assert "No se pudo terminar" in words(salas.get(url("replay", found.pk)))


def test_no_cases_at_all_are_said_in_words(salas):
    found = replayed(salas, begun(salas))
    assert "No hay casos pasados" in words(salas.get(url("replay", found.pk)))


def test_who_does_not_write_protocols_neither_begins_nor_stops_one(salas, doctor):
    draft = begun(salas)
    sent = {"days": 365, "which": "newest"}
    assert doctor.post(url("replay_begin", draft.pk), sent).status_code == 404
    found = asked(salas, draft)
    assert doctor.post(url("replay_stop", found.pk)).status_code == 404
    assert doctor.post(url("replay_again", found.pk)).status_code == 404
    salas.post(url("replay_begin", draft.pk), {"days": "every day", "which": "; drop"})
    assert Replay.objects.filter(days=365, which="newest").count() == Replay.objects.count()
    desk = signed_in(Client(), a_user("front_desk"))
    assert desk.get(url("replay", found.pk)).status_code == 404


def test_the_table_holds_names_for_doctors_alone_and_asks_again_who_it_is(salas, doctor):
    treated(*DAYS)
    found = replayed(salas, begun(salas))
    assert "confirm" in salas.get(url("replay_table", found.pk)).headers["Location"]
    told = table_of(salas, found)
    assert len(told) == 3
    assert not any("Apellido" in cell for line in told for cell in line)
    named = table_of(doctor, found)
    assert {line[1] for line in named[1:]} == {"Nombre1 Apellido", "Nombre2 Apellido"}
    assert Entry.objects.filter(verb="replay.exported").count() == 2


def test_a_name_that_looks_like_a_formula_stays_text_in_a_spreadsheet(salas, doctor):
    [patient] = treated(3)
    patient.given_name = "=HYPERLINK(1)"
    patient.save()
    assert table_of(doctor, replayed(salas, begun(salas)))[1][1].startswith("'=")


def test_a_page_of_a_thousand_rows_takes_as_many_queries_as_one_of_a_few(salas, doctor, django_assert_max_num_queries):
    [patient] = treated(3)
    found = replayed(salas, begun(salas))
    told = found.cases.get()
    more = Evaluation.objects.get(patient=patient)
    copies = [_copied(more, number) for number in range(999)]
    Evaluation.objects.bulk_create(copies)
    ReplayCase.objects.bulk_create(
        ReplayCase(
            replay=found, evaluation=one, patient=patient, weight=told.weight, cause=0, differences=told.differences
        )
        for one in copies
    )
    doctor.get(url("replay", found.pk))
    with django_assert_max_num_queries(25):
        page = doctor.get(url("replay", found.pk), {"page": 20})
    assert words(page).count("<tr data-row>") == 50


def _copied(one, number):
    return Evaluation(
        patient_id=one.patient_id, release_id=one.release_id, case=one.case, case_sha256=f"{number:064}",
        result=one.result, result_sha256=one.result_sha256, status="ok", because="visit",
    )  # fmt: skip


def test_where_rules_decide_alike_the_whole_plans_are_alike_too(salas):
    """What is told from the rules alone is what both whole plans say, of every case there is."""
    treated(0, 1, 2, 3, 4, 5, 6, 7)
    treated(3, gi_bleeding=True)
    texts = shelf.texts(shelf.current_release())
    later = STRICTER.replace(">= 5", ">= 2").replace(
        "- alert: bleeding\n        urgency: emergency", "- alert: bleeding"
    )
    for text in (STRICTER, later):
        pair = Pair(texts, {**texts, "protocols/reflux/1.1.0.yaml": text})
        stored = list(Evaluation.objects.values_list("case", flat=True))
        for case, told in zip(stored, pair.compare(stored, cases.fit), strict=True):
            whole = [one.items(one.read(case, cases.fit)) for one in (pair.old, pair.new)]
            assert bool(differences(told.before, told.after)) == bool(differences(*whole))

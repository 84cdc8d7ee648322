"""A recall: everyone treated through a rule at a version, given to their doctors, who settle it; no patient hears."""

import csv
import io
import re
from datetime import date, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user, confirmed
from tests.webapp.plans.clinic import says
from tests.webapp.plans.factories import a_patient, a_plan, content
from webapp.audit.models import Entry
from webapp.desk.sources.recalled import SOURCE
from webapp.outbox.models import Message
from webapp.plans import deciding, marking, recalling
from webapp.plans import services as plans
from webapp.plans.models import Plan, PlanItem, Recall, RecallTask, RuleMark
from webapp.plans.recalling import Named
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db
RULE, VERSION = "reflux.small_meals", "1.0.0"
NAMED = Named(RULE, VERSION)
ASKED = {"rule": RULE, "version": VERSION}
MESSAGE = "Revise si sigue siendo adecuado."


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def vidal():
    a_shelf()
    doctor = a_user("doctor", display_name="Elena Vidal")
    doctor.active_role = "doctor"
    return doctor


@pytest.fixture
def director(vidal, client):
    return signed_in(client, a_user("director", display_name="Marta Salas"))


def drafted(name="Rosa", days=4, doctor=None):
    """Return the draft of somebody with heartburn, which holds the advice of the rule."""
    patient = a_patient(name, "Apellido", birth_date=date(1979, 3, 4), general_practitioner=doctor)
    says(patient, heartburn_days=days, gi_bleeding=False)
    return assessed(patient)


def assessed(patient):
    plans.assess(patient_id=patient.pk, because="visit", today=timezone.localdate())
    return Plan.objects.filter(patient=patient, status="draft").latest("created_at")


def signed(draft, doctor):
    deciding.mark_seen(user=doctor, items=draft.items.all())
    deciding.accept_rest(plan_id=draft.pk, doctor=doctor)
    draft.refresh_from_db()
    deciding.sign(plan_id=draft.pk, doctor=doctor, revision=draft.revision)
    return draft


def recalled(browser, message=MESSAGE):
    return browser.post(reverse("studio:recall_begin"), {**ASKED, "message": message})


def shown(browser, **more):
    return words(browser.get(reverse("studio:recall"), {**ASKED, **more}))


def states():
    return {one.patient_id: one.state for one in recalling.treated(NAMED)}


def test_who_has_it_signed_is_treated_and_who_has_it_in_a_draft_is_not(vidal):
    runs, waits = signed(drafted("Rosa"), vidal), drafted("Benito")
    drafted("Nadie", days=0)
    assert states() == {runs.patient_id: "running", waits.patient_id: "not_taken"}


def test_whose_plan_was_replaced_by_one_without_it_is_over_and_with_it_goes_on(vidal):
    over, goes_on = signed(drafted("Rosa"), vidal), signed(drafted("Benito"), vidal)
    for plan, code in ((over, "advice:safety_net"), (goes_on, "advice:small_meals")):
        later = a_plan(plan.patient, content(code))  # by another rule, or the same advice by another
        marking.mark(later.items.all())
        signed(later, vidal)
    assert states() == {over.patient_id: "ended", goes_on.patient_id: "running"}


def test_an_item_that_was_rejected_treated_nobody(vidal):
    draft = drafted()
    deciding.mark_seen(user=vidal, items=draft.items.all())
    item = draft.items.get(kind="advice")
    deciding.decide_item(
        plan_id=draft.pk, item_id=item.pk, doctor=vidal, decision="rejected", reason_code="not_indicated"
    )
    assert states() == {draft.patient_id: "not_taken"}


def test_another_version_and_another_rule_treated_nobody(vidal):
    signed(drafted(), vidal)
    for named in (Named(RULE, "1.1.0"), Named("reflux.bleeding", VERSION), Named("nothing.at_all", VERSION)):
        assert recalling.treated(named) == []


def test_items_of_before_are_marked_by_the_migration(vidal):
    draft = signed(drafted(), vidal)
    RuleMark.objects.all().delete()
    assert states() == {}
    import_module("webapp.plans.migrations.0010_marks_of_older_items").mark_all(apps, None)
    assert states() == {draft.patient_id: "running"}


def test_no_two_plans_share_a_mark_and_none_holds_the_rules_name(vidal):
    for name in ("Rosa", "Benito", "Noelia"):
        signed(drafted(name), vidal)
    marks = [bytes(one) for one in RuleMark.objects.values_list("mark", flat=True)]
    assert len(marks) == len(set(marks)) == 3
    assert all(len(one) == 16 for one in marks)


def test_a_director_recalls_them_and_each_doctor_has_the_task_until_it_is_settled(vidal, director):
    mine = signed(drafted("Rosa", doctor=vidal), vidal)
    drafted("Benito")
    other = a_user("doctor", display_name="Otro Médico")
    other.active_role = "doctor"
    before = Message.objects.count()
    recalled(director)
    task = RecallTask.objects.get()
    assert (task.patient_id, task.doctor) == (mine.patient_id, vidal)
    [waits] = SOURCE.waiting(vidal)
    assert waits.patient_id == mine.patient_id
    assert MESSAGE in SOURCE.told(vidal, [task.pk], "es")[task.pk].words
    assert list(SOURCE.waiting(other)) == []
    browser = signed_in(Client(), vidal)
    assert "Para revisar de nuevo" in words(browser.get("/desk/"))
    page = reverse("plans:recalled", args=[task.pk])
    assert MESSAGE in words(browser.get(page))
    browser.post(page, {"note": "Llamada: sigue bien con ello"})
    assert list(SOURCE.waiting(vidal)) == []
    assert "han resuelto 1 de 1" in shown(director)
    assert Message.objects.count() == before
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"protocol.recalled", "recall.viewed", "recall.settled"} <= verbs


def test_it_is_done_once_and_brought_up_to_date_without_a_second_task(vidal, director):
    signed(drafted("Rosa", doctor=vidal), vidal)
    recalled(director)
    signed(drafted("Benito", doctor=vidal), vidal)
    recalled(director, "otras palabras")
    assert Recall.objects.get().message == MESSAGE
    assert RecallTask.objects.count() == 2
    recalled(director)
    assert RecallTask.objects.count() == 2


def test_without_a_doctor_of_their_own_whoever_signed_has_it_and_after_her_everybody(vidal, director):
    signed(drafted("Rosa"), vidal)
    recalled(director)
    assert RecallTask.objects.get().doctor == vidal
    vidal.is_active = False
    vidal.save()
    other = a_user("doctor")
    other.active_role = "doctor"
    assert len(list(SOURCE.waiting(other))) == 1


def test_it_is_closed_with_words_by_a_doctor_alone_and_stays_closed(vidal, director):
    signed(drafted("Rosa", doctor=vidal), vidal)
    recalled(director)
    task = RecallTask.objects.get()
    browser = signed_in(Client(), vidal)
    answer = browser.post(reverse("plans:recalled", args=[task.pk]), {"note": " "})
    assert answer.status_code == 422
    assert "Escriba qué se hizo" in words(answer)
    with pytest.raises(PlanError):
        recalling.settle(task_id=task.pk, doctor=a_user("dietitian"), note="hecho")
    recalling.settle(task_id=task.pk, doctor=vidal, note="hecho")
    assert recalling.settle(task_id=task.pk, doctor=vidal, note="otra cosa").note == "hecho"
    assert director.get(reverse("plans:recalled", args=[task.pk])).status_code == 404
    assert browser.get(reverse("plans:recalled", args=[uuid4()])).status_code == 404


def test_a_director_reads_how_many_and_a_doctor_who_and_that_is_written_down(vidal, director):
    signed(drafted("Rosa", doctor=vidal), vidal)
    page = shown(director)
    assert "en tratamiento" in page
    assert "Elena Vidal" in page
    assert "Rosa" not in page
    assert not Entry.objects.filter(verb="recall.listed").exists()
    assert "Rosa Apellido" in shown(signed_in(Client(), vidal))
    assert Entry.objects.filter(verb="recall.listed").count() == 1


def test_only_directors_begin_one_and_with_words(vidal, director):
    signed(drafted(), vidal)
    assert recalled(signed_in(Client(), vidal)).status_code == 404
    assert recalled(signed_in(Client(), a_user("administrator"))).status_code == 404
    answer = recalled(director, "")
    assert answer.status_code == 422
    assert "Escriba a los médicos" in words(answer)
    assert not Recall.objects.exists()


def test_the_table_asks_again_who_it_is_and_names_for_doctors_alone(vidal, director):
    signed(drafted("=Rosa"), vidal)
    url = reverse("studio:recall_table")
    assert "confirm" in director.get(url, ASKED).headers["Location"]
    for browser, named in ((director, False), (signed_in(Client(), vidal), True)):
        confirmed(browser)
        text = browser.get(url, ASKED).content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert len(lines) == 2
        assert ("Apellido" in text) == named
        assert not any(cell.startswith("=") for line in lines for cell in line)
    assert Entry.objects.filter(verb="recall.exported").count() == 1


def test_what_is_no_rule_and_what_treated_nobody_is_said(vidal, director):
    assert "Escriba el protocolo, un punto y la regla" in words(
        director.get(reverse("studio:recall"), {"rule": "reflux", "version": "1"})
    )
    assert "no trató a nadie" in shown(director)
    assert director.get(reverse("studio:recall_table"), {"rule": "x"}).status_code in (302, 404)


def test_of_ten_thousand_plans_no_one_is_opened(vidal, director, django_assert_max_num_queries):
    draft = signed(drafted("Rosa"), vidal)
    many = [a_patient(f"P{number}") for number in range(60)]
    made = Plan.objects.bulk_create(Plan(patient=one, evaluation=draft.evaluation) for one in many)
    item = draft.items.get(kind="advice")
    items = PlanItem.objects.bulk_create(
        PlanItem(plan=one, position=0, code=item.code, kind=item.kind, state="proposed", content=item.content)
        for one in made
    )
    marking.mark(items)
    with django_assert_max_num_queries(6):
        found = recalling.treated(NAMED)
    assert len(found) == 61
    with django_assert_max_num_queries(25):
        assert shown(director, page=2).count("<tr data-row>") == 11


def test_a_later_plan_counts_from_its_own_day(vidal):
    draft = signed(drafted("Rosa"), vidal)
    [one] = recalling.treated(NAMED)
    assert abs(one.since - timezone.now()) < timedelta(minutes=5)
    assert one.plan_id == draft.pk

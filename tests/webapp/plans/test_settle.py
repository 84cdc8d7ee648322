"""Alerts beside a plan: settled once with a reason, shown again on other facts, watched when promised."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, content, ppi, this_day, years_ago
from webapp.audit.models import Entry
from webapp.desk import selectors as desk
from webapp.patients import services as patients
from webapp.patients.models import Observation
from webapp.plans import monitoring, noticing, selectors, services
from webapp.plans.assessment import assess
from webapp.plans.models import Plan, RuleEvent, Settlement, Task
from webapp.plans.refusing import PlanError
from webapp.plans.terms import terms_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


@pytest.fixture
def doctor():
    return a_doctor()


def drafted(patient):
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    return Plan.objects.select_related("patient", "evaluation").get(patient=patient, status="draft")


def notices(user, plan):
    items = selectors.items_for(user, plan)
    left = selectors.to_do(user, plan, items)
    return noticing.notices_of(user, plan, items, left, terms_of(plan.evaluation, "es"))


def remark(user, plan):
    """The first alert beside a plan that this reader has not settled."""
    return next(one for one in notices(user, plan).all if one.can_be_settled)


def settle(user, plan, one, reason="already_managed", **more):
    given = {"key": one.key, "facts": one.facts, "reason_code": reason, "today": this_day(), **more}
    return services.settle_notice(plan=plan, doctor=user, **given)


def is_open(user, plan, key):
    return any(one.key == key and one.can_be_settled for one in notices(user, plan).all)


def test_a_settled_alert_is_folded_for_its_doctor_and_says_when_and_by_whom(doctor):
    plan = drafted(clinic.on_warfarin())
    one = remark(doctor, plan)
    settle(doctor, plan, one)
    after = next(each for each in notices(doctor, plan).all if each.key == one.key)
    assert (after.tier, after.mine.user, after.mine.reason_code) == (3, doctor, "already_managed")
    page = Client()
    page.force_login(doctor)
    text = page.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()
    assert "Resuelto el" in text
    assert "por Dra. Vidal" in text


def test_a_colleague_still_sees_it_with_who_settled_it(doctor):
    plan, other = drafted(clinic.on_warfarin()), a_doctor("Dr. Salas")
    one = remark(doctor, plan)
    settle(doctor, plan, one)
    seen = next(each for each in notices(other, plan).all if each.key == one.key)
    assert (seen.mine, seen.others.user, seen.can_be_settled) == (None, doctor, True)


def test_it_stays_settled_in_the_next_draft_on_the_same_facts_and_comes_back_on_others(doctor):
    patient = clinic.on_warfarin()
    plan = drafted(patient)
    one = next(each for each in notices(doctor, plan).all if each.key == "alert:warfarin_metronidazole")
    settle(doctor, plan, one)
    clinic.says(patient, other="Duerme mal")
    assert not is_open(doctor, drafted(patient), one.key)
    patients.add_medication(patient=patient, code="ibuprofen", text="ibuprofeno", dose="600 mg", actor=None)
    assert is_open(doctor, drafted(patient), one.key)


def test_settling_has_a_reason_of_the_list_and_a_known_alert(doctor):
    plan = drafted(clinic.on_warfarin())
    one = remark(doctor, plan)
    for wrong in ({"reason": ""}, {"reason": "because"}, {"reason": "not_relevant", "key": "alert:invented"}):
        with pytest.raises(PlanError):
            settle(doctor, plan, one, **wrong)
    with pytest.raises(PlanError, match="ha cambiado"):
        settle(doctor, plan, one, facts="0" * 32)
    with pytest.raises(PlanError, match="demasiado larga"):
        settle(doctor, plan, one, note="x" * 1001)
    assert not Settlement.objects.exists()


@pytest.mark.parametrize("role", ["dietitian", "director", "front_desk", "patient"])
def test_nobody_but_a_doctor_settles(role, doctor):
    plan = drafted(clinic.on_warfarin())
    with pytest.raises(PlanError):
        settle(a_user(role), plan, remark(doctor, plan))


def test_settling_twice_writes_once_and_the_database_keeps_it(doctor):
    plan = drafted(clinic.on_warfarin())
    one = remark(doctor, plan)
    assert settle(doctor, plan, one) == settle(doctor, plan, one)
    for change in (Settlement.objects.update, RuleEvent.objects.update):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(reason_code="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        Settlement.objects.all().delete()


def test_at_most_three_alerts_stand_open_and_the_first_tier_first(doctor):
    alerts = [content(f"alert:number_{n}") for n in range(5)]
    patient = a_patient()
    plan = a_plan(patient, ppi(), *alerts)
    patients.add_allergy(patient=patient, code="penicillins", text="ronchas", actor=None)
    found = notices(doctor, Plan.objects.select_related("patient", "evaluation").get(pk=plan.pk))
    assert (len(found.shown), found.shown[0].tier) == (3, 1)
    assert [one.number for one in found.shown] == [1, 2, 3]
    assert len(found.folded) >= 3


def test_every_alert_of_the_page_carries_an_action(doctor):
    plan = drafted(clinic.on_warfarin())
    page = Client()
    page.force_login(doctor)
    text = page.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()
    cards = text.split('class="alert-card')[1:]
    assert cards
    assert all("<form" in card for card in cards)


# --- what is watched


def test_what_will_be_monitored_becomes_a_task_that_the_list_shows_on_its_day(doctor):
    plan = drafted(clinic.on_warfarin())
    settle(doctor, plan, remark(doctor, plan), "will_monitor", days=10, today=timezone.localdate())
    task = Task.objects.get()
    assert (task.due_on, task.made_by, task.status) == (timezone.localdate() + timedelta(days=10), doctor, "open")
    entry = next(one for one in desk.entries_for(doctor) if one.patient_id == plan.patient_id)
    assert not entry.task_ids
    Task.objects.update(due_on=timezone.localdate())
    entry = next(one for one in desk.entries_for(doctor) if one.patient_id == plan.patient_id)
    assert (entry.task_ids, entry.in_tab("watched")) == ([task.pk], True)
    page = Client()
    page.force_login(doctor)
    assert task.title["es"] in page.get(reverse("desk:list"), {"tab": "watched"}).content.decode()


def test_a_held_item_taken_with_that_promise_is_watched_until_the_decision_is_taken_back(doctor):
    plan = a_plan(a_patient(), ppi("held"))
    item = plan.items.get()
    told = {"reason_code": "will_monitor", "note": "Analítica en dos semanas", "watch_days": 7}
    services.decide_item(plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="accepted", **told)
    assert Task.objects.get().due_on == timezone.localdate() + timedelta(days=7)
    services.undecide(plan_id=plan.pk, item_id=item.pk, doctor=doctor)
    assert Task.objects.get().status == "dropped"


def test_the_same_thing_is_watched_once(doctor):
    plan = a_plan(a_patient())
    for days in (7, 30):
        monitoring.watch(plan=plan, what="rx:x", title={"es": "x"}, doctor=doctor, days=days, today=this_day())
    assert Task.objects.get().due_on == this_day() + timedelta(days=30)


def test_a_task_is_settled_in_writing_and_leaves_the_list(doctor):
    plan = a_plan(a_patient())
    task = monitoring.watch(plan=plan, what="rx:x", title={"es": "INR"}, doctor=doctor, days=1, today=this_day())
    page, address = Client(), reverse("plans:task", kwargs={"task": task.pk})
    page.force_login(doctor)
    assert "se volvería a mirar" in page.get(address).content.decode()
    assert "Escriba qué se encontró" in page.post(address, {"outcome": "done", "note": " "}).content.decode()
    page.post(address, {"outcome": "done", "note": "INR 2,4", "next": "/desk/"})
    task.refresh_from_db()
    assert (task.status, task.settled_by, task.note) == ("done", doctor, "INR 2,4")
    assert not monitoring.due_for(doctor, this_day() + timedelta(days=9)).exists()
    assert Entry.objects.filter(verb="task.done", patient_id=plan.patient_id).exists()


@pytest.mark.parametrize("days", ["0", "366", "diez", "-1", "9" * 40])
def test_a_day_that_cannot_be_is_refused(days):
    with pytest.raises(PlanError):
        monitoring.days_of(days)


def test_a_dietitian_reads_what_is_watched_and_settles_nothing(doctor):
    task = monitoring.watch(
        plan=a_plan(a_patient()), what="rx:x", title={"es": "INR"}, doctor=doctor, days=1, today=this_day()
    )
    page, address = Client(), reverse("plans:task", kwargs={"task": task.pk})
    page.force_login(a_user("dietitian"))
    assert page.get(address).status_code == 200
    page.post(address, {"outcome": "done", "note": "x"})
    task.refresh_from_db()
    assert task.status == "open"
    for role in ("front_desk", "director", "patient"):
        page.force_login(a_user(role))
        assert page.get(address).status_code == 404


# --- what is forbidden


def test_a_forbidden_item_is_asked_about_over_the_page_and_taken_in_words_only(doctor):
    plan = a_plan(a_patient(), ppi("blocked", alternatives=["rx:famotidine"]))
    item = plan.items.get()
    page = Client()
    page.force_login(doctor)
    text = page.get(reverse("plans:override", kwargs={"pk": plan.pk, "item": item.pk})).content.decode()
    assert "Dejarlo fuera" in text
    assert 'minlength="10"' in text
    decide = reverse("plans:decide", kwargs={"pk": plan.pk, "item": item.pk})
    form = {"decision": "accepted", "reason": "risk_accepted", "was": "pending"}
    for note in ("", "ok", "-" * 9):
        page.post(decide, form | {"note": note})
        item.refresh_from_db()
        assert item.decision == "pending"
    page.post(decide, {"decision": "rejected", "reason": "blocked", "was": "pending"})
    item.refresh_from_db()
    assert (item.decision, item.reason_code) == ("rejected", "blocked")


def test_what_is_not_forbidden_has_no_such_page(doctor):
    page, plan = Client(), a_plan(a_patient())
    page.force_login(doctor)
    address = reverse("plans:override", kwargs={"pk": plan.pk, "item": plan.items.get().pk})
    assert page.get(address).status_code == 404


# --- a check that was not made


def test_what_was_written_down_since_stops_release_in_red_until_it_is_checked(doctor):
    patient = clinic.a_dyspeptic_woman()
    plan = drafted(patient)
    patients.add_medication(patient=patient, code="warfarin", text="warfarina", dose="5 mg", actor=None)
    services.mark_seen(user=doctor, items=plan.items.all())
    with pytest.raises(PlanError, match=r"datos más recientes: compruébelos antes\. No se ha aceptado nada"):
        services.accept_rest(plan_id=plan.pk, doctor=doctor)
    with pytest.raises(PlanError, match=r"datos más recientes: compruébelos antes\. No se ha firmado nada"):
        services.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    page = Client()
    page.force_login(doctor)
    address = reverse("plans:review", kwargs={"pk": plan.pk})
    assert "Falta comprobar los datos más recientes" in page.get(address).content.decode()
    page.post(reverse("plans:assess_again", kwargs={"pk": plan.pk}))
    newest = Plan.objects.get(status="draft")
    assert (
        "Falta comprobar los datos" not in page.get(reverse("plans:review", kwargs={"pk": newest.pk})).content.decode()
    )


def test_saying_the_same_again_is_no_missing_check(doctor):
    patient = clinic.a_dyspeptic_woman()
    plan = drafted(patient)
    clinic.says(patient, dysphagia=False)
    items = selectors.items_for(doctor, plan)
    assert not selectors.to_do(doctor, plan, items).not_checked


def not_checked(doctor, plan):
    plan = Plan.objects.get(pk=plan.pk)
    return selectors.to_do(doctor, plan, selectors.items_for(doctor, plan)).not_checked


def test_a_line_that_is_closed_or_taken_back_is_a_change_though_nothing_was_added(doctor):
    patient = clinic.a_dyspeptic_woman()
    warfarin = patients.add_medication(patient=patient, code="warfarin", text="warfarina", dose="5 mg", actor=doctor)
    plan = drafted(patient)
    assert not not_checked(doctor, plan)
    patients.stop_medication(medication=warfarin, ended_on=None, actor=doctor)
    assert not_checked(doctor, plan)


def test_a_value_taken_back_is_a_change_and_confirming_one_is_none(doctor):
    patient = clinic.a_dyspeptic_woman()
    clinic.lab(patient, "hb", 7, "g/dL")
    plan = drafted(patient)
    [row] = Observation.objects.filter(patient=patient, code="hb")
    row = patients.confirm_observation(observation=row, actor=doctor)
    assert not not_checked(doctor, plan)
    patients.enter_observation_in_error(observation=row, actor=doctor, reason="other_patient")
    assert not_checked(doctor, plan)


def test_who_the_patient_is_counts_too_as_far_as_it_changes_the_plan(doctor):
    patient = clinic.a_dyspeptic_woman()
    plan = drafted(patient)
    patients.correct_identity(patient=patient, actor=None, phone="600112233")
    assert not not_checked(doctor, plan)
    patients.correct_identity(patient=patient, actor=None, birth_date=years_ago(63))
    assert not_checked(doctor, plan)


# --- what is watched no longer


def watched(doctor, plan, item, **changes):
    taken = {"decision": "accepted", "reason_code": "will_monitor", "note": "INR el lunes", **changes}
    return services.decide_item(plan_id=plan.pk, item_id=item.pk, doctor=doctor, **taken)


def test_deciding_otherwise_takes_the_task_with_it(doctor):
    plan = a_plan(a_patient(), content("rx:a", "held"), seen_by=doctor)
    watched(doctor, plan, plan.items.get())
    watched(doctor, plan, plan.items.get(), decision="rejected", reason_code="preference", note="")
    assert Task.objects.get().status == "dropped"


def test_a_decision_carried_into_a_newer_draft_takes_its_task_with_it_when_it_is_taken_back(doctor):
    patient = a_patient()
    old = a_plan(patient, content("rx:a", "held"), seen_by=doctor)
    watched(doctor, old, old.items.get())
    Plan.objects.filter(pk=old.pk).update(status="discarded")
    new = a_plan(patient, content("rx:a", "held"), seen_by=doctor)
    watched(doctor, new, new.items.get())
    services.undecide(plan_id=new.pk, item_id=new.items.get().pk, doctor=doctor)
    assert Task.objects.get().status == "dropped"


# --- what becomes of each rule


def test_each_rule_s_outcome_is_a_row(doctor):
    plan = a_plan(a_patient(), ppi(), content("test:fit"), content("rx:a", "held"), seen_by=doctor)
    first, second, held = plan.items.order_by("position")
    services.decide_item(
        plan_id=plan.pk, item_id=first.pk, doctor=doctor, decision="rejected", reason_code="preference"
    )
    services.undecide(plan_id=plan.pk, item_id=first.pk, doctor=doctor)
    services.accept_rest(plan_id=plan.pk, doctor=doctor)
    taken = {"decision": "accepted", "reason_code": "known_otherwise", "note": "Lo sé"}
    services.decide_item(plan_id=plan.pk, item_id=held.pk, doctor=doctor, **taken)
    rows = RuleEvent.objects.values_list("item", "what", "reason_code")
    assert sorted(rows.filter(item=first)) == sorted(
        [
            (first.pk, "shown", ""),
            (first.pk, "rejected", "preference"),
            (first.pk, "undecided", ""),
            (first.pk, "accepted", ""),
        ]
    )
    assert set(rows.filter(item=second)) == {(second.pk, "shown", ""), (second.pk, "accepted", "")}
    assert (held.pk, "overridden", "known_otherwise") in rows
    named = {(row.protocol, row.rule, row.version) for row in RuleEvent.objects.all()}
    assert named == {("reflux", "ppi_trial", "1.2.0")}


def test_time_on_screen_is_added_up_and_nonsense_left_out(doctor):
    mine, other = a_plan(a_patient()), a_plan(a_patient())
    item, foreign = mine.items.get(), other.items.get()
    page = Client()
    page.force_login(doctor)
    address = reverse("plans:on_screen", kwargs={"pk": mine.pk})
    form = {f"s-{item.pk}": "12", f"s-{foreign.pk}": "9", "s-nobody": "3", f"s-{item.pk}x": "1", "s-": "99999"}
    assert page.post(address, form).status_code == 204
    row = RuleEvent.objects.get(what="on_screen")
    assert (row.item, row.seconds, row.user) == (item, 12, doctor)
    services.on_screen(doctor, mine, {item.pk: 9999})
    assert RuleEvent.objects.filter(what="on_screen").last().seconds == 3600

"""The pages of versions on trial: approved as one, told for whom and how far, stopped, promoted; and who may what."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rules.models import Submission, Trial
from tests.webapp.intake.factories import signed_in
from tests.webapp.people import PASSWORD, a_user, confirmed
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, an_evaluation, this_day
from tests.webapp.plans.test_pilot import a_pilot, assessed, of
from tests.webapp.studio.test_drafts import begun, ibarra, in_force, looked, proposed, salas, url, words  # noqa: F401 - two directors, signed in
from tests.webapp.studio.test_shadow import go_on, in_shadow
from webapp.accounts.models import User
from webapp.audit.models import Entry
from webapp.clinic import features
from webapp.plans import services
from webapp.plans.models import Plan
from webapp.studio import tasks
from webapp.studio.models import ShadowCase

pytestmark = pytest.mark.django_db


@pytest.fixture
def director(client):
    return signed_in(client, a_user("director"))


def day(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def tried(browser, proposal, how="pilot", **more):
    looked(browser, proposal)
    confirmed(browser)
    typed = {"how": how, "ends": day(30), "approve": "1", **more}
    return browser.post(url("decide", proposal.pk), typed)


def test_a_second_director_approves_a_proposal_as_a_pilot_for_named_doctors(salas, ibarra):  # noqa: F811
    vidal, proposal = a_doctor(), proposed(salas)
    before = in_force()
    answer = tried(ibarra, proposal, doctors=[str(vidal.pk)], share="40 %")
    trial = Trial.objects.get()
    assert answer.url == url("trial", trial.pk)
    assert (trial.kind, trial.share, trial.doctors) == ("pilot", 40, [str(vidal.pk)])
    assert trial.ends_at.astimezone(timezone.get_current_timezone()).date().isoformat() == day(31)
    assert in_force() == before
    page = words(ibarra.get(url("trial", trial.pk)))
    assert "Dra. Vidal" in page
    assert "40" in page
    assert Entry.objects.filter(verb="protocol.approved_to_try").count() == 1
    for where in (url("list"), url("trials")):
        assert url("trial", trial.pk) in words(ibarra.get(where))
    assert "R041" in words(tried(ibarra, proposal, "shadow"))


def test_as_a_shadow_the_proposal_says_so_and_waits_for_nobody_any_more(salas, ibarra):  # noqa: F811
    proposal = proposed(salas)
    tried(ibarra, proposal, "shadow")
    page = words(ibarra.get(url("proposal", proposal.pk)))
    assert url("trial", Trial.objects.get().pk) in page
    assert url("proposal", proposal.pk) not in words(ibarra.get(url("list")))
    assert url("trial", Trial.objects.get().pk) in words(salas.get(url("draft", proposal.draft_id)))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"ends": ""}, "R047"),
        ({"ends": "mañana"}, "R047"),
        ({"ends": "2026-02-31"}, "R047"),
        ({"begins": day(9), "ends": day(3)}, "R053"),
        ({"ends": day(900)}, "R053"),
        ({"share": "cien"}, "R054"),
        ({"share": "101"}, "R054"),
        ({"share": "-1"}, "R054"),
    ],
)
def test_a_form_that_is_filled_in_wrong_is_shown_again_with_what_was_typed(salas, ibarra, typed, code):  # noqa: F811
    answer = tried(ibarra, proposed(salas), **typed)
    assert (answer.status_code, code in words(answer)) == (422, True)
    assert 'value="pilot" checked' in words(answer)
    assert not Trial.objects.exists()


def test_it_is_asked_again_who_it_is_and_both_differences_must_have_been_opened(salas, ibarra):  # noqa: F811
    proposal = proposed(salas)
    typed = {"how": "pilot", "ends": day(30), "approve": "1"}
    assert ibarra.post(url("decide", proposal.pk), typed | {"secret": "otra"}).status_code == 422
    assert "R036" in words(ibarra.post(url("decide", proposal.pk), typed | {"secret": PASSWORD}))
    confirmed(salas)
    assert "R035" in words(salas.post(url("decide", proposal.pk), typed))
    assert not Trial.objects.exists()


def test_stopping_needs_a_reason_and_has_open_drafts_assessed_anew(director):
    clinic.publish()
    trial = a_pilot()
    patient = of(None)
    assessed(patient)
    refused = director.post(url("stop_trial", trial.pk), {"reason": " "})
    assert (refused.status_code, "R030" in words(refused)) == (422, True)
    director.post(url("stop_trial", trial.pk), {"reason": "Demasiadas pruebas"})
    trial.refresh_from_db()
    assert trial.state == "stopped"
    assert "Demasiadas pruebas" in words(director.get(url("trial", trial.pk)))
    jobs = ProcrastinateJob.objects.filter(task_name="plans.assess", args__because="record:protocol")
    assert [job.args["patient_id"] for job in jobs] == [str(patient.pk)]
    assert "R055" in words(director.post(url("stop_trial", trial.pk), {"reason": "otra vez"}))


def test_what_was_tried_is_proposed_and_decided_by_another_as_any_proposal(salas, ibarra):  # noqa: F811
    proposal = proposed(salas)
    tried(ibarra, proposal)
    trial = Trial.objects.get()
    salas.post(url("promote_trial", trial.pk), {"reason": "Va bien"})
    promotion = Submission.objects.latest("pk")
    assert promotion.pk != proposal.pk
    page = words(ibarra.get(url("proposal", promotion.pk)))
    assert url("trial", trial.pk) in page
    assert 'value="pilot"' not in page  # what is on trial is not tried twice at once
    looked(ibarra, promotion)
    confirmed(ibarra)
    ibarra.post(url("decide", promotion.pk), {"how": "force", "approve": "1"})
    trial.refresh_from_db()
    assert trial.state == "ended"
    assert trial.version.path in in_force()


def test_the_periodic_job_ends_trials_and_writes_it_into_the_book(salas, ibarra, monkeypatch):  # noqa: F811
    tried(ibarra, proposed(salas))
    tasks.keep_trials_up()
    assert (Trial.objects.get().state, Entry.objects.filter(verb="protocol.trial_turned").count()) == ("running", 0)
    later = timezone.now() + timedelta(days=40)
    monkeypatch.setattr(timezone, "now", lambda: later)
    tasks.keep_trials_up()
    assert Trial.objects.get().state == "ended"
    assert Entry.objects.filter(verb="protocol.trial_turned").count() == 1
    tasks.keep_trials_up()
    assert Entry.objects.filter(verb="protocol.trial_turned").count() == 1


def shadowed_for(*doctors):
    clinic.publish()
    trial = in_shadow()
    people = [of(doctor) for doctor in doctors]
    for one in people:
        assessed(one)
    go_on()
    return trial, people


def test_a_doctor_sees_who_a_director_counts_only_and_the_look_is_in_the_book(director):
    vidal = a_doctor()
    trial, (patient,) = shadowed_for(vidal)
    counted = words(director.get(url("trial", trial.pk)))
    assert "1 evaluación" in counted
    assert patient.full_name not in counted
    assert patient.record_number not in counted
    assert not Entry.objects.filter(verb="trial.viewed").exists()
    doctor = Client()
    doctor.force_login(vidal)
    page = words(doctor.get(url("trial", trial.pk)))
    assert patient.full_name in page
    assert "dyspepsia." in page
    [look] = Entry.objects.filter(verb="trial.viewed")
    assert (look.actor_id, look.patient_id) == (vidal.pk, patient.pk)


@pytest.mark.parametrize("role", ["doctor", "dietitian"])
def test_who_reads_protocols_reads_trials_and_neither_stops_nor_promotes_them(role):
    clinic.publish()
    trial = a_pilot(kind="shadow")
    browser = signed_in(Client(), a_user(role))
    assert browser.get(url("trials")).status_code == 200
    page = words(browser.get(url("trial", trial.pk)))
    assert "stop/" not in page
    assert "promote/" not in page
    for name in ("stop_trial", "promote_trial"):
        assert browser.post(url(name, trial.pk), {"reason": "x"}).status_code in (403, 404)
    trial.refresh_from_db()
    assert trial.is_open


@pytest.mark.parametrize("role", ["front_desk", "marketing", "administrator", "patient"])
def test_who_does_not_read_protocols_sees_no_trial(role):
    clinic.publish()
    trial = a_pilot(kind="shadow")
    browser = signed_in(Client(), a_user(role))
    for where in (url("trials"), url("trial", trial.pk)):
        assert browser.get(where).status_code in (403, 404)
    assert browser.get(url("trial", trial.pk + 1)).status_code in (403, 404)


def test_a_pilot_tells_how_far_it_is_and_its_rules_by_version(director):
    clinic.publish()
    vidal = a_doctor()
    trial = a_pilot(doctors=(str(vidal.pk),))
    for patient in (of(vidal), of(a_doctor("Dr. Soler"))):
        assessed(patient)
        services.mark_seen(user=vidal, items=Plan.objects.get(patient=patient).items.all())
    page = words(director.get(url("trial", trial.pk)))
    assert "1 paciente" in page
    versions = re.findall(r'data-label="Versión">([\d., ]+)<', page)
    assert {trial.version.version, "1.0.0"} <= set(versions)


def test_a_thousand_cases_come_in_pages_and_cost_as_many_queries_as_ten(django_assert_max_num_queries):
    clinic.publish()
    vidal, trial = a_doctor(), in_shadow()
    base = trial.sets.get().release
    told = [{"item": "test:x", "aspect": "gone", "old": "proposed", "new": "", "rules": ["p.r"], "harm": True}]
    patient = of(vidal)
    evaluations = [an_evaluation(patient, case_sha256=f"{n:064d}") for n in range(40)]
    ShadowCase.objects.bulk_create(
        ShadowCase(trial=trial, evaluation=one, patient=patient, release=base, weight=2, differences=told)
        for one in evaluations
    )
    doctor = Client()
    doctor.force_login(vidal)
    doctor.get(url("trial", trial.pk))
    with django_assert_max_num_queries(45):
        page = doctor.get(url("trial", trial.pk))
    assert words(page).count(patient.full_name) == 25
    assert words(doctor.get(url("trial", trial.pk) + "?page=2")).count(patient.full_name) == 15
    assert this_day()


def test_the_live_panel_is_there_for_the_colleagues_it_is_switched_on_for(salas, ibarra):  # noqa: F811
    draft = begun(salas)
    there = [b'id="live"' in browser.get(url("draft", draft.pk)).content for browser in (salas, ibarra)]
    marta = User.objects.get(pk=salas.session["_auth_user_id"])
    manager = a_user("administrator")
    features.set_group(name="Pioneras", members=[marta.pk], actor=manager)
    features.switch(name="live_panel", on_for="group", group="Pioneras", reason="Empieza ella", actor=manager)
    after = [b'id="live"' in browser.get(url("draft", draft.pk)).content for browser in (salas, ibarra)]
    assert (there, after) == ([True, True], [True, False])

"""A version on pilot: the plans of some patients come by it, and say so; those of the others do not, ever."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from rules import approving, drafting, examining, selectors, trials
from rules.models import Opened, Release, Trial
from rules.services import Author
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, a_user, this_day, years_ago
from webapp.clinic import features
from webapp.patients.selectors import contents_of
from webapp.plans import ageing, opinions, rechecking
from webapp.plans.assessment import assess, verify
from webapp.plans.models import Plan
from webapp.plans.piloting import side_of

pytestmark = pytest.mark.django_db
SALAS, IBARRA = Author("1", "Dra. Salas"), Author("2", "Dr. Ibarra")
NAME = "dyspepsia"


@pytest.fixture(autouse=True)
def library():
    return clinic.publish()


def a_pilot(change=lambda text: text, name=NAME, kind="pilot", **more):
    """Approve the text in force under the next number, changed, to be tried from an hour ago on."""
    draft = drafting.begin(selectors.version("protocol", name), SALAS)
    text = change(drafting.newest_of(draft).text)
    drafting.save(draft_id=draft.pk, text=text, shown=1, author=SALAS)
    draft.refresh_from_db()
    new = {drafting.newest_of(draft).path: text}
    examining.Examination.objects.create(
        digest=examining.digest_of_set(examining.with_new(new, selectors.current_release())),
        base=selectors.current_release(), texts={}, finished_at=timezone.now(), report=CLEAN,
    )  # fmt: skip
    proposal = approving.submit(draft_id=draft.pk, shown=draft.revision, reason="Para probarla", author=SALAS)
    for what in Opened.What.values:
        approving.opened(submission_id=proposal.pk, what=what, user_id=IBARRA.id)
    now = timezone.now()
    terms = trials.Terms(kind, now - timedelta(hours=1), now + timedelta(days=30), **more)
    return trials.approve(submission_id=proposal.pk, author=IBARRA, terms=terms)


CLEAN = {"clean": True, "rules": {}, "tests": [], "problems": [], "proofs": [], "changes": [], "failing": []}


def of(doctor):
    patient = clinic.a_dyspeptic_woman()
    type(patient).objects.filter(pk=patient.pk).update(general_practitioner=doctor)
    patient.refresh_from_db()
    return patient


def assessed(patient, because="questionnaire"):
    return assess(patient_id=patient.pk, because=because, today=this_day())


def versions(evaluation):
    items = json.loads(evaluation.result)["items"]
    return {each["version"] for item in items for each in item["reasons"] if each["protocol"] == NAME}


def test_the_patients_of_a_named_doctor_come_by_the_pilot_and_those_of_another_do_not(library):
    vidal, soler = a_doctor(), a_doctor("Dr. Soler")
    trial = a_pilot(doctors=(str(vidal.pk),))
    hers, his, nobodys = assessed(of(vidal)), assessed(of(soler)), assessed(of(None))
    assert (hers.trial, hers.release) == (trial, trial.sets.get().release)
    assert versions(hers) == {trial.version.version}
    assert [(one.trial, one.release.digest) for one in (his, nobodys)] == [(None, library)] * 2
    assert trial.version.version not in versions(his) | versions(nobodys)


def test_a_group_of_colleagues_is_those_who_belong_to_it_now():
    vidal, soler, manager = a_doctor(), a_doctor("Dr. Soler"), a_user("administrator")
    features.set_group(name="Digestivo", members=[vidal.pk], actor=manager)
    trial = a_pilot(group="Digestivo")
    assert (assessed(of(vidal)).trial, assessed(of(soler)).trial) == (trial, None)
    features.set_group(name="Digestivo", members=[soler.pk], actor=manager)
    assert (assessed(of(vidal)).trial, assessed(of(soler)).trial) == (None, trial)


@pytest.mark.parametrize(("share", "few", "many"), [(0, 0, 0), (1, 0, 4), (50, 20, 60), (99, 74, 80), (100, 80, 80)])
def test_a_share_draws_that_many_and_always_the_same(share, few, many):
    trial = a_pilot(share=share)
    people = [a_patient(birth_date=years_ago(40)) for _ in range(80)]
    drawn = {one.pk for one in people if side_of(one).trial_id == trial.pk}
    assert few <= len(drawn) <= many
    assert drawn == {one.pk for one in reversed(people) if side_of(one).trial_id == trial.pk}


def test_a_new_assessment_stays_on_its_side_whoever_treats_the_patient_meanwhile():
    vidal, soler = a_doctor(), a_doctor("Dr. Soler")
    trial = a_pilot(doctors=(str(vidal.pk),))
    patient, other = of(vidal), of(soler)
    assessed(patient)
    assessed(other)
    type(patient).objects.filter(pk=patient.pk).update(general_practitioner=soler)
    for one in (patient, other):
        clinic.says(one, gi_bleeding=True)
    assert (assessed(patient).trial, assessed(other).trial) == (trial, None)


def test_the_draft_holds_as_checked_today_on_its_own_side(library):
    patient = of(None)
    before = assessed(patient)
    assert ageing.holds_today(before, contents_of(patient), this_day())
    a_pilot(lambda text: text.replace("duration_weeks >= 4", "duration_weeks >= 400"), name="dyspepsia")
    evaluation = assessed(patient)
    assert evaluation.trial
    assert ageing.holds_today(evaluation, contents_of(patient), this_day())


def test_the_second_opinion_is_asked_about_the_set_on_pilot_and_the_stored_result_comes_out_again():
    a_pilot()
    evaluation = assessed(of(None))
    assert evaluation.trial
    assert opinions.check(evaluation.pk).state == "confirmed"
    assert verify(evaluation)


def test_stopped_or_ended_the_next_assessment_goes_by_what_is_in_force_and_the_plan_there_was_stays(library):
    trial, patient = a_pilot(), of(None)
    first = assessed(patient)
    plan = Plan.objects.get(patient=patient)
    trials.stop(trial_id=trial.pk, author=IBARRA, reason="Basta")
    plan.refresh_from_db()
    assert (plan.evaluation, plan.evaluation.trial) == (first, trial)
    assert verify(first)
    again = assessed(patient)
    assert (again.trial, again.release.digest, again.pk != first.pk) == (None, library, True)


def test_in_the_shadow_of_a_version_every_plan_comes_by_what_is_in_force(library):
    trial = a_pilot(kind="shadow")
    evaluation = assessed(of(None))
    assert (evaluation.trial, evaluation.release.digest) == (None, library)
    assert Trial.objects.get().pk == trial.pk


def test_a_pilot_that_stands_aside_takes_nobody(library):
    trial = a_pilot()
    patient = of(None)
    assert side_of(patient).trial_id == trial.pk
    Release.objects.create(digest="0" * 64, current_since=timezone.now())  # brought in a moment ago
    assert side_of(patient).trial_id is None


def test_her_plan_says_that_it_came_by_a_pilot_and_where_its_text_stands(client):
    vidal, soler = a_doctor(), a_doctor("Dr. Soler")
    trial = a_pilot(doctors=(str(vidal.pk),))
    client.force_login(vidal)
    pages = []
    for doctor in (vidal, soler):
        assessed(patient := of(doctor))
        pages.append(client.get(f"/plans/{Plan.objects.get(patient=patient).pk}/review/").content.decode())
    link = f'href="/studio/{trial.version.pk}/"'
    assert [link in page for page in pages] == [True, False]
    assert f"dyspepsia {trial.version.version}" in pages[0]


def test_a_medicine_given_on_is_checked_by_the_side_of_its_patient(monkeypatch):
    asked = []

    def program(digest, _day):
        asked.append(digest)
        raise ValueError(digest)

    trial, patient = a_pilot(), of(None)
    assessed(patient)
    monkeypatch.setattr(rechecking.shelf, "program", program)
    plan = Plan.objects.get(patient=patient)
    plan.released_items = []
    dose = {"ingredient": "omeprazole", "dose": "20 mg"}
    assert rechecking.recheck(plan, plan.items.first(), this_day(), [dose]).verdict == "not_checked"
    assert asked == [trial.sets.get().release.digest]


def test_without_a_pilot_an_assessment_asks_the_shelf_twice_and_nothing_of_the_patient(django_assert_num_queries):
    patient = of(None)
    with django_assert_num_queries(2):
        side_of(patient)

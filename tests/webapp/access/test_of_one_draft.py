"""What is handed over, answered for, taken back or worked out before is that of one draft, not of another patient's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.access.marks import WORDS
from tests.webapp.access.routes import undone
from tests.webapp.people import a_patient
from tests.webapp.plans.factories import a_doctor, a_plan, an_evaluation, this_day
from webapp.accounts.grants import RolePermission
from webapp.accounts.models import User
from webapp.base.roles import Role
from webapp.plans import comparing, cosigning, deciding, handing, treatments, undoing, uses, watching
from webapp.plans import selectors as plans
from webapp.plans.models import Handover, Plan, SecondSignature, Task
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db
LIVES = ("own", "foreign", "namesake")
WHY = "away for a week"


@pytest.fixture
def doctor(world):
    return world.users[Role.DOCTOR]


@pytest.fixture
def colleague(world):
    with undone():
        yield a_doctor("Dra. Soler")


def drafts(world):
    return [world.life(name).draft for name in LIVES]


def standing(plan):
    return set(Handover.objects.filter(plan=plan, taken_back_at=None).values_list("given_to_id", flat=True))


def page(user, address, *arguments):
    client = Client()
    client.force_login(user)
    return client.get(reverse(address, args=arguments))


def test_the_handover_of_a_draft_is_that_drafts(world, doctor):
    for plan in drafts(world):
        assert handing.opened(plan, doctor).plan_id == plan.pk
    new = a_plan(a_patient())
    assert handing.opened(new, doctor) is None


def test_a_draft_that_is_handed_on_ends_no_handover_of_another(world, doctor, colleague):
    for moved in drafts(world):
        with undone():
            handing.hand_over(plan_id=moved.pk, doctor=doctor, to=str(colleague.pk), reason=WHY)
            for plan in drafts(world):
                assert standing(plan) == {colleague.pk if plan == moved else doctor.pk}


def test_a_handover_that_is_taken_back_takes_back_no_other(world, doctor, colleague):
    for plan in drafts(world):
        handing.hand_over(plan_id=plan.pk, doctor=doctor, to=str(colleague.pk), reason=WHY)
    for back in drafts(world):
        with undone():
            handing.take_back(plan_id=back.pk, doctor=doctor)
            for plan in drafts(world):
                assert standing(plan) == (set() if plan == back else {colleague.pk})


def test_a_draft_is_handed_to_another_doctor_who_works_here_and_to_nobody_else(world, doctor, colleague):
    plan = world.own.draft
    others = {colleague.pk}
    for address, arguments in (("plans:hand_over", ()), ("plans:override", (blocked(plan).pk,))):
        shown = page(doctor, address, plan.pk, *arguments).context["colleagues"]
        assert {one.pk for one in shown} == others
    for nobody in (doctor, world.users[Role.DIETITIAN], world.own.user):
        with pytest.raises(PlanError):
            handing.colleague(doctor, str(nobody.pk))


def blocked(plan):
    item = plan.items.get(position=0)
    item.pk, item._state.adding, item.position, item.state, item.code = None, True, 5, "blocked", "rx:omeprazole"
    item.save()
    return item


def test_who_may_no_longer_sign_has_no_draft_and_no_second_signature_waiting(world, doctor):
    with undone():
        for plan, life in zip(drafts(world), map(world.life, LIVES), strict=True):
            asked = {"asked_by": plan_giver(plan), "asked_of": doctor, "reason_code": "risk_accepted"}
            SecondSignature.objects.create(plan=plan, item=life.item, **asked)
        assert cosigning.waiting_for(doctor).count() == len(LIVES)
        assert handing.waiting_for(doctor).count() == len(LIVES)
        RolePermission.objects.create(role=Role.DOCTOR, permission="plans.sign", allowed=False)
        same = User.objects.get(pk=doctor.pk)
        assert not cosigning.waiting_for(same)
        assert not handing.waiting_for(same)


def plan_giver(plan):
    return SecondSignature.objects.get(plan=plan).asked_of


def test_a_draft_waits_for_its_own_second_signatures(world, doctor):
    with undone():
        plan = world.foreign.draft
        SecondSignature.objects.create(
            plan=plan, item=world.foreign.item, asked_by=plan_giver(plan), asked_of=doctor, reason_code="risk_accepted"
        )
        waits = [plans.to_do(doctor, one, list(plans.items_for(doctor, one))).seconds for one in drafts(world)]
        assert waits == [0, 1, 0]


def test_a_first_draft_was_preceded_by_none_and_a_patient_without_plans_was_given_nothing(world):
    new = a_plan(a_patient())
    assert comparing._worked_out_before(new) is None
    over = this_day() + timedelta(days=400)
    assert treatments.given_by_plans(world.own.patient, over)
    assert treatments.given_by_plans(new.patient, over) == []


def test_a_signature_that_is_taken_back_discards_no_draft_of_another_and_is_the_signers_to_take(world, doctor):
    with undone():
        plan = a_plan(a_patient(general_practitioner=doctor), seen_by=doctor)
        deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
        plan.refresh_from_db()
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
        with pytest.raises(PlanError, match=r"Only who signed|Solo quien firmó"):
            undoing.take_back(plan_id=plan.pk, doctor=a_doctor("Dra. Soler"))
        undoing.take_back(plan_id=plan.pk, doctor=doctor)
        assert {one.status for one in Plan.objects.filter(pk__in=[one.pk for one in drafts(world)])} == {"draft"}


def test_which_rules_are_in_use_is_told_to_who_reads_protocols(world, doctor):
    since = timezone.now() - timedelta(days=1)
    assert uses.uses(doctor, since)
    assert uses.uses(world.users[Role.FRONT_DESK], since) == []


def test_what_is_watched_begins_with_the_signature_of_the_same_patient(world, doctor):
    with undone():
        plan = Plan.objects.create(patient=(new := a_patient()), evaluation=an_evaluation(new))
        told = {"what": "test:hb", "title": WORDS, "due_on": this_day(), "made_by": doctor}
        task = Task.objects.create(patient=new, plan=plan, **told)
        Task.objects.filter(pk=task.pk).update(made_at=timezone.now() - timedelta(days=1))
        begun = Task.objects.create(patient=world.own.patient, plan=world.own.draft, **told)
        Task.objects.filter(pk=begun.pk).update(made_at=timezone.now() - timedelta(days=1))
        assert set(watching._of_signed(timezone.now())) == {begun}

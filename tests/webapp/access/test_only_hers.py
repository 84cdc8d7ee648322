"""What is done for one person changes nothing that belongs to another, who has the same things in the same state."""

import contextlib
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import ForeignKey, Model, Q
from django.db.models.expressions import RawSQL
from django.test import Client
from django.utils import timezone

from tests.webapp.access.deeds_of_care import MEDICINES, RESULTS, SHARES
from tests.webapp.access.deeds_of_record import LINES, RECORD
from tests.webapp.access.routes import undone
from tests.webapp.access.test_deeds import CARE, DEEDS, accepted
from tests.webapp.access.world import World
from tests.webapp.people import a_patient, a_user
from webapp.accounts import codes, enrolling, factors, roster, staff, whereabouts
from webapp.accounts import services as accounts
from webapp.accounts.models import User, UserRole
from webapp.accounts.sittings import CodeChannel, SentCode, Session
from webapp.base.roles import Role
from webapp.intake import services as intake
from webapp.intake.services import IntakeError
from webapp.outbox.models import Message
from webapp.patients import inviting
from webapp.patients import services as patients
from webapp.patients.models import Patient
from webapp.plans import deciding, drafting, undoing
from webapp.plans.models import Evaluation
from webapp.privacy import services as exporting

pytestmark = pytest.mark.django_db
APPS = ("alerts", "intake", "patients", "plans", "prescriptions", "privacy", "results", "sharing")
OURS = [
    model for model in apps.get_models()
    if model._meta.app_label in APPS and not model._meta.label.endswith("Event")
]  # fmt: skip
REFUSALS = (ValueError, PermissionError, ObjectDoesNotExist, IntakeError)  # a deed that the clinic is not ready for


def way_to(model: type[Model], steps: int = 3) -> str | None:
    """Return how a row leads to its patient, as ``plan__patient``; None where it does not."""
    links = [field for field in model._meta.fields if isinstance(field, ForeignKey)]
    if any(link.name == "patient" for link in links):
        return "patient"
    for link in links if steps > 1 else ():
        further = None if link.related_model is User else way_to(link.related_model, steps - 1)
        if further:
            return f"{link.name}__{further}"
    return None


def rows_but_of(patient: Patient) -> dict[str, list[tuple]]:
    """Return every row that leads to another patient, by model: which it is, and where it was last written."""
    kept = {}
    for model in OURS:
        if way := way_to(model):
            rows = model._base_manager.exclude(Q(**{way: patient}) | Q(**{f"{way}__isnull": True}))
            written = rows.annotate(lies_at=RawSQL(f'"{model._meta.db_table}".ctid::text', ()))  # noqa: S611
            kept[model._meta.label] = sorted(written.values_list("pk", "lies_at"), key=str)
    return {name: rows for name, rows in kept.items() if rows}


def signed(world: World, _who: User) -> None:
    patients.settle_allergy(allergy=world.own.allergy, confirmed=True, actor=world.users[Role.DOCTOR])
    accepted(world, world.users[Role.DOCTOR])
    plan = world.own.draft
    plan.refresh_from_db()
    deciding.sign(plan_id=plan.pk, doctor=world.users[Role.DOCTOR], revision=plan.revision)


def taken_back(world: World, who: User) -> None:
    signed(world, who)
    undoing.take_back(plan_id=world.own.draft.pk, doctor=world.users[Role.DOCTOR])


def drafted(world: World, who: User) -> None:
    evaluation = world.own.draft.evaluation
    item = {**world.own.item.content, "code": "advice:small_meals"}
    assert drafting.draft(evaluation, {"items": [item], "urgency": "none"}, who)


# What the deeds of the other file do not bring to an end; those that are about two people are left out.
MORE = {"sign to the end": signed, "take a signature back in time": taken_back, "draft again": drafted}
OF_TWO = ("register somebody", "tell two patients apart")
ABOUT_HER = {**RECORD, **LINES, **CARE, **RESULTS, **MEDICINES, **SHARES}
DONE = {name: deed for name, (deed, _may) in ABOUT_HER.items() if name not in OF_TWO} | MORE


@pytest.fixture(scope="module")
def invited(world, django_db_blocker):
    """The clinic, with an open invitation for everybody else."""
    with django_db_blocker.unblock():
        for life in (world.foreign, world.namesake):
            inviting.invite(patient=life.patient, way="paper", actor=world.users[Role.FRONT_DESK])
    return world


def test_a_deed_on_one_record_changes_no_other(invited):
    touched, before, own = {}, rows_but_of(invited.own.patient), rows_but_of(invited.foreign.patient)
    assert {"plans.PlanItem", "intake.Answer", "patients.NamePrefix", "patients.Invitation"} <= before.keys()
    for name, deed in DONE.items():
        may = DEEDS[name][1] if name in DEEDS else {Role.DOCTOR}
        with undone(), contextlib.suppress(*REFUSALS if name in DEEDS else ()):
            deed(invited, invited.users[min(may)])
            touched |= {name: changed} if (changed := unlike(before, rows_but_of(invited.own.patient))) else {}
            assert name not in MORE or unlike(own, rows_but_of(invited.foreign.patient)), name
    assert touched == {}


def unlike(before, after):
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def test_none_is_written_for_who_has_none_though_others_have(world):
    newcomer = a_patient()
    for topic in ("allergies", "medications", "history", "family_history"):
        assert patients.record_none(patient=newcomer, topic=topic, actor=world.users[Role.DOCTOR])


def test_everybody_goes_on_with_their_own_questionnaire(world):
    for life in (world.own, world.foreign, world.namesake):
        kind = life.open_response.questionnaire
        asked = {"questionnaire": kind, "actor": life.user, "language": "es", "today": timezone.localdate()}
        with undone():
            assert intake.start(patient=life.patient, **asked) == life.open_response


def test_who_begins_in_two_windows_at_once_goes_on_with_the_own(world, monkeypatch):
    monkeypatch.setattr(intake, "_open", lambda *_which: None)  # the other window begins right after this was asked
    for life in (world.own, world.foreign, world.namesake):
        kind = life.open_response.questionnaire
        asked = {"questionnaire": kind, "actor": life.user, "language": "es", "today": timezone.localdate()}
        with undone():
            assert intake.start(patient=life.patient, **asked) == life.open_response


def test_a_copy_on_its_way_is_of_one_patient_and_for_who_asked(world):
    doctor, queued = world.users[Role.DOCTOR], []
    with undone():
        for who, life in ((doctor, world.foreign), (doctor, world.own), (a_user(Role.DOCTOR), world.own)) * 2:
            made = exporting.ask(patient=life.patient, language="es", actor=who, path="/", enqueue=queued.append)
            assert (made.asked_by, made.patient) == (who, life.patient)
    assert len(queued) == 3


def test_a_plan_is_drafted_though_somebody_else_has_the_same(world):
    result = {"items": [world.namesake.item.content], "urgency": "none"}
    newcomer = a_patient()
    evaluation = Evaluation.objects.get(pk=world.own.draft.evaluation_id)
    evaluation.pk, evaluation.patient, evaluation._state.adding = None, newcomer, True
    evaluation.save()
    with undone():
        assert drafting.draft(evaluation, result, None)


def test_what_one_doctor_has_seen_the_next_has_not(world):
    with undone():
        doctors = {a_user(Role.DOCTOR), a_user(Role.DOCTOR)}
        for doctor in doctors:
            deciding.mark_seen(user=doctor, items=[world.own.item])
        assert doctors <= {one.user for one in world.own.item.seen.all()}


ON_ACCOUNTS = {
    "let in anew": lambda user, admin: staff.reset(user=user, part="both", reason="lost", actor=admin),
    "given another hat": lambda user, admin: staff.change_roles(user=user, roles=["ambassador"], actor=admin),
    "closed": lambda user, admin: staff.close(user=user, actor=admin),
    "given new codes": lambda user, _admin: enrolling.renew_codes(user=user),
    "ended elsewhere": lambda user, _admin: whereabouts.end_others(user_id=user.pk, current=None),
    "ended in one place": lambda user, _admin: whereabouts.end(
        user_id=user.pk, handle=whereabouts.of(user.pk, None)[0].handle
    ),
    "sent a code": lambda user, _admin: codes.send(user=user, kind="email"),
}


def a_colleague():
    """Return somebody who has everything an account can have."""
    user = a_user(Role.BILLING)
    RecoveryCodes.activate(user)
    CodeChannel.objects.create(user=user, kind="sms", number="+34600112233")
    SentCode.objects.create(user=user, digest=b"x", sent_at=timezone.now() - timedelta(days=1))
    Client().force_login(user)
    return user


def of_account(user):
    kept = (UserRole, Authenticator, CodeChannel, SentCode, Session)
    return [list(model.objects.filter(user_id=user.pk).order_by("pk").values_list()) for model in kept]


def test_a_deed_on_one_account_changes_no_other(world):
    one, other = a_colleague(), a_colleague()
    hers, his = of_account(other), of_account(one)
    assert all(hers)
    for name, deed in ON_ACCOUNTS.items():
        with undone():
            deed(one, world.users[Role.ADMINISTRATOR])
            assert of_account(other) == hers, name
            assert of_account(one) != his, name


def test_nobody_waits_for_a_code_because_somebody_else_asked_for_one():
    one, other = a_user(Role.PATIENT), a_user(Role.PATIENT)
    assert not codes.send(user=other, kind="email")
    assert not codes.send(user=one, kind="email")
    assert codes.send(user=one, kind="email")


def test_a_code_counts_though_somebody_else_got_a_newer_one():
    one, other = a_user(Role.PATIENT), a_user(Role.PATIENT)
    for user in (one, other):
        codes.send(user=user, kind="email")
    [code] = [letter.link for letter in Message.objects.all() if letter.address == one.email]
    assert not codes.take(user=other, kind="email", number="", code=code)
    assert codes.take(user=one, kind="email", number="", code=code)


def test_an_account_is_read_for_its_owner_whoever_else_has_one():
    first, last = a_colleague(), a_colleague()
    for user in (first, last):
        assert factors.channel_of(user).user_id == factors.device_of(user).user_id == user.pk
        kept = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES).wrap()
        unused = kept.get_unused_codes()
        assert len(whereabouts.of(user.pk, None)) == 1
        assert factors.codes_left(user) == len(unused)
        assert enrolling.show_codes(user=user) == unused
        assert factors.take(user=user, code=unused[0]) == factors.RECOVERY
    nobody = a_user(Role.PATIENT)
    assert (factors.channel_of(nobody), factors.device_of(nobody), factors.codes_left(nobody)) == (None, None, None)
    assert enrolling.show_codes(user=nobody) == []


def test_who_has_neither_hat_nor_second_step_is_listed_so_though_colleagues_have_both(world):
    bare = a_colleague()
    a_colleague()
    accounts.revoke_role(user=bare, role=Role.BILLING, actor=None)
    for kept in (Authenticator, CodeChannel):
        kept.objects.filter(user=bare).delete()
    assert not Session.objects.with_factor().get(user=bare).has_factor
    listed = roster.member(world.users[Role.ADMINISTRATOR], bare.pk)
    assert listed is not None
    assert (listed.roles, listed.has_factor) == ([], False)
    assert listed in roster.roster(world.users[Role.ADMINISTRATOR], state="without")

"""Every deed on a record, a plan, an alert or an account, tried by those who may and by those who may not.

Pages ask at their door; what they call asks again, for jobs, commands and pages still to be written. Who may is written
down here a second time. A deed that fails for another reason than who asks has come past the question.
"""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from tests.webapp.access.deeds_of_care import (
    ADMINISTRATOR,
    DOCTOR,
    MEDICINES,
    OLD,
    OWN,
    READING,
    RESULTS,
    RULES,
    SHARES,
    Deed,
)
from tests.webapp.access.deeds_of_record import COUNTER, LINES, RECORD, TODAY
from tests.webapp.access.marks import WORDS
from tests.webapp.access.routes import undone
from tests.webapp.access.world import World
from webapp.accounts import granting, staff
from webapp.accounts.models import User
from webapp.accounts.services import AccountError, grant_role
from webapp.alerts import services as alerts
from webapp.base.roles import CLINICIANS, Role
from webapp.clinic import services as clinic
from webapp.intake import asking
from webapp.intake import services as intake
from webapp.intake.services import IntakeError
from webapp.patients import services as patients
from webapp.patients.selectors import current_text
from webapp.plans import answering, cosigning, deciding, handing, keeping, monitoring, settling, undoing
from webapp.plans.refusing import PlanError
from webapp.plans.terms import Terms, terms_of
from webapp.prescriptions.issuing import PrescriptionError
from webapp.privacy import texts
from webapp.results.reading import FileRefused
from webapp.results.releasing import ResultError
from webapp.results.ruling import RuleError
from webapp.sharing.services import ShareError

pytestmark = pytest.mark.django_db
STRANGER, OTHER_HAT = "another patient", "the patient under a hat of the staff"
# One hat of every kind: the others have no more permissions than marketing.
TRIED = (
    Role.DOCTOR, Role.DIETITIAN, Role.FRONT_DESK, Role.ADMINISTRATOR, Role.DIRECTOR, Role.MARKETING, Role.PATIENT,
)  # fmt: skip
SAYS_WHO = {
    PlanError: ("Only a doctor",),
    alerts.AlertError: ("Only a clinician",),
    AccountError: ("by the administrator",),
    texts.TextError: ("by the medical director",),
    clinic.ClinicError: ("the administrator’s to change",),
    PrescriptionError: ("Only a doctor", "Only the patient", "the administrator’s to keep"),
    ResultError: ("released by a doctor",),
    RuleError: ("by the medical director",),
    ShareError: ("decides alone",),
    FileRefused: ("by clinicians", "brought in already"),
}


def is_refusal(problem: Exception) -> bool:
    """Tell whether this says that the wrong person asked."""
    if isinstance(problem, patients.NotAllowed | ObjectDoesNotExist):
        return True
    return any(words in str(problem) for words in SAYS_WHO.get(type(problem), ()))


def accepted(world: World, who: User) -> None:
    deciding.decide_item(plan_id=world.own.draft.pk, item_id=world.own.item.pk, doctor=who, decision="accepted")


def undecided(world: World, who: User) -> None:
    accepted(world, world.users[Role.DOCTOR])
    deciding.undecide(plan_id=world.own.draft.pk, item_id=world.own.item.pk, doctor=who)


def agreed(world: World, who: User, channel: str) -> object:
    text = current_text("treatment")
    return patients.accept_consent(patient=world.own.patient, text=text, channel=channel, actor=who)


def words_in(world: World) -> Terms:
    return terms_of(world.own.draft.evaluation, "es")


CARE: dict[str, tuple[Deed, frozenset[str]]] = {
    "take note of an alert": (
        lambda world, who: alerts.acknowledge(alert_id=world.own.alert_id, actor=who),
        CLINICIANS,
    ),
    "close an alert": (
        lambda world, who: alerts.close(alert_id=world.own.alert_id, actor=who, note="called"),
        CLINICIANS,
    ),
    "decide on an item": (accepted, DOCTOR),
    "close a plan that gives nothing": (
        lambda world, who: deciding.close_without(plan_id=world.own.draft.pk, doctor=who, reason_code="none such"),
        DOCTOR,
    ),
    "take a decision back": (undecided, DOCTOR),
    "accept the rest": (
        lambda world, who: deciding.accept_rest(plan_id=world.own.draft.pk, doctor=who),
        DOCTOR,
    ),
    "add an item": (
        lambda world, who: deciding.add_item(
            plan_id=world.own.draft.pk, doctor=who, content={**world.own.item.content, "code": "advice:small_meals"}
        ),
        DOCTOR,
    ),
    "answer what a plan waits for": (
        lambda world, who: answering.answer(
            plan=world.own.draft, doctor=who, fact="nothing", value="yes", terms=words_in(world), today=TODAY
        ),
        DOCTOR,
    ),
    "sign": (
        lambda world, who: deciding.sign(plan_id=world.own.draft.pk, doctor=who, revision=world.own.draft.revision),
        DOCTOR,
    ),
    "take a signature back": (
        lambda world, who: undoing.take_back(plan_id=world.own.signed_id, doctor=who),
        DOCTOR,
    ),
    "hand a draft over": (
        lambda world, who: handing.hand_over(plan_id=world.own.draft.pk, doctor=who, to="0", reason="away"),
        DOCTOR,
    ),
    "take a handover back": (
        lambda world, who: handing.take_back(plan_id=world.own.draft.pk, doctor=who),
        DOCTOR,
    ),
    "ask a second signer": (
        lambda world, who: cosigning.ask(
            plan_id=world.own.draft.pk, item_id=world.own.item.pk, doctor=who, of="0", reason_code="risk_accepted"
        ),
        DOCTOR,
    ),
    "sign second": (lambda world, who: cosigning.sign(second_id=world.own.second_id, doctor=who), DOCTOR),
    "refuse to sign second": (
        lambda world, who: cosigning.refuse(second_id=world.own.second_id, doctor=who, why="not like this"),
        DOCTOR,
    ),
    "take back the question for a second signer": (
        lambda world, who: cosigning.take_back(second_id=world.own.second_id, doctor=who),
        DOCTOR,
    ),
    "keep what the signed plan gave": (
        lambda world, who: keeping.keep(
            plan=world.own.draft, doctor=who, item_id=world.own.item.pk, terms=words_in(world)
        ),
        DOCTOR,
    ),
    "ask the patient": (
        lambda world, who: asking.ask(patient_id=world.own.patient.pk, facts=["nothing"], doctor=who),
        DOCTOR,
    ),
    "settle a notice": (
        lambda world, who: settling.settle_notice(
            plan=world.own.draft, doctor=who, key="none", reason_code="will_monitor", today=TODAY
        ),
        DOCTOR,
    ),
    "promise to watch": (
        lambda world, who: monitoring.watch(
            plan=world.own.draft, what="test:x", title=WORDS, doctor=who, days=30, today=TODAY
        ),
        DOCTOR,
    ),
    "settle what was watched": (
        lambda world, who: monitoring.settle(task_id=world.own.task_id, user=who, done=True, note="low"),
        DOCTOR,
    ),
    "begin a questionnaire": (
        lambda world, who: intake.start(
            patient=world.own.patient,
            questionnaire=world.own.open_response.questionnaire,
            actor=who,
            language="es",
            today=TODAY,
        ),
        CLINICIANS | OWN,
    ),
    "take an answer back": (
        lambda world, who: intake.take_back(
            response_id=world.own.open_response.pk, item=world.own.open_response.answers.get().item, actor=who
        ),
        CLINICIANS | OWN,
    ),
    "send a questionnaire": (
        lambda world, who: intake.submit(response_id=world.own.open_response.pk, actor=who, today=TODAY),
        CLINICIANS | OWN,
    ),
    "write down a consent at the desk": (lambda world, who: agreed(world, who, "desk"), COUNTER),
    "give a consent in the portal": (lambda world, who: agreed(world, who, "portal"), OWN),
    "withdraw a consent at the desk": (
        lambda world, who: patients.withdraw_consent(
            patient=world.own.patient, purpose="treatment", channel="desk", actor=who
        ),
        COUNTER,
    ),
    "withdraw a consent in the portal": (
        lambda world, who: patients.withdraw_consent(
            patient=world.own.patient, purpose="treatment", channel="portal", actor=who
        ),
        OWN,
    ),
}
ACCOUNTS: dict[str, Deed] = {
    "engage somebody": lambda _world, who: staff.engage(
        actor=who, email="new@example.org", display_name="New", roles=["doctor"], language="es"
    ),
    "send a link": lambda world, who: staff.send_link(user=world.users[Role.BILLING], actor=who),
    "change roles": lambda world, who: staff.change_roles(user=world.users[Role.BILLING], roles=["doctor"], actor=who),
    "close an account": lambda world, who: staff.close(user=world.users[Role.BILLING], actor=who),
    "open an account again": lambda world, who: staff.reopen(user=world.users[Role.BILLING], actor=who),
    "let somebody in anew": lambda world, who: staff.reset(
        user=world.users[Role.BILLING], part="both", reason="lost", actor=who
    ),
    "decide on permissions": lambda _world, who: granting.decide(
        changes={(Role.FRONT_DESK, "audit.read"): True}, actor=who
    ),
}


DIRECTING = ADMINISTRATOR | {Role.DIRECTOR}
CLINIC: dict[str, tuple[Deed, frozenset[str]]] = {
    "draft a consent text": (
        lambda _world, who: texts.write(purpose="treatment", body_es="a", body_en="b", shown=OLD, actor=who),
        DIRECTING,
    ),
    "throw a draft away": (lambda _world, who: texts.drop(purpose="treatment", shown=OLD, actor=who), DIRECTING),
    "publish a draft": (lambda _world, who: texts.publish(purpose="treatment", shown=OLD, actor=who), DIRECTING),
    "say who the clinic is": (
        lambda _world, who: clinic.change(section="logo", values={"logo_id": None}, shown=OLD, actor=who),
        ADMINISTRATOR,
    ),
    "change the logo": (lambda _world, who: clinic.change_logo(content=b"no", shown=OLD, actor=who), ADMINISTRATOR),
}


def under_another_hat(user: User) -> User:
    """Return the same person at work, who has a hat there as well."""
    grant_role(user=user, role=Role.MARKETING, actor=None)
    same = User.objects.get(pk=user.pk)
    same.active_role = Role.MARKETING
    return same


NEWER = {**RESULTS, **RULES, **MEDICINES, **SHARES, **READING}
OLDER = {**RECORD, **LINES, **CARE, **CLINIC, **{name: (deed, ADMINISTRATOR) for name, deed in ACCOUNTS.items()}}
DEEDS = OLDER | NEWER


@pytest.mark.parametrize("name", DEEDS)
def test_who_may_gets_past_the_question_and_nobody_else(name, world):
    deed, may = DEEDS[name]
    people = {role: world.users[role] for role in TRIED} | {STRANGER: world.foreign.user}
    with undone():
        people[OTHER_HAT] = under_another_hat(world.own.user)
        assert {role for role, who in people.items() if gets_past(deed, world, who)} == may


def gets_past(deed: Deed, world: World, who: User) -> bool:
    try:
        with undone():
            deed(world, who)
    except (ValueError, PermissionError, ObjectDoesNotExist, IntakeError) as problem:
        return not is_refusal(problem)
    return True

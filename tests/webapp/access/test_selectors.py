"""What asks the database for somebody's things gives each person what is theirs to see, whatever page calls it."""

import contextlib
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from rules.models import Version
from tests.webapp.access.deeds_of_record import COUNTER
from tests.webapp.access.marks import PERSONAL
from tests.webapp.access.routes import undone
from tests.webapp.access.test_deeds import TRIED, under_another_hat
from tests.webapp.access.world import Life
from tests.webapp.people import a_user
from webapp.accounts import factors, roster, staff
from webapp.accounts.grants import RolePermission
from webapp.accounts.models import User
from webapp.accounts.services import AccountError
from webapp.alerts import selectors as alerts
from webapp.base.roles import CLINICIANS, Role
from webapp.desk import course, timeline, views_kept
from webapp.desk import record as desk_record
from webapp.desk import selectors as desk
from webapp.desk.models import SavedView
from webapp.desk.moment import Reader
from webapp.intake import selectors as intake
from webapp.patients import access, filed, finding, history, inviting
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.models import Patient
from webapp.plans import cosigning, handing, monitoring
from webapp.plans import selectors as plans
from webapp.plans.models import SecondSignature
from webapp.prescriptions import selectors as prescribed
from webapp.prescriptions.models import DispensingOrder, Week
from webapp.privacy import selectors as privacy
from webapp.privacy import services as exporting
from webapp.privacy.services import ExportError
from webapp.results import selectors as results
from webapp.sharing import selectors as sharing
from webapp.studio import selectors as studio

pytestmark = pytest.mark.django_db
CARE, DOCTOR, OWN = frozenset(CLINICIANS), frozenset({Role.DOCTOR}), frozenset({Role.PATIENT})
SOON = timezone.now() + timedelta(days=400)
LIVES = ("own", "foreign", "namesake")


def contacts(user: User, patient: Patient) -> Iterable[Any]:
    """Return whom to call; who may not know answers like who does not exist."""
    try:
        return patients.contacts_of(user, patient)
    except Patient.DoesNotExist:
        return []


def reader(user: User, life: Life) -> Reader:
    return Reader(user, life.patient, "en", timezone.localdate())


def happened(user: User, life: Life) -> timeline.Timeline | None:
    """Return the timeline; who may not know answers like who does not exist."""
    try:
        return timeline.timeline_of(reader(user, life), "", "1")
    except Patient.DoesNotExist:
        return None


def drawn(user: User, life: Life) -> Iterable[Any]:
    with contextlib.suppress(Patient.DoesNotExist):
        course.course_of(reader(user, life), 14)
        return [life.patient]
    return []


# Of what gives many people's things: how it is asked, and who sees everybody's; patients see their own at most.
OF_ALL: dict[str, tuple[Callable[[User], Iterable[Any]], frozenset[str]]] = {
    "alerts": (alerts.alerts_for, CARE),
    "live alerts": (alerts.live_for, CARE),
    "open alerts": (alerts.open_for, CARE),
    "reminders": (alerts.reminders_for, CARE),
    "what is to be done": (lambda user: alerts.to_do_for(user, SOON), OWN),
    "plans": (plans.reviewable_by, CARE),
    "drafts": (plans.drafts_for, CARE),
    "signed plans": (lambda user: plans.signed_for(user, SOON), OWN),
    "plans told": (lambda user: plans.told_by(user, SOON), CARE),
    "tasks": (monitoring.tasks_for, CARE),
    "tasks due": (lambda user: monitoring.due_for(user, SOON.date()), CARE),
    "drafts handed over": (
        lambda user: [one.plan for one in handing.waiting_for(user).select_related("plan")],
        frozenset({Role.DOCTOR}),
    ),
    "questions for a second signature": (lambda user: [one.plan for one in cosigning.waiting_for(user)], DOCTOR),
    "reports": (results.releases_for, CARE),
    "reports that wait": (results.waiting_for, CARE),
    "reports one reads oneself": (results.own_releases, OWN),
    "prescriptions": (prescribed.prescriptions_for, CARE),
    "requests to go on": (prescribed.renewals_for, CARE),
    "requests that wait": (prescribed.asked_for, CARE),
    "weeks in which too little was taken": (lambda user: prescribed.slips_for(user, timezone.localdate()), CARE),
    "what one has shared": (sharing.own_shares, OWN),
    "what is shared with one": (lambda user: sharing.shares_for(user, timezone.localdate()), frozenset()),
    "the worklist": (desk.entries_for, CARE),
    "answers": (intake.responses_for, CARE | OWN),
    "questionnaires to fill in": (intake.fillable_by, CARE | OWN),
    "patients": (access.patients_for, COUNTER | OWN),
    "the directory": (lambda user: finding.directory(user).patients, COUNTER | OWN),
    "whose looks": (desk.auditable_by, {Role.DOCTOR, Role.ADMINISTRATOR}),
    "whose looks, searched": (lambda user: desk.auditable(user, PERSONAL), {Role.DOCTOR, Role.ADMINISTRATOR}),
    "invitations": (inviting.waiting_for, COUNTER),
}
# Of what gives one patient's things.
OF_ONE: dict[str, tuple[Callable[[User, Life], Iterable[Any]], frozenset[str]]] = {
    "live alerts": (lambda user, life: alerts.live_of(user, life.patient.pk), CARE),
    "reminders": (lambda user, life: alerts.reminders_of(user, life.patient.pk), CARE),
    "plans": (lambda user, life: plans.plans_of(user, life.patient.pk), CARE),
    "tasks": (lambda user, life: monitoring.open_of(user, life.patient.pk), CARE),
    "items of a plan": (lambda user, life: [one.plan for one in plans.items_for(user, life.draft)], CARE),
    "the plan to print from": (lambda user, life: filter(None, [prescribed.newest_told(user, life.patient.pk)]), CARE),
    "a signed plan to write from": (
        lambda user, life: filter(None, [prescribed.plan_for(user, life.signed_id)]),
        DOCTOR,
    ),
    "what was printed together": (lambda user, life: prescribed.batch_for(user, life.batch_id), CARE),
    "the course": (drawn, CARE | OWN),
    "the timeline": (lambda user, life: [life.patient] if happened(user, life) else [], COUNTER | OWN),
    "sent answers": (lambda user, life: desk_record.sent_by(user, life.patient), CARE | OWN),
    "files": (lambda user, life: filed.shown_to(user, life.patient), CARE | OWN),
    "contacts": (lambda user, life: contacts(user, life.patient), COUNTER | OWN),
    "invitations": (lambda user, life: inviting.of_patient(user, life.patient), COUNTER),
    "newest invitation": (lambda user, life: inviting.newest_of(user, [life.patient.pk]).values(), COUNTER),
    "who may fill in": (
        lambda user, life: [life.patient] if intake.may_fill_in(user, life.patient) else [],
        CARE | OWN,
    ),
    "who may read": (
        lambda user, life: [life.patient] if access.may_read_record(user, life.patient) else [],
        CARE | OWN,
    ),
}


def of(rows: Iterable[Any]) -> set[Any]:
    return {row.pk if isinstance(row, Patient) else row.patient_id for row in rows}


@pytest.fixture(scope="module")
def invited(world, django_db_blocker):
    """The clinic, with an open invitation, a week of slips and a question for a second signature for each."""
    yesterday, doctor = timezone.localdate() - timedelta(days=1), world.users[Role.DOCTOR]
    told = {"number": 1, "last_day": yesterday, "due": 7, "done": 0, "not_done": 7}
    with django_db_blocker.unblock():
        for life in map(world.life, LIVES):
            inviting.invite(patient=life.patient, way="paper", actor=world.users[Role.FRONT_DESK])
            Week.objects.create(plan_id=life.signed_id, patient=life.patient, **told)
            other = SecondSignature.objects.get(plan=life.draft).asked_of
            asked = {"asked_by": other, "asked_of": doctor, "reason_code": "risk_accepted"}
            SecondSignature.objects.create(plan=life.draft, item=life.item, **asked)
    return world


def people(world):
    return [(role, world.users[role], world.own) for role in TRIED] + [
        (Role.PATIENT, world.foreign.user, world.foreign)
    ]


@pytest.mark.parametrize("name", OF_ALL)
def test_who_may_sees_everybodys_a_patient_the_own_and_the_others_nothing(name, invited):
    ask, may = OF_ALL[name]
    everybody = {invited.life(one).patient.pk for one in LIVES}
    for role, user, life in people(invited):
        whose = set() if role not in may else {life.patient.pk} if role == Role.PATIENT else everybody
        assert of(ask(user)) == whose, role


def test_a_patient_who_works_here_sees_nothing_of_the_own_record_under_the_hat_of_work(invited):
    with undone():
        user, life = under_another_hat(invited.own.user), invited.own
        assert {name for name, (ask, _may) in OF_ALL.items() if of(ask(user))} == set()
        assert {name for name, (ask, _may) in OF_ONE.items() if of(ask(user, life))} == set()
        assert access.own_patient(user) is None
        assert privacy.kind_for(user) == ""


@pytest.mark.parametrize("name", OF_ONE)
def test_what_is_one_patients_is_given_for_that_patient_and_to_whom_it_may_be(name, invited):
    ask, may = OF_ONE[name]
    for role, user, own in people(invited):
        for life in map(invited.life, LIVES):
            sees = role in may and (role != Role.PATIENT or life is own)
            assert of(ask(user, life)) == ({life.patient.pk} if sees else set()), (role, life.patient)


def test_who_may_not_read_a_record_reads_neither_its_history_nor_its_files(world):
    life = world.own
    for user in (world.users[role] for role in TRIED if role not in CARE | OWN):
        with pytest.raises(Patient.DoesNotExist):
            history.history_of(user, life.patient, "allergy")


def test_a_history_tells_of_one_patient_and_follows_no_measurement_into_another_record(world):
    doctor, own, other = world.users[Role.DOCTOR], world.own, world.foreign
    with undone():
        for life, value in ((own, 98), (other, 99)):
            changed = patient_services.correct_observation(
                observation=life.measure, value=value, unit="g/L", actor=doctor
            )
        told = history.history_of(doctor, own.patient, "observation")
        assert told
        assert all(change.pk != changed.pk for change in told)
        assert len(told) == len(history.history_of(doctor, other.patient, "observation"))
        assert history.history_of(doctor, own.patient, "observation", changed.pk) == []


@pytest.mark.parametrize("taken", ["patients.search", "patients.register"])
def test_who_may_not_look_for_patients_or_not_register_them_corrects_nobody_and_tells_none_apart(invited, taken):
    with undone():
        RolePermission.objects.create(role=Role.FRONT_DESK, permission=taken, allowed=False)
        desk, patient = a_user(Role.FRONT_DESK), invited.own.patient
        assert bool(inviting.waiting_for(desk)) == (taken == "patients.register")
        with pytest.raises(patient_services.NotAllowed):
            patient_services.correct_identity(patient=patient, actor=desk, phone="600445566")
        with pytest.raises(patient_services.NotAllowed):
            patient_services.tell_apart(patient=patient, other=invited.namesake.patient, actor=desk)


def test_whoever_is_shown_no_patient_does_nothing_about_one_whatever_else_is_permitted(invited, monkeypatch):
    """Today those who register, invite or fill in see every patient; a clinic may come to show them fewer."""
    for module in ("selectors", "registering"):
        monkeypatch.setattr(f"webapp.patients.{module}.patients_for", lambda _user: Patient.objects.none())
    desk, doctor, patient = invited.users[Role.FRONT_DESK], invited.users[Role.DOCTOR], invited.own.patient
    with undone():
        assert inviting.waiting_for(desk) == []
        assert not intake.may_fill_in(doctor, patient)
        with pytest.raises(patient_services.NotAllowed):
            patient_services.correct_identity(patient=patient, actor=desk, phone="600445566")
        with pytest.raises(patient_services.NotAllowed):
            patient_services.tell_apart(patient=patient, other=invited.namesake.patient, actor=desk)
        with pytest.raises(ExportError):
            exporting.take(patient=patient, language="es", actor=doctor, path="/")
    assert list(privacy.exports_for(invited.own.user, timezone.now())) == []


def test_a_closed_account_keeps_its_second_step(world):
    boss, colleague = world.users[Role.ADMINISTRATOR], a_user(Role.BILLING)
    staff.close(user=colleague, actor=boss)
    colleague.refresh_from_db()
    with pytest.raises(AccountError):
        staff.reset(user=colleague, part=staff.ResetPart.FACTOR, reason="lost", actor=boss)
    assert factors.device_of(colleague)


def test_who_works_here_has_no_own_record_however_many_they_may_see(world):
    for role in TRIED:
        assert access.own_patient(world.users[role]) == (world.own.patient if role == Role.PATIENT else None)
    assert access.own_patient(world.foreign.user) == world.foreign.patient


def test_only_the_administrator_sees_who_works_here(world):
    for role in TRIED:
        user = world.users[role]
        assert bool(roster.members_for(user)) == (role == Role.ADMINISTRATOR)
        assert bool(roster.roster(user)) == (role == Role.ADMINISTRATOR)
        assert bool(roster.member(user, world.users[Role.DOCTOR].pk)) == (role == Role.ADMINISTRATOR)


def test_only_who_reads_protocols_is_given_them(world):
    for role in TRIED:
        user, reads = world.users[role], world.users[role].may("protocols.read")
        assert bool(studio.versions_for(user)) == reads
        assert any(part.rows for part in studio.parts_for(user, "es", timezone.localdate())) == reads
        with contextlib.nullcontext() if reads else pytest.raises(Version.DoesNotExist):
            studio.reading_of(user, Version.objects.first().pk, "es", timezone.localdate())


def test_a_copy_is_for_who_asked_for_it_and_whom_it_is_about(world):
    now = timezone.now()
    for life in (world.own, world.foreign):
        assert of(privacy.exports_for(life.user, now)) == {life.patient.pk}
    for role in TRIED:
        if role != Role.PATIENT:
            assert of(privacy.exports_for(world.users[role], now)) == set()


def test_who_knows_only_who_a_patient_is_finds_nothing_clinical_in_the_timeline(world):
    front, doctor = (happened(world.users[role], world.own) for role in (Role.FRONT_DESK, Role.DOCTOR))
    assert front
    assert doctor
    assert {part.name for part, _count in front.kinds} == {"changes", "consents"}
    assert {"asked", "changes", "consents", "flags", "papers", "plans"} <= {part.name for part, _n in doctor.kinds}
    kinds = {row.moment.key.kind for row in front.rows if row.part.name == "changes"}
    assert kinds <= {"patient", "contact"}


def test_a_specialist_is_given_what_was_opened_to_her_and_chosen_by_patients_alone(world):
    today, specialist = timezone.localdate(), world.users[Role.SPECIALIST]
    assert of(sharing.shares_for(specialist, today)) == {world.own.patient.pk}
    assert of(sharing.own_shares(specialist)) == set()
    with undone():
        another = under_another_hat(specialist)
        assert of(sharing.shares_for(another, today)) == set()
    for role in TRIED:
        assert bool(sharing.specialists_for(world.users[role])) == (role == Role.PATIENT)


def test_a_view_of_the_list_is_its_owners_and_gone_with_the_right_to_the_list(world):
    with undone():
        doctor, other = a_user(Role.DOCTOR), a_user(Role.DOCTOR)
        kept = SavedView.objects.create(user=doctor, name="Mine")
        assert [list(views_kept.views_of(one)) for one in (doctor, other)] == [[kept], []]
        RolePermission.objects.create(role=Role.DOCTOR, permission="plans.read", allowed=False)
        assert list(views_kept.views_of(User.objects.get(pk=doctor.pk))) == []


def test_pharmacies_and_what_did_not_reach_them_are_for_who_keeps_the_list(world):
    with undone():
        DispensingOrder.objects.update(state=DispensingOrder.State.GIVEN_UP, error="gone")
        for role in TRIED:
            keeps = role == Role.ADMINISTRATOR
            assert bool(prescribed.pharmacies_for(world.users[role])) == keeps
            assert bool(prescribed.given_up_for(world.users[role])) == keeps

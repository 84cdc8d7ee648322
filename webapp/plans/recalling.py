"""Everyone treated through a rule at a version: found by marks, handed to their doctors, settled by these in writing.

Nothing here reaches a patient: the doctors decide whom they write to, and do it themselves.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from rules.models import ReleaseVersion
from webapp.accounts.models import User
from webapp.accounts.selectors import doctors
from webapp.audit import services as audit
from webapp.base.fields import index_of
from webapp.plans.models import Plan, PlanItem, Recall, RecallTask, RuleMark
from webapp.plans.recalls import mark_of
from webapp.plans.refusing import PlanError, check_note, doctor_only
from webapp.plans.taken import TAKEN

RECALL, READ = "protocols.recall", "protocols.read"
AT_ONCE = 5000  # plans asked about in one query
RUNNING, ENDED, NOT_TAKEN = "running", "ended", "not_taken"
STATES = (RUNNING, ENDED, NOT_TAKEN)


@dataclass(frozen=True, slots=True)
class Named:
    """A rule at a version; ``rule`` with its protocol."""

    rule: str
    version: str

    @property
    def parts(self) -> tuple[str, str, str]:
        protocol, _dot, name = self.rule.partition(".")
        return protocol, name, self.version


@dataclass(frozen=True, slots=True)
class Treated:
    """One patient a rule brought something for: the newest plan it stands in, and how far that came."""

    patient_id: UUID
    plan_id: UUID
    state: str
    since: datetime
    doctor_id: int | None


@dataclass(frozen=True, slots=True)
class _Line:
    patient_id: UUID
    plan_id: UUID
    item_id: UUID
    status: str
    taken: bool
    at: datetime
    signer_id: int | None
    practitioner_id: int | None


def treated(named: Named) -> list[Treated]:
    """Return everyone a rule at a version brought something for, the running first, then the newest.

    The marks of all plans that could hold one are worked out and looked up: no plan is opened, but for the codes of
    those whose treatment seems over, which another rule may have gone on with.
    """
    by_patient: dict[UUID, list[_Line]] = {}
    for line in _lines(named):
        by_patient.setdefault(line.patient_id, []).append(line)
    found = [_one(lines) for lines in by_patient.values()]
    gone_on = _gone_on([line for each in by_patient.values() for line in each if line.taken])
    found = [_with(each, RUNNING) if each.state == ENDED and each.patient_id in gone_on else each for each in found]
    return sorted(found, key=lambda one: (STATES.index(one.state), -one.since.timestamp(), one.patient_id))


def _with(one: Treated, state: str) -> Treated:
    return Treated(one.patient_id, one.plan_id, state, one.since, one.doctor_id)


def _lines(named: Named) -> Iterator[_Line]:
    plans = _plans_of(named).values_list("pk", flat=True)
    numbers = plans.iterator(chunk_size=AT_ONCE)
    while some := list(islice(numbers, AT_ONCE)):
        marks = [mark_of(pk, *named.parts) for pk in some]
        rows = RuleMark.objects.filter(mark__in=marks).values_list(
            "item__plan__patient_id", "item__plan_id", "item_id", "item__plan__status", "item__decision",
            "item__plan__signed_at", "item__plan__created_at", "item__plan__signed_by_id",
            "item__plan__patient__general_practitioner_id",
        )  # fmt: skip
        for who, plan, item, status, decision, signed_at, made_at, signer, practitioner in rows:
            signed = status in (Plan.Status.SIGNED, Plan.Status.REPLACED)
            yield _Line(
                who, plan, item, status, signed and decision in TAKEN, signed_at or made_at, signer, practitioner
            )


def _plans_of(named: Named) -> QuerySet[Plan]:
    """Return the plans that were made of a set of texts in which the protocol stands at this version."""
    protocol, _rule, version = named.parts
    held = ReleaseVersion.objects.filter(
        version__source_file__kind="protocol", version__source_file__name=protocol, version__version=version
    )
    return Plan.objects.filter(evaluation__release__in=held.values("release_id")).order_by()


def _one(lines: Sequence[_Line]) -> Treated:
    """Return one patient by the lines of that patient: what is taken now before what was before what never was."""
    best = min(lines, key=lambda line: (STATES.index(_state(line)), -line.at.timestamp()))
    newest = max(lines, key=lambda line: line.at)
    return Treated(
        best.patient_id, best.plan_id, _state(best), best.at, best.practitioner_id or best.signer_id or newest.signer_id
    )


def _state(line: _Line) -> str:
    if not line.taken:
        return NOT_TAKEN
    return RUNNING if line.status == Plan.Status.SIGNED else ENDED


def _gone_on(taken: Iterable[_Line]) -> set[UUID]:
    """Return the patients whose plan in force still holds what the rule had brought, by whatever rule or hand."""
    over = [line for line in taken if line.status == Plan.Status.REPLACED]
    now = dict(
        Plan.objects.filter(patient_id__in={line.patient_id for line in over}, status=Plan.Status.SIGNED)
        .order_by()
        .values_list("patient_id", "pk")
    )
    codes = dict(PlanItem.objects.filter(pk__in=[line.item_id for line in over]).order_by().values_list("pk", "code"))
    asked = {
        index_of(PlanItem, "code_index", now[line.patient_id], codes[line.item_id])
        for line in over
        if line.patient_id in now
    }
    held = PlanItem.objects.filter(code_index__in=asked, decision__in=TAKEN, plan__status=Plan.Status.SIGNED)
    return set(held.order_by().values_list("plan__patient_id", flat=True))


def recall_of(named: Named) -> Recall | None:
    """Return the recall of a rule at a version, None where nobody has begun one."""
    return Recall.objects.filter(rule_index=index_of(Recall, "rule_index", named.rule, named.version)).first()


@transaction.atomic
def begin(*, named: Named, user: User, message: str) -> tuple[Recall, int]:
    """Return the recall of a rule at a version and how many tasks were made by this.

    Begun again it takes in whom the rule treated since; nobody gets a second task. Raises PlanError.
    """
    if not user.may(RECALL):
        raise PermissionDenied(RECALL)
    if len(message.strip()) < 3:
        raise PlanError(_("Write to the doctors what they are to look at."))
    check_note(message)
    recall = _kept(named, user, message.strip())
    Recall.objects.select_for_update().get(pk=recall.pk)
    known = set(recall.tasks.values_list("patient_id", flat=True))
    active = set(doctors().values_list("pk", flat=True))
    tasks = RecallTask.objects.bulk_create(
        RecallTask(
            recall=recall, patient_id=one.patient_id, plan_id=one.plan_id,
            doctor_id=one.doctor_id if one.doctor_id in active else None,
        )
        for one in treated(named)
        if one.state != NOT_TAKEN and one.patient_id not in known
    )  # fmt: skip
    audit.record(
        actor=user, verb="protocol.recalled", object_type="recall", object_id=recall.pk, detail={"tasks": len(tasks)}
    )
    return recall, len(tasks)


def _kept(named: Named, user: User, message: str) -> Recall:
    said = {"rule": named.rule, "version": named.version, "message": message, "made_by": user}
    index = index_of(Recall, "rule_index", named.rule, named.version)
    return Recall.objects.get_or_create(rule_index=index, defaults=said)[0]


def tasks_for(user: User) -> QuerySet[RecallTask]:
    """Return the tasks of recalls that a doctor may see: those of every patient, as with plans."""
    found = RecallTask.objects.select_related("recall__made_by", "patient", "doctor", "settled_by")
    return found if user.may("plans.sign") else found.none()


def waiting_for(user: User) -> QuerySet[RecallTask]:
    """Return what waits for this doctor: the own tasks, and those of nobody who is here."""
    open_ = tasks_for(user).filter(settled_at=None)
    return open_.filter(Q(doctor=user) | Q(doctor=None) | Q(doctor__is_active=False))


@transaction.atomic
def settle(*, task_id: UUID, doctor: User, note: str) -> RecallTask:
    """Return a task, closed with what was done; closing it twice changes nothing. Raises PlanError."""
    doctor_only(doctor)
    task = RecallTask.objects.select_for_update().get(pk=task_id)
    if task.settled_at is not None:
        return task
    if len(note.strip()) < 3:
        raise PlanError(_("Write what was done."))
    check_note(note)
    task.settled_by, task.settled_at, task.note = doctor, timezone.now(), note.strip()
    task.save(update_fields=["settled_by", "settled_at", "note"])
    audit.record(
        actor=doctor, verb="recall.settled", patient_id=task.patient_id, object_type="recalltask", object_id=task.pk
    )
    return task


def states_of(found: Iterable[Treated]) -> Mapping[str, int]:
    """Return how many there are in each state."""
    counted = dict.fromkeys(STATES, 0)
    for one in found:
        counted[one.state] += 1
    return counted

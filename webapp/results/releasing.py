"""Letting results out to patients, by a doctor or by the clinic's policy, and taking that back. Part of services.py.

What is critical goes out by a doctor's hand alone. A patient is told three minutes later, without a health word.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.outbox import services as outbox
from webapp.patients.models import DiagnosticReport, Observation, Patient
from webapp.patients.reaching import reached_by
from webapp.plans.models import UNDO
from webapp.results import selectors
from webapp.results.flags import Flag
from webapp.results.models import Mode, Release

State = Release.State
RELEASE = "record.release"
Policies = Mapping[str, tuple[str, int]]  # of each kind: the mode and its days


class ResultError(ValueError):
    """Why a result was not released, or not taken back, in words for the person who tried."""


def new(report: DiagnosticReport, kind: str, flags: Sequence[Flag]) -> Release:
    """Return the release of a new report, not stored yet."""
    critical, abnormal = any(flag.is_critical for flag in flags), any(flag.is_out for flag in flags)
    return Release(report=report, patient=report.patient, kind=kind, critical=critical, abnormal=abnormal)


def begin(releases: Sequence[Release], policies: Policies) -> None:
    """Store new releases, each as its policy says; tell the patients of what is out at once."""
    now = timezone.now()
    for one in releases:
        mode, days = policies[one.kind]
        one.received_at = now
        if one.critical or mode == Mode.AFTER_DOCTOR:
            continue
        if mode == Mode.AT_ONCE:
            one.state, one.visible_at = State.RELEASED, now
        else:
            one.due_at = now + timedelta(days=days)
    Release.objects.bulk_create(releases, batch_size=500)
    _let_out([one for one in releases if one.state == State.RELEASED])


@transaction.atomic
def release(*, report_id: UUID, shown: int, actor: User) -> Release:
    """Let the patient read a report from three minutes on; raise ResultError where it changed since it was shown."""
    held = _held(report_id, actor)
    if held.state == State.RELEASED:
        raise ResultError(_("Somebody has released this already."))
    if held.revision != shown:
        raise ResultError(_("This report has changed since you opened it. Read it again before you release it."))
    _now(held, state=State.RELEASED, released_by=actor, visible_at=timezone.now() + UNDO)
    outbox.queue_all(_messages([held]))
    _note(held, "result.released", actor)
    return held


@transaction.atomic
def take_back(*, report_id: UUID, actor: User) -> Release:
    """Hide a report from its patient again; from then on only a doctor lets it out. What was read was read."""
    held = _held(report_id, actor)
    if held.state == State.WAITING:
        raise ResultError(_("This report is not released."))
    _keep_quiet(held)
    _now(held, state=State.WAITING, released_by=None, visible_at=None, due_at=None)
    _note(held, "result.taken_back", actor)
    return held


def hold(held: Release, flags: Iterable[Flag], actor: User) -> None:
    """Make a report wait for a doctor with what its values say now."""
    now = list(flags)
    _keep_quiet(held)
    critical, abnormal = any(flag.is_critical for flag in now), any(flag.is_out for flag in now)
    clear = {"state": State.WAITING, "released_by": None, "visible_at": None, "due_at": None}
    _now(held, **clear, critical=critical, abnormal=abnormal, received_at=timezone.now())
    _note(held, "result.held", actor)


@transaction.atomic
@audit.together()
def release_due(now: datetime) -> int:
    """Let out what its policy gives free by now; return how many. What is critical never is among it."""
    ripe = selectors.standing().filter(state=State.WAITING, due_at__lte=now, critical=False)
    locked = ripe.select_for_update(of=("self",), skip_locked=True).select_related("patient__user")
    found = list(locked)
    for one in found:
        one.state, one.visible_at, one.revision = State.RELEASED, now, one.revision + 1
    Release.objects.bulk_update(found, ["state", "visible_at", "revision"], batch_size=500)
    _let_out(found)
    return len(found)


def ends_of(row: Observation) -> Sequence[Any]:
    """Return the ends the laboratory printed beside a value, none where it printed none."""
    printed = getattr(row, "printed", None)
    return printed.ends if printed is not None else ()


def _held(report_id: UUID, actor: User) -> Release:
    if not actor.may(RELEASE):
        raise ResultError(_("Results are released by a doctor."))
    found = selectors.standing().select_for_update(of=("self",)).select_related("patient__user")
    held = found.filter(pk=report_id).first()
    if held is None:
        raise ResultError(_("This report was taken back meanwhile. Look at the record."))
    return held


def _now(held: Release, **values: Any) -> None:
    values["revision"] = held.revision + 1
    for name, value in values.items():
        setattr(held, name, value)
    held.save(update_fields=list(values))


def _let_out(releases: Sequence[Release]) -> None:
    outbox.queue_all(_messages(releases))
    for one in releases:
        _note(one, "result.released_by_policy", None)


def _messages(releases: Sequence[Release]) -> list[dict[str, Any]]:
    """Return what tells patients that there is something to read, to those who can sign in; never what."""
    return [_message(one) for one in releases if _can_read(one.patient)]


def _can_read(patient: Patient) -> bool:
    return bool(patient.user and patient.user.is_active and reached_by(patient)["address"])


def _message(one: Release) -> dict[str, Any]:
    return {
        "key": _key(one),
        **reached_by(one.patient),
        "template": "message_waiting",
        "language": one.patient.language,
        "link": reverse("portal:results"),
        "due_at": one.visible_at,
        "recipient": str(one.patient_id),
    }


def _key(one: Release) -> str:
    """Return the name of the message of one release: releasing again after taking back is another one."""
    return f"result:{one.pk}:{one.revision}"


def _keep_quiet(held: Release) -> None:
    outbox.cancel(_key(held))


def _note(one: Release, verb: str, actor: User | None) -> None:
    about = {"object_type": "diagnosticreport", "object_id": str(one.pk)}
    audit.record(actor=actor, verb=verb, patient_id=one.patient_id, **about)

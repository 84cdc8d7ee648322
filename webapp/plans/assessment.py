"""One patient through the engine: the evaluation kept with all it rests on, and a draft made of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from engine.errors import PautaError
from rules import services as shelf
from rules.models import Release
from webapp.accounts.models import User
from webapp.alerts import services as alerts
from webapp.alerts.models import NOT_ASSESSED
from webapp.audit import services as audit
from webapp.patients.models import Patient
from webapp.patients.selectors import contents_of
from webapp.plans import case as cases
from webapp.plans import drafting, flagging, freshness
from webapp.plans.models import Evaluation
from webapp.plans.piloting import Side, side_of
from webapp.plans.running import FAULTS, run

NO_RELEASE = "no_release"
NOT_ASSESSED_TEXT = {
    "es": "Las respuestas están guardadas, pero no se han podido evaluar. Revíselas usted.",
    "en": "The answers are kept, but could not be assessed. Please read them yourself.",
}


@dataclass(slots=True)
class Asked:
    """An assessment on its way: of whom, under which library and why; then the case, and the mark of its record."""

    patient: Patient
    side: Side
    because: str
    case: Mapping[str, Any]
    mark: str = ""

    @property
    def release(self) -> Release | None:
        return self.side.release


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def case_digest(case: Mapping[str, Any]) -> str:
    return digest(json.dumps(case, sort_keys=True, ensure_ascii=False))


@transaction.atomic
@audit.together()
def assess(*, patient_id: UUID, because: str, today: date, actor: User | None = None) -> Evaluation:
    """Return the patient's evaluation as of ``today``; a draft is made where its items differ from the last plan.

    Same case and same library: the evaluation there is, and no second draft. A run that fails is stored as failed and
    raises the alert "not assessed"; nothing that was answered is touched.
    """
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)  # two runs at once make one draft
    asked = Asked(patient, side_of(patient), because, {"as_of": today.isoformat()})
    try:
        with transaction.atomic(), audit.together():
            _read(asked, today)
            return _known_already(asked) or _assessed(asked, actor)
    except FAULTS as fault:
        return _failed(asked, fault)


def _read(asked: Asked, today: date) -> None:
    """Put the record as it is now into the case, in the words of the library."""
    record = contents_of(asked.patient)
    asked.mark = freshness.mark(record)
    asked.case = cases.build(asked.patient, today, record)
    if asked.release is not None:
        asked.case = cases.fit(asked.case, shelf.edition(asked.release.digest, today))


def _known_already(asked: Asked) -> Evaluation | None:
    """Return the newest evaluation if it rests on the same case and library."""
    last = Evaluation.objects.filter(patient=asked.patient).order_by("-created_at").first()
    if last is None or last.status != Evaluation.Status.OK or asked.release is None:
        return None
    return last if (last.case_sha256, last.release_id) == (case_digest(asked.case), asked.release.pk) else None


def _assessed(asked: Asked, actor: User | None) -> Evaluation:
    if asked.release is None:
        raise PautaError(NO_RELEASE, "nothing is published on the shelf")
    outcome = run(asked.case, asked.release)
    evaluation = _store(asked, status=Evaluation.Status.OK, result=outcome.text, result_sha256=digest(outcome.text))
    drafting.draft(evaluation, outcome.plan, actor)
    flagging.raise_flags(asked.patient.pk, outcome.plan["items"], outcome.program, outcome.case)
    alerts.assessed(patient_id=asked.patient.pk)
    _record(evaluation, "plan.assessed", actor)
    return evaluation


def _store(asked: Asked, **outcome: Any) -> Evaluation:
    return Evaluation.objects.create(
        patient=asked.patient,
        release=asked.release,
        trial_id=asked.side.trial_id,
        case=dict(asked.case),
        case_sha256=case_digest(asked.case),
        record_mark=asked.mark,
        because=asked.because,
        **outcome,
    )


def _failed(asked: Asked, fault: Exception) -> Evaluation:
    """Keep what could not be assessed, by the kind of fault only: its message might quote an answer."""
    evaluation = _store(
        asked, status=Evaluation.Status.FAILED, error=getattr(fault, "code", "") or type(fault).__name__
    )
    alerts.raise_(
        patient_id=asked.patient.pk,
        rule=NOT_ASSESSED,
        code=f"alert:{NOT_ASSESSED}",
        urgency="same_day",
        text=NOT_ASSESSED_TEXT,
        facts={"case": evaluation.case_sha256, "error": evaluation.error},
    )
    _record(evaluation, "plan.not_assessed", None)
    return evaluation


def _record(evaluation: Evaluation, verb: str, actor: User | None) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        patient_id=evaluation.patient_id,
        object_type="evaluation",
        object_id=str(evaluation.pk),
        detail={"because": evaluation.because, "error": evaluation.error} if evaluation.error else None,
    )


def reassess_bytes(evaluation: Evaluation) -> bytes:
    """Return what the engine says today about a stored evaluation's case under its own library: the same bytes.

    Raises ValueError for a failed evaluation, which has no result to compare with.
    """
    if evaluation.release is None or evaluation.result is None:
        raise ValueError("a failed evaluation has no result")
    return run(evaluation.case, evaluation.release).text.encode()


def verify(evaluation: Evaluation) -> bool:
    """Return whether the stored result is whole and comes out again byte for byte."""
    try:
        again = reassess_bytes(evaluation)
    except FAULTS:
        return False
    stored = (evaluation.result or "").encode()
    return again == stored and digest(stored.decode()) == evaluation.result_sha256

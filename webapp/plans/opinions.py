"""The second opinion about evaluations: asked once for each, written down, and never in the way of what is saved."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from engine.confirming import Verdict, confirm
from engine.language.cases import read_case
from engine.opinion.process import Kept
from rules import services as shelf
from webapp.alerts import services as alerts
from webapp.audit import services as audit
from webapp.plans.models import Confirmation, Evaluation, Plan
from webapp.plans.running import FAULTS

KEPT = Kept()  # one process for each of ours, begun by the first question
RULE = "not_confirmed"
TEXT = {
    "es": "La segunda opinión no confirma el plan propuesto. Revíselo línea a línea antes de firmarlo.",
    "en": "The second opinion does not confirm the proposed plan. Read it line by line before you sign it.",
}
LEFT_OVER, AT_ONCE = timedelta(minutes=5), 50


def check(evaluation_id: UUID, *, again: bool = False) -> Confirmation | None:
    """Return what the second opinion says of an evaluation, asking it if nobody has; None for one that failed.

    ``again`` asks once more where it was not confirmed. Whatever befalls the second opinion, an answer is written down.
    """
    evaluation = Evaluation.objects.select_related("release", "confirmation").get(pk=evaluation_id)
    known = getattr(evaluation, "confirmation", None)
    if evaluation.status != Evaluation.Status.OK:
        return None
    if known is not None and not (again and known.state != Confirmation.State.CONFIRMED):
        return known
    return _write(evaluation, _verdict(evaluation))


def _verdict(evaluation: Evaluation) -> Verdict:
    """Return what the second opinion says of the stored case and the stored result."""
    try:
        assert evaluation.release is not None  # noqa: S101 - the database holds it for what worked
        day = date.fromisoformat(evaluation.case["as_of"])
        program = shelf.program(evaluation.release.digest, day)
        facts = read_case(evaluation.case, program.edition.vocabulary, program.edition.formulary)
        return confirm(program, facts, list(_lines(evaluation)), KEPT)
    except (*FAULTS, OSError):
        return Verdict("not_confirmed", "failed")


def _lines(evaluation: Evaluation) -> Iterator[tuple[str, list[str]]]:
    for item in json.loads(evaluation.result or "{}").get("items", ()):
        yield item["code"], [f"{each['protocol']}.{each['rule']}" for each in item["reasons"]]


@transaction.atomic
@audit.together()
def _write(evaluation: Evaluation, verdict: Verdict) -> Confirmation:
    """Write the answer down, once for an evaluation; what is not confirmed raises the alert."""
    said = {"state": verdict.state, "reason": verdict.reason, "differs": list(verdict.differs)}
    known = Confirmation.objects.select_for_update().filter(pk=evaluation.pk).first()
    if known is not None and known.state == Confirmation.State.CONFIRMED:
        return known
    written, _ = Confirmation.objects.update_or_create(evaluation=evaluation, defaults=said)
    if written.state == Confirmation.State.NOT_CONFIRMED:
        alerts.raise_(
            patient_id=evaluation.patient_id,
            rule=RULE,
            code=f"alert:{RULE}",
            urgency="soon",  # the signature is stopped by the confirmation itself
            text=TEXT,
            facts={"case": evaluation.case_sha256, "reason": verdict.reason},
        )
        audit.record(
            actor=None,
            verb="plan.not_confirmed",
            patient_id=evaluation.patient_id,
            object_type="evaluation",
            object_id=str(evaluation.pk),
            detail={"error": verdict.reason},
        )
    return written


def ensure(plan_id: UUID) -> None:
    """See that a draft can be signed as far as the second opinion goes: ask it now about what it has not seen."""
    plan = Plan.objects.select_related("evaluation").get(pk=plan_id)
    if plan.status != Plan.Status.DRAFT:
        return
    latest = Evaluation.objects.filter(patient_id=plan.patient_id).order_by("-created_at").first()
    for evaluation in {plan.evaluation, latest or plan.evaluation}:
        check(evaluation.pk)


def check_left_over(*, at_start: bool = False) -> int:
    """Return how many evaluations behind drafts were checked that no job has checked, such as after a crash.

    What is fresh is left to the job of its own, unless a worker has just started: such a job may have
    died with the one before it or, in a clinic filled by a command, never have been.
    """
    before = timezone.now() - (timedelta(0) if at_start else LEFT_OVER)
    waiting = Plan.objects.filter(
        status=Plan.Status.DRAFT, evaluation__confirmation=None, evaluation__created_at__lt=before
    )
    found = list(waiting.values_list("evaluation_id", flat=True)[:AT_ONCE])
    for evaluation_id in found:
        check(evaluation_id)
    return len(found)

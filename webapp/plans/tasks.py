"""Assessment as a job: it waits for its transaction to commit, survives a killed server, and may run twice."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from webapp.plans import following, selectors, services

BURST = 15  # seconds in which somebody goes on writing into one record


@app.task(name="plans.assess", queue="assess")
def assess(patient_id: str, because: str, today: str) -> None:
    """Assess a patient; ``because`` is a word such as ``questionnaire``, never a value.

    ``today`` is the ISO date of the answers. A job that comes late assesses as of the day it runs: as of an old day its
    draft could take the place of a newer one.
    """
    day = max(date.fromisoformat(today), timezone.localdate())
    evaluation = services.assess(patient_id=UUID(patient_id), because=because, today=day)
    confirm.defer(evaluation_id=str(evaluation.pk))


@app.task(name="plans.confirm", queue="assess")
def confirm(evaluation_id: str) -> None:
    """Ask the second opinion about an evaluation: a job of its own, so that nothing that is saved waits for it."""
    services.ask_second_opinion(UUID(evaluation_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="plans.confirm_left_over", queue="assess", queueing_lock="plans.confirm_left_over")
def confirm_left_over(timestamp: int = 0) -> None:
    """Ask about drafts whose evaluation no job has asked about; may run twice. A worker gives 0 at its start."""
    services.check_left_over(at_start=timestamp == 0)


def enqueue(*, patient_id: UUID, because: str, today: date) -> None:
    """Put the assessment into the queue, as part of the transaction that is open."""
    assess.defer(patient_id=str(patient_id), because=because, today=today.isoformat())


def after_change(*, patient_id: UUID, what: str, today: date) -> None:
    """Have the plan worked out anew after a change of the record, if the patient has been assessed before.

    ``what`` names the kind of line that changed. It waits a little: the first job of a burst sees all of it, and those
    that follow find everything assessed.
    """
    if selectors.was_assessed(patient_id):
        later = assess.configure(schedule_in={"seconds": BURST})
        later.defer(patient_id=str(patient_id), because=f"record:{what}", today=today.isoformat())


def after_changes(*, patient_ids: Iterable[UUID], what: str, today: date) -> None:
    """Do so for many patients at once, in the same two queries for one or for a thousand."""
    assessed = selectors.assessed_among(patient_ids)
    if assessed:
        later = assess.configure(schedule_in={"seconds": BURST})
        because = f"record:{what}"
        later.batch_defer(
            *({"patient_id": str(one), "because": because, "today": today.isoformat()} for one in assessed)
        )


@app.periodic(cron="*/10 * * * *")
@app.task(name="plans.follow_up", queue="reminders", queueing_lock="plans.follow_up")
def follow_up(timestamp: int = 0) -> None:
    """Make reminders of the follow-ups of signed plans; may run twice."""
    following.follow_up()

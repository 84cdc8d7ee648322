"""Putting assessments to versions on trial as well, beside everything else and after it. Part of services.

Only what was assessed anyway is read, once for a trial; what comes out is stored here and goes nowhere else: no plan,
no alert, no task and no message is made of it.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rules import trials
from rules.models import Release, Trial
from webapp.clinic.features import groups_of
from webapp.plans.models import Evaluation
from webapp.plans.running import FAULTS, run
from webapp.studio.models import ShadowCase
from webapp.studio.weighing import Differs, differences, harm_in

SLICE = 20.0  # seconds of one job, then the worker looks for what people wait for
CATCHING_UP = timedelta(days=7)  # after the end of a trial
KEPT = timedelta(days=365)  # after it too
Weight = ShadowCase.Weight


def go_on(*, pause: Callable[[], bool] | None = None, seconds: float = SLICE) -> bool:
    """Put waiting assessments to the versions in shadow, for so long; return whether some are left.

    ``pause`` is asked before each: whether somebody waits for the worker. May be killed at any moment: what is done is
    done, and what is not is found again.
    """
    stops, end = pause or somebody_waits, time.monotonic() + seconds
    for trial in _in_shadow():
        for evaluation, release in _waiting(trial):
            if time.monotonic() >= end or stops():
                return True
            put(trial, evaluation, release)
    return False


def _in_shadow() -> QuerySet[Trial]:
    """Return the trials that run or ended lately: what was assessed in their last hours may still be waiting."""
    lately = Trial.objects.filter(kind=Trial.Kind.SHADOW, ends_at__gt=timezone.now() - CATCHING_UP)
    return lately.exclude(state=Trial.State.STOPPED).order_by("pk")


def somebody_waits() -> bool:
    """Tell whether an assessment is due that no worker has begun."""
    due = Q(scheduled_at=None) | Q(scheduled_at__lte=timezone.now())
    return ProcrastinateJob.objects.filter(due, queue_name="assess", status="todo").exists()


def _waiting(trial: Trial) -> Iterator[tuple[Evaluation, Release]]:
    """Yield the assessments of a trial's span that were made by what was in force and not put to it yet."""
    beside = {one.base_id: one.release for one in trial.sets.select_related("release")}
    drawing = trials.drawing_of(trial)
    for each in _of_its_span(trial, beside).iterator(chunk_size=500):
        evaluation_id, release_id, patient_id, doctor_id = each
        groups = groups_of(doctor_id) if drawing.group else frozenset[str]()
        if drawing.takes(str(patient_id), str(doctor_id or ""), groups):
            yield Evaluation.objects.get(pk=evaluation_id), beside[release_id]


def _of_its_span(trial: Trial, beside: dict[int, Release]) -> QuerySet[Evaluation, tuple]:
    done = ShadowCase.objects.filter(trial=trial, evaluation=OuterRef("pk"))
    found = Evaluation.objects.filter(
        ~Exists(done), status=Evaluation.Status.OK, trial=None, release_id__in=beside,
        created_at__gte=trial.begins_at, created_at__lt=trial.ends_at,
    )  # fmt: skip
    return found.order_by("created_at").values_list(
        "pk", "release_id", "patient_id", "patient__general_practitioner_id"
    )


def put(trial: Trial, evaluation: Evaluation, release: Release) -> ShadowCase | None:
    """Keep what a version would have said of a stored case; None where another worker was first."""
    found, fault = list[Differs](), ""
    try:
        after = run(evaluation.case, release).plan["items"]
        found = differences(json.loads(evaluation.result or "{}").get("items", ()), after)
    except FAULTS as problem:
        fault = getattr(problem, "code", "") or type(problem).__name__
    weight = Weight.HARM if harm_in(found) else Weight.OTHER if found else Weight.SAME
    try:
        with transaction.atomic():
            return ShadowCase.objects.create(
                trial=trial, evaluation=evaluation, patient_id=evaluation.patient_id, release=release, weight=weight,
                differences=found, fault=fault[:120],
            )  # fmt: skip
    except IntegrityError:
        return None


def forget(now: datetime) -> int:
    """Delete what was kept of trials that were over a year ago; return how many rows."""
    over = Trial.objects.filter(ends_at__lt=now - KEPT)
    return ShadowCase.objects.filter(trial__in=over).delete()[0]

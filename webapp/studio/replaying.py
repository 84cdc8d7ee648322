"""Putting the clinic's past cases to a draft's text, and to the set it is held against. Part of services.

A job does it slice by slice; what is done is kept with how far it came, so that a killed worker loses no more than the
batch at hand. Nothing is written beside the rows of the replay: no plan, alert, task or message comes of it.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from rules import examining
from rules.drafting import newest_of
from rules.drafts import Draft, Revision
from rules.reading import digest_of_set
from rules.replaying import UNREADABLE, Compared, Pair
from rules.selectors import ShelfError, current_release, texts
from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.plans import case as cases
from webapp.plans.models import Evaluation
from webapp.studio.models import Replay, ReplayCase
from webapp.studio.shadowing import somebody_waits
from webapp.studio.weighing import Differs, differences
from webapp.studio.working import WRITE

SPANS = (90, 365, 1826)  # days
BATCH = 200
SLICE = 20.0  # seconds of one job, then the worker looks for what people wait for
KEPT = timedelta(days=30)
NO_RULE = ""  # where neither side names one
Which, Weight = Replay.Which, ReplayCase.Weight


class Met(NamedTuple):
    """A stored case, and where it stands in the order in which cases are gone through."""

    evaluation_id: UUID
    patient_id: UUID
    case: dict[str, Any]


def may_ask(user: User) -> bool:
    """Tell whether this person writes protocols: who only decides on them reads what came of it."""
    return user.may(WRITE)


@transaction.atomic
def ask(user: User, draft: Draft, days: int, which: str = Which.NEWEST) -> tuple[Replay, bool]:
    """Return the replay of a draft's newest text over a span, and whether it was begun by this.

    One that was begun before for the same set and span, and was not stopped, is gone on with.
    """
    if not may_ask(user):
        raise PermissionDenied(WRITE)
    known = known_of(draft, days, which)
    if known is not None and not (known.stopped_at or known.fault):
        return known, False
    return _begin(user, newest_of(draft), days, which), True


@transaction.atomic
def ask_anew(user: User, replay: Replay) -> Replay:
    """Return a new replay in place of one that is over: of the cases there are by now."""
    if not may_ask(user):
        raise PermissionDenied(WRITE)
    Replay.objects.filter(pk=replay.pk).delete()
    return _begin(user, replay.revision, replay.days, replay.which)


def _begin(user: User, revision: Revision, days: int, which: str) -> Replay:
    now = timezone.now()
    made = Replay(
        revision=revision, digest=_digest(revision), base=current_release(), days=days, which=which, until=now,
        asked_by=user,
    )  # fmt: skip
    made.total = _number(made)
    made.save()
    audit.record(actor=user, verb="protocol.replayed", object_type="draft", object_id=revision.draft_id)
    return made


def known_of(draft: Draft, days: int | None = None, which: str | None = None) -> Replay | None:
    """Return the newest replay of a draft's text as it is against what is in force, None where nobody asked."""
    found = of_text(newest_of(draft))
    found = found.filter(days=days) if days else found
    return (found.filter(which=which) if which else found).first()


def of_text(revision: Revision) -> QuerySet[Replay]:
    """Return the replays of a text against what is in force, newest first."""
    return Replay.objects.filter(digest=_digest(revision), base=current_release()).order_by("-pk")


def _digest(revision: Revision) -> str:
    return digest_of_set(examining.with_new({revision.path: revision.text}, current_release()))


@transaction.atomic
def stop(user: User, replay: Replay) -> None:
    """End a replay; what it found so far stays."""
    if not may_ask(user):
        raise PermissionDenied(WRITE)
    Replay.objects.filter(pk=replay.pk, finished_at=None, stopped_at=None).update(stopped_at=timezone.now())
    audit.record(actor=user, verb="protocol.replay_stopped", object_type="draft", object_id=replay.revision.draft_id)


def go_on(replay_id: int, *, seconds: float = SLICE, pause: Callable[[], bool] | None = None) -> bool:
    """Go on with a replay for so long; return whether some is left. May run twice, and be killed at any moment."""
    replay = Replay.objects.select_related("revision", "base").get(pk=replay_id)
    stops, end = pause or somebody_waits, time.monotonic() + seconds
    if not replay.is_under_way:
        return False
    try:
        pair = _pair(replay)
        while batch := _next(replay):
            if not _take(replay, pair, batch) or (time.monotonic() >= end or stops()):
                return replay.is_under_way
    except (*UNREADABLE, ShelfError) as fault:
        Replay.objects.filter(pk=replay.pk).update(fault=(getattr(fault, "code", "") or type(fault).__name__)[:80])
        return False
    Replay.objects.filter(pk=replay.pk, stopped_at=None).update(finished_at=timezone.now(), total=F("done"))
    return False


def _pair(replay: Replay) -> Pair:
    before = dict(texts(replay.base)) if replay.base else {}
    return Pair(before, {**before, replay.revision.path: replay.revision.text})


def _of_its_span(replay: Replay) -> QuerySet[Evaluation]:
    since = replay.until - timedelta(days=replay.days)
    return Evaluation.objects.filter(status=Evaluation.Status.OK, created_at__gt=since, created_at__lte=replay.until)


def _number(replay: Replay) -> int:
    span = _of_its_span(replay).order_by()
    return span.values("patient_id").distinct().count() if replay.which == Which.NEWEST else span.count()


def _next(replay: Replay) -> list[Met]:
    """Return the next cases: of each patient the newest of the span, in the order of patients, or every one."""
    found = _of_its_span(replay)
    if replay.which == Which.NEWEST:
        after = found.filter(patient_id__gt=replay.reached) if replay.reached else found
        chosen = after.order_by("patient_id", "-created_at", "pk").distinct("patient_id")
    else:
        chosen = (found.filter(pk__gt=replay.reached) if replay.reached else found).order_by("pk")
    return [Met(*row) for row in chosen.values_list("pk", "patient_id", "case")[:BATCH]]


def _take(replay: Replay, pair: Pair, batch: Sequence[Met]) -> bool:
    """Put a batch to both sets and keep what came of it; False where it was stopped or another worker was quicker."""
    begun = time.monotonic()
    found = list(pair.compare([each.case for each in batch], cases.fit))
    with transaction.atomic():
        held = Replay.objects.select_for_update().get(pk=replay.pk)
        if held.reached != replay.reached or not held.is_under_way:
            replay.stopped_at = held.stopped_at
            return False
        rows = [row for each, said in zip(batch, found, strict=True) if (row := _row(replay, each, said))]
        ReplayCase.objects.bulk_create(rows)
        replay.reached = batch[-1].patient_id if replay.which == Which.NEWEST else batch[-1].evaluation_id
        replay.done += len(batch)
        replay.changed += len(rows)
        replay.unread += found.count(None)
        replay.spent += time.monotonic() - begun
        replay.save(update_fields=["reached", "done", "changed", "unread", "spent", "rules"])
    return True


def _row(replay: Replay, met: Met, said: Compared | None) -> ReplayCase | None:
    differ = differences(said.before, said.after) if said else []
    if not differ:
        return None
    worst = min(differ, key=weight_of)
    causes = {rule for each in differ for rule in each["rules"] or [NO_RULE]}
    _count(replay.rules, causes)
    first = min(worst["rules"], default=NO_RULE)
    return ReplayCase(
        replay=replay, evaluation_id=met.evaluation_id, patient_id=met.patient_id, weight=weight_of(worst),
        cause=next(place for place, (name, _cases) in enumerate(replay.rules) if name == first),
        differences=sorted(differ, key=weight_of),
    )  # fmt: skip


def _count(rules: list[list[Any]], causes: Iterable[str]) -> None:
    """Count a case with every rule that makes it another; new ones come last, so that places stay."""
    known = {name: place for place, (name, _cases) in enumerate(rules)}
    for name in sorted(causes):
        if name in known:
            rules[known[name]][1] += 1
        else:
            rules.append([name, 1])


def weight_of(one: Differs) -> int:
    """Return how grave one difference is, the gravest first: what is added before what is lost."""
    kind = one["item"].partition(":")[0]
    drug = kind in ("rx", "supp")
    if one["harm"]:
        return Weight.DRUG if drug else {"alert": Weight.RED_FLAG, "ref": Weight.REFERRAL}.get(kind, Weight.OTHER_HARM)
    return Weight.TREATMENT if drug else Weight.REST


def forget(now: datetime) -> int:
    """Delete replays of more than a month ago; return how many rows went."""
    return Replay.objects.filter(begun_at__lt=now - KEPT).delete()[0]

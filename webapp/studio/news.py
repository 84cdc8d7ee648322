"""What waits for one person in the studio, and what came into force: read from the rows themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from rules.models import Remark, Submission, Version
from webapp.accounts.models import User
from webapp.plans.terms import words
from webapp.studio import incidents, reviews, working
from webapp.studio.models import Incident
from webapp.studio.reviews import Due

LATELY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class News:
    """Everything that concerns one person; empty parts for who has no right to them."""

    incidents: Sequence[Incident]
    reviews: Sequence[Due]
    waiting: Sequence[Submission]
    decided: Sequence[Submission]
    remarks: Sequence[Remark]
    in_force: Sequence[tuple[Version, str]]


def news_for(user: User, now: datetime, language: str) -> News:
    """Return what concerns this person; six queries, however much there is."""
    since = now - LATELY
    waiting = [one for one in working.proposals_for(user) if not one.decision and working.may_decide(user, one)]
    return News(
        incidents=list(incidents.incidents_for(user)),
        reviews=reviews.due_for(user, now.date()),
        waiting=waiting,
        decided=list(_mine(user).filter(decided_at__gte=since).exclude(decision="withdrawn").order_by("-decided_at")),
        remarks=list(_remarks(user, since)),
        in_force=[
            (one, words(one.report.get("title"), language) or one.source_file.name) for one in _fresh(user, since)
        ],
    )


def _mine(user: User) -> QuerySet[Submission]:
    if not user.may(working.WRITE):
        return Submission.objects.none()
    return Submission.objects.filter(written_by__contains=[str(user.pk)]).select_related("draft")


def _remarks(user: User, since: datetime) -> QuerySet[Remark]:
    mine = Remark.objects.filter(submission__in=_mine(user).order_by(), at__gte=since).exclude(author_id=str(user.pk))
    return mine.select_related("submission__draft").order_by("-pk")


def _fresh(user: User, since: datetime) -> QuerySet[Version]:
    if not user.may("protocols.read"):
        return Version.objects.none()
    found = Version.objects.filter(status=Version.Status.PUBLISHED, published_at__gte=since)
    return found.select_related("source_file").defer("text").order_by("-published_at")[:100]

"""Telling people that something waits in the studio: the message never says what, that is read after signing in.

Part of services. Each key is queued once for ever, so whatever asks twice tells once; the outbox keeps the night, the
daily cap, and gathers several messages to one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from rules.models import Submission, Version
from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.base.roles import Role
from webapp.outbox import services as outbox
from webapp.studio.models import Incident
from webapp.studio.working import PUBLISH

READ = "protocols.read"


def holders(permission: str, role: str) -> list[User]:
    """Return who holds a permission under one hat, whichever hat is worn now; however many."""
    people = list(accounts.with_role(role))
    for one in people:
        one.active_role = role
    return people if people and people[0].may(permission) else []


def tell_of_incidents(opened: Iterable[Incident]) -> None:
    """Tell directors that rules are not as they were: one message for all that one night brought."""
    newest = max(one.pk for one in opened)
    _tell(holders(PUBLISH, Role.DIRECTOR), f"studio:incidents:{newest}", reverse("studio:news"))


def tell_of_proposal(proposal: Submission) -> None:
    """Tell those who may decide it; never who wrote it."""
    others = [one for one in holders(PUBLISH, Role.DIRECTOR) if str(one.pk) not in proposal.written_by]
    _tell(others, f"studio:proposal:{proposal.pk}", reverse("studio:proposal", args=[proposal.pk]))


def tell_of_decision(proposal: Submission) -> None:
    """Tell those who wrote it that it was decided."""
    if proposal.decision in (Submission.Decision.APPROVED, Submission.Decision.REFUSED):
        others = [one for one in _authors(proposal) if str(one.pk) != proposal.decided_by_id]
        _tell(others, f"studio:decided:{proposal.pk}", reverse("studio:proposal", args=[proposal.pk]))


def tell_of_remark(proposal: Submission, remark: int, author: User) -> None:
    """Tell those who wrote a proposal that somebody said something to it."""
    others = [one for one in _authors(proposal) if one.pk != author.pk]
    _tell(others, f"studio:remark:{remark}", reverse("studio:proposal", args=[proposal.pk]))


def tell_of_version(proposal: Submission) -> None:
    """Tell doctors that something came into force: one message a day at most, however many come in."""
    if proposal.in_force_at:
        day = timezone.localdate(proposal.in_force_at)
        _tell(holders(READ, Role.DOCTOR), f"studio:in_force:{day:%Y%m%d}", reverse("studio:news"))


def tell_of_review(version: Version, days: int) -> None:
    """Tell directors, the text's author among them, that it is to be reviewed in so many days."""
    _tell(holders(PUBLISH, Role.DIRECTOR), f"studio:review:{version.pk}:{days}", reverse("studio:news"))


def _authors(proposal: Submission) -> Sequence[User]:
    numbers = [int(one) for one in proposal.written_by if one.isdigit()]
    return User.objects.filter(pk__in=numbers, is_active=True).order_by("pk")


def _tell(people: Iterable[User], key: str, path: str) -> None:
    outbox.queue_all(_order(one, key, path) for one in people)


def _order(person: User, key: str, path: str) -> Mapping[str, Any]:
    return {
        "key": f"{key}:{person.pk}",
        "address": person.email,
        "template": "message_waiting",
        "language": person.language,
        "link": path,
        "recipient": f"user:{person.pk}",
    }

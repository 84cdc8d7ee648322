"""What directors do to texts: rights and the book around the deeds of the shelf. Part of services."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from rules import approving, drafting, examining
from rules.models import Draft, Examination, Release, Remark, Revision, Submission, Version
from rules.services import Author
from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.studio import telling
from webapp.studio.working import PUBLISH, WRITE


def author_of(user: User) -> Author:
    """Return who acts as the shelf knows people: an id and a name."""
    return Author(str(user.pk), user.display_name)


def allowed(user: User, permission: str) -> Author:
    if not user.may(permission):
        raise PermissionDenied(permission)
    return author_of(user)


def note(user: User, verb: str, thing: Draft | Submission | Version, **detail: Any) -> None:
    audit.record(
        actor=user, verb=f"protocol.{verb}", object_type=type(thing).__name__.lower(), object_id=thing.pk,
        detail=detail or None,
    )  # fmt: skip


@transaction.atomic
def begin(user: User, version: Version) -> Draft:
    """Return a new draft of a published text."""
    draft = drafting.begin(version, allowed(user, WRITE))
    note(user, "draft_begun", draft)
    return draft


@transaction.atomic
def bring(user: User, text: str) -> Draft:
    """Return a draft of a text that was uploaded; raise DraftError where it does not say what it is."""
    draft = drafting.begin_new(text, allowed(user, WRITE))
    note(user, "draft_begun", draft)
    return draft


@transaction.atomic
def save(user: User, draft_id: int, text: str, shown: int) -> Revision:
    """Keep a text; raise Overtaken where somebody else saved since ``shown``."""
    return drafting.save(draft_id=draft_id, text=text, shown=shown, author=allowed(user, WRITE))


@transaction.atomic
def restore(user: User, draft_id: int, number: int, shown: int) -> Revision:
    """Bring an earlier state of a draft back."""
    return drafting.restore(draft_id=draft_id, number=number, shown=shown, author=allowed(user, WRITE))


@transaction.atomic
def put_aside(user: User, draft_id: int) -> Draft:
    """Put a draft aside."""
    return _turned(user, drafting.drop, draft_id, "draft_dropped")


@transaction.atomic
def take_up(user: User, draft_id: int) -> Draft:
    """Open a draft again that was put aside."""
    return _turned(user, drafting.take_up, draft_id, "draft_taken_up")


def _turned(user: User, deed: Callable[..., Draft], draft_id: int, verb: str) -> Draft:
    allowed(user, WRITE)
    draft = deed(draft_id=draft_id)
    note(user, verb, draft)
    return draft


@transaction.atomic
def ask_for_examination(user: User, draft: Draft) -> Examination:
    """Return the examination of a draft's newest state, begun if nobody has asked for it yet."""
    allowed(user, WRITE)
    revision = drafting.newest_of(draft)
    return examining.begin({revision.path: revision.text})


def examine(draft_id: int, revision_number: int) -> None:
    """Examine one state of a draft; a newer one has an examination of its own."""
    revision = Revision.objects.get(draft_id=draft_id, number=revision_number)
    texts = {revision.path: revision.text}
    examining.run(examining.begin(texts), texts)


@transaction.atomic
def propose(user: User, draft_id: int, *, shown: int, reason: str, evidence: str, urgent: bool = False) -> Submission:
    """Put a draft before another director; ``urgent`` brings it into force at once, by who may approve."""
    author = allowed(user, WRITE)
    if urgent:
        allowed(user, PUBLISH)
    proposal = approving.submit(
        draft_id=draft_id, shown=shown, reason=reason, evidence=evidence, urgent=urgent, author=author
    )
    note(user, "published_urgently" if urgent else "proposed", proposal)
    telling.tell_of_version(proposal) if urgent else telling.tell_of_proposal(proposal)
    return proposal


@transaction.atomic
def looked(user: User, proposal: Submission, what: str) -> None:
    """Note that one of the differences of a proposal was opened."""
    allowed(user, PUBLISH)
    approving.opened(submission_id=proposal.pk, what=what, user_id=str(user.pk))


@transaction.atomic
def approve(user: User, proposal_id: int, *, comment: str, effective_from: datetime | None) -> Submission:
    """Approve a proposal; raise ProposalError where it may not be."""
    author = allowed(user, PUBLISH)
    proposal = approving.approve(
        submission_id=proposal_id, author=author, comment=comment, effective_from=effective_from
    )
    note(user, "approved", proposal)
    telling.tell_of_decision(proposal)
    telling.tell_of_version(proposal)
    return proposal


@transaction.atomic
def refuse(user: User, proposal_id: int, comment: str) -> Submission:
    """Send a proposal back."""
    proposal = approving.refuse(submission_id=proposal_id, author=allowed(user, PUBLISH), comment=comment)
    note(user, "refused", proposal)
    telling.tell_of_decision(proposal)
    return proposal


@transaction.atomic
def withdraw(user: User, proposal_id: int) -> Submission:
    """Take one's own proposal back."""
    proposal = approving.withdraw(submission_id=proposal_id, author=allowed(user, WRITE))
    note(user, "withdrawn", proposal)
    return proposal


@transaction.atomic
def remark(user: User, proposal_id: int, line: int, words: str) -> Remark:
    """Say something to a line of a proposal."""
    said = approving.remark(submission_id=proposal_id, line=line, words=words, author=allowed(user, PUBLISH))
    telling.tell_of_remark(said.submission, said.pk, user)
    return said


@transaction.atomic
def take_back(user: User, version: Version, reason: str) -> Release | None:
    """Take a published text out of force."""
    release = approving.roll_back(version=version, reason=reason, author=allowed(user, PUBLISH))
    note(user, "taken_back", version)
    return release


def bring_due() -> int:
    """Bring in what was approved for a day that has come; return how many were brought in or stopped."""
    done = approving.bring_due(timezone.now())
    for proposal in done:
        verb = "protocol.stopped" if proposal.stopped else "protocol.in_force"
        audit.record(actor=None, verb=verb, object_type="submission", object_id=proposal.pk)
        telling.tell_of_version(proposal)
    return len(done)

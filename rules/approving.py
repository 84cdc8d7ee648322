"""From a draft to what is in force: proposed, looked at, approved by another director, brought in, taken back.

Part of services. The rights of whoever acts are checked above, where users are known; that nobody approves what he or
she wrote is checked here and by the database. Nothing comes into force that was not examined as the set it becomes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from engine.errors import Problem
from rules import checking, drafting, examining, headers, reports, selectors, turning
from rules.drafting import DraftError
from rules.headers import Header
from rules.models import (
    Draft,
    Examination,
    Opened,
    Release,
    Remark,
    Retraction,
    Revision,
    SourceFile,
    Submission,
    Version,
)
from rules.reading import digest_of_set
from rules.services import LOADING, Author, bring_into_force


class ProposalError(DraftError):
    """A proposal that cannot be made, decided or brought into force as asked; nothing has changed."""


@transaction.atomic
def submit(
    *, draft_id: int, shown: int, reason: str, author: Author, evidence: str = "", urgent: bool = False
) -> Submission:
    """Put the revision ``shown`` before a second director; raise ProposalError where anything stands against it.

    It must have been examined against what is in force now, and be clean. ``urgent`` brings it into force at once on
    one director's word; it is then to be looked at afterwards by another.
    """
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    revision = drafting.newest_of(draft)
    examination = _submittable(draft, revision, shown, reason)
    said = {"reason": reason.strip(), "evidence": evidence.strip(), "urgent": urgent}
    by = {"submitted_by_id": author.id, "submitted_by_name": author.name}
    wrote = sorted({draft.author_id, revision.editor_id, author.id})
    proposal = Submission.objects.create(
        draft=draft, revision=revision, examination=examination, written_by=wrote, **said, **by
    )
    _turn(draft, Draft.State.SUBMITTED)
    return _in_a_hurry(proposal, author) if urgent else proposal


def _submittable(draft: Draft, revision: Revision, shown: int, reason: str) -> Examination:
    """Return the examination a proposal rests on, or say what stands against it."""
    if draft.state != Draft.State.OPEN:
        raise ProposalError("R023", "this draft is not open any more", "Load the page again.")
    if revision.number != shown:
        raise drafting.Overtaken(revision)
    if not reason.strip():
        raise ProposalError("R030", "a proposal needs a reason", "Say in a sentence what changes and why.")
    if draft.base and draft.base.text == revision.text:
        raise ProposalError("R031", "this is the text that is in force already", "Change what you meant to change.")
    _free_number(revision)
    return _clean(examining.known({revision.path: revision.text}))


def _free_number(revision: Revision) -> None:
    head = _header(revision)
    taken = (
        Version.objects.exclude(status=Version.Status.DRAFT)
        .filter(source_file__kind=head.kind, source_file__name=head.name, version=head.version)
        .exclude(status=Version.Status.TRIAL, sha256=revision.sha256)
    )  # its own trial is over
    if taken.exists():
        hint = f"Write version: {drafting.next_number(head.kind, head.name)}"
        raise ProposalError("R003", f"version {head.version} was published before", hint)


def _header(revision: Revision) -> Header:
    head = headers.read(revision.path, revision.text)
    if isinstance(head, Problem):
        raise ProposalError(head.code, head.message, head.hint)
    if (head.kind, head.name) != (revision.draft.kind, revision.draft.name):
        message = (
            f"this draft is of {revision.draft.kind} {revision.draft.name}, but its text is {head.kind} {head.name}"
        )
        raise ProposalError("R032", message, "Give it back its name, or bring the text in as a new file.")
    return head


def _clean(examination: Examination | None) -> Examination:
    if examination is None or examination.report is None:
        raise ProposalError(
            "R033", "this text was not examined against what is in force now", "Run tests and proofs, then propose it."
        )
    if not examination.report["clean"]:
        raise ProposalError(
            "R034", "problems, failing tests or proofs stand against it", "Mend them; each is listed with its line."
        )
    return examination


@transaction.atomic
def opened(*, submission_id: int, what: str, user_id: str) -> None:
    """Note that somebody opened the difference of the texts or the proved one."""
    Opened.objects.get_or_create(submission_id=submission_id, what=what, user_id=user_id)


@transaction.atomic
def approve(
    *, submission_id: int, author: Author, comment: str = "", effective_from: datetime | None = None
) -> Submission:
    """Approve a proposal: in force at once, or from ``effective_from`` on. Raises ProposalError.

    Not by who wrote it, not before both differences were opened, and not where what is in force has changed since it
    was examined: then it is examined anew first.
    """
    proposal = _waiting(submission_id)
    _may_approve(proposal, author)
    _still_speaks_of_now(proposal)
    later = effective_from if effective_from and effective_from > timezone.now() else None
    _decide(proposal, Submission.Decision.APPROVED, author, comment, later)
    return proposal if later else _bring_in(proposal)


@transaction.atomic
def approve_to_try(*, submission_id: int, author: Author, comment: str = "") -> tuple[Submission, Version]:
    """Approve a proposal for a trial, as if it were to come into force; return it and the text, which does not."""
    proposal = _waiting(submission_id)
    _may_approve(proposal, author)
    _still_speaks_of_now(proposal)
    _decide(proposal, Submission.Decision.APPROVED, author, comment)
    return proposal, _tried(proposal) or _kept(proposal, Version.Status.TRIAL)


def _may_approve(proposal: Submission, author: Author) -> None:
    if author.id in proposal.written_by:
        raise ProposalError(
            "R035", "nobody approves what he or she wrote or proposed", "Ask another director to look at it."
        )
    seen = set(proposal.opened.filter(user_id=author.id).values_list("what", flat=True))
    if not set(Opened.What.values) <= seen:
        raise ProposalError(
            "R036", "both differences must have been opened", "Open the text of both and the proved difference first."
        )


def _still_speaks_of_now(proposal: Submission) -> None:
    """Refuse where the digest of what would come into force is not that of what was examined."""
    texts = {proposal.revision.path: proposal.revision.text}
    base = selectors.current_release()
    same = proposal.examination.base_id == (base.pk if base else None)
    if not same or digest_of_set(examining.with_new(texts, base)) != proposal.examination.digest:
        raise ProposalError(
            "R037",
            "what is in force has changed since this was examined",
            "Send it back; its author examines it against what is in force now and proposes it again.",
        )


@transaction.atomic
def refuse(*, submission_id: int, author: Author, comment: str) -> Submission:
    """Send a proposal back with what is to be changed; its draft is open again. Raises ProposalError without words."""
    proposal = _waiting(submission_id)
    if not comment.strip() and not proposal.remarks.exists():
        raise ProposalError("R038", "a refusal says why", "Write what is to be changed, to a line or in general.")
    _decide(proposal, Submission.Decision.REFUSED, author, comment)
    _give_back(proposal.draft)
    return proposal


@transaction.atomic
def withdraw(*, submission_id: int, author: Author) -> Submission:
    """Take a proposal back, by one of those who wrote it; its draft is open again."""
    proposal = _waiting(submission_id)
    if author.id not in proposal.written_by:
        raise ProposalError("R039", "only who wrote a proposal takes it back", "You may refuse it with a reason.")
    _decide(proposal, Submission.Decision.WITHDRAWN, author, "")
    _give_back(proposal.draft)
    return proposal


@transaction.atomic
def remark(*, submission_id: int, line: int, words: str, author: Author) -> Remark:
    """Say something to one line of a waiting proposal; raise ProposalError for a line it has not."""
    proposal = _waiting(submission_id)
    lines = proposal.revision.text.count("\n") + 1
    if not 1 <= line <= lines or not words.strip():
        raise ProposalError("R040", f"a remark has words and a line from 1 to {lines}", "Choose a line of the text.")
    return Remark.objects.create(
        submission=proposal, line=line, words=words.strip()[:1000], author_id=author.id, author_name=author.name
    )


def _waiting(submission_id: int) -> Submission:
    proposal = Submission.objects.select_for_update().get(pk=submission_id)
    if proposal.decision:
        raise ProposalError("R041", "this proposal was decided already", "Load the page again.")
    return proposal


def _decide(
    proposal: Submission, decision: str, author: Author, comment: str, effective_from: datetime | None = None
) -> None:
    proposal.decision, proposal.comment = decision, comment.strip()[:2000]
    proposal.decided_by_id, proposal.decided_by_name, proposal.decided_at = author.id, author.name, timezone.now()
    proposal.effective_from = effective_from
    proposal.save()


def _in_a_hurry(proposal: Submission, author: Author) -> Submission:
    _decide(proposal, Submission.Decision.APPROVED, author, "")
    return _bring_in(proposal)


def bring_due(now: datetime) -> list[Submission]:
    """Bring in what was approved for a day that has come; return what came in or was stopped, oldest first.

    A set that changed since is examined anew. What is not clean any more stays out, with the reason kept.
    """
    due = Submission.objects.filter(
        decision=Submission.Decision.APPROVED, in_force_at=None, stopped="", effective_from__lte=now
    )
    return [_bring_one_due(pk) for pk in due.order_by("effective_from", "pk").values_list("pk", flat=True)]


@transaction.atomic
def _bring_one_due(pk: int) -> Submission:
    proposal = Submission.objects.select_for_update().get(pk=pk)
    texts = {proposal.revision.path: proposal.revision.text}
    try:
        _clean(examining.run(examining.begin(texts), texts))
        return _bring_in(proposal)
    except ProposalError as problem:
        proposal.stopped = str(problem)[:300]
        proposal.save(update_fields=["stopped"])
        return proposal


def _bring_in(proposal: Submission) -> Submission:
    """Publish the text and put the set with it in force."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])
    revision = proposal.revision
    base = selectors.current_release()
    before = selectors.texts(base) if base else {}
    version = _publish(proposal)
    bring_into_force({**before, revision.path: revision.text}, before)
    turning.in_force_now(version)
    proposal.in_force_at = timezone.now()
    proposal.save(update_fields=["in_force_at"])
    _turn(proposal.draft, Draft.State.PUBLISHED)
    return proposal


def _publish(proposal: Submission) -> Version:
    """Keep the text as published; one that was tried is kept already, and comes in with its trial's report."""
    tried = _tried(proposal)
    if tried is None:
        return _kept(proposal, Version.Status.PUBLISHED)
    tried.status, tried.published_at = Version.Status.PUBLISHED, timezone.now()
    tried.save(update_fields=["status", "published_at"])
    return tried


def _tried(proposal: Submission) -> Version | None:
    """Return the text of a proposal where it was on trial before."""
    held = proposal.draft
    same = Version.objects.filter(status=Version.Status.TRIAL, sha256=proposal.revision.sha256)
    return same.filter(source_file__kind=held.kind, source_file__name=held.name).first()


def _kept(proposal: Submission, status: str) -> Version:
    revision, head = proposal.revision, _header(proposal.revision)
    report: Mapping[str, Any] = proposal.examination.report or {}
    source, _ = SourceFile.objects.update_or_create(kind=head.kind, name=head.name, defaults={"path": revision.path})
    version = Version.objects.filter(source_file=source, version=head.version).first()
    version = version or Version(source_file=source, version=head.version)
    tests = [each["result"] for each in report["tests"]]
    version.path, version.text, version.sha256, version.origin = revision.path, revision.text, revision.sha256, "studio"
    version.author_id, version.author_name = revision.editor_id, revision.editor_name
    version.status = status
    version.published_at = timezone.now() if status == Version.Status.PUBLISHED else None
    version.report = dict(reports.summary(head, rules=report["rules"].get(revision.path, 0), tests=tests))
    version.save()
    return version


@transaction.atomic
def roll_back(*, version: Version, reason: str, author: Author) -> Release | None:
    """Take a published text out of force; what stood in its place before comes back. Raises ProposalError.

    It comes back under a new number only, nor does a folder that still holds it bring it back. A text with an earlier
    version beside it gives way to that; one that took another's place gives the place back. What comes of it must
    check and pass its tests.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])
    before = dict(selectors.texts(selectors.release_of()))
    if not reason.strip():
        raise ProposalError("R030", "what is taken back needs a reason", "Say in a sentence what is wrong with it.")
    if before.get(version.path) != version.text:
        raise ProposalError("R042", "this version is not in force", "Load the page again.")
    after = _without(version, before)
    _still_holds(after)
    Retraction.objects.create(
        version=version, reason=reason.strip()[:1000], author_id=author.id, author_name=author.name
    )
    return bring_into_force(after, before)[0]


def _still_holds(texts: Mapping[str, str]) -> None:
    """Refuse a set that does not check or fails its tests. One that was a release as it is was examined then."""
    if Release.objects.filter(digest=digest_of_set(texts)).exists():
        return
    verdict = checking.examine(texts, {})
    if verdict.refused or dict(verdict.texts) != texts:
        first = verdict.refused[0]
        message = f"without it the rest would not hold: {first.place}: {first.code} {first.message}"
        raise ProposalError("R043", message, "Take back first what builds on it.")


def _without(version: Version, before: Mapping[str, str]) -> dict[str, str]:
    after = {path: text for path, text in before.items() if path != version.path}
    earlier = Version.objects.filter(
        source_file=version.source_file, path=version.path, status=Version.Status.RETIRED, published_at__isnull=False
    ).order_by("-published_at", "-pk")
    if previous := earlier.first():
        return {**after, version.path: previous.text}
    beside = Version.objects.filter(source_file=version.source_file, status=Version.Status.PUBLISHED)
    if not beside.exclude(pk=version.pk).exists():
        raise ProposalError("R044", "there is no earlier version to go back to", "Propose a corrected text instead.")
    return after


def _give_back(draft: Draft) -> None:
    """Open a draft again, unless its text is on trial and only its coming into force was decided against."""
    if not turning.is_tried(draft):
        _turn(draft, Draft.State.OPEN)


def _turn(draft: Draft, state: str) -> None:
    draft.state = state
    draft.save(update_fields=["state"])

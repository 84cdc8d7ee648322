"""What directors write: a text that is proposed, which says nothing of any patient, and one that is tried on some."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from rules import drafting, examining
from rules import selectors as shelf
from rules.models import Draft, Revision, Submission, Trial, TrialSet, TrialTurn, Version
from rules.services import Author
from tests.webapp.access.marks import CLINICAL
from webapp.accounts.models import User
from webapp.plans.models import Evaluation
from webapp.studio.models import Incident, ProtocolDay, Replay, ReplayCase, RuleDay, ShadowCase


def a_proposal(author: User) -> Submission:
    """Return a proposal that waits, of a draft of the first text on the shelf; nobody has examined it."""
    who = Author(str(author.pk), "Who wrote it")  # a signature: it stands in clear
    draft = drafting.begin(Version.objects.order_by("pk")[0], who)
    revision = drafting.newest_of(draft)
    proposal = Submission.objects.create(
        draft=draft,
        revision=revision,
        examination=examining.begin({revision.path: revision.text}),
        reason="So that it can be read",
        written_by=[who.id],
        submitted_by_id=who.id,
        submitted_by_name=who.name,
    )
    Draft.objects.filter(pk=draft.pk).update(state=Draft.State.SUBMITTED)
    return proposal


def a_trial(author: User, evaluations: Iterable[Evaluation]) -> Trial:
    """Return a trial in shadow of the same text, with what it would have said of these assessments."""
    proposal, now = a_proposal(author), timezone.now()
    proposal.decision, proposal.decided_by_id, proposal.decided_by_name = "approved", "0", "Who approved it"
    proposal.decided_at = now
    proposal.save()
    trial = Trial.objects.create(
        kind="shadow", submission=proposal, version=proposal.draft.base, salt="0a" * 32, state="running",
        begins_at=now - timedelta(days=1), ends_at=now + timedelta(days=30),
    )  # fmt: skip
    TrialTurn.objects.create(trial=trial, state="running", author_name="Who approved it")
    base = shelf.release_of()
    TrialSet.objects.create(trial=trial, base=base, release=base, examination=proposal.examination)
    told = [{"item": f"advice:{CLINICAL}", "aspect": "new", "old": "", "new": CLINICAL, "rules": ["a.b"], "harm": True}]
    for one in evaluations:
        ShadowCase.objects.create(
            trial=trial, evaluation=one, patient_id=one.patient_id, release=base, weight=2, differences=told
        )
    return trial


def a_replay(author: User, evaluations: Iterable[Evaluation]) -> Replay:
    """Return a replay of the newest text over these assessments, each of which would be another plan."""
    revision, now = Revision.objects.order_by("-pk")[0], timezone.now()
    replay = Replay.objects.create(
        revision=revision, digest="d" * 64, base=shelf.current_release(), days=365, until=now, asked_by=author, total=3,
        done=3, changed=3, rules=[["reflux.ppi_trial", 3]], finished_at=now,
    )  # fmt: skip
    told = [{"item": "rx:omeprazole", "aspect": "new", "old": "", "new": "proposed", "rules": ["a.b"], "harm": True}]
    for one in evaluations:
        ReplayCase.objects.create(
            replay=replay, evaluation=one, patient_id=one.patient_id, weight=0, cause=0, differences=told
        )
    return replay


def counts() -> None:
    """Keep what was counted of a rule of the first text on the shelf, and that it went silent; it names nobody."""
    named, day = {"protocol": Version.objects.order_by("pk")[0].source_file.name}, timezone.localdate()
    ProtocolDay.objects.create(version="1.0.0", day=day, could=9, **named)
    RuleDay.objects.create(version="1.0.0", rule="a_rule", day=day, fired=2, waited=0, **named)
    Incident.objects.create(rule="a_rule", kind="silent", noticed_on=day, since=day, count=0, of=9, usual=0.4, **named)

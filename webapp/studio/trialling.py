"""What directors do with versions on trial: rights and the book around the deeds of the shelf. Part of services."""

from django.db import transaction
from django.utils import timezone

from rules import trials
from rules.models import Submission, Trial
from rules.trials import Terms
from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.plans import tasks as plans
from webapp.plans.models import Plan
from webapp.studio.working import PUBLISH, WRITE
from webapp.studio.writing import allowed, note


@transaction.atomic
def approve(user: User, proposal_id: int, *, comment: str, terms: Terms) -> Trial:
    """Approve a proposal to be tried; raise ProposalError where it may not be."""
    author = allowed(user, PUBLISH)
    trial = trials.approve(submission_id=proposal_id, author=author, terms=terms, comment=comment)
    note(user, "approved_to_try", trial.submission, kind=trial.kind)
    return trial


@transaction.atomic
def stop(user: User, trial_id: int, reason: str) -> Trial:
    """Stop a trial at once; whoever has a draft by it is assessed anew by what is in force."""
    trial = trials.stop(trial_id=trial_id, author=allowed(user, PUBLISH), reason=reason)
    note(user, "trial_stopped", trial.submission)
    drafts = Plan.objects.filter(status=Plan.Status.DRAFT, evaluation__trial=trial)
    concerned = list(drafts.values_list("patient_id", flat=True))
    plans.after_changes(patient_ids=concerned, what="protocol", today=timezone.localdate())
    return trial


@transaction.atomic
def promote(user: User, trial_id: int, reason: str) -> Submission:
    """Propose that what was tried come into force; another director decides."""
    proposal = trials.promote(trial_id=trial_id, author=allowed(user, WRITE), reason=reason)
    note(user, "proposed", proposal)
    return proposal


def keep_up() -> int:
    """Bring every open trial to where it stands now; return how many turned."""
    turned = trials.keep_up(timezone.now())
    for trial in turned:
        audit.record(
            actor=None, verb="protocol.trial_turned", object_type="trial", object_id=trial.pk,
            detail={"state": trial.state},
        )  # fmt: skip
    return len(turned)

"""What directors write: a text that is proposed. It says nothing of any patient."""

from rules import drafting, examining
from rules.models import Draft, Submission, Version
from rules.services import Author
from webapp.accounts.models import User


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

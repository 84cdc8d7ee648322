"""A trial comes to another state: written down with why and by whom. Part of services, below what decides it."""

from rules.models import Draft, Trial, TrialTurn, Version
from rules.services import Author

NOBODY = Author()
OPEN = (Trial.State.WAITING, Trial.State.RUNNING, Trial.State.PAUSED)


def turn(trial: Trial, state: str, reason: str = "", author: Author = NOBODY) -> None:
    """Bring a trial to a state, unless it stands there for the same reason already."""
    last = trial.turns.order_by("-pk").first()
    if last is not None and (last.state, last.reason) == (state, reason):
        return
    if trial.state != state:
        trial.state = state
        trial.save(update_fields=["state"])
    TrialTurn.objects.create(
        trial=trial, state=state, reason=reason[:1000], author_id=author.id, author_name=author.name
    )


def in_force_now(version: Version) -> None:
    """End the trials of a text that has come into force."""
    for trial in Trial.objects.filter(version=version, state__in=OPEN):
        turn(trial, Trial.State.ENDED, "in force")


def is_tried(draft: Draft) -> bool:
    """Tell whether a trial of a draft's text is still open: then nobody writes in it meanwhile."""
    return Trial.objects.filter(submission__draft=draft, state__in=OPEN).exists()

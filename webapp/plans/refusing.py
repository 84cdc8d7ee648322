"""What is refused wherever a plan is changed, each with what to do instead, in words for the doctor."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.plans.reasons import OverrideReason

LONGEST_NOTE, LONGEST_TEXT, SHORTEST_JUSTIFICATION = 1000, 600, 10  # letters


class PlanError(ValueError):
    """Why a plan cannot be changed so, and what to do, in words for the doctor."""


class InWriting(PlanError):
    """A dose the engine does not find clear: taken with a reason only. ``seen``: what it says of the item."""

    def __init__(self, words: str, seen: Mapping[str, Any]) -> None:
        super().__init__(words)
        self.seen = seen


def doctor_only(user: User) -> None:
    """Raise PlanError for whoever may not decide on plans."""
    if not user.may("plans.sign"):
        raise PlanError(_("Only a doctor decides and signs plans."))


def check_note(note: str) -> None:
    """Raise PlanError for a note that is longer than anybody reads."""
    if len(note.strip()) > LONGEST_NOTE:
        raise PlanError(_("The note is too long: at most %(n)d letters.") % {"n": LONGEST_NOTE})


def check_override(state: str, reason_code: str, note: str) -> None:
    """Raise PlanError unless taking an item of this state is allowed: held and blocked ones only in writing.

    What is blocked is of the first tier: its justification says something, a dash or "ok" is none.
    """
    if state == "proposed":
        return
    if reason_code not in OverrideReason.values or not note.strip():
        raise PlanError(_override_text(state))
    if state == "blocked" and len(note.strip()) < SHORTEST_JUSTIFICATION:
        raise PlanError(
            _("Say in a few words why you take it against the contraindication, at least %(n)d letters.")
            % {"n": SHORTEST_JUSTIFICATION}
        )


def _override_text(state: str) -> str:
    if state == "held":
        return _("This item is held: answer what is missing, or choose a reason and write why you take it anyway.")
    return _("This item is blocked: take an alternative, or choose a reason and write why you take it anyway.")

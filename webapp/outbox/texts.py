"""Every text that ever leaves the clinic by mail, SMS or push. None of them says why: that is read after signing in.

A text takes nothing in but a link or a code, so no name, no value and no health word can slip into it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Text:
    """One fixed text. ``at_any_hour`` passes the night and the daily cap; ``useless_after`` is how long it has sense.

    ``holds_code``: what is handed over as link is a code to type, not an address to open.
    """

    subject: Any
    body: Any
    at_any_hour: bool = False
    holds_code: bool = False
    useless_after: timedelta | None = None


TEXTS: dict[str, Text] = {
    "plan_ready": Text(
        _("There is something new for you"),
        _("There is something new for you in Pauta. Sign in to read it:"),
    ),
    "task_due": Text(
        _("Something waits for you"),
        _("Something waits for you in Pauta. It takes a few minutes. Sign in to see it:"),
    ),
    "message_waiting": Text(
        _("You have something to read"),
        _("Something in Pauta waits for you to read it. Sign in to see it:"),
    ),
    "digest": Text(
        _("Several things wait for you"),
        _("Several things wait for you in Pauta. Sign in to see them:"),
    ),
    "invitation": Text(
        _("Your access to Pauta"),
        _("You have been invited to use Pauta. Open this address to begin. It works once, for 72 hours:"),
        at_any_hour=True,
        useless_after=timedelta(hours=72),
    ),
    "new_password": Text(
        _("A new password for your account"),
        _("Somebody, perhaps you, asked for a new password. To choose one, open this address. It works once:"),
        at_any_hour=True,
        useless_after=timedelta(hours=72),
    ),
    "sign_in_code": Text(
        _("Your code"),
        _("This is your code to sign in to Pauta. Give it to nobody, whoever asks:"),
        at_any_hour=True,
        holds_code=True,
        useless_after=timedelta(minutes=15),
    ),
    "security_notice": Text(
        _("About your access to Pauta"),
        _("Something changed in your access to Pauta. If it was not you, tell us at once. Sign in to look at it:"),
        at_any_hour=True,
    ),
}
DIGEST = "digest"
TOO_LATE, IN_DOUBT = "too_late", "in_doubt"  # why a message was given up, beside what a transport says

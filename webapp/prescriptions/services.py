"""What changes prescriptions, renewals and orders; each deed asks again who does it."""

from webapp.prescriptions.issuing import COLLEGE, PrescriptionError, describe, issue
from webapp.prescriptions.ordering import choose, close_pharmacy, deliver, keep_pharmacy, send_again
from webapp.prescriptions.renewing import Decision, ask, decide
from webapp.prescriptions.ticking import SAYS, Said, count_weeks, tick

__all__ = (
    "COLLEGE",
    "SAYS",
    "Decision",
    "PrescriptionError",
    "Said",
    "ask",
    "choose",
    "close_pharmacy",
    "count_weeks",
    "decide",
    "deliver",
    "describe",
    "issue",
    "keep_pharmacy",
    "send_again",
    "tick",
)

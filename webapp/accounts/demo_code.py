"""The demo's second step for who has no telephone at hand: its own page shows the code, in development only.

The demo's staff share one secret, printed in the source. Production answers to no code of it (factors.secret_of) and
never shows one, whatever its environment says: DEMO_CODES is settled by PAUTA_ENV alone.
"""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings

from webapp.accounts import factors
from webapp.accounts.models import User


def give(user: User) -> None:
    """Give a person of the demo, who has none yet, a second factor that the demo's page can answer for."""
    if settings.DEMO_CODES and not factors.kind_of(user):
        TOTP.activate(user, factors.DEMO_SECRET)


def now_of(user: User) -> str | None:
    """Return the code to type now, empty while one has to wait for the next; None for everybody outside the demo."""
    if not settings.DEMO_CODES:
        return None
    device = factors.device_of(user)
    if device is None or factors.secret_of(device) != factors.DEMO_SECRET:
        return None
    return _next_unused(device)


def _next_unused(device: Authenticator) -> str:
    used, now = device.data.get(factors.LAST, 0), int(time.time()) // 30
    free = (at for at in (now, now + 1) if at > used)
    return next((format_hotp_value(hotp_value(factors.DEMO_SECRET, at)) for at in free), "")

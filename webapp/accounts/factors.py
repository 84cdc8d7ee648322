"""Second factors: each code opens one door once, whichever process is asked."""

import hmac

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.utils import timezone

from webapp.accounts.models import User

LAST = "last_counter"  # in an authenticator's data: the newest half minute whose code was used


def digits(code: str) -> str:
    """Return the digits of a code as people type it, with spaces or dashes."""
    return "".join(sign for sign in code if sign.isascii() and sign.isdigit())


def has_totp(user: User) -> bool:
    """Tell whether this person has an authenticator app."""
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def counter_of(secret: str, code: str) -> int | None:
    """Return the half minute to which a code belongs, among those close to now; None for a wrong code."""
    fitting = (at for at in yield_hotp_counters_from_time() if _fits(secret, at, code))
    return next(fitting, None)


def _fits(secret: str, counter: int, code: str) -> bool:
    return hmac.compare_digest(format_hotp_value(hotp_value(secret, counter)), code)


@transaction.atomic
def take_totp(*, user: User, code: str) -> bool:
    """Tell whether this is a code of the person's app that was not used before, nor any later one, and use it up.

    The row is held meanwhile: of two processes given the same code at once, the second sees it used.
    """
    device = Authenticator.objects.select_for_update().filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    if device is None:
        return False
    counter = counter_of(decrypt(device.data["secret"]), digits(code))
    if counter is None or counter <= device.data.get(LAST, 0):
        return False
    device.data[LAST] = counter
    device.last_used_at = timezone.now()
    device.save(update_fields=["data", "last_used_at"])
    return True

"""Second factors: each code opens one door once, whichever process is asked."""

import hmac

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from webapp.accounts import codes
from webapp.accounts.models import User
from webapp.accounts.sittings import CodeChannel

APP, RECOVERY = "app", "recovery"
LAST = "last_counter"  # in an authenticator's data: the newest half minute whose code was used
RECOVERY_DIGITS = 8
DEMO_SECRET = "PAUTADEMOPAUTADEMOPAUTADEMOPAUTA"  # noqa: S105 — printed here, so that no production may honour it


def digits(code: str) -> str:
    """Return the digits of a code as people type it, with spaces or dashes."""
    return "".join(sign for sign in code if sign.isascii() and sign.isdigit())


def device_of(user: User, *, held: bool = False) -> Authenticator | None:
    """Return the person's authenticator app, its row ``held`` until the transaction ends if so asked."""
    rows = Authenticator.objects.select_for_update() if held else Authenticator.objects.all()
    return rows.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()


def secret_of(device: Authenticator) -> str:
    """Return the secret an app shares with us; empty for the demo's, which is printed in the source, in production."""
    secret: str = decrypt(device.data["secret"])
    return "" if settings.PRODUCTION and secret == DEMO_SECRET else secret


def channel_of(user: User) -> CodeChannel | None:
    """Return where a person without an app gets codes."""
    return CodeChannel.objects.filter(user=user).first()


def kind_of(user: User) -> str:
    """Return the person's second factor, "app", "email" or "sms"; empty for who has none."""
    if device_of(user):
        return APP
    channel = channel_of(user)
    return channel.kind if channel else ""


def codes_left(user: User) -> int | None:
    """Return how many recovery codes are not used yet; None for who never had any."""
    kept = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(kept.wrap().get_unused_codes()) if kept else None


def counter_of(secret: str, code: str) -> int | None:
    """Return the half minute to which a code belongs, among those close to now; None for a wrong code."""
    fitting = (at for at in yield_hotp_counters_from_time() if secret and _fits(secret, at, code))
    return next(fitting, None)


def _fits(secret: str, counter: int, code: str) -> bool:
    return hmac.compare_digest(format_hotp_value(hotp_value(secret, counter)), code)


@transaction.atomic
def take_totp(*, user: User, code: str) -> bool:
    """Tell whether this is a code of the person's app that was not used before, nor any later one, and use it up.

    The row is held meanwhile: of two processes given the same code at once, the second sees it used.
    """
    device = device_of(user, held=True)
    if device is None:
        return False
    counter = counter_of(secret_of(device), digits(code))
    if counter is None or counter <= device.data.get(LAST, 0):
        return False
    device.data[LAST] = counter
    device.last_used_at = timezone.now()
    device.save(update_fields=["data", "last_used_at"])
    return True


@transaction.atomic
def _take_recovery(user: User, code: str) -> bool:
    """Tell whether this is a recovery code not used before, and use it up, its row held meanwhile as an app's is."""
    rows = Authenticator.objects.select_for_update()
    kept = rows.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return bool(kept and kept.wrap().validate_code(code))


def take(*, user: User, code: str) -> str:
    """Return the second factor a code belongs to and use the code up; empty for a code that opens nothing."""
    typed = digits(code)
    if len(typed) == RECOVERY_DIGITS:
        return RECOVERY if _take_recovery(user, typed) else ""
    if device_of(user):
        return APP if take_totp(user=user, code=typed) else ""
    channel = channel_of(user)
    if channel and codes.take(user=user, kind=channel.kind, number=channel.number, code=typed):
        return channel.kind
    return ""

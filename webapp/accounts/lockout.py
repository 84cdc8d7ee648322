"""Slowing and stopping who tries words and codes, by account and by address; wrong codes count like wrong passwords.

From the fifth failure of an account on, each next try waits twice as long as the one before; the tenth closes the
account for a quarter of an hour. An address, which a whole clinic may share, is allowed three times as many. The
database counts, so that every process knows; it counts before the word is looked at, so that a hundred tries sent at
one moment are a hundred tries. No address is kept: a keyed digest of it is, for as long as it counts.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_cool_off, get_credentials
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from webapp.accounts.models import User

FREE_TRIES = 5  # failures that cost nothing but the next one
PER_ADDRESS = 3  # as many times what an account may fail
NOTHING = timedelta()
LOCK = 0x4C4F434B  # one try of an account, and with the next number of an address, at a time


@dataclass(frozen=True, slots=True)
class Failures:
    """How often somebody failed lately, and when last; ``share`` is how many times the usual is borne."""

    count: int
    last: datetime | None
    share: int = 1

    @property
    def weight(self) -> int:
        return self.count // self.share

    def pause(self, cool_off: timedelta) -> timedelta:
        """Return how long after the last failure the next try may come."""
        if self.weight >= settings.AXES_FAILURE_LIMIT:
            return cool_off
        over = self.weight - FREE_TRIES
        return min(timedelta(seconds=2 ** (over + 1)), cool_off) if over >= 0 else NOTHING

    def wait(self, now: datetime, cool_off: timedelta) -> timedelta:
        """Return how long it still is until then."""
        return max(self.last + self.pause(cool_off) - now, NOTHING) if self.last else NOTHING


def blurred(request: HttpRequest) -> str:
    """Return an address that stands for this request's and cannot be led back to it: a keyed digest as IPv6."""
    given = str(request.META.get("REMOTE_ADDR", ""))
    key = hashlib.sha256(b"addresses\0" + settings.SECRET_KEY.encode()).digest()
    digest = hmac.new(key, given.encode(), hashlib.sha256).hexdigest()
    return ":".join(["fd" + digest[:2], *(digest[n : n + 4] for n in range(2, 30, 4))])


class Handler(AxesDatabaseHandler):  # type: ignore[misc]
    """axes' own counting, with a limit of its own for addresses, growing pauses, and nothing kept about browsers."""

    def failures(self, request: HttpRequest, credentials: dict[str, Any] | None) -> tuple[Failures, Failures]:
        """Return the failures of the account and those of the address."""
        lately = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - get_cool_off(request))
        name = get_client_username(request, credentials)
        account = _summed(lately.filter(username=name)) if name else Failures(0, None)
        return account, _summed(lately.filter(ip_address=request.axes_ip_address), PER_ADDRESS)

    def wait(self, request: HttpRequest, credentials: dict[str, Any] | None) -> timedelta:
        """Return how long this person or this address has to wait until the next try."""
        now, cool_off = timezone.now(), get_cool_off(request)
        return max(found.wait(now, cool_off) for found in self.failures(request, credentials))

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        return max(found.weight for found in self.failures(request, credentials))

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return self.wait(request, credentials) > NOTHING

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Tell whether a password may be looked at; if so, it is counted as wrong until it turns out right."""
        with transaction.atomic():
            self._hold(request, credentials)
            allowed = self.wait(request, credentials) == NOTHING
            if allowed:
                self.count(request, credentials)
        return allowed

    def account_is_free(self, request: HttpRequest, credentials: dict[str, Any]) -> bool:
        """Tell the same of a person who is known already, whatever others do at the same address."""
        with transaction.atomic():
            self._hold(request, credentials)
            account, _address = self.failures(request, credentials)
            free = account.wait(timezone.now(), get_cool_off(request)) == NOTHING
            if free:
                self.count(request, credentials)
        return free

    def _hold(self, request: HttpRequest, credentials: dict[str, Any] | None) -> None:
        """Let one try of an account, and one of an address, be counted at a time."""
        name = get_client_username(request, credentials) or ""
        with connection.cursor() as cursor:
            for kind, word in enumerate((name, request.axes_ip_address)):
                cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK + kind, str(word)])

    def count(self, request: HttpRequest, credentials: dict[str, Any] | None) -> None:
        """Count a try; the caller holds its account and its address."""
        self.clean_expired_user_attempts(request, credentials)
        nothing = dict.fromkeys(("get_data", "post_data", "http_accept"), "")
        row, fresh = AccessAttempt.objects.get_or_create(
            username=get_client_username(request, credentials),
            ip_address=request.axes_ip_address,
            user_agent="",
            defaults={"failures_since_start": 1, "attempt_time": timezone.now(), "path_info": "", **nothing},
        )
        if not fresh:
            again = F("failures_since_start") + 1
            AccessAttempt.objects.filter(pk=row.pk).update(failures_since_start=again, attempt_time=timezone.now())

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **options: Any
    ) -> None:
        """Say so where this was the one too many; it was counted before it was looked at."""
        if request is None:
            return
        if request.axes_locked_out or self.get_failures(request, credentials) >= settings.AXES_FAILURE_LIMIT:
            request.axes_locked_out, request.axes_credentials = True, credentials

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Forget the failures of who came in, but not those of others from the same address."""
        return self.reset_attempts(username=get_client_username(request, credentials))


def _summed(rows: QuerySet[AccessAttempt], share: int = 1) -> Failures:
    found = rows.aggregate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    return Failures(found["count"] or 0, found["last"], share)


def _named(user: User) -> dict[str, Any]:
    named: dict[str, Any] = get_credentials(user.get_username())
    return named


def takes_a_try(request: HttpRequest, user: User) -> bool:
    """Tell whether a word or code of this person is looked at now; it is counted as wrong until ``forget``.

    If not, the answer to this request says how long to wait. For who is signed in only the account counts: a stranger
    at the clinic's address cannot keep a doctor from signing.
    """
    AxesProxyHandler.update_request(request)
    if AxesProxyHandler.get_implementation().account_is_free(request, _named(user)):
        return True
    request.axes_locked_out, request.axes_credentials = True, _named(user)
    return False


def failed(request: HttpRequest, user: User) -> None:
    """Take note of a wrong word or code; the one too many turns the answer into the page that says so."""
    AxesProxyHandler.user_login_failed("webapp.accounts", _named(user), request)


def forget(user: User) -> None:
    """Forget the failures of a person who has shown to be there."""
    reset(username=user.get_username())


def give_back(request: HttpRequest, user: User) -> None:
    """Uncount the try of a password that was right, where a second step is still to come."""
    AxesProxyHandler.update_request(request)
    rows = AccessAttempt.objects.filter(username=user.get_username(), ip_address=request.axes_ip_address)
    rows.filter(failures_since_start__lte=1).delete()
    rows.update(failures_since_start=F("failures_since_start") - 1)


def seconds_to_wait(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    """Return how long to wait, in whole seconds; never less than one."""
    AxesProxyHandler.update_request(request)
    wait = AxesProxyHandler.get_implementation().wait(request, credentials)
    return max(1, -int(-wait.total_seconds() // 1))

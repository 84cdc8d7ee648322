"""The clinic as its administrator describes it: name, how to reach it, hours, questions and answers.

Who keeps the description registers its reader here; before anybody wrote one it is what the settings say. Read once
for each request, so that a change shows on the next page; work outside a request wraps itself in ``read_once``.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

Words = Mapping[str, str]  # language -> words


@dataclass(frozen=True, slots=True)
class House:
    """What the clinic says of itself; texts by language, times in hours and days."""

    names: Words
    quiet_hours: tuple[int, int]
    remind_diary_after: int
    remind_questionnaire_after: int
    remind_before_follow_up: int
    remind_before_test: int = 0
    silent_after: int = 7  # days
    slips_below: int = 70  # percent
    review_after: int = 8  # weeks
    most_messages: int = 3  # a day
    minutes_item: int = 2
    minutes_reminder: int = 3
    minutes_release: int = 4
    prescription_form: str = "proposal"  # or "college"
    signature: str = "Pauta"  # names the sender in messages that anybody may see: never a word of health
    address: str = ""
    phone: str = ""
    emergency: str = "112"
    logo: str = ""  # the digest of the picture; empty while there is none
    specialties: tuple[Words, ...] = ()
    stages: tuple[Words, ...] = ()
    faq: tuple[Mapping[str, Words], ...] = field(default=())  # each {"question": words, "answer": words}

    @property
    def name(self) -> str:
        """The clinic's name in the reader's language."""
        return self.names.get((get_language() or "es")[:2]) or self.names["es"]


def by_settings() -> House:
    """Return the clinic as the environment describes it, before its administrator does."""
    name = str(settings.CLINIC_NAME)
    return House(
        names={"es": name, "en": name},
        quiet_hours=settings.QUIET_HOURS,
        remind_diary_after=settings.REMIND_DIARY_AFTER_DAYS,
        remind_questionnaire_after=settings.REMIND_QUESTIONNAIRE_AFTER_DAYS,
        remind_before_follow_up=settings.REMIND_DAYS_BEFORE_FOLLOW_UP,
    )


@dataclass
class _Source:
    read: Callable[[], House] = by_settings
    picture: Callable[[str], bytes | None] = lambda _digest: None


_source = _Source()
_held: ContextVar[dict[str, House] | None] = ContextVar("the clinic as this request has read it", default=None)


def register(read: Callable[[], House], picture: Callable[[str], bytes | None]) -> None:
    """Name who knows the clinic, and its picture by digest; called once, when the app that keeps them starts."""
    _source.read, _source.picture = read, picture


def now() -> House:
    """Return the clinic as it is described now; one query, or none where this request has asked before."""
    held = _held.get()
    if held is None:
        return _source.read()
    if "house" not in held:
        held["house"] = _source.read()
    return held["house"]


def logo() -> bytes | None:
    """Return the clinic's picture as a PNG, None while there is none."""
    digest = now().logo
    return _source.picture(digest) if digest else None


@contextmanager
def read_once() -> Iterator[None]:
    """Let everything inside see the clinic as it was when first asked for."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def forget() -> None:
    """Read the clinic anew from here on, since it was just changed."""
    held: dict[str, Any] | None = _held.get()
    if held is not None:
        held.clear()


class ReadOncePerRequest:
    """Every request reads the clinic at most once."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with read_once():
            return self.get_response(request)

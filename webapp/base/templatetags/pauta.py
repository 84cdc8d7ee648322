"""Tags every template may use without asking for them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from webapp.base.codes import code_of

register = template.Library()
SPANISH = 9  # digits of a telephone number
MINUTE = timedelta(minutes=1)


def _shape(sheet: str, name: str, classes: str, label: str) -> SafeString:
    meaning = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', classes, meaning, static(sheet), name)


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """Draw a Bootstrap icon of the sprite; silent to screen readers unless it has a label."""
    return _shape("base/dist/icons.svg", name, f"ic {classes}".strip(), label)


@register.simple_tag
def mark(name: str, classes: str = "st", label: str = "") -> SafeString:
    """Draw one of our own shapes: item states, truth values, the brand, empty pages."""
    return _shape("base/dist/pauta.svg", name, classes, label)


@register.filter
def in_language(text: Mapping[str, str] | None) -> str:
    """Return a text written in several languages in the reader's, or in the one it has."""
    words = text or {}
    return words.get((get_language() or "es")[:2]) or next(iter(words.values()), "")


@register.filter
def age_on(person: Any, day: date) -> int:
    """Return a patient's whole years on a day."""
    return int(person.age_on(day))


@register.filter
def waited(since: datetime) -> str:
    """Return how long ago a moment was, in its largest unit: less than a minute, 17 hours, 3 weeks."""
    return timesince(since, depth=1) if timezone.now() - since >= MINUTE else _("less than a minute")


@register.filter
def phone(number: str | None) -> str:
    """Return a telephone number in groups of three, as Spain reads it; one of another country as it is."""
    digits = (number or "").removeprefix("+34")
    if not number or digits == number or len(digits) != SPANISH:
        return number or ""
    return "\N{NO-BREAK SPACE}".join(digits[place : place + 3] for place in range(0, SPANISH, 3))


@register.filter
def called(name: str) -> str:
    """Return a display name without what follows the comma: Rosa Quiroga of Rosa Quiroga, reception."""
    return name.partition(",")[0]


@register.filter
def coded(name: str) -> str:
    """Return what stands in an address for a name that would tell of somebody's health."""
    return code_of(name)

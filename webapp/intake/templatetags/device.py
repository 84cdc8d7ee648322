"""What pages of patients say to their device: the key under which it keeps answers, and today's diary in one tap."""

import base64
from datetime import date
from typing import Any

from django import template

from webapp.accounts.models import User
from webapp.base.fields import blind
from webapp.base.roles import Role
from webapp.intake import selectors
from webapp.intake.screens import reader, words

HALVES = ("intake.device.first", "intake.device.second")  # two digests of 16 bytes make a key of 32
register = template.Library()


@register.inclusion_tag("intake/_device.html", takes_context=True)
def device_that_keeps(context: dict[str, Any]) -> dict[str, Any]:
    """Tell the page the key, on pages of a patient signed in; staff, at shared machines, keep nothing on them."""
    user = getattr(context.get("request"), "user", None)
    return {"device_key": key_of(user) if isinstance(user, User) and user.active_role == Role.PATIENT else ""}


def key_of(user: User) -> str:
    """Return 32 bytes in base64: the same at every login of this person, and on nobody else's pages."""
    return base64.b64encode(b"".join(blind(str(user.pk), half) for half in HALVES)).decode()


@register.simple_tag(takes_context=True)
def may_fill_in(context: dict[str, Any]) -> bool:
    """Tell whether who reads this page may fill in questionnaires for patients."""
    user = getattr(context.get("request"), "user", None)
    return isinstance(user, User) and user.may(selectors.FILL_IN)


@register.inclusion_tag("intake/_diary_today.html", takes_context=True)
def diary_today(context: dict[str, Any], day: date) -> dict[str, Any]:
    """Offer a day of the diary by its first scale: the tap that answers it begins the page."""
    diary = next((one for one in selectors.questionnaires().values() if one.kind == "diary"), None)
    asked = [one for group in diary.groups for one in group.questions if one.kind == "scale"] if diary else []
    first = next((one for one in asked if one.low is not None and one.high is not None and not one.when), None)
    cells = range(int(first.low), int(first.high) + 1) if first and first.low is not None and first.high else ()
    return {
        "name": diary.name if diary else "",
        "item": first.item if first else "",
        "asked": words(first.text, reader()) if first else "",
        "ends": (words(first.low_label, reader()), words(first.high_label, reader())) if first else ("", ""),
        "cells": cells,
        "day": day,
        "csrf_token": context.get("csrf_token"),
    }

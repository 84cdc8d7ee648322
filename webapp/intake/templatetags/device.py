"""The key under which a patient's device keeps answers while there is no network."""

import base64
from typing import Any

from django import template

from webapp.accounts.models import User
from webapp.base.fields import blind
from webapp.base.roles import Role

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

"""Changing what the clinic says of itself: a new edition each time, and nobody's change lost over another's."""

from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from webapp.audit import services as audit
from webapp.base import house
from webapp.clinic import logos, selectors
from webapp.clinic.models import Edition, Logo
from webapp.clinic.selectors import FIELDS, SECTIONS

MANAGE = "clinic.manage"


class Keeper(Protocol):
    """Who changes the description: a user, whose hat has the permission or has it not."""

    pk: Any
    display_name: str

    def may(self, name: str) -> bool:
        """Tell whether this person may do this now."""


class ClinicError(ValueError):
    """A change that was not made; the text says why and what to do."""


def change(*, section: str, values: dict[str, Any], shown: int, actor: Keeper | None) -> Edition | None:
    """Keep a section of the page as it was filled in on edition ``shown``; None where nothing is otherwise.

    Raises ClinicError where somebody changed the same section since then, or ``actor`` (None: the system) may not.
    """
    if actor is not None and not actor.may(MANAGE):
        raise ClinicError(_("What the clinic says of itself is the administrator’s to change."))
    try:
        with transaction.atomic():
            made = _next(section, values, shown, actor)
    except IntegrityError as late:  # two at one moment: the number is taken
        raise _overtaken() from late
    house.forget()
    return made


def change_logo(*, content: bytes | None, shown: int, actor: Keeper) -> Edition | None:
    """Put a picture in place of the one there was, or with None in place of none; raise LogoRefused for a bad file."""
    if not actor.may(MANAGE):
        raise ClinicError(_("What the clinic says of itself is the administrator’s to change."))
    held = None
    if content is not None:
        drawn = logos.drawn(content)
        held, _new = Logo.objects.get_or_create(digest=drawn.digest, defaults={"png": drawn.png})
    return change(section="logo", values={"logo_id": held.pk if held else None}, shown=shown, actor=actor)


def _next(section: str, values: dict[str, Any], shown: int, actor: Keeper | None) -> Edition | None:
    now = selectors.current()
    names = SECTIONS[section]
    if now.number != shown and _differ(names, now, _as_shown(shown)):
        raise _overtaken()
    if all(getattr(now, name) == values[name] for name in names):
        return None
    kept = {name: getattr(now, name) for name in FIELDS} | {name: values[name] for name in names}
    who = {"author_id": actor.pk, "author_name": actor.display_name} if actor else {}
    made = Edition.objects.create(number=now.number + 1, section=section, **who, **kept)
    detail = {"section": section, "fields": [name for name in names if getattr(now, name) != values[name]]}
    audit.record(actor=actor, verb="clinic.changed", object_type="edition", object_id=made.number, detail=detail)
    return made


def _as_shown(number: int) -> Edition:
    return Edition.objects.filter(number=number).first() or selectors.of_settings()


def _differ(names: tuple[str, ...], one: Edition, other: Edition) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in names)


def _overtaken() -> ClinicError:
    return ClinicError(
        _("Somebody else has changed this part since you opened the page. Compare it below, and save once more.")
    )

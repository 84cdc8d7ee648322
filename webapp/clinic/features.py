"""Features that are brought in step by step: on for nobody, a group, a share of the colleagues, or everybody.

A feature is declared here and asked for by name; who has it follows from the newest edition and the person alone.
What a feature shows is decided by permissions as ever: a switch takes away and never gives.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from webapp.audit import services as audit
from webapp.clinic.models import FeatureEdition, GroupEdition
from webapp.clinic.services import MANAGE, ClinicError, Keeper

For = FeatureEdition.For


@dataclass(frozen=True, slots=True)
class Feature:
    """Something new that may be on for some; ``at_first``: for whom while nobody has decided."""

    name: str
    label: Any
    does: Any
    at_first: str = For.NOBODY


FEATURES = {
    one.name: one
    for one in (
        Feature(
            "live_panel",
            _("Live panel of the studio"),
            _("Beside a draft of a protocol: the plan of a test patient as one types."),
            at_first=For.EVERYBODY,
        ),
    )
}


class Person(Protocol):
    """Who might have a feature."""

    pk: Any


@dataclass(frozen=True, slots=True)
class Standing:
    """For whom a feature is on now."""

    feature: Feature
    on_for: str
    group: str = ""
    share: int = 0
    said: FeatureEdition | None = None


def standing(name: str) -> Standing:
    """Return for whom a feature is on; raise KeyError for one that is not declared."""
    feature = FEATURES[name]
    said = FeatureEdition.objects.filter(feature=name).first()
    return Standing(feature, said.on_for, said.group, said.share, said) if said else Standing(feature, feature.at_first)


def is_on(name: str, person: Person) -> bool:
    """Tell whether a person has a feature now."""
    now = standing(name)
    if now.on_for == For.GROUP:
        return now.group in groups_of(person.pk)
    if now.on_for == For.SHARE:
        return drawn(name, person.pk, now.share)
    return now.on_for == For.EVERYBODY


def drawn(name: str, person_id: int, share: int) -> bool:
    """Tell whether a person falls into a share in percent: always the same for the same feature."""
    digest = hmac.new(settings.BLIND_INDEX_KEY, f"feature:{name}:{person_id}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8]) * 100 < share << 64


def groups() -> dict[str, list[int]]:
    """Return the groups of colleagues by name, each with the ids of its members."""
    newest = GroupEdition.objects.order_by("name", "-pk").distinct("name").values_list("name", "members")
    return {name: members for name, members in newest if members}


def groups_of(person_id: int | None) -> frozenset[str]:
    """Return the names of the groups a colleague belongs to."""
    return frozenset(name for name, members in groups().items() if person_id in members)


@transaction.atomic
def switch(*, name: str, on_for: str, group: str = "", share: int = 0, reason: str, actor: Keeper) -> FeatureEdition:
    """Say for whom a feature is on from now; raise ClinicError for what cannot be, or without the right or a reason."""
    _may(actor)
    if name not in FEATURES or on_for not in For.values:
        raise ClinicError(_("There is no such feature, or no such way to switch it."))
    if on_for == For.GROUP and group not in groups():
        raise ClinicError(_("Choose a group that has members."))
    if not 0 <= share <= 100:
        raise ClinicError(_("A share is a whole number from 0 to 100."))
    if not reason.strip():
        raise ClinicError(_("Say in a sentence why it is switched."))
    said = FeatureEdition.objects.create(
        feature=name, on_for=on_for, group=group if on_for == For.GROUP else "",
        share=share if on_for == For.SHARE else 0, reason=reason.strip()[:300], author_id=actor.pk,
        author_name=actor.display_name,
    )  # fmt: skip
    detail = {"feature": name, "for": on_for}
    audit.record(actor=actor, verb="clinic.feature_switched", object_type="feature", object_id=name, detail=detail)
    return said


@transaction.atomic
def set_group(*, name: str, members: Iterable[int], actor: Keeper) -> GroupEdition:
    """Say who belongs to a group from now; nobody: it is no group any more. Raises ClinicError."""
    _may(actor)
    if not name.strip() or len(name.strip()) > 60:
        raise ClinicError(_("A group has a name of at most 60 letters."))
    held = GroupEdition.objects.create(
        name=name.strip(), members=sorted(set(members)), author_id=actor.pk, author_name=actor.display_name
    )
    audit.record(actor=actor, verb="clinic.group_changed", object_type="group", object_id=held.pk)
    return held


def _may(actor: Keeper) -> None:
    if not actor.may(MANAGE):
        raise ClinicError(_("What the clinic says of itself is the administrator’s to change."))


def history() -> QuerySet[FeatureEdition]:
    """Return every change, newest first."""
    return FeatureEdition.objects.all()

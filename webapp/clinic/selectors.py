"""The clinic as it is described now, and every description before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from webapp.base import house
from webapp.base.house import House
from webapp.clinic.models import Edition, Logo

FIELDS: dict[str, Any] = {
    "name_es": _("Name, in Spanish"),
    "name_en": _("Name, in English"),
    "signature": _("Name in messages"),
    "address": _("Address"),
    "phone": _("Telephone"),
    "emergency": _("Emergency number"),
    "logo_id": _("Logo"),
    "quiet_from": _("Nobody is written to from"),
    "quiet_until": _("until"),
    "remind_diary_after": _("Days without diary until a reminder"),
    "remind_questionnaire_after": _("Days until an unsent questionnaire is asked for"),
    "remind_before_follow_up": _("Days before a follow-up that it is told"),
    "remind_before_test": _("Days before a test that it is told"),
    "silent_after": _("Days without diary until the doctor’s list says so"),
    "slips_below": _("Percent of doses taken, below which the doctor’s list says so"),
    "review_after": _("Weeks of an acid suppressant until it is looked at again"),
    "most_messages": _("Messages a day to one person, at most"),
    "minutes_item": _("Minutes a person needs for a line of a plan"),
    "minutes_reminder": _("Minutes a person needs for a reminder"),
    "minutes_release": _("Minutes a person needs to release a result"),
    "prescription_form": _("What prescriptions are printed on"),
    "specialties": _("Specialties"),
    "stages": _("Stages of a patient"),
    "faq": _("Questions and answers"),
}
SECTIONS: dict[str, tuple[str, ...]] = {
    "identity": ("name_es", "name_en", "signature", "address", "phone", "emergency"),
    "logo": ("logo_id",),
    "reminders": (
        "quiet_from", "quiet_until", "remind_diary_after", "remind_questionnaire_after", "remind_before_follow_up",
        "remind_before_test", "silent_after", "slips_below", "review_after", "most_messages",
    ),
    "saved": ("minutes_item", "minutes_reminder", "minutes_release"),
    "sheets": ("prescription_form",),
    "lists": ("specialties", "stages"),
    "faq": ("faq",),
}  # fmt: skip


def newest() -> Edition | None:
    """Return the description in force; None while the settings are all there is."""
    return Edition.objects.select_related("logo").defer("logo__png").first()


def current() -> Edition:
    """Return the description in force, or one made of the settings, with number 0, that nobody has kept."""
    return newest() or of_settings()


def of_settings() -> Edition:
    told = house.by_settings()
    return Edition(
        number=0,
        name_es=told.names["es"],
        name_en=told.names["en"],
        signature=told.signature,
        emergency=told.emergency,
        quiet_from=told.quiet_hours[0],
        quiet_until=told.quiet_hours[1],
        remind_diary_after=told.remind_diary_after,
        remind_questionnaire_after=told.remind_questionnaire_after,
        remind_before_follow_up=told.remind_before_follow_up,
    )


def house_now() -> House:
    """Return the clinic for pages, messages and papers; one query."""
    held = newest()
    if held is None:
        return house.by_settings()
    return House(
        names={"es": held.name_es, "en": held.name_en},
        quiet_hours=(held.quiet_from, held.quiet_until),
        remind_diary_after=held.remind_diary_after,
        remind_questionnaire_after=held.remind_questionnaire_after,
        remind_before_follow_up=held.remind_before_follow_up,
        remind_before_test=held.remind_before_test,
        silent_after=held.silent_after,
        slips_below=held.slips_below,
        review_after=held.review_after,
        most_messages=held.most_messages,
        minutes_item=held.minutes_item,
        minutes_reminder=held.minutes_reminder,
        minutes_release=held.minutes_release,
        prescription_form=held.prescription_form,
        signature=held.signature,
        address=held.address,
        phone=held.phone,
        emergency=held.emergency,
        logo=held.logo.digest if held.logo else "",
        specialties=tuple(held.specialties),
        stages=tuple(held.stages),
        faq=tuple(held.faq),
    )


def picture(digest: str) -> bytes | None:
    """Return the picture of a digest, None for one that was never there."""
    found = Logo.objects.filter(digest=digest).values_list("png", flat=True).first()
    return bytes(found) if found is not None else None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, in words."""

    label: Any
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One edition: who, when, and what was otherwise before."""

    number: int
    at: datetime
    by: str
    fields: Sequence[Difference]


def history() -> QuerySet[Edition]:
    """Return every edition, newest first."""
    return Edition.objects.select_related("logo").defer("logo__png")


def changes_in(editions: Sequence[Edition]) -> list[Change]:
    """Return what each edition changed, against the one before it; one query more."""
    if not editions:
        return []
    before = {one.number: one for one in [*editions, *history().filter(number=editions[-1].number - 1)]}
    return [_change(one, before.get(one.number - 1) or of_settings()) for one in editions]


def _change(one: Edition, before: Edition) -> Change:
    names = [name for name in FIELDS if getattr(one, name) != getattr(before, name)]
    fields = [Difference(FIELDS[name], _said(before, name), _said(one, name)) for name in names]
    return Change(one.number, one.at, one.author_name, fields)


def _said(edition: Edition, name: str) -> str:
    value = getattr(edition, name)
    if name == "logo_id":
        return edition.logo.digest[:8] if edition.logo else "—"
    if name in ("specialties", "stages"):
        return "; ".join(one["es"] for one in value) or "—"
    if name == "faq":
        return "; ".join(one["question"]["es"] for one in value) or "—"
    return str(value) if value != "" else "—"

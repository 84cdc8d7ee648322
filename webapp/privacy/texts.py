"""Consent texts from the first draft to what patients read: written, looked at, published. Part of services.py.

A published text never changes. Whoever agreed to the one before is asked anew at the next login.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.models import Consent, ConsentText, Purpose
from webapp.privacy.models import ConsentDraft

PUBLISH = "consents.publish"
MOST = 20_000  # letters


class TextError(ValueError):
    """A text that was not kept or not published; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One purpose: the text in force, how many stand by it or by an earlier one, and the draft of the next."""

    purpose: str
    label: Any
    current: ConsentText | None
    agreeing: int
    to_ask: int
    draft: ConsentDraft | None


def standings() -> list[Standing]:
    """Return every purpose, treatment first; numbers of people, never who; three queries."""
    texts = {text.purpose: text for text in ConsentText.objects.order_by("version")}  # the last one is in force
    drafts = {draft.purpose: draft for draft in ConsentDraft.objects.select_related("changed_by")}
    counted = _agreeing()
    return [_standing(name, label, texts.get(name), drafts.get(name), counted) for name, label in Purpose.choices]


def standing_of(purpose: str) -> Standing:
    """Return one purpose; raise KeyError for a word that is none."""
    return {one.purpose: one for one in standings()}[purpose]


def _standing(
    purpose: str,
    label: Any,
    current: ConsentText | None,
    draft: ConsentDraft | None,
    counted: dict[tuple[str, int], int],
) -> Standing:
    now = current.version if current else 0
    agreeing = counted.get((purpose, now), 0)
    to_ask = sum(n for (name, version), n in counted.items() if name == purpose and version < now)
    return Standing(purpose, label, current, agreeing, to_ask, draft)


def _agreeing() -> dict[tuple[str, int], int]:
    """Return how many people's newest word is yes, by purpose and version."""
    same = Consent.objects.filter(patient=OuterRef("patient"), text__purpose=OuterRef("text__purpose"))
    newest = Consent.objects.annotate(last=Subquery(same.order_by("-line").values("line")[:1])).filter(line=F("last"))
    said = newest.filter(decision=Consent.Decision.ACCEPTED).values_list("text__purpose", "text__version")
    return {(purpose, version): n for purpose, version, n in said.annotate(n=Count("pk")).order_by()}


def versions(purpose: str) -> Sequence[ConsentText]:
    """Return every published text of a purpose, newest first."""
    return list(ConsentText.objects.filter(purpose=purpose).order_by("-version"))


@transaction.atomic
def write(*, purpose: str, body_es: str, body_en: str, shown: int, actor: User) -> ConsentDraft:
    """Keep a draft as it was written on revision ``shown`` (0: there was none); nothing changes for patients.

    Raises TextError where somebody else has changed it since then, or ``actor`` may not.
    """
    _may(actor)
    held = ConsentDraft.objects.select_for_update().filter(purpose=purpose).first()
    if (held.revision if held else 0) != shown:
        raise TextError(_("Somebody else has changed this draft since you opened it. Compare it below."))
    said = {"body_es": _plain(body_es), "body_en": _plain(body_en)}
    changed = {"changed_by": actor, "changed_at": timezone.now(), "revision": shown + 1}
    draft, _new = ConsentDraft.objects.update_or_create(purpose=purpose, defaults=said | changed)
    _note(actor, "consent_text.drafted", purpose)
    return draft


def _plain(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()[:MOST]


@transaction.atomic
def drop(*, purpose: str, shown: int, actor: User) -> None:
    """Throw a draft away; what is published stays."""
    _may(actor)
    _held(purpose, shown).delete()
    _note(actor, "consent_text.draft_dropped", purpose)


@transaction.atomic
def publish(*, purpose: str, shown: int, actor: User) -> ConsentText:
    """Put the draft in force as it was looked at on revision ``shown``; from then on it never changes.

    Raises TextError where it changed since, is not in both languages, or says what is in force already.
    """
    _may(actor)
    draft, current = _held(purpose, shown), patients.current_text(purpose)
    if not draft.is_whole:
        raise TextError(_("A consent text is published in Spanish and in English."))
    if current and (current.body_es, current.body_en) == (draft.body_es, draft.body_en):
        raise TextError(_("This is the text in force, word by word. Nobody needs to be asked again."))
    text = patient_services.publish_consent_text(
        purpose=purpose, body_es=draft.body_es, body_en=draft.body_en, actor=actor
    )
    draft.delete()
    return text


def _held(purpose: str, shown: int) -> ConsentDraft:
    held = ConsentDraft.objects.select_for_update().filter(purpose=purpose).first()
    if held is None or held.revision != shown:
        raise TextError(_("This draft has changed or is gone since you looked at it. Look at it again."))
    return held


def _may(actor: User) -> None:
    if not actor.may(PUBLISH):
        raise TextError(_("Consent texts are written by the medical director or the administrator."))


def _note(actor: User, verb: str, purpose: str) -> None:
    audit.record(actor=actor, verb=verb, object_type="consent_text", object_id=purpose)

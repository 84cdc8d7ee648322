"""What the clinic decides about results: when each kind is released, and which words explain an analyte."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.plans.terms import Terms
from webapp.results import entering, selectors
from webapp.results.catalogue import WORDS, analytes
from webapp.results.models import Explanation, Kind, Mode, ReleasePolicy

MANAGE = "results.manage"
MOST_DAYS = 60


class RuleError(ValueError):
    """Why a rule or a text was not kept, in words for the person who tried."""


@dataclass(frozen=True, slots=True)
class Text:
    """An analyte with its text in force, and what is proposed where there is none."""

    name: str
    title: str
    current: Explanation | None
    last: int  # the newest version, withdrawn or not
    es: str
    en: str


@transaction.atomic
def decide(*, kind: str, mode: str, days: int, actor: User) -> bool:
    """Return whether the policy of a kind is another now; what is waiting already keeps the rule it came under."""
    _may(actor)
    if kind not in Kind.values or mode not in Mode.values:
        raise RuleError(_("Choose one of the kinds listed."))
    if mode == Mode.AFTER_DAYS and not 1 <= days <= MOST_DAYS:
        raise RuleError(_("Write a number of days from 1 to 60."))
    days = days if mode == Mode.AFTER_DAYS else 0
    if selectors.policies()[kind] == (mode, days):
        return False
    ReleasePolicy.objects.create(kind=kind, mode=mode, days=days, decided_by=actor)
    audit.record(actor=actor, verb="release_policy.decided", object_type="release_policy", object_id=kind)
    return True


def texts(terms: Terms) -> Sequence[Text]:
    """Return every analyte with words in force or proposed, those without a text in force first."""
    newest = {row.analyte: row for row in Explanation.objects.order_by("analyte", "-version").distinct("analyte")}
    names = [spec.name for spec in entering.analytes_in(terms.edition.vocabulary)] or list(analytes())
    found = [_text(name, terms.fact(name), newest.get(name)) for name in names]
    return sorted(found, key=lambda one: (one.current is not None, one.title.casefold()))


def text_of(name: str, terms: Terms) -> Text:
    """Return one of them."""
    return _text(name, terms.fact(name), Explanation.objects.filter(analyte=name).order_by("-version").first())


def _text(name: str, title: str, newest: Explanation | None) -> Text:
    known = analytes().get(name)
    proposed = (known.proposed if known else None) or {}
    current = newest if newest is not None and not newest.is_withdrawn else None
    es, en = (current.body_es, current.body_en) if current else (proposed.get("es", ""), proposed.get("en", ""))
    return Text(name, title, current, newest.version if newest else 0, es, en)


@transaction.atomic
def approve(*, name: str, es: str, en: str, shown: int, actor: User) -> Explanation:
    """Put words in force for an analyte, as their next version; ``shown`` is the version the page was made of."""
    _may(actor)
    words = {"body_es": " ".join(es.split()), "body_en": " ".join(en.split())}
    if not all(words.values()):
        raise RuleError(_("A text is approved in Spanish and in English."))
    if any(len(text.split()) > WORDS for text in words.values()):
        raise RuleError(_("Keep to 60 words in each language: patients read it beside a number."))
    return _add(name, words, shown, actor, "explanation.approved")


def withdraw(*, name: str, shown: int, actor: User) -> Explanation:
    """Take the words about an analyte out of force: patients read its number and range alone."""
    _may(actor)
    return _add(name, {"body_es": "", "body_en": ""}, shown, actor, "explanation.withdrawn")


@transaction.atomic
def approve_proposed(*, actor: User, terms: Terms) -> int:
    """Put every proposed text in force where none ever was; return how many. The director has read them on the page."""
    _may(actor)
    fresh = [one for one in texts(terms) if one.last == 0 and one.es and one.en]
    for one in fresh:
        approve(name=one.name, es=one.es, en=one.en, shown=0, actor=actor)
    return len(fresh)


@transaction.atomic
def _add(name: str, words: dict[str, str], shown: int, actor: User, verb: str) -> Explanation:
    before = Explanation.objects.select_for_update().filter(analyte=name).order_by("-version").first()
    if (before.version if before else 0) != shown:
        raise RuleError(_("Somebody has changed this text since you opened it. Read it again."))
    made = Explanation.objects.create(analyte=name, version=shown + 1, approved_by=actor, **words)
    audit.record(actor=actor, verb=verb, object_type="explanation", object_id=str(made.pk))
    return made


def _may(actor: User) -> None:
    if not actor.may(MANAGE):
        raise RuleError(_("This is decided by the medical director."))

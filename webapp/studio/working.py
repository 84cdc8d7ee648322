"""What is being worked on: drafts, what was found out about them, and proposals that wait. Part of selectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from engine.language.documents import Edition
from rules import drafting, examining, headers
from rules import services as shelf
from rules.models import Draft, Examination, Opened, Revision, Submission, Trial
from rules.selectors import ShelfError
from webapp.accounts.models import User
from webapp.plans.terms import Terms
from webapp.studio.lines import Line, compared

WRITE, PUBLISH = "protocols.write", "protocols.publish"
HARM = {"state": 0, "urgency": 0, "dose": 1, "days": 1, "open": 2}  # what comes first in a list of differences


def drafts_for(user: User) -> QuerySet[Draft]:
    """Return the drafts that somebody works on, the last one begun first, for those who write."""
    if not user.may(WRITE):
        return Draft.objects.none()
    return Draft.objects.exclude(state=Draft.State.PUBLISHED).select_related("base").order_by("-pk")


def draft_of(user: User, pk: int) -> Draft:
    """Return a draft, published ones too; raise Draft.DoesNotExist for who does not write."""
    found = Draft.objects.select_related("base__source_file") if user.may(WRITE) else Draft.objects.none()
    return found.get(pk=pk)


def revisions_of(draft: Draft) -> QuerySet[Revision]:
    """Return every saved state, newest first, without the texts."""
    return draft.revisions.defer("text").order_by("-number")


def examination_of(draft: Draft) -> Examination | None:
    """Return what is known of a draft's newest state against what is in force now."""
    revision = drafting.newest_of(draft)
    return examining.known({revision.path: revision.text})


def proposals_for(user: User) -> QuerySet[Submission]:
    """Return the proposals that wait for a decision or for their day, oldest first, for those who decide."""
    if not (user.may(PUBLISH) or user.may(WRITE)):
        return Submission.objects.none()
    waiting = Submission.objects.filter(in_force_at=None, trial=None).exclude(decision__in=["refused", "withdrawn"])
    return waiting.select_related("draft", "revision").defer("revision__text").order_by("pk")


def proposal_of(user: User, pk: int) -> Submission:
    """Return a proposal; raise Submission.DoesNotExist for who neither writes nor decides."""
    allowed = user.may(PUBLISH) or user.may(WRITE)
    found = Submission.objects.all() if allowed else Submission.objects.none()
    with_all = found.select_related("draft__base", "revision", "examination")
    return with_all.prefetch_related(Prefetch("remarks"), Prefetch("opened")).get(pk=pk)


def seen_by(user: User, proposal: Submission) -> frozenset[str]:
    """Return which of the differences this person has opened."""
    return frozenset(one.what for one in proposal.opened.all() if one.user_id == str(user.pk))


def tried_by(proposal: Submission) -> Trial | None:
    """Return the trial of a proposal's text that was approved, or runs while its coming into force is decided."""
    found = Trial.objects.filter(submission__draft_id=proposal.draft_id).order_by("-pk")
    return next((one for one in found if one.submission_id == proposal.pk or one.is_open), None)


def may_decide(user: User, proposal: Submission) -> bool:
    """Tell whether this person is one who could approve it: a director who wrote nothing of it."""
    return user.may(PUBLISH) and str(user.pk) not in proposal.written_by


def title_of(text: str, language: str) -> str:
    """Return what a text calls itself, or nothing where its head cannot be read."""
    head = headers.read("", text)
    return str(head.title.get(language, "")) if isinstance(head, headers.Header) else ""


def text_difference(draft: Draft, text: str) -> list[Line]:
    """Return what differs from the text the draft was begun from."""
    return compared(draft.base.text if draft.base else "", text)


@dataclass(frozen=True, slots=True)
class Changed:
    """One item that comes otherwise, in words, and the made-up patient for whom it does."""

    item: str
    aspect: str
    old: str
    new: str
    patient: Sequence[tuple[str, str]]


def changes_of(examination: Examination | None, language: str) -> list[Changed]:
    """Return the proved differences in words, those that touch what is given first."""
    report: Mapping[str, Any] = (examination.report if examination else None) or {}
    terms = _terms(language)
    found = sorted(report.get("changes", ()), key=lambda each: (HARM.get(each["aspect"], 1), each["item"]))
    return [_changed(each, terms) for each in found]


def _terms(language: str) -> Terms | None:
    try:
        edition: Edition = shelf.edition()
    except ShelfError:
        return None
    return Terms(edition, language)


def _changed(each: Mapping[str, Any], terms: Terms | None) -> Changed:
    item = terms.code(each["item"]) if terms else each["item"]
    said = [(terms.fact(name) if terms else name, _plain(value)) for name, value in each["patient"].items()]
    return Changed(item, each["aspect"], each["old"], each["new"], said)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, Mapping):
        return " ".join(_plain(one) for one in value.values() if one is not None)
    return str(value)


def patient_of(each: Mapping[str, Any] | None, language: str) -> list[tuple[str, str]]:
    """Return a made-up patient in words."""
    terms = _terms(language)
    return [(terms.fact(name) if terms else name, _plain(value)) for name, value in (each or {}).items()]


OPENED = Opened.What

"""Versions on trial as they are read: for whom, how far, and what they would have said or said. Part of selectors."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from rules import services as shelf
from rules import trials
from rules.models import Release, Submission, Trial
from rules.selectors import ShelfError
from rules.turning import OPEN
from webapp.accounts.models import User
from webapp.accounts.selectors import names_of
from webapp.audit import services as audit
from webapp.patients.access import patients_for
from webapp.patients.models import Patient
from webapp.plans.models import Evaluation, Plan
from webapp.plans.terms import Terms, words
from webapp.plans.uses import Use, uses_apart
from webapp.studio.models import ShadowCase

A_PAGE = 25
READ = "protocols.read"
Weight = ShadowCase.Weight


def trials_for(user: User) -> QuerySet[Trial]:
    """Return every trial, the last approved first, for those who may read the shelf."""
    return trials.all_trials() if user.may(READ) else Trial.objects.none()


def open_for(user: User) -> QuerySet[Trial]:
    """Return the trials that run, wait or pause."""
    return trials_for(user).filter(state__in=OPEN)


def trial_of(user: User, pk: int) -> Trial:
    """Return a trial; raise Trial.DoesNotExist for who may not read the shelf."""
    return trials_for(user).select_related("submission").prefetch_related("turns").get(pk=pk)


def title_of(trial: Trial, language: str) -> str:
    """Return what the tried protocol calls itself."""
    return words(trial.version.report.get("title"), language) or trial.version.source_file.name


def doctors_of(trial: Trial) -> list[str]:
    """Return the names of the doctors for whose patients a trial is."""
    return sorted(names_of(int(one) for one in trial.doctors).values(), key=str.casefold)


def promotion_of(trial: Trial) -> Submission | None:
    """Return the proposal that a tried version come into force, if one waits."""
    return Submission.objects.filter(draft_id=trial.submission.draft_id, decision="").first()


class ByRule(NamedTuple):
    """How often one rule made one aspect of an item another."""

    rule: str
    aspect: str
    cases: int
    harm: int


@dataclass(frozen=True, slots=True)
class Shadowed:
    """What a version in shadow would have said so far."""

    cases: int
    differ: int
    harm: int
    faults: int
    by_rule: Sequence[ByRule]


def shadowed(user: User, trial: Trial) -> Shadowed:
    """Return how many cases there are, how many differ and by which rules, what could harm first; no patient named."""
    if not user.may(READ):
        return Shadowed(0, 0, 0, 0, ())
    held = ShadowCase.objects.filter(trial=trial)
    counts = held.aggregate(
        cases=Count("pk"), differ=Count("pk", filter=Q(weight__gt=0)), harm=Count("pk", filter=Q(weight=Weight.HARM)),
        faults=Count("pk", filter=~Q(fault="")),
    )  # fmt: skip
    told = held.filter(weight__gt=0).order_by("pk").values_list("differences", flat=True)
    return Shadowed(**counts, by_rule=_by_rule(told.iterator(chunk_size=1000)))


def _by_rule(every: Iterable[Sequence[Mapping[str, Any]]]) -> list[ByRule]:
    cases, harm = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for told in every:
        said = {(rule, one["aspect"], one["harm"]) for one in told for rule in one["rules"]}
        cases.update({(rule, aspect) for rule, aspect, _harm in said})
        harm.update({(rule, aspect) for rule, aspect, harms in said if harms})
    found = [ByRule(*key, count, harm[key]) for key, count in cases.items()]
    return sorted(found, key=lambda one: (-one.harm, -one.cases, one.rule, one.aspect))


@dataclass(frozen=True, slots=True)
class Said:
    """One aspect of an item that would be otherwise, its item in words."""

    item: str
    aspect: str
    old: str
    new: str
    rules: Sequence[str]
    harm: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One assessment that would have come out otherwise; ``patient`` only for who may know."""

    case: ShadowCase
    patient: Patient | None
    said: Sequence[Said]


def cases_of(user: User, trial: Trial, language: str, number: str, path: str) -> tuple[Page, list[CaseRow]]:
    """Return a page of the assessments that differ, for who reads records; that they were looked at is noted."""
    may = user.may("record.read") and user.may(READ)
    held = ShadowCase.objects.filter(trial=trial, weight__gt=0) if may else ShadowCase.objects.none()
    page = Paginator(held.select_related("release", "evaluation"), A_PAGE).get_page(number)
    rows = list(page)
    seen = {one.pk: one for one in patients_for(user).filter(pk__in={row.patient_id for row in rows})}
    if seen:
        audit.record_list(actor=user, verb="trial.viewed", patient_ids=list(seen), path=path)
    terms = _terms(rows[0].release, language) if rows else None
    return page, [CaseRow(row, seen.get(row.patient_id), _said(row, terms)) for row in rows if row.patient_id in seen]


def _said(row: ShadowCase, terms: Terms | None) -> list[Said]:
    return [
        Said(
            terms.code(one["item"]) if terms else one["item"], one["aspect"], one["old"], one["new"], one["rules"],
            one["harm"],
        )
        for one in row.differences
    ]  # fmt: skip


def _terms(release: Release, language: str) -> Terms | None:
    try:
        return Terms(shelf.edition(release.digest), language)
    except ShelfError:
        return None


@dataclass(frozen=True, slots=True)
class Piloted:
    """How far a pilot has come, and what doctors did with its rules beside those of other versions."""

    patients: int
    assessments: int
    plans: int
    signed: int
    rules: Sequence[Use]


def piloted(user: User, trial: Trial) -> Piloted:
    """Return how many came by a pilot, and the rules of its protocol by version; no patient named."""
    if not user.may(READ):
        return Piloted(0, 0, 0, 0, ())
    came = Evaluation.objects.filter(trial=trial).aggregate(all=Count("pk"), people=Count("patient", distinct=True))
    plans = Plan.objects.filter(evaluation__trial=trial)
    signed = plans.filter(status__in=[Plan.Status.SIGNED, Plan.Status.REPLACED]).count()
    rules = uses_apart(user, trial.begins_at, trial.version.source_file.name)
    return Piloted(came["people"], came["all"], plans.count(), signed, rules)

"""The own results as a patient reads them: what is released, in plain words, with range and course."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients.filed import Download, content_of
from webapp.patients.models import Patient
from webapp.plans.terms import Terms
from webapp.results import charts, presenting, selectors
from webapp.results.models import Release

A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Listed:
    rows: Sequence[presenting.Shown]
    page: Page


def listed(user: User, terms: Terms, number: str) -> Listed:
    """Return a page of what is released to the patient who asks, newest first."""
    page = Paginator(selectors.own_releases(user), A_PAGE).get_page(number)
    return Listed(presenting.shown(list(page), terms, for_patient=True), page)


def all_of(user: User, terms: Terms) -> Sequence[presenting.Shown]:
    """Return everything that is released to the patient who asks, newest first."""
    return presenting.shown(list(selectors.own_releases(user)), terms, for_patient=True)


def report(user: User, pk: UUID, terms: Terms) -> presenting.Shown | None:
    """Return one report with the course of each of its analytes; None for what this patient may not read."""
    one = selectors.own_releases(user).filter(pk=pk).first()
    return presenting.with_courses(one, terms) if one else None


def course(user: User, patient: Patient, analyte: str, terms: Terms) -> charts.Chart | None:
    """Return how one analyte moved; None for fewer than two values this patient may read."""
    rows = selectors.course_of(patient, analyte)
    return charts.chart_of(terms.fact(analyte), rows, terms.spec(analyte))


def original(user: User, pk: UUID, path: str) -> Download | None:
    """Return the original of a report that is released, and write that it was opened; None for any other."""
    one: Release | None = selectors.own_releases(user).filter(pk=pk).first()
    document = selectors.report_of(one).document if one else None
    if one is None or document is None or document.entered_in_error:
        return None
    audit.record(
        actor=user,
        verb="document.opened",
        patient_id=one.patient_id,
        object_type="documentreference",
        object_id=str(document.pk),
        path=path,
    )
    return content_of(document)

"""Titles of reports: a person's own words stay as they were written, those written for nobody follow the reader."""

from functools import cache

from django.conf import settings
from django.utils.translation import gettext_lazy, override

from webapp.patients.models import DiagnosticReport

LABORATORY = gettext_lazy("Laboratory results")  # of a report to which nobody gave a title


def title_of(report: DiagnosticReport) -> str:
    """Return a report's title for whoever reads it."""
    return str(LABORATORY) if report.title in _unwritten() else report.title


@cache
def _unwritten() -> frozenset[str]:
    return frozenset(_in(language) for language, _name in settings.LANGUAGES)


def _in(language: str) -> str:
    with override(language):
        return str(LABORATORY)

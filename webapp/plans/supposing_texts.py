"""What if somebody had written something else in the own words: the rules read them as they read what was written."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from webapp.plans.case import FREE_TEXT
from webapp.plans.given import Case
from webapp.plans.refusing import PlanError
from webapp.plans.terms import Terms

LONGEST = 2000  # as a questionnaire takes it


def names(terms: Terms, case: Case) -> list[str]:
    """Return the texts that a questionnaire asks for or the case holds, beside facts that are texts."""
    asked = {
        question.item
        for sheet in terms.edition.questionnaires.values()
        for group in sheet.groups
        for question in group.questions
        if question.section == "free_text"
    }
    return [name for name in FREE_TEXT if name in asked or name in (case.get("free_text") or {})]


def is_text(name: str, terms: Terms) -> bool:
    spec = terms.spec(name)
    return name in FREE_TEXT or (spec is not None and spec.type == "text")


def checked(value: str) -> str:
    """Return a text as it would be written; raise PlanError for one that is too long."""
    if len(value) > LONGEST:
        raise PlanError(_("Write %(n)s characters at most.") % {"n": LONGEST})
    return value.strip()


def with_text(case: Case, name: str, value: str | None) -> dict[str, Any]:
    """Return a case in which this was written today; ``value`` None: nothing was.

    What the clinic settled before yields to new words, as it does when a patient writes them.
    """
    section = "free_text" if name in FREE_TEXT else "questionnaire"
    others = {key: each for key, each in (case.get(section) or {}).items() if key != name}
    said: Mapping[str, Any] = {} if value is None else {name: _said(case, section, value)}
    return {**case, section: {**others, **said}, "decided": case.get("decided", []) if value is None else []}


def _said(case: Case, section: str, value: str) -> Any:
    return value if section == "free_text" else {"value": value, "date": str(case["as_of"])}

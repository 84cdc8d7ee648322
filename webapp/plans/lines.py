"""The lines of a record in words, for whoever reads them: what it is, and what else is known of it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.facts import Vocabulary, fold
from engine.formulary import Formulary
from engine.language.documents import Edition
from rules import services as shelf
from rules.selectors import ShelfError
from webapp.patients import models
from webapp.patients.titles import title_of
from webapp.plans.terms import Terms

Words = str | Promise
_NOTHING = Edition(Vocabulary({}, {}), Formulary({}, {}, {}, {}), {}, {}, {}, {}, "")
RELATIVES: Mapping[str, Words] = {
    "mother": gettext_lazy("Mother"),
    "father": gettext_lazy("Father"),
    "sibling": gettext_lazy("Brother or sister"),
    "child": gettext_lazy("Son or daughter"),
    "first_degree": gettext_lazy("Mother, father, brother, sister or child"),
    "second_degree": gettext_lazy("Grandparent, uncle or aunt"),
}


def terms_now(language: str, today: date) -> Terms:
    """Return the words of what is published; before anything is, codes stand as they are."""
    try:
        return Terms(shelf.edition(None, today), language)
    except ShelfError:
        return Terms(_NOTHING, language)


def name_of(line: Any, terms: Terms) -> str:
    """Return what a line is about: the allergen, the medicine, the illness, the person."""
    if isinstance(line, models.Condition):
        return _listed(line, terms, str(line.detail.get("text", "")))
    if isinstance(line, models.FamilyMemberHistory):
        return _listed(line, terms, line.relation)
    if isinstance(line, models.Encounter):
        return line.reason
    if isinstance(line, models.DiagnosticReport):
        return title_of(line)
    if isinstance(line, models.DocumentReference):
        return line.title
    if isinstance(line, models.RelatedPerson):
        return line.name
    if isinstance(line, models.Procedure):
        return line.text or terms.listed(line.code)
    return _listed(line, terms, line.text)


def detail_of(line: Any, terms: Terms) -> str:
    """Return what else a line says, in one row of words."""
    return _DETAILS[type(line)](line, terms)


def partial_words(text: str) -> str:
    """Return a day that may be known in part as one reads it: 2011, May 2011, 3 May 2011."""
    parts = [int(part) for part in text.split("-")] if text else []
    if len(parts) < 2:
        return text
    day = date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
    return date_format(day, "DATE_FORMAT" if len(parts) > 2 else "b Y")


def _listed(line: Any, terms: Terms, text: str) -> str:
    return terms.listed(line.code) if line.code else text


def _beside(line: Any, terms: Terms, text: str) -> str:
    """Return the words used where they say more than the code does."""
    known = fold(terms.listed(line.code)) if line.code else ""
    return f"«{text}»" if known and text and fold(text) not in (known, fold(line.code)) else ""


def _joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)


def _since(text: str) -> str:
    return _("since %(day)s") % {"day": text} if text else ""


def _allergy(line: Any, terms: Terms) -> str:
    return _beside(line, terms, line.text)


def _medication(line: Any, terms: Terms) -> str:
    since = _since(date_format(line.started_on, "DATE_FORMAT") if line.started_on else "")
    until = _("until %(day)s") % {"day": date_format(line.ended_on, "DATE_FORMAT")} if line.ended_on else ""
    return _joined(line.dose, since, until, _beside(line, terms, line.text))


def _treatment(line: Any, terms: Terms) -> str:
    days = " – ".join(partial_words(day) for day in (line.started, line.ended) if day)
    return _joined(line.get_outcome_display(), line.reason, days, _beside(line, terms, line.text))


def _condition(line: Any, terms: Terms) -> str:
    said = {name: str(line.detail.get(name, "")) for name in ("since", "note", "text")}
    return _joined(_since(partial_words(said["since"])), said["note"], _beside(line, terms, said["text"]))


def _family(line: Any, terms: Terms) -> str:
    return str(RELATIVES.get(line.relation, line.relation)) if line.code else ""


def _procedure(line: Any, terms: Terms) -> str:
    return _joined(partial_words(line.performed), line.place, line.outcome)


def _stay(line: Any, terms: Terms) -> str:
    days = " – ".join(partial_words(day) for day in (line.started, line.ended) if day)
    return _joined(line.get_kind_display(), days, line.place, line.outcome)


def _report(line: Any, terms: Terms) -> str:
    return _joined(line.get_category_display(), partial_words(line.effective), line.performer, line.conclusion)


def _document(line: Any, terms: Terms) -> str:
    content = line.content
    return _joined(line.get_kind_display(), content.get_content_type_display(), filesizeformat(content.size))


def _contact(line: Any, terms: Terms) -> str:
    first = _("call in an emergency") if line.is_emergency_contact else ""
    decides = _("decides for the patient") if line.is_guardian else ""
    return _joined(line.get_relationship_display(), line.phone, line.email, first, decides)


_DETAILS: Mapping[type[Any], Callable[[Any, Terms], str]] = {
    models.AllergyIntolerance: _allergy,
    models.MedicationStatement: _medication,
    models.PreviousTreatment: _treatment,
    models.Condition: _condition,
    models.FamilyMemberHistory: _family,
    models.Procedure: _procedure,
    models.Encounter: _stay,
    models.DiagnosticReport: _report,
    models.DocumentReference: _document,
    models.RelatedPerson: _contact,
}

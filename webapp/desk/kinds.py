"""The kinds of entries of a record: what each is called, how a line of it reads, and what its form gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from engine.facts import fold
from webapp.base.plain import PlainForm
from webapp.desk import entry_forms as forms
from webapp.patients import models, services
from webapp.plans.lines import RELATIVES, name_of
from webapp.plans.naming import match
from webapp.plans.terms import Terms

Fields = dict[str, Any]
Words = str | Promise
FEMININE = ("allergies", "medications", "conditions")


@dataclass(frozen=True, slots=True)
class Kind:
    """One list of the record.

    ``history`` is its name among the changes; ``topic`` names it where somebody may say that there is none; ``close``
    writes that a line no longer holds, by what ``ends_by`` asks.
    """

    slug: str
    title: Words
    new: Words
    model: type[Any]
    form: type[PlainForm]
    add: Callable[..., Any]
    given: Callable[[Fields, Terms], Fields]
    initial: Callable[[Any, Terms], Fields]
    history: str
    again: type[PlainForm] | None = None  # of a correction, where it is another form
    topic: str = ""
    close: Callable[[Any, Any, Fields], Any] | None = None
    ends_by: type[forms.CloseForm] = forms.CloseForm

    @property
    def corrected_by(self) -> type[PlainForm]:
        """The form of a correction."""
        return self.again or self.form

    @property
    def holds_files(self) -> bool:
        return self.model is models.DocumentReference

    @property
    def ends(self) -> bool:
        """Whether a line of it may be over without having been wrong."""
        return self.close is not None

    @property
    def is_feminine(self) -> bool:
        """Whether its Spanish title is: what is said of an empty list agrees with it."""
        return self.slug in FEMININE

    @property
    def is_contact(self) -> bool:
        """Whether it tells how to reach somebody: no clinical matter, kept by whoever registers patients."""
        return self.model is models.RelatedPerson


def _told(name: str, what: str, known: str) -> str:
    """Return the words to keep beside a code: the name used where it is another one, and what was said."""
    first = "" if fold(name) == fold(known) else name
    return ": ".join(part for part in (first, what) if part) or name


def _allergy(given: Fields, terms: Terms) -> Fields:
    code = match(terms.edition, "allergies", given["name"]) or ""
    return {"code": code, "text": _told(given["name"], given["text"], terms.listed(code) if code else "")}


def _allergy_initial(line: Any, terms: Terms) -> Fields:
    name = name_of(line, terms)
    return {"name": name, "text": line.text if line.code and fold(line.text) != fold(name) else ""}


def _medication(given: Fields, terms: Terms) -> Fields:
    code = match(terms.edition, "medications", given["name"]) or ""
    return {"code": code, "text": given["name"], "dose": given["dose"], "started_on": given["started_on"]}


def _treatment(given: Fields, terms: Terms) -> Fields:
    said = {key: given[key] for key in ("outcome", "reason", "started", "ended")}
    return {"code": match(terms.edition, TREATMENTS.topic, given["name"]) or "", "text": given["name"], **said}


def _treatment_initial(line: Any, terms: Terms) -> Fields:
    said = {key: getattr(line, key) for key in ("outcome", "reason", "started", "ended")}
    return {"name": line.text if fold(line.text) != fold(line.code) else terms.listed(line.code), **said}


def _condition(given: Fields, terms: Terms) -> Fields:
    code = match(terms.edition, "history", given["name"]) or ""
    said = {"text": "" if code else given["name"], "since": given["since"], "note": given["note"]}
    return {"code": code, "detail": {name: value for name, value in said.items() if value}}


def _condition_initial(line: Any, terms: Terms) -> Fields:
    return {"name": name_of(line, terms), **{key: line.detail.get(key, "") for key in ("since", "note")}}


def _family(given: Fields, terms: Terms) -> Fields:
    """An illness no code fits is kept in the words used, beside the relation."""
    code = match(terms.edition, "family_history", given["name"]) or ""
    relation = str(given["relation"])
    return {"code": code, "relation": relation if code else f"{given['name']} ({RELATIVES[relation]})"}


def _family_initial(line: Any, terms: Terms) -> Fields:
    return {"name": name_of(line, terms), "relation": line.relation if line.code else ""}


def _same(given: Fields, terms: Terms) -> Fields:
    return dict(given)


def _document(given: Fields, terms: Terms) -> Fields:
    file = given.get("file")
    said = {name: value for name, value in given.items() if name != "file"}
    return said | ({"name": file.name, "content": file.read()} if file else {})


def _add_report(*, patient: Any, actor: Any, name: str = "", content: bytes = b"", **given: Any) -> Any:
    """Add a report, and its original file where there is one."""
    document = None
    if content:
        title = given["title"]
        document = services.add_document(patient, name=name, content=content, kind="report", actor=actor, title=title)
    return services.add_report(patient=patient, actor=actor, document=document, **given)


def _fields_of(line: Any, terms: Terms) -> Fields:
    return {field.name: getattr(line, field.attname) for field in line._meta.concrete_fields}


def _close_allergy(line: Any, actor: Any, given: Fields) -> None:
    services.close_allergy(allergy=line, actor=actor)


def _close_medication(line: Any, actor: Any, given: Fields) -> None:
    services.stop_medication(medication=line, ended_on=given["ended_on"], outcome=given["outcome"], actor=actor)


def _close_condition(line: Any, actor: Any, given: Fields) -> None:
    services.close_condition(condition=line, actor=actor)


def _medication_initial(line: Any, terms: Terms) -> Fields:
    return {"name": line.text or terms.listed(line.code), "dose": line.dose, "started_on": line.started_on}


ALLERGIES = Kind(
    slug="allergies",
    title=gettext_lazy("Allergies"),
    new=gettext_lazy("Add an allergy"),
    model=models.AllergyIntolerance,
    form=forms.AllergyForm,
    add=partial(services.add_allergy, verification=models.Verification.CONFIRMED),
    given=_allergy,
    initial=_allergy_initial,
    history="allergy",
    topic="allergies",
    close=_close_allergy,
)
MEDICATIONS = Kind(
    slug="medications",
    title=gettext_lazy("Medicines"),
    new=gettext_lazy("Add a medicine"),
    model=models.MedicationStatement,
    form=forms.MedicationForm,
    add=services.add_medication,
    given=_medication,
    initial=_medication_initial,
    history="medication",
    topic="medications",
    close=_close_medication,
    ends_by=forms.StopForm,
)
TREATMENTS = Kind(
    slug="treatments",
    title=gettext_lazy("Previous treatments"),
    new=gettext_lazy("Add a previous treatment"),
    model=models.PreviousTreatment,
    form=forms.TreatmentForm,
    add=services.add_previous_treatment,
    given=_treatment,
    initial=_treatment_initial,
    history="previous_treatment",
    topic="previous_treatments",
)
CONDITIONS = Kind(
    slug="conditions",
    title=gettext_lazy("Illnesses"),
    new=gettext_lazy("Add an illness"),
    model=models.Condition,
    form=forms.ConditionForm,
    add=partial(services.add_condition, verification=models.Verification.CONFIRMED),
    given=_condition,
    initial=_condition_initial,
    history="condition",
    topic="history",
    close=_close_condition,
)
FAMILY = Kind(
    slug="family",
    title=pgettext_lazy("record", "Family"),
    new=gettext_lazy("Add an illness of the family"),
    model=models.FamilyMemberHistory,
    form=forms.FamilyForm,
    add=services.add_family_history,
    given=_family,
    initial=_family_initial,
    history="family_history",
    topic="family_history",
)
PROCEDURES = Kind(
    slug="procedures",
    title=gettext_lazy("Procedures"),
    new=gettext_lazy("Add a procedure"),
    model=models.Procedure,
    form=forms.ProcedureForm,
    add=services.add_procedure,
    given=_same,
    initial=_fields_of,
    history="procedure",
)
STAYS = Kind(
    slug="stays",
    title=gettext_lazy("Hospital stays"),
    new=gettext_lazy("Add a hospital stay"),
    model=models.Encounter,
    form=forms.EncounterForm,
    add=services.add_encounter,
    given=_same,
    initial=_fields_of,
    history="encounter",
)
REPORTS = Kind(
    slug="reports",
    title=gettext_lazy("Reports"),
    new=gettext_lazy("Add a report"),
    model=models.DiagnosticReport,
    form=forms.ReportForm,
    again=forms.ReportAgainForm,
    add=_add_report,
    given=_document,
    initial=_fields_of,
    history="report",
)
DOCUMENTS = Kind(
    slug="documents",
    title=gettext_lazy("Documents"),
    new=gettext_lazy("Add a document"),
    model=models.DocumentReference,
    form=forms.DocumentForm,
    again=forms.DocumentAgainForm,
    add=services.add_document,
    given=_document,
    initial=_fields_of,
    history="document",
)
CONTACTS = Kind(
    slug="contacts",
    title=gettext_lazy("Contacts"),
    new=gettext_lazy("Add a contact"),
    model=models.RelatedPerson,
    form=forms.ContactForm,
    add=services.add_contact,
    given=_same,
    initial=_fields_of,
    history="contact",
)
_ALL = (ALLERGIES, MEDICATIONS, TREATMENTS, CONDITIONS, FAMILY, PROCEDURES, STAYS, REPORTS, DOCUMENTS, CONTACTS)
KINDS: Mapping[str, Kind] = {one.slug: one for one in _ALL}

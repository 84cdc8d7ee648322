"""The page by which a copy is read: index.html, in plain words, with links to the files beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from webapp.base import house
from webapp.privacy.contents import Contents
from webapp.privacy.models import Export
from webapp.privacy.shapes import Resource

LISTS: Mapping[str, Any] = {
    "AllergyIntolerance": gettext_lazy("Allergies"),
    "MedicationStatement": gettext_lazy("Medicines"),
    "PreviousTreatment": gettext_lazy("Previous treatments"),
    "Condition": gettext_lazy("Diagnoses"),
    "FamilyMemberHistory": gettext_lazy("Family history"),
    "Procedure": gettext_lazy("Operations and procedures"),
    "Encounter": gettext_lazy("Hospital stays"),
    "DiagnosticReport": gettext_lazy("Reports"),
    "DocumentReference": gettext_lazy("Documents"),
    "RelatedPerson": gettext_lazy("Whom to call"),
    "List": gettext_lazy("Lists said to be complete"),
    "Observation": gettext_lazy("Answers and measurements"),
    "MedicationRequest": gettext_lazy("Prescriptions"),
    "SupplyRequest": gettext_lazy("Requests to go on with a medicine"),
    "MedicationAdministration": gettext_lazy("Doses told to be taken or left out"),
    "Consent": gettext_lazy("Consents"),
    "CommunicationRequest": gettext_lazy("Reminders"),
    "Flag": gettext_lazy("Alerts to the clinic"),
    "DetectedIssue": gettext_lazy("Warnings that were settled"),
    "Task": gettext_lazy("What was to be watched"),
    "Provenance": gettext_lazy("What was changed, and by whom"),
}
FEMININE = (
    "AllergyIntolerance", "MedicationStatement", "Procedure", "Encounter", "List", "Observation", "MedicationRequest",
    "SupplyRequest", "MedicationAdministration", "DetectedIssue",
)  # fmt: skip
_READ_FROM = "effectiveDateTime dateTime recorded raisedAt identified dueAt authoredOn recordedDate"
_PEOPLE = ("recorder", "agent", "closedBy", "author", "requester")


@dataclass(frozen=True, slots=True)
class Row:
    """One line as one reads it: what, what else, when and by whom, and the file behind it."""

    title: str
    detail: str
    day: str
    by: str
    state: str
    note: str
    file: str


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    title: Any
    rows: Sequence[Row]

    @property
    def none(self) -> str:
        """What is said where there is no row; it agrees with the Spanish title."""
        if self.name == "RelatedPerson":
            return _("Nobody.")
        if self.name in ("Task", "Provenance"):
            return _("Nothing.")
        return pgettext("feminine", "None.") if self.name in FEMININE else pgettext("masculine", "None.")


def page(contents: Contents) -> bytes:
    """Return the page, in the language of the copy; it asks for nothing but the file of styles beside it."""
    files = {str(one.document.pk): one.name for one in contents.files}
    with override(contents.language):
        context = {
            "patient": contents.patient,
            "language": contents.language,
            "clinic": house.now().name,
            "whole": contents.kind == Export.Kind.CLINIC,
            "as_of": contents.as_of,
            "plans": [_plan(one) for one in contents.resources["CarePlan"]],
            "responses": [_response(one) for one in contents.resources["QuestionnaireResponse"]],
            "sections": [
                Section(name, title, [_row(one, files) for one in contents.resources[name]])
                for name, title in LISTS.items()
                if name in contents.resources
            ],
        }
        return render_to_string("privacy/copy.html", context).encode()


def _row(one: Resource, files: Mapping[str, str]) -> Row:
    shown = one.get("display", {})
    return Row(
        title=shown.get("title", ""),
        detail=shown.get("detail", ""),
        day=_when(next((one[name] for name in _READ_FROM.split() if one.get(name)), "")),
        by=next((one[name] for name in _PEOPLE if one.get(name)), ""),
        state=_state(one),
        note=one.get("note", ""),
        file=files.get(one["id"], "") if "id" in one else "",
    )


def _state(one: Resource) -> str:
    if one.get("verificationStatus") == "entered-in-error":
        return _("entered in error")
    if one.get("clinicalStatus") == "inactive":
        return _("no longer holds")
    return _("not confirmed") if one.get("verificationStatus") == "unconfirmed" else ""


def _when(text: str) -> str:
    if not text:
        return ""
    at = timezone.localtime(datetime.fromisoformat(text))
    return date_format(at, "DATETIME_FORMAT")


def _plan(one: Resource) -> Resource:
    return one | {"signed": _when(one.get("signedAt", ""))}


def _response(one: Resource) -> Resource:
    return one | {"sent": _when(one.get("authored", "")), "begun": _when(one.get("startedAt", ""))}

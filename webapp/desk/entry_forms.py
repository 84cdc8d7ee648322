"""What a clinician writes about one entry of the record; each form names its fields as the services do."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webapp.base.plain import PlainForm
from webapp.desk.identity_form import a_day, a_line, sentences
from webapp.patients import dates
from webapp.patients.amending import ErrorReason
from webapp.patients.models import (
    DiagnosticReport,
    DocumentReference,
    Encounter,
    Observation,
    PreviousTreatment,
    RelatedPerson,
)
from webapp.plans.lines import RELATIVES


class PartialDate(forms.CharField):
    """A day, a month or a year, as one remembers it: 14/03/2011, 03/2011 or 2011. Gives 2011-03-14, 2011-03, 2011."""

    def __init__(self, label: Any, *, required: bool = False) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
        words = _("As exact as it is known: 2011, 03/2011 or 14/03/2011.")
        super().__init__(label=label, required=required, max_length=10, widget=widget, help_text=words)

    def clean(self, value: Any) -> str:
        try:
            return dates.partial_date(str(super().clean(value)), today=timezone.localdate())
        except dates.DateError as problem:
            raise forms.ValidationError(str(problem)) from None

    def prepare_value(self, value: Any) -> Any:
        """Write a kept day as it is typed: 2011-03-14 as 14/03/2011."""
        return "/".join(reversed(value.split("-"))) if isinstance(value, str) and "-" in value else value


def _named(label: Any, source: str, *, help_text: Any = "") -> forms.CharField:
    """Return a line of words with the names the rules know offered below it, from the list ``source``."""
    field = a_line(label, 200, list=f"names-{source}")
    field.help_text = help_text or _("Choose a name of the list if it fits: only those are checked by the rules.")
    return field


def _choice(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, **options)


def _tick(label: Any) -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"class": "form-check-input"})
    return forms.BooleanField(label=label, required=False, widget=widget)


def _in_order(form: PlainForm, given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given; a line that ends before it begins is told at its end."""
    if not dates.in_order(given.get("started", ""), given.get("ended", "")):
        form.add_error("ended", _("It ends before it begins. Check the days."))
    return given


class AllergyForm(PlainForm):
    name = _named(_("To what"), "allergies")
    text = sentences(_("What happened, and when"), 400)


class MedicationForm(PlainForm):
    name = _named(_("Medicine or supplement"), "medications")
    dose = a_line(_("Dose and how often"), 120, required=False)
    started_on = a_day(_("Since"), required=False)


class TreatmentForm(PlainForm):
    name = _named(_("Medicine or regimen"), "previous_treatments")
    outcome = _choice(_("What came of it"), PreviousTreatment.Outcome.choices, initial="unknown")
    reason = a_line(_("What for"), 200, required=False)
    started = PartialDate(pgettext_lazy("day", "From"))
    ended = PartialDate(pgettext_lazy("day", "To"))

    def clean(self) -> dict[str, Any]:
        return _in_order(self, super().clean() or self.cleaned_data)


class ConditionForm(PlainForm):
    name = _named(_("Illness"), "history")
    since = PartialDate(_("Since"))
    note = a_line(_("Stage, place or what else matters"), 300, required=False)


class FamilyForm(PlainForm):
    name = _named(_("Illness"), "family_history")
    relation = _choice(_("Who"), [("", _("Choose")), *RELATIVES.items()])


class ProcedureForm(PlainForm):
    text = a_line(_("What was done"), 300)
    performed = PartialDate(_("When"))
    place = a_line(_("Where"), 200, required=False)
    outcome = a_line(_("What came of it"), 600, required=False)


class EncounterForm(PlainForm):
    kind = _choice(_("Kind"), Encounter.Kind.choices)
    reason = a_line(_("Why"), 300)
    started = PartialDate(pgettext_lazy("day", "From"))
    ended = PartialDate(pgettext_lazy("day", "To"))
    place = a_line(_("Where"), 200, required=False)
    outcome = a_line(_("What came of it"), 600, required=False)

    def clean(self) -> dict[str, Any]:
        return _in_order(self, super().clean() or self.cleaned_data)


class ContactForm(PlainForm):
    name = a_line(_("Name"), 160)
    relationship = _choice(_("Who it is"), RelatedPerson.Relationship.choices)
    phone = a_line(_("Telephone"), 25, required=False, inputmode="tel")
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=200)
    is_emergency_contact = _tick(_("Call this person in an emergency"))
    is_guardian = _tick(_("Decides for the patient (parent or guardian)"))


class ReportAgainForm(PlainForm):
    """What a report says; its file stays."""

    category = _choice(_("Kind"), DiagnosticReport.Category.choices)
    title = a_line(_("Title"), 200)
    effective = PartialDate(_("When"))
    performer = a_line(_("Who made it"), 200, required=False)
    conclusion = forms.CharField(
        label=_("Conclusion"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


def _file(*, required: bool) -> forms.FileField:
    return forms.FileField(
        label=_("File"),
        required=required,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.dcm"}),
        help_text=_("PDF, JPEG, PNG or DICOM, at most 20 MB. Place and camera are taken out of pictures."),
    )


class ReportForm(ReportAgainForm):
    file = _file(required=False)


class DocumentAgainForm(PlainForm):
    """What a file is called; its content stays."""

    kind = _choice(_("Kind"), DocumentReference.Kind.choices)
    title = a_line(_("Title"), 200)


class DocumentForm(DocumentAgainForm):
    file = _file(required=True)


class MeasureForm(PlainForm):
    """A value of one thing that is measured; what it is stands in the address of a correction."""

    code = a_line(_("What was measured"), 120, list="names-measures")
    value = a_line(_("Value"), 40, inputmode="decimal")
    unit = a_line(_("Unit"), 24, required=False)
    effective_on = a_day(_("Day"))
    origin = _choice(
        _("From"),
        [
            (Observation.Origin.LAB, Observation.Origin.LAB.label),
            (Observation.Origin.VITAL, Observation.Origin.VITAL.label),
        ],
    )

    def clean_effective_on(self) -> date:
        given: date = self.cleaned_data["effective_on"]
        if given > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come. Check the year."))
        return given


class CloseForm(PlainForm):
    """From which day something no longer holds."""

    ended_on = a_day(_("Until"))

    def clean_ended_on(self) -> date:
        given: date = self.cleaned_data["ended_on"]
        if given > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come. Check the year."))
        return given


class StopForm(CloseForm):
    """From which day a medicine is no longer taken, and what came of it: what failed is not proposed again."""

    outcome = _choice(_("What came of it"), [("", _("Choose")), *PreviousTreatment.Outcome.choices])


class ErrorForm(PlainForm):
    """Why an entry never should have been written."""

    reason = _choice(_("Why"), [("", _("Choose")), *ErrorReason.choices])


class AgainForm(PlainForm):
    """The right value in place of a wrong one, of the same thing and day; ``choices`` where it is one of some words."""

    value = a_line(_("Value"), 40, inputmode="decimal")
    unit = a_line(_("Unit"), 24, required=False)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        if choices:
            self.base_fields = {"value": _choice(_("Value"), choices)}
        super().__init__(*args, **options)

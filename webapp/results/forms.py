"""The form of a report with its values: every problem is told at once, each at its place."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.base.plain import PlainForm
from webapp.patients.models import DiagnosticReport
from webapp.patients.services import PatientError
from webapp.plans.terms import Terms
from webapp.results.entering import Book, Typed, UnitAsked, value_of
from webapp.results.services import Value

ROWS, MOST_ROWS = 6, 60
CATEGORIES = DiagnosticReport.Category


def _line(label: Any, most: int, *, required: bool = True, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget)


class SheetForm(PlainForm):
    """What holds for all values of a report."""

    category = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CATEGORIES.choices)
    title = _line(gettext_lazy("Title"), 200, required=False)
    day = forms.DateField(
        label=gettext_lazy("Day of the test"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    laboratory = _line(gettext_lazy("Laboratory or centre"), 200, required=False)
    conclusion = forms.CharField(
        label=gettext_lazy("Conclusion"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_day(self) -> date:
        given: date = self.cleaned_data["day"]
        if given > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come. Check the year."))
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        laboratory = given.get("category") == CATEGORIES.LABORATORY
        if not given.get("title") and not laboratory and "category" in given:
            self.add_error("title", _("This is missing. Please fill it in."))
        return given


class ValueForm(PlainForm):
    """One value; a row without a word in it is none."""

    name = _line(gettext_lazy("Analyte"), 120, list="names-analytes")
    value = _line(gettext_lazy("Value"), 40)  # a number, a word, or "<30": no keyboard of digits alone
    unit = _line(gettext_lazy("Unit"), 24, required=False, list="names-units")
    low = _line(gettext_lazy("Range from"), 20, required=False, inputmode="decimal")
    high = _line(gettext_lazy("Range to"), 20, required=False, inputmode="decimal")

    def __init__(self, *args: Any, terms: Terms, book: Book, **options: Any) -> None:
        super().__init__(*args, **options)
        self.terms, self.book = terms, book
        self.found: Value | None = None
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}, {_('row')} {self._number()}"
            field.widget.attrs["aria-describedby"] = f"{self.add_prefix(name)}-problem"

    def _number(self) -> int:
        return int(str(self.prefix).rpartition("-")[2]) + 1 if str(self.prefix)[-1].isdigit() else 0

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if {"name", "value"} <= given.keys() and given["name"]:
            try:
                self.found = value_of(typed_of(given), self.book, self.terms)
            except UnitAsked as problem:
                self.add_error("unit", str(problem))
            except PatientError as problem:
                self.add_error("value", str(problem))
        return given


def typed_of(given: Mapping[str, Any]) -> Typed:
    return Typed(**{name: str(given.get(name) or "") for name in ("name", "value", "unit", "low", "high")})


class _Values(BaseFormSet):  # type: ignore[type-arg]
    """The rows; the same analyte stands in one report once."""

    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            found = getattr(form, "found", None)
            if found is not None and found.code in seen:
                form.add_error("name", _("This analyte stands in another row already."))
            elif found is not None:
                seen.add(found.code)

    @property
    def values(self) -> list[Value]:
        """The rows that hold a value, of a form that holds."""
        return [form.found for form in self.forms if form.found is not None]

    @property
    def problems(self) -> list[tuple[Any, str]]:
        """Every problem of every row, with the field it is told at."""
        return [(form[name], text) for form in self.forms for name, texts in form.errors.items() for text in texts]


ValueRows = forms.formset_factory(
    ValueForm, formset=_Values, extra=ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)

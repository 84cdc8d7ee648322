"""Forms of the desk: who a person is, and how to reach that person."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.base.plain import PlainForm
from webapp.patients import identity
from webapp.patients.models import Patient

OLDEST = 125  # years: nobody has lived longer
DATES = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"]
TOO_LONG = {"max_length": _("This is too long. Write at most %(limit_value)d letters.")}


def a_line(label: Any, limit: int, *, required: bool = True, **attrs: str) -> forms.CharField:
    """Return a line of text of at most ``limit`` letters."""
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, max_length=limit, required=required, widget=widget, error_messages=TOO_LONG)


def sentences(label: Any, limit: int) -> forms.CharField:
    """Return room for a few sentences of at most ``limit`` letters, which may be left out."""
    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=limit, required=False, widget=widget, error_messages=TOO_LONG)


def a_day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a date, in the browser's own field."""
    words = {"invalid": _("Write the date as 14/03/1979.")}
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(
        label=label, required=required, widget=widget, input_formats=DATES, error_messages=words, help_text=help_text
    )


class RegistrationForm(PlainForm):
    """A person who becomes a patient. Numbers are checked here, so that the problem stands beside its field."""

    given_name = a_line(_("First name"), 80)
    family_name = a_line(_("Surnames"), 120)
    birth_date = a_day(_("Date of birth"))
    sex = forms.ChoiceField(label=_("Sex"), choices=Patient.Sex.choices, initial=Patient.Sex.UNKNOWN)
    national_id = a_line(_("DNI or NIE"), 20, required=False)
    other_id = a_line(_("Passport or other document"), 25, required=False)
    phone = a_line(_("Telephone"), 25, required=False, inputmode="tel")
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("This address cannot receive mail. Write it as name@example.org.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("es", "Español"), ("en", "English")], initial="es")

    def clean_birth_date(self) -> Any:
        born, today = self.cleaned_data["birth_date"], timezone.localdate()
        if born > today:
            raise forms.ValidationError(_("The date of birth is still to come. Check the year."))
        if today.year - born.year > OLDEST:
            raise forms.ValidationError(_("Nobody is that old. Check the year."))
        return born

    def clean_national_id(self) -> str:
        return _checked(identity.national_id, self.cleaned_data["national_id"])

    def clean_other_id(self) -> str:
        return _checked(identity.other_id, self.cleaned_data["other_id"])

    def clean_phone(self) -> str:
        return _checked(identity.phone, self.cleaned_data["phone"])


def _checked(check: Any, value: str) -> str:
    if not value:
        return ""
    try:
        return str(check(value))
    except identity.IdentityError as problem:
        raise forms.ValidationError(str(problem)) from None

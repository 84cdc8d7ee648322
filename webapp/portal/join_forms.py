"""What somebody is asked who comes with an invitation: who it is, then a password."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.patients import identity
from webapp.patients.inviting import Claim

DATES = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"]


class _Dressed(forms.Form):
    """A form in the look of the pages, whose wrong fields are marked."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.error_messages["required"] = _("This is missing. Please fill it in.")
            ticked = isinstance(field.widget, forms.CheckboxInput)
            field.widget.attrs["class"] = "form-check-input" if ticked else "form-control"

    def full_clean(self) -> None:
        super().full_clean()
        for name in set(self.errors) & set(self.fields):
            self.fields[name].widget.attrs["class"] = "form-control is-wrong"


class ClaimForm(_Dressed):
    """Who somebody says to be. What cannot be right is said here; whether it is right is not."""

    code = forms.CharField(
        label=_("Code of the invitation"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        help_text=_("The twelve letters and digits of the sheet, with or without dashes."),
    )
    record_number = forms.RegexField(
        r"^\s*[0-9]{6,12}\s*$",
        label=_("Record number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("It stands on every paper of the clinic as NHC."),
        error_messages={"invalid": _("A record number is 6 to 12 digits.")},
    )
    paper = forms.CharField(label=_("DNI or NIE"), max_length=25, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    is_other = forms.BooleanField(label=_("I have none: this is my passport or another document"), required=False)
    birth_date = forms.DateField(
        label=_("Date of birth"),
        # Typed, not picked: from today's page of a calendar seventy years back is far.
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Day, month and year: 14/03/1979."),
        input_formats=DATES,
        error_messages={"invalid": _("Write the date as 14/03/1979.")},
    )

    def __init__(self, *args: Any, secret: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.secret = secret
        if secret:  # it came in the address
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "paper" in given:
            read = identity.other_id if given.get("is_other") else identity.national_id
            try:
                given["paper"] = read(given["paper"])
            except identity.IdentityError as problem:
                self.add_error("paper", str(problem))
        return given

    def claim(self) -> tuple[str, Claim]:
        """Return the secret and who somebody says to be, of a form that is valid."""
        given = self.cleaned_data
        said = Claim(given["record_number"].strip(), given["paper"], given["birth_date"], given["is_other"])
        return self.secret or given["code"], said


class NewPasswordForm(_Dressed):
    """A password for ``person``, whose name and address are no part of it; the address only for a new account."""

    email = forms.EmailField(
        label=_("E-mail you will log in with"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"invalid": _("This address cannot receive mail. Write it as name@example.org.")},
    )
    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, none of the common ones."),
    )
    password2 = forms.CharField(
        label=_("The same again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person
        if person.pk is not None:
            del self.fields["email"]

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if {"password1", "password2"} <= given.keys() and given["password1"] != given["password2"]:
            self.add_error("password2", _("The two are not the same. Type it again."))
        return given

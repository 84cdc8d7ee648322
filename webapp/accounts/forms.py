"""Forms of login and passwords: allauth's, with the address turned into its digest at the door."""

from typing import Any

from allauth.account import forms as theirs
from django import forms
from django.utils.translation import gettext_lazy as _

from webapp.accounts import selectors, services
from webapp.accounts.models import email_index


class _SameTwice:
    """Words of our own where the two new passwords differ."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]
        if self.errors.pop("password2", None):  # type: ignore[attr-defined]
            self.add_error("password2", _("The two are not the same. Type it again."))  # type: ignore[attr-defined]
        return cleaned


class LoginForm(theirs.LoginForm):
    """Asks for address and password. From here on only the digest travels: locks, session and logs never see more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _dress(self.fields["login"], _("E-mail"), type="email", autocomplete="username")
        _dress(self.fields["password"], _("Password"), autocomplete="current-password")
        self.fields["password"].help_text = ""

    def user_credentials(self) -> dict[str, str]:
        index = email_index(self.cleaned_data["login"]).hex()
        return {"username": index, "password": self.cleaned_data["password"]}


class ResetPasswordForm(theirs.ResetPasswordForm):
    """Asks for the address; the answer is the same whether or not somebody signs in with it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _dress(self.fields["email"], _("E-mail"), autocomplete="email")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        user = selectors.by_email(email)
        self.users = [user] if user else []
        return email


class ResetPasswordKeyForm(_SameTwice, theirs.ResetPasswordKeyForm):
    """Sets the password a reset mail asked for, and lets a person in again who was locked out."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _dress_new(self)

    def save(self) -> None:
        super().save()
        services.password_changed(user=self.user, by_mail=True)


class ChangePasswordForm(_SameTwice, theirs.ChangePasswordForm):
    """Changes the password of somebody signed in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _dress(self.fields["oldpassword"], _("Your password now"), autocomplete="current-password")
        self.fields["oldpassword"].help_text = ""
        _dress_new(self)

    def save(self) -> None:
        super().save()
        services.password_changed(user=self.user, by_mail=False)


def _dress_new(form: forms.Form) -> None:
    _dress(form.fields["password1"], _("New password"), autocomplete="new-password")
    _dress(form.fields["password2"], _("The same again"), autocomplete="new-password")
    form.fields["password1"].help_text = _(
        "At least 10 characters, not only digits, not your name. "
        "Three or four words that do not belong together do well."
    )


def _dress(field: forms.Field, label: Any, **attributes: str) -> None:
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update({"class": "form-control", **attributes})

"""What django-allauth must do our way: no address in clear at rest, no self sign-up, every entry in the audit."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from webapp.accounts import devices, services
from webapp.accounts.models import User
from webapp.accounts.sessions import BEGAN, DEVICE


class NotActive(RuntimeError):
    """A closed account came past the password check, which refuses it; nothing may go on from here."""


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail and this password do not go together. Check both."),
        "too_many_login_attempts": _("Too many attempts in a short time. Please wait a minute."),
        "enter_current_password": _("This is not your password now. Type it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["webapp.accounts.stages.SecondFactor"]

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        request.session[BEGAN] = time.time()
        request.session[DEVICE] = devices.named(request.headers.get("User-Agent", ""))
        services.signed_in(user=_ours(user))

    def logout(self, request: HttpRequest) -> None:
        user = _ours(request.user)
        super().logout(request)
        services.signed_out(user=user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_change_password") + "?saved=1"

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Check the password again; allauth would look the address up in a table we keep empty."""
        found = self.authenticate(context.request, username=_ours(user).get_username(), password=password)
        return found is not None and found.pk == user.pk

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        """Write to the address we hold, in the person's language, whatever was typed and by whom."""
        person = _ours(user)
        with translation.override(person.language):
            super().send_password_reset_mail(person, person.email, context)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **options: Any) -> None:
        """Say nothing: our pages show what happened, and a cookie is no place for a person's name."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        raise NotActive


def _ours(user: Any) -> User:
    return User.objects.get(pk=user.pk)

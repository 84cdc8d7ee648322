"""What django-allauth must do our way: no address in clear at rest, no self sign-up, every entry in the audit."""

import time
import uuid
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from webapp.accounts import devices, services
from webapp.accounts.models import User
from webapp.accounts.sessions import BEGAN, DEVICE
from webapp.outbox import services as outbox


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

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        """Write to the address we hold, in the person's language, whatever was typed and by whom.

        The mail leaves by the outbox: whoever asks does not wait for it, nor learns by the clock that there is one.
        Of the link only the path is taken, so that no forged host name leads a person elsewhere.
        """
        person = _ours(user)
        outbox.queue(
            key=f"new_password:{uuid.uuid4()}",
            address=person.email,
            template="new_password",
            language=person.language,
            link=urlsplit(context["password_reset_url"]).path,
        )

    def add_message(self, request: HttpRequest, level: int, *args: Any, **options: Any) -> None:
        """Say nothing: our pages show what happened, and a cookie is no place for a person's name."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        raise NotActive


def _ours(user: Any) -> User:
    return User.objects.get(pk=user.pk)

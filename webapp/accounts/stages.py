"""The second step of signing in, between the password and the first page."""

from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from django.http import HttpResponse

from webapp.accounts import codes, factors, lockout

KEY = "second_factor"


class SecondFactor(LoginStage):  # type: ignore[misc]
    """Asks for a code of who has a second factor; what was reached with a password changed since leads nowhere."""

    key = KEY
    urlname = "accounts:second_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if not factors.kind_of(user):
            return None, True
        lockout.give_back(self.request, user)
        self.state["password"] = user.get_session_auth_hash()
        if channel := factors.channel_of(user):
            codes.send(user=user, kind=channel.kind, number=channel.number)
        return headed_redirect_response(self.urlname), True

    def holds(self) -> bool:
        """Tell whether the account is open and its password still the one that was typed."""
        user = self.login.user
        return bool(user.is_active and self.state.get("password") == user.get_session_auth_hash())

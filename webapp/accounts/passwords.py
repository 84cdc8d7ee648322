"""Passwords that would be guessed: known from breaches, patterns made of those, or made of who chooses them.

Two packaged lists, no server asked: Django's 20,000 commonest (CommonPasswordValidator) and the 30,000 of zxcvbn, which
also knows what people do to them: digits behind, letters as signs, rows of the keyboard, years, repetitions.
"""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from webapp.accounts.models import User

LOOKED_AT = 72  # characters; what is longer is not judged by the rest
ENOUGH = 4  # of zxcvbn’s 0 to 4: ten thousand million guesses
# What its English lists do not know and everybody here would try first.
OURS = ("contraseña", "contrasena", "clave", "clinica", "clínica", "hospital", "digestivo", "medico", "doctora",
        "paciente", "pauta", "salud", "teamo", "amor", "bebe", "españa", "espana", "hola")  # fmt: skip


def _own_words(user: User | None) -> list[str]:
    said = f"{user.display_name} {user.email}" if user is not None else ""
    return [word for word in re.split(r"[\W_]+", f"{said} {settings.CLINIC_NAME}".casefold()) if len(word) > 2]


class NotGuessable:
    """Refuses a password that a patient attacker has in a day, told the person's name, address and clinic."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a password that would be guessed."""
        judged = zxcvbn(password[:LOOKED_AT], user_inputs=[*OURS, *_own_words(user)])
        if judged["score"] < ENOUGH:
            raise ValidationError(
                _("This password would be guessed: it is on lists of stolen ones, or made like them or of your name. "
                  "Three or four words that do not belong together are hard to guess."),
                code="password_guessable",
            )  # fmt: skip

    def get_help_text(self) -> str:
        return _("Not a password that is easy to guess.")

"""Passwords that would be guessed: known from breaches, patterns made of those, or made of who chooses them.

Two packaged lists, no server asked: Django's 20,000 commonest (CommonPasswordValidator) and the 30,000 of zxcvbn, which
also knows what people do to them: digits behind, letters as signs, rows of the keyboard, years, repetitions.
"""

import re
import unicodedata
from difflib import SequenceMatcher

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from webapp.accounts.models import User
from webapp.base import house

LOOKED_AT = 72  # characters; what is longer is not judged by the rest
ENOUGH = 4  # of zxcvbn’s 0 to 4: ten thousand million guesses
# What its English lists do not know and everybody here would try first.
OURS = ("contraseña", "contrasena", "clave", "clinica", "clínica", "hospital", "digestivo", "medico", "doctora",
        "paciente", "pauta", "salud", "teamo", "amor", "bebe", "españa", "espana", "hola")  # fmt: skip


LEAST_ELSE = 8  # letters and digits a password needs beside what everybody knows of its owner
ALIKE = 0.8  # of 1, in the order of the letters; above it one is the other with a few letters changed
_SIGNS = str.maketrans("0134578@$!", "oieastbasi")  # what people write in place of letters


def _own_words(user: User | None) -> list[str]:
    return _words(f"{_said_of(user)} {' '.join(house.now().names.values())}")


def _said_of(user: User | None) -> str:
    return f"{user.display_name} {user.email}" if user is not None else ""


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.casefold()) if len(word) > 2]


def _plain(text: str) -> str:
    """Return only letters and digits, without accents, signs read as the letters they stand for."""
    split = unicodedata.normalize("NFKD", text.casefold().translate(_SIGNS))
    return "".join(sign for sign in split if sign.isalnum())


class NotOneself:
    """Refuses a password made of its owner's name or address.

    Django's own compares which letters occur, in whatever order, and so refuses four harmless words to whoever has a
    long name. Here the parts of name and address are taken out, and what is left must be something.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError where little is left without the owner's name and address."""
        said = _said_of(user)
        typed, whole = _plain(password[:LOOKED_AT]), [_plain(part) for part in (said, *said.rsplit(" ", 1)) if part]
        left = typed
        for word in sorted(map(_plain, _words(said)), key=len, reverse=True):
            left = left.replace(word, "")
        near = any(SequenceMatcher(None, typed, one, autojunk=False).ratio() >= ALIKE for one in whole)
        if near or (left != typed and len(left) < LEAST_ELSE):
            raise ValidationError(
                _("This password is too similar to your name or your e-mail address. "
                  "Three or four words that do not belong together are hard to guess."),
                code="password_too_similar",
            )  # fmt: skip

    def get_help_text(self) -> str:
        return _("Not your name and not your e-mail address.")


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

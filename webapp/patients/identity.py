"""Numbers and names that tell who somebody is: DNI and NIE, telephone, and the beginnings by which a name is found."""

import re
import unicodedata

from django.utils.translation import gettext as _

LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
SHORTEST, LONGEST = 2, 6
_DNI, _NIE = re.compile(r"\d{8}[A-Z]"), re.compile(r"[XYZ]\d{7}[A-Z]")
_OTHER = re.compile(r"[0-9A-Z]{5,20}")
_JOINED = re.compile(r"\w+(?:[-'’·.]\w+)+")  # one name of several parts, which people write in one
_NOT_IN_NUMBERS = re.compile(r"[\s.\-/()]")


class IdentityError(ValueError):
    """A number that cannot be right; the text is for the person who typed it and repeats nothing."""


def national_id(text: str) -> str:
    """Return a DNI or NIE in its usual form, ``12345678Z``; raise IdentityError if the letter does not fit.

    Source: Real Decreto 1553/2005, article 11; the letter is the number modulo 23, X Y Z counting as 0 1 2.
    """
    found = _NOT_IN_NUMBERS.sub("", text).upper()
    if not (_DNI.fullmatch(found) or _NIE.fullmatch(found)):
        raise IdentityError(_("A DNI is 8 digits and a letter, a NIE is X, Y or Z, 7 digits and a letter."))
    if letter_of(found[:-1]) != found[-1]:
        raise IdentityError(_("The letter does not belong to this number. Check both on the card."))
    return found


def other_id(text: str) -> str:
    """Return the number of a passport or of another country's card, ``AB1234567``; raise IdentityError for no such."""
    found = _NOT_IN_NUMBERS.sub("", text).upper()
    if not (_OTHER.fullmatch(found) and any(sign.isdigit() for sign in found)):
        raise IdentityError(_("The number of a document is 5 to 20 letters and digits. Write it as it stands there."))
    if _DNI.fullmatch(found) or _NIE.fullmatch(found):
        raise IdentityError(_("This is the form of a DNI or NIE. Write it where that is asked for."))
    return found


def letter_of(number: str) -> str:
    """Return the control letter of a DNI or NIE given without it."""
    digits = str("XYZ".index(number[0])) + number[1:] if number[0] in "XYZ" else number
    return LETTERS[int(digits) % 23]


def phone(text: str) -> str:
    """Return a telephone number with its country, ``+34600112233``; Spain is assumed where none is given."""
    digits = _NOT_IN_NUMBERS.sub("", text)
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    found = digits if digits.startswith("+") else f"+34{digits}"
    if not re.fullmatch(r"\+\d{8,15}", found):
        raise IdentityError(_("A telephone is 9 digits, with + and the country before them if it is not Spanish."))
    return found


def bare(text: str) -> str:
    """Return ``text`` without case or accents, as names are compared and sorted: ``Íñiguez`` gives ``iniguez``."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the words of a name or a search, folded; the dash of a double name parts it."""
    return re.findall(r"\w+", bare(text))


def name_words(name: str) -> list[str]:
    """Return the words under which a name is found: D'Angelo also as dangelo, Gal·la as galla."""
    return words(name) + ["".join(words(found)) for found in _JOINED.findall(name)]


def prefixes(name: str) -> set[str]:
    """Return the beginnings, 2 to 6 letters, of every word of a name."""
    return {word[:size] for word in name_words(name) for size in range(SHORTEST, min(len(word), LONGEST) + 1)}

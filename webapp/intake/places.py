"""Where in a questionnaire an address leads: groups and questions are called by health words, and an address is kept.

Logs and histories of browsers see addresses. So a name stands there as a code of this clinic's own.
"""

from collections.abc import Iterable

from django.http import Http404
from django.utils.crypto import salted_hmac

from webapp.intake.facts import Book

LENGTH = 10


def code_of(name: str) -> str:
    """Return what stands for a name in addresses: the same in every process, and nothing one could read."""
    return salted_hmac("intake.places", name).hexdigest()[:LENGTH]


class Code(str):
    """A code that came out of an address, and goes into one as it is: of another language, for one."""

    __slots__ = ()


class Place:
    """The part of an address that names a group or a question; the view finds out which of its questionnaire's."""

    regex = f"[0-9a-f]{{{LENGTH}}}"

    def to_python(self, value: str) -> Code:
        return Code(value)

    def to_url(self, value: str) -> str:
        return str(value) if isinstance(value, Code) else code_of(value)


def group_at(book: Book, code: str) -> str:
    """Return the name of a group; raise Http404 where the questionnaire has none of this code."""
    return _named((group.name for group in book.questionnaire.groups), code)


def item_at(book: Book, code: str) -> str:
    """Return the name of a question; raise Http404 where the questionnaire has none of this code."""
    return _named((one.item for group in book.questionnaire.groups for one in group.questions), code)


def _named(names: Iterable[str], code: str) -> str:
    found = next((name for name in names if code_of(name) == code), None)
    if found is None:
        raise Http404
    return found

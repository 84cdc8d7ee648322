"""Where in a questionnaire an address leads: groups and questions stand there by their codes."""

from collections.abc import Iterable

from django.http import Http404

from webapp.base.codes import REGEX, code_of, named
from webapp.intake.facts import Book


class Code(str):
    """A code that came out of an address, and goes into one as it is: of another language, for one."""

    __slots__ = ()


class Place:
    """The part of an address that names a group or a question; the view finds out which of its questionnaire's."""

    regex = REGEX

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
    found = named(names, code)
    if found is None:
        raise Http404
    return found

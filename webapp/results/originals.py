"""The original of a report as pictures of its pages, drawn by a program of its own: a stranger made the file."""

from dataclasses import dataclass

from webapp.patients.filed import content_of
from webapp.patients.inspecting import inspect
from webapp.patients.models import Binary, DocumentReference
from webapp.patients.uploads import EXTENSION

MOST_PAGES = 20
Type = Binary.ContentType
PICTURES = (Type.JPEG, Type.PNG)


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    content_type: str

    @property
    def ending(self) -> str:
        return EXTENSION[Type(self.content_type)]


def pages_of(document: DocumentReference) -> int:
    """Return how many pages of a file can be shown, 0 for a kind that cannot; at most MOST_PAGES."""
    kind = document.content.content_type
    if kind in PICTURES:
        return 1
    if kind != Type.PDF:
        return 0
    count, _nothing = inspect("page", content_of(document).content, "0")
    return min(int(count), MOST_PAGES) if count.isdecimal() else 0


def picture_of(document: DocumentReference, number: int) -> Picture | None:
    """Return one page, counted from 1; None for a page there is not and for a file nobody can draw."""
    kind = document.content.content_type
    if kind in PICTURES:
        return Picture(content_of(document).content, kind) if number == 1 else None
    if kind != Type.PDF or not 1 <= number <= MOST_PAGES:
        return None
    _count, drawn = inspect("page", content_of(document).content, str(number))
    return Picture(drawn, Type.PNG) if drawn else None

"""From a tree of text to the form of its kind: every slip of the file at once, each at its line."""

from collections.abc import Iterable
from typing import Any

from engine.errors import Place, Problem
from engine.language.forms import FOLDERS, FORMS
from engine.language.forms_base import Form
from engine.language.reader import Block, Node
from engine.language.spelling import nearest


class Problems:
    """Collects findings while the work goes on."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.notes: list[Problem] = []  # what was not looked into: nothing is wrong

    def add(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note one finding."""
        self.found.append(Problem(place, code, message, hint))

    def note(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note what the checker could not look into."""
        self.notes.append(Problem(place, code, message, hint))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note the findings of another."""
        self.found.extend(problems)


def kind_of(block: Block, file: str, problems: Problems) -> str | None:
    """Return the kind of a file (its first key), noting it if the file says none or another than its folder."""
    kind = next((key for key in block if key in FORMS), None)
    place = Place(file, 1, 1)
    if kind is None:
        first = next(iter(block), "")
        hint = nearest(first, FORMS) or f"Start the file with one of: {', '.join(f'{name}:' for name in FORMS)}."
        problems.add(block.keys_at.get(first, place), "P010", f'"{first}" is no kind of file', hint)
        return None
    folder = file.split("/", 1)[0]
    if folder in FOLDERS and FOLDERS[folder] != kind:
        message = f"a {kind} stands in the folder {folder}"
        problems.add(block.keys_at[kind], "P015", message, "Move it to the folder of its kind.")
    return kind


def form_of(block: Block, file: str, problems: Problems) -> Form | None:
    """Return the checked form of a file, or None with every slip noted."""
    kind = kind_of(block, file, problems)
    return None if kind is None else shaped(FORMS[kind], block, problems)


def shaped(model: type[Any], block: Node, problems: Problems) -> Any:
    """Return a block as the shape ``model``, or None with every slip noted at its line."""
    found: list[Problem] = []
    made = model.read(block, block.place, found)
    problems.extend(found)
    return None if found else made

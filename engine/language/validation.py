"""From a tree of text to the form of its kind: every slip of the file at once, each at its line."""

import difflib
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from engine.errors import Place, Problem
from engine.language.forms import FOLDERS, FORMS
from engine.language.forms_base import Form
from engine.language.reader import Block, Listing, Node, Word
from engine.language.shapes import Shape

LATER = ("invariants",)  # authored beside the rest, read by parts of their own


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


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "Did you mean ...?" for the known name most like ``name``, or an empty text."""
    found = _closest(name.casefold().replace("-", "_"), frozenset(known))
    return f"Did you mean {found}?" if found else ""


@lru_cache(maxsize=4096)
def _closest(plain: str, known: frozenset[str]) -> str | None:
    alike = (option for option in known if abs(len(option) - len(plain)) <= 2 + len(plain) // 3)
    folded = {option.casefold().replace("-", "_"): option for option in sorted(alike)}
    found = difflib.get_close_matches(plain, list(folded), n=1, cutoff=0.7)
    return folded[found[0]] if found else None


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
    try:
        return model.model_validate(block)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            problems.found.append(_problem(model, block, dict(found)))
        return None


def _problem(model: type[BaseModel], block: Node, found: dict[str, Any]) -> Problem:
    loc = tuple(found["loc"])
    node, place, key = _walk(block, loc)
    if found["type"] == "pauta":
        code, message, hint = str(found["msg"]).split("|", 2)
        return Problem(place, code, message, hint)
    if found["type"] == "missing":
        message = f'the key "{loc[-1]}" is missing here'
        return Problem(_first(node, place), "P012", message, "The reference lists what each block needs.")
    if found["type"] == "extra_forbidden":
        return _unknown_key(model, loc, _key_place(block, loc, place), key)
    if found["type"] == "too_short":
        return Problem(place, "P013", "this list is empty", "Give it at least one entry, each after a dash.")
    if found["type"] in {"list_type", "dict_type"}:
        what = "a list" if found["type"] == "list_type" else "a block of keys"
        hint = "Write each entry after a dash." if what == "a list" else "Write key: value, one a line."
        return Problem(place, "P013", f"{what} is expected here", hint)
    return Problem(place, "P013", f"this has the wrong shape: {found['msg']}")


def _unknown_key(model: type[BaseModel], loc: tuple[Any, ...], place: Place, key: str) -> Problem:
    owner = _model_at(model, loc[:-1])
    known = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
    hint = nearest(key, known) or f"It may hold: {', '.join(known)}."
    if owner is not None and {"es", "en"} == set(known):
        hint = "Quote the text: it holds a comma, which begins a new key inside { }."
    return Problem(place, "P011", f'the key "{key}" is not known here', hint)


def _walk(node: Node, loc: tuple[Any, ...]) -> tuple[Node, Place, str]:
    """Return the node a pydantic location leads to; parts that are not in the tree (types, [key]) are passed over."""
    place, key = node.place, ""
    for part in loc:
        if isinstance(node, Block) and str(part) in node:
            key = str(part)
            place = node.keys_at[key]
            node = node[key]
            if isinstance(node, Word) and node:
                place = node.place
        elif isinstance(node, Listing) and isinstance(part, int) and part < len(node):
            node = node[part]
            place = node.place
    return node, place, key


def _key_place(node: Node, loc: tuple[Any, ...], place: Place) -> Place:
    owner, _, _ = _walk(node, loc[:-1])
    return owner.keys_at.get(str(loc[-1]), place) if isinstance(owner, Block) else place


def _first(node: Node, place: Place) -> Place:
    return node.place if isinstance(node, Block) else place


def _model_at(model: type[BaseModel], loc: tuple[Any, ...]) -> type[BaseModel] | None:
    """Return the shape whose block a location leads to, for hints."""
    current: Any = model
    for part in loc:
        shape = _shape_in(current)
        if shape is None:
            return None
        field = next((f for name, f in shape.model_fields.items() if (f.alias or name) == part), None)
        current = field.annotation if field is not None else current
    return _shape_in(current)


def _shape_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    inner: Callable[[Any], Any] = _shape_in
    return next((shape for part in get_args(annotation) if (shape := inner(part)) is not None), None)

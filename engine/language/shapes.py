"""The shapes of blocks in authored files, declared as classes: ``name: Type`` is a key, a default makes it optional.

A block is read key by key, and every slip of it is noted where it stands.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, ClassVar, Union, cast, get_args, get_origin

from engine.errors import NOWHERE, Place, Problem
from engine.facts import Text
from engine.language.reader import Block, Keys, Listing, Node, Word
from engine.language.scalars import Scalar, Str, WrongValue
from engine.language.spelling import nearest

Where = Word | Place  # the key a value stands under, or a place
Read = Callable[[Node, Where, list[Problem]], Any]
REQUIRED: Any = object()
_NO_BLOCK = Block(NOWHERE)  # of a shape that was made and not read


@dataclass(frozen=True, slots=True)
class Written:
    """Marks a field whose key is a word of Python: ``in_: Annotated[Names, Written("in")]``."""

    key: str


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """Marks a list or block that has at least one entry."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a shape: the attribute it becomes, its type, what it is if not written, and how it is read."""

    name: str
    annotation: Any
    default: Any
    read: Read

    @property
    def key(self) -> str:
        """Return the key as authors write it."""
        return next((mark.key for mark in marks(self.annotation) if isinstance(mark, Written)), self.name)


class Shape:
    """A block of keys: unknown keys are refused, and it remembers where it stands."""

    fields: ClassVar[dict[str, Field]] = {}
    needed: ClassVar[tuple[str, ...]] = ()
    _block: Block = _NO_BLOCK

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = (_field(cls, name, kind) for name, kind in inspect.get_annotations(cls).items())
        cls.fields = {**cls.fields, **{field.key: field for field in own}}
        cls.needed = tuple(key for key, field in cls.fields.items() if field.default is REQUIRED)

    @classmethod
    def read(cls, node: Node, where: Where, found: list[Problem]) -> Any:
        """Return the block as this shape, with every slip added to ``found``: if there is any, it is not whole."""
        if not isinstance(node, Block):
            hint = f"It may hold: {', '.join(cls.fields)}."
            found.append(Problem(_place(node, where), "P013", "a block of keys is expected here", hint))
            return None
        made = cls.__new__(cls)
        made._block = node
        values, words = made.__dict__, node.keys_at.words
        for key, value in node.items():
            field = cls.fields.get(key)
            if field is None:
                found.append(cls._unknown(key, node.keys_at[key]))
            else:
                values[field.name] = field.read(value, words[key], found)
        for key in cls.needed:
            if key not in node:
                hint = "The reference lists what each block needs."
                found.append(Problem(node.place, "P012", f'the key "{key}" is missing here', hint))
        return made

    @classmethod
    def _unknown(cls, key: str, place: Place) -> Problem:
        hint = nearest(key, cls.fields) or f"It may hold: {', '.join(cls.fields)}."
        if set(cls.fields) == {"es", "en"}:
            hint = "Quote the text: it holds a comma, which begins a new key inside { }."
        return Problem(place, "P011", f'the key "{key}" is not known here', hint)

    @property
    def place(self) -> Place:
        """Return where the block begins."""
        return self._block.place

    def at(self, key: str) -> Place:
        """Return where one of its keys stands, or the block if the key is not written."""
        return self._block.keys_at.get(key, self._block.place)

    @property
    def written(self) -> Keys:
        """Return the keys the author wrote, with their places."""
        return self._block.keys_at

    def wrote(self, key: str) -> bool:
        """Return whether the author wrote this key."""
        return key in self._block.keys_at


def _field(cls: type, name: str, annotation: Any) -> Field:
    return Field(name, annotation, cls.__dict__.get(name, REQUIRED), _reader(annotation))


def marks(annotation: Any) -> tuple[Any, ...]:
    """Return what stands beside a type in ``Annotated``."""
    return get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()


def plain_type(annotation: Any) -> tuple[Any, bool]:
    """Return a type without ``| None`` and its field's marks (a Scalar stays), and whether it may be None."""
    if get_origin(annotation) is Annotated and not any(isinstance(mark, Scalar) for mark in marks(annotation)):
        return plain_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next(part for part in get_args(annotation) if part is not type(None)), True
    return annotation, False


def _reader(annotation: Any) -> Read:
    if annotation is Any:
        return _as_written
    kind, _ = plain_type(annotation)
    inside = get_args(kind)
    if get_origin(kind) is list:
        read = _list_of(_reader(inside[0]))
    elif get_origin(kind) is dict:
        read = _block_of(_scalar_of(inside[0]), _reader(inside[1]))
    elif isinstance(kind, type):
        read = kind.read  # type: ignore[attr-defined]
    else:
        read = _scalar(_scalar_of(kind))
    return _not_empty(read) if NotEmpty() in marks(annotation) else read


def _scalar_of(kind: Any) -> Scalar:
    return next(mark for mark in marks(kind) if isinstance(mark, Scalar))


def _as_written(node: Node, where: Where, found: list[Problem]) -> Any:
    return node


def _scalar(scalar: Scalar) -> Read:
    read_value = scalar.read

    def read(node: Node, where: Where, found: list[Problem]) -> Any:
        try:
            return read_value(node)
        except WrongValue as wrong:
            found.append(Problem(_place(node, where), wrong.code, wrong.message, wrong.hint))

    return read


def _list_of(entry: Read) -> Read:
    def read(node: Node, where: Where, found: list[Problem]) -> Any:
        if isinstance(node, Listing):
            return [entry(part, part if isinstance(part, Word) else part.place, found) for part in node]
        hint = "Write each entry after a dash."
        found.append(Problem(_place(node, where), "P013", "a list is expected here", hint))
        return []

    return read


def _block_of(name: Scalar, entry: Read) -> Read:
    read_name = name.read

    def read(node: Node, where: Where, found: list[Problem]) -> Any:
        if not isinstance(node, Block):
            hint = "Write key: value, one a line."
            found.append(Problem(_place(node, where), "P013", "a block of keys is expected here", hint))
            return {}
        words = node.keys_at.words
        made = {}
        for key, value in node.items():
            try:
                named = read_name(cast("Word", key))
            except WrongValue as wrong:
                found.append(Problem(_place(value, words[key]), wrong.code, wrong.message, wrong.hint))
                named = key
            made[named] = entry(value, words[key], found)
        return made

    return read


def _not_empty(whole: Read) -> Read:
    def read(node: Node, where: Where, found: list[Problem]) -> Any:
        made = whole(node, where, found)
        if isinstance(node, Block | Listing) and not node:
            place = _place(node, where)
            found.append(Problem(place, "P013", "this list is empty", "Give it at least one entry, each after a dash."))
        return made

    return read


def _place(node: Node, where: Where) -> Place:
    """Return where a slip is shown: at the text as written, else at the key it stands under."""
    if isinstance(node, Word) and node:
        return node.place
    return where if isinstance(where, Place) else where.place


class Words(Shape):
    """A text for people, in both languages."""

    es: Str
    en: Str

    def text(self) -> Text:
        return {"es": self.es, "en": self.en}


def text_of(words: Words | None) -> Text | None:
    """Return the text of both languages, or None."""
    return None if words is None else words.text()

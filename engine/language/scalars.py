"""The types of single values in authored files: one definition for the reader, the editor's schema and the manual.

Every scalar arrives as text (`reader.Word`); these types give it its meaning, and say so when it has none.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from engine import units
from engine.errors import PautaError
from engine.language.reader import Block, Listing, Node, Word

NAME = r"[a-z][a-z0-9_]*"
_NAME = re.compile(NAME)
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_VERSION = re.compile(r"(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})", re.ASCII)
_WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,8})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


class WrongValue(Exception):
    """A value that is not of its type; whoever reads the block around it knows the place."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """How a value is read (raising WrongValue), and what an editor may know of it: ``Annotated[str, Scalar(...)]``."""

    read: Callable[[Node], Any]
    schema: dict[str, Any]


def _word(value: Node) -> Word:
    if isinstance(value, Word):
        if value.isspace() or not value:
            raise WrongValue("P013", "a value is missing here", "Write it, or leave the key out.")
        return value
    what = "a list" if isinstance(value, Listing) else "a block of keys"
    hint = "Quote the text if it holds a comma, a colon or brackets."
    raise WrongValue("P013", f"{what} stands where a text is expected", hint)


def _text(value: Node) -> str:
    return _word(value).strip()


def _key_text(value: Node) -> str:
    text = str(value).strip()
    if not text:
        raise WrongValue("P017", "a key is empty", "Write a word before the colon.")
    return text


def _named(text: str) -> None:
    if not _NAME.fullmatch(text):
        hint = "Names are small letters, digits and _, and begin with a letter."
        raise WrongValue("P014", f'"{text[:40]}" is not a name', hint)


def _name(value: Node) -> str:
    text = str(value) if isinstance(value, str) else _text(value)
    _named(text)
    return text


def _located_name(value: Node) -> Word:
    found = _word(value)
    _named(found)
    return found


def _key(value: Node) -> str:
    text = str(value) if isinstance(value, str) else _text(value)
    if not _KEY.fullmatch(text):
        raise WrongValue("P014", f'"{text[:40]}" is not a name', "Names of sources are letters, digits, -, . and _.")
    return text


def _flag(value: Node) -> bool:
    text = _word(value)
    if text not in _YES_NO:
        raise WrongValue("P014", f'"{text[:20]}" is neither yes nor no', "Write yes or no.")
    return _YES_NO[text]


def _whole(value: Node) -> int:
    text = _text(value)
    if not _WHOLE.fullmatch(text):
        raise WrongValue("P014", f'"{text[:20]}" is not a whole number', "Write for example 14.")
    return int(text)


def _day(value: Node) -> date:
    text = _text(value)
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise WrongValue("P018", f'"{text[:20]}" is not a date', "Write it as 2026-01-31.") from None


def _version(value: Node) -> Word:
    text = _word(value)
    if not _VERSION.fullmatch(text):
        raise WrongValue("P019", f'"{text[:20]}" is not a version', "Write three numbers: 1.2.0.")
    return text


def _measured(reader: Callable[[str], Any]) -> Callable[[Node], Any]:
    """Return a reader of a number, range or duration that passes its message on."""

    def read(value: Node) -> Any:
        try:
            return reader(_text(value))
        except PautaError as error:
            raise WrongValue(error.code, str(error)[5:], error.hint) from None

    return read


def _condition(value: Node) -> Node:
    if isinstance(value, Block):
        return value
    if isinstance(value, Listing):
        raise WrongValue("P123", "a list of conditions stands alone", "Put it under all: or any:.")
    return _word(value)


def _span(value: Node) -> Any:
    if isinstance(value, Listing):
        if len(value) == 2 and all(isinstance(end, Word) for end in value):
            return _measured(units.span)(Word(" .. ".join(str(end) for end in value)))
        raise WrongValue("P013", "a range has two ends", "Write it as 0 .. 10.")
    return _measured(units.span)(value)


def among(*allowed: str) -> Scalar:
    """Return the type of a text that is one word of a closed list."""
    known = frozenset(allowed)

    def check(value: Node) -> str:
        text = _text(value)
        if text not in known:
            message = f'"{text[:40]}" is not one of {", ".join(allowed)}'
            raise WrongValue("P014", message, "Use one of these words.")
        return text

    return Scalar(check, {"type": "string", "enum": list(allowed)})


def _schema(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, **more}


_NUMBER_LIKE = {"type": ["string", "number"]}
_ANY_TEXT = {"type": ["string", "number", "boolean"]}


def _block_schema(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "required": list(properties), "properties": properties, "additionalProperties": False,
    }  # fmt: skip


_CONDITION_SCHEMA = {
    "description": "An expression, or a block with all, any, not, or at_least with of.",
    "oneOf": [
        {"type": ["string", "boolean"]},
        _block_schema(all={"type": "array"}),
        _block_schema(any={"type": "array"}),
        _block_schema(**{"not": {}}),
        _block_schema(at_least={"type": "integer", "minimum": 1}, of={"type": "array"}),
    ],
}

Str = Annotated[str, Scalar(_text, _NUMBER_LIKE)]
Key = Annotated[str, Scalar(_key_text, _schema("string"))]
Located = Annotated[Word, Scalar(_word, _ANY_TEXT)]
Identifier = Annotated[str, Scalar(_name, _schema("string", pattern=f"^{NAME}$"))]
LocatedName = Annotated[Word, Scalar(_located_name, _schema("string", pattern=f"^{NAME}$"))]
SourceKey = Annotated[str, Scalar(_key, _schema("string"))]
Flag = Annotated[bool, Scalar(_flag, {"enum": [True, False, "yes", "no"]})]
Whole = Annotated[int, Scalar(_whole, _schema("integer"))]
Day = Annotated[date, Scalar(_day, _schema("string", format="date"))]
Version = Annotated[Word, Scalar(_version, _schema("string", pattern=r"^\d+\.\d+\.\d+$"))]
Decimal = Annotated[Any, Scalar(_measured(units.number), _NUMBER_LIKE)]
Factor = Annotated[Any, Scalar(_measured(units.factor), _NUMBER_LIKE)]
Span = Annotated[Any, Scalar(_span, _schema("string", pattern=r"\.\."))]
Days = Annotated[int, Scalar(_measured(units.days), _schema("string", description="a duration: 8 weeks"))]
Quantity = Annotated[Any, Scalar(_measured(units.amount), _NUMBER_LIKE)]
Condition = Annotated[Any, Scalar(_condition, _CONDITION_SCHEMA)]

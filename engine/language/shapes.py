"""The types of values in authored files: one definition for the reader, the editor's schema and the manual.

Every scalar arrives as text (`reader.Word`); these types give it its meaning, and say so when it has none.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PlainValidator,
    PrivateAttr,
    WithJsonSchema,
)
from pydantic import model_validator as validates_model
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from engine import units
from engine.errors import NOWHERE, PautaError, Place
from engine.facts import Text
from engine.language.reader import Block, Keys, Listing, Node, Word

NAME = r"[a-z][a-z0-9_]*"
_NAME = re.compile(NAME)
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_VERSION = re.compile(r"(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})", re.ASCII)
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


def wrong(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """Return a problem with one of our codes, for a validator to raise; pydantic knows the place."""
    return PydanticCustomError("pauta", "{code}|{message}|{hint}", {"code": code, "message": message, "hint": hint})


def _word(value: object) -> Word:
    if isinstance(value, Word):
        if not value.strip():
            raise wrong("P013", "a value is missing here", "Write it, or leave the key out.")
        return value
    if isinstance(value, Listing | Block):
        what = "a list" if isinstance(value, Listing) else "a block of keys"
        hint = "Quote the text if it holds a comma, a colon or brackets."
        raise wrong("P013", f"{what} stands where a text is expected", hint)
    raise wrong("P013", "a text is expected")


def _text(value: object) -> str:
    return str(_word(value)).strip()


def _key_text(value: object) -> str:
    text = str(value).strip()
    if not text:
        raise wrong("P017", "a key is empty", "Write a word before the colon.")
    return text


def _name(value: object) -> str:
    text = str(value) if isinstance(value, str) else _text(value)
    if not _NAME.fullmatch(text):
        raise wrong(
            "P014", f'"{text[:40]}" is not a name', "Names are small letters, digits and _, and begin with a letter."
        )
    return text


def _located_name(value: object) -> Word:
    _name(_word(value))
    return _word(value)


def _key(value: object) -> str:
    text = str(value) if isinstance(value, str) else _text(value)
    if not _KEY.fullmatch(text):
        raise wrong("P014", f'"{text[:40]}" is not a name', "Names of sources are letters, digits, -, . and _.")
    return text


def _flag(value: object) -> bool:
    text = _word(value)
    if text not in _YES_NO:
        raise wrong("P014", f'"{text[:20]}" is neither yes nor no', "Write yes or no.")
    return _YES_NO[text]


def _whole(value: object) -> int:
    text = _text(value)
    if not re.fullmatch(r"[+-]?(0|[1-9]\d{0,8})", text, re.ASCII):
        raise wrong("P014", f'"{text[:20]}" is not a whole number', "Write for example 14.")
    return int(text)


def _day(value: object) -> date:
    text = _text(value)
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise wrong("P018", f'"{text[:20]}" is not a date', "Write it as 2026-01-31.") from None


def _version(value: object) -> Word:
    text = _word(value)
    if not _VERSION.fullmatch(text):
        raise wrong("P019", f'"{text[:20]}" is not a version', "Write three numbers: 1.2.0.")
    return text


def _measured(reader: Any) -> Any:
    """Return a validator that reads a number, range or duration and passes its message on."""

    def read(value: object) -> Any:
        try:
            return reader(_text(value))
        except PautaError as error:
            raise wrong(error.code, str(error)[5:], error.hint) from None

    return read


def _condition(value: object) -> Node:
    if isinstance(value, Block):
        return value
    if isinstance(value, Listing):
        raise wrong("P123", "a list of conditions stands alone", "Put it under all: or any:.")
    return _word(value)


def _span(value: object) -> Any:
    if isinstance(value, Listing):
        if len(value) == 2 and all(isinstance(end, Word) for end in value):
            return _measured(units.span)(Word(" .. ".join(str(end) for end in value)))
        raise wrong("P013", "a range has two ends", "Write it as 0 .. 10.")
    return _measured(units.span)(value)


class Among:
    """Marks a text that is one word of a closed list: ``Annotated[str, Among("yes", "no")]``."""

    def __init__(self, *allowed: str) -> None:
        self.allowed = allowed

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.allowed)}

    def check(self, value: object) -> str:
        text = _text(value)
        if text not in self.allowed:
            raise wrong("P014", f'"{text[:40]}" is not one of {", ".join(self.allowed)}', "Use one of these words.")
        return text


def _schema(kind: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **more})


_NUMBER_LIKE = {"type": ["string", "number"]}
_CONDITION_SCHEMA = {
    "description": "An expression, or a block with all, any, not, or at_least with of.",
    "oneOf": [
        {"type": ["string", "boolean"]},
        {
            "type": "object",
            "required": ["all"],
            "properties": {"all": {"type": "array"}},
            "additionalProperties": False,
        },
        {
            "type": "object",
            "required": ["any"],
            "properties": {"any": {"type": "array"}},
            "additionalProperties": False,
        },
        {"type": "object", "required": ["not"], "properties": {"not": {}}, "additionalProperties": False},
        {
            "type": "object",
            "required": ["at_least", "of"],
            "properties": {"at_least": {"type": "integer", "minimum": 1}, "of": {"type": "array"}},
            "additionalProperties": False,
        },
    ],
}

Str = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": ["string", "number"]})]
Key = Annotated[str, PlainValidator(_key_text), WithJsonSchema({"type": "string"})]
Located = Annotated[Word, PlainValidator(_word), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Identifier = Annotated[str, PlainValidator(_name), _schema("string", pattern=f"^{NAME}$")]
LocatedName = Annotated[Word, PlainValidator(_located_name), _schema("string", pattern=f"^{NAME}$")]
SourceKey = Annotated[str, PlainValidator(_key), _schema("string")]
Flag = Annotated[bool, PlainValidator(_flag), WithJsonSchema({"enum": [True, False, "yes", "no"]})]
Whole = Annotated[int, PlainValidator(_whole), _schema("integer")]
Day = Annotated[date, PlainValidator(_day), _schema("string", format="date")]
Version = Annotated[Word, PlainValidator(_version), _schema("string", pattern=r"^\d+\.\d+\.\d+$")]
Decimal = Annotated[Any, PlainValidator(_measured(units.number)), WithJsonSchema(_NUMBER_LIKE)]
Factor = Annotated[Any, PlainValidator(_measured(units.factor)), WithJsonSchema(_NUMBER_LIKE)]
Span = Annotated[Any, PlainValidator(_span), _schema("string", pattern=r"\.\.")]
Days = Annotated[int, PlainValidator(_measured(units.days)), _schema("string", description="a duration: 8 weeks")]
Quantity = Annotated[Any, PlainValidator(_measured(units.amount)), WithJsonSchema(_NUMBER_LIKE)]
Condition = Annotated[Any, PlainValidator(_condition), WithJsonSchema(_CONDITION_SCHEMA)]


_NO_BLOCK = Block(NOWHERE)  # of a shape that was made and not read


class Shape(BaseModel):
    """A block of keys: unknown keys are refused, and it remembers where it stands."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    _block: Block = PrivateAttr(default_factory=lambda: _NO_BLOCK)

    @validates_model(mode="wrap")
    @classmethod
    def _located(cls, value: Any, handler: ModelWrapValidatorHandler["Shape"]) -> "Shape":
        if not isinstance(value, Block):
            raise wrong("P013", "a block of keys is expected here", f"It may hold: {', '.join(cls.model_fields)}.")
        made = handler(value)
        made._block = value
        return made

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


class Words(Shape):
    """A text for people, in both languages."""

    es: Str
    en: Str

    def text(self) -> Text:
        return {"es": self.es, "en": self.en}


def text_of(words: Words | None) -> Text | None:
    """Return the text of both languages, or None."""
    return None if words is None else words.text()

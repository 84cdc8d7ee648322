"""The strict reader: YAML events in, a tree of located text out. It never guesses a type.

Built on the parser's events, because composing resolves aliases before they can be refused and ends the process on
deep nesting. Scalars stay text: ``no``, ``on``, ``010`` and ``12:30`` mean what the schema says.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from engine.errors import Place, Problem

MAX_CHARACTERS, MAX_DEPTH = 400_000, 40
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a source, counted from 0, as the parser marks it."""

    line: int
    column: int
    index: int


class Word(str):
    """A scalar as written, with its place; ``plain`` is False if it was quoted or a block."""

    __slots__ = ("begin", "finish", "plain", "source")

    plain: bool
    source: "Source"
    begin: yaml.Mark | Mark
    finish: yaml.Mark | Mark

    @property
    def place(self) -> Place:
        """Return where it begins."""
        return Place(self.source.file, self.begin.line + 1, self.begin.column + 1)

    @property
    def start(self) -> int:
        """Return the index of its first character in the source."""
        return self.begin.index

    @property
    def end(self) -> int:
        """Return the index after its last character; the parser's mark may lie behind a line break."""
        if self.plain and self.begin.line == self.finish.line:
            return self.begin.index + len(self)
        return self.finish.index

    def at(self, offset: int) -> Place:
        """Return the place of one of its characters, over line breaks, indentation and quotes."""
        if self.plain and self.begin.line == self.finish.line:
            return Place(self.source.file, self.begin.line + 1, self.begin.column + 1 + offset)
        return self.source.place(_index_of(self, offset))


class Keys(Mapping[str, Place]):
    """Where each key of a block stands."""

    def __init__(self) -> None:
        self.words: dict[str, Word | Place] = {}

    def __getitem__(self, key: str) -> Place:
        found = self.words[key]
        return found if isinstance(found, Place) else found.place

    def __setitem__(self, key: str, where: Word | Place) -> None:
        self.words[key] = where

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, key: object) -> bool:
        return key in self.words


class Block(dict[str, "Node"]):
    """A mapping with the place of each key; ``place`` is that of its first character."""

    __slots__ = ("keys_at", "place")

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.keys_at = Keys()


class Listing(list["Node"]):
    """A list with its place; ``flow`` says that it was written in brackets."""

    __slots__ = ("flow", "place")

    def __init__(self, place: Place, *, flow: bool) -> None:
        super().__init__()
        self.place, self.flow = place, flow


Node = Word | Block | Listing


@dataclass(frozen=True)
class Source:
    """A file as written."""

    file: str
    text: str

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Return where the lines begin; they end as YAML ends them."""
        return (0, *(found.end() for found in re.finditer("\r\n|[\n\r\x85\u2028\u2029]", self.text)))

    def place(self, index: int) -> Place:
        """Return line and column of a character."""
        low, high = 0, len(self.starts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.starts[middle] <= index else (low, middle - 1)
        return Place(self.file, low + 1, index - self.starts[low] + 1)


class ReadError(Exception):
    """The first thing that keeps a file from being read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def word(text: str, place: Place) -> Word:
    """Return a word that stands nowhere in particular (made by tests and by other readers)."""
    made = Word(text)
    made.plain, made.source = True, Source(place.file, text)
    line, column = max(place.line, 1) - 1, max(place.column, 1) - 1
    made.begin, made.finish = Mark(line, column, 0), Mark(line, column + len(text), len(text))
    return made


def read(file: str, text: str) -> Block:
    """Return the one mapping a file holds; raise ReadError at the first thing that cannot be read."""
    text = text.removeprefix("\ufeff")
    source = Source(file, text)
    _refuse_text(source)
    builder = _Builder(source)
    try:
        next_event = yaml.CSafeLoader(text).get_event  # yaml.parse asks twice for each of some sixty thousand
        while (event := next_event()) is not None:
            if (handle := _HANDLERS.get(type(event))) is not None:
                handle(builder, event)
    except yaml.MarkedYAMLError as error:
        raise ReadError(_syntax(error, source)) from None
    except yaml.YAMLError as error:
        raise ReadError(Problem(Place(file, 1, 1), "P001", f"the text is not YAML: {error}")) from None
    return builder.document()


def _refuse_text(source: Source) -> None:
    if len(source.text) > MAX_CHARACTERS:
        message = f"the file holds more than {MAX_CHARACTERS} characters"
        raise ReadError(Problem(Place(source.file, 1, 1), "P002", message, "Split it into several files."))
    if found := _UNREADABLE.search(source.text):
        message = "a control character stands here" if found[0] < "\ud800" else "this character cannot be read"
        raise ReadError(Problem(source.place(found.start()), "P009", message, "Save the file as UTF-8 text."))


_TABS = "Indent with spaces, not with tabs."
_HINTS = (
    ("could not find expected ':'", "A key needs a colon, and a long text an indented line or quotes."),
    ("mapping values are not allowed", "Quote the text: it holds a colon followed by a space."),
    ("tab character", _TABS),
    ("cannot start any token", "A text cannot begin with this sign: quote it; expressions never begin with it."),
    ("expected ',' or ']'", "Brackets [ ] do not match, or an expression stands in a flow list: use a list of dashes."),
    ("expected ',' or '}'", "Braces { } do not match, or a text holds a quote or a colon: quote the whole text."),
    ("unexpected end of stream", "A quote or bracket is opened and never closed."),
    ("expected <block end>", "The indentation differs from the lines above."),
    (
        "did not find expected key",
        "The indentation differs from the lines above, or a quoted text goes on after its quote.",
    ),
)


def _syntax(error: yaml.MarkedYAMLError, source: Source) -> Problem:
    opened = "quoted scalar" in (error.context or "") or "flow" in (error.context or "")
    mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
    place = Place(source.file, mark.line + 1, mark.column + 1) if mark else Place(source.file, 1, 1)
    said = (error.problem or error.context or "the text cannot be read").strip()
    if "undefined alias" in said:
        return Problem(place, "P004", "an alias (*) is used", "Write the text out.")
    if "duplicate anchor" in said:
        return Problem(place, "P004", "an anchor (&) is used", "Write the text out.")
    hint = _seen(said, mark, source.text) if mark else ""
    hint = hint or next((hint for part, hint in _HINTS if part in said), "")
    rest = "The rest of this file was not read."
    return Problem(place, "P001", f"the text is not YAML here: {said}", f"{hint} {rest}".strip())


def _seen(said: str, mark: Any, text: str) -> str:
    """Return what the text at the mark tells better than the parser's words."""
    before = text[mark.index - mark.column : mark.index]
    if text[mark.index : mark.index + 1] == "\t":
        return _TABS
    is_key = "mapping values" in said and re.fullmatch(r" *(- +)?\w+", before) is not None
    return "The indentation differs from the lines above." if is_key else ""


def _start(event: Any, file: str) -> Place:
    mark: yaml.Mark = event.start_mark
    return Place(file, mark.line + 1, mark.column + 1)


class _Builder:
    """Builds the tree from events with a stack of its own: nesting can never exhaust Python's."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.open: list[Block | Listing] = []
        self.keys: list[Word | None] = []  # the key waiting for its value, one entry a level
        self.root: Node | None = None
        self.documents = 0

    def alias(self, event: yaml.AliasEvent) -> None:
        hint = "Write the text out, or name it under `define`."
        self.refuse(_start(event, self.source.file), "P004", "an alias (*) is used", hint)

    def scalar(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self.refuse_marks(event)
        made = Word(event.value)
        made.plain, made.source = not event.style, self.source
        made.begin, made.finish = event.start_mark, event.end_mark
        if self.keys and (key := self.keys[-1]) is not None:  # the value of a key, as most are
            self.open[-1][key] = made  # type: ignore[call-overload]
            self.keys[-1] = None
        else:
            self.add(made)

    def mapping(self, event: yaml.MappingStartEvent) -> None:
        self.refuse_marks(event)
        self.push(Block(_start(event, self.source.file)))

    def sequence(self, event: yaml.SequenceStartEvent) -> None:
        self.refuse_marks(event)
        self.push(Listing(_start(event, self.source.file), flow=bool(event.flow_style)))

    def close(self, event: yaml.Event) -> None:
        self.open.pop()
        self.keys.pop()

    def start_document(self, event: yaml.Event) -> None:
        self.documents += 1
        if self.documents > 1:
            place = _start(event, self.source.file)
            self.refuse(place, "P008", "a second document begins here", "One file holds one document: remove `---`.")

    def refuse(self, place: Place, code: str, message: str, hint: str) -> None:
        raise ReadError(Problem(place, code, message, hint))

    def refuse_marks(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            hint = "Write the text out, or name it under `define`."
            self.refuse(_start(event, self.source.file), "P004", "an anchor (&) is used", hint)
        if getattr(event, "tag", None) is not None:
            hint = "Leave it out: the schema says what each value is."
            self.refuse(_start(event, self.source.file), "P005", "a tag (!) is used", hint)

    def push(self, node: Block | Listing) -> None:
        if len(self.open) >= MAX_DEPTH:
            hint = "Give the inner condition a name under `define`."
            self.refuse(node.place, "P003", f"more than {MAX_DEPTH} blocks are nested here", hint)
        self.add(node)
        self.open.append(node)
        self.keys.append(None)

    def add(self, node: Node) -> None:
        if not self.open:
            self.root = node
        elif isinstance(parent := self.open[-1], Listing):
            parent.append(node)
        elif (key := self.keys[-1]) is None:
            self.keys[-1] = self.key(parent, node)
        else:
            parent[key] = node
            self.keys[-1] = None

    def key(self, parent: Block, node: Node) -> Word:
        if not isinstance(node, Word):
            message = "a block or list stands where a key is expected"
            raise ReadError(Problem(node.place, "P017", message, _COMMA_HINT))
        key = node
        if key == "<<" and key.plain:
            self.refuse(key.place, "P006", "a merge key (<<) is used", "Write the keys out.")
        words = parent.keys_at.words
        if key in words:
            first = parent.keys_at[key]
            self.refuse(key.place, "P007", f'the key "{key}" stands twice', f"It stands first in line {first.line}.")
        words[key] = key
        return key

    def document(self) -> Block:
        if isinstance(self.root, Block):
            return self.root
        place = Place(self.source.file, 1, 1)
        if self.root is None:
            raise ReadError(
                Problem(place, "P008", "the file is empty", "Start it with its kind, for example protocol:")
            )
        message = "the file does not hold a block of keys"
        raise ReadError(Problem(self.root.place, "P013", message, "Start it with its kind, for example protocol:"))


_HANDLERS: dict[type, Callable[[_Builder, Any], None]] = {
    yaml.AliasEvent: _Builder.alias,
    yaml.DocumentStartEvent: _Builder.start_document,
    yaml.ScalarEvent: _Builder.scalar,
    yaml.MappingStartEvent: _Builder.mapping,
    yaml.SequenceStartEvent: _Builder.sequence,
    yaml.MappingEndEvent: _Builder.close,
    yaml.SequenceEndEvent: _Builder.close,
}
_COMMA_HINT = "In { } and [ ] quote a text that holds commas, colons or brackets."


def _index_of(scalar: Word, offset: int) -> int:
    """Return where in the file the character ``offset`` of a scalar stands.

    The characters that are no blanks are the same sequence in value and source, whatever the style, as long as
    no escape is used; so both are walked together.
    """
    source = scalar.source.text
    body = _body(scalar)
    seen = sum(1 for sign in str(scalar)[:offset] if not sign.isspace())
    blank = offset < len(scalar) and scalar[offset].isspace()
    last = scalar.start
    for index in body:
        if source[index].isspace():
            continue
        if seen == 0 and not blank:
            return index
        if seen == 0:
            break
        last = index + 1
        seen -= 1
    return last


def _body(scalar: Word) -> Iterator[int]:
    """Yield the indexes of the source that hold the scalar's own text: without quotes and block header."""
    source, start = scalar.source.text, scalar.start
    if scalar.plain:
        yield from range(start, min(scalar.end, len(source)))
    elif source[start] in "|>":
        begin = source.find("\n", start) + 1
        yield from range(begin or start, min(scalar.end, len(source)))
    else:
        yield from _unquoted(source, start + 1, scalar.end - 1)


def _unquoted(source: str, start: int, end: int) -> Iterator[int]:
    index = start
    while index < min(end, len(source)):
        yield index
        index += 2 if source[start - 1] == "'" and source[index : index + 2] == "''" else 1

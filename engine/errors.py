"""Problems found in authored text or in a case: a code, a place, what is wrong and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: line and column count from 1; line 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding of the checker, printed as ``file:line:column: code message`` and a hint."""

    place: Place
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        head = f"{self.place}: {self.code} {self.message}"
        return f"{head}\n    {self.hint}" if self.hint else head


class PautaError(ValueError):
    """Something the reader of a file or the sender of a case can mend; carries a documented code."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"{code} {message}")
        self.code, self.message, self.hint = code, message, hint


class LibraryError(PautaError):
    """A library that does not check; ``problems`` holds every finding, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("P000", f"{len(self.problems)} problems in the protocol files")


class CaseError(PautaError):
    """A case that cannot be read: an unknown name, a value of the wrong kind, NaN or infinity."""


class ExpressionError(PautaError):
    """An expression that cannot be read; ``place`` is where in its file, ``offset`` where in its text."""

    def __init__(self, code: str, message: str, hint: str = "", *, offset: int = 0, place: Place = NOWHERE) -> None:
        super().__init__(code, message, hint)
        self.offset, self.place = offset, place

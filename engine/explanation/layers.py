"""What is worked out of a case with further answers: only what rests on them is its own, all else is shared."""

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")
Told = frozenset[tuple[str, int]]  # facts and the identity of the answers to them


class Layer(dict[Key, Found]):
    """A dictionary that keeps what rests on some answers, and reads and writes all else in the one below."""

    __slots__ = ("below", "resting")

    def __init__(self, below: dict[Key, Found], resting: Sequence[AbstractSet[Key]]) -> None:
        super().__init__()
        self.below, self.resting = below, resting  # what rests on each answer

    def is_own(self, key: object) -> bool:
        """Return whether a key rests on one of the answers: asked so often that it is written out."""
        for each in self.resting:  # noqa: SIM110
            if key in each:
                return True
        return False

    def get(self, key: Any, default: Any = None) -> Any:
        for each in self.resting:
            if key in each:
                return dict.get(self, key, default)
        return self.below.get(key, default)

    def __contains__(self, key: object) -> bool:
        return dict.__contains__(self, key) if self.is_own(key) else key in self.below

    def __getitem__(self, key: Key) -> Found:
        return dict.__getitem__(self, key) if self.is_own(key) else self.below[key]

    def __setitem__(self, key: Key, found: Found) -> None:
        for each in self.resting:
            if key in each:
                dict.__setitem__(self, key, found)
                return
        self.below[key] = found


class Scores(Layer[str, Found]):
    """The same for scores, of which each is found once for the answers that it reads."""

    __slots__ = ("answers", "found")

    def __init__(
        self,
        below: dict[str, Found],
        resting: Sequence[AbstractSet[str]],
        found: dict[tuple[str, Told], Found],
        answers: Callable[[str], Told],
    ) -> None:
        super().__init__(below, resting)
        self.found, self.answers = found, answers

    def __contains__(self, key: object) -> bool:
        if not self.is_own(key):
            return key in self.below
        told = str(key)
        if not dict.__contains__(self, key) and (known := self.found.get((told, self.answers(told)))) is not None:
            dict.__setitem__(self, told, known)
        return dict.__contains__(self, key)

    def __setitem__(self, key: str, found: Found) -> None:
        super().__setitem__(key, found)
        if self.is_own(key):
            self.found[key, self.answers(key)] = found

"""Transports that do what a test tells them."""

from typing import Any, ClassVar


class Way:
    """Takes letters, or raises the next of ``faults``; cannot be asked what it took."""

    taken: ClassVar[list[str]] = []
    faults: ClassVar[list[Exception]] = []

    def took(self, letter: Any) -> bool:
        return False

    def send(self, letter: Any) -> None:
        if Way.faults:
            raise Way.faults.pop(0)
        Way.taken.append(letter.id)

    def close(self) -> None:
        """Nothing was open."""


class RememberingWay(Way):
    def took(self, letter: Any) -> bool:
        return letter.id in self.taken

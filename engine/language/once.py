"""What two versions of a library have in common is made once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from engine.language.validation import Problems

M = TypeVar("M")


@dataclass
class Made:
    """What was made of forms that had no problem: made of the very same again, it is the same."""

    known: dict[tuple[object, ...], tuple[object, object]] = field(default_factory=dict)

    def once(self, make: Callable[..., M], of: tuple[object, ...], problems: Problems) -> M:
        """Return what is made of forms, of lists of forms, or of what was made of them."""
        key = (make, *(tuple(map(id, each)) if isinstance(each, list) else id(each) for each in of))
        if key not in self.known:
            self.known[key] = make(*of, problems), of  # what it is made of is kept: no other takes its identity
        return cast(M, self.known[key][0])

"""Names that are nearly right: what the author of a slip may have meant."""

import difflib
from collections.abc import Iterable
from functools import lru_cache


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

"""The phrases of the lexicon once read, as the reader of texts takes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import NOWHERE, Place

CUES: Mapping[str, str] = {
    "negation": "says that what follows is not so",
    "bridge": "may stand between a negation and what it denies",
    "opener": "between two negations, turns them into an affirmation",
    "denied_after": "right after a mention, says that it is not so",
    "resolved": "says that what follows is over",
    "list_end": "closes a list of things denied: no fever, cough or vomiting",
    "break": "ends the reach of every cue",
    "join": "ends the reach of every cue but the family",
    "own": "says that the patient speaks of himself again",
    "family": "says that somebody else has it",
    "child": "among the family: may be the patient, if somebody writes for a child",
    "past": "says that it was long ago",
    "current": "says that it is so now, whatever stands beside it",
    "elapsed": "says that it was weeks or months ago",
    "today": "says that it was today",
    "hypothetical": "says that nobody claims it",
    "uncertain": "says that it may be so; for a red flag that is enough",
    "taking": "says that a medicine is taken",
    "stopped": "says that a medicine or habit was left",
    "refused": "after a medicine, says that it is not taken",
    "allergic": "says that a medicine or substance is not tolerated",
}
"""The cues a lexicon gives, and what each is for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What some phrases mean: a yes/no fact, or a code of the lists of a case.

    ``also`` are facts that are true with it, ``recent`` those true if it was in these days, ``today`` if it was today.
    """

    name: str
    fact: str = ""
    history: str = ""
    family_history: str = ""
    also: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    today: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def is_other_sense(self) -> bool:
        """Return whether it only keeps its words from being read as something else."""
        return not (self.fact or self.history or self.family_history)


@dataclass(frozen=True, slots=True)
class Names:
    """What medicines and substances are called: folded name (words joined by ``_``) -> code."""

    codes: Mapping[str, str] = field(default_factory=dict)
    substances: frozenset[str] = frozenset()  # codes that are never taken, only not tolerated


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The whole lexicon: groups of words, entries, cues, and words that are never taken for a slip of the pen."""

    entries: tuple[Entry, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    only_taken: frozenset[str] = frozenset()  # names that are a medicine only where they are taken

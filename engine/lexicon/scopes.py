"""What the words around a mention make of it: denied, somebody else's, long ago, only asked about.

In doubt a mention stands: a negation reaches only over words that may stand between it and what it denies, and
no cue reaches over a sentence, a comma or a joining word that is not made for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.lexicon.patterns import Hit
from engine.lexicon.tokens import Token

REACH = 30  # words a cue may be away, so that no text takes more than its length


@dataclass(slots=True)
class Surroundings:
    """The cues of one text by where they stand: cue -> token -> where the cue begins and ends."""

    tokens: Sequence[Token]
    spoken: frozenset[int]  # tokens that some mention names
    at: dict[str, dict[int, tuple[int, int]]] = field(default_factory=dict)
    here: dict[int, set[str]] = field(default_factory=dict)  # token -> its cues

    def note(self, cue: str, hit: Hit) -> None:
        for index in range(hit.first, hit.last + 1):
            self.at.setdefault(cue, {})[index] = (hit.first, hit.last)
            self.here.setdefault(index, set()).add(cue)

    def is_cue(self, index: int, *cues: str) -> bool:
        here = self.here.get(index)
        return here is not None and not here.isdisjoint(cues)

    # --- walking

    def back(self, index: int, *stops: str, commas: bool = False) -> Iterator[int]:
        """Yield the tokens before ``index``, nearest first, up to a stop, the sentence, or a comma."""
        for here in range(index - 1, max(-1, index - 1 - REACH), -1):
            if (self.tokens[here + 1].comma and not commas) or self._ends(here, index, stops):
                return
            yield here

    def ahead(self, index: int, *stops: str, commas: bool = False, most: int = REACH) -> Iterator[int]:
        """Yield the tokens after ``index`` up to a stop, the sentence, or a comma."""
        for here in range(index + 1, min(len(self.tokens), index + 1 + most)):
            token = self.tokens[here]
            if (
                (token.comma and not commas)
                or token.sentence != self.tokens[index].sentence
                or self.is_cue(here, *stops)
            ):
                return
            yield here

    def _ends(self, here: int, index: int, stops: Sequence[str]) -> bool:
        return self.tokens[here].sentence != self.tokens[index].sentence or self.is_cue(here, *stops)

    def around(self, hit: Hit) -> Iterator[int]:
        """Yield the tokens of the part of the sentence a mention stands in, and a cue that a comma sets off."""
        yield from range(hit.first, hit.last + 1)
        first = hit.first
        for here in self.back(hit.first, "break", "join"):
            first = here
            yield here
        yield from self.ahead(hit.last, "break", "join")
        if first > 0 and self.tokens[first].comma and self.tokens[first - 1].sentence == self.tokens[first].sentence:
            yield first - 1

    # --- questions

    def is_negated(self, hit: Hit) -> bool:
        inside = next((here for here in hit.passed if self.is_cue(here, "negation")), None)
        if inside is not None and not any(self.is_cue(here, "negation") for here in hit.named):
            return not self._is_turned(inside, hit)
        if self._denied_after(hit):
            return True
        cue = self._denying(hit)
        return cue is not None and not self._is_turned(cue, hit)

    def _denied_after(self, hit: Hit) -> bool:
        cue = self.at.get("denied_after", {}).get(hit.last + 1)
        if cue is None or cue[0] != hit.last + 1 or self.tokens[cue[0]].sentence != self.tokens[hit.last].sentence:
            return False
        return next(iter(self.ahead(cue[1], "break", "join")), None) is None

    def _denying(self, hit: Hit) -> int | None:
        """Return where the negation of a mention begins: only words that may stand between lie between."""
        for here in range(hit.first - 1, max(-1, hit.first - 1 - REACH), -1):
            if self.tokens[here].sentence != self.tokens[hit.first].sentence:
                return None
            if self.tokens[here + 1].comma and not self._is_list(here + 1, hit):
                return None
            for cue in ("negation", "resolved"):
                if self.is_cue(here, cue):
                    return self.at[cue][here][0]
            if self.is_cue(here, "break", "join") or not (self.is_cue(here, "bridge") or here in self.spoken):
                return None
        return None

    def _is_list(self, index: int, hit: Hit) -> bool:
        """Return whether a comma parts a list that is denied as a whole: no fever, cough or vomiting."""
        if index not in self.spoken or self.is_cue(index, "own"):
            return False
        closing = (here for here in self.ahead(index, "break", "join", commas=True))
        return any(self.is_cue(here, "list_end") for here in closing)

    def _is_turned(self, cue: int, hit: Hit) -> bool:
        """Return whether an earlier negation turns this one round: "there is no day that I do not vomit"."""
        for here in self.back(cue, "break", "join"):
            if self.is_cue(here, "negation") and self.at["negation"][here][1] < cue:
                return any(self.is_cue(between, "opener") for between in range(here + 1, hit.first))
        return False

    def relative(self, hit: Hit, *, illness: bool) -> tuple[bool, bool]:
        """Return whether a mention is of somebody else, and whether that is a child.

        An illness may be named before the relative, or in a list.
        """
        if any(self.is_cue(here, "own") for here in hit.named):
            return False, False
        for here in self.back(hit.first, "break", commas=illness):
            if self.is_cue(here, "family"):
                return True, self.is_cue(here, "child")
            if self.is_cue(here, "own"):
                return False, False
        if illness:
            for here in self.ahead(hit.last, "break", "join", commas=True, most=8):
                if self.is_cue(here, "own"):
                    return False, False
                if self.is_cue(here, "family"):
                    return True, self.is_cue(here, "child")
        return False, False

    def is_asked(self, hit: Hit, *, red_flag: bool) -> bool:
        cues = ("hypothetical",) if red_flag else ("hypothetical", "uncertain")
        return any(self.is_cue(here, *cues) for here in self.back(hit.first, "break", "join"))

    def is_past(self, hit: Hit, cue: str = "past") -> bool:
        near = list(self.around(hit))
        if any(self.is_cue(here, "current") for here in near):
            return False
        return any(self.is_cue(here, cue) for here in near)

    def is_left(self, hit: Hit) -> bool:
        return any(self.is_cue(here, "stopped") for here in self.around(hit))

    def is_refused(self, hit: Hit) -> bool:
        return any(self.is_cue(here, "refused") for here in self.ahead(hit.last, commas=True, most=12))

    def is_today(self, hit: Hit) -> bool:
        return any(self.is_cue(here, "today") for here in self.around(hit))

    def is_taken(self, hit: Hit) -> bool:
        before = self.back(hit.first, "break", commas=True)
        after = self.ahead(hit.last, "break", "join", most=6)
        return any(self.is_cue(here, "taking") for here in (*before, *after))

    def is_allergy(self, hit: Hit) -> bool:
        """Return whether a medicine is named as one not tolerated: before it, or by what it did after it."""
        for here in self.back(hit.first, "break", commas=True):
            if self.is_cue(here, "allergic"):
                return True
            if self.is_cue(here, "taking"):
                break
        return any(self.is_cue(here, "allergic") for here in self.ahead(hit.last, "break", "join", most=8))


def surroundings(tokens: Sequence[Token], spoken: frozenset[int], cues: Mapping[str, Sequence[Hit]]) -> Surroundings:
    """Return the cues of a text by where they stand."""
    found = Surroundings(tokens, spoken)
    for cue, hits in cues.items():
        for hit in hits:
            found.note(cue, hit)
    return found

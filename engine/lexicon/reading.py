"""Reads texts with a lexicon: words, slips of the pen, phrases, and what the words around them make of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from engine.facts import Mention, MentionKind
from engine.lexicon.model import CUES, Entry, Lexicon, Names
from engine.lexicon.patterns import Finder, Hit, Pattern, Phrases
from engine.lexicon.scopes import Surroundings, surroundings
from engine.lexicon.spelling import Speller
from engine.lexicon.tokens import Token, plain, split

LONGEST = 20_000  # characters read of one text, ten times what a form takes
LONGEST_PHRASE = 60  # tokens from the first word of a phrase to its last
BESIDE = 12  # mentions looked at on either side of one
LISTS = ("allergy", "medication", "history", "family_history")


@dataclass(frozen=True, slots=True)
class _Tables:
    entries: Finder
    cues: Finder
    names: Finder
    codes: tuple[str, ...]  # owner of a name's phrase -> code
    speller: Speller


class TextReader:
    """Reads free text into mentions. ``lists`` are the facts that keep allergies, medicines, history and family."""

    def __init__(
        self, lexicon: Lexicon, names: Names, red_flags: AbstractSet[str] = frozenset(), lists: Sequence[str] = LISTS
    ) -> None:
        self.lexicon, self.names, self.red_flags = lexicon, names, frozenset(red_flags)
        self.allergy, self.medication, self.history, self.family = lists
        self.read = lru_cache(maxsize=64)(self._read)

    @cached_property
    def tables(self) -> _Tables:
        """The tables of words, made when the first text is read."""
        lexicon = self.lexicon
        phrases = Phrases(lexicon.groups)
        entries = Finder(_patterns(enumerate(each.phrases for each in lexicon.entries), phrases))
        cues = Finder(_patterns(((i, lexicon.cues.get(cue, ())) for i, cue in enumerate(CUES)), phrases))
        called = sorted(self.names.codes)
        plainly = Phrases({})
        names = Finder(
            pattern for i, name in enumerate(called) for pattern in plainly.patterns(_spaced(name), i) if len(name) > 2
        )
        owners = {plain(name): code for name, code in self.names.codes.items() if "_" not in name}
        allergic = Finder(_patterns([(0, lexicon.cues.get("allergic", ()))], phrases))
        words, stems = entries.words | names.words | allergic.words, entries.stems | allergic.stems
        speller = Speller(
            words, stems, lexicon.plain | cues.words, owners
        )  # cues are never what a slip was meant to be
        return _Tables(entries, cues, names, tuple(self.names.codes[name] for name in called), speller)

    def mentions(self, texts: Mapping[str, str]) -> tuple[Mention, ...]:
        """Return what the texts of a case mention, by section and place; the same texts give the same mentions."""
        if not self.lexicon.entries:
            return ()
        return tuple(mention for section in sorted(texts) for mention in self.read(section, texts[section]))

    def _read(self, section: str, text: str) -> tuple[Mention, ...]:
        tables = self.tables
        tokens = [replace(token, words=self._meant(token)) for token in split(text[:LONGEST])]
        marks: dict[str, list[Hit]] = {cue: [] for cue in CUES}
        names = tuple(CUES)
        for hit in tables.cues.hits(tokens):
            marks[names[hit.owner]].append(hit)
        barriers = {index for hit in marks["break"] for index in hit.named}
        denials = {index for hit in marks["negation"] for index in hit.named}
        found = _uncovered(list(tables.entries.hits(tokens, barriers)), denials)
        named = _uncovered(list(tables.names.hits(tokens, barriers)), frozenset())
        covered = {index for hit in found for index in hit.named}
        named = [hit for hit in named if not covered.issuperset(hit.named)]
        spoken = frozenset(index for hit in (*found, *named) for index in hit.named)
        around = surroundings(tokens, spoken, marks)
        mentions = [*self._facts(found, around), *self._medicines(named, around)]
        placed = [_placed(each, section, text, tokens, hit) for each, hit in mentions]
        return tuple(sorted(placed, key=lambda each: (each.start, each.end, each.fact, each.code)))

    def _meant(self, token: Token) -> tuple[str, ...]:
        return (*self.tables.speller.meant(token.words[0]), *token.words[1:])

    # --- facts

    def _facts(self, hits: list[Hit], around: Surroundings) -> Iterator[tuple[Mention, Hit]]:
        made = [(found, hit) for hit in hits if (found := self._fact(self.lexicon.entries[hit.owner], hit, around))]
        for index, (found, hit) in enumerate(made):
            beside = made[max(0, index - BESIDE) : index + BESIDE]
            if not any(_says_more(other, by, found, hit) for other, by in beside):
                yield found, hit

    def _fact(self, entry: Entry, hit: Hit, around: Surroundings) -> Mention | None:
        if entry.is_other_sense:
            return None
        illness = bool(entry.history or entry.family_history)
        red_flag = entry.fact in self.red_flags
        kind, child = _kind(hit, around, red_flag=red_flag, illness=illness)
        if not illness:
            also = _also(entry, hit, around) if kind == "affirmed" else entry.also
            return Mention("", 0, 0, "", entry.fact, kind=kind, also=also, child=child)
        if kind == "family" and entry.family_history:
            return Mention("", 0, 0, "", self.family, entry.family_history, kind, child=child)
        return Mention("", 0, 0, "", self.history, entry.history, kind, child=child) if entry.history else None

    # --- medicines

    def _medicines(self, hits: list[Hit], around: Surroundings) -> Iterator[tuple[Mention, Hit]]:
        for hit in hits:
            code = self.tables.codes[hit.owner]
            allergy = around.is_allergy(hit)
            if not allergy and (code in self.names.substances or not self._is_medicine(code, hit, around)):
                continue
            kind, child = _kind(hit, around, red_flag=True, illness=False)
            if not allergy and kind == "affirmed":
                kind = "past" if around.is_left(hit) else "negated" if around.is_refused(hit) else kind
            yield Mention("", 0, 0, "", self.allergy if allergy else self.medication, code, kind, child=child), hit

    def _is_medicine(self, code: str, hit: Hit, around: Surroundings) -> bool:
        return code not in self.lexicon.only_taken or around.is_taken(hit)


def _kind(hit: Hit, around: Surroundings, *, red_flag: bool, illness: bool) -> tuple[MentionKind, bool]:
    """Return what the words around a mention make of it, and whether it is of somebody else who is a child."""
    if around.is_asked(hit, red_flag=red_flag):
        return "hypothetical", False
    other, child = around.relative(hit, illness=illness)
    if other:
        return "family", child
    if around.is_negated(hit):
        return "negated", False
    return ("past" if around.is_past(hit) else "affirmed"), False


def _also(entry: Entry, hit: Hit, around: Surroundings) -> tuple[str, ...]:
    recent = () if around.is_past(hit, "elapsed") else entry.recent
    return (*entry.also, *recent, *(entry.today if around.is_today(hit) else ()))


def _patterns(owned: Iterable[tuple[int, Sequence[str]]], reader: Phrases) -> Iterator[Pattern]:
    for owner, phrases in owned:
        for phrase in phrases:
            yield from reader.patterns(phrase, owner)


def _spaced(name: str) -> str:
    return " ".join(part for part in name.split("_") if part)


def _says_more(other: Mention, by: Hit, found: Mention, hit: Hit) -> bool:
    """Return whether another mention over the same words says this one already, as what it brings or in more words."""
    if by is hit or not (by.first <= hit.last and hit.first <= by.last) or not found.fact:
        return False
    return found.fact in other.also or (other.kind == found.kind and set(by.named) > set(hit.named))


def _uncovered(hits: list[Hit], denials: AbstractSet[int]) -> list[Hit]:
    """Return the hits that no longer one takes up, each place of an owner once.

    A phrase that passes over a negation ("vomit without blood") takes up only what stands after it.
    """
    kept: dict[int, list[Hit]] = {}
    for hit in sorted(hits, key=lambda each: (-len(each.named), each.last - each.first, each.first, each.owner)):
        near = (other for start in range(hit.first - LONGEST_PHRASE, hit.last + 1) for other in kept.get(start, ()))
        if not any(_takes_up(other, hit, denials) for other in near):
            kept.setdefault(hit.first, []).append(hit)
    return sorted((hit for found in kept.values() for hit in found), key=lambda hit: (hit.first, hit.last, hit.owner))


def _takes_up(other: Hit, hit: Hit, denials: AbstractSet[int]) -> bool:
    inside = [index for index in other.passed if index in denials]
    names = {index for index in other.named if not inside or index > inside[-1]}
    if other.owner == hit.owner and names & set(hit.named):
        return True
    return names.issuperset(hit.named) and len(other.named) > len(hit.named)


def _placed(mention: Mention, section: str, text: str, tokens: Sequence[Token], hit: Hit) -> Mention:
    start, end = tokens[hit.first].start, tokens[hit.last].end
    return replace(mention, section=section, start=start, end=end, text=text[start:end])

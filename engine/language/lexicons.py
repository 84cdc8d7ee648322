"""The lexicon out of its files: phrases read once, and checked against the vocabulary, the formulary and each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.errors import Place
from engine.facts import Vocabulary
from engine.formulary import Formulary
from engine.language.documents import Edition
from engine.language.forms_lexicon import LexiconForm, MentionForm, PhrasesForm
from engine.language.reader import Word
from engine.language.spelling import nearest
from engine.language.validation import Problems
from engine.lexicon import CUES, Entry, Lexicon, Names, PatternError, Phrases, Speller, TextReader, plain

_SETS = ("history", "family_history")
SECTIONS = {
    "allergies": "allergy",
    "medications": "medication",
    "history": "history",
    "family_history": "family_history",
}
"""The lists of a case that mentions speak of, and the facts that keep them if the vocabulary names no other."""


def lexicon_of(
    forms: Iterable[LexiconForm], vocabulary: Vocabulary, formulary: Formulary, problems: Problems
) -> Lexicon:
    """Return the lexicon of all its files."""
    maker = _Maker(vocabulary, formulary, problems)
    forms = tuple(forms)
    for form in forms:
        maker.add_groups(form)
    maker.reader = Phrases(maker.groups)
    for form in forms:
        maker.add(form)
    maker.check_neighbours()
    return Lexicon(
        entries=tuple(maker.entries),
        groups=maker.groups,
        cues={cue: tuple(phrases) for cue, phrases in maker.cues.items()},
        plain=frozenset(plain(word) for word in maker.plain),
        only_taken=frozenset(maker.only_taken),
    )


def names_of(formulary: Formulary) -> Names:
    """Return what every medicine, class, brand and substance of a formulary is called."""
    substances = frozenset(code for code, drug in formulary.medicines.items() if drug.kind == "allergen")
    return Names(formulary.names, substances)


def reader_of(edition: Edition) -> TextReader:
    """Return what reads free text with the lexicon, formulary and vocabulary of an edition."""
    facts, lists = edition.vocabulary.facts, edition.vocabulary.lists
    red_flags = frozenset(name for name, spec in facts.items() if spec.red_flag)
    sections = tuple(lists.get(section, fact) for section, fact in SECTIONS.items())
    return TextReader(edition.lexicon, names_of(edition.formulary), red_flags, sections)


@dataclass
class _Maker:
    """Gathers the parts of several files."""

    vocabulary: Vocabulary
    formulary: Formulary
    problems: Problems
    entries: list[Entry] = field(default_factory=list)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cues: dict[str, list[str]] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    only_taken: list[str] = field(default_factory=list)
    names: dict[str, Place] = field(default_factory=dict)
    reader: Phrases = field(default_factory=lambda: Phrases({}))

    def add_groups(self, form: LexiconForm) -> None:
        for name, members in form.groups.items():
            if name in self.groups:
                self.problems.add(
                    form.at("groups"), "P016", f'the group "{name}" is declared twice', "Keep one of them."
                )
            self.groups[name] = tuple(members)

    def add(self, form: LexiconForm) -> None:
        for name, mention in form.mentions.items():
            self.entry(name, mention)
        if form.other_senses is not None:
            phrases = tuple(self.phrases(form.other_senses))
            self.entries.append(Entry("other_senses", phrases=phrases, place=form.other_senses.place))
        for cue, shape in form.cues.items():
            if cue not in CUES:
                hint = nearest(cue, CUES) or f"Use: {', '.join(CUES)}."
                self.problems.add(shape.place, "P704", f'there is no cue "{cue}"', hint)
            self.cues.setdefault(cue, []).extend(self.phrases(shape))
        self.plain += [word for line in form.plain for word in line.split()]
        for code in form.only_taken:
            if code not in self.formulary.names and self.formulary.names:
                hint = nearest(code, self.formulary.names) or "Use a name of the formulary."
                self.problems.add(code.place, "P302", f'"{code}" is not in the formulary', hint)
            self.only_taken.append(self.formulary.names.get(str(code), str(code)))

    def entry(self, name: str, form: MentionForm) -> None:
        if name in self.names:
            self.problems.add(form.place, "P016", f'the mention "{name}" is declared twice', "Keep one of them.")
        self.names[name] = form.place
        if not (form.fact or form.history or form.family_history):
            self.problems.add(form.place, "P012", "it says nothing that is so", "Add fact, history or family_history.")
        for said in (form.fact, *form.also, *form.recent, *form.today):
            if said is not None:
                self.check_fact(said)
        for section in _SETS:
            code = getattr(form, section)
            if code is not None:
                self.check_code(section, code)
        phrases = tuple(self.phrases(form))
        if not (form.es or form.en):
            self.problems.add(form.place, "P012", "it has no phrase", "Add phrases under es or en.")
        self.entries.append(
            Entry(
                name, str(form.fact or ""), str(form.history or ""), str(form.family_history or ""), _texts(form.also),
                _texts(form.recent), _texts(form.today), phrases, form.place,
            )
        )  # fmt: skip

    def check_fact(self, name: Word) -> None:
        spec = self.vocabulary.facts.get(str(name))
        if spec is None or spec.type != "yes_no":
            facts = [each.name for each in self.vocabulary.facts.values() if each.type == "yes_no"]
            hint = nearest(str(name), facts) or "Use a yes/no fact of the vocabulary."
            self.problems.add(name.place, "P702", f'"{name}" is no yes/no fact', hint)

    def check_code(self, section: str, code: Word) -> None:
        spec = self.vocabulary.facts.get(self.vocabulary.lists.get(section, section))
        choices = spec.choices if spec is not None else {}
        if str(code) not in choices:
            hint = nearest(str(code), choices) or f"Use one of: {', '.join(choices)}."
            self.problems.add(code.place, "P702", f'"{code}" is no entry of {section}', hint)

    def phrases(self, form: PhrasesForm) -> Iterator[str]:
        for phrase in (*form.es, *form.en):
            self.check_comment(phrase)
            try:
                self.reader.parts(str(phrase))
            except PatternError as error:
                hint = "Words, ... for a gap, $group, a|b, vomit* and mucho? may stand in it."
                self.problems.add(phrase.place, "P701", f'"{str(phrase)[:40]}" cannot be read: {error}', hint)
            else:
                yield str(phrase)

    def check_comment(self, phrase: Word) -> None:
        """Note a ``#`` behind a phrase: YAML takes the rest of the line for a comment, and a number may be meant."""
        rest = phrase.source.text[phrase.end :].partition("\n")[0] if phrase.plain else ""
        if rest.lstrip(" \t").startswith("#"):
            message = f'what stands behind "{str(phrase)[:40]}" is a comment and no part of the phrase'
            hint = "Quote the whole phrase if # is a number; give a comment a line of its own."
            self.problems.add(phrase.place, "P705", message, hint)

    def check_neighbours(self) -> None:
        """Note every word that alone means one thing and is a slip of the pen away from a medicine."""
        medicines = {plain(name): code for name, code in self.formulary.names.items() if "_" not in name}
        speller = Speller(medicines, (), (), {})
        kept = {plain(word) for word in self.plain}
        for entry in self.entries:
            for word in sorted({plain(phrase) for phrase in entry.phrases if phrase.isalpha()} - kept):
                for other in speller.meant(word)[1:]:
                    message = f'"{word}" is one slip of the pen from the medicine "{other}"'
                    self.problems.add(
                        entry.place, "P703", message, "Use it in a longer phrase, or list it under plain."
                    )


def _texts(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(map(str, words))

"""Names a person may write in a list (medicines, allergies, illnesses) and the codes they stand for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.facts import Text, fold
from engine.language.case_treatments import SECTION as TREATMENTS
from engine.language.documents import Edition

FOUND_AT_MOST, SHORTEST = 8, 2


@dataclass(frozen=True, slots=True)
class Term:
    """One name and what it stands for; ``note`` says what a brand holds."""

    words: str
    code: str
    note: str = ""


def search(edition: Edition, kind: str, query: str, language: str) -> list[Term]:
    """Return up to eight terms whose name has a word that starts like ``query``, whole beginnings first."""
    wanted = fold(query)
    if len(wanted) < SHORTEST:
        return []
    found: dict[str, Term] = {}
    for term in _terms(edition, kind, language):
        name = fold(term.words)
        if f"_{wanted}" in f"_{name}":
            found.setdefault(name, term)
    ranked = sorted(found.items(), key=lambda entry: (not entry[0].startswith(wanted), entry[0]))
    return [term for _name, term in ranked[:FOUND_AT_MOST]]


def names(edition: Edition, kind: str, language: str) -> list[str]:
    """Return every name a list knows, for a form that offers them all, in the order of the alphabet."""
    found = {fold(term.words): term.words for term in _terms(edition, kind, language)}
    return [words for _name, words in sorted(found.items())]


def match(edition: Edition, kind: str, words: str) -> str | None:
    """Return the code these words stand for in any spelling or language the lists know, None if nothing fits."""
    wanted = fold(words)
    if kind in ("medications", "allergies"):
        return edition.formulary.names.get(wanted)
    if kind == TREATMENTS and wanted in edition.formulary.names:
        return edition.formulary.names[wanted]
    for language in ("es", "en"):
        for term in _terms(edition, kind, language):
            if wanted in (fold(term.words), fold(term.code)):
                return term.code
    return None


def _terms(edition: Edition, kind: str, language: str) -> Iterator[Term]:
    if kind in ("history", "family_history"):
        fact = edition.vocabulary.facts.get(edition.vocabulary.lists.get(kind, kind))
        yield from _titled(fact.choices.items() if fact else (), language)
        return
    book = edition.formulary
    if kind == TREATMENTS:
        yield from _titled(((one.code, one.title) for one in book.regimens.values()), language)
    yield from _titled(
        ((m.code, m.title) for m in book.medicines.values() if kind == "allergies" or m.kind != "allergen"), language
    )
    if kind == "allergies":
        yield from _titled(((one.code, one.title) for one in book.classes.values()), language)
    for medicine in book.medicines.values():
        if kind == "allergies" or medicine.kind != "allergen":
            yield from (Term(_capital(name), medicine.code) for name in medicine.names)
    for brand in book.brands.values():
        held = [book.medicines[code].title.get(language, code) for code in brand.ingredients if code in book.medicines]
        yield Term(brand.name, book.names.get(fold(brand.name), brand.name), " + ".join(held))


def _titled(pairs: Iterable[tuple[str, Text]], language: str) -> Iterator[Term]:
    for code, title in pairs:
        yield Term(title.get(language) or title.get("es") or code, code)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

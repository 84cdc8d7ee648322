"""Who belongs to what among medicines: classes above an ingredient, and every recorded word that means it."""

from collections.abc import Iterator, Mapping

from engine.compiler.program import DrugIndex
from engine.formulary import Formulary, Interaction


def above(formulary: Formulary, code: str) -> tuple[str, ...]:
    """Return the classes of an ingredient or class and all above them, nearest first."""
    found: dict[str, None] = {}
    waiting = list(_parents(formulary, code))
    while waiting:
        parent = waiting.pop(0)
        if parent not in found:
            found[parent] = None
            waiting += _parents(formulary, parent)
    return tuple(found)


def _parents(formulary: Formulary, code: str) -> tuple[str, ...]:
    if code in formulary.medicines:
        return formulary.medicines[code].classes
    return formulary.classes[code].parents if code in formulary.classes else ()


def drug_index(formulary: Formulary) -> DrugIndex:
    """Return the membership tables of a formulary."""
    codes = sorted({*formulary.medicines, *formulary.classes})
    classes = {code: above(formulary, code) for code in codes}
    members = _members(formulary, classes)
    medicines = sorted(formulary.medicines)
    return DrugIndex(
        classes,
        members,
        {code: _allergens(formulary, code, classes, members) for code in medicines},
        {code: tuple(_interactions(formulary, code, classes)) for code in medicines},
    )


def _members(formulary: Formulary, classes: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """Return every code that, recorded, means an ingredient or class: itself, what is below it, brands holding it."""
    below = {code: {code} for code in classes}
    for code, parents in classes.items():
        for parent in parents:
            below.setdefault(parent, {parent}).add(code)
    holding: dict[str, set[str]] = {}
    for key, brand in formulary.brands.items():
        for ingredient in brand.ingredients:
            holding.setdefault(ingredient, set()).add(key)
    return {code: frozenset(below[code].union(*(holding.get(each, ()) for each in below[code]))) for code in classes}


def _allergens(
    formulary: Formulary,
    code: str,
    classes: Mapping[str, tuple[str, ...]],
    members: Mapping[str, frozenset[str]],
) -> frozenset[str]:
    """Return every recorded allergy that forbids an ingredient.

    Itself, a brand holding it, a class above it, and whoever shares with it a class of crossed allergy.
    """
    found = set(members[code]) | set(classes[code])
    for parent in classes[code]:
        if parent in formulary.classes and formulary.classes[parent].cross_allergy:
            found |= members[parent]
    return frozenset(found)


def _interactions(
    formulary: Formulary, code: str, classes: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Interaction, str]]:
    sides = {code, *classes[code]}
    for interaction in formulary.interactions:
        first, second = interaction.sides
        if first in sides:
            yield interaction, second
        if second in sides and first != second:
            yield interaction, first

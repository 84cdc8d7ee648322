"""What all kinds of files share: conditions in blocks, definitions, and the head of a document."""

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from engine import units
from engine.conditions import And, AtLeast, Expr, Name, Not, Or
from engine.errors import ExpressionError, PautaError, Place
from engine.facts import UnitRule
from engine.language.documents import Definition
from engine.language.expressions import parse_at
from engine.language.forms_base import Form
from engine.language.forms_data import DefinitionForm, UnitForm
from engine.language.reader import Block, Listing, Node, Word
from engine.language.spelling import nearest
from engine.language.validation import Problems, shaped

UNREADABLE = Name("")  # stands where an expression could not be read; the checker passes over it
_BLOCK_KEYS = ("all", "any", "not", "at_least", "of")
_BLOCK_HINT = "Use one of: all: [..], any: [..], not: condition, or at_least: n with of: [..]."


def condition(node: Node, problems: Problems) -> Expr:
    """Return the condition of a scalar or block; what cannot be read is noted and stands as UNREADABLE."""
    if isinstance(node, Word):
        return _expression(node, problems)
    if isinstance(node, Block):
        return _block(node, problems)
    problems.add(node.place, "P123", "a list stands where a condition is expected", _BLOCK_HINT)
    return UNREADABLE


def optional(node: Node | None, problems: Problems) -> Expr | None:
    """Return the condition, or None if the author wrote none."""
    return None if node is None else condition(node, problems)


def _expression(word: Word, problems: Problems) -> Expr:
    try:
        return parse_at(str(word), word.at)
    except ExpressionError as error:
        problems.add(error.place, error.code, str(error)[5:], error.hint)
        return UNREADABLE


def _block(block: Block, problems: Problems) -> Expr:
    for key in block:
        if key not in _BLOCK_KEYS:
            problems.add(block.keys_at[key], "P123", f'"{key}" is no way to join conditions', _BLOCK_HINT)
            return UNREADABLE
    if set(block) == {"at_least", "of"}:
        return _at_least(block, problems)
    if len(block) != 1 or "at_least" in block or "of" in block:
        problems.add(block.place, "P123", "the block of conditions is not complete", _BLOCK_HINT)
        return UNREADABLE
    ((key, inner),) = block.items()
    if key == "not":
        return Not(condition(inner, problems), place=block.place)
    parts = _parts(inner, block.keys_at[key], problems)
    return _joined(key, parts, block.place)


def _joined(key: str, parts: tuple[Expr, ...], place: Place) -> Expr:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return UNREADABLE
    return And(parts, place=place) if key == "all" else Or(parts, place=place)


def _parts(node: Node, place: Place, problems: Problems) -> tuple[Expr, ...]:
    if not isinstance(node, Listing) or not node:
        problems.add(place, "P123", "a list of conditions is expected here", "Write each condition after a dash.")
        return ()
    return tuple(condition(part, problems) for part in node)


def _at_least(block: Block, problems: Problems) -> Expr:
    parts = _parts(block["of"], block.keys_at["of"], problems)
    count = block["at_least"]
    if not isinstance(count, Word) or not re.fullmatch(r"[0-9]{1,3}", count):
        problems.add(block.keys_at["at_least"], "P125", "at_least needs a whole number", "Write at_least: 2.")
        return UNREADABLE
    if parts and not 1 <= int(count) <= len(parts):
        message = f"at_least {count} of {len(parts)} conditions can never be told apart"
        problems.add(count.place, "P124", message, f"Write a number from 1 to {len(parts)}.")
    return AtLeast(int(count), parts, place=block.place) if parts else UNREADABLE


def definitions(given: Mapping[str, Any], form: Any, prefix: str, problems: Problems) -> dict[str, Definition]:
    """Return the entries of ``define``, qualified by ``prefix`` (empty for scores and the vocabulary)."""
    made = {}
    for name, node in given.items():
        qualified = f"{prefix}.{name}" if prefix else name
        definition = _definition(qualified, node, problems)
        if definition is not None:
            made[name] = definition
    return made


def _definition(name: str, node: Node, problems: Problems) -> Definition | None:
    if not isinstance(node, Block) or not ({"title", "expression"} & set(node)):
        return Definition(name, condition(node, problems), place=node.place)
    inner = Block(node.place)
    for key, part in node.items():
        if key in _BLOCK_KEYS:
            inner[key], inner.keys_at[key] = part, node.keys_at[key]
    if inner and "expression" not in node:
        node = _with_expression(node, inner)
    form: DefinitionForm | None = shaped(DefinitionForm, node, problems)
    if form is None:
        return None
    title = form.title.text() if form.title else None
    return Definition(name, condition(form.expression, problems), title, node.place)


def _with_expression(node: Block, inner: Block) -> Block:
    made = Block(node.place)
    for key, part in node.items():
        if key not in _BLOCK_KEYS:
            made[key], made.keys_at[key] = part, node.keys_at[key]
    made["expression"], made.keys_at["expression"] = inner, node.place
    return made


def head(form: Form, kind: str, problems: Problems) -> dict[str, Any]:
    """Return the fields every document has, for its constructor."""
    effective = form.effective
    begins, ends = (effective.from_, effective.until) if effective else (None, None)
    _refuse_backwards(form, begins, ends, problems)
    return {
        "name": getattr(form, kind),
        "version": str(form.version),
        "title": form.title.text(),
        "status": form.status,
        "effective_from": begins,
        "effective_until": ends,
        "review_by": form.review_by,
        "review_needed": form.review is not None,
        "sources": dict(form.sources),
        "place": form.place,
    }


def _refuse_backwards(form: Form, begins: date | None, ends: date | None, problems: Problems) -> None:
    if begins and ends and ends < begins:
        problems.add(form.at("effective"), "P018", "the version ends before it begins", "Write from before until.")


def unit_of(word: Word | None, problems: Problems) -> str | None:
    """Return our spelling of a unit an author wrote."""
    if word is None:
        return None
    unit = units.spelled(word)
    if unit is None:
        hint = nearest(str(word), units.SIZES) or "The reference lists the units."
        problems.add(word.place, "P203", f'"{word}" is not a known unit', hint)
    return unit


def unit_rules(
    unit: str | None, others: Mapping[str, Any], plausible: Any, place: Place, problems: Problems
) -> dict[str, UnitRule]:
    """Return how values in each accepted unit become canonical; the canonical unit stands first."""
    spans = _plausible(unit, plausible, problems)
    canonical = unit or ""
    rules = {canonical: UnitRule(canonical, Fraction(1), plausible=spans.pop(canonical, None))}
    for written, node in others.items():
        spelled = units.spelled(written)
        if spelled is None:
            hint = nearest(written, units.SIZES) or "The reference lists the units."
            problems.add(getattr(node, "place", place), "P203", f'"{written}" is not a known unit', hint)
            continue
        factor, offset = _factor(node, problems)
        rules[spelled] = UnitRule(spelled, factor, offset, spans.pop(spelled, None))
    for unused in spans:
        problems.add(place, "P203", f'plausible values are given in "{unused}", which is not a unit of this fact')
    return rules


def _plausible(unit: str | None, node: Any, problems: Problems) -> dict[str, tuple[Fraction, Fraction]]:
    if node is None:
        return {}
    pairs = node.items() if isinstance(node, Block) else [(unit or "", node)]
    spans = {}
    for written, text in pairs:
        try:
            spans[units.spelled(written) or written] = units.span(str(text))
        except PautaError as error:
            problems.add(text.place, error.code, str(error)[5:], error.hint)
    return spans


def _factor(node: Node, problems: Problems) -> tuple[Fraction, Fraction]:
    if isinstance(node, Block):
        form: UnitForm | None = shaped(UnitForm, node, problems)
        return (form.factor, Fraction(form.offset)) if form else (Fraction(1), Fraction(0))
    try:
        factor = units.factor(str(node))
    except PautaError as error:
        problems.add(node.place, error.code, str(error)[5:], error.hint)
        return Fraction(1), Fraction(0)
    if factor <= 0:
        problems.add(node.place, "P203", "a factor between units is greater than zero")
        return Fraction(1), Fraction(0)
    return factor, Fraction(0)

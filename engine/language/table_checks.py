"""Looks for gaps, overlaps and decimal holes in tables and bands by trying one value of every class: no solver.

The limits of a column part its domain into few classes that no row tells apart; all combinations of classes are tried.
Columns are taken as independent of each other. What cannot be parted so is said, and not guessed at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations, product
from math import prod
from operator import and_

from engine.conditions import Expr, Name
from engine.errors import Place
from engine.language.column_classes import Column, Group, Unchecked, groups
from engine.language.documents import Parameter, Row, Score, Table
from engine.language.names import Kind, World
from engine.language.resolving import Resolver
from engine.language.validation import Problems

MOST_COMBINATIONS = 20_000
MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Domains:
    """Where the values of columns come from: the vocabulary, scores, and the parameters of the protocol."""

    world: World
    parameters: Mapping[str, Parameter]

    def column(self, expr: Expr, kind: Kind) -> Column:
        step, whole = None, kind.sort == "number" and kind.unit is None and not kind.loose and not kind.label
        if isinstance(expr, Name) and expr.kind == "fact":
            spec = self.world.vocabulary.facts[expr.name]
            step, whole = spec.step, spec.type == "integer"
        if isinstance(expr, Name) and expr.kind == "score":
            score = self.world.scores[expr.name]
            kind, whole = replace(kind, range=score.range or kind.range), score.value_type == "integer"
        return Column(expr, kind, whole, step, self.parameters)


@dataclass(frozen=True, slots=True)
class Tried:
    """One combination of classes: which rows fit it (as bits), and how a person would name it."""

    rows: int
    text: str
    hole: bool


def check_table(table: Table, resolver: Resolver, domains: Domains, problems: Problems) -> bool:
    """Note what is wrong with the rows of a table; return whether some row always fits."""
    every = (1 << len(table.rows)) - 1
    known: dict[str, list[Group]] = {}
    for name, expr in table.inputs.items():
        column = domains.column(*resolver.typed(expr))
        cells = [resolver.condition(row.cells[name]) if name in row.cells else None for row in table.rows]
        try:
            known[name] = groups(column, cells)
        except Unchecked as reason:
            problems.note(table.place, "P327", f'the table "{table.name}" was not checked for gaps: {name} {reason}')
            return False
    if prod(map(len, known.values())) > MOST_COMBINATIONS:
        message = (
            f'the table "{table.name}" was not checked for gaps: it has more than {MOST_COMBINATIONS} combinations'
        )
        problems.note(table.place, "P327", message)
        return False
    tried = [_tried(known, chosen, every) for chosen in product(*known.values())]
    _check_rows(table, tried, problems)
    gaps = [each for each in tried if not each.rows]
    if gaps and not table.otherwise and table.hit != "collect":
        _note_gaps(f'the table "{table.name}" has no row', table.place, gaps, "P320", problems)
    return not gaps and table.hit != "collect"


def _tried(known: Mapping[str, Sequence[Group]], chosen: Sequence[Group], every: int) -> Tried:
    rows = reduce(and_, (group.rows for group in chosen), every)
    said = [f"{name} {group.text}" for name, group in zip(known, chosen, strict=True) if group.text]
    return Tried(rows, ", ".join(said), any(group.hole for group in chosen))


def _note_gaps(what: str, place: Place, gaps: Iterable[Tried], code: str, problems: Problems) -> None:
    """Note the first gaps; one that only a value between two grid points falls into is a decimal hole."""
    gaps = sorted(gaps, key=lambda gap: gap.hole)
    for gap in gaps[:MOST_SHOWN]:
        if gap.hole:
            hint = "Let one begin where the other ends: < 25 and >= 25."
            problems.add(place, "P322", f"{what} for {gap.text}: a decimal hole", hint)
        else:
            more = f"; and {len(gaps) - MOST_SHOWN} more" if len(gaps) > MOST_SHOWN else ""
            problems.add(place, code, f"{what} for {gap.text or 'anything'}{more}", "Add one, or say otherwise:.")


def _check_rows(table: Table, tried: Sequence[Tried], problems: Problems) -> None:
    first_counts = table.hit in ("first", "priority")
    reached = 0
    for each in tried:
        reached |= each.rows & -each.rows if first_counts else each.rows
    for index, row in enumerate(table.rows):
        if not reached >> index & 1:
            message = f'the row "{row.name}" can never be chosen'
            problems.add(row.place, "P323", message, "No value fits its cells that an earlier row does not take.")
    if table.hit in ("unique", "any"):
        _check_overlaps(table, tried, problems)


def _check_overlaps(table: Table, tried: Iterable[Tried], problems: Problems) -> None:
    seen: set[tuple[int, int]] = set()
    for each in tried:
        fitting = [index for index in range(len(table.rows)) if each.rows >> index & 1]
        for pair in combinations(fitting, 2):
            if pair not in seen:
                seen.add(pair)
                _note_overlap(table, table.rows[pair[0]], table.rows[pair[1]], each, problems)


def _note_overlap(table: Table, first: Row, second: Row, where: Tried, problems: Problems) -> None:
    both = f'the rows "{first.name}" and "{second.name}" both fit {where.text or "everything"}'
    if table.hit == "unique":
        problems.add(second.place, "P321", both, "Part them, or use hit: first or hit: priority.")
    elif first.output != second.output or first.acts or second.acts:
        problems.add(second.place, "P326", f"{both} and say different things", "With hit: any they must agree.")


def check_bands(document: Score, bands: Mapping[str, Expr], problems: Problems) -> None:
    """Note values that no band takes, and bands no value reaches; bands that read more than ``value`` are let be."""
    if document.value is None or document.value_type == "code" or not bands:
        return
    column = Column(
        Name("value", "score"), Kind("number", range=document.range), document.value_type == "integer", None, {}
    )
    try:
        found = groups(column, list(bands.values()))
        inside = groups(column, list(bands.values()), ends=document.range is not None)
    except Unchecked:
        return
    gaps = [Tried(group.rows, group.text, group.hole) for group in inside if not group.rows]
    _note_gaps("no band is given", document.place, gaps, "P405", problems)
    reached = reduce(lambda rows, group: rows | group.rows & -group.rows, found, 0)
    for index, (name, expr) in enumerate(bands.items()):
        if not reached >> index & 1:
            problems.add(
                expr.place, "P323", f'the band "{name}" can never be given', "An earlier band takes its values."
            )

"""Tables, tests and parameters of a text in words, for whoever does not read YAML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from engine.compiler import Program
from engine.conditions import Compare, Expr, Name, Not, children, with_children
from engine.language.documents import Document, Example, Parameter, Protocol, Row, Table
from engine.wording import measured, unit_words
from webapp.plans.presenting import URGENT
from webapp.plans.terms import Terms
from webapp.studio.sentences import InForce

_AMOUNT = re.compile(r"([+-]?\d+(?:\.\d+)?) (\S+)")
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class TableRow:
    name: str
    line: int
    cells: Sequence[str]  # one a column; empty: whatever it is
    says: str


@dataclass(frozen=True, slots=True)
class TableWords:
    """A decision table as one reads it: its columns by what they ask."""

    name: str
    title: str
    line: int
    heads: Sequence[str]
    rows: Sequence[TableRow]
    counts: str  # which row counts if several fit
    otherwise: str


@dataclass(frozen=True, slots=True)
class ParameterWords:
    name: str
    line: int
    value: str
    range: str
    source: str


@dataclass(frozen=True, slots=True)
class TestWords:
    """One test: ``passed`` is None where it was never run."""

    name: str
    line: int
    given: Sequence[tuple[str, str]]
    expected: Sequence[tuple[str, str]]
    passed: bool | None


class InWords:
    """Says the parts of one protocol in one language."""

    def __init__(self, program: Program, language: str, document: Document) -> None:
        self.program, self.protocol = program, document.name
        parameters = document.parameters if isinstance(document, Protocol) else {}
        self.terms, self.wording = Terms(program.edition, language), InForce(program, language, parameters)
        self.language = language

    # --- tables

    def tables(self, document: Protocol) -> list[TableWords]:
        return [self._table(table, document) for table in document.tables.values()]

    def _table(self, table: Table, document: Protocol) -> TableWords:
        definition = document.definitions.get(table.name)
        inputs = {name: self._resolved(expr) for name, expr in table.inputs.items()}
        heads = {name: self.wording.of(expr) for name, expr in inputs.items()}
        otherwise = getattr(definition.expression, "otherwise", None) if definition else None
        return TableWords(
            name=table.name,
            title=self.terms.say(definition.title) if definition else _plain(table.name),
            line=table.place.line,
            heads=list(heads.values()),
            rows=[self._row(row, inputs, heads, document) for row in table.rows],
            counts=_counts(table),
            otherwise=self.said(otherwise) if otherwise is not None else "",
        )

    def _row(self, row: Row, inputs: Mapping[str, Expr], heads: Mapping[str, str], document: Protocol) -> TableRow:
        cells = [self._cell(row.cells.get(name), expr, heads[name]) for name, expr in inputs.items()]
        said = self.said(self._resolved(row.output)) if row.output is not None else ""
        return TableRow(_plain(row.name), row.place.line, cells, said or _("see the rule of this row"))

    def _cell(self, cell: Expr | None, column: Expr, head: str) -> str:
        if cell is None:
            return ""
        resolved = self._resolved(cell)
        if resolved == column:
            return _("yes")
        if isinstance(resolved, Not) and resolved.part == column:
            return _("no")
        return self.wording.of(resolved).removeprefix(f"{head} ").removeprefix("= ")

    def said(self, output: Expr) -> str:
        """Return what a row says: a code in plain words, or a number."""
        return _plain(output.name) if isinstance(output, Name) and output.kind == "code" else self.wording.of(output)

    def _resolved(self, expr: Expr) -> Expr:
        """Return a condition of a table as written, its names told apart as the checker does."""
        if isinstance(expr, Name) and expr.kind == "unresolved":
            return self._named(expr)
        if isinstance(expr, Compare) and isinstance(expr.right, Name) and self._is_choice(expr.left, expr.right.name):
            return replace(expr, left=self._resolved(expr.left), right=replace(expr.right, kind="code"))
        parts = children(expr)
        return with_children(expr, tuple(map(self._resolved, parts))) if parts else expr

    def _named(self, name: Name) -> Name:
        own = f"{self.protocol}.{name.name}"
        if own in self.program.definitions:
            return replace(name, name=own, kind="definition")
        if name.name in self.program.edition.vocabulary.facts:
            return replace(name, kind="fact")
        return replace(name, kind="score" if name.name in self.program.edition.scores else "code")

    def _is_choice(self, left: Expr, word: str) -> bool:
        spec = self.program.edition.vocabulary.facts.get(left.name) if isinstance(left, Name) else None
        return spec is not None and word in spec.choices

    # --- parameters

    def parameters(self, document: Protocol) -> list[ParameterWords]:
        return [self._parameter(one) for one in document.parameters.values()]

    def _parameter(self, one: Parameter) -> ParameterWords:
        return ParameterWords(
            _plain(one.name.rpartition(".")[2]),
            one.place.line,
            self._measured(one.value, one),
            self._range(one),
            one.source,
        )

    def _measured(self, value: Any, one: Parameter) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return _plain(value) if isinstance(value, str) else measured(value, one.unit, self.language)

    def _range(self, one: Parameter) -> str:
        if one.low is not None and one.high is not None:
            return f"{measured(one.low, None, self.language)} – {measured(one.high, one.unit, self.language)}"
        return ", ".join(map(_plain, one.choices))

    # --- tests

    def tests(self, examples: Sequence[Example], results: Mapping[str, bool]) -> list[TestWords]:
        return [
            TestWords(
                one.name, one.place.line, list(self.given(one.given)), list(self.expected(one)), results.get(one.name)
            )
            for one in examples
        ]

    def given(self, given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        for name, value in given.items():
            yield self.terms.fact(name), self._value(name, value)

    def _value(self, name: str, value: object) -> str:
        if isinstance(value, Mapping):
            return ", ".join(f"{_plain(str(key))} {self._value(name, one)}" for key, one in value.items())
        if isinstance(value, (list, tuple)):
            return ", ".join(self._value(name, one) for one in value) or self.terms.none_of(name)
        return self._word(name, str(value))

    def _word(self, name: str, text: str) -> str:
        if text in _YES_NO:
            return _("yes") if _YES_NO[text] else _("no")
        if text in ("null", "unknown"):
            return _("not known")
        spec = self.terms.spec(name)
        if spec and text in spec.choices:
            return self.terms.say(spec.choices[text])
        if spec and spec.type == "set":
            return self.terms.listed(text)
        amount = _AMOUNT.fullmatch(text)
        return f"{amount[1]} {unit_words(amount[2], self.language)}" if amount else text

    def expected(self, one: Example) -> Iterator[tuple[str, str]]:
        """Yield what a test expects, each as its kind and what."""
        plan = (
            (_("in the plan"), one.include), (_("not in the plan"), one.exclude), (_("held"), one.held),
            (_("blocked"), one.blocked),
        )  # fmt: skip
        for label, entries in plan:
            if entries:
                yield label, "; ".join(map(self._entry, entries))
        if one.urgency:
            yield pgettext("of a test", "urgency"), self._urgency(one.urgency)
        for code, urgency in one.urgencies.items():
            yield self._entry(code), self._urgency(urgency)
        for medicine, dose in one.doses.items():
            yield self.terms.ingredient(medicine), dose
        if one.ask:
            yield pgettext("of a test", "asks"), "; ".join(map(self.terms.fact, one.ask))
        for label, rules in ((_("rules that fire"), one.fired), (_("rules that do not"), one.not_fired)):
            if rules:
                yield label, ", ".join(rules)
        for key, value in one.scores.items():
            yield _plain(key), self._value(key, value)

    def _urgency(self, urgency: str) -> str:
        found = URGENT.get(urgency)
        return str(found[1] if isinstance(found, tuple) else found) if found else _("none")

    def _entry(self, entry: str) -> str:
        return f" {_('or')} ".join(self._code(part) for part in entry.split("|"))

    def _code(self, code: str) -> str:
        kind, _colon, name = code.partition(":")
        if kind == "drug":
            return self.terms.listed(name)
        return _("any of %(kind)s") % {"kind": kind} if name == "*" else self.terms.code(code)


def _counts(table: Table) -> str:
    return {
        "unique": _("One row fits, never two."),
        "first": _("The first row that fits counts."),
        "priority": _("The most important row that fits counts; they stand in that order."),
        "any": _("Rows that fit together say the same."),
        "collect": _("All rows that fit count together."),
    }[table.hit]


def _plain(name: str) -> str:
    return name.replace("_", " ")

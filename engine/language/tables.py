"""Decision tables out of their file: a value is a definition, a row that acts a rule, a cell a condition."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, cast

from engine.conditions import And, Decide, Expr, Hit, Not, Number, Or, YesNo
from engine.errors import Place
from engine.language.blocks import condition
from engine.language.cells import cell
from engine.language.documents import Action, Definition, Row, Rule, Table
from engine.language.forms import ActionForm, RowForm, TableForm
from engine.language.reader import Word
from engine.language.spelling import nearest
from engine.language.validation import Problems

Actions = Callable[[ActionForm], tuple[Action, ...]]
_NO_TITLE = {"es": "tabla {}", "en": "table {}"}


@dataclass
class Tables:
    """What the tables of one protocol come to."""

    tables: dict[str, Table] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)


def tables_of(forms: dict[str, TableForm], protocol: str, actions: Actions, problems: Problems) -> Tables:
    """Return the tables of a protocol with the definitions and rules they stand for."""
    found = Tables()
    for name, form in forms.items():
        reader = _TableReader(name, form, problems)
        table = reader.table()
        found.tables[name] = table
        value = reader.value(table)
        if value is not None:
            title = form.title.text() if form.title else {lang: text.format(name) for lang, text in _NO_TITLE.items()}
            qualified = f"{protocol}.{name}"
            found.definitions[name] = Definition(qualified, value, title, form.place)
        for rule in reader.rules(table, actions):
            found.rules[rule.name] = rule
    return found


class _TableReader:
    """Reads one table; what is not complete is noted."""

    def __init__(self, name: str, form: TableForm, problems: Problems) -> None:
        self.name, self.form, self.problems = name, form, problems

    def table(self) -> Table:
        form = self.form
        inputs = {name: condition(node, self.problems) for name, node in form.inputs.items()}
        rows = tuple(self.row(name, row, inputs) for name, row in form.rows.items())
        self.check(rows)
        return Table(
            name=self.name,
            hit=cast("Any", form.hit),
            inputs=inputs,
            rows=self.by_priority(rows),
            collect=cast("Any", form.collect),
            otherwise=form.otherwise is not None,
            place=form.place,
        )

    def row(self, name: str, form: RowForm, inputs: dict[str, Expr]) -> Row:
        cells = {}
        for column, word in form.when.items():
            if column not in inputs:
                hint = nearest(column, inputs) or f"Its columns are: {', '.join(inputs)}."
                self.problems.add(word.place, "P324", f'the table has no column "{column}"', hint)
            elif (said := cell(word, inputs[column], self.problems)) is not None:
                cells[column] = said
        output = self.output(form.then)
        if output is None and not form.do:
            self.problems.add(form.place, "P324", f'the row "{name}" says nothing', "Give it then: or do:.")
        return Row(name, cells, output, bool(form.do), form.place)

    def output(self, word: Word | None) -> Expr | None:
        return None if word is None else condition(word, self.problems)

    def check(self, rows: Iterable[Row]) -> None:
        form = self.form
        saying = {row.output is not None for row in rows}
        counts = form.collect == "count"
        if saying == {True, False} and not counts:
            self.note("rows", "some rows have then: and others none", "Give every row then:, or none.")
        if (form.hit == "collect") != (form.collect is not None) and saying != {False}:
            self.note("hit", "hit: collect needs collect:", "Add collect: sum, min, max or count; or leave both out.")
        if (form.hit == "priority") != bool(form.priority):
            self.note("hit", "hit: priority needs priority:", "List the rows or outputs, the most important first.")

    def note(self, key: str, message: str, hint: str) -> None:
        self.problems.add(self.form.at(key), "P324", message, hint)

    def by_priority(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Return the rows in the order in which they are tried: as written, or by the priority of row or output."""
        wanted = [str(word) for word in self.form.priority]
        written = {name: str(row.then) for name, row in self.form.rows.items()}
        known = {*self.form.rows, *written.values()}
        for word in self.form.priority:
            if word not in known:
                hint = nearest(str(word), known) or "Name a row, or what a row says."
                self.problems.add(word.place, "P324", f'no row is called or says "{word}"', hint)
        ranks = {row.name: _rank(wanted, row.name, written[row.name]) for row in rows}
        if wanted and len(wanted) in ranks.values():
            left = ", ".join(name for name, rank in ranks.items() if rank == len(wanted))
            self.note("priority", f"the priority of these rows is not said: {left}", "List every row or output.")
        return tuple(sorted(rows, key=lambda row: ranks[row.name])) if wanted else rows

    # --- what it stands for

    def value(self, table: Table) -> Expr | None:
        """Return what the table says, None if its rows only act."""
        outputs = tuple(row.output for row in table.rows if row.output is not None)
        if table.collect == "count":
            outputs = tuple(Number(Fraction(1), place=row.place) for row in table.rows)
        if not outputs or len(outputs) != len(table.rows):
            return None
        conditions = tuple(fits(row, table.place) for row in table.rows)
        otherwise = self.output(self.form.otherwise)
        last = () if otherwise is None else (otherwise,)
        hit: Hit = table.collect or cast("Hit", "first" if table.hit == "priority" else table.hit)
        return Decide(hit, len(table.rows), (*conditions, *outputs, *last), place=table.place)

    def rules(self, table: Table, actions: Actions) -> Iterable[Rule]:
        """Yield a rule for each row that acts: proposed when the table chooses that row."""
        for index, row in enumerate(table.rows):
            form = self.form.rows[row.name]
            because = form.because or self.form.because
            if not form.do:
                continue
            if because is None:
                self.problems.add(row.place, "P012", 'the key "because" is missing here', "A row that acts says why.")
                continue
            done = tuple(part for action in form.do for part in actions(action))
            yield Rule(
                name=f"{self.name}_{row.name}",
                when=chosen(table, index),
                actions=done,
                because=because.text(),
                red_flag=self.form.red_flag,
                paediatric=self.form.paediatric,
                source=str(form.source or self.form.source or ""),
                evidence=form.evidence or self.form.evidence or "",
                review_needed=self.form.review is not None,
                place=row.place,
            )


def _rank(wanted: list[str], name: str, output: str) -> int:
    return next((rank for rank, word in enumerate(wanted) if word in (name, output)), len(wanted))


def fits(row: Row, place: Place) -> Expr:
    """Return whether all cells of a row hold."""
    cells = tuple(row.cells.values())
    if not cells:
        return YesNo(True, place=place)
    return cells[0] if len(cells) == 1 else And(cells, place=row.place)


def chosen(table: Table, index: int) -> Expr:
    """Return whether the table chooses a row: it fits, and where the first counts none before it does."""
    own = fits(table.rows[index], table.place)
    before = tuple(fits(row, table.place) for row in table.rows[:index])
    if table.hit not in ("first", "priority") or not before:
        return own
    earlier = before[0] if len(before) == 1 else Or(before, place=own.place)
    return And((own, Not(earlier, place=own.place)), place=own.place)


def marked_whole(definition: Definition) -> Definition:
    """Return the value of a table of which some row always fits."""
    expression = definition.expression
    if not isinstance(expression, Decide):
        return definition
    return replace(definition, expression=replace(expression, whole=True))

"""Writes docs/reference/protocols/: a page for each shipped protocol and one for the scores, in plain words."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.compiler.program import Program, RuleNode
from engine.conditions import Expr, Name, children, with_children
from engine.facts import Text
from engine.language.documents import Definition, Parameter, Protocol, Rule, Score, ScoreInput, Table
from engine.language.printer import printed
from engine.wording import said
from tools.rule_prose import Prose

LANGUAGES = ("es", "en")
MADE = "Made from the files by `python -m tools.protocols_reference`; each sentence is what the rule itself says."
MARKS = {
    "red flag": "**Signo de alarma · red flag**",
    "review": "*Por confirmar por la dirección médica · to be confirmed by the medical director*",
    "paediatric": "*También en menores · also under 18*",
}


class Page:
    """One protocol as a page."""

    def __init__(self, program: Program, protocol: Protocol) -> None:
        self.program, self.protocol = program, protocol
        self.nodes = {node.rule.name: node for node in program.rules if node.protocol.name == protocol.name}
        self.prose = {lang: Prose(program, lang) for lang in LANGUAGES}

    def text(self) -> str:
        parts = (self.head(), self.parameters(), self.definitions(), self.tables(), self.rules(), self.sources())
        return "\n".join(line for part in parts for line in part)

    def head(self) -> Iterator[str]:
        protocol = self.protocol
        yield f"# {both(protocol.title)}\n"
        review = f", review by {protocol.review_by}" if protocol.review_by else ""
        yield f"`{protocol.name}` {protocol.version}{review}. {MADE}\n"
        node = next(iter(self.nodes.values()), None)
        applies = next((node.applies for node in self.nodes.values() if node.applies is not None), None)
        if node is not None and applies is not None:
            yield f"- **Para** {self.prose['es'].of(applies)}. Los signos de alarma valen para cualquiera."
            yield f"- **For** {self.prose['en'].of(applies)}. Red flags hold for everybody.\n"

    def parameters(self) -> Iterator[str]:
        if self.protocol.parameters:
            yield "## Lo que la clínica puede ajustar · What the clinic may set\n"
            yield from heading("Parámetro · parameter", "Valor · value", "Entre · between", "Fuente · source")
            yield from (self.parameter(each) for each in self.protocol.parameters.values())
            yield ""

    def parameter(self, parameter: Parameter) -> str:
        value = each_once(prose.amount(parameter.value, parameter.unit) for prose in self.prose.values())
        ends = (parameter.low, parameter.high)
        prose = self.prose["en"]
        limits = " – ".join(prose.amount(end, parameter.unit) for end in ends if end is not None)
        return row(f"`{parameter.name}`", value, limits or ", ".join(parameter.choices), parameter.source)

    def definitions(self) -> Iterator[str]:
        shown = [each for name, each in self.protocol.definitions.items() if name not in self.protocol.tables]
        if shown:
            yield "## Lo que significan los términos · What the terms mean\n"
            yield from heading("Término · term", "Significa", "Means")
            yield from (self.definition(each) for each in shown)
            yield ""

    def definition(self, definition: Definition) -> str:
        name = definition.name.partition(".")[2] or definition.name
        title = f"{both(definition.title)} (`{name}`)" if definition.title else f"`{name}`"
        behind = self.program.definitions.get(f"{self.protocol.name}.{name}", definition.expression)
        return row(title, *(self.prose[lang].of(behind) for lang in LANGUAGES))

    def tables(self) -> Iterator[str]:
        for name, table in self.protocol.tables.items():
            titled = self.protocol.definitions.get(name)
            title = both(titled.title) if titled and titled.title else name.replace("_", " ")
            yield f"## Tabla de decisión · Decision table: {title}\n"
            yield from self.table(table)
            yield ""

    def table(self, table: Table) -> Iterator[str]:
        columns = [self.named(column) for column in table.inputs.values()]
        inputs = [each_once(prose.of(column) for prose in self.prose.values()) for column in columns]
        yield from heading("", *inputs, "→")
        for line in table.rows:
            cells = [self.cell(table, column, line.cells.get(column)) for column in table.inputs]
            yield row(f"`{line.name}`", *cells, self.output(table, line.name, line.output))

    def cell(self, table: Table, column: str, cell: Expr | None) -> str:
        """Return what a cell asks, without repeating what the column reads."""
        if cell is None:
            return "–"
        read, asked = self.named(table.inputs[column]), self.named(cell)
        return each_once(prose.cell(asked, read) for prose in self.prose.values())

    def named(self, expr: Expr) -> Expr:
        """Return an expression of a table as it is written, with what its names stand for."""
        if not isinstance(expr, Name):
            return with_children(expr, tuple(map(self.named, children(expr)))) if children(expr) else expr
        if expr.kind != "unresolved":
            return expr
        if expr.name in self.program.edition.vocabulary.facts:
            return replace(expr, kind="fact")
        qualified = f"{self.protocol.name}.{expr.name}"
        if qualified in self.program.definitions:
            return replace(expr, name=qualified, kind="definition")
        return replace(expr, kind="code")

    def output(self, table: Table, name: str, output: Expr | None) -> str:
        rule = f"{table.name}_{name}"
        acts = [f"[`{rule}`](#{rule})"] if rule in self.protocol.rules else []
        return ", ".join([*([f"`{printed(output)}`"] if output is not None else []), *acts])

    def rules(self) -> Iterator[str]:
        yield "## Reglas · Rules\n"
        for name in self.protocol.rules:
            yield from self.rule(self.nodes[name])

    def rule(self, node: RuleNode) -> Iterator[str]:
        rule = node.rule
        yield f"### `{rule.name}`\n"
        if marks := "; ".join(MARKS[name] for name in marks_of(rule)):
            yield f"{marks}\n"
        for lang, prose in self.prose.items():
            yield f"- {lang.upper()}: {prose.rule(node)} {said(rule.because, lang)}"
        quoted = f" «{rule.sentence}»" if rule.sentence else ""
        yield f"- `{rule.source}`, {rule.evidence or 'evidence not graded'}.{quoted}\n"

    def sources(self) -> Iterator[str]:
        yield "## Fuentes · Sources\n"
        yield from (f"- `{key}`: {citation}" for key, citation in self.protocol.sources.items())
        yield ""


def scores_page(program: Program) -> str:
    """Return the page of the scores: what each reads, its formula and its bands."""
    head = (
        f"# Puntuaciones · Scores\n\n{MADE}\n",
        "Sin todos los datos no hay valor, salvo que lo que falta no pueda cambiarlo. "
        "Without all inputs there is no value, unless what is missing cannot change it.\n",
    )
    scores = (line for _, score in sorted(program.edition.scores.items()) for line in _score(score))
    return "\n".join((*head, *scores))


def _score(score: Score) -> Iterator[str]:
    yield f"## {both(score.title)}\n"
    yield f"`{score.name}` {score.version}{'. ' + MARKS['review'] if score.review_needed else ''}\n"
    yield from heading("Dato · input", "Unidad · unit", "Se lee de · read from")
    yield from (_input(each) for each in score.inputs.values())
    yield ""
    formulas = [(name, each.expression) for name, each in score.definitions.items()]
    formulas += [("value", score.value)] if score.value is not None else list(score.record.items())
    yield from (f"- `{name}` = `{printed(formula)}`" for name, formula in formulas)
    if score.bands:
        yield ""
        yield from heading("Nivel · band", "Si · when", "")
        yield from (_band(score, band, when) for band, when in score.bands.items())
    yield ""
    yield from (f"- `{key}`: {citation}" for key, citation in score.sources.items())
    yield ""


def _input(given: ScoreInput) -> str:
    bind = f"`{printed(given.bind)}`" if given.bind is not None else "–"
    return row(f"`{given.name}`", given.unit or given.type, bind)


def _band(score: Score, band: str, when: Expr) -> str:
    return row(f"`{band}`", f"`{printed(when)}`", "**peligro · danger**" if band in score.danger else "")


def marks_of(rule: Rule) -> list[str]:
    marks = (("red flag", rule.red_flag), ("review", rule.review_needed), ("paediatric", rule.paediatric))
    return [name for name, on in marks if on]


def heading(*cells: str) -> Iterator[str]:
    yield row(*cells)
    yield row(*("---" for _ in cells))


def row(*cells: str) -> str:
    """Return a line of a table; a bar inside a cell would end it."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def both(title: Text) -> str:
    return each_once(said(title, lang) for lang in LANGUAGES)


def each_once(texts: Iterable[str]) -> str:
    """Return Spanish and English side by side, once if they are the same."""
    return " · ".join(dict.fromkeys(texts))

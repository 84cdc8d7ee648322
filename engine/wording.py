"""Conditions in words, Spanish and English: what a trace shows beside each truth."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from engine.compiler.program import Program
from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Beside,
    BothWeeks,
    Call,
    Choose,
    Compare,
    DayCount,
    Decide,
    Expr,
    Includes,
    Known,
    Latest,
    Name,
    Not,
    Number,
    OfSeries,
    OneOf,
    Or,
    Since,
    Summary,
    Times,
    Window,
    Within,
    YesNo,
)
from engine.facts import CodeSet, Entry, FactValue, Missing, Origin, Series, Text, Value
from engine.units import written

SIGNS = {"<": "<", "<=": "≤", "=": "=", "!=": "≠", ">=": "≥", ">": ">"}
WORDS: Mapping[str, Text] = {
    "and": {"es": "y", "en": "and"},
    "or": {"es": "o", "en": "or"},
    "not": {"es": "no:", "en": "not:"},
    "yes": {"es": "sí", "en": "yes"},
    "no": {"es": "no", "en": "no"},
    "if": {"es": "si", "en": "if"},
    "then": {"es": "entonces", "en": "then"},
    "else": {"es": "si no", "en": "else"},
    "includes": {"es": "incluye", "en": "includes"},
    "known": {"es": "se conoce", "en": "is known:"},
    "unknown": {"es": "no se conoce", "en": "is not known:"},
    "at_least": {"es": "al menos {} de", "en": "at least {} of"},
    "between": {"es": "entre", "en": "in"},
    "times": {"es": "veces de", "en": "times of"},
    "highest": {"es": "valor más alto de", "en": "highest"},
    "lowest": {"es": "valor más bajo de", "en": "lowest"},
    "first": {"es": "primer valor de", "en": "first"},
    "recorded": {"es": "días anotados de", "en": "days recorded of"},
    "change": {"es": "cambio de", "en": "change of"},
    "trend": {"es": "tendencia por semana de", "en": "trend a week of"},
    "last_days": {"es": "últimos {} días", "en": "last {} days"},
    "both_weeks": {"es": "en cada una de las dos últimas semanas", "en": "in each of the last two weeks"},
    "since_start": {"es": "desde que empezó {}", "en": "since the start of {}"},
    "days_with": {"es": "días con", "en": "days with"},
    "latest": {"es": "último valor de", "en": "latest"},
    "mean": {"es": "media de", "en": "mean of"},
    "days": {"es": "días de los últimos {} con", "en": "days of the last {} with"},
    "band": {"es": "nivel de", "en": "band of"},
    "count": {"es": "cuántos de", "en": "how many of"},
    "none": {"es": "ninguno", "en": "none"},
    "not_filled": {"es": "sin rellenar", "en": "not filled in"},
    "not_asked": {"es": "no se ha preguntado", "en": "not asked"},
    "dont_know": {"es": "respondió que no lo sabe", "en": "answered: does not know"},
    "stale": {"es": "dato antiguo", "en": "too old"},
    "queried": {"es": "hay que confirmar el valor o la unidad", "en": "value or unit to be confirmed"},
    "not_valid": {"es": "prueba no válida", "en": "test not valid"},
    "unconfirmed_mention": {"es": "mención sin confirmar", "en": "mention not confirmed"},
    "written": {"es": "escrito por el paciente, sin confirmar", "en": "written by the patient, not confirmed"},
}

LANGUAGES = ("es", "en")
TEXTS: Mapping[str, Text] = {
    "proposed": {"es": "Propuesto", "en": "Proposed"},
    "held": {"es": "En espera", "en": "Held"},
    "blocked": {"es": "Bloqueado", "en": "Blocked"},
    "because": {"es": "Porque", "en": "Because"},
    "applies": {"es": "A quién se aplica", "en": "For whom"},
    "when": {"es": "Indicación", "en": "Indication"},
    "exclude": {"es": "Debe descartarse", "en": "To be ruled out"},
    "waits": {"es": "Espera a saber", "en": "Waits for"},
    "frees": {"es": "Se liberará cuando se sepa y no lo impida", "en": "It is freed once this is known and clear"},
    "nothing_frees": {
        "es": "No falta ningún dato: lo resuelve el médico (ver conflictos)",
        "en": "No fact is missing: the doctor settles it (see conflicts)",
    },
    "alternatives": {"es": "Alternativas", "en": "Alternatives"},
    "source": {"es": "Fuente", "en": "Source"},
    "evidence": {"es": "evidencia", "en": "evidence"},
    "conflicts": {"es": "Conflictos", "en": "Conflicts"},
    "true": {"es": "sí", "en": "yes"},
    "false": {"es": "no", "en": "no"},
    "unknown": {"es": "no se sabe", "en": "not known"},
    "patient_held": {
        "es": "Su médico necesita saber algo más antes de decidirlo.",
        "en": "Your doctor needs to know something more before deciding this.",
    },
    "patient_blocked": {
        "es": "Esto no es adecuado para usted con los datos que tenemos.",
        "en": "This does not suit you, by what we know.",
    },
    "no_rule": {"es": "Ninguna regla publicada propone", "en": "No published rule proposes"},
    "in_plan": {"es": "Está en el plan", "en": "It is in the plan"},
    "not_applicable": {"es": "El protocolo no se aplica", "en": "The protocol does not apply"},
    "not_indicated": {"es": "No hay indicación", "en": "There is no indication"},
    "excluded": {"es": "Lo impide", "en": "It is ruled out by"},
    "silenced": {"es": "Otra regla tiene preferencia", "en": "Another rule goes first"},
    "open": {"es": "Falta saber", "en": "Not known yet"},
    "guarded": {
        "es": "Las dosis y dietas de adultos no se proponen a menores de 18 años ni sin saber la edad",
        "en": "Adult doses and diets are not proposed under 18 or while the age is not known",
    },
    "safety_blocks": {"es": "Lo bloquea la seguridad", "en": "Safety blocks it"},
}


UNITS: Mapping[str, Text] = {
    "years": {"es": "años", "en": "years"},
    "months": {"es": "meses", "en": "months"},
    "weeks": {"es": "semanas", "en": "weeks"},
    "days": {"es": "días", "en": "days"},
    "hours": {"es": "horas", "en": "hours"},
    "permil": {"es": "‰", "en": "‰"},
}
_UNSAID = frozenset({"points", "ratio", "count", "category", "qualitative", "bool", "days_in_last_7", "points_0_100"})
_PLAIN = re.compile(r"\s*[+-]?\d+(\.\d+)?\s*")  # a number alone; what was computed says how instead


def phrase(key: str, lang: str) -> str:
    """Return one of the phrases of an explanation."""
    return said(TEXTS[key], lang)


def word(key: str, lang: str) -> str:
    return said(WORDS[key], lang)


def said(text: Text, lang: str) -> str:
    """Return a text in the language wished, else in Spanish, else in any."""
    return text.get(lang) or text.get("es") or next(iter(text.values()), "")


def measured(value: Fraction, unit: str | None, lang: str) -> str:
    """Return a number with its unit in words; counts and labels have none."""
    if unit is None or unit in _UNSAID:
        return written(value)
    return f"{written(value)} {unit_words(unit, lang)}"


def entry_words(entry: Entry | None) -> str:
    """Return one day of a series: its value, its values joined, or a dash for a day not recorded."""
    if entry is None:
        return "–"
    return "+".join(map(written, entry)) or "0" if isinstance(entry, tuple) else written(entry)


def unit_words(unit: str, lang: str) -> str:
    return said(UNITS[unit], lang) if unit in UNITS else unit


def fact_title(program: Program, fact: str, lang: str) -> str:
    """Return what a fact is called; a name nobody declared is shown as it is, with spaces."""
    spec = program.edition.vocabulary.facts.get(fact)
    return fact.replace("_", " ") if spec is None else said(spec.title, lang)


def code_title(program: Program, code: str, lang: str) -> str:
    """Return what a medicine, class, brand or plan code is called."""
    formulary, vocabulary = program.edition.formulary, program.edition.vocabulary
    for table in (formulary.medicines, formulary.classes, vocabulary.codes):
        if code in table:
            return said(table[code].title, lang)
    name = code.partition(":")[2] or code
    if name in formulary.regimens:
        return said(formulary.regimens[name].title, lang)
    if name in formulary.medicines:
        return said(formulary.medicines[name].title, lang)
    return formulary.brands[code].name if code in formulary.brands else (name or code).replace("_", " ")


def definition_title(program: Program, name: str, lang: str) -> str | None:
    """Return the title of a definition, None if it has none."""
    protocol = program.edition.protocols.get(name.partition(".")[0])
    known = protocol.definitions if protocol is not None else {}
    found = known.get(name) or known.get(name.partition(".")[2])
    return said(found.title, lang) if found is not None and found.title else None


class Wording:
    """Writes conditions of one program in one language."""

    def __init__(self, program: Program, lang: str) -> None:
        self.program, self.lang = program, lang

    def of(self, expr: Expr) -> str:
        match expr:
            case And(parts=parts):
                return self._list(parts, "and")
            case Or(parts=parts):
                return self._list(parts, "or")
            case Not(part=part):
                return f"{word('not', self.lang)} {self.of(part)}"
            case AtLeast(count=count, parts=parts):
                return f"{word('at_least', self.lang).format(count)}: {'; '.join(map(self.of, parts))}"
            case Name():
                return self._name(expr)
            case YesNo(value=value):
                return word("yes" if value else "no", self.lang)
            case Number(value=value, unit=unit):
                return measured(value, unit, self.lang)
        return self._relation(expr)

    def _list(self, parts: tuple[Expr, ...], between: str) -> str:
        return f" {word(between, self.lang)} ".join(self._bracketed(parts))

    def _bracketed(self, parts: Iterable[Expr]) -> list[str]:
        """Return parts as they stand beside each other: those joined themselves in brackets."""
        return [f"({self.of(part)})" if isinstance(part, (And, Or)) else self.of(part) for part in parts]

    def _name(self, name: Name) -> str:
        match name.kind:
            case "fact":
                return fact_title(self.program, name.name, self.lang)
            case "definition":
                titled = definition_title(self.program, name.name, self.lang)
                return titled or self.of(self.program.definitions[name.name])
            case "score" | "band":
                title = said(self.program.edition.scores[name.name].title, self.lang)
                return title if name.kind == "score" else f"{word('band', self.lang)} {title}"
            case "conclusion":
                return name.name.partition(".")[2].replace("_", " ")
        return name.name.replace("_", " ")

    def _relation(self, expr: Expr) -> str:
        match expr:
            case Compare(op=op, left=left, right=Name(name=code, kind="code")):
                return f"{self.of(left)} {SIGNS[op]} {self._choice(left, code)}"
            case Compare(op=op, left=left, right=right):
                return f"{self.of(left)} {SIGNS[op]} {self.of(right)}"
            case Within(value=value, low=low, high=high, low_closed=low_closed, high_closed=high_closed):
                ends = f"{'[' if low_closed else '('}{self.of(low)} .. {self.of(high)}{']' if high_closed else ')'}"
                return f"{self.of(value)} {word('between', self.lang)} {ends}"
            case OneOf(value=value, codes=codes):
                joint = f" {word('or', self.lang)} "
                return f"{self.of(value)} = {joint.join(self._choice(value, code) for code in codes)}"
            case Includes(fact=fact, code=code):
                title = fact_title(self.program, fact, self.lang)
                return f"{title} {word('includes', self.lang)} {self._member(fact, code)}"
            case Known(fact=fact, known=known):
                title = fact_title(self.program, fact, self.lang)
                return f"{word('known' if known else 'unknown', self.lang)} {title}"
        return self._number(expr)

    def _choice(self, of: Expr, code: str) -> str:
        spec = self.program.edition.vocabulary.facts.get(of.name) if isinstance(of, Name) else None
        return said(spec.choices[code], self.lang) if spec is not None and code in spec.choices else code

    def _member(self, fact: str, code: str) -> str:
        choices = self.program.edition.vocabulary.facts[fact].choices
        return said(choices[code], self.lang) if code in choices else code_title(self.program, code, self.lang)

    def _number(self, expr: Expr) -> str:
        match expr:
            case Arithmetic(op=op, left=left, right=right):
                return f"({self.of(left)} {op} {self.of(right)})"
            case Choose(condition=condition, then=then, otherwise=otherwise):
                when, yes, no = (word(key, self.lang) for key in ("if", "then", "else"))
                return f"{when} {self.of(condition)} {yes} {self.of(then)} {no} {self.of(otherwise)}"
            case Call(function="count", arguments=arguments):
                return f"{word('count', self.lang)} ({'; '.join(map(self.of, arguments))})"
            case Call(function=function, arguments=arguments):
                return f"{function}({', '.join(map(self.of, arguments))})"
            case OfSeries():
                return self._of_series(expr)
            case Decide(conditions=conditions, outputs=outputs):
                rows = (f"{self.of(when)} → {self.of(said)}" for when, said in zip(conditions, outputs, strict=True))
                return "; ".join(rows)
        raise TypeError(f"{type(expr).__name__} has no wording")

    def _of_series(self, expr: OfSeries) -> str:
        title = fact_title(self.program, expr.series, self.lang)
        match expr:
            case DayCount(op=op, threshold=limit, window=int() as days):
                return f"{word('days', self.lang).format(days)} {title} {SIGNS[op]} {written(limit)}"
            case DayCount(op=op, threshold=limit):
                head = f"{word('days_with', self.lang)} {title} {SIGNS[op]} {written(limit)}"
            case Times(op=op, threshold=limit):
                limited = f" {SIGNS[op]} {written(limit)}" if op is not None else ""
                head = f"{word('times', self.lang)} {title}{limited}"
            case Summary(function=function):
                head = f"{word(function, self.lang)} {title}"
            case _:
                head = f"{word('latest' if isinstance(expr, Latest) else 'mean', self.lang)} {title}"
        window = self._window(getattr(expr, "window", None))
        return f"{head} ({window})" if window else head

    def _window(self, window: Window) -> str:
        match window:
            case int():
                return word("last_days", self.lang).format(window)
            case BothWeeks():
                return word("both_weeks", self.lang)
            case Since(treatment=code):
                return word("since_start", self.lang).format(code_title(self.program, code, self.lang))
            case Beside(series=series, op=op, threshold=limit):
                return f"{fact_title(self.program, series, self.lang)} {SIGNS[op]} {written(limit)}"
        return ""

    def value(self, fact: str, value: FactValue | None) -> str:
        """Return a fact's value as it was given, or why it is unknown."""
        match value:
            case None:
                return word("not_asked", self.lang)
            case Missing(because=because, was=was):
                return f"{word(because, self.lang)} ({was})" if was else word(because, self.lang)
            case CodeSet(codes=codes):
                return ", ".join(self._listed(fact, code, value) for code in sorted(codes)) or word("none", self.lang)
            case Series(values=values):
                return ", ".join(map(entry_words, values))
            case Value():
                return self._scalar(fact, value)
        raise TypeError(f"{type(value).__name__} is not the value of a fact")

    def _listed(self, fact: str, code: str, value: CodeSet) -> str:
        member = self._member(fact, code)
        return f"{member} ({word('written', self.lang)})" if code in value.mentioned else member

    def _scalar(self, fact: str, value: Value) -> str:
        spec = self.program.edition.vocabulary.facts.get(fact)
        match value.value:
            case bool() if value.origin.section == "free_text":
                return f"{word('yes', self.lang)} ({word('written', self.lang)}: «{value.origin.given}»)"
            case bool():
                return word("yes" if value.value else "no", self.lang)
            case Fraction():
                return self._amount(value.value, value.origin, spec.unit if spec else None)
            case date():
                return value.value.isoformat()
        return said(spec.choices[value.value], self.lang) if spec and value.value in spec.choices else value.value

    def _amount(self, number: Fraction, origin: Origin, unit: str | None) -> str:
        """Return a number as it was given; one given without a unit is in that of its fact and shown with it."""
        if origin.given and origin.unit and origin.unit not in _UNSAID:
            return f"{origin.given} {unit_words(origin.unit, self.lang)}"
        if not origin.given or unit is None or not _PLAIN.fullmatch(origin.given):
            return origin.given or measured(number, unit, self.lang)
        return origin.given if unit in _UNSAID else f"{origin.given} {unit_words(unit, self.lang)}"

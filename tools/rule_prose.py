"""Rules as sentences that a reader who writes no code understands, in Spanish and English."""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from engine.compiler.program import RuleNode
from engine.conditions import AtLeast, Compare, Expr, Includes, Known, Name, Not, OneOf, Within, YesNo
from engine.facts import Text
from engine.language.documents import Action
from engine.units import written
from engine.wording import SIGNS, WORDS, Wording, code_title, fact_title, said, unit_words, word

_LISTS: Mapping[tuple[str, bool], Text] = {  # a list of the record, and whether it names what follows
    ("allergy", True): {"es": "alergia a", "en": "allergy to"},
    ("allergy", False): {"es": "sin alergia a", "en": "no allergy to"},
    ("medication", True): {"es": "toma", "en": "takes"},
    ("medication", False): {"es": "no toma", "en": "does not take"},
    ("history", True): {"es": "antecedente de", "en": "history of"},
    ("history", False): {"es": "sin antecedente de", "en": "no history of"},
    ("family_history", True): {"es": "antecedente familiar de", "en": "family history of"},
    ("family_history", False): {"es": "sin antecedente familiar de", "en": "no family history of"},
    ("failed", True): {"es": "ya fracasó:", "en": "already failed:"},
    ("tried", True): {"es": "ya se probó:", "en": "already tried:"},
    ("not_tolerated", True): {"es": "no se toleró:", "en": "not tolerated:"},
}
_FREQUENCIES: Mapping[str, str] = {
    "every 8 hours": "cada 8 horas",
    "once daily": "una vez al día",
    "twice daily": "dos veces al día",
    "three times daily": "tres veces al día",
    "four times daily": "cuatro veces al día",
    "once weekly": "una vez a la semana",
}
_AT_MOST = re.compile(r"as needed, up to (\d+) times a day")
_KINDS: Mapping[str, Text] = {
    "prescribe": {"es": "receta", "en": "prescription"},
    "supplement": {"es": "suplemento", "en": "supplement"},
    "diet": {"es": "dieta", "en": "diet"},
    "test": {"es": "prueba", "en": "test"},
    "refer": {"es": "derivación", "en": "referral"},
    "alert": {"es": "aviso", "en": "alert"},
    "advice": {"es": "consejo", "en": "advice"},
    "step": {"es": "medida", "en": "step"},
    "follow_up": {"es": "revisión", "en": "follow-up"},
    "hypothesis": {"es": "hipótesis", "en": "hypothesis"},
    "monitor": {"es": "seguimiento", "en": "monitoring"},
    "ask": {"es": "pregunta", "en": "question"},
    "conclude": {"es": "conclusión", "en": "conclusion"},
}
_WORDS: Mapping[str, Text] = {
    "not_so": {"es": "no se cumple", "en": "not so:"},
    "without": {"es": "sin", "en": "no"},
    "known": {"es": "se conoce: {}", "en": "{} is known"},
    "unknown": {"es": "no se conoce: {}", "en": "{} is not known"},
    "unless": {"es": "salvo si", "en": "unless"},
    "if": {"es": "Si", "en": "If"},
    "then": {"es": "se propone", "en": "the plan proposes"},
    "within": {"es": "en {} días", "en": "within {} days"},
    "after": {"es": "a los {} días", "en": "after {} days"},
    "for": {"es": "durante {} días", "en": "for {} days"},
    "gives_way": {"es": "Cede ante", "en": "It gives way to"},
    "at_least": {"es": "al menos {} de:", "en": "at least {} of:"},
}
_PROPER = frozenset({"Helicobacter", "Rome", "Crohn", "Barrett", "Bristol", "Wilson"})
_URGENCIES: Mapping[str, Text] = {
    "emergency": {"es": "emergencia", "en": "emergency"},
    "same_day": {"es": "el mismo día", "en": "same day"},
    "urgent_2w": {"es": "en 2 semanas", "en": "within 2 weeks"},
    "soon": {"es": "pronto", "en": "soon"},
}


class Prose(Wording):
    """Writes conditions as a person would say them: lists by their verb, ranges by two signs, denials by their noun."""

    def of(self, expr: Expr) -> str:
        match expr:
            case Not(part=part):
                return self._denied(part)
            case Compare(op="=", left=Name(kind="fact") as left, right=YesNo(value=value)):
                return self.of(left if value else Not(left))
            case AtLeast(count=count, parts=parts):
                return f"{self.word('at_least').format(count)} {'; '.join(map(self.of, parts))}"
            case Includes(fact=fact) if (fact, True) in _LISTS:
                return self._listing(expr, True)
            case Known(fact=fact, known=known):
                return self.word("known" if known else "unknown").format(
                    lowered(fact_title(self.program, fact, self.lang))
                )
            case Within():
                return self._between(expr)
            case Name(kind="fact", name=name):
                return lowered(fact_title(self.program, name, self.lang))
            case Name(kind="definition"):
                return lowered(super().of(expr))
        return super().of(expr)

    def _denied(self, part: Expr) -> str:
        match part:
            case Includes(fact=fact) if (fact, False) in _LISTS:
                return self._listing(part, False)
            case Name(kind="fact"):
                return f"{self.word('without')} {self.of(part)}"
            case Name():
                return f"{self.word('not_so')} «{self.of(part)}»"
        return f"{self.word('not_so')} ({self.of(part)})"

    def _listing(self, entry: Includes, named: bool) -> str:
        return f"{said(_LISTS[entry.fact, named], self.lang)} {lowered(self._member(entry.fact, entry.code))}"

    def _list(self, parts: tuple[Expr, ...], between: str) -> str:
        """Return parts joined; in Spanish "y" and "o" change before their own sound."""
        first, *rest = self._bracketed(parts)
        for text in rest:
            first = f"{first} {self._joint(between, text)} {text}"
        return first

    def _joint(self, between: str, text: str) -> str:
        if self.lang == "es" and text.lower().startswith(("i", "hi") if between == "and" else ("o", "ho")):
            return "e" if between == "and" else "u"
        return word(between, self.lang)

    def _choice(self, of: Expr, code: str) -> str:
        """Return a choice by its title, a band or a value of a table by its code."""
        titled = super()._choice(of, code)
        return f"`{code}`" if titled == code else lowered(titled)

    def word(self, key: str) -> str:
        """Return a word of a sentence, where that differs from the word of a trace."""
        return said(_WORDS[key] if key in _WORDS else WORDS[key], self.lang)

    def _between(self, expr: Within) -> str:
        low, high = SIGNS[">=" if expr.low_closed else ">"], SIGNS["<=" if expr.high_closed else "<"]
        return f"{self.of(expr.value)} {low} {self.of(expr.low)} {self.word('and')} {high} {self.of(expr.high)}"

    def cell(self, cell: Expr, column: Expr) -> str:
        """Return what a cell of a table asks of its column, without naming the column again."""
        match cell:
            case Not(part=part) if part == column:
                return word("no", self.lang)
            case Compare(op="=", left=left, right=Name(name=code, kind="code")) if left == column:
                return self._choice(left, code)
            case Compare(op=op, left=left, right=right) if left == column:
                return f"{SIGNS[op]} {self.of(right)}"
            case Within(value=value) if value == column:
                return self.of(cell).removeprefix(self.of(value)).strip()
            case OneOf(value=value, codes=codes) if value == column:
                return f" {word('or', self.lang)} ".join(self._choice(value, code) for code in codes)
        return word("yes", self.lang) if cell == column else self.of(cell)

    def rule(self, node: RuleNode) -> str:
        """Return what a rule does and when, as one sentence."""
        unless = f", {self.word('unless')} {self.of(node.exclude)}" if node.exclude is not None else ""
        done = "; ".join(self.action(action) for action in joined(node.rule.actions))
        return f"{self.word('if')} {self.of(node.when)}{unless}, {self.word('then')}: {done}."

    def action(self, action: Action) -> str:
        return f"{said(_KINDS[action.kind], self.lang)}: {self._object(action)}{self._terms(action)}"

    def _object(self, action: Action) -> str:
        if action.kind == "ask":
            return ", ".join(self._asked(name) for name in action.code.split(","))
        return lowered(code_title(self.program, action.code, self.lang))

    def _asked(self, name: str) -> str:
        facts = self.program.edition.vocabulary.facts
        fact = name if name in facts else next((each.name for each in facts.values() if name in each.ask), name)
        return lowered(fact_title(self.program, fact, self.lang))

    def _terms(self, action: Action) -> str:
        """Return dose, term and urgency, in brackets."""
        often = action.frequency or ""
        terms = [part for part in (action.dose, _spanish(often) if self.lang == "es" else often) if part]
        for key, days in (("for", action.duration_days), ("within", action.within_days), ("after", action.after_days)):
            terms += [self.word(key).format(days)] if days is not None else []
        if action.urgency in _URGENCIES and (action.urgency, action.within_days) != ("urgent_2w", 14):
            terms.append(said(_URGENCIES[action.urgency], self.lang))
        return f" ({', '.join(terms)})" if terms else ""

    def amount(self, value: Fraction | str | bool, unit: str | None) -> str:
        """Return the value of a parameter."""
        if isinstance(value, bool):
            return self.of(YesNo(value))
        text = written(value) if isinstance(value, Fraction) else value
        return f"{text} {unit_words(unit, self.lang)}" if unit else text


def _spanish(often: str) -> str:
    """Return how often in Spanish; raises KeyError for a way of saying it that no shipped rule used so far."""
    limited = _AT_MOST.fullmatch(often)
    if limited:
        return f"si hace falta, hasta {limited[1]} veces al día"
    return _FREQUENCIES[often] if often else ""


def joined(actions: Iterable[Action]) -> list[Action]:
    """Return the actions with those that ask as one, at the end: a sentence asks once."""
    others = [action for action in actions if action.kind != "ask"]
    asked = ",".join(action.code for action in actions if action.kind == "ask")
    return [*others, Action("ask", asked)] if asked else others


def lowered(text: str) -> str:
    """Return a title as it stands inside a sentence: abbreviations keep their capitals."""
    first, _, _ = text.partition(" ")
    plain = first == "A" or (first[1:2].islower() and first[1:].islower() and first not in _PROPER)
    return text[0].lower() + text[1:] if plain else text

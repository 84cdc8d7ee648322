"""What would change a plan, how near it is and what to ask, in words: Spanish and English."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from engine.explanation.answers import HYPOTHESIS
from engine.explanation.asking import Asking, Question
from engine.explanation.changing import Change
from engine.explanation.nearness import Near
from engine.explanation.prospects import Prospect
from engine.facts import CodeSet, Text, Value
from engine.wording import Wording, code_title, fact_title, said

WORDS: dict[str, Text] = {
    "would_change": {"es": "Lo cambiaría", "en": "What would change it"},
    "near": {"es": "Cerca de un umbral", "en": "Near a threshold"},
    "ask_next": {"es": "Qué preguntar", "en": "Ask next"},
    "settled": {"es": "Nada más que pregunte puede cambiarlo.", "en": "Nothing else you ask can change it."},
    "undecided": {
        "es": "puede que no cambie nada: no se ha podido decidir",
        "en": "it may change nothing: that was not decided",
    },
    "goes": {"es": "deja de estar en el plan", "en": "it leaves the plan"},
    "proposed": {"es": "se propone", "en": "it is proposed"},
    "held": {"es": "queda en espera", "en": "it is held"},
    "blocked": {"es": "queda bloqueado", "en": "it is blocked"},
    "threshold": {"es": "umbral en", "en": "threshold at"},
    "added": {"es": "con", "en": "with"},
    "removed": {"es": "sin", "en": "without"},
    "more": {"es": "y {} más", "en": "and {} more"},
    "alone": {"es": "cambia algo por sí solo", "en": "changes something by itself"},
}


def word(key: str, lang: str) -> str:
    """Return one of the phrases of this part of an explanation."""
    return WORDS[key].get(lang) or WORDS[key]["es"]


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One answer that would change an item: what it is now (empty: not known), what it would be, and what follows."""

    fact: str
    title: str
    before: str
    after: str
    becomes: str
    state: str | None
    distance: float

    @property
    def sentence(self) -> str:
        arrow = f"{self.before} → {self.after}" if self.before else self.after
        return f"{self.title}: {arrow}: {self.becomes}"


@dataclass(frozen=True, slots=True)
class ToldNear:
    """A value near a threshold, and the items that would be others beyond it."""

    fact: str
    title: str
    value: str
    threshold: str
    other: str
    distance: float
    items: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldQuestion:
    """An open fact worth asking: ``now`` if an answer to it alone changes something, ``decided`` if it surely can."""

    fact: str
    title: str
    question: str
    now: bool
    decided: bool
    red_flag: bool
    items: tuple[str, ...]
    titles: tuple[str, ...]


def told_changes(prospect: Prospect, found: Iterable[Change], lang: str) -> tuple[ToldChange, ...]:
    """Return changes in words."""
    return tuple(_change(prospect, each, lang) for each in found)


def _change(prospect: Prospect, each: Change, lang: str) -> ToldChange:
    before, after = _sides(prospect, each, lang)
    state = None if each.state is None else each.state[0]
    return ToldChange(
        each.fact, fact_title(prospect.program, each.fact, lang), before, after, word(state or "goes", lang), state,
        round(float(each.distance), 4),
    )  # fmt: skip


def _sides(prospect: Prospect, each: Change, lang: str) -> tuple[str, str]:
    """Return both answers in words; of a list only the entry that comes or goes."""
    words = Wording(prospect.program, lang)
    if isinstance(each.before, CodeSet) and isinstance(each.after, CodeSet):
        come, gone = each.after.codes - each.before.codes, each.before.codes - each.after.codes
        key, codes = ("added", come) if come else ("removed", gone)
        return "", f"{word(key, lang)} {words.value(each.fact, CodeSet(codes, HYPOTHESIS))}"
    return "" if each.before is None else words.value(each.fact, each.before), words.value(each.fact, each.after)


def told_near(prospect: Prospect, found: Iterable[Near], lang: str) -> tuple[ToldNear, ...]:
    """Return values near a threshold in words."""
    words = Wording(prospect.program, lang)

    def number(fact: str, value: Fraction) -> str:
        return words.value(fact, Value(value, HYPOTHESIS))

    return tuple(
        ToldNear(
            each.fact, fact_title(prospect.program, each.fact, lang), number(each.fact, each.value),
            number(each.fact, each.threshold), number(each.fact, each.other), round(float(each.distance), 4),
            each.items, tuple(code_title(prospect.program, code, lang) for code in each.items),
        )
        for each in found
    )  # fmt: skip


def told_questions(prospect: Prospect, asking: Asking, lang: str) -> tuple[ToldQuestion, ...]:
    """Return what to ask in words, in order."""
    return tuple(_question(prospect, each, lang) for each in asking.questions)


def _question(prospect: Prospect, each: Question, lang: str) -> ToldQuestion:
    spec = prospect.program.edition.vocabulary.facts.get(each.fact)
    asked = said(spec.question, lang) if spec is not None and spec.question else ""
    return ToldQuestion(
        each.fact, fact_title(prospect.program, each.fact, lang), asked, each.now, each.decided, each.red_flag,
        each.items, tuple(code_title(prospect.program, code, lang) for code in each.items),
    )  # fmt: skip


__all__ = [
    "ToldChange", "ToldNear", "ToldQuestion", "told_changes", "told_near", "told_questions", "word",
]  # fmt: skip

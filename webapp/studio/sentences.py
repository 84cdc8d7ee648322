"""Rules as sentences, for whoever does not read YAML: when, unless, what, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Call,
    Choose,
    Compare,
    DayCount,
    Expr,
    Includes,
    Known,
    Latest,
    Mean,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Within,
    YesNo,
)
from engine.language.documents import PREFIX, Action, Protocol, Rule
from webapp.plans.terms import NBSP, Terms, days, number

SIGNS = {"<": "<", "<=": "≤", "=": "=", "!=": "≠", ">=": "≥", ">": ">"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One rule in words; ``line`` is where it stands in the text."""

    rule: str
    line: int
    when: str
    exclude: str
    actions: Sequence[str]
    because: str
    guideline: str
    source: str
    evidence: str
    red_flag: bool
    review_needed: bool


def sentences_of(protocol: Protocol, terms: Terms) -> list[Sentence]:
    return [_sentence(rule, Speaker(terms)) for rule in protocol.rules.values()]


def _sentence(rule: Rule, speaker: "Speaker") -> Sentence:
    return Sentence(
        rule=rule.name,
        line=rule.place.line,
        when=speaker.say(rule.when),
        exclude=speaker.say(rule.exclude) if rule.exclude else "",
        actions=[_action(action, speaker.terms) for action in rule.actions],
        because=speaker.terms.say(rule.because),
        guideline=rule.sentence,
        source=rule.source,
        evidence=rule.evidence,
        red_flag=rule.red_flag,
        review_needed=rule.review_needed,
    )


def _action(action: Action, terms: Terms) -> str:
    if action.kind == "ask":
        return _("ask: %(what)s") % {"what": terms.question(action.code)}
    if action.kind not in PREFIX:
        return _("conclude: %(what)s") % {"what": action.code.replace("_", " ")}
    details = (action.dose or "", days(action.duration_days), _when(action))
    return ", ".join([terms.code(action.code), *(part for part in details if part)])


def _when(action: Action) -> str:
    if action.within_days:
        return _("within %(time)s") % {"time": days(action.within_days)}
    return _("in %(time)s") % {"time": days(action.after_days)} if action.after_days else ""


@dataclass(frozen=True)
class Speaker:
    """Says conditions in the words of the library."""

    terms: Terms

    def say(self, expr: Expr) -> str:
        return _SAID[type(expr)](self, expr)

    def inner(self, expr: Expr) -> str:
        """Return a part as it stands inside a longer condition."""
        said = self.say(expr)
        return f"({said})" if isinstance(expr, And | Or) else said

    def name(self, expr: Name) -> str:
        if expr.kind == "fact":
            return self.terms.fact(expr.name)
        if expr.kind in ("score", "band"):
            score = self.terms.edition.scores.get(expr.name)
            return self.terms.say(score.title) if score else expr.name
        return self._defined(expr.name) or expr.name.rpartition(".")[2].replace("_", " ")

    def _defined(self, name: str) -> str:
        protocol = self.terms.edition.protocols.get(name.partition(".")[0])
        found = protocol.definitions.get(name) or protocol.definitions.get(name.partition(".")[2]) if protocol else None
        return self.terms.say(found.title) if found else ""

    def compare(self, expr: Compare) -> str:
        left, right = expr.left, expr.right
        if isinstance(right, YesNo) and expr.op in ("=", "!="):
            holds = right.value == (expr.op == "=")
            return self.inner(left) if holds else self.deny(left)
        if isinstance(left, Name) and isinstance(right, Name) and right.kind == "code":
            return f"{self.say(left)} {SIGNS[expr.op]} {self.terms.value(left.name, right.name)}"
        return f"{self.inner(left)} {SIGNS[expr.op]} {self.inner(right)}"

    def deny(self, expr: Expr) -> str:
        return _("not: %(what)s") % {"what": self.inner(expr)}

    def within(self, expr: Within) -> str:
        low, high = ("≥" if expr.low_closed else ">"), ("≤" if expr.high_closed else "<")
        return f"{self.inner(expr.value)} {low} {self.say(expr.low)} {_('and')} {high} {self.say(expr.high)}"

    def one_of(self, expr: OneOf) -> str:
        fact = expr.value.name if isinstance(expr.value, Name) else ""
        codes = _(" or ").join(self.terms.value(fact, code) for code in expr.codes)
        return f"{self.inner(expr.value)}: {codes}"

    def includes(self, expr: Includes) -> str:
        spec = self.terms.spec(expr.fact)
        book = self.terms.edition.formulary
        titled = book.medicines.get(expr.code) or book.classes.get(expr.code)
        title = titled.title if titled else (spec.choices.get(expr.code) if spec else None)
        return f"{self.terms.fact(expr.fact)}: {self.terms.say(title) or expr.code.replace('_', ' ')}"

    def at_least(self, expr: AtLeast) -> str:
        parts = "; ".join(self.say(part) for part in expr.parts)
        return _("at least %(count)s of: %(parts)s") % {"count": expr.count, "parts": parts}

    def choose(self, expr: Choose) -> str:
        said = {"condition": expr.condition, "then": expr.then, "otherwise": expr.otherwise}
        return _("if %(condition)s, %(then)s, else %(otherwise)s") % {k: self.inner(v) for k, v in said.items()}

    def call(self, expr: Call) -> str:
        return f"{expr.function}({', '.join(self.say(one) for one in expr.arguments)})"

    def mean(self, expr: Mean) -> str:
        window = ngettext("last %(n)d day", "last %(n)d days", expr.window) % {"n": expr.window} if expr.window else ""
        inside = ", ".join(part for part in (self.terms.fact(expr.series), window) if part)
        return _("mean of %(what)s") % {"what": inside}

    def day_count(self, expr: DayCount) -> str:
        return _("days of the last %(window)s with %(what)s %(sign)s %(threshold)s") % {
            "window": expr.window,
            "what": self.terms.fact(expr.series),
            "sign": SIGNS[expr.op],
            "threshold": _number(expr.threshold),
        }


def _number(value: Fraction) -> str:
    return number(int(value)) if value.denominator == 1 else number(float(value))


def _amount(speaker: Speaker, expr: Number) -> str:
    return f"{_number(expr.value)}{NBSP}{expr.unit}" if expr.unit else _number(expr.value)


_SAID: Mapping[type, Callable[[Speaker, Any], str]] = {
    Number: _amount,
    YesNo: lambda speaker, expr: _("yes") if expr.value else _("no"),
    Name: Speaker.name,
    Compare: Speaker.compare,
    Within: Speaker.within,
    OneOf: Speaker.one_of,
    Includes: Speaker.includes,
    And: lambda speaker, expr: _(" and ").join(speaker.inner(part) for part in expr.parts),
    Or: lambda speaker, expr: _(" or ").join(speaker.inner(part) for part in expr.parts),
    Not: lambda speaker, expr: speaker.deny(expr.part),
    AtLeast: Speaker.at_least,
    Known: lambda speaker, expr: (
        (_("known: %(what)s") if expr.known else _("not known: %(what)s")) % {"what": speaker.terms.fact(expr.fact)}
    ),
    Arithmetic: lambda speaker, expr: f"{speaker.inner(expr.left)} {expr.op} {speaker.inner(expr.right)}",
    Choose: Speaker.choose,
    Call: Speaker.call,
    Latest: lambda speaker, expr: _("latest %(what)s") % {"what": speaker.terms.fact(expr.series)},
    Mean: Speaker.mean,
    DayCount: Speaker.day_count,
}

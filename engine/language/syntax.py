"""What needs lark itself: the tables of the grammar, made once, and what to say of a text that does not fit it."""

import re
from functools import cache

from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.grammar import Rule as LarkRule
from lark.grammar import Terminal
from lark.lexer import TerminalDef
from lark.parsers.lalr_analysis import Shift

from engine import units
from engine.errors import ExpressionError
from engine.language.building import NEEDS_HINT
from engine.language.grammar import GRAMMAR
from engine.language.lalr import Rule, Tables


@cache
def parser() -> Lark:
    """Return lark's own parser of the grammar."""
    return Lark(GRAMMAR, start="start", parser="lalr", propagate_positions=True)


def tables() -> Tables:
    """Return the tables of the grammar for our own runner."""
    lark = parser()
    made = lark.parser.parser._parse_table
    numbers = {rule: i for i, rule in enumerate(lark.rules)}
    states = [
        {str(name): to if action is Shift else -1 - numbers[to] for name, (action, to) in made.states[i].items()}
        for i in range(len(made.states))
    ]
    calls, words, others = _terminals(lark)
    pattern = "|".join(f"(?P<{name}>{each})" for name, each in others)
    rules = tuple(map(_rule, lark.rules))
    return Tables(made.start_states["start"], made.end_states["start"], states, rules, pattern, calls, words)


def _terminals(lark: Lark) -> tuple[dict[str, str], dict[str, str], list[tuple[str, str]]]:
    """Return words that are a token before a bracket, those that are one anywhere, and all other kinds of token."""
    calls: dict[str, str] = {}
    words: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for terminal in sorted(lark.terminals, key=_rank):
        body = terminal.pattern.value
        if body.endswith(_BEFORE_BRACKET):
            listed = body.removesuffix(_BEFORE_BRACKET).removeprefix("(?:").removesuffix(")")
            calls |= dict.fromkeys(listed.split("|"), str(terminal.name))
        elif terminal.pattern.type == "str" and body.isalpha():
            words[body] = str(terminal.name)
        else:
            name = "IGNORE" if terminal.name in lark.ignore_tokens else terminal.name
            others.append((str(name), terminal.pattern.to_regexp()))
    return calls, words, others


def _rank(terminal: TerminalDef) -> tuple[object, ...]:
    """Sort as lark does: by priority, then the longest first."""
    return -terminal.priority, -terminal.pattern.max_width, -len(terminal.pattern.value), terminal.name


_BEFORE_BRACKET = r"(?=\s*\()"


def _rule(rule: LarkRule) -> Rule:
    """Return a rule as our runner reads it: which of its parts stay, as lark would keep them."""
    absent = [len(ones) for ones in "".join(str(int(each)) for each in rule.options.empty_indices).split("0")]
    absent = absent if rule.options.empty_indices else [0] * (len(rule.expansion) + 1)
    parts: list[tuple[int, bool, int]] = []
    waiting = 0
    for i, symbol in enumerate(rule.expansion):
        waiting += absent[i]
        if not (isinstance(symbol, Terminal) and symbol.filter_out):
            parts.append((i, not symbol.is_term and symbol.name.startswith("_"), waiting))
            waiting = 0
    method = rule.alias or rule.origin.name
    if method.startswith("_"):
        method = "_"
    elif rule.options.expand1 and not rule.alias:
        method = ""
    return str(rule.origin.name), len(rule.expansion), str(method), tuple(parts), waiting + absent[-1]


def refuse(text: str) -> None:
    """Raise ExpressionError where a text does not fit the grammar, with advice."""
    try:
        parser().parse(text)
    except UnexpectedInput as error:
        raise _explained(error, text) from None


def _explained(error: UnexpectedInput, text: str) -> ExpressionError:
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        sign = text[at]
        hint = _BRACKET_HINT if sign in "{}" else "The reference lists what an expression may hold."
        return ExpressionError("P101", f'"{sign}" has no meaning in an expression', hint, offset=at)
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return _unexpected(error.token, error, text)
    return ExpressionError("P101", "the expression ends too early", _ending_hint(text), offset=len(text.rstrip()))


_BRACKET_HINT = (
    "Brackets do not match: in a flow list [..] a comma splits the expression; use a block list with dashes."
)


def _ending_hint(text: str) -> str:
    if text.count("(") + text.count("[") > text.count(")") + text.count("]"):
        return _BRACKET_HINT
    return "Something must follow here."


def _unexpected(token: Token, error: UnexpectedToken, text: str) -> ExpressionError:
    expected, offset = error.expected, token.start_pos or 0
    if token.type in {"AND", "OR"} and expected & {"AND", "OR"}:
        return ExpressionError("P103", "and is mixed with or", "Put parentheses: a and (b or c).", offset=offset)
    if token.type == "COMPARISON" and "AND" in expected:
        hint = "Write x in [a .. b], or two comparisons joined by and."
        return ExpressionError("P115", "comparisons cannot be chained", hint, offset=offset)
    if token.type == "NEEDS":
        return ExpressionError("P120", "needs stands where nothing is counted", NEEDS_HINT, offset=offset)
    if token.type == "NAME" and re.search(r"\d\s*$", text[:offset]):
        unit = re.match(r"\S+", text[offset:])
        return _unknown_unit(unit[0] if unit else str(token), offset)
    hint = _BRACKET_HINT if token in {")", "]"} else _expectation(expected)
    return ExpressionError("P101", f'"{token}" cannot stand here', hint, offset=offset)


def _unknown_unit(word: str, offset: int) -> ExpressionError:
    unit = word.rstrip(".,;)]")
    known = units.spelled(unit.lower()) or units.spelled(unit.upper())
    hint = f"Did you mean {known}?" if known else "The reference lists the units; counts have none."
    return ExpressionError("P110", f'"{unit}" is not a known unit', hint, offset=offset)


def _expectation(expected: set[str]) -> str:
    if "NAME" in expected:
        return "A name, a number or a condition is expected."
    if "AND" in expected:
        return "An operator is expected: and, or, <, >=, =, in, includes."
    return "The reference shows how expressions are written."

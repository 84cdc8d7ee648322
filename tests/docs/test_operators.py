"""The page of operators by example: every line is run, and no operator is left out."""

import re
from functools import cache

import pytest
import yaml

from bench.lexicon import KINDS, labels, shipped
from engine import conditions
from engine.compiler import compile_edition
from engine.compiler.walk import scope_of, truth
from engine.conditions import BothWeeks, Decide, Since, children
from engine.doses import read_dose
from engine.language.cases import read_example
from engine.language.library import edition, read_library
from tests.engine.command_line import ROOT
from tests.engine.content.shipped import files

PAGE = (ROOT / "docs/reference/operators.md").read_text("utf-8")
TRUTHS = {"true": True, "false": False, "unknown": None}
SAID = {"not so": "negated", "in the family": "family", "past": "past", "supposed": "hypothetical"}
HEAD = """protocol: examples
version: 1.0.0
title:
  es: Ejemplos
  en: Examples
rules:
"""
RULE = """  e{}:
    when: "{}"
    do:
      - ask:
          - hb
    because:
      es: Sí.
      en: Yes.
"""


def rows(header):
    """Return the cells of every table of the page whose first column has this name."""
    found = []
    for table in re.split(r"\n\n", PAGE):
        lines = [line for line in table.splitlines() if line.startswith("|")]
        if lines and lines[0].startswith(f"| {header} |"):
            found += [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return found


EXAMPLES = [(write.strip("`"), given, is_) for write, given, is_ in rows("condition")]


@cache
def program():
    """Return the shipped library with a rule for every example, compiled once."""
    text = HEAD + "".join(RULE.format(number, write) for number, (write, _, _) in enumerate(EXAMPLES))
    return compile_edition(edition(read_library({**files(), "protocols/examples/1.0.0.yaml": text})))


def rule(number):
    return program().rules[program().positions[f"examples.e{number}"]]


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=[write for write, _, _ in EXAMPLES])
def test_a_condition_is_what_the_page_says(number):
    _, given, is_ = EXAMPLES[number]
    facts = {}
    for part in re.findall(r"`([^`]+)`", given):
        facts |= yaml.load(part, Loader=yaml.BaseLoader)  # noqa: S506  (BaseLoader makes text only)
    known = read_example(_nulls(facts), program().edition.vocabulary, program().edition.formulary)
    assert truth(rule(number).when, scope_of(program(), known)) is TRUTHS[is_]


def _nulls(value):
    """Return what a test of a file gives: the word null is a day without an entry."""
    match value:
        case dict():
            return {key: _nulls(each) for key, each in value.items()}
        case list():
            return [_nulls(each) for each in value]
    return None if value == "null" else value


def test_no_operator_of_the_language_is_left_out():
    shown, functions, windows = set(), set(), set()
    for number in range(len(EXAMPLES)):
        for node in _all(rule(number).when):
            shown.add(type(node).__name__)
            functions.add(getattr(node, "function", getattr(node, "op", None)))
            windows.add(type(getattr(node, "window", None)))
    nodes = {
        name for name, each in vars(conditions).items() if isinstance(each, type) and issubclass(each, conditions.Node)
    }
    # A block `at_least:` is written over several lines; a table is read by its name.
    assert nodes - shown == {"Node", "OfSeries", "AtLeast"} | ({"Decide"} - shown)
    assert {"<", "<=", "=", "!=", ">=", ">", "+", "-", "*", "/"} <= functions
    assert {"min", "max", "round", "ln", "exp", "sqrt", "count", *conditions.SUMMARIES} <= functions
    assert {int, BothWeeks, Since} <= windows


def _all(expr):
    yield expr
    for part in children(expr):
        yield from _all(part)


def test_a_table_is_among_the_examples():
    assert isinstance(program().definitions["liver.next_step"], Decide)
    assert any("liver.next_step" in write for write, _, _ in EXAMPLES)


@pytest.mark.parametrize(("dose", "often", "day"), rows("dose"))
def test_a_dose_comes_to_what_the_page_says(dose, often, day):
    daily = read_dose(dose.strip("`"), often.strip("`")).daily
    assert ("unknown" if daily is None else f"{daily[0]} {daily[1]}") == day


@pytest.mark.parametrize(("text", "mentions"), rows("patient writes"))
def test_a_text_is_read_as_the_page_says(text, mentions):
    kind, _, label = mentions.rpartition(": ")
    reader, _ = shipped()
    assert labels(reader.mentions({"other": text})) == {KINDS[SAID.get(kind, "affirmed")] + label.strip("`")}

"""A fault seeded in either channel shows as a disagreement: forty of them, one at a time, in the code that runs."""

import inspect
import textwrap
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.compiler import emit, intervals, reading, series, walk
from engine.opinion import answering, conditions, diary, network, scores, sheet, spans, views
from tests.engine.opinion.asking import Here, verdict
from tests.engine.opinion.drawing import drawn

PROGRAMS = 100
PAGE = Path(__file__).resolve().parents[3] / "docs/reference/second-opinion.md"
EVALUATOR = {
    "and: true although a part is open": (intervals.conjunction, "result = None", "result = True"),
    "or: false although a part is open": (intervals.disjunction, "result = None", "result = False"),
    "at_least: one too few": (intervals.at_least, ">= count", ">= count - 1"),
    "not: leaves a condition as it is": (intervals.negation, "not part", "part"),
    "<: touching is below": (intervals._below, "left.high < right.low", "left.high <= right.low"),
    "<=: turned round": (intervals.compare, "negation(_below(right, left))", "negation(_below(left, right))"),
    "+: the high end is the low one": (intervals.add, "left.high + right.high", "left.low + right.low"),
    "a table sums what may hold as if it did": (intervals.collected, "hull((value, point(0)))", "value"),
    "known false by the wrong comparison": (emit._numeric, "{_REFUTES[op]}", "{op}"),
    "a comparison turned round keeps its sign": (emit.Emitter._comparison, "_MIRROR[op]", "op"),
    "the first code of a list is forgotten": (emit.Emitter._one_of, "for code in codes if", "for code in codes[1:] if"),
    "a range loses its upper end": (emit.Emitter._range, '"<=" if expr.high_closed else "<"', '"<"'),
    "proposed while its exclusion is open": (emit.Emitter.rule_node, ", *(part[1] for part in barred)]", "]"),
    "silent where its protocol applies": (emit.Emitter.rule_node, "_any([no, allowed[1]])", "_any([no, allowed[0]])"),
    "blank days do not count": (series._counted, "Interval(met, met + possible)", "point(met)"),
    "a blank day counts as recorded": (series._counted, ">= needs", ">= needs - 1"),
    "the mean is over one day more": (series._mean, "/ len(values)", "/ (len(values) + 1)"),
    "the highest is the lowest": (series._extreme, "max(part.values) if", "min(part.values) if"),
    "recorded are those that are not": (series._summary, "point(len(part.recorded))", "point(len(part.missing))"),
    "a medicine not listed is open": (reading.included, "return False if value", "return None if value"),
    "a table has its sure rows only": (walk.candidates, "known is not False", "known is True"),
    "a tally leaves out what is open": (walk._call, "len(truths) - truths.count(False)", "truths.count(True)"),
}
OPINION = {
    "every: what is open is forgotten": (spans.every, "None if None in found else True", "True"),
    "not: leaves a condition as it is": (spans.opposite, "not truth", "truth"),
    "<: less or equal": (
        spans.holds,
        "left[1] < right[0] else False if left[0] >=",
        "left[1] <= right[0] else False if left[0] >",
    ),
    "+: the high end is the low one": (spans.reckon, "left[1] + right[1]", "left[0] + right[0]"),
    "no condition is false": (network.Network.both, "for _, false in known:", "for _, false in ():"),
    "a rule obeys no exclusion": (network.Network._rule, "turned(barred)", "turned(nothing)"),
    "a rule waits for no protocol": (network.Network._rule, "self.both([applies, when,", "self.both([when,"),
    "at_least: one too few": (network.Network.at_least, "self._ladder(count,", "self._ladder(count - 1,"),
    "a conclusion of what is indicated": (network.Network.conclusion, ".proposed for rule", ".when for rule"),
    "definitions are turned round": (
        network.Network._condition,
        "return self.condition(self.sheet.definitions[name], red=red)",
        "return turned(self.condition(self.sheet.definitions[name], red=red))",
    ),
    "silencers are not heard": (sheet._silenced, "else tuple(sorted(found[name]))", "else ()"),
    "a range is open below": (conditions._leaf, '"<=" if expr.low_closed else "<"', '"<"'),
    "a code not among them is open": (conditions._is_among, "False if not possible & wanted else None", "None"),
    "a list nobody gave says no": (
        conditions._includes,
        "        return None\n    meant",
        "        return False\n    meant",
    ),
    "a table has other rows for sure": (conditions._options, "if fits is True:", "if fits is None:"),
    "a table sums what is sure": (conditions._from_table, "high in (*sure, *widened)", "high in sure"),
    "blank days are no days": (diary._cut, "if not series.dates", "if False"),
    "blank days do not count": (diary._count, "return met, met + more", "return met, met"),
    "the lowest is the highest": (diary._summary, "min(values) if settled", "max(values) if settled"),
    "a score is its lowest": (scores.Formula._answers, "int(high) + 1)", "int(low) + 1)"),
    "who is 18 is no adult": (views.views_of, ">= ADULT_AGE", "> ADULT_AGE"),
    "what is held is proposed": (answering._outcome, '"held" if barred is None else "proposed"', '"proposed"'),
}


@contextmanager
def seeded(fault):
    """Put a fault into a function as everybody has imported it, and take it out again."""
    function, right, wrong = fault
    source = textwrap.dedent(inspect.getsource(function))
    assert right in source, f"{function.__qualname__} does not say {right}"
    space = dict(function.__globals__)
    exec(compile(source.replace(right, wrong), inspect.getfile(function), "exec"), space)  # noqa: S102
    before, function.__code__ = function.__code__, space[function.__name__].__code__
    try:
        yield
    finally:
        function.__code__ = before


@pytest.fixture(scope="module")
def asked():
    """Programs with cases, all confirmed, and what the second opinion said of them."""
    here, found = Here(), []
    for number in range(PROGRAMS):
        edition, cases = drawn(number, cases=2)
        found += [(edition, case) for case in cases]
    assert {verdict(*each, here).state for each in found} == {"confirmed"}
    return found, here


def is_noticed(found, kept):
    """Return whether one of the cases is not confirmed."""
    return any(verdict(edition, case, kept).state == "not_confirmed" for edition, case in found)


@pytest.mark.parametrize("name", EVALUATOR)
def test_a_fault_in_the_evaluator_is_noticed(name, asked):
    found, here = asked
    with seeded(EVALUATOR[name]):
        assert is_noticed(found, here)


@pytest.mark.parametrize("name", OPINION)
def test_a_fault_in_the_second_opinion_is_noticed(name, asked):
    with seeded(OPINION[name]):
        assert is_noticed(asked[0], Here())


def test_there_are_twenty_in_each_and_the_documentation_lists_them():
    assert min(len(EVALUATOR), len(OPINION)) >= 20
    page = PAGE.read_text("utf-8")
    for name, (function, _, _) in (*EVALUATOR.items(), *OPINION.items()):
        assert f"| {name} | `{function.__module__}.{function.__qualname__}` |" in page

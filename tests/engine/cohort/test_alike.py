"""Answers are shared by cases that are alike: whatever a condition can tell apart keeps two cases apart.

Each pair of cases differs in one thing, and comes after the other in one block: what was remembered of the first must
not be said of the second.
"""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from engine import cohort
from engine.conditions import Latest, Mean, Name, Since, Summary
from engine.evaluator.truths import rule_truths
from engine.facts import CaseFacts, CodeSet, FactSpec, Missing, Origin, Series, Value
from tests.engine.builders import (
    adult,
    both,
    fact,
    includes,
    is_,
    number,
    points,
    program,
    protocol,
    rule,
    score_of,
)
from tests.engine.cohort.differences import columns_say
from tests.engine.cohort.faults import SHARING, faulty

TODAY = date(2026, 6, 30)
HERE = Origin("questionnaire")
FACTS = {
    "pain": FactSpec("pain", "series", both("pain"), range=(Fraction(0), Fraction(10)), open_for_days=2),
    "word": FactSpec("word", "text", both("word")),
    **number("hb", 0, 300, fresh_for_days=365),
    **number("x", 0, 6),
}
TOTAL = score_of(
    "total", [points("x", 0, 6)], fact("x"), range=(Fraction(0), Fraction(6)), adults_only=True,
    bands={"low": is_("<=", Name("value", "score"), 2), "high": is_(">", Name("value", "score"), 2)},
)  # fmt: skip
LOW = is_("=", Name("total", "band"), "low")
BLANK = is_("<=", Name("total", "score"), 6)  # so whatever is answered, unless something must be asked about
OMEPRAZOLE = Since("omeprazole", frozenset(("omeprazole",)))


def a_case(*, as_of=TODAY, series=None, **values):
    return CaseFacts("case", as_of, adult(**values).values, series=series or {})


def measured(hb, days_ago):
    return Value(Fraction(hb), Origin("labs", TODAY - timedelta(days=days_ago)))


def measurements(*dated):
    days = tuple(TODAY - timedelta(days=ago) for ago, _ in dated)
    return {"hb": Series(tuple(Fraction(value) for _, value in dated), HERE, dates=days)}


def diary(*values, last=TODAY):
    return Series(tuple(None if each is None else Fraction(each) for each in values), HERE, last)


def begun(days_ago, key="start"):
    details = {"omeprazole": {key: TODAY - timedelta(days=days_ago)}}
    return CodeSet(frozenset(("omeprazole",)), HERE, details=details)


def listed(*codes, **more):
    return CodeSet(frozenset(codes), HERE, **more)


FALLS = is_("<", Summary("hb", "change", 30), -10)
LATEST = is_(">=", Latest("hb"), 100)
SINCE = is_(">=", Mean("pain", OMEPRAZOLE, 2), 5)
WARFARIN = includes("medication", "warfarin")

PAIRS = {
    "a value of a score": (LOW, {"x": 2}, {"x": 3}),
    "an input of a score that is asked about": (LOW, {"x": 2}, {"x": Missing("queried", HERE, "2")}),
    "an input of a score that was not asked": (LOW, {"x": 2}, {}),
    "an answer that is asked about and one that is not known": (
        BLANK, {"x": Missing("dont_know")}, {"x": Missing("queried", HERE, "9")}),
    "the age of whom a score is not for": (LOW, {"x": 2}, {"x": 2, "age": 17}),
    "an age nobody said": (LOW, {"x": 2}, {"x": 2, "age": Missing("not_asked")}),
    "a text": (is_("=", "word", "melaena"), {"word": "melaena"}, {"word": "none"}),
    "a list with an entry that nobody recognised": (
        WARFARIN, {"medication": listed("aspirin")}, {"medication": listed("aspirin", complete=False)}),
    "a list beside which a text mentions something": (
        WARFARIN, {"medication": listed()}, {"medication": listed(mentioned=frozenset(("warfarin",)))}),
    "a list that holds it": (WARFARIN, {"medication": listed("warfarin")}, {"medication": listed("aspirin")}),
    "a day of a diary": (
        is_(">=", Summary("pain", "highest", 3), 5), {"pain": diary(1, 2, 6)}, {"pain": diary(1, 2, 3)}),
    "a day nobody filled in": (
        is_(">=", Summary("pain", "recorded", 3), 3), {"pain": diary(1, 2, 6)}, {"pain": diary(1, None, 6)}),
    "the last day of a diary": (
        is_(">=", Summary("pain", "recorded", 3), 3),
        {"pain": diary(1, 2, 6)}, {"pain": diary(1, 2, 6, last=TODAY - timedelta(days=9))}),
    "the day of the case": (
        is_(">=", Summary("pain", "recorded", 3), 3),
        {"pain": diary(1, 2, 6)}, {"pain": diary(1, 2, 6), "as_of": TODAY + timedelta(days=9)}),
    "measurements of other values": (
        FALLS, {"series": measurements((20, 140), (3, 115))}, {"series": measurements((20, 120), (3, 115))}),
    "measurements of other days": (
        FALLS, {"series": measurements((20, 140), (3, 115))}, {"series": measurements((80, 140), (3, 115))}),
    "the day of a single value": (
        is_(">=", Summary("hb", "recorded", 30), 1), {"hb": measured(120, 3)}, {"hb": measured(120, 90)}),
    "a value that is too old": (
        LATEST, {"hb": measured(120, 3), "series": measurements((400, 90), (3, 120))},
        {"hb": Missing("stale", HERE, "120"), "series": measurements((400, 90), (390, 120))}),
    "a value that counts no more beside measurements without days": (
        LATEST, {"series": {"hb": Series((Fraction(120),), HERE)}},
        {"hb": Missing("stale", HERE, "120"), "series": {"hb": Series((Fraction(120),), HERE)}}),
    "the day a treatment began": (
        SINCE, {"pain": diary(9, 9, 9, 2, 3), "medication": begun(4)},
        {"pain": diary(9, 9, 9, 2, 3), "medication": begun(2)}),
    "a treatment whose day nobody recorded": (
        SINCE, {"pain": diary(9, 9, 9, 2, 3), "medication": begun(4)},
        {"pain": diary(9, 9, 9, 2, 3), "medication": listed("omeprazole")}),
    "the date on the entry of a medicine": (
        SINCE, {"pain": diary(9, 9, 9, 2, 3), "medication": begun(4, "date")},
        {"pain": diary(9, 9, 9, 2, 3), "medication": begun(2, "date")}),
}  # fmt: skip


def pair(what):
    """Return the program that tells two cases apart, and the two."""
    condition, first, second = PAIRS[what]
    made = program(FACTS, protocol("p", rule("r", condition, "alert:x")), scores=[TOTAL])
    return made, [a_case(**first), a_case(**second)]


@pytest.mark.parametrize("what", PAIRS)
def test_two_cases_that_differ_in_one_thing_are_kept_apart(what):
    made, cases = pair(what)
    live = [rule_truths(made, each) for each in cases]
    assert live[0] != live[1], "the pair would show nothing"
    assert columns_say(cohort, made, cases) == live
    assert columns_say(cohort, made, cases[::-1]) == live[::-1]
    assert columns_say(cohort, made, cases * 3) == live * 3


@pytest.mark.parametrize("fault", SHARING, ids=lambda fault: fault.what.replace(" ", "-").replace("`", ""))
def test_a_fault_in_what_makes_cases_alike_shows_in_some_pair(fault, tmp_path):
    wrong = faulty(fault, tmp_path)
    differ = []
    for what in PAIRS:
        made, cases = pair(what)
        differ += [what] if columns_say(wrong, made, cases) != [rule_truths(made, each) for each in cases] else []
    assert differ, f"no pair shows it: {fault.what}"

"""Windows over diaries and repeated measurements: what is missing, what changes, and what the result says of it."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler.walk import interval, number, scope_of, truth
from engine.conditions import BothWeeks, DayCount, Mean, Since, Summary, Times
from engine.evaluator import evaluate, plan_json
from engine.explain import case_digest
from engine.facts import CaseFacts, CodeSet, FactSpec, Origin, Series
from engine.language.cases import read_case, read_example
from tests.engine.builders import HERE, adult, both, is_, program, protocol, rule
from tests.engine.builders import number as whole
from tests.engine.language.a_library import a_library

TODAY = date(2026, 6, 30)
SCALE = (Fraction(0), Fraction(10))
FACTS = {
    "pain": FactSpec("pain", "series", both("pain"), range=SCALE, open_for_days=2),
    "stools": FactSpec("stools", "series", both("stools"), range=(Fraction(1), Fraction(7)), several=True),
    **whole("hb", 0, 300, fresh_for_days=365),
}


def made(condition, **more):
    return program(FACTS, protocol("p", rule("r", condition, "alert:pain", **more)))


BARE = made(is_(">=", Summary("pain", "highest"), 5))


def diary(*values, last=TODAY):
    entries = [tuple(map(Fraction, each)) if isinstance(each, list) else each for each in values]
    return Series(
        tuple(None if each is None else each if isinstance(each, tuple) else Fraction(each) for each in entries),
        HERE,
        last,
    )


def labs(*dated):
    days = tuple(TODAY - timedelta(days=ago) for ago, _ in dated)
    return Series(tuple(Fraction(value) for _, value in dated), HERE, dates=days)


def a_case(as_of=TODAY, series=None, **values):
    plain = adult(**values)
    return CaseFacts("case", as_of, plain.values, series=series or {})


def read(expr, *, red=False, **known):
    found = number(expr, scope_of(BARE, a_case(**known)), red=red)
    return None if found is None else (found.low, found.high)


def holds(condition, *, red=False, **known):
    return truth(condition, scope_of(BARE, a_case(**known)), red=red)


# --- both weeks


TWO_WEEKS = is_(">=", DayCount("pain", ">=", Fraction(5), BothWeeks()), 1)


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ([5] + [0] * 6, [0] * 6 + [5], True),
        ([5] * 7, [0] * 7, False),  # a bad week beside a good one
        ([5] * 7, [None] * 7, None),
        ([0] * 7, [None] * 7, False),  # the first week decides
        ([5] + [None] * 6, [5] + [None] * 6, True),
    ],
)
def test_both_weeks_must_hold_each_by_itself(first, second, answer):
    assert holds(TWO_WEEKS, pain=diary(*first, *second)) is answer


def test_of_both_weeks_each_needs_its_days():
    needing = is_(">=", DayCount("pain", ">=", Fraction(5), BothWeeks(), 3), 1)
    full = [5, 5, 5, None, None, None, None]
    assert holds(needing, pain=diary(*full, *full)) is True
    assert holds(needing, pain=diary(*full, 5, 5, *[None] * 5)) is None


# --- entries, extremes


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [(([6, 7], [], [4]), 2, 2), (([], []), 0, 0), (([6], None), 1, float("inf")), ((None, None), 0, float("inf"))],
)
def test_times_counts_entries_and_a_missing_day_may_hold_any_number(values, low, high):
    assert read(Times("stools", ">=", Fraction(6), 2 if len(values) == 2 else 3), stools=diary(*values)) == (low, high)


@pytest.mark.parametrize(
    ("function", "needs", "red", "expected"),
    [
        ("highest", None, False, (6, 10)),
        ("highest", 2, False, (6, 6)),
        ("highest", 2, True, (6, 10)),  # in a red flag the missing day may be anything
        ("lowest", None, False, (0, 2)),
        ("lowest", 2, False, (2, 2)),
        ("highest", 3, False, None),
        ("first", None, False, (6, 6)),
        ("recorded", None, False, (2, 2)),
    ],
)
def test_extremes_leave_room_for_missing_days(function, needs, red, expected):
    assert read(Summary("pain", function, 3, needs), red=red, pain=diary(6, None, 2)) == expected


def test_a_mean_in_a_red_flag_is_what_missing_days_leave_open():
    mean = Mean("pain", 4, 2)
    assert read(mean, pain=diary(4, 4, None, None)) == (4, 4)
    assert read(mean, red=True, pain=diary(4, 4, None, None)) == (2, 7)


# --- since a treatment began, and how old things are


def test_days_since_the_start_of_a_treatment():
    window = Since("omeprazole", frozenset(("omeprazole",)))
    taken = CodeSet(
        frozenset(("omeprazole",)), Origin("medications"), details={"omeprazole": {"start": date(2026, 6, 28)}}
    )
    unsaid = CodeSet(frozenset(("omeprazole",)), Origin("medications"), details={"omeprazole": {}})
    mean = Mean("pain", window, 2)
    assert read(mean, pain=diary(9, 9, 1, 2, 3), medication=taken) == (2, 2)
    assert read(mean, pain=diary(9, 9, 1, 2, 3), medication=unsaid) is None  # nobody recorded when
    assert read(mean, pain=diary(9, 9, 1, 2, 3)) is None
    assert read(mean, pain=diary(9, 9, 1, 2, 3, last=None), medication=taken) is None  # a diary without days


def test_a_diary_that_ended_before_the_day_of_the_case_has_missing_days():
    window = DayCount("pain", ">=", Fraction(5), 3)
    assert read(window, pain=diary(5, 5, 5)) == (3, 3)
    assert read(window, pain=diary(5, 5, 5, last=TODAY - timedelta(days=2))) == (1, 3)
    assert read(window, pain=diary(5, 5, 5, last=TODAY - timedelta(days=20))) == (0, 3)


def test_an_old_value_is_not_the_latest():
    latest = is_("<", Summary("hb", "lowest", 1000), 100)
    assert holds(latest, series={"hb": labs((400, 90), (10, 120))}) is True
    raw = {"as_of": "2026-06-30", "labs": [{"name": "hb", "value": 90, "unit": "g/L", "date": "2025-01-01"}]}
    library = a_library()
    case = read_case(raw, library.vocabulary, library.formulary)
    assert case.values["hb"].because == "stale"
    assert case.series["hb"].values == (90,)  # what changed over time still reads it


# --- change and trend


@pytest.mark.parametrize(
    ("measured", "days", "answer"),
    [
        (((80, 140), (50, 130), (3, 115)), 56, -15),  # the first one lies before the window
        (((80, 140), (50, 130), (3, 115)), 90, -25),
        (((3, 115),), 90, None),
        (((300, 140), (3, 115)), 90, None),
    ],
)
def test_a_change_is_the_last_value_less_the_first_of_the_window(measured, days, answer):
    found = read(Summary("hb", "change", days), series={"hb": labs(*measured)})
    assert found == (None if answer is None else (answer, answer))


def test_a_trend_is_a_slope_for_a_week_that_one_odd_day_does_not_move():
    rising = [Fraction(day, 7) for day in range(14)]
    assert read(Summary("pain", "trend", 14), pain=diary(*rising)) == (1, 1)
    odd = [*rising[:6], 10, *rising[7:]]
    assert Fraction(9, 10) < read(Summary("pain", "trend", 14), pain=diary(*odd))[0] < Fraction(11, 10)
    assert read(Summary("pain", "trend", 14), pain=diary(1, 2)) is None  # two days are no trend
    assert read(Summary("pain", "trend", 14, 5), pain=diary(1, 2, 3, 4)) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.integers(0, 10), min_size=1, max_size=12), st.integers(2, 12))
def test_a_trend_agrees_with_the_median_of_all_slopes(values, window):
    recorded = [(i, value) for i, value in enumerate(values) if value is not None and i >= len(values) - window]
    found = read(Summary("pain", "trend", window), pain=diary(*values))
    if len(recorded) < 3:
        assert found is None
    else:
        slope = median(Fraction(b - a, later - sooner) for (sooner, a), (later, b) in combinations(recorded, 2)) * 7
        assert found == (slope, slope)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.none() | st.integers(0, 10), min_size=1, max_size=5),
    st.sampled_from(("highest", "lowest")),
    st.sampled_from((0, 10, 5)),
)
def test_filling_in_missing_days_stays_within_what_was_said_to_be_possible(values, function, filling):
    before = read(Summary("pain", function), red=True, pain=diary(*values))
    after = read(Summary("pain", function), pain=diary(*(filling if value is None else value for value in values)))
    if before is not None:
        assert before[0] <= after[0] <= after[1] <= before[1]


# --- what the result says


def test_the_result_names_missing_days_and_those_that_can_still_be_told():
    compiled = made(is_(">=", DayCount("pain", ">=", Fraction(5), 5, 4), 3))
    plan = evaluate(compiled, a_case(pain=diary(5, None, 5, None, None)))
    assert plan_json(plan)["coverage"] == [
        {"series": "pain", "window": "last 5 days", "days": 5, "recorded": 2, "needed": 4,
         "missing": ["2026-06-27", "2026-06-29", "2026-06-30"], "open": ["2026-06-29", "2026-06-30"]}
    ]  # fmt: skip
    assert plan.ask == ("pain",)


def test_days_that_lie_too_far_back_are_no_longer_asked_for():
    compiled = made(is_(">=", DayCount("pain", ">=", Fraction(5), 5, 5), 3))
    plan = evaluate(compiled, a_case(pain=diary(None, None, 5, 5, 5)))
    assert plan.coverage[0].open == ()
    assert plan.ask == ()
    assert plan.open_rules[0].waiting_for == ("pain",)


def test_a_diary_nobody_began_has_no_coverage_and_is_asked_for():
    plan = evaluate(made(is_(">=", DayCount("pain", ">=", Fraction(5), 5, 5), 3)), a_case())
    assert (plan.coverage, plan.ask) == ((), ("pain",))


def test_a_red_flag_counts_missing_days_as_possible():
    condition = is_(">=", DayCount("pain", ">=", Fraction(5), 5, 3), 3)
    known = a_case(pain=diary(5, 0, 5, None, None))
    assert [item.code for item in evaluate(made(condition), known).items] == []
    flagged = evaluate(made(condition, red_flag=True), known)
    assert flagged.open_rules[0].waiting_for == ("pain",)


def test_several_dated_values_of_a_test_are_read_in_a_file_and_in_a_case():
    library = a_library()
    dated = [{"value": "13 g/dL", "date": "2026-01-01"}, {"value": "110 g/L", "date": "2026-03-01"}]
    example = read_example({"hb": dated}, library.vocabulary, library.formulary)
    assert example.series["hb"].values == (130, 110)
    assert example.values["hb"].value == 110
    twice = [*dated, {"value": "120 g/L", "date": "2026-03-01"}]
    assert read_example({"hb": twice}, library.vocabulary, library.formulary).series["hb"].values == (130,)


def test_nothing_is_known_of_a_window_without_a_series():
    for expr in (Mean("pain", 7), Summary("pain", "trend", 7), Summary("hb", "change", 90), Times("stools")):
        assert number(expr, scope_of(BARE, a_case())) is None
    assert interval(Summary("pain", "recorded", 7), scope_of(BARE, a_case())).high == 0


def test_the_digest_of_a_case_tells_older_values_apart():
    one, other = (a_case(series={"hb": labs((80, first), (3, 115))}, hb=115) for first in (140, 120))
    assert case_digest(one) != case_digest(other)
    assert case_digest(one) == case_digest(a_case(series={"hb": labs((80, 140), (3, 115))}, hb=115))

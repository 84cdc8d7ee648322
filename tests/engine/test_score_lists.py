"""Scores over lists: fourteen days of a diary, the samples of a breath test, and what a missing entry can change."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler import compile_edition
from engine.evaluator import score
from engine.language.library import check_library, edition, read_library
from tests.engine.language.a_library import codes, files

TITLE = "version: 1.0.0\ntitle:\n  es: Prueba\n  en: Trial\nadults_only: no\n"
DIARY = f"""score: fortnight
{TITLE}inputs:
  stools:
    type: series
    several: yes
    days: 14
    unit: bristol_types_by_day
    range: 1 .. 7
  pain:
    type: series
    days: 14
    unit: score_1_5_by_day
    range: 1 .. 5
define:
  blank: times(stools) = 0
  loose: if blank then 0 else 100 * times(stools >= 6) / times(stools)
record:
  n_stools: times(stools)
  loose: loose
  pain_each_week: days(pain >= 2, both weeks) >= 1
bands:
  loose: loose >= 25
  other: yes
"""
BREATH = f"""score: breath
{TITLE}inputs:
  minutes:
    type: series
    unit: min
    range: 0 .. 300
  h2:
    type: series
    unit: ppm
    range: 0 .. 500
value: highest(h2) - first(h2)
value_type: number
bands:
  early: highest(h2, minutes <= 90) - first(h2) >= 20
  late: value >= 20
  negative: yes
"""
PLACES = {"scores/fortnight/1.0.0.yaml": DIARY, "scores/breath/1.0.0.yaml": BREATH}
PROGRAM = compile_edition(edition(read_library(files() | PLACES)))
ONE_A_DAY, PAIN = [[4]] * 14, [3] * 14
MINUTES = [0, 30, 60, 90, 120]


def fortnight(stools=ONE_A_DAY, pain=PAIN):
    return score(PROGRAM, "fortnight", {"stools": {"value": stools}, "pain": {"value": pain}})


def breath(*h2, minutes=MINUTES):
    return score(PROGRAM, "breath", {"minutes": {"value": minutes, "unit": "min"}, "h2": {"value": list(h2)}})


def slip(file, old, new):
    """Return the codes of what is found when one text of a score is replaced."""
    assert old in PLACES[file]
    return codes(check_library(files() | {file: PLACES[file].replace(old, new, 1)})[1])


def test_a_full_diary_gives_its_figures_by_name():
    result = fortnight([[6, 7], [], *[[4]] * 12])
    assert result.status == "ok"
    assert result.value == {"n_stools": 14, "loose": pytest.approx(100 / 7), "pain_each_week": True}
    assert list(result.value) == ["n_stools", "loose", "pain_each_week"]


def test_a_day_without_stool_is_recorded_and_a_day_not_filled_in_is_not():
    assert fortnight([[], *ONE_A_DAY[1:]]).value["n_stools"] == 13
    assert fortnight([None, *ONE_A_DAY[1:]]).missing == ("days 1",)


@pytest.mark.parametrize(
    ("stools", "pain", "missing"),
    [
        ([*ONE_A_DAY[:9], *[None] * 5], [*PAIN[:9], *[None] * 5], ("days 10-14",)),
        (ONE_A_DAY[:9], PAIN, ("days 10-14",)),  # a list that ends early
        ([None, [4], None, None, *ONE_A_DAY[4:]], PAIN, ("days 1", "days 3-4")),
        (ONE_A_DAY, [1] * 7 + [3] * 6 + [None], ()),  # a first week without pain: that day changes nothing
        (ONE_A_DAY, [None] + [1] * 6 + [3] * 7, ("days 1",)),
        (ONE_A_DAY, None, ("pain",)),
        (None, None, ("stools", "pain")),
    ],
)
def test_missing_days_are_named_if_they_can_change_anything(stools, pain, missing):
    result = fortnight(stools, pain)
    assert result.missing == missing
    assert result.status == ("incomplete" if missing else "ok")
    assert (result.value is None) is bool(missing)


def test_a_band_is_not_guessed_from_the_days_there_are():
    assert fortnight([[6]] * 13 + [None]).band is None  # one day may hold any number of stools
    assert fortnight([[6]] * 14, [3] * 13 + [None]).band == "loose"  # that day of pain does not count for it


@pytest.mark.parametrize(
    ("stools", "pain", "query"),
    [
        ([[8], *ONE_A_DAY[1:]], PAIN, ("stools",)),
        (ONE_A_DAY, [0, *PAIN[1:]], ("pain",)),
        (ONE_A_DAY, [6, *PAIN[1:]], ("pain",)),
        ([4, *ONE_A_DAY[1:]], PAIN, ("stools",)),  # a day is a list of stools
        (ONE_A_DAY, [[3], *PAIN[1:]], ("pain",)),
        ([*ONE_A_DAY, [4]], PAIN, ("stools",)),  # fifteen days
        ("4, 4, 4", PAIN, ("stools",)),
    ],
)
def test_an_entry_off_its_scale_is_asked_about(stools, pain, query):
    assert fortnight(stools, pain).query == query


@pytest.mark.parametrize(
    ("h2", "value", "band"),
    [
        ((4, 8, 24, 30, 20), 26, "early"),
        ((4, 8, 10, 23, 24), 20, "late"),
        ((4, 8, 10, 24, 24), 20, "early"),  # on the limit, at the last minute that counts
        ((4, 8, 10, 12, 20), 16, "negative"),
        ((30, 8, 10, 12, 20), 0, "negative"),  # a fall is no rise
    ],
)
def test_samples_are_read_by_their_minutes(h2, value, band):
    result = breath(*h2)
    assert (result.value, result.band, result.status) == (value, band, "ok")


def test_a_missing_sample_is_named_by_its_list_and_its_band_given_if_certain():
    assert breath(4, None, 24, 30, 20).missing == ("h2",)
    assert breath(4, None, 24, 30, 20).band == "early"
    assert breath(4, None, 10, 12, 20).band is None
    assert breath(4, 8, 24, 30, 20, minutes=[0, 30, 60, None, 120]).missing == ()  # 24 at 60 minutes is enough


@settings(max_examples=40, deadline=None)
@given(st.lists(st.none() | st.sampled_from((0, 10, 23, 24, 25, 60)), min_size=5, max_size=5).map(tuple))
def test_what_is_said_with_samples_missing_holds_however_they_come_out(h2):
    result = breath(*h2)
    gaps = [i for i, value in enumerate(h2) if value is None]
    if len(gaps) > 2:
        return
    outcomes = []
    for values in product((0, 24, 43, 44, 500), repeat=len(gaps)):
        filled = list(h2)
        for i, value in zip(gaps, values, strict=True):
            filled[i] = value
        outcomes.append(breath(*filled))
    if result.status == "ok":
        assert {(each.value, each.band) for each in outcomes} == {(result.value, result.band)}
    if result.band is not None:
        assert {each.band for each in outcomes} == {result.band}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 7), max_size=3), min_size=14, max_size=14),
    st.lists(st.integers(1, 5), min_size=14, max_size=14),
)
def test_figures_agree_with_plain_counting(stools, pain):
    every = [kind for kinds in stools for kind in kinds]
    loose = 100 * sum(kind >= 6 for kind in every) / len(every) if every else 0
    result = fortnight(stools, pain)
    assert result.value == {
        "n_stools": len(every),
        "loose": pytest.approx(loose, abs=1e-5),
        "pain_each_week": max(pain[:7]) >= 2 and max(pain[7:]) >= 2,
    }
    assert result.band == ("loose" if loose >= 25 else "other")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("times(stools)", "times(stool)", "P105"),
        ("pain >= 2", "pain >= 6", "P112"),  # no day can reach it
        ("days(pain >= 2, both weeks) >= 1", "pain >= 1", "P119"),
        ("days(pain >= 2, both weeks) >= 1", "days(pain >= 2, both weeks) <= 1", "P127"),
        ("record:", "value: times(stools)\nrecord:", "P402"),
        ("loose: loose >= 25", "loose: highest(blank) >= 25", "P105"),
    ],
)
def test_a_slip_in_a_list_is_named(old, new, code):
    assert code in slip("scores/fortnight/1.0.0.yaml", old, new)


def test_a_value_is_no_record():
    assert slip("scores/breath/1.0.0.yaml", "value_type: number", "value_type: record") == ["P402"]

"""Where a value lies: the laboratory's own range wins, the usual one is for adults, and no range is no verdict."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from django.utils.translation import override

from engine.facts import FactSpec, UnitRule
from webapp.patients.models import Observation
from webapp.results.catalogue import WORDS, Limits, analytes, converted
from webapp.results.charts import bar_of, chart_of
from webapp.results.judging import Flag, Person, verdict

HB = FactSpec(
    "hb",
    "quantity",
    {"es": "Hb", "en": "Hb"},
    "g/L",
    {"g/dL": UnitRule("g/dL", Fraction(10)), "g/L": UnitRule("g/L", Fraction(1))},
)
WOMAN, MAN = Person(47, "female"), Person(47, "male")


def flag(value, unit="g/L", person=WOMAN, ends=(), code="hb"):
    spec = HB if code == "hb" else None
    return verdict(spec, Observation(code=code, value=value, unit=unit), person, ends).flag


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (131, "g/L", "normal"),
        (13.1, "g/dL", "normal"),
        (119, "g/L", "low"),
        (156, "g/L", "high"),
        (120, "g/L", "normal"),
    ],
)
def test_a_value_is_held_against_the_usual_range_in_its_own_unit(value, unit, told):
    assert flag(value, unit) == told


def test_men_and_women_have_ranges_of_their_own_and_who_is_neither_has_none():
    assert (flag(125, person=WOMAN), flag(125, person=MAN)) == (Flag.NORMAL, Flag.LOW)
    assert flag(125, person=Person(47, "unknown")) == Flag.NONE


def test_the_range_the_laboratory_printed_wins():
    assert flag(125, ends=(130, 170)) == Flag.LOW
    assert flag(125, ends=(None, 124)) == Flag.HIGH
    assert flag(12.5, "g/dL", ends=(12, None)) == Flag.NORMAL


@pytest.mark.parametrize("person", [Person(17, "female"), Person(30, "female", pregnant=True)])
def test_a_child_and_a_pregnant_woman_are_not_held_against_the_range_of_adults(person):
    assert flag(100, person=person) == Flag.NONE
    assert flag(100, person=person, ends=(105, 140)) == Flag.LOW


def test_what_is_critical_is_so_whatever_range_was_printed_and_at_any_age():
    assert flag(69, ends=(60, 170)) == Flag.CRITICAL_LOW
    assert flag(6.9, "g/dL", person=Person(12, "male")) == Flag.CRITICAL_LOW
    assert flag(70) == Flag.LOW


def test_a_unit_nobody_can_convert_gives_no_verdict_rather_than_a_normal_one():
    assert flag(5, "furlongs") == Flag.NONE
    assert converted(HB, Fraction(5), "furlongs", "g/L") is None


def test_an_analyte_nobody_described_has_a_number_and_no_verdict():
    assert flag(5, "", code="tpmt_nudt15") == Flag.NONE


def test_a_word_is_marked_where_it_means_something_and_else_is_only_a_word():
    assert flag("positive", "", code="h_pylori_stool_antigen") == Flag.MARKED
    assert flag("negative", "", code="h_pylori_stool_antigen") == Flag.NONE


def test_every_proposed_text_keeps_to_sixty_words_in_both_languages():
    texts = [(name, text) for name, one in analytes().items() for text in (one.proposed or {}).values()]
    assert len(texts) > 70
    assert [name for name, text in texts if len(text.split()) > WORDS] == []


def test_every_limit_has_an_end_and_critical_ones_lie_outside_the_usual_range():
    for one in analytes().values():
        for _sex, limits in one.usual:
            assert not limits.is_open
            assert isinstance(limits, Limits)
        if one.critical and one.usual and one.usual[0][1].unit == one.critical.unit:
            usual = one.usual[0][1]
            assert one.critical.low is None or usual.low is None or one.critical.low < usual.low
            assert one.critical.high is None or usual.high is None or one.critical.high > usual.high


def _course(*values):
    days = (date(2026, 1, 1) + timedelta(days=30 * place) for place in range(len(values)))
    at = [datetime.combine(day, time(12), UTC) for day in days]
    return [
        Observation(code="hb", value=value, unit=unit, effective_at=day)
        for (value, unit), day in zip(values, at, strict=True)
    ]


def test_a_course_is_drawn_in_the_unit_of_the_newest_and_says_what_it_shows():
    chart = chart_of("Hb", _course((97, "g/L"), (112, "g/L"), (12.4, "g/dL")), HB)
    assert [point.plain for point in chart.points] == ["9.7", "11.2", "12.4"]
    assert (chart.n, chart.unit) == (3, "g/dL")
    assert "9" in chart.finding
    assert "g/dL" in chart.finding


def test_a_far_end_of_the_range_does_not_flatten_the_course():
    chart = chart_of(
        "Hb", _course((8, "g/L"), (22, "g/L"), (11, "g/L")), HB, Limits(Fraction(15), Fraction(150), "g/L")
    )
    heights = [float(point.y) for point in chart.points]
    assert max(heights) - min(heights) > 80
    assert float(chart.band[0]) >= 0


@pytest.mark.parametrize(
    ("values", "ends", "figures"),
    [
        ((12.4, 12.2), (12, 15.5), ["11,5", "12", "12,5", "13", "13,5"]),
        ((13, 22), (None, None), ["10", "15", "20", "25"]),
        ((182, 41), (None, 50), ["0", "50", "100", "150", "200"]),
        ((5, 5), (None, None), ["4,6", "4,8", "5", "5,2", "5,4"]),
        ((0, 0), (None, None), ["0", "0,2", "0,4", "0,6"]),
        ((-3, 4), (None, None), ["-4", "-2", "0", "2", "4", "6"]),
    ],
)
def test_the_lines_of_a_chart_stand_at_round_figures_that_hold_every_value(values, ends, figures):
    limits = Limits(*(None if end is None else Fraction(str(end)) for end in ends), "g/L")
    with override("es"):
        chart = chart_of("Hb", _course(*((value, "g/L") for value in values)), HB, limits)
    assert [figure for figure, _height in chart.grid] == figures
    heights = [float(height) for _figure, height in chart.grid]
    assert all(heights[-1] <= float(point.y) <= heights[0] for point in chart.points)


def test_a_tiny_change_is_drawn_tiny_and_a_great_one_fills_the_chart():
    tiny, great = (chart_of("Hb", _course((121, "g/L"), (last, "g/L")), HB) for last in (122, 60))
    risen = [abs(float(chart.points[0].y) - float(chart.points[1].y)) for chart in (tiny, great)]
    assert 0 < risen[0] < 12
    assert risen[1] > 60


def test_one_value_and_words_are_no_course():
    assert chart_of("Hb", _course((97, "g/L")), HB) is None
    assert chart_of("Hb", _course(("positive", ""), ("negative", "")), None) is None


@pytest.mark.parametrize("ends", [(12, None), (None, 9), (12, 15.5), (0, 0)])
def test_the_bar_of_a_value_keeps_to_its_line_however_far_out_it_lies(ends):
    low, high = (None if end is None else Fraction(str(end)) for end in ends)
    for value in (-5, 0, 9, 13, 9000):
        assert 8 <= float(bar_of(Fraction(value), Limits(low, high, ""), "").x) <= 232

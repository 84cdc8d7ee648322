"""No value is moved off its threshold by a conversion, and nothing is converted into something else."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import units
from engine.units import UnitError

UNITS = sorted(units.SIZES)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("13 g/dL", "130 g/L"),
        ("8 weeks", "56 days"),
        ("150000 /uL", "150 10^9/L"),
        ("1 years", "12 months"),
        ("5 mg/L", "0.5 mg/dL"),
        ("30 ng/mL", "30 ug/L"),
        ("250 mg/kg", "250 ug/g"),
    ],
)
def test_both_ways_of_writing_are_the_same_amount(written, same):
    (value, unit), (other, target) = units.amount(written), units.amount(same)
    assert units.convert(value, unit, target) == other


@settings(max_examples=100, deadline=None)
@given(st.fractions(min_value=0, max_value=10**6, max_denominator=10**6), st.sampled_from(UNITS), st.data())
def test_there_and_back_is_exact(value, unit, data):
    family = [other for other in UNITS if units.comparable(unit, other)]
    other = data.draw(st.sampled_from(family))
    assert units.convert(units.convert(value, unit, other), other, unit) == value


@pytest.mark.parametrize(
    ("unit", "other"),
    [
        ("mg/dL", "mmol/L"),  # depends on the substance: declared with the fact
        ("mg/dL", "mg/dL_BUN"),  # urea is not urea nitrogen
        ("mmol/L", "mmol/L_urea"),
        ("ugHb/g", "ug/g"),
        ("ngHb/mL", "ugHb/g"),  # depends on the device
        ("kg", "years"),
        ("%", "ratio"),
        ("U/L", "mg/L"),
    ],
)
def test_what_measures_something_else_is_refused(unit, other):
    with pytest.raises(UnitError) as refusal:
        units.convert(Fraction(1), unit, other)
    assert refusal.value.code == "P108"


@pytest.mark.parametrize("text", ["NaN", "inf", "-inf", "1e400", "1_000", "0x10", "", "١٢", "1.", ".5", "--1", "1/2"])
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(UnitError):
        units.number(text)


def test_a_decimal_comma_gets_its_hint():
    with pytest.raises(UnitError) as refusal:
        units.amount("12,5 g/dL")
    assert "12.5" in refusal.value.hint


def test_a_ratio_is_an_exact_factor():
    assert units.factor("1/88.4") == Fraction(10, 884)
    assert units.factor("0.357") == Fraction(357, 1000)
    with pytest.raises(UnitError):
        units.factor("1/0")


@pytest.mark.parametrize(
    ("text", "days"), [("8 weeks", 56), ("12 months", 365), ("1 month", 30), ("2 days", 2), ("1 year", 365)]
)
def test_durations_are_whole_days(text, days):
    assert units.days(text) == days


@pytest.mark.parametrize("text", ["8 kg", "8", "-2 weeks", "eight weeks", "weeks"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(UnitError):
        units.days(text)


@pytest.mark.parametrize("text", ["7 .. 0", "7", "a .. b", "1 ... 2", ".."])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(UnitError):
        units.span(text)


@pytest.mark.parametrize(
    ("text", "unit"), [("µg/L", "ug/L"), ("mcg", "ug"), ("bpm", "/min"), ("1", "ratio"), (" g/dl ", "g/dL")]
)
def test_other_spellings_are_understood(text, unit):
    assert units.spelled(text) == unit


def test_an_unknown_unit_is_nobodys():
    assert units.spelled("stone") is None


@pytest.mark.parametrize(
    ("value", "text"), [("5", "5"), ("2.67", "2.67"), ("1/3", "0.3333"), ("-4", "-4"), ("1/1000000", "1e-06")]
)
def test_numbers_are_written_as_people_write_them(value, text):
    assert units.written(Fraction(value)) == text

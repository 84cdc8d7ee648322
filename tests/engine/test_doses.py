"""The dose grammar: what people write is read as a doctor would, and what is not understood stays unknown."""

from fractions import Fraction

import pytest

from engine.doses import in_unit, read_dose, shown


@pytest.mark.parametrize(
    ("text", "frequency", "daily"),
    [
        ("20 mg daily (self-medicated)", "", "20 mg"),
        ("15 mg weekly", "", "2.1429 mg"),
        ("40 mg/12 h", "", "80 mg"),
        ("1 g tid", "", "3 g"),
        ("20 mg", "once daily", "20 mg"),
        ("500 mg", "four times daily", "2000 mg"),
        ("500 mg cada 8 horas", "", "1500 mg"),
        ("0,5 mg al día", "", "0.5 mg"),
        ("20 mg 1-0-1", "", "40 mg"),
        ("20-40 mg", "twice daily", "80 mg"),
        ("2 mg", "2-3 times daily", "6 mg"),
        ("10 mg", "at night", "10 mg"),
        ("200 mg", "alternate days", "100 mg"),
        ("20 mg por la noche", "", "20 mg"),
        ("1 sobre", "2 veces al día", "2 sachet"),
    ],
)
def test_a_dose_as_people_write_it_comes_to_its_daily_sum(text, frequency, daily):
    found = read_dose(text, frequency).daily
    assert found is not None
    assert shown(found) == daily


@pytest.mark.parametrize(
    "text",
    ["200 mg", "", "una pastilla", "20 mg as needed", "20 mg si precisa", "20 mg daily except sundays", "3 times a day",
     "20 widgets daily", "20 mg/0 h", "20 mg 0-0-0", "daily"],
)  # fmt: skip
def test_a_dose_that_does_not_say_how_much_a_day_stays_unknown(text):
    assert read_dose(text).daily is None


def test_amount_and_unit_are_kept_when_only_the_frequency_is_missing():
    assert (read_dose("200 mg").amount, read_dose("200 mg").unit) == (200, "mg")


def test_amounts_are_compared_in_one_unit_or_not_at_all():
    assert in_unit((Fraction(1), "g"), "mg") == 1000
    assert in_unit((Fraction(2), "sachet"), "sachet") == 2
    assert in_unit((Fraction(2), "sachet"), "mg") is None
    assert in_unit((Fraction(1), "mL"), "mg") is None

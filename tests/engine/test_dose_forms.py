"""Doses as Spanish and English prescriptions write them: a safe sum of the day, or plainly unknown."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.doses import in_unit, read_dose, shown

ONCE = ("once daily", "daily", "od", "o.d.", "qd", "a day", "per day", "every day", "una vez al día", "1 vez al día",
        "al día", "cada día", "diario", "cada 24 horas", "every 24 hours", "/24 h", "/day", "/día", "/d",
        "at night", "at bedtime", "por la noche", "por la mañana", "in the morning", "en ayunas cada día")  # fmt: skip
TWICE = ("twice daily", "bid", "b.i.d.", "bd", "2 times daily", "two times a day", "dos veces al día",
         "2 veces al día", "2 veces por día", "cada 12 horas", "cada 12 h",
         "every 12 hours", "q12h", "/12 h", "/12h", "1-0-1")  # fmt: skip
THRICE = ("three times daily", "three times a day", "tid", "t.i.d.", "tds", "3 times daily", "tres veces al día",
          "3 veces al día", "cada 8 horas", "cada 8 h", "every 8 hours", "q8h", "/8 h", "1-1-1")  # fmt: skip
FOUR = ("four times daily", "qid", "q.i.d.", "qds", "cuatro veces al día", "4 veces al día", "cada 6 horas",
        "every 6 hours", "q6h", "/6 h", "1-1-1-1")  # fmt: skip
FORMS = [(form, times) for forms, times in ((ONCE, 1), (TWICE, 2), (THRICE, 3), (FOUR, 4)) for form in forms]
WEEKLY = ("weekly", "once weekly", "once a week", "semanal", "una vez a la semana", "1 vez por semana", "cada semana",
          "every week", "per week", "a week", "por semana", "/week", "/semana")  # fmt: skip


@pytest.mark.parametrize(("form", "times"), FORMS)
def test_how_often_is_understood_beside_the_amount_and_in_its_own_field(form, times):
    assert read_dose(f"20 mg {form}").daily == (20 * times, "mg")
    assert read_dose("20 mg", form).daily == (20 * times, "mg")


@pytest.mark.parametrize(("form", "times"), FORMS)
def test_capital_letters_and_spaces_change_nothing(form, times):
    assert read_dose(f"  20 MG   {form.upper()} ").daily == (20 * times, "mg")


@pytest.mark.parametrize("form", WEEKLY)
def test_a_weekly_dose_is_a_seventh_a_day(form):
    assert read_dose(f"14 mg {form}").daily == (2, "mg")


@pytest.mark.parametrize("form", ["twice weekly", "2 times a week", "dos veces por semana", "2 veces a la semana"])
def test_some_days_of_the_week_are_that_part_of_it(form):
    assert read_dose(f"7 mg {form}").daily == (2, "mg")


@pytest.mark.parametrize(
    "form",
    ["as needed", "prn", "p.r.n.", "when needed", "on demand", "si precisa", "a demanda", "si hace falta",
     "twice daily as needed", "cada 8 horas si precisa", "daily, on demand"],
)  # fmt: skip
def test_a_dose_taken_when_needed_has_no_daily_sum(form):
    assert read_dose(f"20 mg {form}").daily is None


@pytest.mark.parametrize(
    "form",
    ["except sundays", "unless vomiting", "daily for the pain or twice if worse", "cada", "every", "times",
     "0 times a day", "0-0-0", "cada 0 horas", "when the moon is full", "daily except weekends",
     "diario menos los domingos"],
)  # fmt: skip
def test_words_that_may_change_the_sum_leave_it_unknown(form):
    assert read_dose(f"20 mg {form}").daily is None


@pytest.mark.parametrize(
    ("amount", "daily"),
    [
        ("0.5 g", (Fraction(1, 2), "g")),
        ("0,5 g", (Fraction(1, 2), "g")),
        ("500 mg", (Fraction(500), "mg")),
        ("250 mcg", (Fraction(250), "ug")),
        ("250 µg", (Fraction(250), "ug")),
        ("10 ml", (Fraction(10), "mL")),
        ("1000 IU", (Fraction(1000), "U")),
        ("1000 UI", (Fraction(1000), "U")),
        ("1000 units", (Fraction(1000), "U")),
        ("1 sachet", (Fraction(1), "sachet")),
        ("2 sobres", (Fraction(2), "sachet")),
        ("20 to 40 mg", (Fraction(40), "mg")),
        ("20-40 mg", (Fraction(40), "mg")),
        ("20 a 40 mg", (Fraction(40), "mg")),
    ],
)
def test_an_amount_is_read_in_its_unit_and_a_span_by_its_higher_end(amount, daily):
    assert read_dose(f"{amount} daily").daily == daily


@pytest.mark.parametrize(
    "amount", ["2 tablets", "dos comprimidos", "5 years", "20 mmol/L", "20", "mg", "a little", "-20 mg"]
)
def test_what_is_no_amount_of_medicine_has_no_sum(amount):
    assert read_dose(f"{amount} daily").daily is None


def test_the_frequency_of_an_unread_amount_is_still_known():
    dose = read_dose("some", "twice daily")
    assert (dose.amount, dose.daily) == (None, None)


def test_remarks_in_brackets_do_not_hide_the_dose():
    assert read_dose("20 mg daily (self-medicated since 2019)").daily == (20, "mg")
    assert read_dose("400 mg cada 8 horas (por su cuenta)").daily == (1200, "mg")


amounts = st.integers(1, 2000)


@settings(max_examples=60, deadline=None)
@given(amounts, st.sampled_from(FORMS), st.sampled_from(["mg", "g", "ug"]))
def test_what_is_read_is_what_was_written_whatever_the_amount(amount, form, unit):
    assert read_dose(f"{amount} {unit} {form[0]}").daily == (amount * form[1], unit)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_is_read_or_left_unknown(text, frequency):
    daily = read_dose(text, frequency).daily
    assert daily is None or daily[0] >= 0


@pytest.mark.parametrize(
    ("amount", "unit", "same"),
    [
        ((Fraction(2), "g"), "mg", 2000),
        ((Fraction(500), "ug"), "mg", Fraction(1, 2)),
        ((Fraction(1), "sachet"), "sachet", 1),
        ((Fraction(1), "kU"), "U", 1000),
        ((Fraction(1), "sachet"), "g", None),
        ((Fraction(1), "g"), "sachet", None),
        ((Fraction(10), "mL"), "g", None),
        ((Fraction(10), "U"), "mg", None),
    ],
)
def test_sums_are_made_in_one_unit_and_never_across_substances(amount, unit, same):
    assert in_unit(amount, unit) == same


def test_a_sum_is_written_with_its_unit():
    assert shown((Fraction(5, 2), "g")) == "2.5 g"

"""Every laboratory value in every unit it may be sent in: exact at its limits, asked about outside them."""

from fractions import Fraction

import pytest

from engine import units
from engine.facts import Missing, Value
from engine.language.cases import read_case
from tests.engine.content.shipped import library, sample

FACTS = library().vocabulary.facts
ANALYTES = [analyte for analyte in sample("analytes") if analyte["kind"] == "numeric"]
PAIRS = [(analyte["name"], unit) for analyte in ANALYTES for unit in FACTS[analyte["name"]].units]
REFUSED = [
    (analyte["name"], unit)
    for analyte in ANALYTES
    for unit in analyte["plausible"]
    if unit != FACTS[analyte["name"]].unit and unit not in FACTS[analyte["name"]].units
]
# How laboratories and UCUM write a unit that we spell in another way.
WRITTEN = {
    "ug/L": ("µg/L", "mcg/L"),
    "ug/g": ("µg/g", "mcg/g"),
    "10^9/L": ("10*9/L", "x10^9/L"),
    "10^3/uL": ("10*3/uL", "10^3/µL"),
    "/uL": ("cells/uL", "/µL"),
    "U/L": ("IU/L", "UI/L", "U/l"),
    "U/mL": ("IU/mL",),
    "mU/L": ("mIU/L",),
    "g/dL": ("g/dl",),
    "mg/dL": ("mg/dl",),
    "mmol/L": ("mmol/l",),
    "umol/L": ("µmol/L", "umol/l"),
    "ng/mL": ("ng/ml",),
    "pg/mL": ("pg/ml",),
    "g/L": ("g/l",),
    "mg/L": ("mg/l",),
    "ppm": ("[ppm]",),
    "permil": ("‰",),
    "ugHb/g": ("µgHb/g", "ug Hb/g"),
    "%": ("percent",),
}
SPELLINGS = [(name, unit, other) for name, unit in PAIRS for other in WRITTEN.get(unit, ())]


def read(name, value, unit):
    """Return the fact a laboratory value comes to, and what is asked about it."""
    entry = {"name": name, "value": value, "unit": unit}
    case = read_case({"id": "x", "labs": [entry]}, library().vocabulary, library().formulary)
    return case.values[name], case.queries


def limits(name, unit):
    ends = FACTS[name].units[unit].plausible
    assert ends is not None, (name, unit)
    return ends


@pytest.mark.parametrize(("name", "unit"), PAIRS)
@pytest.mark.parametrize("end", [0, 1], ids=["lowest", "highest"])
def test_the_last_plausible_value_is_taken_and_converted_exactly(name, unit, end):
    given = limits(name, unit)[end]
    rule = FACTS[name].units[unit]
    found, queries = read(name, given, unit)
    assert isinstance(found, Value)
    assert found.value == given * rule.factor + rule.offset
    assert name not in queries


@pytest.mark.parametrize(("name", "unit"), PAIRS)
@pytest.mark.parametrize("step", [Fraction(-1, 1000), Fraction(1, 1000)], ids=["below", "above"])
def test_the_first_implausible_value_is_unknown_and_asked_about(name, unit, step):
    low, high = limits(name, unit)
    found, queries = read(name, (low if step < 0 else high) + step, unit)
    assert isinstance(found, Missing)
    assert (found.because, queries) == ("queried", (name,))


@pytest.mark.parametrize(("name", "unit"), PAIRS)
def test_a_value_keeps_what_was_written_beside_what_it_came_to(name, unit):
    given = limits(name, unit)[1]
    found, _ = read(name, given, unit)
    assert (found.origin.section, found.origin.given, found.origin.unit) == ("labs", str(given), unit)


@pytest.mark.parametrize(("name", "unit", "other"), SPELLINGS)
def test_another_spelling_of_a_unit_is_the_same_unit(name, unit, other):
    given = limits(name, unit)[1]
    assert read(name, given, other)[0].value == read(name, given, unit)[0].value


@pytest.mark.parametrize(("name", "unit"), REFUSED)
def test_a_unit_without_a_factor_is_asked_about_and_never_guessed(name, unit):
    found, queries = read(name, 3, unit)
    assert isinstance(found, Missing)
    assert queries == (name,)


def test_some_units_are_refused_so_that_the_table_above_is_not_empty():
    assert ("fit", "ngHb/mL") in REFUSED
    assert len(PAIRS) > 60
    assert len(SPELLINGS) > 30


@pytest.mark.parametrize("analyte", ANALYTES, ids=lambda analyte: analyte["name"])
def test_a_unit_of_something_else_is_asked_about(analyte):
    name = analyte["name"]
    low, _ = limits(name, FACTS[name].unit)
    found, queries = read(name, low, "kg")
    assert (type(found), queries) == (Missing, (name,))


@pytest.mark.parametrize("analyte", ANALYTES, ids=lambda analyte: analyte["name"])
def test_a_laboratory_value_without_its_unit_is_asked_about_unless_it_is_a_plain_ratio(analyte):
    name = analyte["name"]
    plain = units.dimension(FACTS[name].unit) == units.COUNT
    found, queries = read(name, limits(name, FACTS[name].unit)[0], None)
    assert isinstance(found, Value) is plain
    assert queries == (() if plain else (name,))


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("hb", (13, "g/dL"), (130, "g/L")),
        ("albumin", ("3.5", "g/dL"), (35, "g/L")),
        ("crp", ("0.5", "mg/dL"), (5, "mg/L")),
        ("platelets", (150000, "/uL"), (150, "10^9/L")),
        ("wbc", (4000, "/uL"), (4, "10^3/uL")),
        ("ferritin", (30, "ng/mL"), (30, "ug/L")),
        ("faecal_calprotectin", (250, "mg/kg"), (250, "ug/g")),
        ("total_iga", (7, "mg/dL"), ("0.07", "g/L")),
        ("sodium", (140, "mEq/L"), (140, "mmol/L")),
        ("tsh", ("4.5", "uU/mL"), ("4.5", "mU/L")),
    ],
)
def test_the_same_amount_in_two_units_is_the_same_value(name, first, second):
    assert read(name, *first)[0].value == read(name, *second)[0].value


def test_urea_and_urea_nitrogen_of_the_same_number_are_different_values():
    assert read("urea", 30, "mg/dL")[0].value != read("urea", 30, "mg/dL_BUN")[0].value
    assert read("bun", 30, "mg/dL")[0].value != read("bun", 30, "mg/dL_urea")[0].value

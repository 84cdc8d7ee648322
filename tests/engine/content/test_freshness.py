"""How long an answer counts: to the last day of its time, not a day longer, and a positive alarm is never forgotten."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from engine.facts import Missing, Value
from engine.language.cases import read_case
from tests.engine.content.shipped import library

FACTS = library().vocabulary.facts
TODAY = date(2026, 3, 1)
LABS = [name for name, spec in FACTS.items() if spec.type == "quantity" and spec.codes.get("loinc") and spec.units]
DATED = [name for name, spec in FACTS.items() if spec.type == "yes_no" and spec.fresh_for_days is not None]
AGING = [name for name in LABS if FACTS[name].fresh_for_days is not None]


def read(*, as_of=TODAY, **sections):
    day = None if as_of is None else as_of.isoformat()
    return read_case({"id": "x", "as_of": day, **sections}, library().vocabulary, library().formulary).values


def ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


def lab(name, days):
    spec = FACTS[name]
    low, _ = spec.units[spec.unit].plausible
    dated = {} if days is None else {"date": ago(days)}
    return {"name": name, "value": low, "unit": spec.unit, **dated}


def test_there_are_values_that_age():
    assert len(AGING) > 10
    assert len(DATED) > 5


@pytest.mark.parametrize("name", AGING)
def test_a_laboratory_value_counts_to_the_last_day_of_its_time_and_no_longer(name):
    fresh_for = FACTS[name].fresh_for_days
    assert isinstance(read(labs=[lab(name, fresh_for)])[name], Value)
    old = read(labs=[lab(name, fresh_for + 1)])[name]
    assert isinstance(old, Missing)
    assert (old.because, old.positive_before) == ("stale", False)
    assert old.was


@pytest.mark.parametrize("name", AGING)
def test_a_value_without_a_date_or_a_case_without_a_day_is_current(name):
    assert isinstance(read(labs=[lab(name, None)])[name], Value)
    assert isinstance(read(as_of=None, labs=[lab(name, 9000)])[name], Value)


@pytest.mark.parametrize("name", AGING)
def test_of_an_old_and_a_newer_value_the_newer_counts_in_any_order(name):
    fresh_for = FACTS[name].fresh_for_days
    old, new = lab(name, fresh_for + 1), lab(name, 0)
    new["value"] = Fraction(old["value"]) + FACTS[name].units[FACTS[name].unit].plausible[1] / 10
    for order in ([old, new], [new, old]):
        found = read(labs=order)[name]
        assert isinstance(found, Value)
        assert found.origin.dated == TODAY


@pytest.mark.parametrize("name", DATED)
@pytest.mark.parametrize("said", [True, False])
def test_an_answer_ages_and_only_a_positive_red_flag_is_remembered(name, said):
    spec = FACTS[name]
    known = read(questionnaire={name: {"value": said, "date": ago(spec.fresh_for_days)}})[name]
    assert isinstance(known, Value)
    old = read(questionnaire={name: {"value": said, "date": ago(spec.fresh_for_days + 1)}})[name]
    assert isinstance(old, Missing)
    assert (old.because, old.positive_before) == ("stale", said and spec.red_flag)


@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize("age", [11, 12, 40, 55, 56])
@pytest.mark.parametrize("fact", ["pregnant", "breastfeeding"])
def test_who_was_not_asked_is_not_pregnant_only_where_it_cannot_be(sex, age, fact):
    found = read(patient={"sex": sex, "age_years": age}).get(fact)
    cannot = sex == "male" or not 12 <= age <= 55
    assert (isinstance(found, Value) and found.value is False) is cannot
    assert (found is None or isinstance(found, Missing)) is not cannot


@pytest.mark.parametrize(
    ("born", "age"),
    [("2008-03-01", 18), ("2008-03-02", 17), ("2008-02-29", 18), ("2026-03-01", 0), ("1926-02-28", 100)],
)
def test_a_birthday_is_reached_on_its_day_and_not_the_day_before(born, age):
    found = read(patient={"birth_date": born})["age"]
    assert isinstance(found, Value)
    assert found.value == age


def test_a_birth_date_alone_gives_no_age_without_a_day_of_the_case():
    assert "age" not in read(as_of=None, patient={"birth_date": "1980-01-01"})

"""Where a value lies: the laboratory's own range wins, the usual one is for adults, and no range is no verdict."""

from fractions import Fraction

import pytest

from engine.facts import FactSpec, UnitRule
from webapp.patients.models import Observation
from webapp.results.catalogue import WORDS, Limits, analytes, converted
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

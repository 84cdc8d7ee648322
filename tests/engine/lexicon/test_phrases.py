"""The shipped lexicon reads what patients write: measured on phrases that were written before it.

`python -m bench.lexicon` prints the figures and every mention that is missed or made up.
"""

import pytest

from bench.lexicon import labels, measure, phrases, shipped

FLOORS = {
    "development": (0.98, 0.99),
    "held_out": (0.95, 0.95),
    "later": (0.94, 0.94),
    "fresh": (0.95, 0.93),
    "more": (0.97, 0.98),
    "unseen": (0.93, 0.94),
    "latest": (0.87, 0.94),
}
MENDED = [half for half in FLOORS if half != "unseen"]  # nothing is changed for what measures the unseen


@pytest.mark.parametrize("half", FLOORS)
def test_mentions_are_found_and_not_made_up(half):
    figures = measure(phrases(half))
    precision, recall = FLOORS[half]
    assert figures.precision >= precision, figures.made_up
    assert figures.recall >= recall, figures.missed


@pytest.mark.parametrize("half", MENDED)
def test_no_red_flag_is_missed(half):
    assert measure(phrases(half)).unseen == ()


def test_there_are_phrases_enough_and_half_of_them_are_traps():
    halves = ["development", "held_out"]
    traps = sum(len(phrases(half, "traps")) for half in halves)
    every = sum(len(phrases(half)) for half in halves)
    assert every >= 320
    assert traps * 2 >= every


def test_every_red_flag_of_the_vocabulary_has_a_phrase_that_says_it():
    reader, red_flags = shipped()
    said = {fact for entry in reader.lexicon.entries for fact in (entry.fact, *entry.also, *entry.recent, *entry.today)}
    assert red_flags - said == set()


def test_what_is_expected_are_words_of_the_vocabulary():
    reader, _ = shipped()
    known = {entry.fact for entry in reader.lexicon.entries} | set(reader.names.codes.values())
    known |= {code for entry in reader.lexicon.entries for code in (entry.history, entry.family_history)}
    expected = {
        label.split(" ")[-1].split(":")[-1] for half in FLOORS for each in phrases(half) for label in each.expected
    }
    assert expected - known == set()


@pytest.mark.parametrize(
    "text",
    [
        "No tengo sangre pero si dolor de barriga",
        "NO TENGO SANGRE PERO SÍ DOLOR DE BARRIGA",
        "no tengo sangre,pero dolor de barriga",
    ],
)
def test_a_negation_ends_where_the_patient_turns(text):
    reader, _ = shipped()
    assert labels(reader.mentions({"other": text})) == {"no gi_bleeding", "abdominal_pain"}

"""Reading free text never fails, ignores accents and capitals, and forgets no red flag for what stands beside it."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.lexicon import labels, phrases, shipped
from engine.lexicon import LONGEST
from engine.lexicon.spelling import Speller, alike, sound

EVERY = [each.text for half in ("development", "held_out") for each in phrases(half)]
UNRELATED = ["Vivo en Sevilla.", "Me gusta pasear con mi perro.", "I work in a library.", "Gracias por todo.", "12 34"]
WORDS = sorted({word for text in EVERY for word in text.split()})


def read(text):
    return shipped()[0].mentions({"other": text})


def alarms(text):
    reader, red_flags = shipped()
    return {each.fact for each in reader.mentions({"other": text}) if each.kind == "affirmed"} & red_flags


def bare(text):
    """Return a text without accents; the tilde of ñ stays, it makes another letter."""
    parts = (sign if sign in "ñÑ" else unicodedata.normalize("NFD", sign)[0] for sign in text)
    return "".join(parts)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text):
    for each in read(text):
        assert text[each.start : each.end] == each.text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_words_of_patients_are_read_the_same_every_time(text):
    reader, _ = shipped()
    reader.read.cache_clear()
    assert read(text) == reader._read("other", text)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(EVERY))
def test_accents_and_capitals_change_nothing(text):
    found = labels(read(text))
    assert labels(read(text.upper())) == found
    assert labels(read(bare(text))) == found


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(EVERY), st.sampled_from(UNRELATED), st.sampled_from(UNRELATED))
def test_unrelated_sentences_take_no_red_flag_away(text, before, after):
    assert alarms(text) <= alarms(f"{before} {text}. {after}")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EVERY), st.sampled_from(EVERY))
def test_what_a_patient_says_before_takes_no_red_flag_away(first, second):
    assert alarms(second) <= alarms(f"{first}. {second}")


@pytest.mark.parametrize(
    "piece", ["no ", "sangre ", "vomito sangre y ", "si ni o, ", "heces ", "tomo ", "\N{BELL}", "mi madre "]
)
def test_a_text_of_many_pages_is_read_in_a_moment(piece):
    text = piece * (3_000 // len(piece))
    began = time.process_time()
    shipped()[0]._read("other", text)
    assert time.process_time() - began < 3


def test_of_a_text_without_end_the_first_pages_are_read():
    text = "vomito sangre. " + "a " * LONGEST + "melena"
    assert labels(read(text)) == {"haematemesis"}


def test_a_known_word_is_never_changed_into_another():
    speller = shipped()[0].tables.speller
    for word in ("prednisona", "prednisolona", "losec", "kreon", "crohn", "omeprazol", "esomeprazol", "veces"):
        assert speller.meant(word) == (word,)


def test_a_slip_that_could_be_two_medicines_is_neither():
    speller = Speller({"alfazol", "alfaxol"}, (), (), {"alfazol": "alpha", "alfaxol": "beta"})
    assert speller.meant("alfaol") == ("alfaol",)
    assert Speller({"alfazol"}, (), (), {"alfazol": "alpha"}).meant("alfaol") == ("alfaol", "alfazol")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("sangre", "sagre", True), ("sangre", "snagre", True), ("sangre", "sangrre", True), ("sangre", "sangra", True),
        ("sangre", "sagra", False), ("sangre", "sangriento", False), ("", "a", True), ("ab", "ba", True),
    ],
)  # fmt: skip
def test_one_slip_of_the_pen_is_one_letter(first, second, expected):
    assert alike(first, second) is expected
    assert alike(second, first) is expected


@pytest.mark.parametrize(("written", "meant"), [("bomito", "vomito"), ("penisilina", "penicilina"), ("eces", "heces")])
def test_words_that_sound_the_same_are_the_same(written, meant):
    assert sound(written) == sound(meant)


def test_year_and_anus_are_two_words():
    assert labels(read("Este año sangre en el papel")) == labels(read("sangre en el papel")) == {"rectal_bleeding"}
    assert "no rectal_bleeding" not in labels(read("Hace un año tuve fiebre"))

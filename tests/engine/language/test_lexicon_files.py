"""A lexicon file is checked like any other: what cannot be read, means nothing or could be mistaken is shown."""

import pytest

from engine.language.lexicons import reader_of
from engine.language.library import check_library, edition, read_library

VOCABULARY = """
vocabulary: all
version: 1.0.0
title: {es: v, en: v}
facts:
  dysphagia: {type: yes_no, title: {es: d, en: d}, red_flag: yes}
  hb: {type: integer, title: {es: h, en: h}, range: 0 .. 9}
  medication: {type: set, title: {es: m, en: m}}
  allergy: {type: set, title: {es: a, en: a}}
  history:
    type: set
    title: {es: h, en: h}
    choices:
      crohn_disease: {es: Crohn, en: Crohn}
lists: {medications: medication, allergies: allergy, history: history}
"""
FORMULARY = """
formulary: all
version: 1.0.0
title: {es: f, en: f}
medicines:
  pancreatin: {title: {es: Pancreatina, en: Pancreatin}}
brands:
  Kreon: [pancreatin]
"""
HEAD = """
lexicon: words
version: 1.0.0
title: {es: l, en: l}
"""


def problems(body):
    files = {"vocabulary/v.yaml": VOCABULARY, "formulary/f.yaml": FORMULARY, "lexicon/l.yaml": HEAD + body}
    return [(found.code, found.place.line, found.hint) for found in check_library(files)[1]]


GOOD = """
groups:
  food: [comida, pan duro]
mentions:
  stuck:
    fact: dysphagia
    es: [se atasca ... $food]
    en: [gets? stuck]
"""


def test_a_lexicon_that_is_right_is_read():
    body = GOOD.replace("[gets? stuck]", "[food gets? stuck]")
    files = {"vocabulary/v.yaml": VOCABULARY, "formulary/f.yaml": FORMULARY, "lexicon/l.yaml": HEAD + body}
    reader = reader_of(edition(read_library(files)))
    for text in ("Se atasca la comida", "se atasca siempre el pan duro", "food stuck", "Food gets stuck"):
        assert [each.fact for each in reader.mentions({"other": text})] == ["dysphagia"], text
    assert reader.mentions({"other": "Se atasca el coche. La comida"}) == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (GOOD, "P701"),  # its first word may be left out
        ("mentions:\n  a:\n    fact: dysphagia\n    es: [... sangre]\n", "P701"),
        ("mentions:\n  a:\n    fact: dysphagia\n    es: [sangre $stool]\n", "P701"),
        ("mentions:\n  a:\n    fact: dysphagia\n    es: ['sangre(roja)']\n", "P701"),
        ("mentions:\n  a:\n    fact: disphagia\n    es: [sangre]\n", "P702"),
        ("mentions:\n  a:\n    fact: hb\n    es: [sangre]\n", "P702"),
        ("mentions:\n  a:\n    history: chron_disease\n    es: [sangre]\n", "P702"),
        ("mentions:\n  a:\n    fact: dysphagia\n    also: [nothing]\n    es: [sangre]\n", "P702"),
        ("mentions:\n  a:\n    history: crohn_disease\n    es: [crohn]\n", "P703"),
        ("cues:\n  negations:\n    es: [sin]\n", "P704"),
        ("mentions:\n  a:\n    es: [sangre]\n", "P012"),
        ("mentions:\n  a:\n    fact: dysphagia\n", "P012"),
        ("only_taken:\n  - nothing\n", "P302"),
        ("words:\n  - a\n", "P011"),
        ("mentions:\n  a:\n    fact: dysphagia\n    es:\n      - perdido # kilos\n", "P705"),
        ("mentions:\n  a:\n    fact: dysphagia\n    es:\n      - perdido  #kilos\n", "P705"),
    ],
)
def test_what_is_wrong_is_shown_with_its_place_and_what_to_do(body, code):
    [(found, line, hint)] = problems(body)
    assert (found, line > 0, bool(hint)) == (code, True, True)


@pytest.mark.parametrize("phrase", ['"perdido # kilos"', "'perdido #'", "perdido\n      # on a line of its own"])
def test_a_quoted_number_and_a_comment_of_its_own_are_no_slip(phrase):
    assert problems(f"mentions:\n  a:\n    fact: dysphagia\n    es:\n      - {phrase}\n") == []


def test_a_bar_binds_more_closely_than_a_space():
    body = "mentions:\n  a:\n    fact: dysphagia\n    es:\n      - atasca|queda trabada\n"
    files = {"vocabulary/v.yaml": VOCABULARY, "formulary/f.yaml": FORMULARY, "lexicon/l.yaml": HEAD + body}
    reader = reader_of(edition(read_library(files)))
    said = {text: bool(reader.mentions({"other": text})) for text in ("se atasca", "queda trabada", "atasca trabada")}
    assert said == {"se atasca": False, "queda trabada": True, "atasca trabada": True}


def test_a_word_near_a_medicine_may_stand_if_it_is_listed_as_plain():
    body = "mentions:\n  a:\n    history: crohn_disease\n    es: [crohn]\nplain:\n  - crohn casa\n"
    assert problems(body) == []


def test_the_hint_names_what_was_meant():
    [(_, _, hint)] = problems("mentions:\n  a:\n    fact: disphagia\n    es: [sangre]\n")
    assert "dysphagia" in hint

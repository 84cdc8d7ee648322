"""The manual says what the code does: every code, key, unit and word of the language stands in it."""

from pathlib import Path

import pytest

from engine import units
from engine.codes import CODES, manual
from engine.language.forms import FORMS
from engine.language.grammar import KEYWORDS, SERIES_WORDS
from engine.language.schema import json_schema
from engine.language.vocabularies import PLAN_KINDS

ROOT = Path(__file__).parents[3]
LANGUAGE = (ROOT / "docs/reference/language.md").read_text()
SOURCES = {path: path.read_text() for path in (ROOT / "engine").rglob("*.py")}


def keys():
    for shape in json_schema()["$defs"].values():
        yield from shape.get("properties", {})


def test_the_page_of_error_codes_is_the_one_the_code_makes():
    assert (ROOT / "docs/reference/error-codes.md").read_text() == manual()


@pytest.mark.parametrize("code", CODES)
def test_a_documented_code_is_used(code):
    used = [path for path, text in SOURCES.items() if f'"{code}"' in text and path.name != "codes.py"]
    assert used


def test_every_code_used_is_documented():
    for path, text in SOURCES.items():
        for start in ("P", "C"):
            for part in text.split(f'"{start}')[1:]:
                word = f"{start}{part[:3]}"
                if part[:3].isdigit() and part[3] == '"':
                    assert word in CODES, f"{path.name} uses {word}"


@pytest.mark.parametrize("key", sorted(set(keys())))
def test_every_key_is_in_the_manual(key):
    assert f"`{key}`" in LANGUAGE or f"`{key}:" in LANGUAGE or f"{key}:" in LANGUAGE


@pytest.mark.parametrize("word", [*KEYWORDS, *SERIES_WORDS, *FORMS, *PLAN_KINDS])
def test_every_word_is_in_the_manual(word):
    assert word in LANGUAGE


@pytest.mark.parametrize("unit", sorted(units.SIZES))
def test_every_unit_is_in_the_manual(unit):
    assert f"`{unit}`" in LANGUAGE


@pytest.mark.parametrize("kind", FORMS)
def test_each_kind_of_file_has_its_schema(kind):
    schema = json_schema(kind)
    shape = schema["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    assert {kind, "version", "title"} <= set(shape["required"])
    assert shape["additionalProperties"] is False


def test_yes_and_no_are_words_and_truth_values_for_an_editor():
    rule = json_schema("protocol")["$defs"]["RuleForm"]["properties"]
    assert set(rule["red_flag"]["enum"]) == {True, False, "yes", "no"}

"""YAML's surprises are text or errors, never silent values; nothing an author saves can crash the reader."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Place
from engine.language.reader import Block, Listing, ReadError, Word, read


def refused(text):
    with pytest.raises(ReadError) as refusal:
        read("f.yaml", text)
    return refusal.value.problem


@pytest.mark.parametrize(
    "value",
    ["no", "on", "yes", "off", "null", "~", "12:30", "010", "0x1F", "1e3", "1_000", ".inf", "2026-01-31", "0b1"],
)
def test_scalars_stay_as_written(value):
    assert read("f.yaml", f"key: {value}\n") == {"key": value}


def test_a_key_called_on_stays_a_word():
    assert list(read("f.yaml", "on: no\noff: yes\n")) == ["on", "off"]


def test_comments_and_lists_are_read():
    block = read("f.yaml", "a: # why\n  - x\n  - y: 1\nb: [x, y]\n")
    assert block == {"a": ["x", {"y": "1"}], "b": ["x", "y"]}
    assert isinstance(block["b"], Listing)
    assert block["b"].flow
    assert not block["a"].flow


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "P007", 3, 1),
        ("a: {b: 1, b: 2}\n", "P007", 1, 11),
        ("a: &x 1\n", "P004", 1, 4),
        ("a: *x\n", "P004", 1, 4),
        ("a: &x [*x]\n", "P004", 1, 4),
        ("a: !!python/object:os.system x\n", "P005", 1, 4),
        ("a: !x 1\n", "P005", 1, 4),
        ("<<: {a: 1}\n", "P006", 1, 1),
        ("a: 1\n---\nb: 2\n", "P008", 2, 1),
        ("", "P008", 1, 1),
        ("# only a comment\n", "P008", 1, 1),
        ("- a\n", "P013", 1, 1),
        ("word\n", "P013", 1, 1),
        ("[a]: b\n", "P017", 1, 1),
        ("a: \x07\n", "P009", 1, 4),
        ("a: \ud800\n", "P009", 1, 4),
        ("a: 'open\n", "P001", 1, 4),
        ("a: b: c\n", "P001", 1, 5),
        ("a: %x\n", "P001", 1, 4),
        ("\ta: 1\n", "P001", 1, 1),
    ],
)
def test_it_is_refused_at_its_place(text, code, line, column):
    problem = refused(text)
    assert (problem.code, problem.place) == (code, Place("f.yaml", line, column))


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 60_000, "a: " + "[" * 399_000, "- " * 100_000, "? " * 50_000])
def test_bottomless_nesting_is_refused_at_once(text):
    assert refused(text).code in ("P003", "P013", "P017")


def test_a_million_brackets_are_too_large():
    assert refused("[" * 1_000_000).code == "P002"


def test_depth_forty_is_allowed_and_forty_one_is_not():
    assert read("f.yaml", "a: " + "[" * 39 + "]" * 39)
    assert refused("a: " + "[" * 40 + "]" * 40).code == "P003"


def test_a_quoted_merge_key_is_a_word():
    assert read("f.yaml", '"<<": x\n') == {"<<": "x"}


def test_a_byte_order_mark_is_passed_over():
    block = read("f.yaml", "\ufeffa: 1\n")
    assert block == {"a": "1"}
    assert block.keys_at["a"] == Place("f.yaml", 1, 1)


STYLES = {
    "plain": "k: {}",
    "single": "k: '{}'",
    "double": 'k: "{}"',
    "literal": "k: |\n  {}",
    "folded": "k: >\n  {}",
    "stripped": "k: >-\n  {}",
    "lines": "k: {}",
    "next line": "k:\n    {}",
}
words = st.lists(
    st.sampled_from(["alarm", "y", "añadir", ">=", "5", "(b", "c)", "ñ", "dolor", "and"]), min_size=1, max_size=8
)


@settings(max_examples=120, deadline=None)
@given(words, st.sampled_from(sorted(STYLES)), st.sampled_from([" ", "  ", "\n   "]))
def test_every_character_knows_its_place(parts, style, gap):
    gap = gap if style in ("plain", "lines", "next line", "folded", "stripped", "double", "single") else " "
    gap = "\n  " if "\n" in gap and style in ("folded", "stripped") else gap
    text = STYLES[style].format(gap.join(["x", *parts])) + "\n"
    scalar = read("f.yaml", text)["k"]
    assert isinstance(scalar, Word)
    lines = text.split("\n")
    for offset, sign in enumerate(scalar):
        if not sign.isspace():
            place = scalar.at(offset)
            assert lines[place.line - 1][place.column - 1] == sign


def test_a_doubled_quote_keeps_the_count():
    scalar = read("f.yaml", "k: 'it''s hb'\n")["k"]
    assert scalar == "it's hb"
    assert scalar.at(5) == Place("f.yaml", 1, 11)


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["a: ", "- ", "[", "]", "{", "}", "\n", "  ", "'", '"', "|", ">", "&", "*", "!", "#", "é", "\x85", ":"]
        )
    ).map("".join)
)
def test_any_text_is_read_or_refused_with_a_place(text):
    place = Place("f.yaml", 1, 1)
    try:
        assert isinstance(read("f.yaml", text), Block)
    except ReadError as refusal:
        place = refusal.problem.place
    assert min(place.line, place.column) >= 1


KEYS = ["a", "no", "010", "<<", "'q k'", '"\\u00e9"', "? a", "é", "&a k", "!!str k", "*a", "~", "2026-01-31", "k#"]
VALUES = [
    "0x1F", "0o17", "1_000", ".inf", "12:30", "~", "", "'q''q'", '"d\\"q\\n\\x41"', "2001-12-14t21:59:43.10-05:00",
    "|\n   x\n    y\n", ">-\n   x\n   y\n\n   z", "[a, b]", "{a: b}", "{a, b}", "[a: b]", "&x 1", "*x", "!t 1",
    "x # c", "x#c", "\tx", "x\t", "\u2028", "\u00a0x", "\U0001f600", "\ufeffx", "a: b", "- x", "? x", "%x", "'", '"',
    "x\n  y", "9" * 400, "{a: 1, a: 2}", "-  - x", "--- x",
]  # fmt: skip
LINES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "  ", "- ", "  - ", "\t", "? "]), st.sampled_from(KEYS),
        st.sampled_from([": ", ":", " : ", ":\t"]), st.sampled_from(VALUES),
    ),
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.lists(LINES | st.text(max_size=8), min_size=1, max_size=5).map("\n".join))
def test_what_is_read_is_what_yaml_says_without_its_types(text):
    try:
        mine = read("f.yaml", text)
    except ReadError:
        return  # stricter than YAML, never laxer
    assert mine == yaml.load(text.removeprefix("\ufeff"), yaml.CBaseLoader)  # noqa: S506 - it makes texts only

"""Our runner of the grammar's tables says what lark says: the same conditions, and the same slips."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark.exceptions import LarkError

from engine.errors import ExpressionError
from engine.language import syntax
from engine.language.building import Builder
from engine.language.expressions import parse
from engine.language.grammar import GRAMMAR, KEYWORDS
from engine.language.lalr import Unfit, keep, kept, run

TABLES = syntax.tables()
SIGNS = ["(", ")", "[", "]", "..", ",", "<", ">=", "=", "!=", "+", "-", "*", "/"]
NAMES = ["age", "hb", "reflux.alarm", "first", "start", "of", "weeks", "12", "3.5 mg", "14 days", "10 g/dL"]
CALLS = ["latest(hb)", "days(pain >= 5, last 14 days)", "mean(pain, both weeks)", "trend(hb)", "count(a, b)"]
TEXTS = st.lists(st.sampled_from([*KEYWORDS, *SIGNS, *NAMES, *CALLS]), min_size=1, max_size=8).map(" ".join)


def fits(text: str) -> bool:
    try:
        run(TABLES, text, Builder())
    except Unfit:
        return False
    except ExpressionError:
        return True  # it fits the grammar; what it says is wrong
    return True


def lark_reads(text: str) -> bool:
    try:
        syntax.parser().parse(text)
    except LarkError:
        return False
    return True


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_any_text_fits_our_tables_if_it_fits_the_grammar(text):
    assert fits(text) == lark_reads(text)


@pytest.mark.parametrize("text", ["age android", "hb > 5 orx", "vomiting andnausea", "age in [1 .. 2] orvomiting"])
def test_an_operator_grown_together_with_the_next_word_is_no_operator(text):
    with pytest.raises(ExpressionError) as found:
        parse(text)
    assert found.value.code == "P101"
    assert found.value.offset == text.rindex(" ") + 1
    assert "stands alone" in found.value.hint


@pytest.mark.parametrize(
    "text", ["age > ٣", "mean(hb) needs ٣ recorded > 1", "days(hb >= 1, last ３ days) > 1", "age > ²"]
)
def test_digits_of_another_script_are_refused_at_their_place(text):
    with pytest.raises(ExpressionError) as found:
        parse(text)
    assert text[found.value.offset] in "٣３²"


@given(
    st.text(max_size=12)
    | st.lists(st.sampled_from([*SIGNS, *NAMES, "٣", "½", "µg", "5 %", "\u00a0", "١٢", "9" * 40])).map("".join)
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_is_read_or_refused_at_a_place_of_it(text):
    offset = 0
    try:
        parse(text)
    except ExpressionError as refused:
        offset = refused.offset
    assert 0 <= offset <= len(text)


def test_tables_are_kept_for_the_same_grammar_only(tmp_path):
    path = f"{tmp_path}/deep/tables"
    assert keep(path, GRAMMAR, TABLES) == TABLES
    assert kept(path, GRAMMAR) == TABLES
    assert kept(path, GRAMMAR + " ") is None
    assert kept(f"{tmp_path}/nothing", GRAMMAR) is None


@pytest.mark.parametrize("damage", [b"", b"\x00", b"no tables at all", b"i\x01\x00\x00\x00"])
def test_a_damaged_file_of_tables_is_made_anew(tmp_path, damage):
    path = f"{tmp_path}/tables"
    keep(path, GRAMMAR, TABLES)
    with open(path, "wb") as file:
        file.write(damage)
    assert kept(path, GRAMMAR) is None


def test_a_folder_that_may_not_be_written_costs_time_only(tmp_path):
    (tmp_path / "file").write_text("")
    assert keep(f"{tmp_path}/file/tables", GRAMMAR, TABLES) is TABLES

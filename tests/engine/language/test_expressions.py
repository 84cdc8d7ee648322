"""What authors write is read as they mean it; what they mistype is named where it stands."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import units
from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Call,
    Choose,
    Compare,
    DayCount,
    Includes,
    Known,
    Latest,
    Mean,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Within,
    YesNo,
)
from engine.errors import ExpressionError, Place
from engine.language.expressions import parse
from engine.language.grammar import KEYWORDS
from engine.language.printer import printed

AGE, HB, SEX, X = Name("age"), Name("hb"), Name("sex"), Name("x")

READS = {
    "dysphagia": Name("dysphagia"),
    "not vomiting": Not(Name("vomiting")),
    "age >= 18 years": Compare(">=", AGE, Number(Fraction(18), "years")),
    "hb < 130 g/L": Compare("<", HB, Number(Fraction(130), "g/L")),
    "hb < 130g/L": Compare("<", HB, Number(Fraction(130), "g/L")),
    "platelets < 150000 /uL": Compare("<", Name("platelets"), Number(Fraction(150000), "/uL")),
    "platelets < 150 10^9/L": Compare("<", Name("platelets"), Number(Fraction(150), "10^9/L")),
    "ferritin < 30 µg/L": Compare("<", Name("ferritin"), Number(Fraction(30), "ug/L")),
    "loss >= 5 %": Compare(">=", Name("loss"), Number(Fraction(5), "%")),
    "sex = female": Compare("=", SEX, Name("female")),
    "sex != female": Compare("!=", SEX, Name("female")),
    "x = no": Compare("=", X, YesNo(False)),
    "x in [1.3 .. 2.67)": Within(X, Number(Fraction("1.3")), Number(Fraction("2.67")), True, False),
    "x in (1 .. 5]": Within(X, Number(Fraction(1)), Number(Fraction(5)), False, True),
    "x in [0..7]": Within(X, Number(Fraction(0)), Number(Fraction(7)), True, True),
    "band(ibs) in (moderate, severe)": OneOf(Name("ibs", "band"), ("moderate", "severe")),
    "sex in (female)": OneOf(SEX, ("female",)),
    "medication includes warfarin": Includes("medication", "warfarin"),
    "known(hb)": Known("hb"),
    "unknown(hb)": Known("hb", known=False),
    "reflux.alarm": Name("reflux.alarm"),
    "a and b and c": And((Name("a"), Name("b"), Name("c"))),
    "a and (b or c)": And((Name("a"), Or((Name("b"), Name("c"))))),
    "if a then 1 else if b then 2 else 3": Choose(
        Name("a"), Number(Fraction(1)), Choose(Name("b"), Number(Fraction(2)), Number(Fraction(3)))
    ),
    "1 + 2 * x": Arithmetic("+", Number(Fraction(1)), Arithmetic("*", Number(Fraction(2)), X)),
    "a - b - c": Arithmetic("-", Arithmetic("-", Name("a"), Name("b")), Name("c")),
    "a / b": Arithmetic("/", Name("a"), Name("b")),
    "a/b": Arithmetic("/", Name("a"), Name("b")),
    "-3": Number(Fraction(-3)),
    "-x": Arithmetic("*", Number(Fraction(-1)), X),
    "5 min": Number(Fraction(5), "min"),
    "min(5, x)": Call("min", (Number(Fraction(5)), X)),
    "count(a, b > 2)": Call("count", (Name("a"), Compare(">", Name("b"), Number(Fraction(2))))),
    "latest(diary_pain)": Latest("diary_pain"),
    "mean(diary_pain)": Mean("diary_pain"),
    "mean(diary_pain, last 7 days) needs 5 recorded": Mean("diary_pain", 7, 5),
    "mean(diary_pain, last 1 week) >= 4": Compare(">=", Mean("diary_pain", 7), Number(Fraction(4))),
    "mean(diary_pain, last 7 days) >= 4 needs 5 recorded": Compare(">=", Mean("diary_pain", 7, 5), Number(Fraction(4))),
    "days(diary_pain >= 5, last 14 days) >= 3 needs 10 recorded": Compare(
        ">=", DayCount("diary_pain", ">=", Fraction(5), 14, 10), Number(Fraction(3))
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", READS)
def test_it_reads(text):
    assert parse(text) == READS[text]


@pytest.mark.parametrize("text", READS)
def test_it_prints_what_reads_the_same(text):
    assert parse(printed(READS[text])) == READS[text]


REFUSED = {
    "a and b or c": ("P103", 8),
    "a or b and c": ("P103", 7),
    "1 < x < 5": ("P115", 6),
    "x >= 1,5": ("P102", 5),
    "x ≥ 3": ("P104", 2),
    "x => 3": ("P104", 2),
    "x == 3": ("P104", 2),
    "not !x": ("P104", 4),
    "x = true": ("P104", 4),
    "sex = 'f'": ("P116", 6),
    "a \\ b": ("P117", 2),
    "hb < 3 grams": ("P110", 7),
    "hb < 3 g/XL": ("P110", 7),
    "x >= 2 needs 3 recorded": ("P120", 0),
    "days(p >= 5, last 14 g) >= 3": ("P101", 13),
    "days(p >= 5 kg, last 14 days) >= 3": ("P125", 10),
    "mean(p, last 7 days) needs 1.5 recorded": ("P125", 27),
    "": ("P101", 0),
    "   ": ("P101", 0),
    "(a": ("P101", 2),
    "a)": ("P101", 1),
    "x in [1, 2]": ("P101", 7),
    "x in": ("P101", 4),
    "includes x": ("P101", 9),
    "a.b.c": ("P101", 3),
    "x = 1e9": ("P101", 4),
    "__import__(a)": ("P101", 10),
}


@pytest.mark.parametrize("text", REFUSED)
def test_it_refuses_at_the_place(text):
    with pytest.raises(ExpressionError) as refusal:
        parse(text, Place("f.yaml", 3, 11))
    code, offset = REFUSED[text]
    assert refusal.value.code == code
    assert refusal.value.place == Place("f.yaml", 3, 11 + offset)


def test_every_node_knows_its_place():
    expr = parse("dysphagia and hb < 120 g/L", Place("f.yaml", 2, 5))
    assert isinstance(expr, And)
    assert expr.parts[1].place == Place("f.yaml", 2, 19)


def test_the_same_text_at_two_places_keeps_both_places():
    first, second = parse("hb", Place("a.yaml", 1, 1)), parse("hb", Place("b.yaml", 9, 9))
    assert (first.place, second.place) == (Place("a.yaml", 1, 1), Place("b.yaml", 9, 9))


def test_bracket_trouble_in_a_flow_list_is_explained():
    with pytest.raises(ExpressionError) as refusal:
        parse("days(diary_pain >= 5")
    assert "flow list" in refusal.value.hint


# --- properties

names = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True).filter(lambda word: word not in KEYWORDS)
values = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000).map(
    lambda f: Fraction(round(f * 1000), 1000)
)
amounts = st.builds(Number, values, st.none() | st.sampled_from(sorted(units.SIZES)))
leaves = st.one_of(
    st.builds(Name, names),
    amounts,
    st.builds(YesNo, st.booleans()),
    st.builds(Known, names, st.booleans()),
    st.builds(Latest, names),
    st.builds(Mean, names, st.none() | st.integers(1, 60), st.integers(1, 9)),
    st.builds(Includes, names, names),
    st.builds(lambda name: Name(name, "band"), names),
)


def bigger(inner):
    ops = st.sampled_from(["<", "<=", "=", "!=", ">=", ">"])
    many = st.lists(inner, min_size=2, max_size=3).map(tuple)
    counted = st.builds(DayCount, names, ops, values, st.integers(1, 60), st.none() | st.integers(1, 60))
    return st.one_of(
        st.builds(And, many),
        st.builds(Or, many),
        st.builds(Not, inner),
        st.builds(Compare, ops, inner, inner),
        st.builds(Compare, ops, counted, amounts),
        st.builds(Within, inner, inner, inner, st.booleans(), st.booleans()),
        st.builds(OneOf, inner, st.lists(names, min_size=1, max_size=3).map(tuple)),
        st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(Choose, inner, inner, inner),
        st.builds(Call, st.sampled_from(["min", "max", "count"]), many),
    )


@settings(max_examples=80, deadline=None)
@given(st.recursive(leaves, bigger, max_leaves=12))
def test_printing_and_reading_again_gives_the_same(expr):
    assert parse(printed(expr)) == expr


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from([*KEYWORDS, "(", ")", "[", "]", "..", ",", ">=", "5 g/L", "x"])).map(" ".join)
)
def test_any_text_is_read_or_refused_with_a_place(text):
    code, column = "P101", 1
    try:
        parse(text, Place("f.yaml", 1, 1))
    except ExpressionError as refusal:
        code, column = refusal.code, refusal.place.column
    assert code.startswith("P1")
    assert 1 <= column <= len(text) + 1


def test_at_least_in_words_counts_the_same():
    block = AtLeast(2, (Name("a"), Name("b"), Name("c")))
    assert parse(printed(block)) == Compare(">=", Call("count", block.parts), Number(Fraction(2)))

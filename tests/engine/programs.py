"""Random programs and cases for the properties that hold whatever the protocols say."""

from fractions import Fraction

from hypothesis import strategies as st

from engine.conditions import Arithmetic, Call, Choose, Compare, DayCount, Decide, Name, Number, OneOf, Summary, Within
from engine.facts import FactSpec
from tests.engine.builders import (
    action,
    all_of,
    any_of,
    at_least,
    both,
    case,
    choice,
    defined,
    edition,
    fact,
    formulary,
    includes,
    is_,
    medicine,
    not_,
    number,
    points,
    protocol,
    rule,
    score_of,
    yes_no,
)

FLAGS = ("a", "b", "c")
NUMBERS = ("x", "y")
COLOURS = ("red", "green", "blue")
FACTS = {
    **yes_no(*FLAGS),
    **number("x", 0, 6),
    **number("y", 0, 6),
    **choice("colour", *COLOURS),
    "pain": FactSpec("pain", "series", both("pain"), range=(Fraction(0), Fraction(10))),
}
DRUGS = formulary([medicine("aspirin", "salicylates", maximum="100 mg"), medicine("mesalazine", "salicylates")])
SUM = Arithmetic("+", Name("x", "fact"), Name("y", "fact"))
OPERATORS = ("<", "<=", "=", "!=", ">=", ">")
TOTAL = score_of(
    "total", [points("x", 0, 6), points("y", 0, 6)], SUM, range=(Fraction(0), Fraction(12)), adults_only=False,
    bands={"low": is_("<=", Name("value", "score"), 4), "high": is_(">", Name("value", "score"), 4)},
)  # fmt: skip


def table(hit, said, otherwise):
    """Return the value of a table of three rows that may fit together."""
    rows = fact("a"), is_(">=", "x", 3), fact("b")
    return Decide(hit, 3, (*rows, *(Number(Fraction(each)) for each in (*said, otherwise))))


COLOUR_TABLE = Decide(
    "first", 2, (fact("c"), is_("<", "y", 2), *(Name(code, "code") for code in ("red", "blue", "green")))
)

operators = st.sampled_from(OPERATORS)
limits = st.integers(-1, 8)
leaves = st.one_of(
    st.sampled_from(FLAGS).map(fact),
    st.builds(is_, operators, st.sampled_from(NUMBERS), limits),
    st.builds(lambda op, n: Compare(op, Number(Fraction(n)), fact("x")), operators, limits),
    st.builds(lambda op, code: is_(op, "colour", code), st.sampled_from(("=", "!=")), st.sampled_from(COLOURS)),
    st.builds(lambda codes: OneOf(fact("colour"), tuple(codes)), st.lists(st.sampled_from(COLOURS), min_size=1)),
    st.builds(
        lambda low, width, a, b: Within(fact("x"), Number(Fraction(low)), Number(Fraction(low + width)), a, b),
        st.integers(0, 5), st.integers(0, 3), st.booleans(), st.booleans(),
    ),
    st.sampled_from(("aspirin", "salicylates")).map(lambda code: includes("medication", code, "aspirin")),
    st.builds(lambda op, n: is_(op, SUM, n), operators, st.integers(-1, 13)),
    st.builds(lambda op, n: is_(op, Name("total", "score"), n), operators, st.integers(-1, 13)),
    st.sampled_from(("low", "high")).map(lambda code: is_("=", Name("total", "band"), code)),
    st.builds(lambda op, n: is_(op, Call("count", tuple(map(fact, FLAGS))), n), operators, st.integers(0, 4)),
    st.builds(
        lambda flag, n: is_(">=", Choose(fact(flag), fact("x"), fact("y")), n), st.sampled_from(FLAGS), limits
    ),
    st.builds(
        lambda hit, said, otherwise, op, n: is_(op, table(hit, said, otherwise), n),
        st.sampled_from(("first", "sum", "count", "min", "max")), st.tuples(*[st.integers(-2, 4)] * 3),
        st.integers(0, 3), operators, st.integers(-1, 6),
    ),
    st.builds(lambda code: is_("=", COLOUR_TABLE, code), st.sampled_from(COLOURS)),
    st.builds(
        lambda function, needed, n: is_(">=", Summary("pain", function, 4, needed), n),
        st.sampled_from(("highest", "lowest", "change", "trend")), st.sampled_from((None, 3)), st.integers(0, 9),
    ),
    st.builds(
        lambda needed, count: is_(">=", DayCount("pain", ">=", Fraction(5), 4, needed), count),
        st.sampled_from((None, 2, 3)), st.integers(1, 3),
    ),
)  # fmt: skip


def conditions(*more):
    """Return a strategy for conditions over the facts, and over ``more`` names."""
    base = st.one_of(leaves, *map(st.just, more)) if more else leaves
    return st.recursive(
        base,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: all_of(*parts)),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: any_of(*parts)),
            inner.map(not_),
            st.lists(inner, min_size=2, max_size=4).flatmap(
                lambda parts: st.integers(1, len(parts)).map(lambda n: at_least(n, *parts))
            ),
        ),
        max_leaves=6,
    )


@st.composite
def protocols(draw):
    """Draw two protocols that chain: definitions, a conclusion that others read, exclusions, overrides, red flags."""
    excluded = st.none() | conditions()
    aspirin = action("rx:aspirin", medicine="aspirin", dose="75 mg", frequency="once daily")
    silenced = draw(st.sampled_from(((), ("first.concludes",))))
    now = action("ref:now", urgency="same_day")
    first = protocol(
        "first",
        rule("concludes", draw(conditions(defined("first.named"))), action("conclude:found"), "alert:first"),
        rule("flag", draw(conditions()), now, red_flag=True, exclude=draw(conditions())),
        rule("gives", draw(conditions()), aspirin, exclude=draw(excluded), unless=silenced),
        define={"named": draw(conditions())},
        applies=draw(excluded),
    )
    found = Name("first.found", "conclusion")
    second = protocol(
        "second",
        rule("reads", draw(conditions(found, defined("first.named"))), "test:second", exclude=draw(excluded)),
        rule("also", draw(conditions(found)), "alert:first", "dx:second"),
    )
    return first, second


def built(*drawn):
    return edition(FACTS, *drawn, drugs=DRUGS, scores=[TOTAL])


VALUES = {
    **{name: st.booleans() for name in FLAGS},
    **{name: st.integers(0, 6) for name in NUMBERS},
    "colour": st.sampled_from(COLOURS),
    "age": st.sampled_from((17, 18, 40)),
    "allergy": st.sampled_from(([], ["salicylates"], ["mesalazine"])),
    "medication": st.sampled_from(([], ["aspirin"], {"aspirin": "20 mg daily"}, {"aspirin": "75 mg"})),
    "pain": st.lists(st.integers(0, 10) | st.none(), min_size=4, max_size=4).map(tuple),
}
answers = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})
full_answers = st.fixed_dictionaries(VALUES)
cases = answers.map(lambda known: case(**known))

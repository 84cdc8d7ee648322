"""Random programs and cases by the thousand: cheap to draw, the same for the same number, wide in what they hold.

Hypothesis draws the programs of `tests.engine.programs` and shrinks what fails, at a tenth of a second each; those here
take a hundredth, so that two thousand of them are compared in every run. Both are made of the same facts.
"""

from fractions import Fraction
from random import Random

from engine.compiler import Program, compile_edition
from engine.conditions import Call, Choose, Compare, DayCount, Known, Name, Number, OneOf, Summary, Within, YesNo
from engine.facts import CaseFacts
from tests.engine.builders import (
    action,
    all_of,
    any_of,
    at_least,
    case,
    defined,
    edition,
    fact,
    includes,
    is_,
    not_,
    protocol,
    rule,
)
from tests.engine.programs import COLOUR_TABLE, COLOURS, DRUGS, FACTS, FLAGS, NUMBERS, OPERATORS, SUM, TOTAL, table

RULES = 4
HITS = ("first", "sum", "count", "min", "max")


def a_program(number: int) -> Program:
    """Return the random program of a number: two protocols whose rules chain and stop each other."""
    pick = Random(number)  # noqa: S311
    names: list[Name] = []
    first = _protocol(pick, "first", names)
    names += [defined("first.named"), defined("first.counted"), Name("first.found0", "conclusion")]
    return compile_edition(edition(FACTS, first, _protocol(pick, "second", names), drugs=DRUGS, scores=[TOTAL]))


def _protocol(pick: Random, name: str, names: list[Name]):
    define = {"named": _condition(pick, names, 2), "counted": any_of(_of_days(pick), _condition(pick, names, 1))}
    own = [*names, defined(f"{name}.named"), defined(f"{name}.counted")]
    rules = []
    for i in range(RULES):
        known = [*own, *(Name(f"{name}.found{j}", "conclusion") for j in range(0, i, 2))]
        rules.append(_rule(pick, f"r{i}", known, earlier=[f"{name}.r{j}" for j in range(i)]))
    return protocol(name, *rules, define=define, applies=_maybe(pick, 0.5, names))


def _rule(pick: Random, name: str, known: list[Name], earlier: list[str]):
    number = int(name[1:])
    what = action(f"conclude:found{number}") if number % 2 == 0 else action(f"alert:{name}")
    silenced = tuple(pick.sample(earlier, 1)) if earlier and pick.random() < 0.3 else ()
    red = pick.random() < 0.2
    exclude = _maybe(pick, 0.4, known)
    return rule(name, _condition(pick, known, 2), what, "test:any", exclude=exclude, unless=silenced, red_flag=red)


def _maybe(pick: Random, chance: float, names: list[Name]):
    return _condition(pick, names, 1) if pick.random() < chance else None


def _condition(pick: Random, names: list[Name], depth: int):
    kind = pick.random()
    if depth == 0 or kind < 0.25:
        return pick.choice(names) if names and pick.random() < 0.35 else _leaf(pick)
    if kind < 0.4:
        return not_(_condition(pick, names, depth - 1))
    parts = [_condition(pick, names, depth - 1) for _ in range(pick.randint(2, 4))]
    if kind < 0.6:
        return all_of(*parts)
    return any_of(*parts) if kind < 0.8 else at_least(pick.randint(1, len(parts)), *parts)


def _leaf(pick: Random):
    return pick.choice(LEAVES)(pick)


def _limit(pick: Random) -> float:
    return pick.choice((*range(-1, 8), 2.5, 3.25, 0.1, 1000, -1000, 5.999999))


def _within(pick: Random):
    low = pick.randint(0, 5)
    low, high = Number(Fraction(low)), Number(Fraction(low + pick.randint(0, 3)))
    return Within(fact(pick.choice(NUMBERS)), low, high, pick.random() < 0.5, pick.random() < 0.5)


def _table(pick: Random):
    said = [pick.randint(-2, 4) for _ in range(3)]
    return is_(pick.choice(OPERATORS), table(pick.choice(HITS), said, pick.randint(0, 3)), pick.randint(-1, 6))


def _of_days(pick: Random):
    return is_(">=", DayCount("pain", ">=", Fraction(5), 4, pick.choice((None, 2, 3))), pick.randint(1, 3))


def _summary(pick: Random):
    function = pick.choice(("highest", "lowest", "change", "trend"))
    return is_(">=", Summary("pain", function, 4, pick.choice((None, 3))), pick.randint(0, 9))


def _number_first(pick: Random):
    return Compare(pick.choice(OPERATORS), Number(Fraction(pick.randint(-1, 7))), fact(pick.choice(NUMBERS)))


def _choose(pick: Random):
    return is_(">=", Choose(fact(pick.choice(FLAGS)), fact("x"), fact("y")), pick.randint(-1, 7))


LEAVES = (
    *[lambda pick: fact(pick.choice(FLAGS))] * 6,
    *[lambda pick: is_(pick.choice(OPERATORS), pick.choice(NUMBERS), _limit(pick))] * 9,
    *[_number_first] * 2,
    *[_within] * 3,
    lambda pick: is_(pick.choice(("=", "!=")), "colour", pick.choice(COLOURS)),
    lambda pick: OneOf(fact("colour"), tuple(pick.choices(COLOURS, k=2))),
    lambda pick: Known(pick.choice((*FLAGS, *NUMBERS, "colour", "medication", "pain")), pick.random() < 0.5),
    lambda pick: includes("medication", pick.choice(("aspirin", "salicylates")), "aspirin"),
    lambda pick: includes("allergy", "mesalazine"),
    lambda pick: is_(pick.choice(OPERATORS), SUM, pick.randint(-1, 13)),
    lambda pick: is_(pick.choice(OPERATORS), Name("total", "score"), pick.randint(-1, 13)),
    lambda pick: is_("=", Name("total", "band"), pick.choice(("low", "high"))),
    lambda pick: is_(pick.choice(OPERATORS), Call("count", tuple(map(fact, FLAGS))), pick.randint(0, 4)),
    lambda pick: is_("=", COLOUR_TABLE, pick.choice(COLOURS)),
    lambda pick: Compare(pick.choice(("=", "!=")), fact("a"), fact("b")),
    lambda pick: YesNo(pick.random() < 0.5),
    _choose,
    _table,
    _of_days,
    _summary,
)


def some_cases(number: int, count: int) -> list[CaseFacts]:
    """Return the random cases of a number; each fact is unknown in one of them out of four."""
    pick = Random(-number - 1)  # noqa: S311
    return [case(**_answers(pick)) for _ in range(count)]


def _answers(pick: Random) -> dict[str, object]:
    days = tuple(pick.choice((None, *range(11))) for _ in range(4))
    found = {
        **{name: pick.random() < 0.5 for name in FLAGS},
        **{name: pick.choice((*range(7), *range(7), 2.5, 0.1, 300, 40_000, 3_000_000_000)) for name in NUMBERS},
        "colour": pick.choice((*COLOURS, "violet")),
        "age": pick.choice((17, 18, 40)),
        "allergy": pick.choice(([], ["salicylates"], ["mesalazine"])),
        "medication": pick.choice(([], ["aspirin"], {"aspirin": "20 mg daily"})),
        "pain": days,
    }
    return {name: None if pick.random() < 0.25 else value for name, value in found.items()}

"""Random programs and cases drawn without hypothesis: thousands of them in seconds, the same ones for one number."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

from engine.conditions import (
    Call,
    Choose,
    Compare,
    DayCount,
    Expr,
    Known,
    Mean,
    Name,
    Number,
    OneOf,
    Summary,
    Times,
    Within,
)
from engine.facts import CaseFacts
from engine.language.documents import Edition
from tests.engine import programs
from tests.engine.builders import (
    action,
    all_of,
    any_of,
    at_least,
    case,
    defined,
    fact,
    includes,
    is_,
    not_,
    protocol,
    rule,
)

SHARED = programs.built().vocabulary  # the same one for all: their score is compiled once
FOUND = Name("first.found", "conclusion")


def drawn(seed: int, cases: int = 1) -> tuple[Edition, list[CaseFacts]]:
    """Return the program of this number and some cases for it."""
    draw = Drawing(Random(seed))  # noqa: S311 - the same programs every time, no secret
    edition = programs.built(*draw.protocols())
    return replace(edition, digest=f"drawn {seed}", vocabulary=SHARED), [draw.case() for _ in range(cases)]


class Drawing:
    def __init__(self, pick: Random) -> None:
        self.pick = pick

    def limit(self, low: int = -1, high: int = 8) -> Number:
        return Number(Fraction(self.pick.randint(low, high)))

    def operator(self) -> str:
        return self.pick.choice(programs.OPERATORS)

    def flag(self) -> Expr:
        return fact(self.pick.choice(programs.FLAGS))

    def leaf(self) -> Expr:
        return self.pick.choice((self.flag, self.flag, *self._leaves()))()

    def _leaves(self) -> tuple[Callable[[], Expr], ...]:
        return (
            self._compared, self._compared, self._mirrored, self._colour, self._one_of, self._within, self._medicine,
            self._sum, self._score, self._band, self._count, self._chosen, self._table, self._coloured, self._days,
            self._summary, self._mean, self._times, self._agreed,
        )  # fmt: skip

    def _compared(self) -> Expr:
        return Compare(self.operator(), fact(self.pick.choice(programs.NUMBERS)), self.limit())

    def _mirrored(self) -> Expr:
        return Compare(self.operator(), self.limit(), fact("x"))

    def _colour(self) -> Expr:
        return is_(self.pick.choice(("=", "!=")), "colour", self.pick.choice(programs.COLOURS))

    def _one_of(self) -> Expr:
        return OneOf(fact("colour"), tuple(self.pick.sample(programs.COLOURS, 2)))

    def _within(self) -> Expr:
        low = self.pick.randint(0, 4)
        ends = Number(Fraction(low)), Number(Fraction(low + self.pick.randint(0, 3)))
        return Within(fact("x"), *ends, self.pick.random() < 0.5, self.pick.random() < 0.5)

    def _medicine(self) -> Expr:
        return includes("medication", self.pick.choice(("aspirin", "salicylates")), "aspirin")

    def _sum(self) -> Expr:
        return Compare(self.operator(), programs.SUM, self.limit(0, 12))

    def _score(self) -> Expr:
        return Compare(self.operator(), Name("total", "score"), self.limit(0, 12))

    def _band(self) -> Expr:
        return is_(self.pick.choice(("=", "!=")), Name("total", "band"), self.pick.choice(("low", "high")))

    def _count(self) -> Expr:
        return Compare(self.operator(), Call("count", tuple(map(fact, programs.FLAGS))), self.limit(0, 3))

    def _chosen(self) -> Expr:
        return Compare(">=", Choose(self.flag(), fact("x"), fact("y")), self.limit())

    def _table(self) -> Expr:
        said = [self.pick.randint(-2, 4) for _ in range(3)]
        hit = self.pick.choice(("first", "sum", "count", "min", "max"))
        return Compare(self.operator(), programs.table(hit, said, self.pick.randint(0, 3)), self.limit(-1, 6))

    def _coloured(self) -> Expr:
        return is_("=", programs.COLOUR_TABLE, self.pick.choice(programs.COLOURS))

    def _days(self) -> Expr:
        counted = DayCount("pain", self.operator(), Fraction(5), 4, self.pick.choice((None, 2, 3)))
        return Compare(self.operator(), counted, self.limit(0, 4))

    def _times(self) -> Expr:
        return Compare(self.operator(), Times("pain", ">=", Fraction(5), 4, None), self.limit(0, 4))

    def _mean(self) -> Expr:
        return Compare(self.operator(), Mean("pain", 4, self.pick.choice((1, 3))), self.limit(0, 10))

    def _summary(self) -> Expr:
        name = self.pick.choice(("highest", "lowest", "first", "recorded", "change", "trend"))
        return Compare(self.operator(), Summary("pain", name, 4, self.pick.choice((None, 3))), self.limit(0, 9))

    def _agreed(self) -> Expr:
        return Compare(self.pick.choice(("=", "!=")), fact("a"), fact("b"))

    def condition(self, *more: Expr, depth: int = 2) -> Expr:
        """Return a condition over the facts and over ``more`` names."""
        if depth == 0 or self.pick.random() < 0.3:
            return self.pick.choice(more) if more and self.pick.random() < 0.4 else self.leaf()
        parts = [self.condition(*more, depth=depth - 1) for _ in range(self.pick.randint(2, 3))]
        return self.pick.choice(
            (
                lambda: all_of(*parts),
                lambda: any_of(*parts),
                lambda: not_(parts[0]),
                lambda: at_least(self.pick.randint(1, len(parts)), *parts),
            )
        )()

    def maybe(self) -> Expr | None:
        return self.condition(depth=1) if self.pick.random() < 0.5 else None

    def protocols(self) -> tuple[object, object]:
        """Return two protocols that chain: a definition, a conclusion that others read, silencers, a red flag."""
        named = defined("first.named")
        aspirin = action("rx:aspirin", medicine="aspirin", dose="75 mg", frequency="once daily")
        first = protocol(
            "first",
            rule("concludes", self.condition(named), action("conclude:found"), "alert:first", exclude=self.maybe()),
            rule("flag", self.condition(named), "ref:now", red_flag=True, exclude=self.condition(depth=1)),
            rule("gives", self.condition(), aspirin, exclude=self.maybe(), unless=self._silencers("first.concludes")),
            define={"named": self.condition()},
            applies=self.maybe(),
        )
        late = Compare(">=", Call("count", (FOUND, fact("a"))), Number(Fraction(self.pick.randint(1, 2))))
        asked = Known("x", known=self.pick.random() < 0.5)
        second = protocol(
            "second",
            rule("reads", self.condition(FOUND, named, late), "test:second", exclude=self.maybe()),
            rule("asks", self.condition(FOUND, asked), "ask:y", overrides=self._silencers("second.reads")),
        )
        return first, second

    def _silencers(self, name: str) -> tuple[str, ...]:
        return (name,) if self.pick.random() < 0.4 else ()

    def case(self) -> CaseFacts:
        """Return a case in which about a quarter is not known."""
        pick = self.pick
        values: dict[str, object] = {name: pick.random() < 0.5 for name in programs.FLAGS}
        values |= {name: pick.randint(0, 6) for name in programs.NUMBERS}
        values |= {
            "colour": pick.choice(programs.COLOURS),
            "age": pick.choice((17, 18, 40)),
            "allergy": pick.choice(([], ["salicylates"], ["mesalazine"])),
            "medication": pick.choice(([], ["aspirin"], {"aspirin": "20 mg daily"})),
            "pain": tuple(pick.choice((None, *range(11))) for _ in range(4)),
        }
        return case(**{name: value for name, value in values.items() if pick.random() < 0.75})

"""The synthetic rule sets as protocols of ours, for one case and for columns."""

from fractions import Fraction

from bench.synthetic import CHOICES, CODES, FLAGS, NUMBERS, Condition, Given, Join, Reads, RuleSet
from bench.synthetic import Test as Leaf
from engine.compiler import Program, compile_edition
from engine.conditions import And, AtLeast, Compare, Expr, Name, Not, Number, Or
from engine.facts import CaseFacts, FactSpec, Origin, Value, Vocabulary
from engine.formulary import Formulary
from engine.language.documents import Action, Edition, Protocol, Rule

TEXT = {"es": "prueba", "en": "trial"}
NAN = float("nan")


def program(rules: RuleSet) -> Program:
    """Return a rule set compiled as one protocol."""
    made = {
        f"r{i}": Rule(f"r{i}", expression(each), (Action("conclude", f"d{i}"),), TEXT)
        for i, each in enumerate(rules.rules)
    }
    protocol = Protocol(name="trial", version="1.0.0", title=TEXT, rules=made)
    return compile_edition(
        Edition(
            vocabulary=vocabulary(), formulary=Formulary({}, {}, {}, {}, ()), protocols={"trial": protocol}, scores={},
            questionnaires={}, versions={"protocol:trial": "1.0.0"}, digest=f"{rules.name} {len(rules.rules)}",
        )
    )  # fmt: skip


def vocabulary() -> Vocabulary:
    facts = {name: FactSpec(name, "decimal", TEXT, range=(Fraction(0), Fraction(100))) for name in NUMBERS}
    facts |= {name: FactSpec(name, "yes_no", TEXT) for name in FLAGS}
    facts |= {name: FactSpec(name, "choice", TEXT, choices=dict.fromkeys(CODES, TEXT)) for name in CHOICES}
    return Vocabulary(facts, {}, {})


def expression(condition: Condition) -> Expr:
    """Return a condition as an expression of the language."""
    match condition:
        case Reads(rule=rule):
            return Name(f"trial.d{rule}", "conclusion")
        case Join(how="some", parts=parts, count=count):
            return AtLeast(count, tuple(map(expression, parts)))
        case Join(how=how, parts=parts):
            return (And if how == "all" else Or)(tuple(map(expression, parts)))
    found = _leaf(condition)
    return found if condition.yes else Not(found)


def _leaf(test: Leaf) -> Expr:
    fact = Name(test.fact, "fact")
    if isinstance(test.value, bool):
        return fact
    if isinstance(test.value, str):
        return Compare("=", fact, Name(test.value, "code"))
    return Compare(test.op, fact, Number(Fraction(str(test.value))))  # type: ignore[arg-type]


class Ours:
    """Our program for one case: known true and known false, the rules that fire and those that are open."""

    name = "pauta"

    def __init__(self, rules: RuleSet) -> None:
        self.program = program(rules)
        self.names = [int(node.name.removeprefix("trial.r")) for node in self.program.rules]

    def prepared(self, case: dict[str, Given]) -> dict[str, float]:
        """Return the numbers of the program's facts, as a case that was read has them."""
        codes = self.program.choices
        return {
            name: codes[name].get(value, -1.0) if isinstance(value, str) else float(value)
            for name, value in case.items()
        }

    def run(self, case: dict[str, float]) -> list[int]:
        """Return the rules that fire; those that are open are listed too."""
        fired: list[int] = []
        open_: list[int] = []
        self.program.decide(case.get, bool, fired.append, open_.append, open_.append)
        return fired

    def fired(self, answer: list[int]) -> frozenset[int]:
        return frozenset(self.names[index] for index in answer)


def facts(case: dict[str, Given]) -> CaseFacts:
    """Return a case as facts with their origin, from which a trace is told."""
    here = Origin("questionnaire")
    known = {
        name: Value(value if isinstance(value, bool | str) else Fraction(str(value)), here)
        for name, value in case.items()
    }
    return CaseFacts("trial", None, known)

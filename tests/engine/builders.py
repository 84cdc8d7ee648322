"""Small builders of checked documents and cases, so that a test says only what it is about."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from engine.compiler import Program, compile_edition
from engine.conditions import And, AtLeast, Compare, Comparison, Expr, Includes, Name, Not, Number, Or
from engine.errors import Place
from engine.facts import CaseFacts, CodeSet, CodeSpec, FactSpec, FactValue, Origin, Series, Value, Vocabulary
from engine.formulary import Brand, Class, Formulary, Interaction, Medicine, Part, Regimen, SafetyCondition
from engine.language.documents import Action, Definition, Edition, Protocol, Rule, Score, ScoreInput

HERE = Origin("questionnaire")


def both(text: str) -> dict[str, str]:
    return {"es": f"{text} (es)", "en": text}


def fact(name: str) -> Name:
    return Name(name, "fact")


def defined(name: str) -> Name:
    return Name(name, "definition")


def is_(op: Comparison, left: Expr | str, right: Expr | str | float) -> Compare:
    """Compare a fact (by name) or an expression with a number, a code (text) or an expression."""
    if isinstance(right, str):
        right = Name(right, "code")
    elif isinstance(right, (int, float)):
        right = Number(Fraction(str(right)))
    return Compare(op, fact(left) if isinstance(left, str) else left, right)


def all_of(*parts: Expr) -> And:
    return And(parts)


def any_of(*parts: Expr) -> Or:
    return Or(parts)


def not_(part: Expr) -> Not:
    return Not(part)


def at_least(count: int, *parts: Expr) -> AtLeast:
    return AtLeast(count, parts)


def includes(set_fact: str, code: str, *members: str) -> Includes:
    return Includes(set_fact, code, frozenset((code, *members)))


ADULT = is_(">=", "age", 18)


def yes_no(*names: str, red_flag: bool = False) -> dict[str, FactSpec]:
    return {name: FactSpec(name, "yes_no", both(name), red_flag=red_flag) for name in names}


def number(name: str, low: float = 0, high: float = 100, **more: object) -> dict[str, FactSpec]:
    limits = Fraction(str(low)), Fraction(str(high))
    return {name: FactSpec(name, "integer", both(name), range=limits, **more)}  # type: ignore[arg-type]


def choice(name: str, *codes: str) -> dict[str, FactSpec]:
    return {name: FactSpec(name, "choice", both(name), choices={code: both(code) for code in codes})}


def every_case() -> dict[str, FactSpec]:
    """Return the facts that every vocabulary has: age and the lists."""
    sets = {name: FactSpec(name, "set", both(name)) for name in ("allergy", "medication", "history")}
    return {**number("age", 0, 130), **sets}


def vocabulary(facts: Mapping[str, FactSpec], codes: Iterable[CodeSpec] = ()) -> Vocabulary:
    lists = {"allergies": "allergy", "medications": "medication", "history": "history"}
    return Vocabulary({**every_case(), **facts}, {code.code: code for code in codes}, lists)


def action(code: str, **more: object) -> Action:
    """Return an action by its plan code: ``rx:...`` prescribes, ``conclude:name`` concludes."""
    kinds = {
        "rx": "prescribe", "supp": "supplement", "diet": "diet", "test": "test", "ref": "refer", "alert": "alert",
        "advice": "advice", "plan": "step", "fu": "follow_up", "dx": "hypothesis", "monitor": "monitor",
    }  # fmt: skip
    prefix, _, name = code.partition(":")
    if prefix in ("conclude", "ask"):
        return Action(prefix, name)  # type: ignore[arg-type]
    return Action(kinds[prefix], code, **more)  # type: ignore[arg-type]


def rule(name: str, when: Expr, *codes: str | Action, **more: object) -> Rule:
    actions = tuple(code if isinstance(code, Action) else action(code) for code in codes)
    return Rule(name, when, actions, both(f"because of {name}"), place=Place("p.yaml", 7, 3), **more)  # type: ignore[arg-type]


def protocol(name: str, *rules: Rule, define: Mapping[str, Expr] | None = None, **more: object) -> Protocol:
    definitions = {key: Definition(f"{name}.{key}", expr) for key, expr in (define or {}).items()}
    return Protocol(
        name=name, version="1.0.0", title=both(name), rules={each.name: each for each in rules},
        definitions=definitions, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def medicine(code: str, *classes: str, safety: Iterable[SafetyCondition] = (), maximum: str = "") -> Medicine:
    amount, _, unit = maximum.partition(" ")
    limit = (Fraction(amount), unit) if maximum else None
    return Medicine(code, both(code), "medicine", classes, max_daily=limit, safety=tuple(safety))


def formulary(
    medicines: Iterable[Medicine] = (),
    *,
    classes: Mapping[str, Class] | None = None,
    brands: Iterable[Brand] = (),
    regimens: Iterable[Regimen] = (),
    interactions: Iterable[Interaction] = (),
) -> Formulary:
    known = {each.code: each for each in medicines}
    names = {name for each in known.values() for name in each.classes}
    found = {**{name: Class(name, both(name)) for name in names}, **(classes or {})}
    return Formulary(
        known, found, {each.name: each for each in brands}, {each.code: each for each in regimens}, tuple(interactions)
    )


def regimen(code: str, *parts: Part, safety: Iterable[SafetyCondition] = ()) -> Regimen:
    return Regimen(code, both(code), parts, safety=tuple(safety))


def score_of(name: str, inputs: Iterable[ScoreInput], value: Expr | None, **more: object) -> Score:
    return Score(
        name=name, version="1.0.0", title=both(name), inputs={each.name: each for each in inputs}, value=value,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def points(name: str, low: int = 0, high: int = 3, **more: object) -> ScoreInput:
    """Return a whole-number input bound to the fact of its name."""
    return ScoreInput(name, "integer", fact(name), range=(Fraction(low), Fraction(high)), **more)  # type: ignore[arg-type]


def edition(
    facts: Mapping[str, FactSpec],
    *protocols: Protocol,
    drugs: Formulary | None = None,
    scores: Iterable[Score] = (),
    codes: Iterable[CodeSpec] = (),
) -> Edition:
    return Edition(
        vocabulary=vocabulary(facts, codes),
        formulary=drugs or formulary(),
        protocols={each.name: each for each in protocols},
        scores={each.name: each for each in scores},
        questionnaires={},
        versions={f"protocol:{each.name}": each.version for each in protocols},
        digest="test",
    )


def program(facts: Mapping[str, FactSpec], *protocols: Protocol, **more: object) -> Program:
    return compile_edition(edition(facts, *protocols, **more))  # type: ignore[arg-type]


def case(**values: object) -> CaseFacts:
    """Return a case: numbers, yes/no, codes, lists of codes (a set) and tuples (a diary). ``None``: not asked."""
    known = {name: given(value) for name, value in values.items() if value is not None}
    return CaseFacts("case", None, known)


def adult(**values: object) -> CaseFacts:
    """Return a case of a 40-year-old whose allergies and medicines were asked: none."""
    return case(**{"age": 40, "allergy": [], "medication": [], **values})


def given(value: object) -> FactValue:
    if isinstance(value, list):
        return CodeSet(frozenset(value), HERE)
    if isinstance(value, dict):
        return CodeSet(frozenset(value), HERE, details={code: {"dose": dose} for code, dose in value.items()})
    if isinstance(value, tuple):
        return Series(tuple(None if day is None else Fraction(day) for day in value), HERE)
    if isinstance(value, (bool, str)):
        return Value(value, HERE)
    if isinstance(value, (int, float, Fraction)):
        return Value(Fraction(str(value)), HERE)
    assert isinstance(value, FactValue), value
    return value

"""What is known of a score as terms: the ends of its value, and which bands and codes it may still have.

While inputs are unknown the state is left free, so that what is proved holds whatever it is; where every input is known
it is the formula itself. Formulas a solver cannot reckon with stay free too, held by what the evaluator says of single
patients (``lemmas``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

import z3

from engine.analysis.formulas import Formula, Input, TooHard
from engine.analysis.rails import NO, YES, Rails, every, no, some
from engine.analysis.spans import ANYTHING, BEYOND, Span, is_point, term
from engine.analysis.world import World
from engine.compiler.intervals import INFINITE, Real
from engine.compiler.program import Scope, ScoreProgram, ScoreState
from engine.compiler.score_results import unit_factor
from engine.compiler.walk import state
from engine.conditions import Call, Expr, Name, nodes
from engine.language.documents import ScoreInput

SLACK = Fraction(1, 10**9)  # the evaluator's floats may be that much off


class Reader(Protocol):
    """What reads the facts that inputs are bound to."""

    world: World
    scope: Scope

    def truth(self, expr: Expr, *, red: bool = False) -> Rails: ...
    def number(self, expr: Expr, *, red: bool = False) -> Span: ...
    def codes(self, expr: Expr, wanted: frozenset[str]) -> tuple[z3.BoolRef, Mapping[str, z3.BoolRef]]: ...


@dataclass(slots=True)
class ScoreTerms:
    """The state of one score. ``whole``: all inputs are known and none doubtful, so that the formula is in force.

    ``exact``: the formula is a term; ``adult``: the patient is old enough for it.
    """

    name: str
    span: Span
    bands: tuple[z3.BoolRef, dict[str, z3.BoolRef]]
    sure_code: z3.BoolRef
    may: dict[str, z3.BoolRef]
    inputs: Mapping[str, Input]
    whole: z3.BoolRef
    adult: z3.BoolRef = YES
    asked: z3.BoolRef = NO  # something it reads must be asked about: then nothing is said
    exact: bool = False
    fine: z3.BoolRef = YES  # nothing it reads is out of range or contradicts the rest
    plain: z3.BoolRef = YES  # every input is known, or the state is that of none: how most patients have it
    domain: list[z3.BoolRef] = field(default_factory=list)

    def codes(self, wanted: frozenset[str]) -> tuple[z3.BoolRef, Mapping[str, z3.BoolRef]]:
        for code in sorted(wanted):
            self.may.setdefault(code, z3.Bool(f"{self.name} may be {code}"))
        return self.sure_code, self.may


def score_terms(program: ScoreProgram, reader: Reader) -> ScoreTerms:
    """Return the state of a score, tied to its formula as far as that is a term."""
    score, world = program.score, reader.world
    name = world.tag(f"score {score.name}")
    low, high = z3.Real(f"{name} low"), z3.Real(f"{name} high")
    bands = {band: z3.Bool(f"{name} may be in {band}") for band in (*score.bands, "")}
    inputs = {item.name: _input(item, program, reader) for item in score.inputs.values()}
    given = every(item.given for item in inputs.values() if not item.optional)
    adult = every((world.is_known("age"), world.value("age") >= 18)) if score.adults_only else YES
    asked, fine = _asked(program, world), _fine(program, inputs, name)
    found = ScoreTerms(
        name, Span(low, high), (z3.Bool(f"{name} band known"), bands), z3.Bool(f"{name} code known"), {}, inputs,
        every((adult, given, no(asked), fine)), adult, asked, fine=fine,
    )  # fmt: skip
    found.domain += [low <= high, some(bands.values()), z3.Implies(some((no(adult), asked)), nothing(found))]
    _tie(found, program)
    blank = state(score.name, Scope(world.program, {}, True))
    found.plain = some((found.whole, every((no(adult), nothing(found))), in_state(found, blank)))
    world.say((name,), *found.domain)
    return found


def _asked(program: ScoreProgram, world: World) -> z3.BoolRef:
    """Return that a fact behind an input must be asked about: nothing is said then, even if the input is known."""
    facts = {fact for read in program.reads.values() for fact in read if world.spec(fact).type not in ("set", "series")}
    return some(world.queried(fact) for fact in sorted(facts))


def _fine(program: ScoreProgram, inputs: Mapping[str, Input], title: str) -> z3.BoolRef:
    """Return that no input is out of range and none contradicts the others; left free where no solver reckons it."""
    formula, score = Formula(program.score, inputs), program.score
    parts = [_in_range(item, inputs[name]) for name, item in score.inputs.items()]
    for name, doubt in score.doubtful.items():
        try:
            parts.append(no(formula.truth(doubt)))
        except TooHard:
            parts.append(z3.Bool(f"{title} not doubtful {name}"))
    return every(parts)


def nothing(found: ScoreTerms) -> z3.BoolRef:
    """Return that nothing is said of a score."""
    low, high = found.span.low == ANYTHING.low, found.span.high == ANYTHING.high
    return every((low, high, no(found.bands[0]), no(found.sure_code)))


def _input(item: ScoreInput, program: ScoreProgram, reader: Reader) -> Input:
    """Return one input as the score takes it; what is not bound is never given."""
    optional = item.name in program.optional
    if item.bind is None:
        return Input(NO, z3.RealVal(0), optional)
    if item.type == "yes_no":
        known = reader.truth(item.bind)
        return Input(some((known.true, known.false)), known.true, optional)
    if item.type == "choice":
        sure, may = reader.codes(item.bind, frozenset(item.choices))
        return Input(sure if isinstance(item.bind, Name) else every((sure, _only_one(may))), may, optional)
    title = reader.world.tag(f"score {program.score.name}")
    if item.type == "series":
        return Input(z3.Bool(f"list {title} {item.name}"), z3.RealVal(0), optional)
    span = reader.number(item.bind)
    given = every((span.known, *_exact(item, title, span)))
    return Input(given, span.low * term(unit_factor(item, item.bind, reader.scope)), optional)


def _only_one(may: Mapping[str, z3.BoolRef]) -> z3.BoolRef:
    return z3.PbEq([(held, 1) for held in may.values()], 1)


def _exact(item: ScoreInput, title: str, span: Span) -> Iterator[z3.BoolRef]:
    """Yield what must hold for a number to be taken: it is one number, and no float."""
    if item.bind is None or (isinstance(item.bind, Name) and item.bind.kind == "fact"):
        return
    yield is_point(span)
    if any(isinstance(node, Call) or (isinstance(node, Name) and node.kind != "fact") for node in nodes(item.bind)):
        yield z3.Bool(f"exact {title} {item.name}")


def _in_range(item: ScoreInput, given: Input) -> z3.BoolRef:
    if item.range is None or isinstance(given.value, Mapping) or z3.is_bool(given.value):
        return YES
    low, high = item.range
    return some((no(given.given), z3.And(given.value >= term(low), given.value <= term(high))))


def _tie(found: ScoreTerms, program: ScoreProgram) -> None:
    """Say that value, band and code are those of the formula where every input is known and none is doubtful."""
    score = program.score
    if any(item.type == "series" for item in score.inputs.values()) or score.record:
        return
    formula = Formula(score, found.inputs)
    value = _value(formula)
    found.exact = value is not None
    if value is None:
        formula.free = value = found.span.low
    try:
        bands = formula.bands()
    except TooHard:
        found.exact = False
        return
    found.domain.append(z3.Implies(found.whole, _equal(found, value, bands)))
    if found.exact:
        for end in (0, -1):
            found.domain += _completed(found, program, end)


def _completed(found: ScoreTerms, program: ScoreProgram, end: int) -> Iterator[z3.BoolRef]:
    """Yield that what is possible holds the outcome with every unknown input at one end: the evaluator tries both."""
    ends = {name: values[end] for name, values in zip(program.names, program.choices, strict=True)}
    inputs = {name: filled(item, ends[name]) for name, item in found.inputs.items()}
    formula = Formula(program.score, inputs)
    value, bands = _value(formula), formula.bands()
    sure, may = found.bands
    yield z3.Implies(sure, every(z3.Implies(held, may[band]) for band, held in bands.items()))
    if isinstance(value, Mapping):
        yield z3.Implies(found.sure_code, every(z3.Implies(held, found.may[code]) for code, held in value.items()))
    elif isinstance(value, z3.ExprRef):
        number = value if z3.is_arith(value) else z3.If(value, term(1), term(0))
        yield z3.Implies(every(_not_odd(found, program)), z3.And(found.span.low <= number, number <= found.span.high))


def _not_odd(found: ScoreTerms, program: ScoreProgram) -> Iterator[z3.BoolRef]:
    """Yield what must hold for the evaluator to reckon at all: no value is out of range."""
    yield from (_in_range(item, found.inputs[name]) for name, item in program.score.inputs.items())


def filled(item: Input, end: object) -> Input:
    """Return an input that is at one end of its range while nobody knows it; what may stay out is left out."""
    if item.optional:
        return item
    if isinstance(item.value, Mapping):
        held = {code: some((every((item.given, own)), every((no(item.given), z3.BoolVal(code == end)))))
                for code, own in item.value.items()}  # fmt: skip
        return Input(YES, held)
    own = z3.BoolVal(bool(end)) if z3.is_bool(item.value) else term(Fraction(str(end)))
    return Input(YES, z3.If(item.given, item.value, own))


def _value(formula: Formula) -> object:
    """Return the value as a term, None if it is left to the evaluator."""
    if formula.score.value is None:
        return ()
    try:
        return formula.term(formula.score.value)
    except TooHard:
        return None


def _equal(found: ScoreTerms, value: object, bands: Mapping[str, z3.BoolRef]) -> z3.BoolRef:
    known, may = found.bands
    parts = [known, *(may[band] == held for band, held in bands.items())]
    if isinstance(value, Mapping):
        found.codes(frozenset(value))
        parts += [found.sure_code, *(found.may[code] == held for code, held in sorted(value.items()))]
    elif isinstance(value, z3.ExprRef):
        number = value if z3.is_arith(value) else z3.If(value, term(1), term(0))
        parts += [found.span.low == number, found.span.high == number]
    return every(parts)


def in_state(terms: ScoreTerms, found: ScoreState) -> z3.BoolRef:
    """Return that a score is in the state the evaluator found."""
    sure, may = terms.bands
    parts = [
        terms.span.low >= end_term(found.value.low, -SLACK), terms.span.low <= end_term(found.value.low, SLACK),
        terms.span.high >= end_term(found.value.high, -SLACK), terms.span.high <= end_term(found.value.high, SLACK),
        sure == (found.bands is not None), terms.sure_code == (found.codes is not None),
    ]  # fmt: skip
    if found.bands is not None:
        parts += [may[band] == ((band or None) in found.bands) for band in may]
    if found.codes is not None:
        parts += [variable == (code in found.codes) for code, variable in terms.may.items()]
    return every(parts)


def end_term(value: Real, slack: Fraction = Fraction(0)) -> z3.ArithRef:
    """Return an end of an interval as a term, an infinite one as ``BEYOND``."""
    if value in (INFINITE, -INFINITE):
        return term(BEYOND if value > 0 else -BEYOND)
    return term(Fraction(value) + slack)

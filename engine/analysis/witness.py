"""A patient out of a model of the solver: few facts, typical values, written as authors write their own tests."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import z3

from engine.analysis.rails import every, no
from engine.analysis.spans import term
from engine.analysis.world import NOT_CHILDBEARING, NUMBERS, OTHER, World
from engine.compiler.program import Program
from engine.facts import CaseFacts, FactSpec
from engine.language.cases import CHILDBEARING, read_example
from engine.units import written

TOGETHER = 64
SOMETHING = "?"  # an entry of a list that nobody can read


@dataclass(frozen=True, slots=True)
class Witness:
    """A patient as ``given`` of a test: what is not named is unknown. ``facts`` is how the evaluator reads it."""

    given: Mapping[str, object]
    facts: CaseFacts


def smaller(
    solver: z3.Solver, world: World, names: frozenset[str], needed: Collection[str] = frozenset()
) -> z3.ModelRef:
    """Return a model with as few known facts as one pass finds, and typical values where they may be.

    ``needed`` are facts that are hardly to be had unknown: they are tried last, and one by one. The solver is left with
    what was decided on the way; it has a model already.
    """
    last = [no(world.known[fact]) for fact in _facts(world, names) if fact in needed]
    kept = {wish.get_id() for wish in last}
    model = _wished(solver, solver.model(), [wish for wish in _unknown(world, names) if wish.get_id() not in kept])
    for wish in last:
        model = _granted(solver, model, [wish])
    known = [fact for fact in _facts(world, names) if z3.is_true(model.eval(world.known[fact], model_completion=True))]
    return _wished(solver, model, [*(wish for fact in known for wish in _typical(world, fact)), *_sums(world, names)])


def _wished(solver: z3.Solver, model: z3.ModelRef, wishes: list[z3.BoolRef]) -> z3.ModelRef:
    for start in range(0, len(wishes), TOGETHER):
        model = _granted(solver, model, wishes[start : start + TOGETHER])
    return model


def _granted(solver: z3.Solver, model: z3.ModelRef, wishes: list[z3.BoolRef]) -> z3.ModelRef:
    """Return a model in which as many of some wishes are so as one pass finds: all at once, or else by halves."""
    so = [z3.is_true(model.eval(wish, model_completion=True)) for wish in wishes]
    solver.add(every(wish for wish, already in zip(wishes, so, strict=True) if already))
    rest = [wish for wish, already in zip(wishes, so, strict=True) if not already]
    if not rest:
        return model
    solver.push()
    solver.add(every(rest))
    if solver.check() == z3.sat:
        return solver.model()
    solver.pop()
    if len(rest) == 1:
        return model
    half = len(rest) // 2
    return _granted(solver, _granted(solver, model, rest[:half]), rest[half:])


def _facts(world: World, names: frozenset[str]) -> list[str]:
    return [fact for fact in sorted(world.known) if f"known {fact}" in names]


def _unknown(world: World, names: frozenset[str]) -> Iterator[z3.BoolRef]:
    """Yield that nothing is doubted, no list holds anything and no fact is known."""
    facts = _facts(world, names)
    lists = [(fact, listed) for fact, listed in sorted(world.lists.items()) if f"known {fact}" in names]
    doubts = [f"queried {fact}" for fact in sorted(world.asked)]
    doubts += sorted(world.doubts)
    yield from (no(z3.Bool(doubt)) for doubt in doubts if doubt in names)
    yield from (settled for fact in facts if fact in NOT_CHILDBEARING for settled in _settled(world, fact, names))
    for fact, listed in lists:
        yield from (no(held) for code, held in sorted(listed.codes.items()) if f"{fact} {code}" in names)
    for fact in facts:
        yield no(world.known[fact])
    for _, listed in lists:
        yield no(listed.recorded)
        yield listed.complete


def _sums(world: World, names: frozenset[str]) -> Iterator[z3.BoolRef]:
    """Yield that what is taken in a day is a whole number."""
    yield from (z3.IsInt(z3.Real(name)) for name in sorted(world.sums) if name in names)


def _settled(world: World, fact: str, names: frozenset[str]) -> Iterator[z3.BoolRef]:
    """Yield what a case says by itself of whom nobody asked: a man and a child are known not to be pregnant."""
    if "known sex" in names:
        yield z3.Implies(world.is_choice("sex", "male"), world.known[fact])
    if "known age" in names:
        age, (low, high) = world.values["age"], CHILDBEARING
        outside = z3.And(world.known["age"], z3.Or(age < low, age >= high + 1))
        yield z3.Implies(outside, world.known[fact])


def _typical(world: World, fact: str) -> Iterator[z3.BoolRef]:
    spec, value = world.specs[fact], world.values[fact]
    if spec.type == "yes_no":
        yield value == bool(spec.typical)
    elif spec.type in NUMBERS:
        if isinstance(spec.typical, Fraction):
            yield value == term(spec.typical)
        yield from (within for within in world.plausible(fact)[:1])
        yield from _round(spec, value)


def _round(spec: FactSpec, value: z3.ExprRef) -> Iterator[z3.BoolRef]:
    """Yield that a number is whole, or else at least one that its scale has."""
    if not z3.is_int(value):
        yield z3.IsInt(value)
        yield z3.IsInt(value * (term(1 / spec.step) if spec.step else 10))


def witness_of(model: z3.ModelRef, world: World, names: frozenset[str]) -> Witness:
    """Return the patient of a model, of the facts in ``names``."""
    given: dict[str, object] = {}
    for fact in sorted(world.known):
        if f"known {fact}" in names and z3.is_true(model.eval(world.known[fact])):
            given.setdefault(fact.removesuffix(OTHER), _text(model, world, fact))
    for fact in sorted(world.lists):
        if f"known {fact}" in names and z3.is_true(model.eval(world.lists[fact].recorded)):
            given.setdefault(fact.removesuffix(OTHER), _entries(model, world, fact, names))
    for fact in NOT_CHILDBEARING:
        if given.get("sex") == "male" and fact not in given and f"known {fact}" in names:
            given[fact] = "yes"  # two answers that cannot both be so: not known
    return read(given, world.program)


def read(given: Mapping[str, object], program: Program) -> Witness:
    """Return a patient as a version of the library reads it; facts it does not know are nobody's there."""
    known = {name: value for name, value in given.items() if name in program.edition.vocabulary.facts}
    return Witness(given, read_example(known, program.edition.vocabulary, program.edition.formulary))


def _text(model: z3.ModelRef, world: World, fact: str) -> str:
    spec, value = world.specs[fact], model.eval(world.values[fact], model_completion=True)
    if spec.type == "yes_no":
        return "yes" if z3.is_true(value) else "no"
    if spec.type == "choice":
        return str(sorted(spec.choices)[value.as_long()])
    if spec.type == "date":
        return date.fromordinal(value.as_long()).isoformat()
    number = Fraction(value.as_long()) if z3.is_int(value) else value.as_fraction()
    return " ".join(part for part in (written(number), spec.unit) if part)


def _entries(model: z3.ModelRef, world: World, fact: str, names: frozenset[str]) -> list[object]:
    listed = world.lists[fact]
    held = [code for code in sorted(listed.codes) if f"{fact} {code}" in names]
    codes: list[object] = [_dosed(model, world, code) for code in held if z3.is_true(model.eval(listed.codes[code]))]
    whole = z3.is_true(model.eval(listed.complete))
    return codes if whole else [*codes, {"name": None, "text": SOMETHING}]


def _dosed(model: z3.ModelRef, world: World, code: str) -> object:
    """Return an entry of a list, with the daily dose if the question rests on it."""
    medicine = world.program.edition.formulary.medicines.get(code)
    if medicine is None or medicine.max_daily is None:
        return code
    unit = medicine.max_daily[1]
    if not z3.is_true(model.eval(z3.Bool(f"daily known {code} {unit}"))):
        return code
    amount = model.eval(z3.Real(f"daily {code} {unit}"), model_completion=True).as_fraction()
    return {"name": code, "dose": f"{written(amount)} {unit} daily"}

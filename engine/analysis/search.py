"""Looks for a patient of whom something is so: one the evaluator confirms, shown to be none, or not decided."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import z3

from engine.analysis.conditions import Encoder
from engine.analysis.cones import Cones
from engine.analysis.corners import corners
from engine.analysis.items import Plans
from engine.analysis.lemmas import lemmas_of
from engine.analysis.rails import every, no, some
from engine.analysis.scores import ScoreTerms
from engine.analysis.tabulated import tabulate
from engine.analysis.witness import Witness, read, smaller, witness_of
from engine.compiler.walk import scope_of
from engine.errors import PautaError

EFFORT = 5_000_000  # of the solver, in its own count: the same on every machine
SIMPLEX = 2  # of the ways to reckon: a tenth quicker for what is linear, as all is that is asked here
TRIES = 40  # patients looked at before a question is left open
Confirms = Callable[[Witness], bool]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Answer:
    """``nobody``: there is no such patient; ``somebody``: here is one; ``open``: not decided, and why."""

    found: Literal["nobody", "somebody", "open"]
    witness: Witness | None = None
    why: str = ""


def _solver() -> z3.Solver:
    solver = z3.SimpleSolver()
    solver.set("rlimit", EFFORT)
    solver.set("smt.arith.solver", SIMPLEX)
    return solver


def _shown(solver: z3.Solver, named: Mapping[Key, z3.BoolRef]) -> set[Key]:
    """Return what else is so of the patient found; nothing if the solver gave up."""
    try:
        model = solver.model()
    except z3.Z3Exception:
        return set()
    return {key for key, name in named.items() if z3.is_true(model.eval(name))}


@dataclass(slots=True)
class Search:
    """Asks one program's plans. What is learned about scores on the way stays for later questions."""

    plans: Plans
    beside: Encoder | None = None  # of a second version that is asked about together with the first
    tries: int = TRIES
    cones: Cones = field(init=False)
    _ready: tuple[int, z3.BoolRef, z3.Solver, frozenset[str]] | None = None  # the last question, and the domain then
    _known: dict[str, z3.BoolRef] = field(default_factory=dict)  # of scores that are left to the evaluator
    _needed: Mapping[str, object] = field(default_factory=dict)  # what was known of the last patient found
    _refused: Mapping[str, object] = field(default_factory=dict)  # whom the evaluator did not confirm last

    def __post_init__(self) -> None:
        self.cones = Cones(self.plans.encoder.world)

    def find(self, wanted: z3.BoolRef, confirms: Confirms, *, likely: bool = False) -> Answer:
        """Return a patient of whom ``wanted`` is so and ``confirms`` too, or that there is none.

        ``likely``: there is somebody as far as the solver knows, so that it is not asked whether there is.
        """
        if not likely and not self.can_be(wanted):
            return Answer("nobody")
        found = None
        for plain in (True, False):  # whole or blank scores first: those patients can be shown
            found = self._somebody(wanted, confirms, plain=plain)
            if found is not None and (found.found != "open" or found.witness is None):
                return found
        if self.beside is None and self._learn_corners(wanted):  # of two versions it takes longer than all the rest
            found = self._somebody(wanted, confirms, plain=False)
        names = self.cones.of([wanted])[1]
        return found or Answer("open", why=f"no patient was confirmed in {2 * self.tries} tries{self._left(names)}")

    def _somebody(self, wanted: z3.BoolRef, confirms: Confirms, *, plain: bool) -> Answer | None:
        world = self.plans.encoder.world
        for _ in range(self.tries):
            solver, names = self._solver(wanted)
            solver.push()
            if plain:
                solver.add([self._plain(*each) for each in self._scores(names)])
            found = solver.check()
            if found == z3.unknown:
                return Answer("open", why=f"the solver gave up: {solver.reason_unknown()}")
            if found == z3.unsat:
                return None if plain else Answer("nobody")
            try:
                witness = witness_of(smaller(solver, world, names, self._needed), world, names)
            except PautaError as slip:
                return Answer("open", why=f"the patient found cannot be written: {slip}")
            if confirms(witness):
                self._needed = witness.given
                return Answer("somebody", witness)
            self._refused = witness.given
            if not self._learn(witness.given, names):
                return None if plain else Answer(
                    "open", witness, f"the evaluator does not confirm the patient found{self._left(names)}"
                )  # fmt: skip
        return None

    def _solver(self, wanted: z3.BoolRef) -> tuple[z3.Solver, frozenset[str]]:
        """Return a solver that holds a question and all that is true of its variables, and their names.

        The one of the last question serves again, without what was added to it since, if nothing was learned.
        """
        size = len(self.plans.encoder.world.domain)
        if self._ready is not None and self._ready[0] == size and self._ready[1].eq(wanted):
            _, _, solver, names = self._ready
            solver.pop(solver.num_scopes())
            return solver, names
        domain, names = self.cones.of([wanted])
        solver = _solver()
        solver.add(every([*domain, wanted]))  # one term: adding each by itself takes longer than solving
        self._ready = size, wanted, solver, names
        return solver, names

    def _scores(self, names: frozenset[str]) -> list[tuple[str, ScoreTerms, Encoder]]:
        """Return the scores a question rests on, each with the version that has it."""
        versions = [self.plans.encoder, *([] if self.beside is None else [self.beside])]
        found = [(*each, encoder) for encoder in versions for each in sorted(encoder.scores.items())]
        return [each for each in found if f"{each[1].name} low" in names]

    def _plain(self, name: str, terms: ScoreTerms, encoder: Encoder) -> z3.BoolRef:
        """Return that a score is as the evaluator can show it: one that no solver reckons is one of a few known."""
        if terms.exact:
            return terms.plain
        if terms.name not in self._known:
            one_of, said = tabulate(name, terms, encoder.program)
            self._known[terms.name] = every((terms.plain, some((no(terms.whole), one_of)), *said))
        return self._known[terms.name]

    def possible(self, wanted: Mapping[Key, z3.BoolRef]) -> set[Key]:
        """Return which of many things may be so at all: one solver is asked for them one after the other."""
        named = {key: z3.Bool(f"wanted {number}") for number, key in enumerate(wanted) if not z3.is_false(wanted[key])}
        if not named:
            return set()
        solver, found = _solver(), set[Key]()
        solver.add(every((*self.plans.encoder.world.domain, *(name == wanted[key] for key, name in named.items()))))
        for key, name in named.items():
            if key not in found and solver.check(name) != z3.unsat:
                found.add(key)
                found |= _shown(solver, named)
        return found

    def can_be(self, wanted: z3.BoolRef) -> bool:
        """Return whether something may be so at all, as far as the solver knows: undecided is not ruled out."""
        return bool(self._solver(wanted)[0].check() != z3.unsat)

    def _learn(self, given: Mapping[str, object], names: frozenset[str]) -> bool:
        """Add what the evaluator says of the scores of this patient; return whether anything was new."""
        world = self.plans.encoder.world
        before = len(world.domain)
        said = {term.get_id() for term in world.domain}
        for name, terms, encoder in self._scores(names):
            scope = scope_of(encoder.program, read(given, encoder.program).facts)
            world.say((terms.name,), *(each for each in lemmas_of(name, terms, scope) if each.get_id() not in said))
        return len(world.domain) > before

    def _learn_corners(self, wanted: z3.BoolRef) -> bool:
        """Add what is so at both ends of what a question leaves of each score that no solver reckons."""
        domain, names = self.cones.of([wanted])
        asked, learned = [*domain, wanted], False
        for name, terms, encoder in self._scores(names):
            for given in () if terms.exact else corners(name, encoder, asked, self._refused):
                try:
                    learned |= self._learn(given, names)
                except PautaError:
                    continue
        return learned

    def _left(self, names: frozenset[str]) -> str:
        free = dict.fromkeys(name for name, terms, _ in self._scores(names) if not terms.exact)
        readings = any(name.startswith("reading ") for name in names)
        left = [*(f"the value of {name} was left free" for name in free), *(["diaries were left free"] * readings)]
        return f": {', '.join(left)}" if left else ""

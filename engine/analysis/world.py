"""Every patient there can be: a variable for each fact, known or not, within what a case may hold.

Free text is left out: what only a text says is unknown to these variables, as it is to a rule that is not a red flag.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import z3

from engine.analysis.rails import NO, YES, Rails, every, no, some
from engine.analysis.spans import Span, term
from engine.compiler.program import Program
from engine.facts import FactSpec, UnitRule
from engine.language.names import TREATMENT_FACTS

WHOLE = ("integer", "date")
NUMBERS = ("integer", "decimal", "quantity", "date")
UNKNOWN_CHOICE = -1
DECLARED = "drug_allergies_declared"
NOT_CHILDBEARING = ("pregnant", "breastfeeding")
OTHER = "'"  # marks the names of a second version
COMPUTED = "diary_"  # figures of a diary, which nobody holds against a range


@dataclass(slots=True)
class Listed:
    """A list of the record: whether anybody asked, whether all of it is known, and what it holds."""

    recorded: z3.BoolRef
    complete: z3.BoolRef
    codes: dict[str, z3.BoolRef] = field(default_factory=dict)


def _plausible(value: z3.ArithRef, rule: UnitRule) -> z3.BoolRef:
    if rule.plausible is None:
        return YES
    low, high = sorted(end * rule.factor + rule.offset for end in rule.plausible)
    return z3.And(value >= term(low), value <= term(high))


def _limits(value: z3.ExprRef, limits: tuple[Fraction, Fraction] | None) -> Iterator[z3.BoolRef]:
    if limits is not None:
        yield z3.And(value >= term(limits[0]), value <= term(limits[1]))


@dataclass(slots=True)
class World:
    """The variables of one program's facts, made as they are met. ``domain`` is what is true of every patient.

    ``about`` says of each part of it whose values it limits. It leaves everything else as free as it was: whoever asks
    about none of these needs none of it.
    """

    program: Program
    known: dict[str, z3.BoolRef] = field(default_factory=dict)
    values: dict[str, z3.ExprRef] = field(default_factory=dict)
    lists: dict[str, Listed] = field(default_factory=dict)
    domain: list[z3.BoolRef] = field(default_factory=list)
    about: list[tuple[str, ...]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # facts of which it matters whether they are queried
    doubts: set[str] = field(default_factory=set)  # entries of lists that nobody may be sure of
    sums: set[str] = field(default_factory=set)  # what is taken in a day already
    specs: dict[str, FactSpec] = field(default_factory=dict)
    version: str = ""  # a mark on the names of what means something else in another version
    apart: frozenset[str] = frozenset()  # those facts, and scores as "score gerdq"

    def tag(self, name: str) -> str:
        """Return the name under which a fact or a score is known to the solver."""
        return f"{name}{self.version}" if name in self.apart else name

    def beside(self, program: Program, apart: frozenset[str]) -> "World":
        """Return the world of another version, of the same patients: what means the same there has the same name."""
        return World(
            program, self.known, self.values, self.lists, self.domain, self.about, self.asked, self.doubts,
            self.sums, self.specs, OTHER, apart,
        )  # fmt: skip

    def say(self, about: tuple[str, ...], *terms: z3.BoolRef) -> None:
        """Add what is true of every patient; ``about`` are the variables it limits, a score by its name."""
        self.domain += terms
        self.about += [about] * len(terms)

    def spec(self, fact: str) -> FactSpec:
        return self.program.edition.vocabulary.facts[fact]

    def is_known(self, fact: str) -> z3.BoolRef:
        """Return whether a fact is recorded."""
        if self.spec(fact).type == "set":
            return self.listed(fact).recorded
        key = self.tag(fact)
        if key not in self.known:
            self.known[key] = z3.Bool(f"known {key}")
            self._describe(fact, key)
        return self.known[key]

    def value(self, fact: str) -> z3.ExprRef:
        """Return what a fact is if it is known: a truth, the number of a choice, or a number."""
        self.is_known(fact)
        return self.values[self.tag(fact)]

    def _describe(self, fact: str, key: str) -> None:
        spec = self.specs[key] = self.spec(fact)
        if spec.type == "yes_no":
            self.values[key] = z3.Bool(key)
        elif spec.type == "choice":
            number = self.values[key] = z3.Int(key)
            self.say((key,), z3.And(number >= 0, number < len(spec.choices)))
        elif spec.type in NUMBERS:
            value = self.values[key] = z3.Int(key) if spec.type in WHOLE else z3.Real(key)
            if not fact.startswith(COMPUTED):
                self.say((key,), *_limits(value, spec.range), some(self.plausible(key)))
        else:
            self.values[key] = z3.Int(key)
        if fact in NOT_CHILDBEARING:
            self._not_childbearing(key)

    def plausible(self, key: str) -> list[z3.BoolRef]:
        """Return for each unit in which a number may be given that it is plausible there, its own unit first."""
        spec, value = self.specs[key], self.values[key]
        own = spec.units.get(spec.unit or "") or UnitRule(spec.unit or "", Fraction(1))
        return [_plausible(value, rule) for rule in (own, *spec.units.values())]

    def _not_childbearing(self, key: str) -> None:
        """Say what a case says by itself: a man is not pregnant. One of whom it is recorded is doubted: not known."""
        if "sex" in self.program.edition.vocabulary.facts:
            man = self.is_choice("sex", "male")
            self.say((key, f"known {key}"), z3.Implies(man, z3.Not(z3.And(self.known[key], self.values[key]))))

    def queried(self, fact: str) -> z3.BoolRef:
        """Return that a value was given and must be asked about: then it is not known."""
        key = self.tag(fact)
        doubt = z3.Bool(f"queried {key}")
        if key not in self.asked:
            self.asked.add(key)
            self.say((f"queried {key}",), z3.Implies(doubt, z3.Not(self.is_known(fact))))
        return doubt

    # --- what conditions ask

    def yes_no(self, fact: str) -> Rails:
        value, known = self.value(fact), self.is_known(fact)
        return Rails(every((known, value)), every((known, no(value))))

    def number(self, fact: str) -> Span:
        """Return a number, not known while nobody recorded it."""
        value = self.value(fact)
        real = z3.ToReal(value) if z3.is_int(value) else value
        return Span(real, real, self.is_known(fact))

    def any_number(self, fact: str) -> Span:
        """Return a number as sums take it: its whole declared range while nobody recorded it, None without one."""
        given, limits = self.number(fact), self.spec(fact).range
        low, high = limits if limits is not None else (Fraction(-(10**30)), Fraction(10**30))
        return Span(z3.If(given.known, given.low, term(low)), z3.If(given.known, given.high, term(high)))

    def choices(self, fact: str) -> tuple[str, ...]:
        return tuple(sorted(self.spec(fact).choices))

    def is_choice(self, fact: str, code: str) -> z3.BoolRef:
        """Return that a choice is known to be ``code``."""
        codes = self.choices(fact)
        value = self.value(fact)
        return every((self.is_known(fact), value == (codes.index(code) if code in codes else UNKNOWN_CHOICE)))

    def listed(self, fact: str) -> Listed:
        key = self.tag(fact)
        if key not in self.lists:
            self.lists[key] = Listed(z3.Bool(f"known {key}"), z3.Bool(f"whole {key}"))
            if fact == self.program.edition.vocabulary.lists.get("allergies"):
                self._doubt_allergies(key)
        return self.lists[key]

    def has(self, fact: str, code: str) -> z3.BoolRef:
        """Return that a recorded list holds a code; a brand is recorded with its ingredients."""
        listed, key = self.listed(fact), f"{self.tag(fact)} {code}"
        if code not in listed.codes:
            held = listed.codes[code] = z3.Bool(key)
            self.say((key,), z3.Implies(held, listed.recorded))
            brand = self.program.edition.formulary.brands.get(code) if self._is_coded(fact) else None
            for ingredient in brand.ingredients if brand is not None else ():
                self.say((key,), z3.Implies(held, self.has(fact, ingredient)))
            if fact == self.program.edition.vocabulary.lists.get("allergies"):
                self.say((key,), z3.Implies(held, z3.Bool(f"any {self.tag(fact)}")))
        return listed.codes[code]

    def _is_coded(self, fact: str) -> bool:
        """Return whether a list is read with the formulary, which records a brand with its ingredients."""
        return fact in TREATMENT_FACTS or fact in self.program.edition.vocabulary.lists.values()

    def doubtful(self, fact: str, code: str) -> z3.BoolRef:
        """Return that nobody knows whether a list that is whole holds a code: a treatment without its result."""
        if fact not in TREATMENT_FACTS:
            return NO
        key = f"doubtful {self.tag(fact)} {code}"
        doubt = z3.Bool(key)
        if key not in self.doubts:
            self.doubts.add(key)
            self.say((key,), z3.Implies(doubt, self.listed(fact).recorded))
        return doubt

    def holds(self, fact: str, codes: Iterable[str]) -> Rails:
        """Return whether a list holds one of ``codes``: false only of a list that is known to be whole."""
        listed = self.listed(fact)
        held = some(self.has(fact, code) for code in sorted(codes))
        return Rails(held, every((listed.recorded, listed.complete, no(held))))

    def daily(self, drug: str, unit: str) -> tuple[z3.ArithRef, z3.BoolRef]:
        """Return how much of a medicine is taken in a day already, and whether that is known."""
        name, amount = f"daily {drug} {unit}", z3.Real(f"daily {drug} {unit}")
        if name not in self.sums:
            self.sums.add(name)
            self.say((name,), amount >= 0)
        return amount, z3.Bool(f"daily known {drug} {unit}")

    def _doubt_allergies(self, key: str) -> None:
        """Say what a case says by itself: an empty list is not whole if the patient declared an allergy."""
        if DECLARED in self.program.edition.vocabulary.facts:
            declared, listed = self.yes_no(DECLARED), self.lists[key]
            empty = z3.And(listed.recorded, z3.Not(z3.Bool(f"any {key}")))
            self.say((f"whole {key}",), z3.Implies(z3.And(declared.true, empty), z3.Not(listed.complete)))

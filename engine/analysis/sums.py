"""What daily maximums do to an item, as terms. Which dose it has in the end depends on more than its rules say.

An interaction may lower it, and an ingredient that two items give stays in one of them only. So each question is
answered on one side: what is surely so, for what is never proposed, and what may be so, for what is always there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import z3

from engine.analysis.conditions import Encoder
from engine.analysis.rails import YES, every, no, some
from engine.analysis.spans import term
from engine.analysis.stated import Given, Stated, list_fact
from engine.doses import in_unit, read_dose
from engine.merge import daily_of


@dataclass(slots=True)
class DailySums:
    """Asks of the items of a program that give medicines."""

    encoder: Encoder
    dosed: Sequence[Stated]
    lowered: dict[str, list[str]] = field(init=False)  # medicine -> the doses that may be given instead

    def __post_init__(self) -> None:
        formulary = self.encoder.program.edition.formulary
        self.lowered = {}
        for medicine in formulary.medicines.values():
            instead = [condition.dose for condition in medicine.safety if condition.dose is not None]
            self.lowered.setdefault(medicine.code, []).extend(instead)
        for interaction in formulary.interactions:
            for drug, dose in interaction.dose.items():
                self.lowered.setdefault(drug, []).append(dose)

    def may_pass_alone(self, item: Stated) -> z3.BoolRef:
        """Return that an item alone may pass a daily maximum."""
        found = [item.counts(each) for drug in item.drugs for each, own, limit in self._own(item, drug)
                 if own > limit[0]]  # fmt: skip
        return some((*found, *(item.gives(drug) for drug in item.drugs if self._lowered_above(drug))))

    def _lowered_above(self, drug: str) -> bool:
        """Return whether a dose that is given instead of another may pass the maximum."""
        limit = self.encoder.program.edition.formulary.medicines[drug].max_daily
        if limit is None:
            return False
        for dose in self.lowered.get(drug, ()):
            text = read_dose(dose)
            amount = None if text.amount is None or text.unit is None else in_unit((text.amount, text.unit), limit[1])
            if amount is None or amount * (text.per_day or 24) > limit[0]:
                return True
        return False

    def surely_unsure(self, item: Stated) -> z3.BoolRef:
        """Return that what is already taken of an ingredient surely keeps an item from being proposed."""
        return some(
            every((item.counts(each), no(self._elsewhere(item, drug)), self._passes(drug, own, limit)))
            for drug in item.drugs
            if not self.lowered.get(drug)
            for each, own, limit in self._own(item, drug)
        )

    def _elsewhere(self, item: Stated, drug: str) -> z3.BoolRef:
        """Return that another item may be the one that gives an ingredient."""
        return some(
            every((other.present, other.gives(drug)))
            for other in self.dosed
            if other is not item and drug in other.drugs
        )

    def _own(self, item: Stated, drug: str) -> Iterator[tuple[Given, Fraction, tuple[Fraction, str]]]:
        """Yield the daily sums an item may give of an ingredient, each with its limit."""
        medicine = self.encoder.program.edition.formulary.medicines[drug]
        for each in item.given:
            daily = daily_of(each.doses[drug]) if drug in each.doses else None
            if medicine.max_daily is not None and daily is not None:
                own = in_unit(daily, medicine.max_daily[1])
                if own is not None:
                    yield each, own, medicine.max_daily

    def _passes(self, drug: str, own: Fraction, maximum: tuple[Fraction, str]) -> z3.BoolRef:
        """Return that a daily sum with what is taken passes the maximum, or nobody knows what it comes to."""
        world, program = self.encoder.world, self.encoder.program
        fact = list_fact("medications", program)
        limit, unit = maximum
        if own > limit or fact not in program.edition.vocabulary.facts:
            return YES
        members = program.drugs.members[drug]
        taken = world.holds(fact, members)
        dose, known = world.daily(drug, unit)
        other = some(world.has(fact, code) for code in sorted(members - {drug}))
        clear = every((world.has(fact, drug), no(other), known, dose + term(own) <= term(limit)))
        whole = world.listed(fact)
        return no(some((taken.false, every((clear, whole.recorded, whole.complete)))))

"""What becomes of every item in the end, as terms: the stages of the evaluator, one after the other, for all patients.

Safety blocks, holds, lowers doses and brings items; items that must not meet hold each other; an ingredient stays in
one item; daily sums are held against their maximum. Each stage reads what those before it left, in the same order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

import z3

from engine.analysis.amounts import (
    NOTHING,
    Amount,
    Choice,
    amount_of,
    changed,
    daily,
    given,
    gives_more,
    instead,
    is_single,
    joined,
)
from engine.analysis.conditions import Encoder
from engine.analysis.rails import NO, YES, every, no, some
from engine.analysis.spans import term
from engine.analysis.stated import Given, Stated, list_fact
from engine.formulary import Interaction
from engine.merge import meetings

Pair = tuple[int, tuple[str, ...]]  # an interaction and the two medicines that meet


@dataclass(slots=True)
class Final:
    """One code of the plan in the end. ``rule``: a rule puts it there, not only a safety condition of another item."""

    rule: z3.BoolRef = NO
    present: z3.BoolRef = NO
    proposed: z3.BoolRef = NO
    blocked: z3.BoolRef = NO
    doses: dict[str, Choice] = field(default_factory=dict)

    @property
    def shown(self) -> z3.BoolRef:
        return every((self.present, no(self.blocked)))

    @property
    def held(self) -> z3.BoolRef:
        return every((self.present, no(self.blocked), no(self.proposed)))

    def hold(self, when: z3.BoolRef) -> None:
        self.proposed = every((self.proposed, no(when)))


@dataclass(slots=True)
class Settled:
    """Follows the items of one program through the stages."""

    encoder: Encoder
    items: Mapping[str, Stated]
    finals: dict[str, Final] = field(default_factory=dict)

    def __post_init__(self) -> None:
        added = [each for item in self.items.values() for each in self._safety(item)]
        self._include(added)
        dosed = [item for _, item in sorted(self.items.items()) if item.drugs]
        here = {item.code: every((item.present, no(self.finals[item.code].blocked))) for item in dosed}
        self._include([*self._inside(dosed, here), *self._between(dosed, here)])
        for drug in sorted({drug for item in dosed for drug in item.drugs}):
            self._one_entry(drug, [self.finals[item.code] for item in dosed if drug in item.drugs])
        for item in dosed:
            for drug in item.drugs:
                self._maximum(drug, self.finals[item.code])

    # --- safety of one item

    def _safety(self, item: Stated) -> Iterator[tuple[str, z3.BoolRef, z3.BoolRef]]:
        """Settle an item by its own safety conditions; yield the codes they bring, when proposed and when held."""
        doses = {drug: _stated_dose(item, drug) for drug in item.drugs}
        for hazard in item.hazards:
            for drug, dose in hazard.instead if hazard.severity == "adjust" else ():
                if drug in doses:
                    when = every((hazard.here, hazard.rails.true))
                    doses[drug] = changed(doses[drug], when, partial(_lowered, dose))
        proposed = every((item.asked, no(item.forbidden), no(item.unsafe)))
        self.finals[item.code] = Final(item.present, item.present, proposed, item.forbidden, doses)
        for hazard in item.hazards:
            for code in hazard.add:
                true = every((hazard.here, hazard.rails.true))
                yield code, every((item.asked, true)), every((item.waits, true))

    def _include(self, added: Iterable[tuple[str, z3.BoolRef, z3.BoolRef]]) -> None:
        """Put in what safety brings: it is proposed whatever stood there before."""
        found: dict[str, tuple[list[z3.BoolRef], list[z3.BoolRef]]] = defaultdict(lambda: ([], []))
        for code, proposed, held in added:
            found[code][0].append(proposed)
            found[code][1].append(held)
        for code, (sure, open_) in found.items():
            final, so = self.finals.setdefault(code, Final()), some(sure)
            final.present = some((final.present, so, *open_))
            final.proposed = some((final.proposed, so))
            final.blocked = every((final.blocked, no(so)))

    # --- what items do to each other

    def _inside(
        self, dosed: list[Stated], here: Mapping[str, z3.BoolRef]
    ) -> Iterator[tuple[str, z3.BoolRef, z3.BoolRef]]:
        """Yield what two medicines of one item bring; those that must not meet block it."""
        for item in dosed:
            for (_, _), interaction, both in self._meetings(item, item):
                meant = some(item.is_regimen(code) for code in item.regimens if code in interaction.intended_in)
                met = every((here[item.code], both, no(meant)))
                yield from ((code, met, NO) for code in interaction.add)
                if interaction.severity == "contraindicated":
                    self._block(self.finals[item.code], met)

    def _block(self, final: Final, when: z3.BoolRef) -> None:
        final.blocked = some((final.blocked, when))
        final.hold(when)

    def _between(
        self, dosed: list[Stated], here: Mapping[str, z3.BoolRef]
    ) -> Iterator[tuple[str, z3.BoolRef, z3.BoolRef]]:
        """Yield what medicines of two items bring; those that must not meet hold both items, others lower doses."""
        for index, first in enumerate(dosed):
            for second in dosed[index + 1 :]:
                for _, interaction, both in self._meetings(first, second):
                    met = every((here[first.code], here[second.code], both))
                    yield from ((code, met, NO) for code in interaction.add)
                    self._meet(self.finals[first.code], self.finals[second.code], interaction, met)

    def _meet(self, first: Final, second: Final, interaction: Interaction, met: z3.BoolRef) -> None:
        if interaction.severity == "contraindicated":
            first.hold(met)
            second.hold(met)
        elif interaction.severity == "adjust":
            one_sure = some((every((first.proposed, second.held)), every((first.held, second.proposed))))
            unsure = every((met, one_sure))
            first.hold(unsure)
            second.hold(unsure)
            for final in (first, second):
                for drug, dose in sorted(interaction.dose.items()):
                    if drug in final.doses:
                        final.doses[drug] = changed(final.doses[drug], met, partial(_lowered, dose))

    def _meetings(self, first: Stated, second: Stated) -> list[tuple[Pair, Interaction, z3.BoolRef]]:
        """Return the interactions between what two items may give, in the order of the evaluator, each with when."""
        program = self.encoder.program
        found: dict[Pair, list[z3.BoolRef]] = {}
        for one in first.drugs:
            for other in second.drugs:
                for meeting in meetings((one,), (other,), program):
                    index = program.edition.formulary.interactions.index(meeting.interaction)
                    both = every((first.gives(one), second.gives(other)))
                    found.setdefault((index, tuple(sorted((one, other)))), []).append(both)
        every_one = program.edition.formulary.interactions
        return [(key, every_one[key[0]], some(both)) for key, both in sorted(found.items(), key=lambda each: each[0])]

    # --- one entry for each ingredient

    def _one_entry(self, drug: str, holders: list[Final]) -> None:
        """Leave an ingredient in the item that gives most of it, proposed before held."""
        if len(holders) < 2:
            return
        there = [every((each.shown, given(each.doses[drug]))) for each in holders]
        sure = [every((here, each.proposed)) for here, each in zip(there, holders, strict=True)]
        somebody = some(sure)
        counted = [some((one, every((here, no(somebody))))) for here, one in zip(there, sure, strict=True)]
        best = self._most(drug, holders, counted)
        for number, (here, final) in enumerate(zip(there, holders, strict=True)):
            lost = every((here, no(some(when for which, when in best.items() if which[0] == number))))
            final.doses[drug] = changed(final.doses[drug], lost, lambda known: None)

    def _most(
        self, drug: str, holders: list[Final], counted: list[z3.BoolRef]
    ) -> dict[tuple[int, Amount | None], z3.BoolRef]:
        """Return which of those that count gives most, by number and dose: the first of equals."""
        best: dict[tuple[int, Amount | None], z3.BoolRef] = {(-1, None): YES}
        for number, (final, counts) in enumerate(zip(holders, counted, strict=True)):
            found: dict[tuple[int, Amount | None], list[z3.BoolRef]] = defaultdict(list)
            for (which, known), before in best.items():
                found[which, known].append(every((before, no(counts))))
                for amount, here in final.doses[drug].items():
                    wins = known is None or (amount is not None and gives_more(known, amount))
                    key = (number, amount) if wins else (which, known)
                    found[key].append(every((before, counts, here)))
            best = {key: some(parts) for key, parts in found.items() if not z3.is_false(some(parts))}
        return best

    # --- daily sums

    def _maximum(self, drug: str, final: Final) -> None:
        """Hold an item whose daily sum passes the maximum or is not known, block one that passes it alone."""
        limit = self.encoder.program.edition.formulary.medicines[drug].max_daily
        if limit is None:
            return
        held, alone = [], []
        for amount, here in final.doses[drug].items():
            if amount is not None:
                held.append(every((here, self._not_clear(drug, amount, limit))))
                own = daily(amount, limit[1])
                alone += [here] if own is not None and own > limit[0] else []
        final.hold(some((*held, *alone)))
        self._block(final, every((final.present, some(alone))))

    def _not_clear(self, drug: str, amount: Amount, limit: tuple[Fraction, str]) -> z3.BoolRef:
        """Return that a dose passes the maximum with what is taken, or that nobody can tell."""
        own = daily(amount, limit[1])
        taken, waiting, sum_ = self._taken(drug, limit[1])
        if own is None:
            if not amount.dose:
                return NO
            return some((taken, waiting)) if is_single(amount, limit) else YES
        above = every((taken, sum_ + term(own) > term(limit[0]))) if own <= limit[0] else YES
        return some((above, waiting))

    def _taken(self, drug: str, unit: str) -> tuple[z3.BoolRef, z3.BoolRef, z3.ArithRef]:
        """Return that a daily dose is taken already, that something about it is not known, and how much it is."""
        world, program = self.encoder.world, self.encoder.program
        fact = list_fact("medications", program)
        if fact not in program.edition.vocabulary.facts:
            return NO, YES, term(0)
        members, listed = program.drugs.members[drug], world.listed(fact)
        other = some(world.has(fact, code) for code in sorted(members - {drug}))
        amount, known = world.daily(drug, unit)
        has = world.has(fact, drug)
        waiting = some((no(listed.recorded), no(listed.complete), other, every((has, no(known)))))
        return every((has, known)), waiting, amount


def _lowered(dose: str, known: Amount | None) -> Amount | None:
    return None if known is None else instead(known, dose)


def _stated_dose(item: Stated, drug: str) -> Choice:
    """Return the dose of an ingredient that the rules of an item come to."""
    found = NOTHING
    for each in in_order(item.given):
        if drug in each.doses:
            found = joined(found, item.counts(each), amount_of(each.doses[drug]))
    return found


def in_order(all_given: Iterable[Given]) -> list[Given]:
    """Return what rules give in the order in which a plan takes it."""
    return sorted(all_given, key=lambda each: (each.node.protocol.name, each.node.rule.name))

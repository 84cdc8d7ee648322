"""Whether a statement about every plan holds of every patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import z3

from engine.analysis.items import Plans
from engine.analysis.rails import every, no, some
from engine.analysis.search import Answer, Search
from engine.analysis.stated import shown
from engine.analysis.witness import Witness
from engine.compiler.program import Program
from engine.compiler.walk import rule_truth, scope_of, truth
from engine.evaluator import evaluate
from engine.language.documents import Invariant
from engine.language.invariants import ANY_MEDICINE, KINDS, PROTOCOL


@dataclass(frozen=True, slots=True)
class Verdict:
    """``proved`` of all possible patients, ``refuted`` by one, or ``open`` and why.

    A proof may be empty: of ``nobody`` its condition can be true, which is mostly a slip of the one who wrote it, or
    ``nothing`` that it names is ever proposed, so that it guards what may be written one day.
    """

    invariant: Invariant
    found: Literal["proved", "refuted", "open"]
    witness: Witness | None = None
    why: str = ""
    empty: Literal["", "nobody", "nothing"] = ""

    @property
    def holds(self) -> bool:
        """Return whether nothing is to be mended."""
        return self.found == "proved" and self.empty != "nobody"


@dataclass(frozen=True, slots=True)
class Meant:
    """What the names of a statement mean in one program."""

    codes: frozenset[str]
    kinds: frozenset[str]
    drugs: frozenset[str]
    but: frozenset[str]

    def whole(self, code: str) -> bool:
        """Return whether every item of this code is meant, whatever it gives."""
        return code not in self.but and (code in self.codes or code.partition(":")[0] in self.kinds)

    def given(self, code: str, drugs: Iterable[str]) -> list[str]:
        """Return the ingredients for which an item is meant."""
        return [] if code in self.but else [drug for drug in drugs if drug in self.drugs]


def meant(invariant: Invariant, program: Program) -> Meant:
    """Return what a statement speaks of."""
    medicines = program.edition.formulary.medicines
    groups = {name.removeprefix("drug:") for name in invariant.names if name.startswith("drug:")}
    drugs = {
        drug
        for drug in medicines
        if ANY_MEDICINE in invariant.names or drug in groups or groups.intersection(program.drugs.classes[drug])
    }
    kinds = frozenset(invariant.names) & frozenset(KINDS)
    return Meant(frozenset(invariant.names), kinds, frozenset(drugs), frozenset(invariant.but))


def prove(invariant: Invariant, search: Search) -> Verdict:
    """Return whether a statement holds of every patient, and if not, of whom it does not."""
    plans = search.plans
    speaks = meant(invariant, plans.encoder.program)
    when = plans.encoder.truth(invariant.when).true
    if invariant.kind == "never":
        broken = _proposed(speaks, plans)
        happens = when, some(broken)
        wanted = every((when, some(broken)))
    else:
        there = some(_there(code, plans) for code in invariant.names)
        happens, wanted = (when, there), every((when, no(there)))
    answer = search.find(wanted, lambda witness: breaks(invariant, witness, plans.encoder.program))
    return _verdict(invariant, answer, happens, search)


def _proposed(speaks: Meant, plans: Plans) -> list[z3.BoolRef]:
    """Return for each code that is meant when it is proposed, those that safety brings included."""
    found = []
    for item in plans.items.values():
        if speaks.whole(item.code):
            found.append(item.proposed)
        else:
            held = [item.gives(drug) for drug in speaks.given(item.code, item.drugs)]
            found.append(every((item.proposed, some(held))))
    return found + [some(brought) for code, brought in plans.added.items() if _speaks_of(speaks, code, plans)]


def _speaks_of(speaks: Meant, code: str, plans: Plans) -> bool:
    """Return whether an item that safety brings is meant, by its code or by what it gives if a rule proposes it too."""
    item = plans.items.get(code)
    return speaks.whole(code) or bool(item is not None and speaks.given(code, item.drugs))


def _there(code: str, plans: Plans) -> z3.BoolRef:
    """Return that an item is in the plan; of a protocol, that one of its rules is not known to have nothing to say."""
    if code.startswith(PROTOCOL):
        return some(no(plans.encoder.rule(name).false) for name in _rules(code, plans.encoder.program))
    item, added = plans.items.get(code), some(plans.added.get(code, ()))
    return added if item is None else shown(item, added)


def _rules(code: str, program: Program) -> list[str]:
    return [node.name for node in program.rules if node.protocol.name == code.removeprefix(PROTOCOL)]


def _verdict(invariant: Invariant, answer: Answer, happens: tuple[z3.BoolRef, z3.BoolRef], search: Search) -> Verdict:
    if answer.found == "somebody":
        return Verdict(invariant, "refuted", answer.witness)
    if answer.found == "open":
        return Verdict(invariant, "open", answer.witness, answer.why)
    when, named = happens
    if not search.can_be(when):
        return Verdict(invariant, "proved", empty="nobody")
    return Verdict(invariant, "proved", empty="" if search.can_be(named) else "nothing")


def breaks(invariant: Invariant, witness: Witness, program: Program) -> bool:
    """Return whether the evaluator's plan for a patient breaks a statement."""
    if truth(invariant.when, scope_of(program, witness.facts)) is not True:
        return False
    plan, speaks = evaluate(program, witness.facts), meant(invariant, program)
    if invariant.kind == "always":
        scope = scope_of(program, witness.facts)
        spoken = (name for code in invariant.names if code.startswith(PROTOCOL) for name in _rules(code, program))
        if any(rule_truth(name, scope) is not False for name in spoken):
            return False
        return not any(item.code in invariant.names and item.state != "blocked" for item in plan.items)
    return any(
        item.state == "proposed" and (speaks.whole(item.code) or speaks.given(item.code, item.drugs))
        for item in plan.items
    )

"""What may stand in a plan and in which state, as terms: rules, safety, what items do to each other, daily sums."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import z3

from engine.analysis.conditions import Encoder
from engine.analysis.rails import NEVER, NO, OPEN, YES, Rails, every, negation, no, some
from engine.analysis.spans import term
from engine.compiler.program import RuleNode
from engine.doses import in_unit
from engine.evaluator.rules import is_guarded
from engine.formulary import Regimen, SafetyCondition, Severity
from engine.language.documents import Action
from engine.merge import daily_of, dose_of, meetings, regimen_of
from engine.plan import Dose

UNSAID = ("conclude", "ask")  # actions that put nothing into the plan


@dataclass(frozen=True, slots=True)
class Given:
    """One action of one rule: when it is proposed and when held, and the doses it gives by ingredient."""

    node: RuleNode
    action: Action
    proposed: z3.BoolRef
    held: z3.BoolRef
    doses: dict[str, Dose]
    regimen: Regimen | None


@dataclass(frozen=True, slots=True)
class Hazard:
    """A safety condition of an item: when its subject is in the item, and its rails."""

    here: z3.BoolRef
    severity: Severity
    rails: Rails
    add: tuple[str, ...] = ()


@dataclass(slots=True)
class Stated:
    """One code of the plan. ``asked``: some rule proposes it; ``proposed``, ``held``, ``blocked``: what it comes to."""

    code: str
    given: list[Given]
    asked: z3.BoolRef
    waits: z3.BoolRef
    hazards: list[Hazard] = field(default_factory=list)
    blocked: z3.BoolRef = NO
    unsafe: z3.BoolRef = NO  # held by safety
    proposed: z3.BoolRef = NO
    held: z3.BoolRef = NO

    @property
    def present(self) -> z3.BoolRef:
        return some((self.asked, self.waits))

    def gives(self, drug: str) -> z3.BoolRef:
        """Return that the item holds an ingredient: by a rule that proposes it, or is held with it."""
        own = [each for each in self.given if drug in each.doses]
        if len(own) == len(self.given):
            return YES
        proposed = some(each.proposed for each in own)
        return some((proposed, every((no(self.asked), some(each.held for each in own)))))

    @property
    def drugs(self) -> tuple[str, ...]:
        return tuple(sorted({drug for each in self.given for drug in each.doses}))


@dataclass(slots=True)
class Plans:
    """Every code that rules may put into a plan. What safety conditions bring beside them stands in ``added``."""

    encoder: Encoder
    items: dict[str, Stated] = field(default_factory=dict)
    added: dict[str, list[z3.BoolRef]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code, given in sorted(self._by_code().items()):
            asked, waits = some(each.proposed for each in given), some(each.held for each in given)
            self.items[code] = Stated(code, given, asked, every((no(asked), waits)))
        for item in self.items.values():
            item.hazards = list(self._hazards(item))
            self._settle(item)
        self._finish()

    def _by_code(self) -> dict[str, list[Given]]:
        found: dict[str, list[Given]] = {}
        adult = self.adult()
        for node in self.encoder.program.rules:
            proposed, held = self.outcome(node)
            for action in node.rule.actions:
                if action.kind in UNSAID:
                    continue
                may = adult if is_guarded(node, action.kind) else YES
                doses, regimen = self._doses(action)
                each = Given(node, action, every((proposed, may)), every((held, may)), doses, regimen)
                found.setdefault(action.code, []).append(each)
        return found

    def adult(self) -> z3.BoolRef:
        """Return that somebody is known to be 18 or older."""
        if "age" not in self.encoder.program.edition.vocabulary.facts:
            return NO
        return every((self.encoder.world.is_known("age"), self.encoder.world.value("age") >= 18))

    def outcome(self, node: RuleNode) -> tuple[z3.BoolRef, z3.BoolRef]:
        """Return when a rule is proposed and when it is held."""
        barred, indicated = self.encoder.barred(node), self.encoder.indicated(node)
        open_bar = every((no(barred.true), no(barred.false)))
        return self.encoder.rule(node.name).true, every((indicated.true, open_bar))

    def _doses(self, action: Action) -> tuple[dict[str, Dose], Regimen | None]:
        if action.kind not in {"prescribe", "supplement"}:
            return {}, None
        formulary = self.encoder.program.edition.formulary
        regimen = regimen_of(action, self.encoder.program)
        if regimen is not None:
            return {part.medicine: dose_of(part) for part in regimen.parts}, regimen
        medicine = action.medicine or action.code.partition(":")[2]
        if medicine not in formulary.medicines:
            return {}, None
        return {medicine: Dose(medicine, action.dose or "", action.frequency or "")}, None

    # --- safety

    def _hazards(self, item: Stated) -> Iterator[Hazard]:
        formulary = self.encoder.program.edition.formulary
        for drug in item.drugs:
            here = item.gives(drug)
            yield Hazard(here, "contraindicated", self.allergy(drug))
            medicine = formulary.medicines.get(drug)
            yield from (self._condition(here, each) for each in (medicine.safety if medicine is not None else ()))
            for interaction, side in self.encoder.program.drugs.interactions.get(drug, ()):
                yield Hazard(here, interaction.severity, self._with_current(drug, side), interaction.add)
        for code in sorted({each.regimen.code for each in item.given if each.regimen is not None}):
            yield from (self._condition(item.present, each) for each in formulary.regimens[code].safety)

    def _condition(self, here: z3.BoolRef, condition: SafetyCondition) -> Hazard:
        return Hazard(here, condition.severity, self.encoder.truth(condition.when), condition.add)

    def list_fact(self, section: str) -> str:
        default = {"allergies": "allergy", "medications": "medication"}.get(section, section)
        return self.encoder.program.edition.vocabulary.lists.get(section, default)

    def allergy(self, drug: str) -> Rails:
        """Return whether a recorded allergy forbids an ingredient."""
        fact = self.list_fact("allergies")
        if fact not in self.encoder.program.edition.vocabulary.facts:
            return OPEN
        return self.encoder.world.holds(fact, self.encoder.program.drugs.allergens.get(drug, frozenset((drug,))))

    def _with_current(self, drug: str, side: str) -> Rails:
        fact, drugs = self.list_fact("medications"), self.encoder.program.drugs
        if fact not in self.encoder.program.edition.vocabulary.facts:
            return OPEN
        found = self.encoder.world.holds(fact, drugs.members.get(side, frozenset((side,))) - {drug})
        wider = some(self.encoder.world.has(fact, code) for code in drugs.classes.get(side, ()))
        return Rails(found.true, every((found.false, no(wider))))

    def _settle(self, item: Stated) -> None:
        forbids = [every((h.here, h.rails.true)) for h in item.hazards if h.severity == "contraindicated"]
        unsure = [every((h.here, no(h.rails.true), no(h.rails.false))) for h in item.hazards if h.severity != "monitor"]
        item.blocked = every((item.present, some(forbids)))
        item.unsafe = some(unsure)
        for hazard in item.hazards:
            for code in hazard.add:
                brought = every((item.present, hazard.here, hazard.rails.true))
                self.added.setdefault(code, []).append(brought)

    # --- what items do to each other, and sums

    def _finish(self) -> None:
        met = {code: [item.unsafe] for code, item in self.items.items()}
        dosed = [item for item in self.items.values() if item.drugs]
        blocked = {item.code: some((item.blocked, self._met_inside(item), self._too_much(item))) for item in dosed}
        for index, first in enumerate(dosed):
            for second in dosed[index + 1 :]:
                together = self._met_between(first, second)
                if not z3.is_false(together):
                    met[first.code].append(together)
                    met[second.code].append(together)
        for code, item in self.items.items():
            item.blocked = blocked.get(code, item.blocked)
            holds = some((*met[code], self._sum_unsure(item)))
            item.proposed = every((item.asked, no(item.blocked), no(holds)))
            item.held = every((item.present, no(item.blocked), no(item.proposed)))

    def _met_inside(self, item: Stated) -> z3.BoolRef:
        """Return that an item holds two things that must not meet."""
        found = []
        for meeting in meetings(item.drugs, item.drugs, self.encoder.program):
            meant = any(
                each.regimen is not None and each.regimen.code in meeting.interaction.intended_in for each in item.given
            )
            if meeting.interaction.severity == "contraindicated" and not meant:
                found.append(every((item.gives(meeting.first), item.gives(meeting.second))))
        return every((item.present, some(found)))

    def _met_between(self, first: Stated, second: Stated) -> z3.BoolRef:
        """Return that two items are both there and hold what must not meet, or meets and is not yet settled."""
        found = []
        both = every((first.present, second.present, no(first.blocked), no(second.blocked)))
        for meeting in meetings(first.drugs, second.drugs, self.encoder.program):
            here = every((both, first.gives(meeting.first), second.gives(meeting.second)))
            for code in meeting.interaction.add:
                self.added.setdefault(code, []).append(here)
            if meeting.interaction.severity == "contraindicated":
                found.append(here)
        return some(found)

    def _own(self, item: Stated, drug: str) -> list[tuple[Given, Fraction, Fraction]]:
        """Return the daily sums an item may give of an ingredient, each with its limit."""
        medicine = self.encoder.program.edition.formulary.medicines[drug]
        found = []
        for each in item.given:
            daily = daily_of(each.doses[drug]) if drug in each.doses else None
            if medicine.max_daily is not None and daily is not None:
                own = in_unit(daily, medicine.max_daily[1])
                if own is not None:
                    found.append((each, own, medicine.max_daily[0]))
        return found

    def _too_much(self, item: Stated) -> z3.BoolRef:
        """Return that an item alone passes a daily maximum, with the dose that no interaction lowers."""
        return NO if self._adjusted(item) else some(
            some((each.proposed, each.held)) for drug in item.drugs for each, own, limit in self._own(item, drug)
            if own > limit
        )  # fmt: skip

    def _adjusted(self, item: Stated) -> bool:
        return any(hazard.severity == "adjust" for hazard in item.hazards)

    def _sum_unsure(self, item: Stated) -> z3.BoolRef:
        """Return that what is already taken of an ingredient keeps an item from being proposed."""
        return some(
            every((some((each.proposed, each.held)), self._passes(drug, own, limit)))
            for drug in item.drugs
            for each, own, limit in self._own(item, drug)
        )

    def _passes(self, drug: str, own: Fraction, limit: Fraction) -> z3.BoolRef:
        """Return that a daily sum with what is taken passes the maximum, or nobody knows what it comes to."""
        fact = self.list_fact("medications")
        if fact not in self.encoder.program.edition.vocabulary.facts:
            return YES
        members = self.encoder.program.drugs.members[drug]
        taken = self.encoder.world.holds(fact, members)
        dose, known = z3.Real(f"daily {drug}"), z3.Bool(f"daily known {drug}")
        other = some(self.encoder.world.has(fact, code) for code in sorted(members - {drug}))
        clear = every(
            (self.encoder.world.has(fact, drug), no(other), known, dose >= 0, dose + term(own) <= term(limit))
        )
        whole = self.encoder.world.listed(fact)
        return no(some((taken.false, every((clear, whole.recorded, whole.complete)))))


def shown(item: Stated, added: z3.BoolRef) -> z3.BoolRef:
    """Return that a code stands in the plan and is not blocked."""
    return some((item.proposed, item.held, added))


__all__ = ["NEVER", "Given", "Hazard", "Plans", "Stated", "negation", "shown"]

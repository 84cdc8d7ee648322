"""What may stand in a plan and in which state, as terms: rules, safety, what items do to each other, daily sums."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import z3

from engine.analysis.conditions import Encoder
from engine.analysis.rails import NO, OPEN, YES, Rails, every, no, some
from engine.analysis.stated import Given, Hazard, Stated, list_fact
from engine.analysis.sums import DailySums
from engine.compiler.program import RuleNode
from engine.evaluator.rules import is_guarded
from engine.formulary import Regimen, SafetyCondition
from engine.language.documents import Action
from engine.merge import dose_of, meetings, parts_of, regimen_of
from engine.plan import Dose

UNSAID = ("conclude", "ask")  # actions that put nothing into the plan


@dataclass(slots=True)
class Plans:
    """Every code that rules may put into a plan. What safety conditions bring beside them stands in ``added``."""

    encoder: Encoder
    only: frozenset[str] | None = None  # codes that matter; None: all
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
            actions = [action for action in node.rule.actions if self._matters(action)]
            if not actions:
                continue
            proposed, held = self.outcome(node)
            for action in actions:
                may = adult if is_guarded(node, action.kind) else YES
                doses, regimen = self._doses(action)
                each = Given(node, action, every((proposed, may)), every((held, may)), doses, regimen)
                found.setdefault(action.code, []).append(each)
        return found

    def _matters(self, action: Action) -> bool:
        return action.kind not in UNSAID and (self.only is None or action.code in self.only)

    def adult(self) -> z3.BoolRef:
        """Return that somebody is known to be 18 or older."""
        if "age" not in self.encoder.program.edition.vocabulary.facts:
            return NO
        return every((self.encoder.world.is_known("age"), self.encoder.world.value("age") >= 18))

    def ageless(self) -> z3.BoolRef:
        """Return that nobody knows how old somebody is."""
        if "age" not in self.encoder.program.edition.vocabulary.facts:
            return YES
        return no(self.encoder.world.is_known("age"))

    def outcome(self, node: RuleNode) -> tuple[z3.BoolRef, z3.BoolRef]:
        """Return when a rule is proposed and when it is held."""
        barred, indicated = self.encoder.barred(node), self.encoder.indicated(node)
        open_bar = every((no(barred.true), no(barred.false)))
        return self.encoder.rule(node.name).true, every((indicated.true, open_bar))

    def _doses(self, action: Action) -> tuple[dict[str, Dose], Regimen | None]:
        if action.kind not in {"prescribe", "supplement"}:
            return {}, None
        program = self.encoder.program
        return {part.medicine: dose_of(part) for part in parts_of(action, program)}, regimen_of(action, program)

    # --- safety

    def _hazards(self, item: Stated) -> Iterator[Hazard]:
        formulary = self.encoder.program.edition.formulary
        for drug in item.drugs:
            here = item.gives(drug)
            yield Hazard(here, "contraindicated", self.allergy(drug))
            medicine = formulary.medicines.get(drug)
            yield from (self._condition(here, each, drug) for each in (medicine.safety if medicine is not None else ()))
            for interaction, side in self.encoder.program.drugs.interactions.get(drug, ()):
                rails, instead = self._with_current(drug, side), tuple(sorted(interaction.dose.items()))
                yield Hazard(here, interaction.severity, rails, interaction.add, instead)
        for code in item.regimens:
            yield from (self._condition(item.is_regimen(code), each, code) for each in formulary.regimens[code].safety)

    def _condition(self, here: z3.BoolRef, condition: SafetyCondition, subject: str) -> Hazard:
        instead = () if condition.dose is None else ((subject, condition.dose),)
        return Hazard(here, condition.severity, self.encoder.truth(condition.when), condition.add, instead)

    def allergy(self, drug: str) -> Rails:
        """Return whether a recorded allergy forbids an ingredient."""
        fact = list_fact("allergies", self.encoder.program)
        if fact not in self.encoder.program.edition.vocabulary.facts:
            return OPEN
        return self.encoder.world.holds(fact, self.encoder.program.drugs.allergens.get(drug, frozenset((drug,))))

    def _with_current(self, drug: str, side: str) -> Rails:
        fact, drugs = list_fact("medications", self.encoder.program), self.encoder.program.drugs
        if fact not in self.encoder.program.edition.vocabulary.facts:
            return OPEN
        found = self.encoder.world.holds(fact, drugs.members.get(side, frozenset((side,))) - {drug})
        wider = some(self.encoder.world.has(fact, code) for code in drugs.classes.get(side, ()))
        return Rails(found.true, every((found.false, no(wider))))

    def _settle(self, item: Stated) -> None:
        forbids = [every((h.here, h.rails.true)) for h in item.hazards if h.severity == "contraindicated"]
        unsure = [every((h.here, no(h.rails.true), no(h.rails.false))) for h in item.hazards if h.severity != "monitor"]
        item.forbidden = every((item.present, some(forbids)))
        item.unsafe = some(unsure)
        for hazard in item.hazards:
            for code in hazard.add:
                brought = every((item.present, hazard.here, hazard.rails.true))
                self.added.setdefault(code, []).append(brought)

    # --- what items do to each other, and sums

    def _finish(self) -> None:
        met = {code: [item.unsafe] for code, item in self.items.items()}
        dosed = [item for item in self.items.values() if item.drugs]
        inside = {item.code: self._met_inside(item) for item in dosed}
        for index, first in enumerate(dosed):
            for second in dosed[index + 1 :]:
                together = self._met_between(first, second)
                if not z3.is_false(together):
                    met[first.code].append(together)
                    met[second.code].append(together)
        sums = DailySums(self.encoder, dosed)
        for code, item in self.items.items():
            forbidden = some((item.forbidden, inside.get(code, NO)))
            item.blocked = some((forbidden, sums.may_pass_alone(item)))
            barred = some((forbidden, *met[code], sums.surely_unsure(item)))
            item.proposed = every((item.asked, no(barred)))
            item.held = every((item.present, no(item.blocked), no(item.proposed)))

    def _met_inside(self, item: Stated) -> z3.BoolRef:
        """Return that an item holds two things that must not meet."""
        found = []
        for meeting in meetings(item.drugs, item.drugs, self.encoder.program):
            meant = some(item.is_regimen(code) for code in item.regimens if code in meeting.interaction.intended_in)
            both = every((item.gives(meeting.first), item.gives(meeting.second)))
            here = every((item.present, no(item.forbidden), both, no(meant)))
            for code in meeting.interaction.add:
                self.added.setdefault(code, []).append(here)
            if meeting.interaction.severity == "contraindicated":
                found.append(here)
        return some(found)

    def _met_between(self, first: Stated, second: Stated) -> z3.BoolRef:
        """Return that two items are both there and hold what must not meet, or meets and is not yet settled."""
        found = []
        both = every((first.present, second.present, no(first.forbidden), no(second.forbidden)))
        for meeting in meetings(first.drugs, second.drugs, self.encoder.program):
            here = every((both, first.gives(meeting.first), second.gives(meeting.second)))
            for code in meeting.interaction.add:
                self.added.setdefault(code, []).append(here)
            if meeting.interaction.severity == "contraindicated":
                found.append(here)
        return some(found)

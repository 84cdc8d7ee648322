"""The lines a plan may have, as terms: which rules say them, when they stand in it, and what keeps them out."""

from dataclasses import dataclass, field

import z3

from engine.analysis.rails import NO, YES, Rails, every, no, some
from engine.compiler.program import Program, RuleNode
from engine.formulary import Regimen, Severity
from engine.language.documents import Action
from engine.plan import Dose


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
    instead: tuple[tuple[str, str], ...] = ()  # what is given in place of which dose


@dataclass(slots=True)
class Stated:
    """One code of the plan. ``asked``: some rule proposes it; ``proposed``, ``held``, ``blocked``: what it comes to."""

    code: str
    given: list[Given]
    asked: z3.BoolRef
    waits: z3.BoolRef
    hazards: list[Hazard] = field(default_factory=list)
    forbidden: z3.BoolRef = NO  # blocked by safety
    unsafe: z3.BoolRef = NO  # held by safety
    blocked: z3.BoolRef = NO  # may be so: where doses decide, more is taken for blocked than will be
    proposed: z3.BoolRef = NO
    held: z3.BoolRef = NO

    @property
    def present(self) -> z3.BoolRef:
        return some((self.asked, self.waits))

    def counts(self, given: Given) -> z3.BoolRef:
        """Return that what a rule gives is in the item: it proposes it, or is held as the whole item is."""
        return some((given.proposed, every((no(self.asked), given.held))))

    def gives(self, drug: str) -> z3.BoolRef:
        """Return that the item holds an ingredient."""
        own = [each for each in self.given if drug in each.doses]
        return YES if len(own) == len(self.given) else some(self.counts(each) for each in own)

    @property
    def regimens(self) -> tuple[str, ...]:
        return tuple(sorted({each.regimen.code for each in self.given if each.regimen is not None}))

    def is_regimen(self, code: str) -> z3.BoolRef:
        """Return that the item is this regimen: the first that one of its rules names is."""
        ordered = sorted(self.given, key=lambda each: (each.node.protocol.name, each.node.rule.name))
        named = [(self.counts(each), each.regimen.code) for each in ordered if each.regimen is not None]
        before = [some(counts for counts, other in named[:i] if other != code) for i in range(len(named))]
        return some(every((here, no(other))) for (here, own), other in zip(named, before, strict=True) if own == code)

    @property
    def drugs(self) -> tuple[str, ...]:
        return tuple(sorted({drug for each in self.given for drug in each.doses}))


def shown(item: Stated, added: z3.BoolRef) -> z3.BoolRef:
    """Return that a code surely stands in the plan and is not blocked."""
    return some((every((item.present, no(item.blocked))), added))


def list_fact(section: str, program: Program) -> str:
    """Return the fact that keeps a list of the case: allergies, medications."""
    default = {"allergies": "allergy", "medications": "medication"}.get(section, section)
    return program.edition.vocabulary.lists.get(section, default)

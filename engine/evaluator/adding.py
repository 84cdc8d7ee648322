"""Medicines, supplements and regimens a doctor adds by hand, on the same way through safety and merging as a rule's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.compiler.program import Program, Scope
from engine.facts import Text
from engine.formulary import Regimen
from engine.language.documents import Action
from engine.merge import Draft, Proposal
from engine.plan import Reason, SafetyFinding

BY_HAND = Reason("", "", "by_hand", "", 0, {"es": "Añadido a mano", "en": "Added by hand"})
GROWN_UP: Text = {
    "es": "Las dosis de adulto no se dan a menores de 18 años sin revisarlas",
    "en": "Adult doses are not given under 18 without checking them",
}


@dataclass(frozen=True, slots=True)
class Addition:
    """What a doctor wants to give beside what the rules propose; a regimen brings its own doses."""

    code: str  # rx:... or supp:..., of an ingredient or a regimen of the formulary
    dose: str = ""
    frequency: str = ""
    duration_days: int | None = None


def by_hand(added: Iterable[Addition], program: Program) -> Iterator[Proposal]:
    """Yield one proposal for each addition; raise KeyError for what the formulary does not know."""
    for addition in added:
        yield Proposal(_action(addition, program), BY_HAND, "proposed")


def _action(addition: Addition, program: Program) -> Action:
    kind, _, name = addition.code.partition(":")
    formulary = program.edition.formulary
    known = formulary.regimens.get(name) or formulary.medicines[name]
    regimen = isinstance(known, Regimen)
    return Action(
        "supplement" if kind == "supp" else "prescribe",
        addition.code,
        regimen=name if regimen else None,
        medicine=None if regimen else name,
        dose=None if regimen else addition.dose,
        frequency=None if regimen else addition.frequency,
        duration_days=addition.duration_days,
    )


def hold_for_age(drafts: Iterable[Draft], scope: Scope) -> None:
    """Hold what is added for somebody who is not known to be 18; the doctor may take it in writing."""
    for draft in drafts:
        if BY_HAND in draft.reasons:
            hold_under_age(draft, draft.drugs, GROWN_UP, scope)


def hold_under_age(draft: Draft, drugs: Iterable[str], because: Text, scope: Scope) -> None:
    """Hold an item whose doses of these medicines a person wrote, unless the patient is known to be 18."""
    if scope.adult is True:
        return
    known = None if scope.adult is None else True
    waits = () if known else ("age",)
    found = [SafetyFinding(drug, "adjust", known, because, waits) for drug in drugs]
    draft.safety += [finding for finding in found if finding not in draft.safety]
    draft.hold(waits)

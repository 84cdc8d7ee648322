"""Doses a doctor gives in place of those a rule proposes, put through the same stages as the rule's own."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from engine.compiler.program import Program, Scope
from engine.doses import in_unit, read_dose, shown
from engine.evaluator.adding import BY_HAND, hold_under_age
from engine.facts import Text
from engine.formulary import Part
from engine.merge import Draft, daily_of, dose_of
from engine.plan import Dose, SafetyFinding, Truth

Instead = Mapping[str, Iterable[Part]]  # code of an item -> the doses given in it instead; other parts keep theirs

YOUNG: Text = {
    "es": "Dosis cambiada a mano para quien puede ser menor de 18 años: revísela",
    "en": "A dose changed by hand for somebody who may be under 18: check it",
}


def give(drafts: Mapping[str, Draft], instead: Instead, program: Program) -> None:
    """Put a doctor's doses in place of the rules'; one nobody can hold against a maximum is held."""
    for draft, part in _changed(drafts, instead):
        before, given = draft.doses[part.medicine], dose_of(part)
        draft.doses[part.medicine] = given
        medicine = program.edition.formulary.medicines.get(part.medicine)
        if (medicine is None or medicine.max_daily is None) and not _is_within(given, before):
            _note(draft, part.medicine, None, "No hay dosis máxima en la guía, y es más de lo que da el protocolo",
                  "No maximum is on file, and it is more than the protocol gives")  # fmt: skip


def keep(drafts: Mapping[str, Draft], instead: Instead) -> None:
    """Give the doctor's dose again where safety lowered it, held: she takes it in writing, or lowers it herself."""
    for draft, part in _changed(drafts, instead):
        lowered, wanted = draft.doses[part.medicine], dose_of(part)
        draft.doses[part.medicine] = wanted
        if not _is_within(wanted, lowered):
            at_most = f"{lowered.dose} {lowered.frequency}".strip()
            _note(draft, part.medicine, True, f"Para esta persona, como máximo: {at_most}",
                  f"For this person at most: {at_most}")  # fmt: skip
            draft.conflicts[f"above_adjusted:{part.medicine}:{at_most}"] = None


def hold_large_single_doses(drafts: Mapping[str, Draft], instead: Instead, program: Program) -> None:
    """Hold what a doctor gives less than once a day, and then in one dose above the maximum of a day."""
    by_hand = (
        (draft, drug, dose)
        for draft in drafts.values()
        for drug, dose in sorted(draft.doses.items())
        if BY_HAND in draft.reasons or drug in {part.medicine for part in instead.get(draft.code, ())}
    )
    for draft, drug, dose in by_hand:
        medicine = program.edition.formulary.medicines.get(drug)
        if medicine is not None and medicine.max_daily is not None and _is_rare(dose):
            single, (most, unit) = _single(dose, medicine.max_daily[1]), medicine.max_daily
            if single is not None and single > most:
                amounts = f"{shown((single, unit))} > {shown((most, unit))}"
                _note(draft, drug, True, f"Una sola toma pasa de la dosis máxima de un día ({amounts})",
                      f"One dose is above the maximum of a day ({amounts})")  # fmt: skip


def hold_children(drafts: Mapping[str, Draft], instead: Instead, scope: Scope) -> None:
    """Hold doses changed by hand for somebody who is not known to be 18."""
    for draft, part in _changed(drafts, instead):
        hold_under_age(draft, [part.medicine], YOUNG, scope)


def _changed(drafts: Mapping[str, Draft], instead: Instead) -> list[tuple[Draft, Part]]:
    known = ((drafts[code], part) for code, parts in sorted(instead.items()) if code in drafts for part in parts)
    return [(draft, part) for draft, part in known if part.medicine in draft.doses]


def _is_within(wanted: Dose, most: Dose) -> bool:
    """Return whether a dose gives no more a day than another; False where nobody can tell."""
    if (wanted.dose, wanted.frequency) == (most.dose, most.frequency):
        return True
    own, limit = daily_of(wanted), daily_of(most)
    same = None if own is None or limit is None else in_unit(own, limit[1])
    return same is not None and limit is not None and same <= limit[0]


def _is_rare(dose: Dose) -> bool:
    often = read_dose(dose.dose, dose.frequency).per_day
    return often is not None and often < 1


def _single(dose: Dose, unit: str) -> Fraction | None:
    text = read_dose(dose.dose, dose.frequency)
    return None if text.amount is None or text.unit is None else in_unit((text.amount, text.unit), unit)


def _note(draft: Draft, drug: str, known: Truth, spanish: str, english: str) -> None:
    because: Text = {"es": spanish, "en": english}
    draft.safety.append(SafetyFinding(drug, "adjust", known, because))
    draft.hold()

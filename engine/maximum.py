"""What a plan gives in a day, with what is already taken, held against the daily maximum of each medicine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.compiler.program import Program
from engine.doses import in_unit, is_as_needed, read_dose, shown
from engine.facts import CodeSet, Text
from engine.formulary import Medicine
from engine.merge import Draft, daily_of
from engine.plan import Dose, SafetyFinding


def hold_above_maximum(drafts: Mapping[str, Draft], program: Program, taken: CodeSet | None, fact: str) -> None:
    """Sum each ingredient with what is already taken; above the maximum, or with a sum unknown, the item is held."""
    for _, draft in sorted(drafts.items()):
        for ingredient, dose in sorted(draft.doses.items()):
            medicine = program.edition.formulary.medicines.get(ingredient)
            if draft.state != "blocked" and medicine is not None and medicine.max_daily is not None:
                _check_maximum(draft, medicine, dose, _taken_daily(program, taken, ingredient, fact))


@dataclass(frozen=True, slots=True)
class DailySum:
    """What comes to a day of one ingredient, with what is taken; None where the sum or its maximum is not known."""

    ingredient: str
    total: tuple[Fraction, str] | None
    most: tuple[Fraction, str] | None
    waiting: tuple[str, ...] = ()

    @property
    def is_above(self) -> bool:
        """Whether what is known of the sum passes the maximum already."""
        return self.total is not None and self.most is not None and self.total[0] > self.most[0]


def daily_sums(doses: Iterable[Dose], program: Program, taken: CodeSet | None, fact: str) -> list[DailySum]:
    """Return what each ingredient of these doses comes to in a day, with what is taken of it, in the maximum's unit."""
    return [_sum_of(dose, program, _taken_daily(program, taken, dose.ingredient, fact)) for dose in doses]


def _sum_of(dose: Dose, program: Program, taken: "_Taken") -> DailySum:
    medicine = program.edition.formulary.medicines.get(dose.ingredient)
    most = medicine.max_daily if medicine is not None else None
    given = daily_of(dose)
    unit = most[1] if most is not None else given[1] if given is not None else ""
    parts = [None if each is None else in_unit(each, unit) for each in (given, *taken.daily)]
    known = [part for part in parts if part is not None]
    waiting = (*taken.waiting, *(f"{dose.ingredient}_daily_dose" for part in parts[1:] if part is None))
    total = (sum(known, Fraction(0)), unit) if known and parts[0] is not None else None
    return DailySum(dose.ingredient, total, most, waiting)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is already taken of an ingredient: doses of a day, and what must be known to be sure."""

    daily: tuple[tuple[Fraction, str], ...]
    waiting: tuple[str, ...]


def _taken_daily(program: Program, taken: CodeSet | None, ingredient: str, fact: str) -> _Taken:
    if taken is None:
        return _Taken((), (fact,))
    waiting = [] if taken.complete else [fact]
    daily = []
    for code in sorted(taken.codes & program.drugs.members[ingredient]):
        known = read_dose(str(taken.details.get(code, {}).get("dose") or "")).daily if code == ingredient else None
        if known is None:
            waiting.append(f"{ingredient}_daily_dose")
        else:
            daily.append(known)
    return _Taken(tuple(daily), tuple(waiting))


def _check_maximum(draft: Draft, medicine: Medicine, dose: Dose, taken: _Taken) -> None:
    if medicine.max_daily is None:
        return
    limit, unit = medicine.max_daily
    given = daily_of(dose)
    own = None if given is None else in_unit(given, unit)
    parts = [in_unit(each, unit) for each in taken.daily]
    total = (own or Fraction(0)) + sum((part for part in parts if part is not None), Fraction(0))
    waiting = [*taken.waiting, *(f"{medicine.code}_daily_dose" for part in parts if part is None)]
    if own is None and dose.dose and not _is_single(dose, unit, limit, taken):
        _not_summed(draft, medicine, taken.waiting)
    elif own is not None and total > limit:
        _above(draft, medicine, (own, total, limit), unit)
    elif waiting and own is not None:
        because = _text("The daily total is not known: ", "No se conoce la dosis diaria total: ", medicine.title)
        draft.safety.append(SafetyFinding(medicine.code, "adjust", None, because, tuple(waiting)))
        draft.hold(waiting)


def _is_single(dose: Dose, unit: str, limit: Fraction, taken: _Taken) -> bool:
    """Return whether a dose is taken as needed, is within the maximum by itself, and nothing else of it is taken."""
    text = read_dose(dose.dose, dose.frequency)
    if text.amount is None or text.unit is None or taken.daily or taken.waiting:
        return False
    amount = in_unit((text.amount, text.unit), unit)
    return is_as_needed(dose.dose, dose.frequency) and amount is not None and amount <= limit


def _not_summed(draft: Draft, medicine: Medicine, waiting: Iterable[str]) -> None:
    """Hold a dose of which nobody can tell what it comes to in a day: it cannot be held against the maximum."""
    because = _text("The daily total cannot be told: ", "No se puede saber la dosis diaria total: ", medicine.title)
    draft.safety.append(SafetyFinding(medicine.code, "adjust", None, because, tuple(waiting)))
    draft.conflicts[f"dose_not_summed:{medicine.code}"] = None
    draft.hold(waiting)


def _above(draft: Draft, medicine: Medicine, sums: tuple[Fraction, Fraction, Fraction], unit: str) -> None:
    """Hold what passes the maximum with the current treatment; block what passes it alone."""
    own, total, limit = sums
    amounts = f"{shown((total, unit))} > {shown((limit, unit))}"
    because = _text("Above the daily maximum: ", "Por encima del máximo diario: ", medicine.title, amounts)
    alone = own > limit
    finding = SafetyFinding(medicine.code, "contraindicated" if alone else "adjust", True, because)
    draft.safety.append(finding)
    draft.conflicts[f"above_maximum:{medicine.code}:{amounts}"] = None
    draft.hold()
    if alone:
        draft.state = "blocked"


def _text(english: str, spanish: str, title: Text, detail: str = "") -> Text:
    tail = f" ({detail})" if detail else ""
    return {"es": f"{spanish}{title.get('es', '')}{tail}", "en": f"{english}{title.get('en', '')}{tail}"}

"""The safety stage: allergies, contraindications and current medicines of every medicine the plan would give."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.compiler.mentions import resting
from engine.compiler.program import Scope
from engine.compiler.walk import truth
from engine.evaluator.waiting import red_flags_first, waiting
from engine.facts import CodeSet, Text
from engine.formulary import Interaction, SafetyCondition, Severity
from engine.merge import Added, Draft, brought, current, give_instead, worst
from engine.plan import SafetyFinding, Truth


@dataclass(frozen=True, slots=True)
class Hazard:
    """A safety condition that is not known to be clear for this case."""

    finding: SafetyFinding
    add: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    dose: str | None = None
    doses: Mapping[str, str] = field(default_factory=dict)  # of an interaction: medicine -> dose


@dataclass(frozen=True, slots=True)
class Checked:
    """What the safety stage leaves behind beside the states of the items."""

    added: tuple[Added, ...]
    asked: tuple[str, ...]  # names to ask because a condition is true, and facts of what is only to be monitored


def check(drafts: Iterable[Draft], scope: Scope) -> Checked:
    """Block, hold or adjust each item by its safety conditions; return the items and questions they bring."""
    added: list[Added] = []
    asked: list[str] = []
    for draft in drafts:
        held_by_rule, facts = draft.state == "held", tuple(draft.waiting)
        hazards = list(hazards_of(draft, scope))
        _settle(draft, hazards, scope)
        for hazard in hazards:
            if hazard.finding.truth:
                asked += hazard.ask
                brought_now = brought(draft, hazard.add, hazard.finding.because, hazard.finding.source)
                held = (replace(each, state="held", waiting=facts) for each in brought_now)
                added += held if held_by_rule else brought_now
            elif hazard.finding.severity == "monitor":
                asked += hazard.finding.facts
    return Checked(tuple(added), tuple(dict.fromkeys(asked)))


def _settle(draft: Draft, hazards: list[Hazard], scope: Scope) -> None:
    findings = [hazard.finding for hazard in hazards]
    draft.safety += findings
    if worst(findings, True) == "contraindicated":
        draft.state = "blocked"
        draft.waiting.clear()
        return
    holding = [each for each in findings if each.truth is None and each.severity != "monitor"]
    if holding:
        draft.hold(red_flags_first((fact for each in holding for fact in each.facts), scope))
    for hazard in hazards:
        if not hazard.finding.truth or hazard.finding.severity != "adjust":
            continue
        if hazard.dose is not None:
            give_instead(draft, hazard.finding.subject, hazard.dose)
        for drug, dose in sorted(hazard.doses.items()):
            give_instead(draft, drug, dose)


def hazards_of(draft: Draft, scope: Scope) -> Iterator[Hazard]:
    """Yield every safety condition of an item's medicines that is true or unknown."""
    formulary = scope.program.edition.formulary
    for drug in draft.drugs:
        yield from _allergy(drug, scope)
        medicine = formulary.medicines.get(drug)
        for condition in medicine.safety if medicine is not None else ():
            yield from _condition(drug, condition, scope)
        yield from _interactions(drug, scope)
    if draft.regimen is not None:
        for condition in draft.regimen.safety:
            yield from _condition(draft.regimen.code, condition, scope)


def _condition(subject: str, condition: SafetyCondition, scope: Scope) -> Iterator[Hazard]:
    known = truth(condition.when, scope.alarmed)
    if known is False:
        return
    facts = waiting(condition.when, scope.alarmed)
    if known and truth(condition.when, scope) is not True:
        facts = resting(waiting(condition.when, scope), scope)
    finding = SafetyFinding(subject, condition.severity, known, condition.because, facts, condition.source)
    yield Hazard(finding, condition.add, condition.ask, condition.dose)


def _listed(fact: str, codes: frozenset[str], scope: Scope) -> Truth:
    """Return whether a recorded list holds one of ``codes``; unknown if it was never asked or not understood."""
    known = scope.values.get(fact)
    if not isinstance(known, CodeSet):
        return None
    return True if known.codes & codes else False if known.complete else None


def _allergy(drug: str, scope: Scope) -> Iterator[Hazard]:
    fact = list_fact("allergies", scope)
    forbidding = scope.program.drugs.allergens.get(drug, frozenset((drug,)))
    known, recorded = _listed(fact, forbidding, scope.alarmed), _listed(fact, forbidding, scope)
    if known is False:
        return
    title = scope.program.edition.formulary.medicines[drug].title
    because = _with_title("Alergia registrada", "Recorded allergy", title)
    if known is None:
        because = _with_title("No se sabe si hay alergia", "Allergies are not known", title)
    elif not recorded:
        because = _with_title(
            "Alergia que escribe el paciente, sin confirmar", "Allergy the patient wrote, not confirmed", title
        )
    yield Hazard(SafetyFinding(drug, "contraindicated", known, because, () if recorded else (fact,)))


def _with_title(spanish: str, english: str, title: Text) -> Text:
    return {"es": f"{spanish}: {title.get('es', '')}", "en": f"{english}: {title.get('en', '')}"}


def list_fact(section: str, scope: Scope) -> str:
    """Return the fact that keeps a list of the case: allergies, medications, history."""
    default = {"allergies": "allergy", "medications": "medication"}.get(section, section)
    return scope.program.edition.vocabulary.lists.get(section, default)


def _interactions(drug: str, scope: Scope) -> Iterator[Hazard]:
    fact = list_fact("medications", scope)
    taken, recorded = current(scope.alarmed.values, fact), current(scope.values, fact)
    for interaction, side in scope.program.drugs.interactions.get(drug, ()):
        known = _with_current(drug, side, taken, scope)
        if known is not False:
            sure = _with_current(drug, side, recorded, scope)
            yield _interaction(drug, side, interaction, known, () if sure else (fact,))


def _with_current(drug: str, side: str, taken: CodeSet | None, scope: Scope) -> Truth:
    if taken is None:
        return None
    codes = scope.program.drugs.members.get(side, frozenset((side,))) - {drug}
    if taken.codes & codes:
        return True
    wider = taken.codes.intersection(scope.program.drugs.classes.get(side, ()))
    return False if taken.complete and not wider else None  # a class on record may mean the side below it


def _interaction(drug: str, side: str, interaction: Interaction, known: Truth, facts: tuple[str, ...]) -> Hazard:
    severity: Severity = interaction.severity
    finding = SafetyFinding(f"{drug}+{side}", severity, known, interaction.because, facts, interaction.source)
    return Hazard(finding, interaction.add, interaction.ask, doses=interaction.dose)


def alternatives(draft: Draft, scope: Scope) -> tuple[str, ...]:
    """Return what rules and formulary offer instead; what is contraindicated for this case too is no alternative."""
    formulary = scope.program.edition.formulary
    own = draft.regimen.alternatives if draft.regimen is not None else ()
    blocked = {finding.subject for finding in draft.safety if finding.severity == "contraindicated" and finding.truth}
    drugs = [formulary.medicines[drug] for drug in draft.drugs if drug in formulary.medicines]
    instead = [code for drug in drugs if _is_behind(drug.code, blocked) for code in drug.alternatives]
    said = [code for action in draft.actions for code in action.alternatives]
    offered = dict.fromkeys(code for code in (*said, *own, *instead) if code != draft.code)
    return tuple(code for code in offered if not _contraindicated(code, scope))


def _is_behind(drug: str, blocked: Iterable[str]) -> bool:
    """Return whether a medicine is among those that blocked an item, alone or in an interaction."""
    return any(drug in subject.split("+") for subject in blocked)


def _contraindicated(code: str, scope: Scope) -> bool:
    kind, _, name = code.partition(":")
    formulary = scope.program.edition.formulary
    regimen = formulary.regimens.get(name) if kind == "rx" else None
    drugs = tuple(part.medicine for part in regimen.parts) if regimen is not None else (name,)
    draft = Draft(code, kind, drugs=tuple(drug for drug in drugs if drug in formulary.medicines), regimen=regimen)
    return worst([hazard.finding for hazard in hazards_of(draft, scope)], True) == "contraindicated"

"""Makes one plan out of what several rules propose: one entry per item and ingredient, sums, and what conflicts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from engine.compiler.program import Program
from engine.doses import in_unit, read_dose, shown
from engine.facts import CodeSet, FactValue, Text
from engine.formulary import Interaction, Part, Regimen
from engine.language.documents import Action
from engine.plan import Dose, Reason, SafetyFinding, State, Truth
from engine.urgency import URGENCIES, Urgency

SEVERITIES = ("monitor", "adjust", "contraindicated")  # rising


@dataclass(frozen=True, slots=True)
class Proposal:
    """One action of one rule that is proposed, or held until ``waiting`` is known."""

    action: Action
    reason: Reason
    state: State
    waiting: tuple[str, ...] = ()
    red_flag: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """An item that a safety condition brings with it, for the same rule as the item it guards."""

    code: str
    reasons: tuple[Reason, ...]
    state: State
    waiting: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()  # of an alert: the items that come with it and answer it


@dataclass(slots=True)
class Draft:
    """One line of the plan while it is being put together."""

    code: str
    kind: str
    state: State = "held"
    urgency: Urgency = "none"
    reasons: list[Reason] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    doses: dict[str, Dose] = field(default_factory=dict)
    drugs: tuple[str, ...] = ()
    regimen: Regimen | None = None
    safety: list[SafetyFinding] = field(default_factory=list)
    waiting: dict[str, None] = field(default_factory=dict)
    conflicts: dict[str, None] = field(default_factory=dict)
    red_flag: bool = False
    answers: list[tuple[str, ...]] = field(default_factory=list)  # of each condition that brings it, what answers it

    @property
    def answered_by(self) -> tuple[str, ...]:
        """Return what answers an alert: nothing if a rule gives it, or if a condition brings it alone."""
        if self.actions or not all(self.answers):
            return ()
        return tuple(sorted({code for codes in self.answers for code in codes}))

    def hold(self, waiting: Iterable[str] = ()) -> None:
        if self.state != "blocked":
            self.state = "held"
        self.waiting.update(dict.fromkeys(waiting))


def combine(proposals: Iterable[Proposal], program: Program) -> dict[str, Draft]:
    """Return one draft per code: proposed as soon as one rule proposes it, with all reasons.

    It takes the higher dose of the rules that propose it; a rule that is only held raises no dose.
    """
    drafts: dict[str, Draft] = {}
    ordered = sorted(proposals, key=lambda each: (each.reason.protocol, each.reason.rule))
    for proposal in ordered:
        code = proposal.action.code
        _join(drafts.setdefault(code, Draft(code, code.partition(":")[0])), proposal)
    for proposal in ordered:
        draft = drafts[proposal.action.code]
        if proposal.state == draft.state:
            _join_doses(draft, proposal.action, program)
    for draft in drafts.values():
        if draft.state == "proposed":
            draft.waiting.clear()
    return drafts


def _join(draft: Draft, proposal: Proposal) -> None:
    if proposal.state == "proposed":
        draft.state = "proposed"
    draft.waiting.update(dict.fromkeys(proposal.waiting))
    draft.urgency = max(draft.urgency, proposal.action.urgency, key=URGENCIES.index)
    draft.red_flag = draft.red_flag or proposal.red_flag
    draft.actions.append(proposal.action)
    if proposal.reason not in draft.reasons:
        draft.reasons.append(proposal.reason)


def include(drafts: dict[str, Draft], added: Iterable[Added]) -> None:
    """Put the items that safety conditions bring beside those the rules proposed."""
    for item in added:
        draft = drafts.setdefault(item.code, Draft(item.code, item.code.partition(":")[0]))
        draft.reasons += [reason for reason in item.reasons if reason not in draft.reasons]
        draft.answers.append(item.answers)
        if item.state == "proposed":
            draft.state = "proposed"
            draft.waiting.clear()
        elif draft.state == "held":
            draft.waiting.update(dict.fromkeys(item.waiting))


def regimen_of(action: Action, program: Program) -> Regimen | None:
    """Return the regimen of the formulary that an action names, unless it states a dose of its own."""
    if action.dose is not None:
        return None
    name = action.regimen or action.code.partition(":")[2]
    return program.edition.formulary.regimens.get(name)


def _join_doses(draft: Draft, action: Action, program: Program) -> None:
    if action.kind not in {"prescribe", "supplement"}:
        return
    draft.regimen = draft.regimen or regimen_of(action, program)
    for part in parts_of(action, program):
        dose = dose_of(part)
        known = draft.doses.get(part.medicine)
        if known is not None and _cannot_be_told_apart(known, dose):
            draft.conflicts[f"doses_differ:{part.medicine}"] = None
        draft.doses[part.medicine] = dose if known is None else higher(known, dose)
    draft.drugs = tuple(sorted(draft.doses))


def parts_of(action: Action, program: Program) -> tuple[Part, ...]:
    """Return the medicines that an action gives: those of its regimen, or its own."""
    regimen = regimen_of(action, program)
    return regimen.parts if regimen is not None else tuple(_own_part(action, program))


def _own_part(action: Action, program: Program) -> Iterator[Part]:
    medicine = action.medicine or action.code.partition(":")[2]
    if medicine in program.edition.formulary.medicines:
        yield Part(
            medicine, action.dose or "", action.frequency or "", action.route or "oral", action.timing,
            action.duration_days,
        )  # fmt: skip


def dose_of(part: Part) -> Dose:
    """Return a part of a regimen as a dose, with its daily sum if the text says it."""
    daily = read_dose(part.dose, part.frequency).daily
    return Dose(
        ingredient=part.medicine,
        dose=part.dose,
        frequency=part.frequency,
        route=part.route,
        timing=part.timing or {},
        duration_days=part.duration_days,
        daily=None if daily is None else shown(daily).split(" ")[0],
        unit=None if daily is None else daily[1],
    )


def daily_of(dose: Dose) -> tuple[Fraction, str] | None:
    return read_dose(dose.dose, dose.frequency).daily


def _cannot_be_told_apart(first: Dose, second: Dose) -> bool:
    """Return whether nobody can tell which of two doses gives more: then the one that is given is only a choice."""
    one, other = daily_of(first), daily_of(second)
    known = one is not None and other is not None and in_unit(other, one[1]) is not None
    return not known and (first.dose, first.frequency) != (second.dose, second.frequency)


def higher(first: Dose, second: Dose) -> Dose:
    """Return the dose that gives more a day; if they cannot be compared the one whose sum is known, else the first.

    Whoever prefers one of two says so beside it where they cannot be compared (``doses_differ``).
    """
    one, other = daily_of(first), daily_of(second)
    if one is None or other is None:
        return first if one is not None or other is None else second
    same = in_unit(other, one[1])
    return second if same is not None and same > one[0] else first


def current(values: Mapping[str, FactValue], fact: str) -> CodeSet | None:
    """Return a recorded list of a case, None if nobody recorded it."""
    known = values.get(fact)
    return known if isinstance(known, CodeSet) else None


def one_entry_per_ingredient(drafts: Mapping[str, Draft]) -> None:
    """Keep each ingredient in the item that gives most of it, proposed before held; the others name that item."""
    for ingredient in sorted({drug for draft in drafts.values() for drug in draft.doses}):
        holders = [
            draft for _, draft in sorted(drafts.items()) if draft.state != "blocked" and ingredient in draft.doses
        ]
        if len(holders) < 2:
            continue
        best = _most(holders, ingredient)
        for draft in holders:
            if draft is not best:
                if _cannot_be_told_apart(best.doses[ingredient], draft.doses[ingredient]):
                    draft.conflicts[f"doses_differ:{ingredient}"] = best.conflicts[f"doses_differ:{ingredient}"] = None
                del draft.doses[ingredient]
                draft.conflicts[f"same_ingredient:{ingredient}:{best.code}"] = None
                best.conflicts[f"same_ingredient:{ingredient}:{draft.code}"] = None


def _most(holders: list[Draft], ingredient: str) -> Draft:
    """Return the item that gives most of an ingredient: one that is only held never takes it from one proposed."""
    sure = [draft for draft in holders if draft.state == "proposed"] or holders
    best = sure[0]
    for draft in sure[1:]:
        if higher(best.doses[ingredient], draft.doses[ingredient]) is draft.doses[ingredient]:
            best = draft
    return best


@dataclass(frozen=True, slots=True)
class Meeting:
    """An interaction between two things that would be given together."""

    interaction: Interaction
    first: str
    second: str


def meetings(given: Iterable[str], other: Iterable[str], program: Program) -> list[Meeting]:
    """Return the interactions between two groups of ingredients, each once."""
    others = tuple(other)
    found: dict[tuple[int, frozenset[str]], Meeting] = {}
    for drug in given:
        for interaction, side in program.drugs.interactions.get(drug, ()):
            for partner in others:
                if partner != drug and (partner == side or side in program.drugs.classes.get(partner, ())):
                    key = (program.edition.formulary.interactions.index(interaction), frozenset((drug, partner)))
                    found.setdefault(key, Meeting(interaction, drug, partner))
    return [found[key] for key in sorted(found, key=lambda key: (key[0], sorted(key[1])))]


def check_interactions(drafts: Mapping[str, Draft], program: Program) -> list[Added]:
    """Find interactions inside each item and between items; a forbidden pair of items is held and shown, both."""
    given = [draft for _, draft in sorted(drafts.items()) if draft.drugs and draft.state != "blocked"]
    added: list[Added] = []
    for draft in given:
        for meeting in meetings(draft.drugs, draft.drugs, program):
            if draft.regimen is None or draft.regimen.code not in meeting.interaction.intended_in:
                added += _met(draft, meeting)
                if meeting.interaction.severity == "contraindicated":
                    draft.state = "blocked"
    for index, first in enumerate(given):
        for second in given[index + 1 :]:
            for meeting in meetings(first.drugs, second.drugs, program):
                added += _met_between(first, second, meeting)
    return added


def _met_between(first: Draft, second: Draft, meeting: Meeting) -> list[Added]:
    added = _met(first, meeting) + _met(second, meeting)
    first.conflicts[f"interaction:{second.code}"] = None
    second.conflicts[f"interaction:{first.code}"] = None
    severity = meeting.interaction.severity
    unsure = {first.state, second.state} == {"proposed", "held"} and severity == "adjust"
    if severity == "contraindicated" or unsure:
        waits = tuple(first.waiting), tuple(second.waiting)
        first.hold(waits[1])  # what settles the other settles this one too
        second.hold(waits[0])
    if severity == "adjust":
        adjust(first, meeting.interaction)
        adjust(second, meeting.interaction)
    return added


def adjust(draft: Draft, interaction: Interaction) -> None:
    """Give the doses an interaction asks for; none ever gives more than was prescribed."""
    for drug, dose in sorted(interaction.dose.items()):
        give_instead(draft, drug, dose)


def give_instead(draft: Draft, drug: str, dose: str) -> None:
    """Give the adjusted dose of one of the medicines of an item."""
    known = draft.doses.get(drug)
    if known is not None:
        draft.doses[drug] = lowered(known, dose)


def lowered(known: Dose, dose: str) -> Dose:
    """Return the adjusted dose; one that says how often replaces the frequency, and none ever gives more."""
    frequency = "" if read_dose(dose).per_day is not None else known.frequency
    part = Part(known.ingredient, dose, frequency, known.route, known.timing, known.duration_days)
    adjusted = dose_of(part)
    return adjusted if None in (daily_of(known), daily_of(adjusted)) or higher(known, adjusted) is known else known


def _met(draft: Draft, meeting: Meeting) -> list[Added]:
    interaction = meeting.interaction
    subject = f"{meeting.first}+{meeting.second}"
    draft.safety.append(
        SafetyFinding(subject, interaction.severity, True, interaction.because, source=interaction.source)
    )
    return brought(draft, interaction.add, interaction.because, interaction.source)


def brought(draft: Draft, codes: Iterable[str], because: Text, source: str) -> list[Added]:
    """Return the items a safety condition of ``draft`` brings, for the rule of the draft and the condition's reason."""
    reasons = tuple(
        Reason(
            each.protocol, each.version, each.rule, each.file, each.line, because, source or each.source,
            each.evidence, each.review_needed,
        )
        for each in draft.reasons
    )  # fmt: skip
    every = tuple(codes)
    answers = tuple(code for code in every if not code.startswith("alert:"))
    return [Added(code, reasons, "proposed", (), answers if code.startswith("alert:") else ()) for code in every]


def note_duplicates(drafts: Mapping[str, Draft], program: Program, taken: CodeSet | None) -> None:
    """Note on each item what the patient already takes of the same ingredient or of the same first class."""
    if taken is None:
        return
    current_drugs = sorted(_means(program, taken) & program.edition.formulary.medicines.keys())
    for _, draft in sorted(drafts.items()):
        for drug in draft.drugs if draft.state != "blocked" else ():
            for other in current_drugs:
                if other == drug:
                    draft.conflicts[f"already_taken:{drug}"] = None
                elif (shared := _first_class(program, drug)) and shared == _first_class(program, other):
                    draft.conflicts[f"duplicate_class:{shared}:{other}"] = None


def _means(program: Program, taken: CodeSet) -> frozenset[str]:
    """Return the codes of what somebody takes, and the ingredients of the brands among them."""
    brands = program.edition.formulary.brands
    return taken.codes.union(*(brands[code].ingredients for code in taken.codes if code in brands))


def _first_class(program: Program, drug: str) -> str | None:
    medicine = program.edition.formulary.medicines.get(drug)
    return medicine.classes[0] if medicine is not None and medicine.classes else None


def note_opposed(drafts: Mapping[str, Draft], program: Program, taken: CodeSet | None) -> None:
    """Note on both sides that two items of the plan, or an item and a medicine taken, say opposite things."""
    for code, draft in sorted(drafts.items()):
        spec = program.edition.vocabulary.codes.get(code)
        for other in spec.opposed if spec is not None and draft.state != "blocked" else ():
            met = drafts.get(other)
            if met is not None and met.state != "blocked":
                draft.conflicts[f"opposed:{other}"] = None
                met.conflicts[f"opposed:{code}"] = None
            if taken is not None and other.startswith("drug:") and other[5:] in _means(program, taken):
                draft.conflicts[f"opposed:{other}"] = None


def worst(findings: Iterable[SafetyFinding], truth: Truth) -> str | None:
    """Return the gravest severity among findings of one truth, None if there is none."""
    found = [finding.severity for finding in findings if finding.truth is truth]
    return max(found, key=SEVERITIES.index) if found else None

"""What two versions of a library have different, and which lines of a plan may differ for it. No solver is needed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.compiler.program import Program, RuleNode
from engine.conditions import Expr, Includes, Known, Name, OfSeries, nodes
from engine.errors import NOWHERE
from engine.facts import FactSpec
from engine.formulary import Interaction, Regimen, SafetyCondition
from engine.language.documents import Action, Edition, Score
from engine.language.names import TREATMENT_FACTS
from engine.merge import meetings, parts_of, regimen_of

GIVING = ("prescribe", "supplement")


@dataclass(frozen=True, slots=True)
class Changed:
    """``apart``: facts and scores (``score gerdq``) that mean something else; ``codes``: items that may differ.

    ``beside`` are these and all that have a say in what becomes of one of them. ``aside`` is what differs beside the
    rules: questions, as ``questionnaire.item``, how long a fact stays fresh, warnings that change nothing of what is
    given, and the ``lexicon`` of free text. ``differing`` are all names of which something differs: ``apart``,
    definitions, conclusions, and rules as ``rule reflux.first``.
    """

    old_facts: tuple[str, ...]
    new_facts: tuple[str, ...]
    apart: frozenset[str]
    codes: frozenset[str]
    beside: frozenset[str]
    aside: tuple[str, ...] = ()
    differing: frozenset[str] = frozenset()


def changed(old: Program, new: Program) -> Changed:
    """Return what differs between two versions, as far as it can matter to a plan."""
    before, after = old.edition.vocabulary.facts, new.edition.vocabulary.facts
    differing = _differing(old, new)
    apart = {name for name in differing if name in {*before, *after} or name.startswith("score ")}
    codes = set(_codes(old, new, differing, _drugs(old, new, differing)))
    near, beside = _all_near(old, new, codes)
    only_before, only_after = sorted({*before} - {*after}), sorted({*after} - {*before})
    return Changed(
        tuple(only_before), tuple(only_after), frozenset(apart), near, beside,
        tuple(_aside(old.edition, new.edition)), frozenset(differing),
    )  # fmt: skip


def _aside(old: Edition, new: Edition) -> Iterator[str]:
    """Yield the questions that one version asks otherwise, what ages otherwise, and whether free text is read so."""
    if old.questionnaires is not new.questionnaires:
        before, after = _questions(old), _questions(new)
        yield from sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    before_facts, after_facts = old.vocabulary.facts, new.vocabulary.facts
    for name in sorted(before_facts.keys() & after_facts.keys()):
        was, now = before_facts[name].fresh_for_days, after_facts[name].fresh_for_days
        if was != now:
            yield f"{name} fresh for {was or 'any number of'} days before, {now or 'any number of'} now"
    before_notes, after_notes = _warnings(old), _warnings(new)
    for name in sorted({*before_notes, *after_notes}):
        if before_notes.get(name) != after_notes.get(name):
            yield f"warnings and questions of {name}"
    if old.lexicon != new.lexicon:
        yield "lexicon"


def _warnings(edition: Edition) -> dict[str, object]:
    """Return what safety only shows or asks beside an item, which changes nothing that is given, by medicine."""
    drugs = edition.formulary
    safety = {name: one.safety for name, one in drugs.medicines.items()}
    safety |= {name: one.safety for name, one in drugs.regimens.items()}
    found: dict[str, object] = {
        name: [_warning(each) for each in every if each.severity == "monitor" or each.ask]
        for name, every in safety.items()
    }
    meets = (each for each in drugs.interactions if each.severity == "monitor" or each.ask)
    return found | {" and ".join(each.sides): (each.severity == "monitor", each.ask) for each in meets}


def _warning(condition: SafetyCondition) -> object:
    return condition.when, condition.severity == "monitor", condition.ask


def _questions(edition: Edition) -> dict[str, object]:
    """Return every question of a version with what it stands under and the instructions it may show."""
    return {
        f"{asked.name}.{question.item}": (
            group.when,
            question,
            [asked.instructions.get(f.instruction) for f in question.red_flags],
        )
        for asked in edition.questionnaires.values()
        for group in asked.groups
        for question in group.questions
    }


# --- names


def _differing(old: Program, new: Program) -> set[str]:
    """Return every fact, score, definition, conclusion and rule that differs or rests on one that does."""
    found = set(_facts(old, new))
    while True:
        more = {*_definitions(old, new, found), *_scores(old, new, found), *_rules(old, new, found)} - found
        if not more:
            return found
        found |= more


def _facts(old: Program, new: Program) -> Iterator[str]:
    before, after = old.edition.vocabulary, new.edition.vocabulary
    for name in before.facts.keys() & after.facts.keys():
        if _meaning(before.facts[name]) != _meaning(after.facts[name]):
            yield name
    if before.lists != after.lists or old.edition.formulary.brands != new.edition.formulary.brands:
        yield from {*before.lists.values(), *after.lists.values(), *TREATMENT_FACTS} & {*before.facts, *after.facts}


def _meaning(spec: FactSpec) -> object:
    return (
        spec.type, spec.unit, dict(spec.units), spec.range, sorted(spec.choices), spec.several, spec.grade,
    )  # fmt: skip


def _rests(expr: Expr, found: set[str]) -> bool:
    """Return whether an expression reads something that differs."""
    for node in nodes(expr):
        match node:
            case Name(name=name, kind=kind):
                read = f"score {name}" if kind in ("score", "band") else name
            case Includes(fact=name) | Known(fact=name) | OfSeries(series=name):
                read = name
            case _:
                continue
        if read in found:
            return True
    return False


def _definitions(old: Program, new: Program, found: set[str]) -> Iterator[str]:
    for name in {*old.definitions, *new.definitions}:
        before, after = old.definitions.get(name), new.definitions.get(name)
        if before != after or (before is not None and _rests(before, found)):
            yield name


def _scores(old: Program, new: Program, found: set[str]) -> Iterator[str]:
    for name in {*old.scores, *new.scores}:
        before, after = old.scores.get(name), new.scores.get(name)
        if (
            before is None
            or after is None
            or _formula(before.score) != _formula(after.score)
            or any(item.bind is not None and _rests(item.bind, found) for item in before.score.inputs.values())
        ):
            yield f"score {name}"


def _formula(score: Score) -> object:
    """Return what a score says, without its texts."""
    definitions = {name: each.expression for name, each in score.definitions.items()}
    return (
        tuple(score.inputs.items()), definitions, score.value, score.value_type, tuple(score.record.items()),
        tuple(score.bands.items()), score.range, score.monotone, dict(score.doubtful), score.adults_only, score.danger,
    )  # fmt: skip


def _rules(old: Program, new: Program, found: set[str]) -> Iterator[str]:
    before, after = ({node.name: node for node in version.rules} for version in (old, new))
    for name in {*before, *after}:
        one, other = before.get(name), after.get(name)
        if one is None or other is None or _says(one) != _says(other) or _depends(one, found):
            yield f"rule {name}"
    for name in {*old.conclusions, *new.conclusions}:
        drawn = {*old.conclusions.get(name, ()), *new.conclusions.get(name, ())}
        if any(f"rule {rule}" in found for rule in drawn):
            yield name


def _depends(node: RuleNode, found: set[str]) -> bool:
    resting = any(_rests(part, found) for part in node.conditions)
    return resting or any(f"rule {name}" in found for name in node.silencers)


def _says(node: RuleNode) -> object:
    rule = node.rule
    actions = tuple(map(plain, rule.actions))
    return node.applies, node.when, node.exclude, node.silencers, rule.red_flag, rule.paediatric, actions


def plain(action: Action) -> Action:
    """Return an action without its texts and its place."""
    return replace(action, place=NOWHERE, timing=None, patient=None, alternatives=())


# --- medicines


def _drugs(old: Program, new: Program, differing: set[str]) -> frozenset[str]:
    """Return the medicines of which something differs that safety or sums read."""
    every = {*old.edition.formulary.medicines, *new.edition.formulary.medicines}
    return frozenset(drug for drug in every if _drug(drug, old) != _drug(drug, new) or _is_unsafe(drug, old, differing))


def _drug(drug: str, program: Program) -> object:
    medicine, drugs = program.edition.formulary.medicines.get(drug), program.drugs
    if medicine is None:
        return None
    meets = [(_meets(each), side, drugs.members.get(side)) for each, side in drugs.interactions.get(drug, ())]
    safety = [_safety(each) for each in medicine.safety]
    return medicine.max_daily, safety, meets, drugs.members[drug], drugs.allergens[drug], medicine.classes[:1]


def _safety(condition: SafetyCondition) -> object:
    return condition.when, condition.severity, condition.add, condition.dose


def _meets(interaction: Interaction) -> object:
    dose = sorted(interaction.dose.items())
    return interaction.sides, interaction.severity, interaction.add, dose, interaction.intended_in


def _is_unsafe(drug: str, program: Program, differing: set[str]) -> bool:
    """Return whether a safety condition of a medicine rests on what differs."""
    medicine = program.edition.formulary.medicines.get(drug)
    lists = {program.edition.vocabulary.lists.get(name, "") for name in ("allergies", "medications")}
    if medicine is None or lists & differing:
        return medicine is not None
    return any(_rests(condition.when, differing) for condition in medicine.safety)


# --- codes


@dataclass(slots=True)
class Gives:
    """A code that rules put into a plan: the medicines that its items may give, and what safety brings with them."""

    drugs: set[str] = field(default_factory=set)
    brings: set[str] = field(default_factory=set)


def _given(program: Program) -> Mapping[str, Gives]:
    found: dict[str, Gives] = {}
    for action in (action for node in program.rules for action in node.rule.actions):
        if action.kind not in ("conclude", "ask"):
            gives = found.setdefault(action.code, Gives())
            if action.kind in GIVING:
                _give(gives, action, program)
    return found


def _give(gives: Gives, action: Action, program: Program) -> None:
    regimen, drugs = regimen_of(action, program), [part.medicine for part in parts_of(action, program)]
    known = program.edition.formulary.medicines
    safety = [each for drug in drugs if drug in known for each in known[drug].safety]
    safety += regimen.safety if regimen is not None else ()
    meets = [interaction for drug in drugs for interaction, _ in program.drugs.interactions.get(drug, ())]
    gives.drugs.update(drugs)
    gives.brings.update(code for each in safety for code in each.add)
    gives.brings.update(code for each in meets for code in each.add)


def _codes(old: Program, new: Program, differing: set[str], drugs: frozenset[str]) -> Iterator[str]:
    """Yield the codes of rules, medicines and regimens that differ."""
    for program, other in ((old, new), (new, old)):
        for node in program.rules:
            rule_differs = f"rule {node.name}" in differing
            for action in (action for action in node.rule.actions if action.kind not in ("conclude", "ask")):
                given = {part.medicine for part in parts_of(action, program)} if action.kind in GIVING else set()
                if rule_differs or given & drugs or _has_other_regimen(action, program, other, differing):
                    yield action.code


def _has_other_regimen(action: Action, program: Program, other: Program, differing: set[str]) -> bool:
    """Return whether the regimen that an action gives differs, or rests on what does."""
    if action.kind not in GIVING:
        return False
    one, two = regimen_of(action, program), regimen_of(action, other)
    resting = one is not None and any(_rests(condition.when, differing) for condition in one.safety)
    return resting or _regimen(one) != _regimen(two)


def _regimen(regimen: Regimen | None) -> object:
    if regimen is None:
        return None
    parts = [(part.medicine, part.dose, part.frequency, part.route, part.duration_days) for part in regimen.parts]
    return regimen.code, parts, [_safety(condition) for condition in regimen.safety]


def _near(program: Program, given: Mapping[str, Gives], codes: Iterable[str]) -> Iterator[str]:
    """Yield what items share medicines with, what these must not meet, and what safety brings with them."""
    for code in {*codes} & {*given}:
        own = given[code]
        yield from own.brings
        for other, gives in given.items() if own.drugs else ():
            if gives.drugs and (own.drugs & gives.drugs or meetings(own.drugs, gives.drugs, program)):
                yield other


def _all_near(old: Program, new: Program, codes: set[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return codes with all in which they have a say, and these with whatever else brings one of them."""
    versions = [(version, _given(version)) for version in (old, new)]
    found, more = set(codes), set(codes)
    if old.drugs.classes != new.drugs.classes:
        found = more = {code for _, given in versions for code in given} | found
    while more:
        more = {other for version, given in versions for other in _near(version, given, more)} - found
        found |= more
    bringing = {code for _, given in versions for code, gives in given.items() if gives.brings & found}
    return frozenset(found), frozenset(found | bringing)

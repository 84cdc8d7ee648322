"""Whatever one file says about another: codes, medicines, rules, questionnaires, and the names in tests."""

import re
from collections.abc import Iterable, Iterator, Mapping

from engine.conditions import Expr, Name, nodes
from engine.errors import CaseError, Place, Problem
from engine.formulary import Formulary, Medicine, Regimen, SafetyCondition
from engine.language.cases import read_example
from engine.language.documents import Action, Example, Library, Protocol, Questionnaire, Rule, Score
from engine.language.names import World
from engine.language.spelling import nearest
from engine.language.validation import Problems

_DAYS = re.compile(r"days \d+(-\d+)?")  # how the missing days of a diary are named


def check_protocol(document: Protocol, world: World, questionnaires: Iterable[str], problems: Problems) -> None:
    """Note whatever a protocol names that does not exist."""
    forms = {*questionnaires, *world.scores, *world.unread}
    for rule in document.rules.values():
        for action in rule.actions:
            _check_action(action, world, forms, problems)
        _check_order(document, rule, world, problems)
    for name in {*document.definitions} | {part.code for part in _conclusions(document)}:
        if name in world.vocabulary.facts or name in document.parameters:
            place = document.definitions[name].place if name in document.definitions else document.place
            message = f'"{name}" is also the name of a fact or parameter'
            problems.add(place, "P016", message, "Choose another name: nobody could tell them apart.")


def _conclusions(document: Protocol) -> Iterator[Action]:
    for rule in document.rules.values():
        yield from (action for action in rule.actions if action.kind == "conclude")


def _check_action(action: Action, world: World, forms: Iterable[str], problems: Problems) -> None:
    if action.kind == "ask":
        _check_asked((action.code,), world, action.place, problems)
    elif action.kind in ("prescribe", "supplement"):
        _check_given(action, world, problems)
    elif action.kind != "conclude":
        _check_code(action.code, world, action.place, problems)
    for code in action.alternatives:
        _check_code(code, world, action.place, problems)
    name = action.with_questionnaire
    if name is not None and name not in set(forms):
        hint = nearest(name, forms) or "Name a questionnaire or a score."
        problems.add(action.place, "P310", f'no questionnaire or score is called "{name}"', hint)


def _check_given(action: Action, world: World, problems: Problems) -> None:
    """Note a prescription whose ingredients nobody can tell: its safety could not be checked."""
    formulary = world.formulary
    if action.medicine is None and action.regimen is None:
        word = action.code.split(":", 1)[1]
        hint = nearest(word, (*formulary.medicines, *formulary.regimens)) or "Add it to the formulary."
        message = f'"{action.code}" is neither a medicine nor a regimen of the formulary'
        problems.add(action.place, "P302", message, hint)
    elif action.regimen is None:
        _check_code(action.code, world, action.place, problems)


def is_declared(code: str, world: World) -> bool:
    """Return whether a plan code is declared, in the vocabulary or as regimen or medicine of the formulary."""
    kind, _, name = code.partition(":")
    formulary = world.formulary
    if code in world.vocabulary.codes:
        return True
    if kind == "rx":
        return name in formulary.regimens or _is_kind(formulary, name, "medicine")
    return kind == "supp" and (name in formulary.regimens or _is_kind(formulary, name, "supplement"))


def _is_kind(formulary: Formulary, name: str, kind: str) -> bool:
    return name in formulary.medicines and formulary.medicines[name].kind in (kind, "medicine")


def _codes(world: World) -> set[str]:
    formulary = world.formulary
    return {*world.vocabulary.codes, *(f"rx:{name}" for name in (*formulary.regimens, *formulary.medicines))}


def _check_code(code: str, world: World, place: Place, problems: Problems) -> None:
    if not is_declared(code, world):
        hint = nearest(code, _codes(world)) or "Declare it under codes in the vocabulary."
        problems.add(place, "P301", f'the code "{code}" is not declared', hint)


def _check_asked(names: Iterable[str], world: World, place: Place, problems: Problems) -> None:
    names = tuple(names)
    if not names:
        return
    facts = world.vocabulary.facts
    known = {*facts, *(name for spec in facts.values() for name in spec.ask)}
    for name in names:
        if name not in known:
            hint = nearest(name, known) or "Declare it in the vocabulary."
            problems.add(place, "P105", f'"{name}" is asked, but is not a fact', hint)


def _check_order(document: Protocol, rule: Rule, world: World, problems: Problems) -> None:
    for other in (*rule.overrides, *rule.unless):
        protocol, _, name = other.partition(".")
        rules = world.protocols[protocol].rules if protocol in world.protocols else {}
        if name not in rules and protocol not in world.unread:
            names = [f"{p.name}.{key}" for p in world.protocols.values() for key in p.rules]
            hint = nearest(other, names) or "Name it as protocol.rule."
            problems.add(rule.place, "P303", f'the rule "{other}" does not exist', hint)
        elif name in rules and other in rule.overrides and rules[name].red_flag:
            message = f'"{rule.name}" overrides the red flag "{other}"'
            problems.add(rule.place, "P311", message, "A red flag cannot be switched off: remove it from overrides.")
    if rule.red_flag and rule.unless:
        message = f'the red flag "{rule.name}" has unless'
        problems.add(rule.place, "P311", message, "A red flag cannot be switched off: remove unless.")


def check_formulary(world: World, problems: Problems) -> None:
    """Note codes and names in safety conditions and interactions that do not exist."""
    formulary = world.formulary
    given: list[Medicine | Regimen] = [*formulary.medicines.values(), *formulary.regimens.values()]
    for found in given:
        _check_safety(found.safety, world, problems)
        for code in found.alternatives:
            _check_code(code, world, found.place, problems)
    for interaction in formulary.interactions:
        _check_asked(interaction.ask, world, interaction.place, problems)
        for code in interaction.add:
            _check_code(code, world, interaction.place, problems)


def _check_safety(conditions: Iterable[SafetyCondition], world: World, problems: Problems) -> None:
    for condition in conditions:
        _check_asked(condition.ask, world, condition.place, problems)
        for code in condition.add:
            _check_code(code, world, condition.place, problems)


def check_score(document: Score, problems: Problems) -> None:
    """Note names of a score's tests that do not exist, and a danger that is none of its bands."""
    for danger in document.danger if document.value_type != "code" else ():
        if danger not in document.bands:
            hint = nearest(danger, document.bands) or f"It has: {', '.join(document.bands)}."
            problems.add(document.place, "P406", f'the score has no band "{danger}"', hint)
    for example in document.examples:
        for name in example.given:
            _check_in(name, document.inputs, "input", example.place, problems)
        band = example.scores.get("band")
        if band is not None:
            _check_in(str(band), document.bands, "band", example.place, problems)
        for name in (*_listed(example.scores.get("missing")), *_listed(example.scores.get("query"))):
            if not _DAYS.fullmatch(name):
                _check_in(name, document.inputs, "input", example.place, problems)


def _listed(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else () if value is None else (str(value),)


def _check_in(name: str, known: Iterable[str], what: str, place: Place, problems: Problems) -> None:
    options = tuple(known)
    if name not in options:
        hint = nearest(name, options) or f"It has: {', '.join(options)}."
        problems.add(place, "P404", f'the score has no {what} "{name}"', hint)


def check_questionnaire(document: Questionnaire, world: World, problems: Problems) -> None:
    """Note the score of a questionnaire if it does not exist."""
    if document.score is not None and document.score not in {*world.scores, *world.unread}:
        hint = nearest(document.score, world.scores) or "Add the score."
        problems.add(document.place, "P310", f'no score is called "{document.score}"', hint)


# --- tests of protocols


def check_examples(library: Library, unread: frozenset[str], problems: Problems) -> None:
    """Note names and codes in protocols' tests that cannot be."""
    rules = {f"{protocol.name}.{name}" for protocol in library.protocols for name in protocol.rules}
    scores = {*unread, *(score.name for score in library.scores)}
    protocols = {protocol.name: protocol for protocol in library.protocols}
    world = World(library.vocabulary, library.formulary, {}, protocols, {})
    for protocol in library.protocols:
        for example in protocol.examples:
            _check_example(protocol, example, world, (rules, scores), problems)


def _check_example(
    protocol: Protocol, example: Example, world: World, known: tuple[set[str], set[str]], problems: Problems
) -> None:
    rules, scores = known
    doses = [f"drug:{medicine}" for medicine in example.doses]
    for entry in (*example.include, *example.exclude, *example.held, *example.blocked, *example.urgencies, *doses):
        for code in entry.split("|"):
            _check_expected(code, world, example.place, problems)
    for name in (*example.fired, *example.not_fired):
        if name not in rules and f"{protocol.name}.{name}" not in rules and name.split(".")[0] not in scores:
            hint = nearest(name, protocol.rules) or "Name a rule of this protocol, or protocol.rule."
            problems.add(example.place, "P307", f'there is no rule "{name}"', hint)
    for score in example.scores:
        if score not in scores:
            problems.add(example.place, "P307", f'there is no score "{score}"', nearest(score, scores))
    _check_asked(example.ask, world, example.place, problems)
    try:
        read_example(example.given, world.vocabulary, world.formulary)
    except CaseError as error:
        problems.add(example.place, "P308", f'the test "{example.name}": {str(error)[5:]}', error.hint)


def _check_expected(code: str, world: World, place: Place, problems: Problems) -> None:
    kind, _, name = code.partition(":")
    if name == "*" or kind == "calc":
        return
    formulary = world.formulary
    known = name in formulary.medicines or name in formulary.classes if kind == "drug" else is_declared(code, world)
    if not known:
        hint = nearest(code, _codes(world)) or "Declare it, or correct the test."
        problems.add(place, "P307", f'the test names "{code}", which is not declared', hint)


# --- an edition of one day


def dangling(protocols: Mapping[str, Protocol], scores: Mapping[str, Score]) -> tuple[Problem, ...]:
    """Return a problem for each name that means nothing among the versions chosen."""
    found = []
    for place, name in _read_names(protocols, scores):
        known = name.name in scores if name.kind in ("score", "band") else _exists(name, protocols)
        if not known:
            hint = "Include the version that declares it, or correct effective dates."
            found.append(Problem(place, "P105", f'"{name.name}" is not in force with this version', hint))
    return tuple(sorted(set(found)))


def _read_names(protocols: Mapping[str, Protocol], scores: Mapping[str, Score]) -> Iterator[tuple[Place, Name]]:
    for protocol in protocols.values():
        for expr in _expressions(protocol):
            yield from ((node.place, node) for node in nodes(expr) if isinstance(node, Name))
    for score in scores.values():
        for given in score.inputs.values():
            if given.bind is not None:
                yield from ((node.place, node) for node in nodes(given.bind) if isinstance(node, Name))


def _expressions(protocol: Protocol) -> Iterator[Expr]:
    if protocol.applies is not None:
        yield protocol.applies
    yield from (definition.expression for definition in protocol.definitions.values())
    for rule in protocol.rules.values():
        yield rule.when
        if rule.exclude is not None:
            yield rule.exclude


def _exists(name: Name, protocols: Mapping[str, Protocol]) -> bool:
    if name.kind not in ("definition", "parameter", "conclusion") or "." not in name.name:
        return True
    owner, key = name.name.split(".", 1)
    protocol = protocols.get(owner)
    if protocol is None:
        return False
    concluded = {action.code for action in _conclusions(protocol)}
    return key in protocol.definitions or key in protocol.parameters or key in concluded

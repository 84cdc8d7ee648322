"""People of whom anything may be recorded, often exactly at a limit that some rule compares with."""

from fractions import Fraction

from engine.conditions import Compare, Name, Number, nodes
from engine.facts import CaseFacts, CodeSet, Origin, Value

SAID = Origin("questionnaire")
STEPS = (Fraction(0), Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 10), Fraction(-1, 10))


def someone(program, pick):
    """Return the facts of one person of a program's vocabulary."""
    share = pick.choice([0.1, 0.3, 0.5, 0.8, 1])
    facts = program.edition.vocabulary.facts
    values = {name: _value(program, spec, pick) for name, spec in facts.items() if pick.random() < share}
    values = {name: value for name, value in values.items() if value is not None}
    if "sex" in values and values["sex"].value == "male":
        values |= dict.fromkeys(("pregnant", "breastfeeding"), Value(False, SAID))
    return CaseFacts("", None, _doubted(values))


def _doubted(values):
    """An empty list of allergies is not whole if the patient says there are some: as a case is read."""
    declared, allergies = values.get("drug_allergies_declared"), values.get("allergy")
    if declared is not None and declared.value and allergies is not None and not allergies.codes:
        return {**values, "allergy": CodeSet(frozenset(), SAID, complete=False)}
    return values


def _value(program, spec, pick):
    match spec.type:
        case "yes_no":
            return Value(pick.random() < 0.5, SAID)
        case "choice":
            return Value(pick.choice(sorted(spec.choices)), SAID)
        case "integer" | "decimal" | "quantity":
            return Value(_number(program, spec, pick), SAID)
        case "set":
            return _list(program, spec, pick)
    return None


def _number(program, spec, pick):
    low, high = spec.range or (Fraction(0), Fraction(100))
    limits = [limit for limit in _limits(program).get(spec.name, ()) if low <= limit <= high]
    if limits and pick.random() < 0.6:
        value = min(max(pick.choice(limits) + pick.choice(STEPS), low), high)
    else:
        value = low + (high - low) * Fraction(pick.randint(0, 1000), 1000)
    return Fraction(int(value)) if spec.type == "integer" else value


_KNOWN: dict[str, dict[str, list[Fraction]]] = {}


def _limits(program):
    """Return the numbers that conditions compare each fact with, found once a program."""
    if program.digest not in _KNOWN:
        found: dict[str, set[Fraction]] = {}
        every = [*program.definitions.values(), *(part for node in program.rules for part in node.conditions)]
        for node in (node for expr in every for node in nodes(expr)):
            if isinstance(node, Compare) and isinstance(node.left, Name) and isinstance(node.right, Number):
                found.setdefault(node.left.name, set()).add(node.right.value)
        _KNOWN[program.digest] = {name: sorted(values) for name, values in found.items()}
    return _KNOWN[program.digest]


def _list(program, spec, pick):
    formulary = program.edition.formulary
    every = sorted(spec.choices) or _names(formulary)
    held = set(pick.sample(every, min(len(every), pick.choice([0, 0, 1, 2, 5]))))
    for code in tuple(held):
        if code in formulary.brands:
            held |= set(formulary.brands[code].ingredients)
    return CodeSet(frozenset(held), SAID, pick.random() < 0.8)


def _names(formulary):
    return sorted({*formulary.medicines, *formulary.classes, *formulary.brands})

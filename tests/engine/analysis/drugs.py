"""Random libraries of medicines that meet, block, lower and bring each other, and each with one thing changed."""

from dataclasses import replace
from random import Random

from engine.conditions import Known
from engine.formulary import Interaction, Part, SafetyCondition
from tests.engine.builders import (
    action,
    all_of,
    any_of,
    at_least,
    both,
    case,
    edition,
    fact,
    formulary,
    includes,
    is_,
    medicine,
    not_,
    number,
    protocol,
    regimen,
    rule,
    yes_no,
)

FLAGS = ("a", "b", "c", "d")
FACTS = {**yes_no(*FLAGS), **number("x", 0, 6), **number("y", 0, 6)}
DRUGS = {"aspirin": ("salicylates",), "mesalazine": ("salicylates",), "iron": (), "omeprazole": ("acid",)}
SEVERITIES = ("contraindicated", "adjust", "monitor")
DOSES = ("10 mg", "20 mg", "40 mg", "60 mg", "1 g")
OFTEN = ("once daily", "twice daily", "as needed", "at noon")
ADDED = ("alert:watch", "test:levels", "advice:apart")
TAKEN = ([], [], ["aspirin"], {"aspirin": "20 mg daily"}, {"omeprazole": "35 mg daily"}, ["salicylates"])
MAXIMA = ("", "30 mg", "50 mg", "100 mg")


def condition(pick: Random, depth: int = 1):
    kind = pick.random()
    if depth == 0 or kind < 0.5:
        return _leaf(pick)
    if kind < 0.6:
        return not_(condition(pick, depth - 1))
    parts = [condition(pick, depth - 1) for _ in range(2)]
    if kind < 0.8:
        return all_of(*parts)
    return any_of(*parts) if kind < 0.9 else at_least(1, *parts)


def _leaf(pick: Random):
    return pick.choice((
        lambda: fact(pick.choice(FLAGS)), lambda: fact(pick.choice(FLAGS)),
        lambda: is_(pick.choice(("<", ">=", "=")), pick.choice("xy"), pick.randint(0, 6)),
        lambda: includes("medication", drug := pick.choice(sorted(DRUGS)), drug),
        lambda: includes("allergy", drug := pick.choice(sorted(DRUGS)), drug),
        lambda: Known(pick.choice(FLAGS), pick.random() < 0.5),
    ))()  # fmt: skip


def some_of(pick: Random, every, most: int):
    return tuple(pick.sample(every, pick.randint(0, most)))


def safety(pick: Random):
    severity = pick.choice(SEVERITIES)
    dose = pick.choice((None, "5 mg", "15 mg once daily", "half")) if severity == "adjust" else None
    return SafetyCondition(condition(pick), severity, both("why"), some_of(pick, ADDED, 2), dose=dose)


def interaction(pick: Random):
    severity = pick.choice(SEVERITIES)
    sides = tuple(pick.sample([*DRUGS, "salicylates"], 2))
    lowered = {pick.choice(sorted(DRUGS)): "5 mg"} if severity == "adjust" and pick.random() < 0.5 else {}
    meant = ("course",) if pick.random() < 0.3 else ()
    return Interaction(sides, severity, both("why"), some_of(pick, ADDED, 1), dose=lowered, intended_in=meant)


def part(pick: Random, drug: str):
    return Part(drug, pick.choice(DOSES), pick.choice(OFTEN), duration_days=pick.choice((None, 7)))


def _medicine(pick: Random, drug: str):
    hazards = [safety(pick) for _ in range(pick.randint(0, 2))]
    return medicine(drug, *DRUGS[drug], safety=hazards, maximum=pick.choice(MAXIMA))


def _pharmacy(pick: Random):
    medicines = [_medicine(pick, drug) for drug in DRUGS]
    course = regimen(
        "course", *(part(pick, drug) for drug in pick.sample(sorted(DRUGS), 2)),
        safety=[safety(pick) for _ in range(pick.randint(0, 1))],
    )  # fmt: skip
    met = [interaction(pick) for _ in range(pick.randint(0, 4))]
    made = formulary(medicines, regimens=[course], interactions=met)
    return replace(made, names={name: name for name in (*made.medicines, *made.classes)})


def gives(pick: Random):
    """Return an action: a medicine with a dose of its own, the regimen, the same with its own dose, or a line."""
    drug, days = pick.choice(sorted(DRUGS)), pick.choice((None, 14))
    dose, often = pick.choice(("", *DOSES)), pick.choice(OFTEN)
    return pick.choice((
        lambda: action(f"rx:{drug}", medicine=drug, dose=dose, frequency=often, duration_days=days),
        lambda: action(f"rx:{drug}", medicine=drug, dose=dose, frequency=often, duration_days=days),
        lambda: action("rx:course", regimen="course"),
        lambda: action("rx:course", regimen="course", medicine=drug, dose=dose, frequency=often),
        lambda: action("test:levels", urgency=pick.choice(("none", "soon"))),
        lambda: action("fu:visit", after_days=pick.choice((7, 14, 28)), with_questionnaire=pick.choice((None, "q"))),
    ))()  # fmt: skip


def a_rule(pick: Random, name: str):
    exclude = condition(pick) if pick.random() < 0.4 else None
    more = {"paediatric": pick.random() < 0.3, "red_flag": pick.random() < 0.1}
    return rule(name, condition(pick), *[gives(pick) for _ in range(pick.randint(1, 2))], exclude=exclude, **more)


def a_pharmacy(number: int):
    """Return the random library of a number: few medicines, so that they often meet."""
    pick = Random(number)  # noqa: S311
    rules = [a_rule(pick, f"r{i}") for i in range(5)]
    return edition(FACTS, protocol("p", *rules), drugs=_pharmacy(pick), scores=[])


def a_patient(number: int):
    """Return the random patient of a number; each fact is unknown in one of four."""
    pick = Random(-number - 1)  # noqa: S311
    known = {
        **{name: pick.random() < 0.5 for name in FLAGS},
        "x": pick.randint(0, 6),
        "y": pick.randint(0, 6),
        "age": pick.choice((17, 18, 40, 40, 40)),
        "allergy": pick.choice(([], [], [], ["salicylates"], ["iron"])),
        "medication": pick.choice(TAKEN),
    }  # fmt: skip
    return case(**{name: None if pick.random() < 0.2 else value for name, value in known.items()})


def changed(made, number: int):
    """Return a library with one thing changed: a rule, a medicine, an interaction or the regimen."""
    pick = Random(1_000_000 + number)  # noqa: S311
    return pick.choice((_other_rule, _other_rule, _other_medicine, _other_interactions, _other_course))(made, pick)


def _other_rule(made, pick: Random):
    old = made.protocols["p"]
    name = pick.choice(sorted(old.rules))
    new = pick.choice((
        lambda each: replace(each, when=condition(pick)), lambda each: replace(each, exclude=condition(pick)),
        lambda each: replace(each, actions=(gives(pick),)), lambda each: replace(each, paediatric=not each.paediatric),
    ))(old.rules[name])  # fmt: skip
    return replace(made, protocols={"p": replace(old, rules={**old.rules, name: new})})


def _other_medicine(made, pick: Random):
    drugs, drug = made.formulary, pick.choice(sorted(DRUGS))
    return replace(
        made, formulary=replace(drugs, medicines={**drugs.medicines, drug: _medicine(pick, drug)})
    )  # fmt: skip


def _other_interactions(made, pick: Random):
    kept = made.formulary.interactions[1:]
    more = (interaction(pick),) if pick.random() < 0.7 else ()
    return replace(made, formulary=replace(made.formulary, interactions=(*kept, *more)))


def _other_course(made, pick: Random):
    course = made.formulary.regimens["course"]
    parts = (part(pick, course.parts[0].medicine), *course.parts[1:])
    new = replace(course, parts=parts) if pick.random() < 0.6 else replace(course, safety=(safety(pick),))
    return replace(made, formulary=replace(made.formulary, regimens={"course": new}))

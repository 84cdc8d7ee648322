"""What explanations are held against: every answer to every open fact, each selection evaluated by itself."""

from dataclasses import replace
from itertools import product
from math import prod

from hypothesis import strategies as st

from engine.compiler import compile_edition
from engine.evaluator import evaluate
from engine.explanation.outcomes import shown
from tests.engine.builders import case, given
from tests.engine.programs import COLOURS, FLAGS, NUMBERS, built, protocols

ANSWERS = {
    **dict.fromkeys(FLAGS, (True, False)),
    **dict.fromkeys(NUMBERS, tuple(range(7))),
    "colour": COLOURS,
    "allergy": ([], ["aspirin"], ["mesalazine"], ["salicylates"], ["aspirin", "salicylates"]),
}
MOST = 60  # selections of answers that one example tries


@st.composite
def programs(draw):
    """Draw a program and what chance makes cases of: one program serves many, because compiling it is what takes."""
    return compile_edition(built(*draw(protocols()))), draw(st.integers(0, 10**6))


def drawn_case(chance, names=()):
    """Return a case of which everything is known but ``names``; no day of the diary is left out."""
    known = {
        **{name: chance.choice(ANSWERS[name]) for name in ANSWERS},
        "age": chance.choice((17, 18, 40, 40)),
        "medication": chance.choice(([], ["aspirin"], {"aspirin": "20 mg daily"}, {"aspirin": "75 mg"})),
        "pain": tuple(chance.randint(0, 10) for _ in range(4)),
    }
    return case(**{**known, **dict.fromkeys(names)})


def open_facts(chance):
    """Return one to three facts that are not known, few enough for every answer to be tried."""
    while True:
        names = sorted(chance.sample(sorted(ANSWERS), chance.randint(1, 3)))
        if prod(len(ANSWERS[name]) + 1 for name in names) <= MOST:
            return names


def with_answers(facts, answers):
    return replace(facts, values={**facts.values, **{name: given(value) for name, value in answers.items()}})


def every_plan(program, facts, names):
    """Return what the plan comes to for every selection of answers; None: not answered."""
    choices = [(None, *range(len(ANSWERS[name]))) for name in names]
    rows = {}
    for chosen in product(*choices):
        said = {name: ANSWERS[name][n] for name, n in zip(names, chosen, strict=True) if n is not None}
        rows[chosen] = shown(evaluate(program, with_answers(facts, said)))
    return rows


def changing(rows, names):
    """Return the facts of which some answer, beside some other answers, makes the plan another."""
    return {
        name
        for index, name in enumerate(names)
        if any(rows[key] != rows[(*key[:index], None, *key[index + 1 :])] for key in rows if key[index] is not None)
    }


__all__ = ["ANSWERS", "changing", "drawn_case", "every_plan", "open_facts", "programs", "with_answers"]

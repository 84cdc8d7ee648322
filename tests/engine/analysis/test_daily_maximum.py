"""No ingredient above its daily maximum after merging: of all possible patients, not only of those somebody tried."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import z3

from engine.analysis.amounts import daily
from engine.analysis.aspects import Version
from engine.analysis.conditions import encoder_of
from engine.analysis.items import Plans
from engine.analysis.rails import every, some
from engine.analysis.search import Search
from engine.analysis.spans import term
from engine.compiler import compile_edition
from engine.evaluator import evaluate
from tests.engine.analysis.shipped import plans, program


def limits(made):
    return {name: each.max_daily for name, each in made.edition.formulary.medicines.items() if each.max_daily}


def proposed(version, drug, unit):
    """Return of whom an ingredient is proposed in each item and dose, with what that comes to in a day."""
    for final in version.finals.values():
        for amount, here in final.doses.get(drug, {}).items():
            own = None if amount is None else daily(amount, unit)
            if own is not None:
                yield every((final.proposed, here)), own


def above(version, drug, limit):
    """Return of whom all that is proposed of an ingredient, with what is taken already, passes a limit or may do so."""
    most, unit = limit
    world = version.plans.encoder.world
    taken, known = world.daily(drug, unit)
    has = world.has("medication", drug)
    given = [(here, own) for here, own in proposed(version, drug, unit) if not z3.is_false(here)]
    parts = [z3.If(here, term(own), term(Fraction(0))) for here, own in given]
    total = z3.Sum([*parts, z3.If(has, taken, term(Fraction(0)))])
    return every((some(here for here, _ in given), some((total > term(most), every((has, z3.Not(known)))))))


@cache
def shipped():
    return Version(plans())


def test_nothing_the_shipped_library_proposes_passes_a_daily_maximum_with_what_is_taken():
    version, wanted = shipped(), {}
    for drug, limit in limits(program()).items():
        wanted[drug] = above(version, drug, limit)
    given = {drug for drug in wanted if not z3.is_false(wanted[drug])}
    assert len(given) >= 10, "a proof over medicines that nobody is given is none"
    assert Search(version.plans).possible(wanted) == set()


def test_of_a_tenth_of_the_maximum_somebody_is_found():
    """The same question with limits that do not hold: the proof above is not empty."""
    version = shipped()
    tenth = {drug: above(version, drug, (most / 10, unit)) for drug, (most, unit) in limits(program()).items()}
    assert len(Search(version.plans).possible(tenth)) >= 10


def test_without_its_maximum_somebody_is_proposed_too_much_and_the_evaluator_confirms_it():
    medicines, drug = program().edition.formulary.medicines, "omeprazole"
    free = {**medicines, drug: replace(medicines[drug], max_daily=None)}
    made = compile_edition(replace(program().edition, formulary=replace(program().edition.formulary, medicines=free)))
    version = Version(Plans(encoder_of(made)))

    def gives_it(witness):
        items = [item for item in evaluate(made, witness.facts).items if item.state == "proposed"]
        return any(each.ingredient == drug for item in items for each in item.doses)

    answer = Search(version.plans).find(above(version, drug, medicines[drug].max_daily), gives_it)
    assert answer.found == "somebody"
    with_maximum = evaluate(program(), answer.witness.facts).items
    assert not [item for item in with_maximum if item.state == "proposed" and drug in item.drugs]

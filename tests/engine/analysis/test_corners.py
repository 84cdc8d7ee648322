"""A score that no solver reckons: what is so at both ends of what a statement leaves decides it, or it is left open."""

from fractions import Fraction

import pytest

from engine.analysis import search as searching
from engine.analysis.conditions import encoder_of
from engine.analysis.invariants import breaks, prove
from engine.analysis.items import Plans
from engine.analysis.search import Search
from engine.compiler import compile_edition
from engine.conditions import Arithmetic, Call, Name
from engine.facts import FactSpec
from engine.language.documents import Invariant, ScoreInput
from tests.engine.builders import all_of, both, edition, fact, is_, protocol, rule, score_of

SCORE = Name("s", "score")
RANGE = (Fraction(1), Fraction(50))
FACTS = {name: FactSpec(name, "decimal", both(name), range=RANGE, step=Fraction(1, 10)) for name in ("x", "y")}
RISES = Call("ln", (Arithmetic("*", fact("x"), fact("y")),))
TURNS = Call("ln", (Arithmetic("+", fact("x"), Arithmetic("*", fact("y"), Arithmetic("-", fact("y"), fact("x")))),))
LOW, HIGH = all_of(is_("<", "x", 4), is_("<", "y", 4)), all_of(is_(">=", "x", 6), is_(">=", "y", 6))


def searched(value):
    """Return what asks about a rule that warns where the logarithm is over 3."""
    inputs = [ScoreInput(name, "decimal", fact(name), range=RANGE) for name in FACTS]
    score = score_of("s", inputs, value, value_type="decimal", adults_only=False, range=(Fraction(0), Fraction(9)))
    warns = rule("warns", is_(">", SCORE, 3), "alert:high")
    return Search(Plans(encoder_of(compile_edition(edition(FACTS, protocol("p", warns), scores=[score])))))


def verdict(kind, when, value=RISES):
    search = searched(value)
    invariant = Invariant("stated", kind, ("alert:high",), when, both("because"))
    return prove(invariant, search), search.plans.encoder.program


@pytest.mark.parametrize(("kind", "when"), [("never", LOW), ("always", HIGH)])
def test_where_the_value_only_rises_the_highest_or_lowest_patient_speaks_for_all(kind, when):
    assert verdict(kind, when)[0].found == "proved"


@pytest.mark.parametrize(("kind", "when"), [("never", is_("<", "x", 6)), ("always", is_(">=", "x", 6))])
def test_what_does_not_hold_beside_the_corners_is_refuted_by_somebody_whom_the_evaluator_confirms(kind, when):
    found, made = verdict(kind, when)
    assert found.found == "refuted"
    assert breaks(found.invariant, found.witness, made)


def test_a_value_that_rises_and_falls_is_left_free_and_that_is_said():
    found, _ = verdict("never", LOW, TURNS)
    assert (found.found, found.holds) == ("open", False)
    assert "the value of s was left free" in found.why


def test_without_what_is_so_of_single_patients_nothing_is_proved_of_a_logarithm(monkeypatch):
    monkeypatch.setattr(searching, "lemmas_of", lambda *of: iter(()))
    found, _ = verdict("never", LOW)
    assert (found.found, found.why.endswith("the value of s was left free")) == ("open", True)

"""A stored case as the engine reads it, and its program: read once for each evaluation at hand, however often asked."""

from datetime import date

from engine.compiler import Program
from engine.facts import CaseFacts
from engine.language.cases import read_case
from rules import services as shelf
from webapp.plans.models import Evaluation

_KEPT = "_read_by_the_engine"  # on the evaluation itself: it goes when that goes


def engine_of(evaluation: Evaluation) -> tuple[Program, CaseFacts]:
    """Return the program of an evaluation's library, and its case; raise one of running.FAULTS where it cannot."""
    known = evaluation.__dict__.get(_KEPT)
    if known is None:
        digest = evaluation.release.digest if evaluation.release else None
        program = shelf.program(digest, date.fromisoformat(evaluation.case["as_of"]))
        known = program, read_case(evaluation.case, program.edition.vocabulary, program.edition.formulary)
        evaluation.__dict__[_KEPT] = known
    found: tuple[Program, CaseFacts] = known
    return found

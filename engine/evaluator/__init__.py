"""Evaluates one case: ``evaluate`` makes the plan, ``score`` one score, ``truth`` answers a single condition."""

from engine.compiler.program import Program
from engine.compiler.walk import scope_of
from engine.compiler.walk import truth as _truth
from engine.conditions import Expr
from engine.evaluator.adding import BY_HAND, Addition
from engine.evaluator.evaluation import evaluate
from engine.evaluator.output import canonical, plan_json, score_json
from engine.evaluator.scores import score
from engine.facts import CaseFacts
from engine.plan import Truth


def truth(expr: Expr, case: CaseFacts, program: Program) -> Truth:
    """Return whether a checked condition is true, false or unknown for a case."""
    return _truth(expr, scope_of(program, case))


__all__ = ["BY_HAND", "Addition", "canonical", "evaluate", "plan_json", "score", "score_json", "truth"]

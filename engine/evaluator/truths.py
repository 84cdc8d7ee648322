"""What every rule of a case comes to, as one of three truths: what columns and a second opinion are held equal to."""

from collections.abc import Iterable

from engine.compiler.program import Program, Scope
from engine.compiler.walk import scope_of
from engine.evaluator.rules import Outcome, outcome_of, rails
from engine.facts import CaseFacts
from engine.plan import Truth

_TRUTHS: dict[str, Truth] = {"proposed": True, "open": None, "held": None, "excluded": False, "silent": False}


def rule_truths(program: Program, case: CaseFacts) -> tuple[Truth, ...]:
    """Return the truths of all rules as live decisions have them, in the order of the program."""
    scope = scope_of(program, case)
    if scope.mentions:
        return walked_truths(scope)
    fired, open_, _ = rails(scope)
    found: list[Truth] = [False] * len(program.rules)
    for index in fired:
        found[index] = True
    for index in open_:
        found[index] = None
    return tuple(found)


def walked_truths(scope: Scope) -> tuple[Truth, ...]:
    """Return the truths of all rules by walking their conditions, without rails."""
    return tuple(_TRUTHS[outcome_of(node, scope)] for node in scope.program.rules)


def walked_outcomes(scope: Scope, positions: Iterable[int]) -> tuple[Outcome, ...]:
    """Return what the rules at some positions come to by walking their conditions."""
    return tuple(outcome_of(scope.program.rules[place], scope) for place in positions)

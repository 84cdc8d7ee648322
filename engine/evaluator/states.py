"""The states of the items of a plan, and nothing else of it: for many cases whose rules are decided already."""

from collections.abc import Iterable, Mapping

from engine.compiler.program import Program
from engine.compiler.walk import scope_of
from engine.evaluator.evaluation import drafted
from engine.evaluator.rules import Decided, Decision, judge
from engine.facts import CaseFacts, Mention
from engine.plan import State


def item_states(
    program: Program,
    case: CaseFacts,
    mentions: tuple[Mention, ...],
    *,
    proposed: Iterable[int],
    held: Iterable[int],
) -> Mapping[str, State]:
    """Return the state of every item that ``evaluate`` puts into the plan of a case, by its code.

    Given are what its free text mentions and the positions of the rules that are proposed and held. What open rules
    wait for, scores and questions are left out: nine parts in ten of a plan.
    """
    scope = scope_of(program, case, mentions)
    found = {place: Decision(program.rules[place], "proposed") for place in proposed}
    found |= {place: judge(program.rules[place], scope, asking=False) for place in held}
    drafts, _ = drafted(Decided(scope, tuple(found[place] for place in sorted(found))))
    return {code: draft.state for code, draft in drafts.items()}

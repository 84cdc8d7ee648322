"""Which items and scores rest on what the patient wrote and nobody has confirmed."""

from collections.abc import Mapping
from dataclasses import replace

from engine.compiler.mentions import resting
from engine.compiler.program import Scope
from engine.compiler.walk import state
from engine.evaluator.rules import Decided, bare_name, only_written
from engine.merge import Draft
from engine.plan import ScoreResult


def written_only(decided: Decided) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the rules (protocol, name) that only a free text indicates, with the facts it says."""
    if decided.scope.danger is None:
        return {}
    found = {
        (each.node.protocol.name, bare_name(each.node)): only_written(each.node, decided.scope)
        for each in decided.decisions
    }
    return {name: facts for name, facts in found.items() if facts}


def unconfirmed_of(draft: Draft, scope: Scope, written: Mapping[tuple[str, str], tuple[str, ...]]) -> tuple[str, ...]:
    """Return the facts an item rests on that only a free text says: in every rule behind it, or in its safety."""
    if scope.danger is None:
        return ()
    rules = [written.get((reason.protocol, reason.rule), ()) for reason in draft.reasons]
    facts = [fact for each in rules for fact in each] if all(rules) else []
    facts += [fact for finding in draft.safety if finding.truth for fact in finding.facts]
    return resting(facts, scope)


def alarmed_score(name: str, scope: Scope) -> ScoreResult:
    """Return a score as it is shown: with what the patient wrote where that is a danger, and then saying so."""
    result = state(name, scope.alarmed).result
    if scope.danger is None or result == state(name, scope).result:
        return result
    facts = (fact for reads in scope.program.scores[name].reads.values() for fact in reads)
    return replace(result, unconfirmed=resting(facts, scope))

"""Red flags that something could switch off: safety of their items, what items do to each other, or another rule.

A red flag obeys neither its protocol's ``applies`` nor any other rule. What it excludes itself is written at the rule,
with its reason. But it may read a conclusion, and the rules that draw it are no red flags: another rule may silence
them, or ``applies`` of their protocol, be it this one or another.
"""

from dataclasses import dataclass

import z3

from engine.analysis.conditions import Encoder
from engine.analysis.rails import Rails, conjunction, every, negation, no, some
from engine.analysis.search import Answer, Search
from engine.analysis.stated import shown
from engine.analysis.witness import Witness
from engine.compiler.program import RuleNode
from engine.compiler.walk import scope_of, truth
from engine.conditions import Expr, Name, nodes
from engine.evaluator import evaluate


@dataclass(slots=True)
class Unsilenced(Encoder):
    """Reads rules by their own words alone: nothing silences them, and they are for everybody."""

    def rule(self, name: str) -> Rails:
        if name not in self.rules:
            node = self.program.rules[self.program.positions[name]]
            parts = [self.truth(node.when, red=node.rule.red_flag)]
            if node.exclude is not None:
                parts.append(negation(self.truth(node.exclude, red=node.rule.red_flag)))
            self.rules[name] = conjunction(parts)
        return self.rules[name]


def unsilenced(encoder: Encoder) -> Unsilenced:
    """Return a reading of the same patients in which no rule silences another; scores and diaries are shared."""
    return Unsilenced(encoder.world, encoder.scope, readings=encoder.readings, scores=encoder.scores)


def switched_off(node: RuleNode, search: Search) -> Answer:
    """Return a patient of whom a red flag is true and not excluded, and nothing of it stands in the plan."""
    codes = _codes(node, search)
    if not codes:
        return Answer("nobody")
    own, plans = search.plans.encoder, search.plans
    there = some(shown(plans.items[code], some(plans.added.get(code, ()))) for code in codes)
    readings = [own, unsilenced(own)] if conclusions_of(node, own) else [own]
    wanted = every((some(_says(node, each) for each in readings), no(there)))
    return search.find(wanted, lambda witness: _is_missing(node, codes, witness, search))


def _codes(node: RuleNode, search: Search) -> list[str]:
    actions = [action for action in node.rule.actions if action.kind not in ("ask", "conclude")]
    return [action.code for action in actions if action.code in search.plans.items]


def _says(node: RuleNode, encoder: Encoder) -> z3.BoolRef:
    """Return that a red flag is true and what it excludes is not."""
    when = encoder.truth(node.when, red=True).true
    return when if node.exclude is None else every((when, no(encoder.truth(node.exclude, red=True).true)))


def _is_missing(node: RuleNode, codes: list[str], witness: Witness, search: Search) -> bool:
    """Return whether the evaluator's plan holds nothing of a red flag whose facts are true of a patient.

    Where it reads a conclusion that another rule silences, its facts are true of whom the prover says so.
    """
    program = search.plans.encoder.program
    scope = scope_of(program, witness.facts)
    excluded = node.exclude is not None and truth(node.exclude, scope, red=True) is True
    says = truth(node.when, scope, red=True) is True and not excluded
    plan = {item.code for item in evaluate(program, witness.facts).items if item.state != "blocked"}
    return not plan.intersection(codes) and (says or bool(conclusions_of(node, search.plans.encoder)))


def conclusions_of(node: RuleNode, encoder: Encoder) -> list[str]:
    """Return the conclusions that a rule rests on, through definitions and other conclusions."""
    program, found = encoder.program, dict[str, None]()
    waiting: list[Expr] = [part for part in (node.when, node.exclude) if part is not None]
    seen = set[str]()
    while waiting:
        for name in (each for each in nodes(waiting.pop()) if isinstance(each, Name) and each.name not in seen):
            if name.kind == "definition":
                waiting.append(program.definitions[name.name])
            elif name.kind == "conclusion":
                found[name.name] = None
                drawn = (program.rules[program.positions[rule]] for rule in program.conclusions[name.name])
                waiting += [part for rule in drawn for part in (rule.when, rule.exclude) if part is not None]
            else:
                continue
            seen.add(name.name)
    return list(found)

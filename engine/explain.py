"""Why an item is there, why not, what it waits for: from one trace, in three voices, Spanish and English."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.compiler.program import Program, RuleNode, Scope
from engine.compiler.reading import is_known
from engine.compiler.sides import behind
from engine.compiler.walk import scope_of, state, truth
from engine.conditions import And, AtLeast, Decide, Expr, Name, Not, Or, children, facts_of
from engine.evaluator.rules import Decision, judge, reads
from engine.facts import CaseFacts, Origin, Text
from engine.plan import Item, Plan, Reason, SafetyFinding, TraceLine, Truth
from engine.wording import LANGUAGES, Wording, code_title, fact_title, phrase, said

Voice = Literal["patient", "doctor", "auditor"]

_LACKS = {"applies": "not_applicable", "when": "not_indicated", "exclude": "excluded"}

# --- trace


def trace(program: Program, case: CaseFacts, protocol: str, rule: str) -> tuple[TraceLine, ...]:
    """Return each condition of a rule as it was decided, outermost first; raises KeyError if there is no such rule.

    Conditions and the values they used come in every language.
    """
    node = program.rules[program.positions[f"{protocol}.{rule}"]]
    return tuple(_rule_lines(node, scope_of(program, case)))


def _rule_lines(node: RuleNode, scope: Scope) -> Iterator[TraceLine]:
    for key, part, read in _parts(node, scope):
        known = truth(part, read, red=node.rule.red_flag)
        yield TraceLine({each: phrase(key, each) for each in LANGUAGES}, known, 0)
        yield from _lines(part, read, 1, red=node.rule.red_flag)


def _parts(node: RuleNode, scope: Scope) -> Iterator[tuple[str, Expr, Scope]]:
    """Yield the conditions of a rule, what each is for, and how it reads the case (see ``Scope``)."""
    indication, exclusion = reads(node, scope)
    parts = ("applies", node.applies, scope), ("when", node.when, indication), ("exclude", node.exclude, exclusion)
    yield from ((key, part, read) for key, part, read in parts if part is not None)


def _lines(expr: Expr, scope: Scope, depth: int, *, red: bool) -> Iterator[TraceLine]:
    texts = {each: Wording(scope.program, each).of(expr) for each in LANGUAGES}
    value, origin = _evidence(expr, scope)
    dated = origin.dated.isoformat() if origin is not None and origin.dated is not None else ""
    yield TraceLine(texts, truth(expr, scope, red=red), depth, value, origin.section if origin else "", dated)
    meaning = behind(expr, scope)
    if meaning is not expr and not isinstance(meaning, (And, Or, Not, AtLeast)):
        yield from _lines(meaning, scope, depth + 1, red=red)
    if isinstance(meaning, (And, Or, Not, AtLeast)):
        below = (scope.turned or scope) if isinstance(meaning, Not) else scope
        for part in children(meaning):
            yield from _lines(part, below, depth + 1, red=red)
    elif meaning is expr:
        for part in (expr, *children(expr)):
            if isinstance(table := behind(part, scope), Decide):
                yield from _rows(table, scope, depth + 1, red=red)


def _rows(table: Decide, scope: Scope, depth: int, *, red: bool) -> Iterator[TraceLine]:
    """Yield the rows of a table that hold or may still hold; what does not fit is left out."""
    for row in table.conditions:
        if truth(row, scope, red=red) is not False:
            yield from _lines(row, scope, depth, red=red)


def _evidence(expr: Expr, scope: Scope) -> tuple[Text, Origin | None]:
    """Return the values a comparison used, in every language, and where the first came from."""
    if isinstance(expr, (And, Or, Not, AtLeast)) or (isinstance(expr, Name) and expr.kind == "definition"):
        return {}, None
    facts = list(dict.fromkeys(facts_of(expr)))
    scores = [_score_text(name, scope) for node in (expr, *children(expr)) if (name := _score_name(node))]
    if not facts and not scores:
        return {}, None
    texts = {lang: "; ".join([*_values(facts, scope, lang), *scores]) for lang in LANGUAGES}
    first = scope.values.get(facts[0]) if facts else None
    return texts, None if first is None else first.origin


def _values(facts: list[str], scope: Scope, lang: str) -> list[str]:
    words = Wording(scope.program, lang)
    return [words.value(fact, scope.values.get(fact)) for fact in facts]


def _score_name(expr: Expr) -> str | None:
    return expr.name if isinstance(expr, Name) and expr.kind in {"score", "band"} else None


def _score_text(name: str, scope: Scope) -> str:
    result = state(name, scope).result
    if result.status == "ok":
        return str(result.band if result.value is None else result.value)
    if result.possible_range is not None:
        return f"{result.possible_range[0]} .. {result.possible_range[1]}"
    return "?"


def weighing(program: Program, case: CaseFacts, rules: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the facts that true conditions of these rules (protocol, rule) read: what speaks, not what is normal."""
    scope = scope_of(program, case)
    known = [program.positions[name] for protocol, rule in rules if (name := f"{protocol}.{rule}") in program.positions]
    parts = [(node, *each) for node in map(program.rules.__getitem__, known) for each in _parts(node, scope)]
    return frozenset(
        fact for node, key, part, read in parts if key != "applies" for fact in _speaking(part, read, node)
    )


def _speaking(expr: Expr, scope: Scope, node: RuleNode) -> Iterator[str]:
    meaning = behind(expr, scope)
    if isinstance(meaning, (And, Or, Not, AtLeast)):
        for part in children(meaning):
            yield from _speaking(part, scope, node)
    elif truth(meaning, scope, red=node.rule.red_flag) is True:
        yield from facts_of(meaning)


# --- why


def why(  # noqa: PLR0917 - the order in which one asks: of what, about what, for whom
    program: Program, case: CaseFacts, plan: Plan, code: str, voice: Voice = "doctor", lang: str = "es"
) -> str:
    """Return why an item is in the plan and in its state; for a held item also what would free it.

    An item that is not in the plan is answered by ``why_not``.
    """
    item = next((item for item in plan.items if item.code == code), None)
    if item is None:
        return why_not(program, case, code, lang)
    if voice == "patient":
        return "\n".join(_for_patient(item, lang))
    lines = _for_doctor(program, case, item, lang)
    if voice == "auditor":
        lines = [*lines, *_for_auditor(program, case, item, lang)]
    return "\n".join(lines)


def _for_patient(item: Item, lang: str) -> list[str]:
    lines = [said(item.patient_text, lang)] if item.patient_text else []
    lines += [said(reason.because, lang) for reason in item.reasons]
    if item.state == "held":
        lines.append(phrase("patient_held", lang))
    if item.state == "blocked":
        lines.append(phrase("patient_blocked", lang))
    return list(dict.fromkeys(lines))


def _for_doctor(program: Program, case: CaseFacts, item: Item, lang: str) -> list[str]:
    lines = [f"{said(item.title, lang)} [{item.code}]: {phrase(item.state, lang)}"]
    for reason in item.reasons:
        lines.append(f"{phrase('because', lang)}: {said(reason.because, lang)}")
        lines += _facts_used(program, case, reason, lang)
        lines.append(_citation(reason, lang))
    lines += [_finding_text(program, finding, lang) for finding in item.safety]
    lines += _freeing(program, item, lang) if item.state == "held" else []
    if item.alternatives:
        lines.append(f"{phrase('alternatives', lang)}: {', '.join(item.alternatives)}")
    if item.conflicts:
        lines.append(f"{phrase('conflicts', lang)}: {', '.join(item.conflicts)}")
    return [line for line in dict.fromkeys(lines) if line]


def _facts_used(program: Program, case: CaseFacts, reason: Reason, lang: str) -> list[str]:
    """Return the conditions that made the rule true, with the values they rested on."""
    lines = trace(program, case, reason.protocol, reason.rule)
    return [f"  - {said(line.text, lang)}: {said(line.value, lang)}" for line in lines if line.truth and line.value]


def _citation(reason: Reason, lang: str) -> str:
    if not reason.source:
        return ""
    strength = f" ({phrase('evidence', lang)}: {reason.evidence})" if reason.evidence else ""
    return f"{phrase('source', lang)}: {reason.source}{strength}"


def _finding_text(program: Program, finding: SafetyFinding, lang: str) -> str:
    facts = ", ".join(fact_title(program, fact, lang) for fact in finding.facts)
    tail = f" [{phrase('waits', lang)}: {facts}]" if facts else ""
    return f"! {said(finding.because, lang)} ({finding.severity}, {_truth_text(finding.truth, lang)}){tail}"


def _truth_text(known: Truth, lang: str) -> str:
    return phrase("unknown" if known is None else "true" if known else "false", lang)


def _freeing(program: Program, item: Item, lang: str) -> list[str]:
    if not item.waiting_for:
        return [phrase("nothing_frees", lang)]
    facts = ", ".join(fact_title(program, fact, lang) for fact in item.waiting_for)
    return [f"{phrase('waits', lang)}: {facts}", f"{phrase('frees', lang)}: {facts}"]


def _for_auditor(program: Program, case: CaseFacts, item: Item, lang: str) -> Iterator[str]:
    for reason in item.reasons:
        yield f"{reason.protocol} {reason.version} {reason.rule} {reason.file}:{reason.line}"
        for line in trace(program, case, reason.protocol, reason.rule):
            value = f" [{said(line.value, lang)}]" if line.value else ""
            yield f"{'  ' * (line.depth + 1)}{_truth_text(line.truth, lang)}: {said(line.text, lang)}{value}"
    yield f"program {program.digest}"
    yield f"case {case_digest(case)}"


def case_digest(case: CaseFacts) -> str:
    """Return the digest of everything known about a case, the same on any machine."""
    text = repr((case.as_of, [(name, _stable(case.values[name])) for name in sorted(case.values)], case.queries))
    text += repr(sorted(case.free_text.items())) if case.free_text else ""
    if case.series:
        text += repr(sorted(case.series.items()))  # older values too: a change over time reads them
    return hashlib.sha256(text.encode()).hexdigest()


def _stable(value: object) -> str:
    codes = getattr(value, "codes", None)
    if codes is None:
        return repr(value)
    details = getattr(value, "details", {})
    shown = [(code, sorted((key, repr(item)) for key, item in details.get(code, {}).items())) for code in sorted(codes)]
    return repr((shown, getattr(value, "complete", True)))


# --- why not


@dataclass(frozen=True, slots=True)
class _Near:
    """A rule that could have proposed the item, and what it lacked."""

    distance: int
    name: str
    text: str


def why_not(program: Program, case: CaseFacts, code: str, lang: str = "es") -> str:
    """Return why an item is not proposed: the nearest rule that does it, and what it lacked."""
    scope = scope_of(program, case)
    doing = [node for node in program.rules if any(action.code == code for action in node.rule.actions)]
    if not doing:
        return f"{phrase('no_rule', lang)} {code}."
    nearest = min((_near(node, scope, code, lang) for node in doing), key=lambda near: (near.distance, near.name))
    return f"{nearest.name}: {nearest.text}"


def nearest(program: Program, case: CaseFacts, plan: Plan, code: str, lang: str = "es") -> tuple[str, str] | None:
    """Return what the protocols of an item came closest to doing instead, and what it lacked; None if nothing."""
    item = next((each for each in plan.items if each.code == code), None)
    scope, given = scope_of(program, case), {each.code for each in plan.items}
    homes = {reason.protocol for reason in item.reasons} if item is not None else set()
    other = [
        (near.distance, near.name, action.code, near.text)
        for node in program.rules
        for action in node.rule.actions
        if node.protocol.name in homes and action.code not in given and action.code.partition(":")[0] == item_kind(code)
        for near in [_near(node, scope, action.code, lang)]
    ]
    if not other:
        return None
    _distance, _name, found, text = min(other)
    return code_title(program, found, lang), text


def lacks(
    program: Program, case: CaseFacts, rules: Mapping[str, Iterable[tuple[str, str]]], lang: str = "es"
) -> dict[str, str]:
    """Return, by code, what the nearest of the rules (protocol, rule) lacks that proposed an item before.

    Empty words where the library has none of these rules any more.
    """
    scope, found = scope_of(program, case), dict[str, str]()
    for code, named in rules.items():
        places = (program.positions.get(f"{protocol}.{rule}") for protocol, rule in named)
        nodes = [program.rules[place] for place in places if place is not None]
        near = min(
            (_near(node, scope, code, lang) for node in nodes),
            key=lambda each: (each.distance, each.name),
            default=None,
        )
        found[code] = near.text if near is not None else ""
    return found


def item_kind(code: str) -> str:
    return code.partition(":")[0]


def _near(node: RuleNode, scope: Scope, code: str, lang: str) -> _Near:
    decision = judge(node, scope)
    lacking = _lacking(node, scope)
    return _Near(len(lacking), node.name, _shortfall(decision, scope, code, lang, lacking))


def _lacking(node: RuleNode, scope: Scope) -> list[tuple[str, Expr]]:
    """Return the smallest conditions that keep the rule from being proposed, each with what it is for."""
    red = node.rule.red_flag
    found = []
    for key, part, read in _parts(node, scope):
        wanted = key != "exclude"
        if truth(part, read, red=red) is (not wanted):
            found += [(_LACKS[key], small) for small in _smallest(part, read, wanted, red=red)]
    return found


def _smallest(expr: Expr, scope: Scope, wanted: bool, *, red: bool) -> Iterator[Expr]:
    """Yield the parts that make ``expr`` other than wanted."""
    if isinstance(expr, Not):
        yield from _smallest(expr.part, scope, not wanted, red=red)
    elif isinstance(expr, (And, Or, AtLeast)):
        for part in expr.parts:
            if truth(part, scope, red=red) is (not wanted):
                yield from _smallest(part, scope, wanted, red=red)
    else:
        yield expr


def _shortfall(decision: Decision, scope: Scope, code: str, lang: str, lacking: list[tuple[str, Expr]]) -> str:
    words = Wording(scope.program, lang)
    if lacking:
        key = lacking[0][0]
        parts = "; ".join(_with_value(expr, scope, words) for why_, expr in lacking if why_ == key)
        return f"{phrase(key, lang)}: {parts}"
    if decision.outcome in {"open", "held"}:
        facts = ", ".join(fact_title(scope.program, fact, lang) for fact in decision.waiting)
        return f"{phrase('open', lang)}: {facts}"
    if decision.outcome in {"excluded", "silent"}:
        return f"{phrase('silenced', lang)}: {', '.join(decision.node.silencers)}"
    if code.partition(":")[0] in {"rx", "supp", "diet"} and scope.adult is not True:
        return phrase("guarded", lang)
    return phrase("in_plan", lang)


def _with_value(expr: Expr, scope: Scope, words: Wording) -> str:
    value, _ = _evidence(expr, scope)
    return f"{words.of(expr)} [{said(value, words.lang)}]" if value else words.of(expr)


# --- missing


@dataclass(frozen=True, slots=True)
class MissingFact:
    """An unknown fact worth asking: what it is called, how to ask, and which items it would free."""

    fact: str
    title: str
    question: str
    because: str
    red_flag: bool
    frees: tuple[str, ...]


def missing(program: Program, case: CaseFacts, plan: Plan, lang: str = "es") -> tuple[MissingFact, ...]:
    """Return the unknown facts of the plan: red flags first, then those that free held items, then the rest."""
    scope = scope_of(program, case)
    facts = [fact for item in plan.items for fact in item.waiting_for]
    facts += [fact for finding in _findings(plan) for fact in finding.facts]
    facts += [fact for rule in plan.open_rules for fact in rule.waiting_for]
    unknown = [fact for fact in dict.fromkeys(facts) if not is_known(fact, scope)]
    found = [_missing(program, scope, plan, fact, lang) for fact in unknown]
    return tuple(sorted(found, key=lambda each: (not each.red_flag, not each.frees)))


def _findings(plan: Plan) -> Iterator[SafetyFinding]:
    for item in plan.items:
        yield from (finding for finding in item.safety if finding.truth is None)


def _missing(program: Program, scope: Scope, plan: Plan, fact: str, lang: str) -> MissingFact:
    spec = program.edition.vocabulary.facts.get(fact)
    return MissingFact(
        fact=fact,
        title=fact_title(program, fact, lang),
        question=said(spec.question, lang) if spec is not None and spec.question else "",
        because=Wording(program, lang).value(fact, scope.values.get(fact)),
        red_flag=spec is not None and spec.red_flag,
        frees=tuple(item.code for item in plan.items if fact in item.waiting_for),
    )


__all__ = ["MissingFact", "Voice", "case_digest", "lacks", "missing", "nearest", "trace", "weighing", "why", "why_not"]

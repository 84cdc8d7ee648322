"""Checks documents against each other: every name resolved, every circle found, every code and rule declared."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from engine import units
from engine.conditions import Arithmetic, Choose, Expr, Known, Name, Number, Summary, nodes
from engine.errors import Place
from engine.formulary import Formulary, SafetyCondition
from engine.language.documents import Definition, Protocol, Questionnaire, Rule, Score, ScoreInput
from engine.language.names import (
    UNKNOWN,
    YES_NO,
    Kind,
    Meaning,
    Scope,
    World,
    kind_of_fact,
    kind_of_input,
    kind_of_parameter,
)
from engine.language.resolving import Resolver
from engine.language.spelling import nearest
from engine.language.table_checks import Domains, check_bands, check_table
from engine.language.tables import marked_whole
from engine.language.unifying import Typed
from engine.language.validation import Problems

Key = tuple[str, str]
_MAX_CHAIN = 60
_MAY_READ_KNOWN = frozenset({"ask", "test", "advice", "monitor", "alert", "step", "follow_up"})
_KNOWN_HINT = "An answer could retract the decision: use it only in rules that ask, order a test or advise."


class Checker:
    """Resolves one world. Each definition, rule, value and band is resolved once; a circle prints its loop."""

    def __init__(self, world: World, problems: Problems) -> None:
        self.world, self.problems = world, problems
        self.done: dict[Key, Typed] = {}
        self.rules: dict[str, tuple[Expr, Expr | None]] = {}
        self.path: list[Key] = []

    # --- following names

    def entry(self, key: Key, place: Place, make: Callable[[], Typed]) -> Kind:
        """Return the kind of a named thing, resolving it first if nobody has."""
        if key in self.done:
            return self.done[key][1]
        if key in self.path:
            loop = " -> ".join(name for _, name in (*self.path[self.path.index(key) :], key))
            self.problems.add(place, "P114", f"names depend on each other in a circle: {loop}", "Break the loop.")
            return UNKNOWN
        if len(self.path) >= _MAX_CHAIN:
            self.problems.add(place, "P121", f"more than {_MAX_CHAIN} names stand on each other", "Shorten the chain.")
            return UNKNOWN
        self.path.append(key)
        made = make()
        self.path.pop()
        self.done[key] = made
        return made[1]

    def resolver(self, scope: Scope) -> Resolver:
        """Return a resolver whose names are followed from this scope."""
        return Resolver(scope, lambda meaning, place: self.lookup(scope, meaning, place), self.shared, self.problems)

    def shared(self, name: str) -> Expr | None:
        found = self.done.get(("definition", name))
        return None if found is None else found[0]

    def lookup(self, scope: Scope, meaning: Meaning, place: Place) -> Kind:
        if scope.score is not None:
            return self.in_score(scope.score, meaning, place)
        name = meaning.name
        match meaning.kind:
            case "fact":
                return kind_of_fact(self.world.vocabulary.facts[name])
            case "parameter":
                protocol, key = name.split(".")
                return kind_of_parameter(self.world.protocols[protocol].parameters[key])
            case "definition":
                return replace(self.definition(name, place), label=name, literal=False)
            case "conclusion":
                return self.entry(("conclusion", name), place, lambda: self.conclusion(name, place))
            case "band":
                return self.entry(("band", name), place, lambda: self.bands(self.world.scores[name]))
            case _:
                return replace(self.value(self.world.scores[name], place), label=name, literal=False)

    def definition(self, name: str, place: Place) -> Kind:
        protocol, _, key = name.rpartition(".")
        found = self.world.protocols[protocol].definitions[key] if protocol else self.world.shared[name]
        scope = Scope(self.world, protocol or None)
        return self.entry(("definition", name), place, lambda: self.resolver(scope).typed(found.expression))

    def conclusion(self, name: str, place: Place) -> Typed:
        protocol, key = name.split(".")
        document = self.world.protocols[protocol]
        for rule in document.rules.values():
            if any(action.kind == "conclude" and action.code == key for action in rule.actions):
                self.rule(document, rule, place)
        return Name(name, "conclusion"), YES_NO

    def rule(self, document: Protocol, rule: Rule, place: Place) -> Kind:
        """Resolve a rule and whatever decides before it: what it reads, and the rules that may silence it."""
        name = f"{document.name}.{rule.name}"
        return self.entry(("rule", name), place, lambda: self.resolved_rule(document, rule, name))

    def resolved_rule(self, document: Protocol, rule: Rule, name: str) -> Typed:
        resolver = self.resolver(Scope(self.world, document.name))
        self.applies(document)
        when = resolver.condition(rule.when)
        exclude = resolver.condition(rule.exclude) if rule.exclude is not None else None
        self.rules[name] = (when, exclude)
        for other in (*rule.unless, *self.silencers(name)):
            protocol, _, key = other.partition(".")
            found = self.world.protocols.get(protocol)
            if found is not None and key in found.rules:
                self.rule(found, found.rules[key], rule.place)
        return when, YES_NO

    def silencers(self, name: str) -> Iterable[str]:
        for protocol in self.world.protocols.values():
            yield from (f"{protocol.name}.{rule.name}" for rule in protocol.rules.values() if name in rule.overrides)

    def applies(self, document: Protocol) -> Expr | None:
        applies = document.applies
        if applies is None:
            return None
        resolver = self.resolver(Scope(self.world, document.name, known_allowed=False))
        key = ("applies", document.name)
        self.entry(key, applies.place, lambda: (resolver.condition(applies), YES_NO))
        return self.done[key][0] if key in self.done else applies

    # --- scores

    def in_score(self, score: Score, meaning: Meaning, place: Place) -> Kind:
        if meaning.kind == "fact":
            given = score.inputs[meaning.name]
            self.bind(score, given, place)
            return kind_of_input(given)
        if meaning.kind == "definition":
            found = score.definitions[meaning.name]
            return replace(self.score_definition(score, found, place), label=meaning.name, literal=False)
        return replace(self.value(score, place), label="value", literal=False)

    def score_definition(self, score: Score, found: Definition, place: Place) -> Kind:
        resolver = self.resolver(Scope(self.world, score=score, codes_allowed=True))
        key = ("score definition", f"{score.name}.{found.name}")
        return self.entry(key, place, lambda: resolver.typed(found.expression))

    def value(self, score: Score, place: Place) -> Kind:
        expr = score.value
        if expr is None:
            return Kind("text", label=score.name)
        resolver = self.resolver(Scope(self.world, score=score, codes_allowed=True))
        return self.entry(("score", score.name), place, lambda: _without_unit(resolver.typed(expr)))

    def bands(self, score: Score) -> Typed:
        if score.value is not None:
            self.value(score, score.place)
        resolver = self.resolver(Scope(self.world, score=score, reads_value=True))
        for band, expr in score.bands.items():
            self.done["band condition", f"{score.name} {band}"] = resolver.condition(expr), YES_NO
        return Name(score.name, "band"), Kind("code", choices=tuple(score.bands))

    def bind(self, score: Score, given: ScoreInput, place: Place) -> Expr | None:
        """Return the expression an input is read from, in the unit of the input; None if only a person can give it."""
        key = ("input", f"{score.name}.{given.name}")
        spec = self.world.vocabulary.facts.get(given.name)
        if given.bind is None and spec is None:
            return None
        expr = given.bind or Name(given.name, place=given.place)
        self.entry(key, place, lambda: self.bound(given, expr))
        return self.done[key][0] if key in self.done else expr

    def bound(self, given: ScoreInput, expr: Expr) -> Typed:
        resolver = self.resolver(Scope(self.world, known_allowed=False, codes_allowed=given.type == "choice"))
        found, kind = resolver.typed(expr)
        wanted = kind_of_input(given)
        self.refuse_codes(given, found)
        if "unknown" not in (kind.sort, wanted.sort) and kind.sort != wanted.sort:
            message = f'the input "{given.name}" is {wanted.said()}, it is bound to {kind.said()}'
            self.problems.add(expr.place, "P107", message, "Bind it to an expression of its own kind.")
        if kind.sort == wanted.sort == "number":
            found = self.in_unit(found, kind, given)
        return found, wanted

    def refuse_codes(self, given: ScoreInput, bound: Expr) -> None:
        """Note a code that is no choice of the input: `if total_iga < 0.07 g/L then deficient else normal`."""
        for node in nodes(bound) if given.type == "choice" else ():
            if isinstance(node, Choose):
                for code in (node.then, node.otherwise):
                    if isinstance(code, Name) and code.kind == "code" and code.name not in given.choices:
                        hint = nearest(code.name, given.choices) or f"Use one of: {', '.join(given.choices)}."
                        self.problems.add(code.place, "P111", f'"{code.name}" is not a choice of "{given.name}"', hint)

    def in_unit(self, expr: Expr, kind: Kind, given: ScoreInput) -> Expr:
        if kind.unit == given.unit or kind.loose or _counted(kind.unit, given.unit):
            return expr
        rule = kind.units.get(given.unit or "")
        if rule is not None and not rule.offset:
            factor = 1 / rule.factor
        elif units.comparable(kind.unit, given.unit):
            factor = units.ratio(kind.unit, given.unit)
        else:
            message = f'the input "{given.name}" is in {given.unit or "counts"}, its fact in {kind.unit or "counts"}'
            self.problems.add(expr.place, "P108", message, "Give the input a unit of its fact.")
            return expr
        return expr if factor == 1 else Arithmetic("*", expr, Number(factor), place=expr.place)

    # --- whole documents

    def protocol(self, document: Protocol) -> Protocol:
        """Return a protocol with every expression resolved."""
        for definition in document.definitions.values():
            self.definition(definition.name, definition.place)
        for rule in document.rules.values():
            self.rule(document, rule, rule.place)
        definitions = {
            key: replace(found, expression=self.done_or("definition", found.name, found.expression))
            for key, found in document.definitions.items()
        }
        definitions |= self.whole_tables(document, definitions)
        rules = {key: self.finished(document, rule) for key, rule in document.rules.items()}
        return replace(document, applies=self.applies(document), definitions=definitions, rules=rules)

    def whole_tables(self, document: Protocol, definitions: Mapping[str, Definition]) -> dict[str, Definition]:
        """Check the rows of every table against each other; return the values of those that leave nothing out."""
        resolver = self.resolver(Scope(self.world, document.name))
        checked = {
            name: check_table(table, resolver, Domains(self.world, document.parameters), self.problems)
            for name, table in document.tables.items()
        }
        return {key: marked_whole(definitions[key]) for key, whole in checked.items() if whole and key in definitions}

    def done_or(self, kind: str, name: str, expr: Expr) -> Expr:
        found = self.done.get((kind, name))
        return found[0] if found else expr

    def finished(self, document: Protocol, rule: Rule) -> Rule:
        when, exclude = self.rules.get(f"{document.name}.{rule.name}", (rule.when, rule.exclude))
        kinds = {action.kind for action in rule.actions}
        if not kinds <= _MAY_READ_KNOWN:
            self.refuse_known(when)
            self.refuse_known(exclude)
        return replace(rule, when=when, exclude=exclude)

    def score(self, document: Score) -> Score:
        """Return a score with every expression resolved."""
        value = self.value(document, document.place)
        self.check_value(document, value)
        self.entry(("band", document.name), document.place, lambda: self.bands(document))
        bands = {k: self.done_or("band condition", f"{document.name} {k}", e) for k, e in document.bands.items()}
        check_bands(document, bands, self.problems)
        for definition in document.definitions.values():
            self.score_definition(document, definition, definition.place)
        name = document.name
        definitions = {
            key: replace(found, expression=self.done_or("score definition", f"{name}.{key}", found.expression))
            for key, found in document.definitions.items()
        }
        inputs = {
            key: replace(given, bind=self.bind(document, given, given.place)) for key, given in document.inputs.items()
        }
        reader = self.resolver(Scope(self.world, score=document, codes_allowed=True))
        record = {key: reader.typed(expr)[0] for key, expr in document.record.items()}
        doubtful = {key: reader.condition(expr) for key, expr in document.doubtful.items()}
        formula = self.done_or("score", name, document.value) if document.value is not None else None
        return replace(
            document, value=formula, bands=bands, definitions=definitions, inputs=inputs, record=record,
            doubtful=doubtful,
        )  # fmt: skip

    def check_value(self, document: Score, kind: Kind) -> None:
        wanted = {"integer": "number", "decimal": "number", "number": "number", "code": "code"}.get(document.value_type)
        if wanted and kind.sort not in (wanted, "unknown") and document.value is not None:
            message = f"value_type is {document.value_type}, but the value is {replace(kind, label='').said()}"
            self.problems.add(document.value.place, "P402", message, "Correct value_type or the formula.")

    def questionnaire(self, document: Questionnaire) -> Questionnaire:
        """Return a questionnaire with every condition resolved."""
        resolver = self.resolver(Scope(self.world))

        def resolved(expr: Expr | None) -> Expr | None:
            return None if expr is None else resolver.condition(expr)

        groups = []
        for group in document.groups:
            questions = []
            for item in group.questions:
                flags = tuple(replace(flag, when=resolver.condition(flag.when)) for flag in item.red_flags)
                questions.append(replace(item, when=resolved(item.when), red_flags=flags))
            groups.append(replace(group, when=resolved(group.when), questions=tuple(questions)))
        return replace(document, groups=tuple(groups))

    def formulary(self, formulary: Formulary) -> Formulary:
        """Return the formulary with every safety condition resolved."""
        medicines = {
            code: replace(found, safety=self.safety(found.safety)) for code, found in formulary.medicines.items()
        }
        regimens = {
            code: replace(found, safety=self.safety(found.safety)) for code, found in formulary.regimens.items()
        }
        return replace(formulary, medicines=medicines, regimens=regimens)

    def safety(self, conditions: tuple[SafetyCondition, ...]) -> tuple[SafetyCondition, ...]:
        resolver = self.resolver(Scope(self.world, known_allowed=False))
        found = tuple(replace(condition, when=resolver.condition(condition.when)) for condition in conditions)
        for condition in found:
            self.refuse_known(condition.when)
        return found

    # --- where an answer could retract a decision

    def refuse_known(self, expr: Expr | None) -> None:
        """Note where a condition reads known(), directly or through what it names."""
        place = None if expr is None else self.place_of_known(expr, frozenset())
        if place is not None:
            self.problems.add(place, "P113", "known() and unknown() are not allowed for this rule", _KNOWN_HINT)

    def place_of_known(self, expr: Expr, seen: frozenset[str]) -> Place | None:
        for node in nodes(expr):
            if isinstance(node, Known) or (isinstance(node, Summary) and node.function == "recorded"):
                return node.place
            if isinstance(node, Name) and node.kind == "definition" and node.name not in seen:
                inner = self.done.get(("definition", node.name))
                if inner and self.place_of_known(inner[0], seen | {node.name}):
                    return node.place
        return None


def _counted(fact: str | None, given: str | None) -> bool:
    """Return whether a plain count feeds this input: days in the last 7, months since onset, stools a day."""
    counts = (units.COUNT, "percent", "label")
    return units.dimension(fact) in counts and units.dimension(given) in (*counts, "time", "rate")


def _without_unit(typed: Typed) -> Typed:
    """Return a score's value: a plain number, whatever the units of its inputs."""
    expr, kind = typed
    return expr, Kind("number") if kind.sort == "number" else replace(kind, label="")

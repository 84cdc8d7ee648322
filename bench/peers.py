"""The same rule sets in other rule engines, each as its manual has it; a case is given in the form the engine takes."""

import json
from collections.abc import Callable
from importlib.metadata import version

import clips
import durable_rules_engine
import zen
from business_rules.actions import BaseActions, rule_action
from business_rules.engine import run_all
from business_rules.fields import FIELD_NUMERIC
from business_rules.variables import BaseVariables, boolean_rule_variable, numeric_rule_variable, string_rule_variable
from durable import engine as durable

from bench.synthetic import CHOICES, FLAGS, NUMBERS, OPPOSITE, Condition, Given, Join, Reads, RuleSet, ways
from bench.synthetic import Test as Leaf

FAR = 1e9  # stands for a number that was not recorded where an engine refuses to compare nothing
Case = dict[str, Given]


def op_of(test: Leaf) -> str:
    return test.op if test.yes else OPPOSITE[test.op]


class Zen:
    """zen-engine: one graph with an expression node; the rules refer to each other by `$`."""

    name = "zen-engine"

    def __init__(self, rules: RuleSet) -> None:
        made = [{"id": f"e{i}", "key": f"d{i}", "value": self.text(each)} for i, each in enumerate(rules.rules)]
        kinds = {"i": ("inputNode", {}), "e": ("expressionNode", {"expressions": made}), "o": ("outputNode", {})}
        nodes = [{"id": key, "name": key, "type": kind, "content": content} for key, (kind, content) in kinds.items()]
        edges = [{"id": a + b, "sourceId": a, "targetId": b, "type": "edge"} for a, b in ("ie", "eo")]
        self.decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def text(self, condition: Condition) -> str:
        match condition:
            case Reads(rule=rule):
                return f"$.d{rule}"
            case Join(how="some"):
                return self.any([" and ".join(map(self.text, way)) for way in ways(condition)])
            case Join(how="any", parts=parts):
                return self.any(list(map(self.text, parts)))
            case Join(parts=parts):
                return " and ".join(map(self.text, parts))
        return self.leaf(condition)

    def any(self, parts: list[str]) -> str:
        return f"({' or '.join(f'({part})' for part in parts)})"

    def leaf(self, test: Leaf) -> str:
        if isinstance(test.value, bool):
            return f"{test.fact} == {str(test.yes).lower()}"
        if isinstance(test.value, str):
            yes = f"{test.fact} == '{test.value}'"
            return yes if test.yes else f"({test.fact} != null and {test.fact} != '{test.value}')"
        op = op_of(test)
        return f"({test.fact} ?? {FAR if '<' in op else -FAR:.0f}) {op} {test.value}"

    def prepared(self, case: Case) -> Case:
        return case

    def run(self, case: Case) -> dict[str, bool]:
        return self.decision.evaluate(case)["result"]

    def fired(self, answer: dict[str, bool]) -> frozenset[int]:
        return frozenset(int(name[1:]) for name, said in answer.items() if said)


class Clips:
    """clipspy: each alternative of a rule a `defrule`; a case is one text of facts, loaded into an emptied engine."""

    name = "clipspy"

    def __init__(self, rules: RuleSet) -> None:
        self.engine = clips.Environment()
        for number, each in enumerate(rules.rules):
            for at, way in enumerate(ways(each)):
                parts = " ".join(self.pattern(test, i) for i, test in enumerate(way))
                self.engine.build(f"(defrule r{number}-{at} {parts} => (assert (d {number})))")

    def pattern(self, test: Leaf | Reads, at: int) -> str:
        if isinstance(test, Reads):
            return f"(d {test.rule})"
        if isinstance(test.value, bool):
            return f"({test.fact} {'yes' if test.yes else 'no'})"
        if isinstance(test.value, str):
            return f"({test.fact} {'' if test.yes else '~'}{test.value})"
        return f"({test.fact} ?x{at}&:({op_of(test)} ?x{at} {test.value}))"

    def prepared(self, case: Case) -> str:
        words = {True: "yes", False: "no"}
        return " ".join(f"({name} {words[v] if isinstance(v, bool) else v})" for name, v in case.items())

    def run(self, case: str) -> list[int]:
        self.engine.reset()
        self.engine.load_facts(case)
        self.engine.run()
        return [fact[0] for fact in self.engine.find_template("d").facts()]

    def fired(self, answer: list[int]) -> frozenset[int]:
        return frozenset(answer)


class _Quiet(durable.Host):
    def _run(self) -> None:
        """Start no timers in the background."""


class Durable:
    """durable_rules: what a case says is decided in Python, one token a true alternative; the engine chains them."""

    name = "durable_rules"

    def __init__(self, rules: RuleSet) -> None:
        self.ways = [(number, way) for number, each in enumerate(rules.rules) for way in ways(each)]
        self.tests = [[self.test(each) for each in way if isinstance(each, Leaf)] for _, way in self.ways]
        read = {each.rule for _, way in self.ways for each in way if isinstance(each, Reads)}
        definition = {"s": {"all": [{"m": self.token("s", 0)}], "run": lambda c: None}}
        for at, (number, way) in enumerate(self.ways):
            reads = [each.rule for each in way if isinstance(each, Reads)]
            joined = [{"p": self.token("p", at)}] + [{f"c{k}": self.token("d", rule)} for k, rule in enumerate(reads)]
            definition[f"r{at}"] = {"all": joined, "run": self.action(number, number in read)}
        host = _Quiet()
        host.register_rulesets({"trial": definition})
        self.set = host._ruleset_directory["trial"]
        self.found: set[int] = set()

    def token(self, kind: str, number: int) -> dict[str, object]:
        return {"$and": [{"g": f"{kind}{number % 32}"}, {"f": f"{kind}{number}"}]}

    def fact(self, kind: str, number: int) -> dict[str, object]:
        return {"g": f"{kind}{number % 32}", "f": f"{kind}{number}", "id": f"{kind}{number}", "sid": "S"}

    def action(self, number: int, is_read: bool) -> Callable[[object], None]:
        def act(context: object) -> None:
            if number not in self.found:
                self.found.add(number)
                if is_read:
                    context.assert_fact(self.fact("d", number))

        return act

    def test(self, leaf: Leaf) -> Callable[[Case], bool]:
        fact, value = leaf.fact, leaf.value
        if isinstance(value, float):
            compare = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__}[op_of(leaf)]
            return lambda case: fact in case and compare(case[fact], value)
        return lambda case: fact in case and (case[fact] == value) is leaf.yes

    def prepared(self, case: Case) -> Case:
        return case

    def run(self, case: Case) -> set[int]:
        self.found = set()
        true = [at for at, tests in enumerate(self.tests) if all(test(case) for test in tests)]
        messages = [self.fact("s", 0), *(self.fact("p", at) for at in true)]
        code, state = durable_rules_engine.assert_facts(self.set._handle, json.dumps(messages))
        if code != 0:
            raise RuntimeError(f"durable_rules refused the facts: {code}")
        self.set.do_actions(state, lambda error, state: None)
        durable_rules_engine.delete_state(self.set._handle, "S")
        return self.found

    def fired(self, answer: set[int]) -> frozenset[int]:
        return frozenset(answer)


class _Actions(BaseActions):
    def __init__(self, found: set[int]) -> None:
        self.found = found

    @rule_action(params={"rule": FIELD_NUMERIC})
    def fire(self, rule: int) -> None:
        self.found.add(rule)


def _variables(size: int) -> type[BaseVariables]:
    """Return the class of variables: each fact, whether it is recorded, and what each rule concluded."""

    def init(self: BaseVariables, case: Case, found: set[int]) -> None:
        self.case, self.found = case, found

    space: dict[str, object] = {"__init__": init}
    kinds = {**dict.fromkeys(NUMBERS, numeric_rule_variable), **dict.fromkeys(CHOICES, string_rule_variable)}
    for name, kind in kinds.items():
        space[name] = kind()(lambda self, name=name: self.case[name])
        space[f"has_{name}"] = boolean_rule_variable()(lambda self, name=name: name in self.case)
    for name in FLAGS:
        space[name] = boolean_rule_variable()(lambda self, name=name: self.case.get(name) is True)
        space[f"no_{name}"] = boolean_rule_variable()(lambda self, name=name: self.case.get(name) is False)
    for number in range(size):
        space[f"d{number}"] = boolean_rule_variable()(lambda self, number=number: number in self.found)
    return type("Variables", (BaseVariables,), space)


class Business:
    """business-rules: a list of conditions in order, so that one pass chains; a guard before each number."""

    name = "business-rules"
    OPS = {
        "<": "less_than", "<=": "less_than_or_equal_to", ">": "greater_than", ">=": "greater_than_or_equal_to",
    }  # fmt: skip

    def __init__(self, rules: RuleSet) -> None:
        self.variables = _variables(len(rules.rules))
        self.rules = [
            {"conditions": self.condition(each), "actions": [{"name": "fire", "params": {"rule": number}}]}
            for number, each in enumerate(rules.rules)
        ]

    def condition(self, condition: Condition) -> dict[str, object]:
        match condition:
            case Reads(rule=rule):
                return self.true(f"d{rule}")
            case Join(how="all", parts=parts):
                return {"all": list(map(self.condition, parts))}
            case Join(how="any", parts=parts):
                return {"any": list(map(self.condition, parts))}
            case Join():
                return {"any": [{"all": list(map(self.condition, way))} for way in ways(condition)]}
        return self.leaf(condition)

    def true(self, name: str, yes: bool = True) -> dict[str, object]:
        return {"name": name, "operator": "is_true" if yes else "is_false", "value": ""}

    def leaf(self, test: Leaf) -> dict[str, object]:
        if isinstance(test.value, bool):
            return self.true(test.fact if test.yes else f"no_{test.fact}")
        guard = self.true(f"has_{test.fact}")
        if isinstance(test.value, str):
            same = {"name": test.fact, "operator": "equal_to", "value": test.value}
            return (
                {"all": [guard, same]}
                if test.yes
                else {"all": [guard, {**same, "operator": "matches_regex", "value": f"^(?!{test.value}$)"}]}
            )
        return {"all": [guard, {"name": test.fact, "operator": self.OPS[op_of(test)], "value": test.value}]}

    def prepared(self, case: Case) -> Case:
        return case

    def run(self, case: Case) -> set[int]:
        found: set[int] = set()
        run_all(self.rules, self.variables(case, found), _Actions(found))
        return found

    def fired(self, answer: set[int]) -> frozenset[int]:
        return frozenset(answer)


PEERS = (Zen, Clips, Durable, Business)
VERSIONS = {peer.name: version(peer.name) for peer in PEERS}

"""What stands on the two sides of a comparison, and what a name of a definition stands for: the same in every case."""

from engine.compiler.program import Scope, Side, Sides
from engine.conditions import (
    And,
    AtLeast,
    Choose,
    Compare,
    Decide,
    Expr,
    Includes,
    Known,
    Name,
    Not,
    OneOf,
    Or,
    Within,
    YesNo,
)


def behind(expr: Expr, scope: Scope) -> Expr:
    """Return what a name of a definition stands for, so that a bare fact stays one under another name."""
    while isinstance(expr, Name) and expr.kind == "definition":
        expr = scope.program.definitions[expr.name]
    return expr


def is_code(expr: Expr, scope: Scope) -> bool:
    match expr:
        case Name(kind="code" | "band"):
            return True
        case Name(name=name, kind="score"):
            return scope.program.scores[name].score.value_type == "code"
        case Name(name=name, kind="fact"):
            return scope.program.edition.vocabulary.facts[name].type in {"choice", "text"}
        case Decide(outputs=outputs):
            return any(is_code(behind(each, scope), scope) for each in outputs)
        case Choose(then=then, otherwise=otherwise):
            return is_code(behind(then, scope), scope) or is_code(behind(otherwise, scope), scope)
    return False


def is_condition(expr: Expr, scope: Scope) -> bool:
    if isinstance(expr, Name):
        if expr.kind == "fact":
            return scope.program.edition.vocabulary.facts[expr.name].type == "yes_no"
        return expr.kind == "conclusion"
    if isinstance(expr, Decide):
        return any(is_condition(behind(each, scope), scope) for each in expr.outputs)
    return isinstance(expr, (YesNo, And, Or, Not, AtLeast, Compare, Within, OneOf, Includes, Known))


def sides(expr: Compare, scope: Scope) -> Sides:
    """Return what is compared and how, found once a program: it does not depend on the case."""
    known = scope.program.sides.get(id(expr))
    if known is None or known[0] is not expr:
        left, right = behind(expr.left, scope), behind(expr.right, scope)
        kind: Side = "number"
        if is_code(left, scope) or is_code(right, scope):
            kind = "code"
        elif is_condition(left, scope) or is_condition(right, scope):
            kind = "condition"
        known = scope.program.sides[id(expr)] = expr, left, right, kind
    return known

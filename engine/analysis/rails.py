"""Kleene's three values as two terms of the solver: known true and known false, never both."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import z3


class Rails(NamedTuple):
    """A condition: ``true`` where it is known true, ``false`` where it is known false; unknown where neither."""

    true: z3.BoolRef
    false: z3.BoolRef


YES, NO = z3.BoolVal(True), z3.BoolVal(False)
SURE, NEVER, OPEN = Rails(YES, NO), Rails(NO, YES), Rails(NO, NO)


_TRUE, _FALSE = YES.ast.value, NO.ast.value  # the solver keeps each term once: the same address is the same term


def every(parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
    """Return that all parts hold, as short as it can be said."""
    known = {part.ast.value: part for part in parts}
    known.pop(_TRUE, None)
    return NO if _FALSE in known else _joined(z3.Z3_mk_and, list(known.values()), YES)


def some(parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
    """Return that one of the parts holds, as short as it can be said."""
    known = {part.ast.value: part for part in parts}
    known.pop(_FALSE, None)
    return YES if _TRUE in known else _joined(z3.Z3_mk_or, list(known.values()), NO)


def _joined(make: Callable[..., Any], parts: list[z3.BoolRef], nothing: z3.BoolRef) -> z3.BoolRef:
    """Return several terms as one. It is asked for so often that the checks of ``z3.And`` would be most of its time."""
    if len(parts) < 2:
        return parts[0] if parts else nothing
    terms = (z3.Ast * len(parts))(*(part.ast for part in parts))
    return z3.BoolRef(make(nothing.ctx_ref(), len(parts), terms), nothing.ctx)


def no(part: z3.BoolRef) -> z3.BoolRef:
    """Return that a part does not hold."""
    if part.ast.value == _TRUE:
        return NO
    return YES if part.ast.value == _FALSE else z3.BoolRef(z3.Z3_mk_not(part.ctx_ref(), part.ast), part.ctx)


def negation(part: Rails) -> Rails:
    return Rails(part.false, part.true)


def conjunction(parts: Iterable[Rails]) -> Rails:
    """Return the strong Kleene `and`."""
    known = list(parts)
    return Rails(every(part.true for part in known), some(part.false for part in known))


def disjunction(parts: Iterable[Rails]) -> Rails:
    """Return the strong Kleene `or`."""
    known = list(parts)
    return Rails(some(part.true for part in known), every(part.false for part in known))


def at_least(count: int, parts: Sequence[Rails]) -> Rails:
    """Return whether at least ``count`` parts are true, known as soon as no completion can change it."""
    return Rails(_count([part.true for part in parts], count), _count([p.false for p in parts], len(parts) - count + 1))


def _count(parts: Sequence[z3.BoolRef], least: int) -> z3.BoolRef:
    if least <= 0:
        return YES
    return NO if least > len(parts) else z3.PbGe([(part, 1) for part in parts], least)


def agree(left: Rails, right: Rails, *, equal: bool) -> Rails:
    """Return whether two conditions are the same (or not the same), unknown as long as one of them is."""
    same = some((every((left.true, right.true)), every((left.false, right.false))))
    other = some((every((left.true, right.false)), every((left.false, right.true))))
    return Rails(same, other) if equal else Rails(other, same)


def either(condition: Rails, then: Rails, otherwise: Rails) -> Rails:
    """Return ``if condition then .. else ..``: where the condition is unknown, what both say."""
    return Rails(
        some((every((condition.true, then.true)), every((condition.false, otherwise.true)),
              every((then.true, otherwise.true)))),
        some((every((condition.true, then.false)), every((condition.false, otherwise.false)),
              every((then.false, otherwise.false)))),
    )  # fmt: skip

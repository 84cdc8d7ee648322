"""An expression as an author would write it; reading it again gives the same expression."""

from fractions import Fraction

from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Beside,
    BothWeeks,
    Call,
    Choose,
    Compare,
    DayCount,
    Decide,
    Expr,
    Includes,
    Known,
    Latest,
    Mean,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Since,
    Summary,
    Times,
    Window,
    Within,
    YesNo,
)

_LOOSE, _JUNCTION, _RELATION, _SUM, _PRODUCT, _ATOM = range(6)


def printed(expr: Expr) -> str:
    """Return the expression as text. Conditions in blocks (`at_least`) are written as a count: they say the same."""
    return _text(expr)[0]


def _inside(expr: Expr, strength: int) -> str:
    """Return a part, in parentheses if it binds more loosely than what stands around it."""
    text, own = _text(expr)
    return text if own >= strength else f"({text})"


def _text(expr: Expr) -> tuple[str, int]:
    """Return an expression and how tightly it binds."""
    match expr:
        case And(parts=parts):
            return " and ".join(_inside(part, _RELATION) for part in parts), _JUNCTION
        case Or(parts=parts):
            return " or ".join(_inside(part, _RELATION) for part in parts), _JUNCTION
        case Not(part=part):
            return f"not {_inside(part, _RELATION)}", _RELATION
        case Choose(condition=condition, then=then, otherwise=otherwise):
            first, second = _inside(condition, _JUNCTION), _inside(then, _JUNCTION)
            return f"if {first} then {second} else {_text(otherwise)[0]}", _LOOSE
        case Compare() | Within() | OneOf() | Includes():
            return _relation(expr), _RELATION
        case Arithmetic():
            return _arithmetic(expr)
        case AtLeast(count=count, parts=parts):
            return f"count({', '.join(_text(part)[0] for part in parts)}) >= {count}", _RELATION
    return _atom(expr), _ATOM


def _relation(expr: Expr) -> str:
    match expr:
        case Compare(op=op, left=left, right=right):
            counting = isinstance(left, DayCount | Times | Summary) and left.needs is not None
            needs = f" needs {getattr(left, 'needs', '')} recorded" if counting else ""
            return f"{_inside(left, _SUM)} {op} {_inside(right, _SUM)}{needs}"
        case Within(value=value, low=low, high=high, low_closed=from_low, high_closed=to_high):
            opening, closing = "[" if from_low else "(", "]" if to_high else ")"
            return f"{_inside(value, _SUM)} in {opening}{_inside(low, _SUM)} .. {_inside(high, _SUM)}{closing}"
        case OneOf(value=value, codes=codes):
            return f"{_inside(value, _SUM)} in ({', '.join(codes)})"
        case Includes(fact=fact, code=code):
            return f"{fact} includes {code}"
    raise AssertionError(expr)


def _arithmetic(expr: Arithmetic) -> tuple[str, int]:
    own = _SUM if expr.op in "+-" else _PRODUCT
    right = _ATOM if own == _PRODUCT else _PRODUCT
    return f"{_inside(expr.left, own)} {expr.op} {_inside(expr.right, right)}", own


def _atom(expr: Expr) -> str:
    match expr:
        case Number(value=value, unit=unit):
            return f"{_number(value)} {unit}" if unit else _number(value)
        case YesNo(value=value):
            return "yes" if value else "no"
        case Name(name=name, kind=kind):
            return f"band({name})" if kind == "band" else name
        case Known(fact=fact, known=known):
            return f"{'known' if known else 'unknown'}({fact})"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_text(part)[0] for part in arguments)})"
        case Latest(series=series):
            return f"latest({series})"
    return _series(expr)


def _series(expr: Expr) -> str:
    match expr:
        case Mean(series=series, window=window, needs=needs):
            return f"mean({series}{_window(window)})" + (f" needs {needs} recorded" if needs != 1 else "")
        case DayCount(series=series, op=op, threshold=threshold, window=window):
            return f"days({series} {op} {_number(threshold)}{_window(window)})"
        case Times(series=series, op=None, window=window):
            return f"times({series}{_window(window)})"
        case Times(series=series, op=op, threshold=threshold, window=window):
            return f"times({series} {op} {_number(threshold)}{_window(window)})"
        case Summary(function=function, series=series, window=window):
            return f"{function}({series}{_window(window)})"
        case Decide(conditions=conditions, outputs=outputs, otherwise=otherwise):
            text = "nothing" if otherwise is None else printed(otherwise)
            for when, said in reversed(list(zip(conditions, outputs, strict=True))):
                text = f"if {_inside(when, _JUNCTION)} then {_inside(said, _JUNCTION)} else {text}"
            return text
    raise AssertionError(expr)


def _window(window: Window) -> str:
    match window:
        case None:
            return ""
        case BothWeeks():
            return ", both weeks"
        case Since(treatment=code):
            return f", since start of {code}"
        case Beside(series=series, op=op, threshold=threshold):
            return f", {series} {op} {_number(threshold)}"
    return f", last {window} days"


def _number(value: Fraction) -> str:
    """Return a number exactly: a decimal if it is one, else a division."""
    below = value.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    if below != 1:
        return f"({value.numerator} / {value.denominator})"
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    whole = f"{abs((value * 10**digits).numerator):0{digits + 1}d}"
    text = f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole
    return f"-{text}" if value < 0 else text

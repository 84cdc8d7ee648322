"""Whether one condition holds in one view of a case: the second opinion's own reading of expressions."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import cast

from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
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
    OfSeries,
    OneOf,
    Or,
    Since,
    Summary,
    Times,
    Within,
    YesNo,
)
from engine.facts import CodeSet, Missing, Origin, Series, Value
from engine.opinion import diary, scores
from engine.opinion.spans import EVERYTHING, Span, Truth, around, every, exactly, holds, image, opposite, reckon, some
from engine.opinion.views import View, started

Codes = frozenset[str] | None  # what a code may still be; None: anything
NO_CODE = ""  # a band or a table that says nothing
WINDOWED = (Summary, DayCount, Times, Mean)


def truth(expr: Expr, view: View, *, red: bool = False) -> Truth:
    """Return whether a condition holds; ``red``: for a red flag, in which blank days of a diary may be anything."""
    key = (id(expr), red)  # the sheet keeps its expressions, so each identity stays its own
    if key not in view.known:
        found = _truth(expr, view, red)
        if found is not True and view.calm is not None:
            found = truth(expr, view.calm, red=red)
        view.known[key] = found
    return cast("Truth", view.known[key])


def _truth(expr: Expr, view: View, red: bool) -> Truth:
    match expr:
        case And(parts=parts):
            return every([truth(part, view, red=red) for part in parts])
        case Or(parts=parts):
            return some([truth(part, view, red=red) for part in parts])
        case Not(part=part):
            return opposite(truth(part, view.below or view, red=red))
        case AtLeast(count=count, parts=parts):
            return holds(">=", _tally(parts, view, red), exactly(count))
        case YesNo(value=value):
            return value
        case Name():
            return _named(expr, view, red)
        case Choose() | Decide():
            said = {None if each is None else truth(each, view, red=red) for each in _options(expr, view, red)}
            return said.pop() if len(said) == 1 else None
        case _:
            return _leaf(expr, view, red)


def _leaf(expr: Expr, view: View, red: bool) -> Truth:
    match expr:
        case Compare():
            return _compared(expr, view, red)
        case Within(value=value, low=low, high=high):
            spans = [_number(part, view, red) for part in (low, value, high)]
            first, middle, last = spans
            if first is None or middle is None or last is None:
                return None
            above = holds("<=" if expr.low_closed else "<", first, middle)
            return every((above, holds("<=" if expr.high_closed else "<", middle, last)))
        case OneOf(value=value, codes=codes):
            return _is_among(_codes(value, view), frozenset(codes))
        case Includes():
            return _includes(expr, view)
        case Known(fact=fact, known=known):
            recorded = fact in view.values and not isinstance(view.values[fact], Missing)
            return recorded == known
    raise TypeError(f"{type(expr).__name__} is not a condition")


def _tally(parts: Iterable[Expr], view: View, red: bool) -> Span:
    truths = [truth(part, view, red=red) for part in parts]
    return sum(each is True for each in truths), sum(each is not False for each in truths)


def _named(expr: Name, view: View, red: bool) -> Truth:
    if expr.kind == "fact":
        value = view.values.get(expr.name)
        return value.value if isinstance(value, Value) and isinstance(value.value, bool) else None
    if expr.kind == "definition":
        return truth(view.sheet.definitions[expr.name], view, red=red)
    return view.concluded.get(expr.name)


def _includes(expr: Includes, view: View) -> Truth:
    """Return whether a list holds a code, a member of its class or, of allergies, a class above it."""
    listed = view.values.get(expr.fact)
    if not isinstance(listed, CodeSet):
        return None
    meant, above = expr.members | {expr.code}, view.sheet.wider.get(expr.code, frozenset())
    if listed.codes & meant:
        return True
    if listed.codes & above:
        return True if expr.fact == view.sheet.edition.vocabulary.lists.get("allergies") else None
    return None if not listed.complete or listed.mentioned & (meant | above) else False


def _is_among(possible: Codes, wanted: Codes) -> Truth:
    if possible is None or wanted is None:
        return None
    return True if possible <= wanted and possible else False if not possible & wanted else None


def _compared(expr: Compare, view: View, red: bool) -> Truth:
    left, right = _behind(expr.left, view), _behind(expr.right, view)
    if _speaks_codes(left, view) or _speaks_codes(right, view):
        same = _is_among(_codes(left, view), _codes(right, view))
        return same if expr.op == "=" else opposite(same)
    if _speaks_truth(left, view) or _speaks_truth(right, view):
        first, second = truth(left, view, red=red), truth(right, view, red=red)
        return None if first is None or second is None else (first == second) == (expr.op == "=")
    low, high = _number(left, view, red), _number(right, view, red)
    return None if low is None or high is None else holds(expr.op, low, high)


def _behind(expr: Expr, view: View) -> Expr:
    """Return what a definition stands for."""
    if isinstance(expr, Name) and expr.kind == "definition":
        return _behind(view.sheet.definitions[expr.name], view)
    return expr


def _speaks_codes(expr: Expr, view: View) -> bool:
    match _behind(expr, view):
        case Name(kind="code" | "band"):
            return True
        case Name(name=name, kind="score"):
            return view.sheet.edition.scores[name].value_type == "code"
        case Name(name=name, kind="fact"):
            return view.sheet.edition.vocabulary.facts[name].type in ("choice", "text")
        case Choose(then=then, otherwise=otherwise):
            return _speaks_codes(then, view) or _speaks_codes(otherwise, view)
        case Decide(outputs=outputs):
            return any(_speaks_codes(each, view) for each in outputs)
    return False


def _speaks_truth(expr: Expr, view: View) -> bool:
    match _behind(expr, view):
        case Name(name=name, kind="fact"):
            return view.sheet.edition.vocabulary.facts[name].type == "yes_no"
        case Name(kind=kind):
            return kind == "conclusion"
        case Decide(outputs=outputs):
            return any(_speaks_truth(each, view) for each in outputs)
        case YesNo() | And() | Or() | Not() | AtLeast() | Compare() | Within() | OneOf() | Includes() | Known():
            return True
    return False


def _options(expr: Choose | Decide, view: View, red: bool = False) -> list[Expr | None]:
    """Return what a choice or a table may still come to; None stands for a table of which no row fits."""
    if isinstance(expr, Choose):
        chosen = truth(expr.condition, view, red=red)
        return [part for part, fits in ((expr.then, chosen), (expr.otherwise, opposite(chosen))) if fits is not False]
    found: list[Expr | None] = []
    sure: list[Expr | None] = []
    for condition, output in zip(expr.conditions, expr.outputs, strict=True):
        fits = truth(condition, view, red=red)
        if fits is not False:
            found.append(output)
        if fits is True:
            sure.append(output)
            if expr.hit == "first":
                return found
    if sure:
        return sure if expr.hit in ("unique", "any") else found
    return found if expr.whole and found else [*found, expr.otherwise]


def _codes(expr: Expr, view: View) -> Codes:
    """Return the codes an expression may still have; None if it may be any."""
    match _behind(expr, view):
        case Name(name=name, kind="fact"):
            value = view.values.get(name)
            return frozenset({str(value.value)}) if isinstance(value, Value) else None
        case Name(name=name, kind="score"):
            return score(name, view).codes
        case Name(name=name, kind="band"):
            return score(name, view).bands
        case Name(name=name):
            return frozenset({name})
        case Choose() | Decide() as either:
            parts = [frozenset({NO_CODE}) if each is None else _codes(each, view) for each in _options(either, view)]
            known = [part for part in parts if part is not None]
            return frozenset().union(*known) if len(known) == len(parts) else None
    raise TypeError(f"{type(expr).__name__} has no code")


def _number(expr: Expr, view: View, red: bool) -> Span | None:
    """Return the span of a number; None for a bare fact or series of which nothing is known."""
    expr = _behind(expr, view)
    if isinstance(expr, Name) and expr.kind == "fact":
        return _recorded(expr.name, view)
    return _from_series(expr, view, red) if isinstance(expr, OfSeries) else _span(expr, view, red)


def _recorded(name: str, view: View) -> Span | None:
    known = view.values.get(name)
    if not isinstance(known, Value):
        return None
    if isinstance(known.value, date):
        return exactly(known.value.toordinal())
    return exactly(known.value) if isinstance(known.value, Fraction) else None


def _declared(name: str, view: View) -> Span:
    spec = view.sheet.edition.vocabulary.facts.get(name)
    return EVERYTHING if spec is None or spec.range is None else spec.range


def _span(expr: Expr, view: View, red: bool) -> Span:
    """Return the span of a number, what nobody recorded counting as anything in its declared range."""
    expr = _behind(expr, view)
    match expr:
        case Number(value=value):
            return exactly(value)
        case Name(name=name, kind="score"):
            return score(name, view).span
        case Name(name=name):
            return _recorded(name, view) or _declared(name, view)
        case OfSeries():
            return _from_series(expr, view, red) or _any_of_series(expr, view)
        case Arithmetic(op=op, left=left, right=right):
            return reckon(op, _span(left, view, red), _span(right, view, red))
        case Choose():
            return around(_span(each, view, red) for each in _options(expr, view, red) if each is not None)
        case Call():
            return _called(expr, view, red)
        case Decide():
            return _from_table(expr, view, red)
    raise TypeError(f"{type(expr).__name__} is not a number")


def _called(expr: Call, view: View, red: bool) -> Span:
    if expr.function == "count":
        return _tally(expr.arguments, view, red)
    spans = [_span(part, view, red) for part in expr.arguments]
    if expr.function in ("min", "max"):
        best = min if expr.function == "min" else max
        return best(low for low, _ in spans), best(high for _, high in spans)
    return image(expr.function, spans[0])


def _from_table(expr: Decide, view: View, red: bool) -> Span:
    if expr.hit in ("first", "unique", "any"):
        said = _options(expr, view, red)
        return EVERYTHING if None in said else around(_span(each, view, red) for each in said if each is not None)
    rows = [
        (truth(condition, view, red=red), _span(output, view, red))
        for condition, output in zip(expr.conditions, expr.outputs, strict=True)
    ]
    sure = [span for fits, span in rows if fits is True]
    maybe = [span for fits, span in rows if fits is None]
    if expr.hit in ("sum", "count"):
        widened = [(min(low, 0), max(high, 0)) for low, high in maybe]
        return sum(low for low, _ in (*sure, *widened)), sum(high for _, high in (*sure, *widened))
    if not sure:
        return around([*maybe, EVERYTHING if expr.otherwise is None else _span(expr.otherwise, view, red)])
    if expr.hit == "min":
        ends = min(low for low, _ in (*sure, *maybe)), min(high for _, high in sure)
    else:
        ends = max(low for low, _ in sure), max(high for _, high in (*sure, *maybe))
    return ends


def _series(name: str, view: View) -> Series | None:
    """Return a diary, repeated measurements, or the one value there is as a series of one."""
    known = view.values.get(name)
    if isinstance(known, Series):
        return known
    if name in view.repeated:
        return view.repeated[name]
    if isinstance(known, Value) and isinstance(known.value, Fraction):
        day = known.origin.dated
        return Series((known.value,), known.origin, dates=() if day is None else (day,))
    return None


def _from_series(expr: OfSeries, view: View, red: bool) -> Span | None:
    series, window = _series(expr.series, view), getattr(expr, "window", None)
    if series is None:
        if isinstance(expr, Summary) and expr.function == "recorded":
            return exactly(0)
        if window is None or isinstance(window, Since) or not isinstance(expr, WINDOWED):
            return None
        series = Series((), Origin("case"))
    elif isinstance(expr, Latest) and _has_aged(series, expr.series, view):
        return None
    begun = started(view, window.members) if isinstance(window, Since) else None
    found = diary.windows(series, window, view.today, begun)
    spec = view.sheet.edition.vocabulary.facts.get(expr.series)
    manner = diary.Manner(red, spec is not None and spec.several, _declared(expr.series, view))
    return None if found is None else diary.look(expr, found, manner)


def _has_aged(series: Series, name: str, view: View) -> bool:
    """Return whether the last recorded value is too old to speak for today."""
    spec = view.sheet.edition.vocabulary.facts.get(name)
    fresh = None if spec is None else spec.fresh_for_days
    if fresh is None or view.today is None or not (series.dates or series.last):
        return isinstance(view.values.get(name), Missing)
    days = [day for day, entry in diary.numbered(series) if entry is not None]
    return bool(days) and view.today - days[-1] > fresh


def _any_of_series(expr: OfSeries, view: View) -> Span:
    if isinstance(expr, (DayCount, Times)):
        return 0, EVERYTHING[1]
    moves = isinstance(expr, Summary) and expr.function in ("change", "trend")
    return EVERYTHING if moves else _declared(expr.series, view)


def score(name: str, view: View) -> scores.State:
    """Return what is known of a score; in an alarmed view only if it says a danger there."""
    key = ("score", name)
    if key not in view.known:
        known = view.sheet.edition.scores[name]
        formula = view.formulas[name]
        found = scores.state_of(formula, _inputs(known, view), view.adult, bold=view.bold, ranges=_ranges(known, view))
        if view.calm is not None and not (found.band in known.danger or found.code in known.danger):
            found = score(name, view.calm)
        view.known[key] = found
    return cast("scores.State", view.known[key])


def _ranges(known: scores.Score, view: View) -> dict[str, Span]:
    return {
        name: _declared(item.bind.name, view) if isinstance(item.bind, Name) else EVERYTHING
        for name, item in known.inputs.items()
    }


def _inputs(known: scores.Score, view: View) -> dict[str, scores.Given]:
    """Return what the case says of each input of a score."""
    return {
        name: scores.Given(
            value=None if item.bind is None else _input(item, item.bind, view),
            queried=item.bind is not None and _is_queried(item.bind, view),
        )
        for name, item in known.inputs.items()
    }


def _is_queried(bind: Expr, view: View) -> bool:
    values = (view.values.get(fact) for fact in scores.facts_of(bind))
    return any(isinstance(value, Missing) and value.because == "queried" for value in values)


def _input(item: scores.ScoreInput, bind: Expr, view: View) -> scores.Input:
    if item.type == "yes_no":
        return truth(bind, view)
    if item.type == "choice":
        codes = _codes(bind, view)
        return next(iter(codes)) if codes is not None and len(codes) == 1 else None
    if item.type == "series":
        series = _series(bind.name, view) if isinstance(bind, Name) else None
        return None if series is None else scores.last_entries(series.values, item.days)
    span = _number(bind, view, red=False)
    if span is None or span[0] != span[1] or isinstance(span[0], float):
        return None
    spec = view.sheet.edition.vocabulary.facts.get(bind.name) if isinstance(bind, Name) else None
    unit = None if spec is None else spec.unit
    factor = Fraction(1) if unit is None or unit == item.unit else item.units.get(unit, Fraction(1))
    return Fraction(span[0]) * factor

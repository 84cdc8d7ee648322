"""How far the diary of a case is filled in, for each window that a rule looks at, and which days can still be told."""

from collections.abc import Iterable, Iterator
from datetime import date

from engine.compiler.program import Scope
from engine.compiler.reading import start_of
from engine.compiler.series import Part, parts
from engine.conditions import BothWeeks, OfSeries, Since, Window
from engine.facts import Series
from engine.plan import Coverage


def coverage(scope: Scope) -> tuple[Coverage, ...]:
    """Return how far each diary of the case is filled in, for every window its rules look at."""
    return tuple(each for expr in scope.program.diaries for each in _of(expr, scope))


def closed(found: Iterable[Coverage]) -> frozenset[str]:
    """Return the diaries of which no missing day can still be filled in: asking for them now is of no use."""
    known = list(found)
    return frozenset(each.series for each in known) - {each.series for each in known if each.open or not each.missing}


def _of(expr: OfSeries, scope: Scope) -> Iterator[Coverage]:
    series = scope.values.get(expr.series)
    window: Window = getattr(expr, "window", None)
    if not isinstance(series, Series):
        return
    found = parts(series, window, today=scope.today, start=start_of(window, scope))
    if found is None:
        return
    missing = [day for part in found for day in part.missing]
    yield Coverage(
        series=expr.series,
        window=_named(window),
        days=sum(map(_length, found)),
        recorded=sum(len(part.recorded) for part in found),
        needed=getattr(expr, "needs", None),
        missing=tuple(_day(day, series) for day in missing),
        open=tuple(_day(day, series) for day in missing if _is_open(day, expr.series, series, scope)),
    )


def _length(part: Part) -> int:
    return len(part.recorded) + len(part.missing)


def _named(window: Window) -> str:
    match window:
        case int():
            return f"last {window} days"
        case BothWeeks():
            return "both weeks"
        case Since(treatment=code):
            return f"since start of {code}"
    return "all"


def _day(day: int, series: Series) -> str:
    """Return a day as its date, or as its number in the diary if nobody said when it ends."""
    return str(day) if series.last is None else date.fromordinal(day).isoformat()


def _is_open(day: int, name: str, series: Series, scope: Scope) -> bool:
    spec = scope.program.edition.vocabulary.facts.get(name)
    limit = None if spec is None else spec.open_for_days
    if limit is None or scope.today is None or series.last is None:
        return True
    return scope.today - day <= limit

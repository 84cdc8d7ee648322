"""What is read straight from a case, before any condition is decided: facts, memberships and series."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from engine.compiler.intervals import ANYTHING, INFINITE, Interval
from engine.compiler.program import Scope
from engine.compiler.series import Way, days_of, parts, reading
from engine.conditions import (
    BothWeeks,
    DayCount,
    Expr,
    Includes,
    Latest,
    Name,
    OfSeries,
    Since,
    Summary,
    Times,
    Window,
)
from engine.facts import CodeSet, Entry, Missing, Origin, Series, Value
from engine.language.documents import ScoreInput
from engine.plan import Truth


def is_known(fact: str, scope: Scope) -> bool:
    value = scope.values.get(fact)
    return value is not None and not isinstance(value, Missing)


def fact_number(name: str, scope: Scope) -> Fraction | int | None:
    """Return a recorded number (a date as its day number), None if there is none."""
    value = scope.values.get(name)
    if not isinstance(value, Value):
        return None
    if isinstance(value.value, date):
        return value.value.toordinal()
    return value.value if isinstance(value.value, Fraction) else None


def declared(name: str, scope: Scope) -> Interval:
    """Return every value a fact may have, by its declared range."""
    spec = scope.program.edition.vocabulary.facts.get(name)
    return ANYTHING if spec is None or spec.range is None else Interval(*spec.range)


def among(possible: frozenset[str] | None, wanted: frozenset[str] | None) -> Truth:
    """Return whether what is still possible is wanted: surely, surely not, or not known."""
    if possible is None or wanted is None:
        return None
    if not possible & wanted:
        return False
    return True if possible <= wanted else None


def included(expr: Includes, scope: Scope) -> Truth:
    """Return whether a recorded list holds one of the codes that mean the same."""
    value = scope.values.get(expr.fact)
    if not isinstance(value, CodeSet):
        return None
    if value.codes & (expr.members | {expr.code}):
        return True
    classes = scope.program.drugs.classes.get(expr.code, ())
    wider = value.codes.intersection(classes)
    if wider and expr.fact == scope.program.edition.vocabulary.lists.get("allergies"):
        return True  # an allergy to beta-lactams is one to penicillins
    written = value.mentioned & {expr.code, *expr.members, *classes}
    return False if value.complete and not wider and not written else None  # "anticoagulants" may be warfarin


def fits(value: int | Fraction, item: ScoreInput) -> bool:
    """Return whether a value lies in the range of a score's input."""
    return item.range is None or isinstance(value, bool) or item.range[0] <= value <= item.range[1]


# --- series


def series_of(name: str, scope: Scope) -> Series | None:
    """Return the series of a fact: a diary, repeated measurements, or the one value there is."""
    value = scope.values.get(name)
    if isinstance(value, Series):
        return value
    if name in scope.repeated:
        return scope.repeated[name]
    if isinstance(value, Value) and isinstance(value.value, Fraction):
        dated = value.origin.dated
        return Series((value.value,), value.origin, dates=() if dated is None else (dated,))
    return None


def of_series(expr: OfSeries, scope: Scope, *, red: bool = False) -> Interval | None:
    """Return what is known of a series in a window; None if nothing is. ``red``: missing days may be anything."""
    series = series_of(expr.series, scope)
    window: Window = getattr(expr, "window", None)
    if isinstance(expr, Latest) and series is not None and _is_old(series, expr.series, scope):
        return None
    if series is None:
        if isinstance(expr, Summary) and expr.function == "recorded":
            return Interval(0, 0)
        if not isinstance(window, int | BothWeeks):
            return None
        series = Series((), Origin("case"))
    found = parts(series, window, today=scope.today, start=start_of(window, scope))
    return None if found is None else reading(expr, found, _way(expr, scope, red=red))


def _is_old(series: Series, name: str, scope: Scope) -> bool:
    """Return whether the last recorded value is older than it stays fresh."""
    spec = scope.program.edition.vocabulary.facts.get(name)
    if spec is None or spec.fresh_for_days is None or scope.today is None or not (series.dates or series.last):
        return isinstance(scope.values.get(name), Missing)
    recorded = [day for day, entry in days_of(series) if entry is not None]
    return bool(recorded) and scope.today - recorded[-1] > spec.fresh_for_days


def _way(expr: OfSeries, scope: Scope, *, red: bool) -> Way:
    spec = scope.program.edition.vocabulary.facts.get(expr.series)
    return Way(red, spec is not None and spec.several, declared(expr.series, scope))


def possible(expr: OfSeries, scope: Scope) -> Interval:
    """Return every value an expression over an unknown series may have."""
    if isinstance(expr, DayCount | Times):
        return Interval(0, INFINITE)
    moves = isinstance(expr, Summary) and expr.function in ("change", "trend")
    return ANYTHING if moves else declared(expr.series, scope)


def start_of(window: Window, scope: Scope) -> int | None:
    """Return the day a treatment began, the latest of several; None if nobody recorded it."""
    if not isinstance(window, Since):
        return None
    lists = (value for value in scope.values.values() if isinstance(value, CodeSet))
    begun = [
        day
        for listed in lists
        for code in window.members & listed.codes
        if isinstance(day := _begun(listed.details.get(code, {})), date)
    ]
    return max(day.toordinal() for day in begun) if begun else None


def _begun(details: Mapping[str, object]) -> object:
    """Return the day a treatment began; of a current medicine the date on its entry."""
    return details.get("start") or details.get("date")


def entries_of(bind: Expr, days: int | None, scope: Scope) -> tuple[Entry | None, ...] | None:
    """Return the last ``days`` entries of the series a score's input is bound to; None if there is none."""
    series = series_of(bind.name, scope) if isinstance(bind, Name) else None
    return None if series is None else padded(series.values, days)


def padded(values: tuple[Entry | None, ...], days: int | None) -> tuple[Entry | None, ...]:
    """Return the last ``days`` entries; days before the first entry are not filled in."""
    if days is None:
        return values
    return ((None,) * days + values)[-days:]


def padded_end(values: tuple[Entry | None, ...], days: int | None) -> tuple[Entry | None, ...]:
    """Return a list as long as the score looks at: a diary given short was not filled in at its end."""
    return values if days is None else (*values, *((None,) * (days - len(values))))

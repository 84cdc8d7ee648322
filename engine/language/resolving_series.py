"""What a formula reads from a series: the list is looked up, its window is checked, its limits lie in its range."""

from dataclasses import replace
from fractions import Fraction

from engine import units
from engine.conditions import Beside, BothWeeks, Compare, DayCount, FromSeries, Latest, Since, Summary, Times, Window
from engine.errors import Place
from engine.language.names import COUNT, UNKNOWN, Kind, Scope, members
from engine.language.spelling import nearest
from engine.language.unifying import Typed
from engine.language.validation import Problems

_MEASURED = ("integer", "decimal", "quantity")
_COUNTED = (DayCount, Times)


class SeriesReader:
    """Checks what is read from the series of one scope: diaries, repeated measurements, list inputs of a score."""

    def __init__(self, scope: Scope, problems: Problems) -> None:
        self.scope, self.problems = scope, problems

    def typed(self, expr: FromSeries) -> Typed:
        """Return the expression with its window resolved, and what kind of number it yields."""
        kind = self.kind(expr.series, expr.place, counted=isinstance(expr, _COUNTED))
        if kind is None:
            return expr, UNKNOWN
        if isinstance(expr, Latest):
            return expr, kind
        found = replace(expr, window=self.window(expr.window, expr.place))
        self.check_needs(expr.window, expr.needs, expr.place)
        if isinstance(expr, DayCount | Times):
            if expr.op is not None:
                self.check_limit(expr.threshold, kind, expr.place)
            return found, COUNT
        if isinstance(expr, Summary) and expr.function == "recorded":
            return found, COUNT
        moves = isinstance(expr, Summary) and expr.function in ("change", "trend")
        return found, replace(kind, range=None) if moves else kind

    def kind(self, name: str, place: Place, *, counted: bool) -> Kind | None:
        """Return the kind of one entry; None if the name is no series, which is noted."""
        if self.scope.score is not None:
            return self.of_input(name, place)
        meaning = self.scope.meaning(name)
        spec = self.scope.world.vocabulary.facts.get(meaning.name) if meaning and meaning.kind == "fact" else None
        if spec is None:
            self.unknown(name, place)
            return None
        if spec.type != "series" and (counted or spec.type not in _MEASURED):
            hint = "Days are counted in diaries; other series are diaries and repeated measurements."
            self.problems.add(place, "P119", f'"{name}" is no series', hint)
            return None
        return Kind("number", spec.unit, label=name, units=spec.units, range=spec.range)

    def of_input(self, name: str, place: Place) -> Kind | None:
        given = self.scope.score.inputs.get(name) if self.scope.score is not None else None
        if given is None:
            self.unknown(name, place)
            return None
        if given.type != "series":
            self.problems.add(place, "P119", f'the input "{name}" is no series', "Give it type: series.")
            return None
        return Kind("number", loose=True, label=name, range=given.range)

    def unknown(self, name: str, place: Place) -> None:
        hint = nearest(name, self.scope.names()) or "Declare it in the vocabulary."
        self.problems.add(place, "P105", f'the name "{name}" is not known', hint)

    def window(self, window: Window, place: Place) -> Window:
        match window:
            case Since(treatment=code):
                return self.since(code, place)
            case Beside(series=beside, threshold=threshold):
                kind = self.kind(beside, place, counted=True)
                if kind is not None:
                    self.check_limit(threshold, kind, place)
        return window

    def since(self, code: str, place: Place) -> Since:
        """Return the window with every code on record that means the treatment: ingredient, class or brand."""
        world = self.scope.world
        fact = world.vocabulary.lists.get("medications", "")
        found = members(world, fact, code) if fact in world.vocabulary.facts else None
        if code in world.formulary.regimens:
            found = frozenset({code})
        if found is None or self.scope.score is not None:
            hint = nearest(code, {*world.formulary.names, *world.formulary.regimens}) or "Name a medicine or a regimen."
            self.problems.add(place, "P126", f'"{code}" is no treatment of the formulary', hint)
        return Since(code, found or frozenset())

    def check_needs(self, window: Window, needs: int | None, place: Place) -> None:
        days = 7 if isinstance(window, BothWeeks) else window
        if needs is not None and isinstance(days, int) and needs > days:
            self.problems.add(place, "P120", f"{needs} recorded days do not fit into {days} days")

    def check_weeks(self, expr: Compare) -> None:
        """Note a comparison that the lesser of two weeks does not answer."""
        if isinstance(getattr(expr.left, "window", None), BothWeeks) and expr.op not in (">=", ">"):
            hint = "Write >= or >: both weeks must reach the number."
            self.problems.add(expr.place, "P127", "both weeks is compared from above", hint)

    def check_limit(self, limit: Fraction, kind: Kind, place: Place) -> None:
        if kind.range is not None and not kind.range[0] <= limit <= kind.range[1]:
            low, high = map(units.written, kind.range)
            message = f'{units.written(limit)} lies outside {low} .. {high}, the range of "{kind.label}"'
            self.problems.add(place, "P112", message, "Correct the number, or the range in the vocabulary.")

"""The control chart of a rule, drawn on the server: the share of each week, and the limits its history set for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.plans.terms import number
from webapp.studio import control, limits
from webapp.studio.control import Days
from webapp.studio.limits import Count

LEFT, RIGHT, TOP, BOTTOM = 40, 592, 12, 132
WEEKS = 26


@dataclass(frozen=True, slots=True)
class Week:
    """One whole week: how many of how many, and between which counts chance alone would leave it."""

    begins: date
    count: Count
    chance: tuple[int, int] | None  # None: too little was known

    @property
    def share(self) -> float | None:
        return self.count.fired / self.count.could if self.count.could else None

    @property
    def is_out(self) -> bool:
        return self.chance is not None and not self.chance[0] <= self.count.fired <= self.chance[1]

    @property
    def percent(self) -> str:
        return "" if self.share is None else number(round(100 * self.share))


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: str
    is_out: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """What the picture is made of; the table beside it says the same in figures."""

    weeks: Sequence[Week]
    dots: Sequence[Dot]
    low: str
    high: str
    grid: Sequence[tuple[str, str]]
    versions: Sequence[tuple[str, str]]  # x, version
    out: int

    @property
    def line(self) -> str:
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


def weeks_of(days: Days, today: date, begins: date | None = None, weeks: int = WEEKS) -> list[Week]:
    """Return the last whole weeks up to yesterday, oldest first."""
    starts = [today - timedelta(7 * back) for back in range(weeks, 0, -1)]
    return [_week(days, start, begins) for start in starts]


def _week(days: Days, start: date, begins: date | None) -> Week:
    count = days.between(start, start + timedelta(7))
    held = control.usual_before(days, start, begins)
    return Week(start, count, limits.within(held, count.could) if held and count.could else None)


def drawn(weeks: Sequence[Week], since: Mapping[str, date]) -> Chart:
    """Return the drawing of some weeks; ``since`` says on which day each version first spoke."""
    top = max([*_shares(weeks), 0.04]) * 1.1
    step = (RIGHT - LEFT) / max(len(weeks) - 1, 1)
    xs = [f"{LEFT + step * place:.1f}" for place in range(len(weeks))]
    told = [(x, week) for x, week in zip(xs, weeks, strict=True) if week.share is not None]
    return Chart(
        weeks=weeks,
        dots=[Dot(x, _y(week.share or 0.0, top), week.is_out) for x, week in told],
        low=" ".join(f"{x},{_y(week.chance[0] / week.count.could, top)}" for x, week in told if week.chance),
        high=" ".join(f"{x},{_y(week.chance[1] / week.count.could, top)}" for x, week in told if week.chance),
        grid=[(number(round(100 * share)), _y(share, top)) for share in (0, top / 2, top)],
        versions=[(xs[place], name) for name, place in _changes(weeks, since)],
        out=sum(week.is_out for week in weeks),
    )


def _shares(weeks: Sequence[Week]) -> Iterator[float]:
    for week in weeks:
        if week.share is not None:
            yield max(week.share, week.chance[1] / week.count.could if week.chance else 0.0)


def _y(share: float, top: float) -> str:
    return f"{BOTTOM - share / top * (BOTTOM - TOP):.1f}"


def _changes(weeks: Sequence[Week], since: Mapping[str, date]) -> Iterator[tuple[str, int]]:
    for name, day in since.items():
        place = (day - weeks[0].begins).days // 7
        if 0 < place < len(weeks):
            yield name, place

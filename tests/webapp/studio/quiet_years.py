"""Years in which nothing happens, or something does, drawn with a fixed seed: what the limits are measured on.

`python -m tests.webapp.studio.quiet_years` prints the table of docs/reference/control-charts.md.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median

from webapp.studio.control import Days, days_of, found

BEGIN = date(2024, 1, 1)
HISTORY, YEAR = 182, 365
RATES = ((2, 0.02), (2, 0.1), (2, 0.4), (10, 0.02), (10, 0.1), (10, 0.4), (40, 0.02), (40, 0.1), (40, 0.4))
Rate = Callable[[int, float], float]


def drawn(seed: str, people: int, share: float, days: int, rate: Rate = lambda _day, share: share) -> Days:
    """Return days on which some ``people`` a working day were assessed and a rule fired with ``share`` of them."""
    chance, could, fired = random.Random(seed), dict[date, int](), dict[date, int]()  # noqa: S311 - no secret
    for number in range(days):
        day = BEGIN + timedelta(number)
        if day.weekday() < 5:
            could[day] = chance.randint(0, 2 * people)
            fired[day] = sum(chance.random() < rate(number, share) for _each in range(could[day]))
    return days_of(could, fired)


def alarm(days: Days, first: int, last: int, kind: str = "") -> int | None:
    """Return how many nights after ``first`` it was noticed, looking each night."""
    for number in range(first, last):
        seen = found(days, BEGIN + timedelta(number + 1))
        if seen and (not kind or seen.kind == kind):
            return number + 1 - first
    return None


def false_alarms(people: int, share: float, years: int) -> int:
    """Return in how many quiet years anything was noticed."""
    last = HISTORY + YEAR
    return sum(
        alarm(drawn(f"{people} {share} {one}", people, share, last), HISTORY, last) is not None for one in range(years)
    )


def until_noticed(people: int, share: float, times: float, tries: int) -> list[int | None]:
    """Return after how many days it was noticed that a rule fires ``times`` as often; None: not within half a year."""
    last = 2 * HISTORY
    change = lambda day, share: min(share * times, 0.98) if day >= HISTORY else share  # noqa: E731
    kind = "silent" if times < 1 else "loud"
    return [
        alarm(drawn(f"{people} {share} {times} {one}", people, share, last, change), HISTORY, last, kind)
        for one in range(tries)
    ]


def table(years: int, tries: int) -> Iterator[str]:
    """Yield the rows of the page."""
    for people, share in RATES:
        cells = [f"{people * 5}", f"{share:.0%}", f"{false_alarms(people, share, years)} of {years}"]
        for times in (0, 0.25, 3):
            days = until_noticed(people, share, times, tries)
            heard = sorted(one for one in days if one is not None)
            cells += [f"{round(median(heard))} ({len(heard)} of {tries})" if heard else f"not (0 of {tries})"]
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    for row in table(200, 40):
        print(row, flush=True)  # noqa: T201 - a table to paste

"""How a patient has been doing: scores of each day they were worked out, and the diary day by day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from webapp.audit import services as audit
from webapp.desk import changing
from webapp.desk.bands import words_of
from webapp.desk.changing import Verdict
from webapp.desk.drawing import About, Drawing, bars, points
from webapp.desk.moment import Reader
from webapp.patients import selectors as people
from webapp.plans import case, trends
from webapp.plans.lines import terms_now
from webapp.plans.models import Evaluation
from webapp.plans.terms import Terms, number

SPANS = (14, 42, 90)  # days of the diary one may look at
MOST_DAYS = 24  # of scores
TEN = 10.0
_STORED = {fact: stored for stored, fact in case.DIARY.items()}


@dataclass(frozen=True, slots=True)
class Score:
    """One score: what it said on each day, and what its change means."""

    name: str
    title: str
    days: Sequence[tuple[date, float | None, str]]  # day, value, band
    verdict: Verdict | None  # None for one value, and for what is no number
    change: str
    finding: str
    drawing: Drawing | None = None

    @property
    def words(self) -> Any:
        return changing.WORDS[self.verdict] if self.verdict else ""

    @property
    def arrow(self) -> str:
        known = [value for _day, value, _band in self.days if value is not None]
        if self.verdict is None or known[0] == known[-1]:
            return ""
        return "arrow-up" if known[-1] > known[0] else "arrow-down"


@dataclass(frozen=True, slots=True)
class Course:
    scores: Sequence[Score]
    diary: Sequence[Drawing]
    span: int


def course_of(reader: Reader, span: int) -> Course:
    """Return the course of a patient; reading it is written into the audit.

    Raises Patient.DoesNotExist where the reader may not read this record.
    """
    if not people.may_read_record(reader.user, reader.patient):
        raise type(reader.patient).DoesNotExist
    audit.record(actor=reader.user, verb="course.viewed", patient_id=reader.patient.pk, path=reader.path)
    span = span if span in SPANS else SPANS[0]
    terms = terms_now(reader.language, reader.today)
    return Course(scores_of(reader, terms), _diary(reader, span), span)


def scores_of(reader: Reader, terms: Terms) -> list[Score]:
    """Return every score that said something, by its title; the last evaluation of each day counts."""
    told: dict[str, list[tuple[date, float | None, str]]] = {}
    for day, scores in _by_day(reader):
        for name, score in scores.items():
            if score.get("status") == "ok" and name in terms.edition.scores:
                said = _figure(score.get("value")), words_of(name, score.get("band") or "")
                told.setdefault(name, []).append((day, *said))
    found = [_score(name, _changes(days), terms) for name, days in told.items()]
    return sorted(found, key=lambda one: one.title)


def _by_day(reader: Reader) -> list[tuple[date, Mapping[str, Any]]]:
    """Return the scores of the last evaluation of each day, oldest first: two queries, however long the history."""
    made = Evaluation.objects.filter(patient=reader.patient, status=Evaluation.Status.OK).order_by("created_at")
    last = {timezone.localdate(at): pk for pk, at in made.values_list("pk", "created_at")}
    kept = dict(sorted(last.items())[-MOST_DAYS:])
    rows = Evaluation.objects.only("pk", "result").in_bulk(list(kept.values()))
    return [(day, json.loads(rows[pk].result or "{}").get("scores", {})) for day, pk in kept.items()]


def _figure(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _changes(days: Sequence[tuple[date, float | None, str]]) -> list[tuple[date, float | None, str]]:
    """Leave out days on which nothing was asked anew: a score that says the same again is no second reading.

    The last day stays, so that one sees until when it held.
    """
    kept = [one for place, one in enumerate(days) if place == 0 or one[1:] != days[place - 1][1:]]
    return kept if kept[-1] == days[-1] else [*kept, days[-1]]


def _score(name: str, days: Sequence[tuple[date, float | None, str]], terms: Terms) -> Score:
    title = terms.say(terms.edition.scores[name].title)
    known = [(day, value) for day, value, _band in days if value is not None]
    if len(known) < 2:
        return Score(name, title, days, None, "", _once(title, days[-1]))
    (since, first), (until, last) = known[0], known[-1]
    verdict = changing.judged(name, first, last)
    finding = _("%(what)s: from %(first)s on %(since)s to %(last)s on %(until)s, %(verdict)s") % {
        "what": title,
        "first": number(first),
        "last": number(last),
        "since": _day(since),
        "until": _day(until),
        "verdict": changing.WORDS[verdict],
    }
    highest = getattr(terms.edition.scores[name], "range", None)
    top = max(*(value for _d, value in known), _top(highest)) or 1.0
    drawn = points(About(name, title, finding, _("value of the score")), days, top)
    return Score(name, title, days, verdict, f"{last - first:+g}", finding, drawn)


def _top(limits: Any) -> float:
    """Return the highest a score can be, 0 where it has no such end."""
    try:
        return float(limits[1])
    except (TypeError, IndexError, KeyError, ValueError):
        return 0.0


def _once(title: str, day: tuple[date, float | None, str]) -> str:
    said = number(day[1]) if day[1] is not None else day[2]
    return _("%(what)s: %(value)s on %(day)s; one reading shows no change") % {
        "what": title,
        "value": said,
        "day": _day(day[0]),
    }


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _diary(reader: Reader, span: int) -> list[Drawing]:
    first = reader.today - timedelta(days=span - 1)
    codes = {_STORED[fact]: fact for fact in trends.SERIES}
    since = timezone.make_aware(datetime.combine(first, time()))
    told: dict[str, dict[date, float]] = {}
    for row in people.observations_of(reader.patient, *codes, since=since):  # newest first: the first of a day counts
        value = _figure(row.value)
        if value is not None:
            told.setdefault(row.code, {}).setdefault(case.day_of(row), value)
    days = [first + timedelta(days=place) for place in range(span)]
    return [_drawing(codes[code], told[code], days) for code in codes if told.get(code)]


def _drawing(fact: str, told: Mapping[date, float], days: Sequence[date]) -> Drawing:
    title, half = str(trends.SERIES[fact]), len(days) // 2
    early, late = (_mean([told[day] for day in part if day in told]) for part in (days[:half], days[half:]))
    finding = _("%(what)s: mean %(first)s in the first half, %(second)s in the second") % {
        "what": title,
        "first": early,
        "second": late,
    }
    values = [(day, told.get(day), "" if day in told else _("no data")) for day in days]
    return bars(About(fact, title, finding, _("from 0 to 10")), values, TEN)


def _mean(values: Sequence[float]) -> str:
    return number(round(sum(values) / len(values), 1)) if values else _("no data")


def figures(course: Course) -> list[tuple[str, str, str, str]]:
    """Return what is drawn as rows of a table: what, day, value, band or note; days without data have no value."""
    scores = [
        (one.title, day.isoformat(), "" if value is None else f"{value:g}", band)
        for one in course.scores
        for day, value, band in one.days
    ]
    diary = [(one.title, mark.day.isoformat(), mark.plain, mark.note) for one in course.diary for mark in one.marks]
    return scores + diary

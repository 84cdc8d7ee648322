"""Whether an assessment has seen everything the record says: what was written down since is a check not made."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from engine.errors import PautaError
from rules import services as shelf
from rules.selectors import ShelfError
from webapp.base.fields import blind
from webapp.patients.lines import Entry
from webapp.patients.lists import RECORD_LISTS
from webapp.patients.selectors import Record
from webapp.plans import case as cases
from webapp.plans.models import Evaluation


def covers(evaluation: Evaluation, record: Record) -> bool:
    """Return whether the assessment has seen the record as it is, or whether nothing of its case has changed since.

    An assessment still waiting for the worker, or one that nobody asked for after a correction, is found so.
    """
    if evaluation.record_mark:
        return evaluation.record_mark == mark(record) or _is_same_case(evaluation, record)
    newest = written_at(record)
    return newest is None or newest <= evaluation.created_at or _is_same_case(evaluation, record)


def mark(record: Record) -> str:
    """Return a keyed digest of which lines hold: another one after any line was added, closed or taken back.

    Times would not do: closing a line leaves the day it was written, and what was being written while an assessment
    ran bears an earlier time than it.
    """
    lists = _lists(record)
    lines = [f"{line.pk}{line.active:d}" for lines in lists for line in lines]
    values = [str(row.pk) for row in record.observations]
    person = [record.patient.birth_date.isoformat(), record.patient.sex]
    said = [*sorted(record.none), "|", *sorted(record.unsure), "|", *sorted(record.whole)]
    words = [*person, *said, *sorted(lines), *sorted(values)]
    return blind(" ".join(words), "plans.evaluation.record_mark").hex()


def _lists(record: Record) -> tuple[Sequence[Entry], ...]:
    return tuple(each.lines_in(record) for each in RECORD_LISTS.values())


def written_at(record: Record) -> datetime | None:
    """Return when the newest line of what a case is made of was written down; for assessments without a mark."""
    lists = (record.observations, *_lists(record))
    return max((line.recorded_at for lines in lists for line in lines), default=None)


def _is_same_case(evaluation: Evaluation, record: Record) -> bool:
    if evaluation.release is None:
        return False
    as_of = date.fromisoformat(evaluation.case["as_of"])
    if any(cases.day_of(row) > as_of for row in record.observations):
        return False
    try:
        case = cases.fit(cases.build(record.patient, as_of, record), shelf.edition(evaluation.release.digest, as_of))
    except (ShelfError, PautaError):
        return False
    return bool(json.loads(json.dumps(case)) == evaluation.case)

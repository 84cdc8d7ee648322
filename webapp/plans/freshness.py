"""Whether an assessment has seen everything the record says: what was written down since is a check not made."""

import json
from datetime import date, datetime

from engine.errors import PautaError
from rules import services as shelf
from rules.selectors import ShelfError
from webapp.patients.selectors import Record
from webapp.plans import case as cases
from webapp.plans.models import Evaluation


def covers(evaluation: Evaluation, record: Record) -> bool:
    """Return whether the record holds nothing newer than the assessment, or nothing that changes its case.

    An assessment still waiting for the worker, or one that nobody asked for after a correction, is found so.
    """
    newest = written_at(record)
    if newest is None or newest <= evaluation.created_at:
        return True
    return _is_same_case(evaluation, record)


def written_at(record: Record) -> datetime | None:
    """Return when the newest line of what a case is made of was written down."""
    lists = (record.observations, record.allergies, record.medications, record.conditions, record.family_history)
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

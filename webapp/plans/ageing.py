"""Whether an assessment would come out the same today: facts grow old, and the library in force changes meanwhile."""

import json
from datetime import date
from typing import Any

from rules import services as shelf
from rules.models import Release
from webapp.patients.selectors import Record
from webapp.plans import case as cases
from webapp.plans.models import Evaluation
from webapp.plans.piloting import side_of
from webapp.plans.running import FAULTS, run


def holds_today(evaluation: Evaluation, record: Record, today: date) -> bool:
    """Return whether the engine, asked today under the patient's library, gives the items of this assessment.

    One of today under that library does; one that failed, or has no mark of its record, is not judged here.
    """
    if evaluation.result is None or not evaluation.record_mark:
        return True
    release = side_of(record.patient).release
    if release is None:
        return False
    if evaluation.release_id == release.pk and evaluation.case["as_of"] >= today.isoformat():
        return True
    return _items(record, release, today) == json.loads(evaluation.result)["items"]


def _items(record: Record, release: Release, today: date) -> Any:
    """Return the items the engine gives now; None where it cannot, which is like no item there was."""
    try:
        case = cases.fit(cases.build(record.patient, today, record), shelf.edition(release.digest, today))
        return run(case, release).plan["items"]
    except FAULTS:
        return None

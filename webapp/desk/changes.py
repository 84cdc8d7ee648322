"""What became of a line of the record: the one that stands in its place now, and each change in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

from webapp.patients.history import Change

LONGEST_CHAIN = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One change: what happened, by whom, and each field before and after."""

    change: Change
    fields: Sequence[tuple[Any, str, str]]  # label, old, new


def newest_of(line: Any) -> Any:
    """Return the line that stands in the place of ``line`` now, read anew."""
    model = type(line)
    for _step in range(LONGEST_CHAIN):
        after = model.objects.filter(supersedes=line).first()
        if after is None:
            break
        line = after
    return model.objects.select_related("patient").get(pk=line.pk)


def steps_of(changes: Iterable[Change]) -> list[Step]:
    """Return the changes of who a patient is, in words."""
    return [Step(one, [(part.label, _said(part.old), _said(part.new)) for part in one.fields]) for one in changes]


def _said(value: Any) -> str:
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return "" if value is None else str(value)

"""What each column of the database is, how it stands there, why, and for how long: the table is in classified.py.

Personal and clinical columns are encrypted, or digests under a key. One that stands in clear needs a reason of its own,
and a test holds it to that. The record of processing in the manual is made from here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import models

from webapp.base.classified import TABLES
from webapp.base.fields import BlindIndexField, _Sealed
from webapp.base.in_clear import IN_CLEAR
from webapp.base.kinds import SEALED_KINDS, Kind, Table
from webapp.base.rekeying import WORDS


class AtRest(StrEnum):
    ENCRYPTED = "encrypted"
    INSIDE = "encrypted inside"  # the secret words of a package's JSON
    DIGEST = "digest under a key"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table, as it is told to a reader; ``why`` only where something personal stands in clear."""

    table: str
    name: str
    kind: Kind
    at_rest: AtRest
    why: str


HISTORY = {"pgh_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context", "pgh_context_id"}


def table_of(model: type[models.Model]) -> Table | None:
    """Return what is said of a table; a history is what its table is."""
    tracked = getattr(model, "pgh_tracked_model", None)
    return TABLES.get((tracked or model)._meta.label)


def fields_of(model: type[models.Model]) -> list[models.Field]:
    return [one for one in model._meta.local_concrete_fields if not _is_of_a_history(model, one)]


def _is_of_a_history(model: type[models.Model], field: models.Field) -> bool:
    return getattr(model, "pgh_tracked_model", None) is not None and field.attname in HISTORY


def at_rest(field: models.Field) -> AtRest:
    """Return how a column stands in the database, by its type."""
    if isinstance(field, _Sealed):
        return AtRest.ENCRYPTED
    if isinstance(field, BlindIndexField):
        return AtRest.DIGEST
    return AtRest.INSIDE if f"{field.model._meta.label_lower}.{field.attname}" in WORDS else AtRest.CLEAR


def faults(found: Iterable[type[models.Model]]) -> list[str]:
    """Return what is missing or wrong in the table, a line each: unsaid, gone, or in clear without a reason."""
    return [fault for model in found for fault in _faults_of(model)]


def _faults_of(model: type[models.Model]) -> Iterator[str]:
    table, label = table_of(model), model._meta.label
    if table is None:
        yield f"{label} is not in webapp/base/classified.py"
        return
    there = {field.attname: field for field in fields_of(model)}
    yield from (f"{label}.{name} is not classified" for name in there.keys() - table.columns.keys())
    yield from (f"{label}.{name} is classified and does not exist" for name in table.columns.keys() - there.keys())
    for name in there.keys() & table.columns.keys():
        reason = IN_CLEAR.get(f"{_told(model)}.{name}")
        exposed = table.columns[name] in SEALED_KINDS and at_rest(there[name]) == AtRest.CLEAR
        if exposed and not reason:
            yield f"{label}.{name} is {table.columns[name]} and stands in clear: encrypt it"
        if reason and not exposed:
            yield f"{label}.{name} needs no reason for standing in clear"


def _told(model: type[models.Model]) -> str:
    tracked = getattr(model, "pgh_tracked_model", None)
    return str((tracked or model)._meta.label)


def columns_of(model: type[models.Model]) -> list[Column]:
    """Return the columns of a classified table, in the database's order."""
    table = TABLES[_told(model)]
    return [
        Column(
            model._meta.db_table,
            field.column,
            table.columns[field.attname],
            at_rest(field),
            IN_CLEAR.get(f"{_told(model)}.{field.attname}", ""),
        )
        for field in fields_of(model)
    ]

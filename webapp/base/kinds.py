"""The words by which columns are classified."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column says, from the most to the least private."""

    CLINICAL = "clinical"
    IDENTITY = "identity"
    CONTACT = "contact"
    FINANCIAL = "financial"
    AUDIT = "audit"  # who did what, when, from where; never what was in it
    TECHNICAL = "technical"  # keys, states and times by which the product works
    NONE = "none"  # says nothing of a person


SEALED_KINDS = frozenset({Kind.CLINICAL, Kind.IDENTITY, Kind.CONTACT, Kind.FINANCIAL})


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the activity it belongs to, why it is kept, for how long, and the kind of each column."""

    activity: str
    why: str
    kept: str
    columns: dict[str, Kind]


def table(activity: str, why: str, kept: str, **named: str) -> Table:
    """Return a table out of names by kind: ``clinical="value unit", technical="id patient_id"``."""
    columns = {name: Kind(kind) for kind, names in named.items() for name in names.split()}
    return Table(activity, why, kept, columns)

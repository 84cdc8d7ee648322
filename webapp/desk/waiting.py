"""What a source of the worklist says: who waits, how urgently, since when, until when, and why in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from django.utils.functional import Promise

from webapp.accounts.models import User

Words = str | Promise


class Waiting(NamedTuple):
    """One thing that waits, by plain columns only: thousands are made and sorted, which tuples are quick at.

    ``due`` is until when somebody was promised that it is done; None where nobody was promised anything.
    """

    patient_id: UUID
    pk: UUID
    rank: int
    since: datetime
    tabs: frozenset[str] = frozenset()
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a patient stands in the list, in words, and where it is done; ``icon`` and ``label`` say of what kind."""

    words: str
    url: str
    icon: str
    label: Words


class Told(Protocol):
    """Puts what waits into words, for the page that is shown: as many queries for one as for fifty."""

    def __call__(self, user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """``waiting`` gives everybody who waits, in one query; ``told`` is None where the page has a place of its own.

    ``tabs`` are the kinds one can filter by, each by the name in ``Waiting.tabs``; sources stand by their ``place``.
    """

    name: str
    waiting: Callable[[User], Iterable[Waiting]]
    told: Told | None = None
    tabs: Mapping[str, Words] = field(default_factory=dict)
    place: int = 50

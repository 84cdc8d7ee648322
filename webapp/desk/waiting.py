"""What a source of the worklist says: who waits, how urgently, since when, until when, and why in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from django.utils.functional import Promise

from webapp.accounts.models import User
from webapp.desk.instants import instant_of, moment

Words = str | Promise
# A ``Waiting`` by texts and numbers alone: the patient, the thing, its rank, since which instant, its kinds, until
# which instant. Thousands of them are told, merged and let go for every page that is asked for.
Key = tuple[str, str, int, int, frozenset[str], int | None]


class Waiting(NamedTuple):
    """One thing that waits, by plain columns only.

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
    ``keys`` says the same as ``waiting`` where thousands may wait: such a source gives ``waiting_by(keys)`` for it.
    """

    name: str
    waiting: Callable[[User], Iterable[Waiting]]
    told: Told | None = None
    tabs: Mapping[str, Words] = field(default_factory=dict)
    place: int = 50
    keys: Callable[[User], Iterable[Key]] | None = None

    def keys_for(self, user: User) -> Iterable[Key]:
        """Return everybody who waits, by keys."""
        return map(_key, self.waiting(user)) if self.keys is None else self.keys(user)


def _key(one: Waiting) -> Key:
    until = None if one.due is None else instant_of(one.due)
    return str(one.patient_id), str(one.pk), one.rank, instant_of(one.since), one.tabs, until


def waiting_by(keys: Callable[[User], Iterable[Key]]) -> Callable[[User], Iterator[Waiting]]:
    """Return what a source says of who waits, for one that tells it by keys."""

    def waiting(user: User) -> Iterator[Waiting]:
        for who, pk, rank, since, tabs, due in keys(user):
            yield Waiting(UUID(who), UUID(pk), rank, moment(since), tabs, None if due is None else moment(due))

    return waiting

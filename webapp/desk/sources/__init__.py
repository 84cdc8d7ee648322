"""Who may put patients into the worklist: each file of this folder is a source, a ``Source`` named SOURCE.

A new source is one more file: the list, its tabs, its order and its counts follow.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from uuid import UUID

from webapp.accounts.models import User
from webapp.desk.waiting import Reason, Source, Told, Waiting, Words

__all__ = ["SOURCES", "Reason", "Source", "Told", "Waiting", "reasons", "sources_in", "tabs_of"]


def sources_in(folder: Sequence[str], package: str) -> tuple[Source, ...]:
    """Return the sources of a folder of modules, in their order."""
    found = [import_module(f"{package}.{module.name}").SOURCE for module in iter_modules(folder)]
    return tuple(sorted(found, key=lambda source: (source.place, source.name)))


SOURCES = sources_in(list(__path__), __name__)


def tabs_of(sources: Sequence[Source]) -> dict[str, Words]:
    """Return the kinds one can filter by, each with its word."""
    return {name: title for source in sources for name, title in source.tabs.items()}


def reasons(user: User, waiting: Mapping[str, Sequence[UUID]], language: str) -> dict[UUID, Reason]:
    """Return, of what the sources that speak for themselves put on a page, why it waits."""
    found: dict[UUID, Reason] = {}
    for source in SOURCES:
        if source.told is not None and waiting.get(source.name):
            found.update(source.told(user, waiting[source.name], language))
    return found

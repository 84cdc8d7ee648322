"""Reads of the shelf."""

from collections.abc import Mapping

from django.db.models import QuerySet

from engine.errors import PautaError
from rules import headers
from rules.models import Release, Retraction, Version


class ShelfError(PautaError):
    """The shelf cannot give what was asked: nothing published, no such name, or a text that is not what it was."""


def current_release() -> Release | None:
    """Return the set in force, None while nothing was published."""
    return Release.objects.exclude(current_since=None).order_by("-current_since", "-pk").first()


def release_of(digest: str | None = None) -> Release:
    """Return the release of that digest, or the one in force; raise ShelfError if there is none."""
    release = Release.objects.filter(digest=digest).first() if digest else current_release()
    if release is None:
        raise ShelfError(
            "R010", "nothing is published on the shelf", "Load the protocols first: manage.py load_protocols FOLDER"
        )
    return release


def versions_of(release: Release) -> QuerySet[Version]:
    return Version.objects.filter(releases=release).select_related("source_file")


def published(kind: str | None = None) -> QuerySet[Version]:
    """Return what the current release holds (of one kind), without the texts."""
    release = current_release()
    if release is None:
        return Version.objects.none()
    found = versions_of(release).defer("text").order_by("source_file__kind", "source_file__name", "version")
    return found.filter(source_file__kind=kind) if kind else found


def version(kind: str, name: str, number: str | None = None, *, release: Release | None = None) -> Version:
    """Return one published version, the highest if no number is given; raise ShelfError if there is none."""
    held = versions_of(release or release_of()).filter(source_file__kind=kind, source_file__name=name)
    found = sorted(held.filter(version=number) if number else held, key=lambda one: headers.order(one.version))
    if not found:
        raise ShelfError("R011", f"no published {kind} is called {name}", "See the list of protocols.")
    return found[-1]


def at_path(path: str, *, release: Release | None = None) -> Version | None:
    """Return the version that stands at ``path`` in a release: where a rule's file and line lead."""
    return versions_of(release or release_of()).defer("text").filter(path=path).first()


def texts(release: Release) -> Mapping[str, str]:
    """Return path -> exact text of everything the release holds."""
    return dict(versions_of(release).values_list("path", "text"))


def from_the_studio() -> frozenset[str]:
    """Return the paths in force that were published in the studio: no folder need hold them."""
    release = current_release()
    held = versions_of(release).filter(origin="studio") if release else Version.objects.none()
    return frozenset(held.values_list("path", flat=True))


def taken_back() -> frozenset[tuple[str, str]]:
    """Return path and digest of every text that was taken back."""
    return frozenset(Retraction.objects.values_list("version__path", "version__sha256"))


def shelf() -> QuerySet[Version]:
    """Return every version of everything, newest of each file first, without the texts."""
    return (
        Version.objects.select_related("source_file")
        .defer("text")
        .order_by("source_file__kind", "source_file__name", "-pk")
    )

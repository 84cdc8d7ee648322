"""Protocols on the shelf, read and checked once a run: whoever needs them again gets the same rows."""

from collections.abc import Callable
from typing import Any

from rules.models import Release, ReleaseVersion, SourceFile, Version

SHELF = (SourceFile, Version, Release, ReleaseVersion)


class Kept:
    """A shelf as the first load left it."""

    def __init__(self, load: Callable[[], object]) -> None:
        self._load = load
        self._rows: list[Any] = []

    def put(self) -> None:
        """Load it, the first time; after that put the same rows into the database."""
        if not self._rows:
            self._load()
            self._rows = [row for model in SHELF for row in model.objects.all()]
            return
        for model in SHELF:
            model.objects.bulk_create(row for row in self._rows if isinstance(row, model))

"""Protocols on the shelf, read and checked once a run: whoever needs them again gets the same rows."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.color import no_style
from django.db import connection

from rules import services
from rules.models import Release, ReleaseVersion, SourceFile, Version
from tests import migrated

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


def take_published(folder: Path, *floors: str) -> None:
    """Publish the files of ``folder``, or those of some of its folders.

    On the private server they were read, tried and published once for all processes of a run: their rows are copied.
    """
    if "DATABASE_URL" in os.environ:
        _load(folder, floors)
        return
    found = migrated.rows_of_the_shelf(model._meta.db_table for model in (SourceFile, Version))
    versions = [Version(**row) for row in found[Version._meta.db_table] if row["path"].startswith(floors or "")]
    sources = {one.source_file_id for one in versions}
    SourceFile.objects.bulk_create(
        SourceFile(**row) for row in found[SourceFile._meta.db_table] if row["id"] in sources
    )
    Version.objects.bulk_create(versions)
    release = Release.objects.create(digest=services.release_digest({one.path: one.text for one in versions}))
    ReleaseVersion.objects.bulk_create(ReleaseVersion(release=release, version=one) for one in versions)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), SHELF):
            cursor.execute(statement)  # what is published after this gets other numbers


def _load(folder: Path, floors: tuple[str, ...]) -> None:
    with TemporaryDirectory() as chosen:
        for floor in floors:
            shutil.copytree(folder / floor, Path(chosen) / floor)
        report = services.load(Path(chosen) if floors else folder, services.Author(name="Tests"))
    assert not report.refused, report.refused[:3]

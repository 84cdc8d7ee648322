"""Writes the whole database into one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from tools import backup
from webapp.audit import services as audit


class Command(BaseCommand):
    help = "Write the database into a file that `restore` brings back; people may go on working."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_: Any) -> None:
        audit.record(actor=None, verb="database.backed_up", path=file.name)
        try:
            digest = backup.dump(connection.settings_dict, file)
        except backup.BackupError as problem:
            raise CommandError(str(problem)) from problem
        megabytes = file.stat().st_size / 1024 / 1024
        self.stdout.write(f"{file.name}: {megabytes:.1f} MB, SHA-256 {digest}")

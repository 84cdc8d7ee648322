"""Brings a backup back into an empty database, and proves that it is whole."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from tools import backup


class Command(BaseCommand):
    help = "Bring a file of `backup` back into an empty database, give the application its rights, check the audit."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_: Any) -> None:
        try:
            backup.restore(connection.settings_dict, file)
        except backup.BackupError as problem:
            raise CommandError(str(problem)) from problem
        call_command("grant_database_role", stdout=self.stdout)
        call_command("verify_audit", stdout=self.stdout)

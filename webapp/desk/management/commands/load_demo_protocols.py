"""Publishes the protocols of the demo clinic as if before its first patient came."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from webapp.desk.management import demo


class Command(BaseCommand):
    help = "Load protocols dated before the demo clinic of a folder; dated now where that clinic is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("protocols", type=Path)

    def handle(self, *, folder: Path, protocols: Path, **options: object) -> None:
        with demo.being_set_up(folder):
            call_command("load_protocols", protocols, stdout=self.stdout)

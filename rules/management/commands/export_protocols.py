from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rules import exporting
from rules.selectors import ShelfError


class Command(BaseCommand):
    help = "Write every protocol file that is in force into a folder, byte for byte; or tell where the two differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--compare", action="store_true", help="write nothing; exit with 1 if the two differ")

    def handle(self, *, folder: Path, compare: bool, **options: object) -> None:
        try:
            return self._compare(folder) if compare else self._export(folder)
        except ShelfError as problem:
            raise CommandError(f"{problem}\n    {problem.hint}") from problem

    def _compare(self, folder: Path) -> None:
        found = exporting.compare(folder)
        for each in found:
            self.stdout.write(str(each))
        if found:
            raise CommandError(f"{len(found)} files differ.")
        self.stdout.write("The shelf and the folder hold the same.")

    def _export(self, folder: Path) -> None:
        written, left = exporting.export(folder)
        for path in written:
            self.stdout.write(f"written: {path}")
        for path in left:
            self.stdout.write(f"not on the shelf, left as it is: {path}")
        self.stdout.write(f"{len(written)} written")

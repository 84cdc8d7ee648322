from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rules import services
from rules.selectors import ShelfError


class Command(BaseCommand):
    help = "Put every protocol file of a folder on the shelf and publish what checks and passes its own tests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--author", default="", help="who brings the texts, as it will stand beside them")

    def handle(self, *, folder: Path, author: str, **options: object) -> None:
        try:
            report = services.load(folder, services.Author(name=author))
        except ShelfError as problem:
            raise CommandError(f"{problem}\n    {problem.hint}") from problem
        for problem_found in report.refused:
            self.stderr.write(str(problem_found))
        for path in report.retired:
            self.stdout.write(f"no longer in force: {path}")
        for path in report.kept:
            self.stdout.write(f"as the studio left it: {path}")
        refused = len({problem_found.place.file for problem_found in report.refused})
        self.stdout.write(f"{len(report.loaded)} loaded, {len(report.unchanged)} unchanged, {refused} refused")
        if refused:
            raise CommandError("Some files were refused; everything else is in force.")

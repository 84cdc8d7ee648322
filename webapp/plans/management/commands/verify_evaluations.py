"""Runs every stored evaluation again and compares the bytes."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from webapp.plans import selectors
from webapp.plans.assessment import verify


class Command(BaseCommand):
    help = "Run stored evaluations again: the same case and library must give the same bytes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--newest", type=int, default=None, help="only this many, newest first (default: all)")

    def handle(self, *, newest: int | None, **options: object) -> None:
        same, different = 0, []
        for evaluation in selectors.with_result()[:newest].iterator(chunk_size=200):
            if verify(evaluation):
                same += 1
            else:
                different.append(str(evaluation.pk))
        if different:
            raise CommandError(f"{len(different)} evaluations came out different: {', '.join(different)}")
        self.stdout.write(f"{same} evaluations gave the same bytes")

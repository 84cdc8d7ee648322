"""Speaks for a pharmacy whose orders are files: that one was received, or is ready."""

from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from webapp.prescriptions.pharmacy import STATUSES, Folder


class Command(BaseCommand):
    help = "Write what a pharmacy says of an order that lies in the folder of orders."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("order", type=UUID)
        parser.add_argument("status", choices=STATUSES)

    def handle(self, *, order: UUID, status: str, **options: object) -> None:
        if not Folder().say(order, status):
            raise CommandError("There is no such order in the folder. Its file is called by its number, .json")
        self.stdout.write(f"{order}: {status}. The page follows within a minute.")

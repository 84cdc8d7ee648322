"""Says whether the book of the audit is whole."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from webapp.audit import services


class Command(BaseCommand):
    help = "Check the hash chain of the audit; fails where a line was changed or taken out."

    def handle(self, *_: Any, **options: Any) -> None:
        found = services.verify_chain()
        if not found.whole:
            raise CommandError(
                f"A001 audit line {found.broken_at} does not follow from the one before.\n"
                "    Keep the database as it is, and ask who had the owner's access."
            )
        self.stdout.write(f"{found.entries} lines, each following from the one before")

"""Writes the index by which patients are found anew."""

from typing import Any

from django.core.management.base import BaseCommand

from webapp.patients import services


class Command(BaseCommand):
    help = "Write the search index of names and numbers anew; safe to run again, and while the site runs."

    def handle(self, *_: Any, **options: Any) -> None:
        patients, entries = services.rebuild_index()
        if options["verbosity"]:
            self.stdout.write(f"{patients} patients are found by {entries} beginnings of names")

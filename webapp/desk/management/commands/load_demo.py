"""Brings the demo clinic in, dated from today backwards."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from webapp.desk.management import demo


class Command(BaseCommand):
    help = "Load the demo clinic of a folder; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **options: object) -> None:
        if not settings.DEMO_PASSWORD:
            raise CommandError("In production the demo clinic needs a DEMO_PASSWORD of your own.")
        if not (folder / "demo.json").is_file():
            raise CommandError(f"There is no demo.json in {folder}. Write it with: python -m fixtures.generate")
        loaded = demo.load(folder)
        if loaded.patients:
            self.stdout.write(f"{loaded.patients} patients, {loaded.events} events.")
        else:
            self.stdout.write("The demo clinic was there already; nothing was changed.")
        call_command("load_demo_share", stdout=self.stdout)
        for role, email in demo.logins(folder):
            self.stdout.write(f"  {role:<34} {email}")
        self.stdout.write(f"  Password of all: {settings.DEMO_PASSWORD}")
        if settings.DEMO_CODES:
            self.stdout.write(
                "  Staff and specialist are then asked for a code: in this demo the page itself shows it."
            )

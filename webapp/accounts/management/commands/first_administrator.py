"""Makes the account with which a new clinic begins: everybody else is taken in by that person, on the pages."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from webapp.accounts import staff
from webapp.accounts.services import AccountError


class Command(BaseCommand):
    help = "Create the first administrator of a new clinic and print the link at which the password is chosen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="address with which the person logs in")
        parser.add_argument("name", help="the name as patients and colleagues will read it")
        parser.add_argument("--language", default="es", help="es or en")

    def handle(self, *_: Any, email: str, name: str, language: str, **__: Any) -> None:
        try:
            path = staff.begin(email=email, display_name=name, language=language)
        except AccountError as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"Open this once, within 72 hours: {settings.SITE_URL}{path}")

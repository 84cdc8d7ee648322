"""Runs the job worker of Pauta, with the library in force already compiled when the first job comes."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from webapp.base import rekeying
from webapp.jobs import services
from webapp.plans import warming


class Command(BaseCommand):
    help = "Run the job worker; the library is compiled beside it."

    def handle(self, *args: object, **options: object) -> None:
        rekeying.refuse_without_keys()
        warming.start(pages=False)
        services.begin()
        call_command("procrastinate", "worker")

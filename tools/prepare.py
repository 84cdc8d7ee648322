"""Brings the database up to date as its owner, then fills it as the application's role; one process for all of it."""

import os

import django
import environ
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

STEPS = 5
KEPT = """The clinic goes on with the texts it has published: a published version never changes.
A text that is newer here needs a new version number. Or build a new demo clinic beside this one:
    PAUTA_DATA_DIR=.data-new make demo"""


def step(number: int, words: str) -> None:
    """Show how far a start has come."""
    print(f"[{number}/{STEPS}] {words} ...", flush=True)


def become_application() -> None:
    """Go on as the application's role, which owns nothing: what it cannot do here, it could not do later either."""
    connection.close()
    connection.settings_dict.update(environ.Env.db_url_config(settings.DATABASE_URL))


def publish_protocols() -> None:
    """Load the clinic's texts; a refused file is told, and what stands published stays in force."""
    try:
        call_command("load_demo_protocols", "fixtures", "protocols_yaml")
    except CommandError as problem:
        print(f"{problem}\n{KEPT}", flush=True)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    os.environ["PAUTA_DATABASE_ROLE"] = "owner"
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("grant_database_role", verbosity=0)
    become_application()
    step(3, "Protocols: read, checked, tested, published")
    publish_protocols()
    step(4, "Demo clinic")
    call_command("load_demo", "fixtures")


if __name__ == "__main__":
    main()

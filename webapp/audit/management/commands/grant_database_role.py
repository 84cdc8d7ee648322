"""Lets the application's role read and write the owner's tables, and only add to the audit and to histories."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from psycopg import sql

from webapp.audit.models import Entry

GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
)
ONLY_ADD = "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}"

# Whoever speaks to the database may name triggers that shall step aside; for the application's role none ever does.
NONE_STEPS_ASIDE = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS $$
        SELECT current_user <> {name} AND coalesce(
            trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), FALSE
        )
    $$ LANGUAGE sql
"""


def only_added_to() -> list[str]:
    """Return the tables whose rows the application may add and read, never change: the audit and every history."""
    histories = [model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    return [Entry._meta.db_table, *histories]


class Command(BaseCommand):
    help = "Give the application's database role its rights; safe to run again after every migration."

    def handle(self, *_: Any, **options: Any) -> None:
        role = sql.Identifier(settings.DATABASE_APP_ROLE)
        with connection.cursor() as cursor:
            for grant in GRANTS:
                cursor.execute(sql.SQL(grant).format(role=role))
            for table in only_added_to():
                cursor.execute(sql.SQL(ONLY_ADD).format(role=role, table=sql.Identifier(table)))
            if connection.settings_dict["USER"] != settings.DATABASE_APP_ROLE:
                name = sql.Literal(settings.DATABASE_APP_ROLE)
                cursor.execute(sql.SQL(NONE_STEPS_ASIDE).format(name=name))
        if options["verbosity"]:
            self.stdout.write(
                f"{settings.DATABASE_APP_ROLE} may use the tables, and only add to the audit and to histories"
            )

"""Lets the application's role read and write the owner's tables, and only add to the audit."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from psycopg import sql

from webapp.audit.models import Entry

GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE UPDATE, DELETE, TRUNCATE ON {entries} FROM {role}",
)

# Whoever speaks to the database may name triggers that shall step aside; for the application's role none ever does.
NONE_STEPS_ASIDE = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS $$
        SELECT current_user <> {name} AND coalesce(
            trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), FALSE
        )
    $$ LANGUAGE sql
"""


class Command(BaseCommand):
    help = "Give the application's database role its rights; safe to run again after every migration."

    def handle(self, *_: Any, **options: Any) -> None:
        names = {
            "role": sql.Identifier(settings.DATABASE_APP_ROLE),
            "entries": sql.Identifier(Entry._meta.db_table),
        }
        with connection.cursor() as cursor:
            for grant in GRANTS:
                cursor.execute(sql.SQL(grant).format(**names))
            if connection.settings_dict["USER"] != settings.DATABASE_APP_ROLE:
                role = sql.Literal(settings.DATABASE_APP_ROLE)
                cursor.execute(sql.SQL(NONE_STEPS_ASIDE).format(name=role))
        if options["verbosity"]:
            self.stdout.write(f"{settings.DATABASE_APP_ROLE} may use the tables, and only add to the audit")

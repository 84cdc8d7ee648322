"""For migrations: a column that stood in clear becomes one of ciphertext, its values with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AlterField
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.special import RunSQL, SeparateDatabaseAndState
from django.db.models import Field
from psycopg import sql

from webapp.base import sealing
from webapp.base.fields import blind

Index = tuple[str, Sequence[str]]  # the column of the digest, and those it is of


def to_bytes(table: str, model: str, name: str, field: Field) -> Operation:
    """Return the operation that makes a column of text one of bytes, still readable: ``seal`` closes it."""
    change = RunSQL(f'ALTER TABLE "{table}" ALTER COLUMN "{name}" TYPE bytea USING convert_to("{name}", \'UTF8\')')
    return SeparateDatabaseAndState([change], [AlterField(model_name=model, name=name, field=field)])


def seal(
    editor: BaseDatabaseSchemaEditor, table: str, columns: Mapping[str, str], indexes: Mapping[str, Index] | None = None
) -> None:
    """Write what ``to_bytes`` left readable as tokens: ``columns`` by name with the place each is tied to.

    ``indexes`` are digests by their place, made of the values in clear. Triggers step aside, as for a change of keys.
    """
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', coalesce(array_agg(tgname)::text, ''), true)"
            " FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal",
            [f'"{table}"'],
        )
        named = list(dict.fromkeys(["id", *columns, *(part for _name, of in (indexes or {}).values() for part in of)]))
        cursor.execute(sql.SQL("SELECT {} FROM {}").format(_list(named), sql.Identifier(table)))
        rows = [_sealed(dict(zip(named, row, strict=True)), columns, indexes or {}) for row in cursor.fetchall()]
        if rows:
            cursor.executemany(_update(table, rows[0]), rows)
        cursor.execute("SELECT set_config('pgtrigger.ignore', '', true)")


def _update(table: str, row: Mapping[str, Any]) -> sql.Composed:
    sets = [sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in row if name != "id"]
    update = sql.SQL("UPDATE {} SET {} WHERE id = {}")
    return update.format(sql.Identifier(table), sql.SQL(", ").join(sets), sql.Placeholder("id"))


def _list(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _sealed(row: dict[str, Any], columns: Mapping[str, str], indexes: Mapping[str, Index]) -> dict[str, Any]:
    """Return what is written into a row: its key, tokens and digests."""
    clear = {name: bytes(value).decode() if name in columns else value for name, value in row.items()}
    tokens = {name: sealing.seal_bytes(clear[name].encode(), place) for name, place in columns.items()}
    digests = {name: blind("|".join(str(clear[part]) for part in of), place) for place, (name, of) in indexes.items()}
    return {"id": row["id"], **tokens, **digests}

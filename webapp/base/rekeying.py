"""Where sealed values stand, and which key each was written under; reencrypting.py writes them anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models
from psycopg import sql

from webapp.base import sealing
from webapp.base.fields import EncryptedBytesField, _Sealed

# Columns of packages whose JSON holds words sealed by ``sealing.seal_text``.
WORDS = ("mfa.authenticator.data",)
BATCH, BATCH_OF_FILES = 200, 4  # rows locked at a time


@dataclass(frozen=True, slots=True)
class Column:
    """A column of sealed values: its name in the database, and the place its tokens are tied to."""

    name: str
    place: str
    words: bool = False  # JSON with sealed words in it, rather than one token


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    key: str
    columns: tuple[Column, ...]
    batch: int


def tables() -> list[Table]:
    """Return every table that holds sealed values and exists: ours, histories, and what packages keep for us."""
    there = set(connection.introspection.table_names())
    found = [_table(model) for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    return sorted((one for one in found if one.columns and one.name in there), key=lambda one: one.name)


def _table(model: type[models.Model]) -> Table:
    meta = model._meta
    columns = [Column(one.column, one.place) for one in meta.local_concrete_fields if isinstance(one, _Sealed)]
    for one in meta.local_concrete_fields:
        place = f"{meta.label_lower}.{one.attname}"
        if place in WORDS:
            columns.append(Column(one.column, place, words=True))
    large = any(isinstance(one, EncryptedBytesField) for one in meta.local_concrete_fields)
    return Table(meta.db_table, meta.pk.column, tuple(columns), BATCH_OF_FILES if large else BATCH)


# --- what uses which key


@dataclass(frozen=True, slots=True)
class Use:
    """So many values of a column of a table under a key; ``key`` is empty for what is no token at all."""

    key: str
    table: str
    column: str
    count: int


def key_of(column: sql.Composable) -> sql.Composed:
    """Return SQL for the id of the key that a token was written under, as bytes; empty for what is no token."""
    text = (
        "CASE WHEN octet_length({0}) > 2 AND get_byte({0}, 0) = 1"
        " THEN substring({0} FROM 3 FOR get_byte({0}, 1)) ELSE ''::bytea END"
    )
    return sql.SQL(text).format(column)


def uses() -> list[Use]:
    """Return how many values each column holds under each key; reads every table with sealed values once."""
    return [use for table in tables() for use in _uses_in(table)]


def _uses_in(table: Table) -> Iterator[Use]:
    query = sql.SQL("SELECT v.c, v.k, count(*) FROM {} CROSS JOIN LATERAL ({}) AS v(c, k) GROUP BY v.c, v.k").format(
        sql.Identifier(table.name), sql.SQL(" UNION ALL ").join(_keys_in(column) for column in table.columns)
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        for name, key, count in cursor.fetchall():
            yield Use(bytes(key).decode("ascii", "backslashreplace"), table.name, name, count)


def _keys_in(column: Column) -> sql.Composed:
    """Return SQL for the column's name beside the key of each token in a row's value."""
    name = sql.Identifier(column.name)
    if column.words:
        text = "SELECT {}, convert_to(m[1], 'UTF8') FROM regexp_matches({}::text, 'sealed:([^:\"]*):', 'g') AS m"
        return sql.SQL(text).format(column.name, name)
    return sql.SQL("SELECT {}, {} WHERE {} IS NOT NULL").format(column.name, key_of(name), name)


def refuse_without_keys() -> None:
    """Raise ImproperlyConfigured, with ids alone, if data stands under a key that FIELD_KEYS lacks or gives wrongly."""
    held = {name for name, _key in settings.FIELD_KEYS}
    found = uses()
    if absent := sorted({use.key for use in found if use.key} - held):
        raise ImproperlyConfigured(
            f"K002 data is encrypted under {', '.join(absent)}, which FIELD_KEYS does not hold. Put the key back: "
            "nothing of that data can be read without it. See docs/how-to/rotate-keys.md"
        )
    if wrong := sorted(name for name in held if not _opens(name, found)):
        raise ImproperlyConfigured(
            f"K003 FIELD_KEYS holds another key under the id {', '.join(wrong)} than the one its data was encrypted "
            "with. Put that key back, and give a new key a new id. See docs/how-to/rotate-keys.md"
        )


def _opens(key: str, found: Sequence[Use]) -> bool:
    """Whether one value written under this key opens; true where there is none."""
    known = {(table.name, column.name): column for table in tables() for column in table.columns}
    for use in found:
        column = known[use.table, use.column]
        if use.key != key or column.words:
            continue
        name, table = sql.Identifier(column.name), sql.Identifier(use.table)
        query = sql.SQL("SELECT {} FROM {} WHERE {} = %s LIMIT 3").format(name, table, key_of(name))
        with connection.cursor() as cursor:
            cursor.execute(query, [key.encode()])
            return any(_is_readable(bytes(token), column) for (token,) in cursor.fetchall())
    return True


def _is_readable(token: bytes, column: Column) -> bool:
    try:
        sealing.open_bytes(token, column.place)
    except InvalidTag:
        return False
    return True

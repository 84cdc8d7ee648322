"""Writes every sealed value anew under the current key, while the site runs.

What holds against every writer elsewhere (append-only tables, histories, signed plans) steps aside here, for the
database's owner alone and one batch at a time: the value stays the same, only its ciphertext changes.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from webapp.base import sealing
from webapp.base.rekeying import Column, Table, key_of, tables

PATIENCE, PAUSE = 150, 0.2  # passes that meet nothing but rows somebody holds, and the seconds between them
WORD = re.compile(r"sealed:[A-Za-z0-9_:=-]+")
Report = Callable[[int], None]


@dataclass(slots=True)
class Outcome:
    """How many rows were written anew, and where a value stayed as it was because it does not open: (place, row)."""

    rows: int = 0
    unreadable: set[tuple[str, str]] = field(default_factory=set)
    held: int = 0  # rows that somebody else kept locked until we gave up


def rows_to_do() -> int:
    """Return how many rows hold a value under another key than the current one."""
    return sum(_stale_rows(table) for table in tables())


def reencrypt(report: Report = lambda rows: None) -> Outcome:
    """Write every value that stands under another key anew; ``report`` is told after each batch how many rows are done.

    Rows are locked for the time of a batch. A row that somebody else holds is left to a later pass, so that nobody's
    deed waits for us or is undone. Ended half-way, the next call goes on with what is left.
    """
    outcome = Outcome()
    for table in tables():
        _all_of(table, outcome, report)
    return outcome


def _all_of(table: Table, outcome: Outcome, report: Report) -> None:
    left, unreadable = 0, set[str]()
    for _pass in range(PATIENCE):
        before = outcome.rows
        for changed, closed in _batches(table):
            outcome.rows += changed
            outcome.unreadable |= closed
            unreadable |= {row for _place, row in closed}
            report(outcome.rows)
        left = _stale_rows(table) - len(unreadable)
        if left <= 0:
            return
        if outcome.rows == before:
            time.sleep(PAUSE)
    outcome.held += left


def _stale_rows(table: Table) -> int:
    query = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(sql.Identifier(table.name), _is_stale(table))
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _is_stale(table: Table) -> sql.Composable:
    """Return SQL for: something in this row was not written under the current key."""
    return sql.SQL(" OR ").join(_column_is_stale(column) for column in table.columns)


def _column_is_stale(column: Column) -> sql.Composed:
    name, current = sql.Identifier(column.name), settings.FIELD_KEYS[0][0]
    if column.words:
        return sql.SQL("({}::text ~ {})").format(name, f"sealed:(?!{current}:)")
    return sql.SQL("({} IS NOT NULL AND {} <> {})").format(name, key_of(name), current.encode())


def _batches(table: Table) -> Iterator[tuple[int, set[tuple[str, str]]]]:
    """Walk the table once by its key; give for each batch how many rows changed, and what did not open."""
    last = None
    while True:
        with transaction.atomic(), connection.cursor() as cursor, _triggers_aside(cursor, table):
            rows = _locked(cursor, table, last)
            changed, closed = _write(cursor, table, rows)
        if not rows:
            return
        last = rows[-1][0]
        yield changed, closed


@contextmanager
def _triggers_aside(cursor: CursorWrapper, table: Table) -> Iterator[None]:
    """Let the table's own triggers step aside until the batch is written; they do so for the owner only."""
    cursor.execute(
        "SELECT set_config('pgtrigger.ignore', coalesce(array_agg(tgname)::text, ''), true)"
        " FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal",
        [f'"{table.name}"'],
    )
    yield
    cursor.execute("SELECT set_config('pgtrigger.ignore', '', true)")


def _locked(cursor: CursorWrapper, table: Table, last: Any) -> list[tuple[Any, ...]]:
    """Lock the next rows to do behind ``last`` and return their keys and values; rows others hold are passed over."""
    key = sql.Identifier(table.key)
    query = sql.SQL(
        "SELECT {}, {} FROM {} WHERE ({}) AND ({}) ORDER BY {} LIMIT {} FOR NO KEY UPDATE SKIP LOCKED"
    ).format(
        key,
        sql.SQL(", ").join(_value(column) for column in table.columns),
        sql.Identifier(table.name),
        _is_stale(table),
        sql.SQL("true") if last is None else sql.SQL("{} > {}").format(key, last),
        key,
        table.batch,
    )
    cursor.execute(query)
    return cursor.fetchall()


def _value(column: Column) -> sql.Composed:
    return sql.SQL("{}::text" if column.words else "{}").format(sql.Identifier(column.name))


def _write(cursor: CursorWrapper, table: Table, rows: Sequence[tuple[Any, ...]]) -> tuple[int, set[tuple[str, str]]]:
    sets = sql.SQL(", ").join(
        sql.SQL("{} = %s" + ("::jsonb" if column.words else "")).format(sql.Identifier(column.name))
        for column in table.columns
    )
    query = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        sql.Identifier(table.name), sets, sql.Identifier(table.key)
    )
    fresh, closed = [], set[tuple[str, str]]()
    for key, *values in rows:
        new = [_anew(column, value) for column, value in zip(table.columns, values, strict=True)]
        pairs = list(zip(table.columns, values, new, strict=True))
        closed |= {(column.place, str(key)) for column, old, made in pairs if made is None and old is not None}
        fresh.append([*(old if made is None else made for _column, old, made in pairs), key])
    if fresh:
        cursor.executemany(query, fresh)
    return len(fresh) - len({row for _place, row in closed}), closed


def _anew(column: Column, value: Any) -> Any:
    """Return the value under the current key; None for what does not open, and for no value."""
    if value is None:
        return None
    try:
        if column.words:
            return WORD.sub(lambda word: _word_anew(word[0], column.place), value)
        return sealing.seal_bytes(sealing.open_bytes(bytes(value), column.place), column.place)
    except InvalidTag:
        return None


def _word_anew(word: str, place: str) -> str:
    return sealing.seal_text(sealing.open_text(word, place), place)

"""Writes everything that stands under an older key anew under the current one, while the site runs."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from webapp.audit import services as audit
from webapp.base import reencrypting

WIDTH = 30


class Bar:
    """A bar on a terminal; elsewhere a line each tenth of the way."""

    def __init__(self, out: OutputWrapper, total: int) -> None:
        self.out, self.total, self.tenths = out, total, 0

    def __call__(self, rows: int) -> None:
        share = min(1.0, rows / self.total) if self.total else 1.0
        if self.out.isatty():
            done = round(share * WIDTH)
            self.out.write(f"\r[{'#' * done}{'.' * (WIDTH - done)}] {rows} of {self.total} rows", ending="")
            self.out.flush()
        elif int(share * 10) > self.tenths:
            self.tenths = int(share * 10)
            self.out.write(f"{rows} of {self.total} rows")

    def end(self) -> None:
        if self.out.isatty():
            self.out.write("")


class Command(BaseCommand):
    help = "Write every encrypted value anew under the first key of FIELD_KEYS; the site may go on running."

    def handle(self, *_: Any, **__: Any) -> None:
        key, total = settings.FIELD_KEYS[0][0], reencrypting.rows_to_do()
        bar = Bar(self.stdout, total)
        outcome = reencrypting.reencrypt(bar)
        bar.end()
        if outcome.rows:
            audit.record(actor=None, verb="keys.reencrypted", detail={"key": key, "rows": outcome.rows})
        self.stdout.write(f"{outcome.rows} rows written anew under {key}")
        self._complain(outcome)

    def _complain(self, outcome: reencrypting.Outcome) -> None:
        """Name what stayed under an older key, by its place: never a value, and no patient."""
        if outcome.unreadable:
            places = Counter(place for place, _row in outcome.unreadable)
            told = ", ".join(f"{place} ({count})" for place, count in sorted(places.items()))
            raise CommandError(
                f"K004 some values do not open and stayed as they were: {told}.\n"
                "    Put the key they were written under back into FIELD_KEYS; if it is there, they were altered:\n"
                "    take them out of a backup."
            )
        if outcome.held:
            raise CommandError(
                f"K005 {outcome.held} rows were held by somebody else all the time.\n"
                "    End what holds them, and call reencrypt again: it goes on with what is left."
            )

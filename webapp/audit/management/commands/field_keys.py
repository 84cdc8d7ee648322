"""Says what stands under each key, and whether one can be taken out of FIELD_KEYS."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from webapp.base import rekeying
from webapp.base.rekeying import Use


def _lines(uses: Sequence[Use]) -> list[str]:
    return [f"    {use.table}.{use.column}: {use.count}" for use in uses]


class Command(BaseCommand):
    help = "List how many values stand under each key; --retire ID fails while any stands under that one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--retire", metavar="ID", help="say whether this key can be taken out of FIELD_KEYS")

    def handle(self, *_: Any, retire: str | None, **__: Any) -> None:
        found = rekeying.uses()
        if retire is None:
            self._list(found)
        else:
            self._judge(retire, [use for use in found if use.key == retire])

    def _list(self, found: Sequence[Use]) -> None:
        held = [name for name, _key in settings.FIELD_KEYS]
        absent = sorted({use.key for use in found} - set(held))
        for name in (*held, *absent):
            mine = [use for use in found if use.key == name]
            note = " (writes)" if name == held[0] else " (NOT IN FIELD_KEYS)" if name in absent else ""
            self.stdout.write(f"{name or 'no key'}{note}: {sum(use.count for use in mine)} values")
            self.stdout.write("\n".join(_lines(mine)), ending="\n" if mine else "")

    def _judge(self, key: str, mine: Sequence[Use]) -> None:
        if key == settings.FIELD_KEYS[0][0]:
            raise CommandError(
                f"K006 {key} is the key that writes. Put a new one before it in FIELD_KEYS, restart, then reencrypt."
            )
        if mine:
            told = "\n".join(_lines(mine))
            raise CommandError(
                f"K007 {key} cannot be retired, this still stands under it:\n{told}\n    Call reencrypt."
            )
        self.stdout.write(
            f"{key} can be retired: nothing in this database stands under it.\n"
            "Take it out of FIELD_KEYS and restart. Keep it as long as you keep backups made before today."
        )

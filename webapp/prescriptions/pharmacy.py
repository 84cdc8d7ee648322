"""What carries orders to pharmacies: a folder in which every order becomes a file, or a provider's class.

docs/how-to/send-orders-to-pharmacies.md says what such a class has to do.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.module_loading import import_string

STATUSES = ("received", "ready")


class NotTaken(Exception):
    """The order was not taken; ``code`` says why in one word, ``final`` whether trying again is in vain."""

    def __init__(self, code: str, *, final: bool) -> None:
        super().__init__(code)
        self.code, self.final = code[:60], final


class Adapter(Protocol):
    """The way to the pharmacies."""

    def took(self, order: UUID) -> bool:
        """Return whether an order of this number has left already; False where nobody can be asked."""

    def send(self, order: UUID, pharmacy: UUID, content: Mapping[str, Any]) -> None:
        """Hand an order over; raise NotTaken if it was not taken."""

    def status(self, order: UUID) -> str:
        """Return ``received`` or ``ready`` once the pharmacy has said so, else nothing."""


def adapter() -> Adapter | None:
    """Return the way the settings name; None where there is none, and so nothing is sent."""
    name = settings.PHARMACY_ADAPTER
    made: Adapter | None = import_string(name)() if name else None
    return made


class Folder:
    """An order becomes a file of its number, exactly once; a file beside it says how far the pharmacy is."""

    def __init__(self) -> None:
        self.folder = Path(settings.PHARMACY_FOLDER)

    def _order(self, order: UUID) -> Path:
        return self.folder / f"{order}.json"

    def _status(self, order: UUID) -> Path:
        return self.folder / f"{order}.status"

    def took(self, order: UUID) -> bool:
        return self._order(order).exists()

    def send(self, order: UUID, pharmacy: UUID, content: Mapping[str, Any]) -> None:
        text = json.dumps({"order": order, "pharmacy": pharmacy, **content}, cls=DjangoJSONEncoder, ensure_ascii=False)
        target = self._order(order)
        half = target.with_suffix(".half")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(half, "w", encoding="utf-8", opener=_for_nobody_else) as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            half.replace(target)
        except OSError as fault:
            raise NotTaken(type(fault).__name__, final=False) from None

    def status(self, order: UUID) -> str:
        try:
            said = self._status(order).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return said if said in STATUSES else ""

    def say(self, order: UUID, status: str) -> bool:
        """Write what a pharmacy would say, and return whether there is such an order."""
        if not self.took(order) or status not in STATUSES:
            return False
        self._status(order).write_text(status, encoding="utf-8")
        return True


def _for_nobody_else(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

"""How a fault is written into the log: where it broke and what kind it is, never its words.

An exception may quote what somebody wrote: a database names the value it refused, a parser the line it could not read.
"""

import logging
import traceback
from types import TracebackType

Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutWords(logging.Formatter):
    """Writes a record with the places of its fault, and of what led to it, the first first."""

    def formatException(self, ei: Fault) -> str:  # noqa: N802 — the name it has in logging
        return "\n".join(_told(fault) for fault in reversed(_chain(ei[1])))

    def format(self, record: logging.LogRecord) -> str:
        """Write the fault anew, whatever another handler has made of the same record."""
        kept, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = kept


def _chain(fault: BaseException | None) -> list[BaseException]:
    """Return a fault and what led to it, the last first."""
    found: list[BaseException] = []
    while fault is not None and fault not in found:
        found.append(fault)
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return found


def _told(fault: BaseException) -> str:
    kind = f"{type(fault).__module__}.{type(fault).__qualname__}"
    return f"{''.join(traceback.format_tb(fault.__traceback__))}{kind} (its words are not logged)"

"""The bytes of a file in pieces; each knows whose it is and where it belongs, so that none is taken for another."""

import struct
from collections.abc import Iterable, Iterator
from uuid import UUID

PIECE = 1024 * 1024
HEAD = struct.Struct(">16sII")  # whose, which, of how many


class FileDamaged(RuntimeError):
    """The pieces in the database are not those that were written; nothing of them is given out."""

    def __init__(self, binary: UUID) -> None:
        super().__init__(f"F001 the file {binary} is not whole. Bring it back from a backup.")


def pieces(binary: UUID, content: bytes) -> Iterator[bytes]:
    """Return the pieces of ``content`` in their order, each with its head; empty content is one piece."""
    total = max(1, -(-len(content) // PIECE))
    for place in range(total):
        yield HEAD.pack(binary.bytes, place, total) + content[place * PIECE : (place + 1) * PIECE]


def whole(binary: UUID, found: Iterable[bytes]) -> bytes:
    """Return the content of pieces given in their order; raise FileDamaged where one is missing, foreign or moved."""
    listed = list(found)
    for place, piece in enumerate(listed):
        if piece[: HEAD.size] != HEAD.pack(binary.bytes, place, len(listed)):
            raise FileDamaged(binary)
    if not listed:
        raise FileDamaged(binary)
    return b"".join(piece[HEAD.size :] for piece in listed)

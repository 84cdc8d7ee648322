"""Draws a page of a PDF: ``python -I page.py NUMBER < file`` writes how many there are, a line break and a PNG.

Number 0 draws nothing. Runs by itself, with bounds of its own: a stranger made the file. Uses pypdfium2 alone.
"""

import io
import resource
import sys
from contextlib import suppress

import pypdfium2

MEMORY, SECONDS = 1_500_000_000, 20
WIDE = 1100  # pixels


def draw(content: bytes, number: int) -> tuple[int, bytes]:
    """Return how many pages there are and the picture of one, counted from 1; no picture for a page there is not."""
    found = pypdfium2.PdfDocument(content)
    count = len(found)
    if not 1 <= number <= count:
        return count, b""
    page = found[number - 1]
    held = io.BytesIO()
    page.render(scale=WIDE / max(page.get_width(), 1)).to_pil().save(held, "PNG")
    return count, held.getvalue()


def main() -> None:
    with suppress(ValueError):  # not every system bounds memory; the caller bounds the time besides
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    count, picture = draw(sys.stdin.buffer.read(), int(sys.argv[1]))
    sys.stdout.buffer.write(str(count).encode() + b"\n" + picture)


if __name__ == "__main__":
    main()

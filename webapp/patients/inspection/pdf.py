"""Looks into a PDF: ``python -I pdf.py < file`` writes a verdict, a line break and, if it had to be mended, a new file.

What acts by itself is looked for in every object, compressed or not, however its name is spelt. Uses pikepdf alone.
"""

import io
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pikepdf

MEMORY, SECONDS = 1_500_000_000, 20
DEEPEST, MOST_OBJECTS = 200, 400_000
# Actions that run, fetch, send or open something else; going to a page or to a web address when clicked is none.
ACTIONS = {
    "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute", "/GoTo3DView",
}  # fmt: skip
ACTING_KEYS = {"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
CARRYING_KEYS = {"/EF", "/EmbeddedFiles", "/AF", "/Collection"}
ADDRESSES = (b"http:", b"https:", b"mailto:", b"tel:")
ACTING = {"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
CARRYING = {"/EmbeddedFile", "/FileAttachment"}


def look(content: bytes) -> tuple[str, bytes]:
    """Return a verdict and, where the file had to be written anew, its clean copy.

    ``ok``; ``locked``: nobody opens it without a password; ``active``: it acts by itself; ``carries``: it holds other
    files; ``broken``: it cannot be read.
    """
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as found:
            verdict = _verdict(found)
            if verdict != "ok" or not (found.get_warnings() or _has_more_behind(content)):
                return verdict, b""
            return "ok", _written_anew(found)
    except pikepdf.PasswordError:
        return "locked", b""
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError, MemoryError, KeyError, TypeError, OSError):
        return "broken", b""


def _verdict(found: pikepdf.Pdf) -> str:
    if not found.pages or len(found.objects) > MOST_OBJECTS:
        return "broken"
    seen = {mark for part in (found.trailer, *found.objects) for mark in _marks(part, 0)}
    if "deep" in seen:
        return "broken"
    return next((mark for mark in ("active", "carries") if mark in seen), "ok")


def _marks(part: Any, depth: int) -> Iterator[str]:
    """Tell what is wrong with an object and with what stands inside it; what it points to is looked at by itself."""
    if depth > DEEPEST:
        yield "deep"
    elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
        yield from _of_dictionary(part)
        for key in part.keys():  # noqa: SIM118  # a stream is no dictionary of Python's
            yield from _inside(part[key], depth)
    elif isinstance(part, pikepdf.Array):
        for inner in part:
            yield from _inside(inner, depth)


def _inside(inner: Any, depth: int) -> Iterator[str]:
    if isinstance(inner, pikepdf.Object) and not inner.is_indirect:
        yield from _marks(inner, depth + 1)


def _of_dictionary(part: Any) -> Iterator[str]:
    keys = set(part.keys())
    named = {str(part.get(key)) for key in ("/S", "/Type", "/Subtype") if isinstance(part.get(key), pikepdf.Name)}
    if keys & ACTING_KEYS or named & (ACTIONS | ACTING) or _leads_astray(part.get("/URI")):
        yield "active"
    if keys & CARRYING_KEYS or named & CARRYING:
        yield "carries"


def _leads_astray(address: Any) -> bool:
    """Whether a link goes anywhere but to a page of the web, an address or a telephone; without a scheme it is none."""
    if not isinstance(address, pikepdf.String):
        return False
    scheme, colon, _rest = bytes(address).strip().lower().partition(b":")
    return bool(colon) and scheme + colon not in ADDRESSES


def _has_more_behind(content: bytes) -> bool:
    """Whether something follows the end, or an archive's table of contents stands where its readers look for it."""
    end = content.rfind(b"%%EOF")
    return end < 0 or bool(content[end + 5 :].strip(b"\r\n\t \0")) or b"PK\x05\x06" in content[-66_000:]


def _written_anew(found: pikepdf.Pdf) -> bytes:
    held = io.BytesIO()
    found.save(held, deterministic_id=not found.is_encrypted)
    return held.getvalue()


def main() -> None:
    with suppress(ValueError):  # not every system bounds memory; the caller bounds the time besides
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    verdict, copy = look(sys.stdin.buffer.read())
    sys.stdout.buffer.write(verdict.encode() + b"\n" + copy)


if __name__ == "__main__":
    main()

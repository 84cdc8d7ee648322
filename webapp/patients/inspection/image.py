"""Draws an image anew: ``python -I image.py JPEG < file`` writes a verdict, a line break and the new image.

Nothing but the picture is kept: no place, no camera, no words, no second file behind it. Uses Pillow alone, never ours.
"""

import io
import resource
import sys
from contextlib import suppress

from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
MEMORY, SECONDS = 1_500_000_000, 20
OPENED_AS = {"JPEG": ("JPEG", "MPO"), "PNG": ("PNG",)}
AS_JPEG = {"L", "RGB"}
AS_PNG = {"1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I"}


def redraw(content: bytes, kind: str) -> tuple[str, bytes]:
    """Return ``ok`` and the image drawn anew, or ``pixels`` for too many, or ``broken`` for what cannot be read."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=OPENED_AS[kind]) as found:
            if found.width * found.height > MOST_PIXELS:
                return "pixels", b""
            return "ok", _drawn(found, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "pixels", b""
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, MemoryError):
        return "broken", b""


def _drawn(found: Image.Image, kind: str) -> bytes:
    found.load()
    upright = ImageOps.exif_transpose(found)
    modes = AS_JPEG if kind == "JPEG" else AS_PNG
    plain = upright.copy() if upright.mode in modes else upright.convert("RGB")
    transparency = plain.info.get("transparency")
    plain.info = {} if transparency is None else {"transparency": transparency}
    held = io.BytesIO()
    if kind == "JPEG":
        plain.save(held, "JPEG", quality=90)
    else:
        plain.save(held, "PNG", exif=b"")
    return held.getvalue()


def main() -> None:
    with suppress(ValueError):  # not every system bounds memory; the caller bounds the time besides
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    verdict, image = redraw(sys.stdin.buffer.read(), sys.argv[1])
    sys.stdout.buffer.write(verdict.encode() + b"\n" + image)


if __name__ == "__main__":
    main()

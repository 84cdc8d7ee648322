"""A logo drawn anew: PNG or JPEG in, a small PNG without a word beside its dots out. Everything else is refused."""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from PIL import Image

MOST_BYTES = 2 * 1024 * 1024
MOST_DOTS = 16_000_000
LARGEST = (480, 160)  # twice what the largest place shows
BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
REFUSALS: dict[str, Any] = {
    "empty": _("This file is empty. Choose it again."),
    "big": _("This file is larger than 2 MB. Save it smaller and choose it again."),
    "kind": _("Only PNG and JPEG images are accepted. Save the drawing as PNG and choose that."),
    "broken": _("This image cannot be read. Save it again as PNG and choose that."),
    "dots": _("This image has too many dots. Save it with at most 4,000 by 4,000."),
}


class LogoRefused(ValueError):
    """A file that does not become a logo; the text says what to do instead."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(REFUSALS[reason]))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Drawn:
    png: bytes
    digest: str


def drawn(content: bytes) -> Drawn:
    """Return the picture of a file, drawn anew; raise LogoRefused for whatever is no plain image."""
    if not content:
        raise LogoRefused("empty")
    if len(content) > MOST_BYTES:
        raise LogoRefused("big")
    if not content.startswith(BEGINNINGS):
        raise LogoRefused("kind")
    png = _png(content)
    return Drawn(png, hashlib.sha256(png).hexdigest())


def _png(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _again(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise LogoRefused("dots") from fault
    except (OSError, SyntaxError) as fault:  # what the reader raises for a file that is torn or wrong inside
        raise LogoRefused("broken") from fault


def _again(content: bytes) -> bytes:
    """Draw an image anew: only its dots, no profile, no words, no second picture."""
    formats = ("PNG", "JPEG")
    with Image.open(BytesIO(content), formats=formats) as claimed:
        if claimed.width * claimed.height > MOST_DOTS:
            raise LogoRefused("dots")
        claimed.verify()
    plain = Image.open(BytesIO(content), formats=formats).convert("RGBA")
    plain.thumbnail(LARGEST)
    made = BytesIO()
    Image.frombytes("RGBA", plain.size, plain.tobytes()).save(made, "PNG", optimize=True)
    return made.getvalue()

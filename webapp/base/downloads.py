"""Files go out as attachments under a name of ours, never shown inside a page of ours."""

import re

from django.http import HttpResponse

_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]*")


def attachment(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """Return a file to be saved as ``name``, of plain letters; no browser guesses another kind, and none runs it."""
    if not _PLAIN.fullmatch(name):
        raise ValueError("a file goes out under a name of small letters, digits, dots and dashes")
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )

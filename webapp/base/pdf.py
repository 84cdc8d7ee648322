"""Pages as PDF, out of templates: fonts and pictures are our own static files, and nothing comes over a network."""

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from django.utils._os import safe_join
from django.utils.translation import override
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

ORIGIN = "https://static.invalid"  # where a template's addresses begin; no host can have this name


class ForeignAddress(ValueError):
    """A template asked for something that is no static file of ours."""


def render(template: str, context: Mapping[str, Any], language: str) -> bytes:
    """Return a template as a tagged PDF in ``language``; the same template and context make the same pages.

    Templates take their styles from ``{% static 'base/pdf.css' %}``. Raises ForeignAddress for a template that
    asks for anything but a static file.
    """
    own = OwnFiles()
    with override(language):
        page = render_to_string(template, {**context, "language": language, "clinic": settings.CLINIC_NAME})
        made = HTML(string=page, base_url=ORIGIN, url_fetcher=own).write_pdf(pdf_tags=True)
    if own.refused:
        raise ForeignAddress(f"{template} asks for {own.refused[0]}, which is no static file of ours")
    return bytes(made)


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Gives a PDF our static files and refuses every other address: file:, data: and the network alike."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        path = static_file(url)
        if path is None:
            self.refused.append(url)
            raise ForeignAddress(url)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, body=path.read_bytes(), headers={"Content-Type": kind})


def static_file(url: str) -> Path | None:
    """Return the static file an address stands for; None for an address of anything else."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if f"{parts.scheme}://{parts.netloc}" != ORIGIN or not path.startswith(settings.STATIC_URL):
        return None
    name = path.removeprefix(settings.STATIC_URL)
    try:
        found = finders.find(name) or (settings.STATIC_ROOT and safe_join(str(settings.STATIC_ROOT), name))
    except SuspiciousFileOperation:
        return None
    return Path(found) if found and Path(found).is_file() else None

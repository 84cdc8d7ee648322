"""Pages as PDF, out of templates: fonts and pictures are our own static files, and nothing comes over a network."""

import logging
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

from webapp.base import house

log = logging.getLogger(__name__)
ORIGIN = "https://static.invalid"  # where a template's addresses begin; no host can have this name
LOGO = f"{ORIGIN}/clinic-logo.png"


class ForeignAddress(ValueError):
    """A template asked for something that is no static file of ours."""


def render(template: str, context: Mapping[str, Any], language: str) -> bytes:
    """Return a template as a tagged PDF in ``language``; the same template and context make the same pages.

    Templates take their styles from ``{% static 'base/pdf.css' %}``. A static file that is not there, as before the
    assets are built, is left out and told in the log: a plan in a plain font is better than none. Raises
    ForeignAddress for a template that asks for anything but a static file.
    """
    own = OwnFiles()
    with override(language):
        told = {"language": language, "clinic": house.now().name, "logo": LOGO if house.now().logo else ""}
        page = render_to_string(template, {**context, **told})
        made = HTML(string=page, base_url=ORIGIN, url_fetcher=own).write_pdf(pdf_tags=True)
    if own.refused:
        raise ForeignAddress(f"{template} asks for {own.refused[0]}, which is no static file of ours")
    if own.missing:
        log.warning("%s was made without %s: run make assets", template, ", ".join(own.missing))
    return bytes(made)


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Gives a PDF our static files and the clinic's logo, and refuses every other address: file:, data:, a network."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())
        self.refused: list[str] = []
        self.missing: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url == LOGO and (picture := house.logo()):
            return URLFetcherResponse(url, body=picture, headers={"Content-Type": "image/png"})
        name = static_name(url)
        path = _found(name) if name else None
        if path is None:
            (self.missing if name else self.refused).append(name or url)
            raise ForeignAddress(url)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, body=path.read_bytes(), headers={"Content-Type": kind})


def static_name(url: str) -> str:
    """Return the name of the static file an address stands for; empty for an address of anything else."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if f"{parts.scheme}://{parts.netloc}" != ORIGIN or not path.startswith(settings.STATIC_URL):
        return ""
    name = path.removeprefix(settings.STATIC_URL)
    return "" if name.startswith("/") or ".." in name.split("/") else name


def _found(name: str) -> Path | None:
    try:
        found = finders.find(name) or (settings.STATIC_ROOT and safe_join(str(settings.STATIC_ROOT), name))
    except SuspiciousFileOperation:
        return None
    return Path(found) if found and Path(found).is_file() else None

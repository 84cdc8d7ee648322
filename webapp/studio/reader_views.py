"""A protocol for whoever reads no YAML: as a page, and as a paper two people sign."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from rules.models import Version
from webapp.audit import services as audit
from webapp.base import access, pdf
from webapp.base.downloads import attachment
from webapp.studio import readers

reading = access.may("protocols.read")


def _told(request: HttpRequest, pk: int) -> dict[str, Any]:
    today = timezone.localdate()
    try:
        reader = readers.reader_of(request.user, pk, language(), today)
    except Version.DoesNotExist:
        raise Http404 from None
    return {"reader": reader, "version": reader.base.version, "today": today}


def language() -> str:
    """Return the language of the reader."""
    return (get_language() or "es")[:2]


@reading
@require_GET
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a version in words."""
    return render(request, "studio/reader.html", _told(request, pk))


@reading
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the same as a PDF to be signed; which version was printed is kept."""
    told = _told(request, pk)
    version = told["version"]
    content = pdf.render("studio/reader_paper.html", told, language())
    audit.record(
        actor=request.user, verb="protocol.printed", object_type="version", object_id=version.pk, path=request.path
    )
    name = f"{version.source_file.name}-{version.version}.pdf".replace("_", "-")
    return attachment(content, name=name, content_type="application/pdf")

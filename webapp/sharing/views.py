"""The specialist's pages: what patients have opened to her, and the sections of each, read and never written in."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from webapp.base import access
from webapp.base.downloads import attachment
from webapp.base.roles import Role
from webapp.sharing import presenting, reading, selectors, services
from webapp.sharing.models import Share
from webapp.sharing.sections import SECTIONS, titled

A_PAGE = 25
of_specialists = access.roles(Role.SPECIALIST)


@of_specialists
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """List the patients who have opened something, what ends first before the rest."""
    found = selectors.shares_for(request.user, timezone.localdate())
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page", "1"))
    services.note_listing(shares=page, actor=request.user, path=request.path)
    return render(request, "sharing/list.html", {"rows": presenting.open_to(page), "page": page})


def _share(request: HttpRequest, pk: UUID, section: str) -> Share:
    """Return a share that is open now and has this section; what is not open is not there."""
    found = selectors.shares_for(request.user, timezone.localdate()).filter(pk=pk).first()
    if found is None or section not in found.sections:
        raise Http404
    return found


@of_specialists
@require_GET
@transaction.atomic
def section(request: HttpRequest, share: UUID, part: str) -> HttpResponse:
    """Show one section of a record; the patient sees that it was read."""
    held = _share(request, share, part)
    language, number = (get_language() or "es")[:2], request.GET.get("page", "1")
    reader = reading.reader_of(held.patient, today=timezone.localdate(), language=language, page=number)
    context = {
        "share": held,
        "patient": held.patient,
        "today": reader.today,
        "sections": titled(held.sections),
        "section": SECTIONS[part],
        **reading.contents(part, reader),
    }
    services.note_reading(share=held, actor=request.user, section=part, path=request.path)
    return render(request, f"sharing/{part}.html", context)


@of_specialists
@require_GET
@transaction.atomic
def paper(request: HttpRequest, share: UUID, part: str, paper: UUID) -> HttpResponse:
    """Give a paper of a section, under a name of ours."""
    held = _share(request, share, part)
    found = reading.paper(part, held.patient, paper)
    if found is None:
        raise Http404
    services.note_reading(share=held, actor=request.user, section=part, path=request.path, verb=selectors.TAKEN_ALONG)
    return attachment(found.content, name=found.name, content_type=found.content_type)

"""Ways back: to the page somebody was on when Pauta had to ask something first. Never to another site."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asked, which would put a whole page into a part of one."""
    return request.headers.get("HX-Request") == "true"


def back(request: HttpRequest) -> str:
    """Return the page to come back to: the one asked for, or the one from which a form was sent."""
    if request.method in ("GET", "HEAD") and not is_fragment(request):
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def wanted(request: HttpRequest) -> str:
    """Return the address a page should lead on to, as its form or its own address says; never another site's."""
    target = str(request.POST.get("next") or request.GET.get("next") or "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else reverse("home")


def by_way_of(request: HttpRequest, name: str, **said: str) -> HttpResponse:
    """Lead to the page called ``name``, and from there back; for a fragment, the whole page goes."""
    address = f"{reverse(name)}?{urlencode({'next': back(request), **said})}"
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def to(name: str, **said: str) -> HttpResponse:
    """Lead to the page called ``name``, which reads ``said`` in its address."""
    return redirect(f"{reverse(name)}?{urlencode(said)}")

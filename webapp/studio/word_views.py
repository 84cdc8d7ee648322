"""The words of the set in force for the editor, and the page of what uses a name."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_GET

from rules import selectors as shelf
from webapp.accounts.models import User
from webapp.base import access
from webapp.studio import names, selectors
from webapp.studio.names import Spot
from webapp.studio.words import words_of

A_PAGE = 100
LONGEST = 100  # letters of what is asked for


def _language() -> str:
    return (get_language() or "es")[:2]


def _tag(_request: HttpRequest) -> str | None:
    release = shelf.current_release()
    return f'"{release.digest[:32]}-{_language()}"' if release else None


@access.may("protocols.write")
@require_GET
@cache_control(private=True, no_cache=True)
@condition(etag_func=_tag)
def words(request: HttpRequest) -> HttpResponse:
    """Return what can be written, and what it means; the same until another set is in force."""
    release = shelf.current_release()
    if release is None:
        raise Http404
    return JsonResponse(words_of(release.digest, _language()))


@dataclass(frozen=True, slots=True)
class Row:
    """A place with the version it stands in, as a link."""

    kind: str
    name: str
    title: str
    path: str
    line: int
    address: str

    def as_json(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in ("kind", "name", "title", "path", "line", "address")}


@access.may("protocols.read")
@require_GET
def uses(request: HttpRequest) -> HttpResponse:
    """Show where a name is declared and what uses it, in everything in force; as JSON for the editor."""
    asked = request.GET.get("name", "").strip()[:LONGEST]
    release = shelf.current_release()
    known = names.names_of(release.digest) if release else names.Names((), {})
    declared = rows_of(request.user, known.definitions_of(asked))
    found = Paginator(known.uses.get(asked, ()), A_PAGE).get_page(request.GET.get("page"))
    used = rows_of(request.user, found.object_list)
    if "json" in request.GET:
        told = {"name": asked, "declared": [one.as_json() for one in declared], "uses": [one.as_json() for one in used]}
        return JsonResponse(told)
    like = known.like(asked) if asked and not declared and not used else []
    shown = {"asked": asked, "declared": declared, "uses": used, "found": found, "like": like}
    return render(request, "studio/uses.html", shown)


def rows_of(user: User, spots: Any) -> list[Row]:
    """Return places as links to the versions they stand in; one query however many."""
    release = shelf.current_release()
    if release is None:
        return []
    held = selectors.versions_for(user).filter(releases=release)
    versions = dict(held.values_list("path", "pk"))
    return [_row(one, versions[one.place.file]) for one in spots if one.place.file in versions]


def _row(spot: Spot, version: int) -> Row:
    line = max(1, spot.place.line)
    address = f"{reverse('studio:version', args=[version])}#L{line}"
    title = names.said(spot, _language())
    return Row(spot.kind_name, spot.name, title, spot.place.file, line, address)


def searched(user: User, asked: str, page: str | None) -> dict[str, Any]:
    """Return what in the set in force is called so, a page of it, and names alike where nothing is."""
    release = shelf.current_release()
    known = names.names_of(release.digest) if release else names.Names((), {})
    asked = asked.strip()[:LONGEST]
    found = Paginator(known.about(asked), A_PAGE).get_page(page)
    like = [] if found.paginator.count else known.like(asked)
    return {"asked": asked, "found": found, "hits": rows_of(user, found.object_list), "like": like}

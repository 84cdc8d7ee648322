"""The views of the worklist a person keeps: a page to name them, to begin with one, and to let one go."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from webapp.base import access
from webapp.desk import choosing, selectors, views_kept
from webapp.desk.models import SavedView

clinicians = access.may("plans.read")
REFUSED = 422


@clinicians
@require_http_methods(["GET", "POST"])
def kept(request: HttpRequest) -> HttpResponse:
    """Show one's own views; a POST keeps what the list shows now under a name."""
    if request.method == "POST":
        choice = choosing.choice_in(request.POST, selectors.TABS)
        first = request.POST.get("first") == "yes"
        try:
            made = views_kept.keep(user=request.user, name=request.POST.get("name", ""), choice=choice, first=first)
        except views_kept.ViewError as problem:
            return _page(request, str(problem))
        messages.success(request, _("Kept. It stands above the list."))
        return redirect(f"{request.path.removesuffix('views/')}?{made.query}")
    return _page(request)


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    context = {"views": list(views_kept.views_of(request.user)), "problem": problem}
    return render(request, "desk/views.html", context, status=REFUSED if problem else 200)


@clinicians
@require_POST
def change(request: HttpRequest, view: UUID) -> HttpResponse:
    """Rename a view, begin with it, or let it go."""
    deeds: dict[str, Callable[[], None]] = {
        "rename": lambda: views_kept.rename(user=request.user, pk=view, name=request.POST.get("name", "")),
        "first": lambda: views_kept.begin_with(user=request.user, pk=view),
        "last": lambda: views_kept.begin_with(user=request.user, pk=None),
        "delete": lambda: views_kept.let_go(user=request.user, pk=view),
    }
    deed = deeds.get(request.POST.get("deed", ""))
    if deed is None:
        raise Http404
    try:
        deed()
    except SavedView.DoesNotExist:
        raise Http404 from None
    except views_kept.ViewError as problem:
        return _page(request, str(problem))
    messages.success(request, _("Done."))
    return redirect("desk:views")

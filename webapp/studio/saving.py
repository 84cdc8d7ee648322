"""Saving while somebody writes, without being asked, and whether another person saved meanwhile."""

from django.db import transaction
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from rules import drafting
from rules.drafting import DraftError, Overtaken
from rules.models import Draft, Revision
from webapp.accounts.models import User
from webapp.base import access
from webapp.studio import working, writing

AUTOMATIC = "automatic"  # the reason of a state nobody pressed a button for: lists fold such states
CONFLICT, REFUSED = 409, 422


@access.may("protocols.write")
@require_POST
def keep(request: HttpRequest, draft: int) -> JsonResponse:
    """Keep what is typed as the next state, unless somebody else saved since."""
    held = _held(request, draft)
    text, shown = request.POST.get("text", "").replace("\r\n", "\n"), request.POST.get("revision", "")
    number = int(shown) if shown.isdecimal() and len(shown) < 9 else -1
    try:
        kept = kept_by_itself(request.user, held.pk, text, number)
    except Overtaken as problem:
        return JsonResponse({"overtaken": problem.theirs.editor_name}, status=CONFLICT)
    except DraftError as problem:
        return JsonResponse({"refused": f"{problem} {problem.hint}"}, status=REFUSED)
    time = date_format(timezone.localtime(kept.saved_at), "TIME_FORMAT")
    return JsonResponse({"revision": kept.number, "time": time})


@transaction.atomic
def kept_by_itself(user: User, draft_id: int, text: str, shown: int) -> Revision:
    """Keep a text as a state that nobody pressed a button for; raise Overtaken as a save does."""
    author = writing.allowed(user, working.WRITE)
    return drafting.save(draft_id=draft_id, text=text, shown=shown, author=author, reason=AUTOMATIC)


@access.may("protocols.write")
@never_cache
@require_GET
def standing(request: HttpRequest, draft: int) -> JsonResponse:
    """Tell which state is the newest and who saved it."""
    newest = working.revisions_of(_held(request, draft))[0]
    return JsonResponse({"revision": newest.number, "name": newest.editor_name})


def _held(request: HttpRequest, pk: int) -> Draft:
    try:
        return working.draft_of(request.user, pk)
    except Draft.DoesNotExist:
        raise Http404 from None

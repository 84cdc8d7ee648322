"""What programs are answered: the same refusals as people get, as JSON, with no page and no way to a login form."""

from typing import Any

from django.http import HttpRequest, JsonResponse

PREFIX = "/api/"


def asks(request: HttpRequest) -> bool:
    """Tell whether a program asks: it is answered in JSON, whatever goes wrong."""
    return request.path_info.startswith(PREFIX)


def problem(code: str, message: Any, hint: Any = "", **where: Any) -> dict[str, Any]:
    """Return one problem as every answer of the API tells it."""
    return {"code": code, "message": str(message), "hint": str(hint), **where}


def refused(status: int, *problems: dict[str, Any], **more: Any) -> JsonResponse:
    """Return an answer that lists all that stands against what was asked."""
    answer = JsonResponse({"problems": list(problems), **more}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    answer["Cache-Control"] = "private, no-store"
    return answer


def not_signed_in() -> JsonResponse:
    hint = "Send a token made on the page of your access, or sign in."
    return refused(401, problem("not_signed_in", "nobody is signed in, or the token counts no more", hint))


def not_found() -> JsonResponse:
    hint = "It does not exist, or it is not yours to see."
    return refused(404, problem("not_found", "there is nothing here", hint))

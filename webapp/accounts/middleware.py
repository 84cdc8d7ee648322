"""Gives each request's user the hat this session wears."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HAT = "active_role"


class ActiveRole:
    """Puts the session's choice on ``request.user.active_role``; a hat taken away meanwhile is not worn any more."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.user.active_role = request.session.get(HAT, "")
        return self.get_response(request)

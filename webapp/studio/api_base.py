"""What every endpoint of the API shares: who asks, how a body is read, and how what stands against it is told."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions, status
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from engine.errors import PautaError
from rules.drafting import Overtaken
from webapp.accounts import confirming
from webapp.base import access, machines
from webapp.studio.api_shapes import RevisionShape

MOST_BYTES = 4_000_000
View = TypeVar("View", bound=Callable[..., Any])


class Refused(exceptions.APIException):
    """What was asked cannot be; ``code`` and ``hint`` are part of the interface."""

    def __init__(self, status_code: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, code)
        self.status_code, self.code, self.message, self.hint = status_code, code, message, hint


class AsSignedIn(SessionAuthentication):
    """Who asks is known already, by session or token; a session's deeds need the token against forged forms."""

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        asking = request._request
        if getattr(asking, "token", None) is None:
            self.enforce_csrf(asking)
        return asking.user, getattr(asking, "token", None)


class AsSignedInSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the schema of both ways."""

    target_class = "webapp.studio.api_base.AsSignedIn"
    name = ["session", "token"]

    def get_security_requirement(self, auto_schema: Any) -> Any:
        return [{"session": []}, {"token": []}]  # either of them

    def get_security_definition(self, auto_schema: Any) -> Any:
        return [
            {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            {"type": "http", "scheme": "bearer"},
        ]


class Body(BaseParser):
    """JSON in UTF-8 of at most four megabytes; how deep it is nested, and what letters it holds, kills nothing."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        sent = stream.read(MOST_BYTES + 1)
        if len(sent) > MOST_BYTES:
            raise Refused(413, "too_long", "the body is too long", f"Send {MOST_BYTES:,} bytes at most.")
        try:
            found = json.loads(sent)
            json.dumps(found, ensure_ascii=False).encode()  # half a letter, as \\ud800, is none
        except (ValueError, RecursionError):
            raise Refused(400, "not_json", "the body is not JSON in UTF-8", "Send an object as JSON.") from None
        if not isinstance(found, dict):
            raise Refused(400, "not_json", "the body is no object", "Send an object as JSON.")
        return found


class ByPerson(UserRateThrottle):
    rate = "600/min"


class Costly(UserRateThrottle):
    scope, rate = "costly", "60/min"


class Endpoint(APIView):
    """One address of the API."""

    authentication_classes = (AsSignedIn,)
    permission_classes = ()  # webapp.base.access holds the door, as for every page
    parser_classes = (Body,)
    renderer_classes = (JSONRenderer,)
    throttle_classes = (ByPerson,)

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return told

    def initial(self, request: Request, *arguments: Any, **options: Any) -> None:
        super().initial(request, *arguments, **options)
        token = getattr(request._request, "token", None)
        if token is not None and not token.writes and request.method not in ("GET", "HEAD", "OPTIONS"):
            raise Refused(403, "reads_only", "this token reads, and nothing more", "Make one that writes drafts.")


class PersonalEndpoint(Endpoint):
    """What a person does, shown to be there a moment ago: no program with a token."""

    def initial(self, request: Request, *arguments: Any, **options: Any) -> None:
        super().initial(request, *arguments, **options)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            by_person(request)


def by_person(request: Request) -> None:
    """Refuse programs: what decides what patients get is done by somebody signed in."""
    if getattr(request._request, "token", None) is not None:
        hint = "Sign in and do it there."
        raise Refused(403, "by_a_person", "this is done by a person who is signed in, never by a token", hint)


def confirmed(request: Request, secret: str) -> None:
    """Refuse who did not show a moment ago to be who signed in, nor does so by ``secret``."""
    by_person(request)
    asking: HttpRequest = request._request
    if not (confirming.is_fresh(asking) or confirming.confirm(asking, secret)):
        hint = "Send your password, or a code of your app, as secret."
        raise Refused(403, "who_are_you", "this needs to be confirmed; nothing was changed", hint)


def door(permission: str, view: type[Endpoint]) -> Callable[..., Any]:
    """Return a view that opens to who has this permission, as a page would."""
    return access.may(permission)(view.as_view())


def read(shape: type[Serializer[Any]], request: Request) -> Mapping[str, Any]:
    """Return what was sent in the shape it must have; raise with everything that is wrong with it at once."""
    sent = shape(data=request.data)
    sent.is_valid(raise_exception=True)
    unknown = sorted(set(request.data) - set(sent.fields))
    if unknown:
        known = ", ".join(sent.fields)
        raise Refused(400, "unknown_field", f"there is no {', '.join(unknown)[:200]} here", f"Send {known}.")
    found: Mapping[str, Any] = sent.validated_data
    return found


def nothing_here(*_arguments: Any) -> NoReturn:
    raise Http404


def told(fault: Exception, _context: Any) -> Response | None:
    """Return the answer to something that stood against a request; None for a fault of ours."""
    if isinstance(fault, Overtaken):
        theirs = RevisionShape(fault.theirs).data
        return _answer(status.HTTP_409_CONFLICT, [_known(fault)], theirs=theirs)
    if isinstance(fault, PautaError):
        return _answer(status.HTTP_422_UNPROCESSABLE_ENTITY, [_known(fault)])
    if isinstance(fault, Http404):
        return _answer(404, [machines.problem("not_found", "there is nothing here", "It may not be yours to see.")])
    if isinstance(fault, PermissionDenied):
        return _answer(403, [machines.problem("not_allowed", "your hat does not do this", "Ask a director.")])
    return _of_the_framework(fault) if isinstance(fault, exceptions.APIException) else None


def _known(fault: PautaError) -> dict[str, Any]:
    return machines.problem(fault.code, fault.message, fault.hint)


def _of_the_framework(fault: exceptions.APIException) -> Response:
    if isinstance(fault, Refused):
        return _answer(fault.status_code, [machines.problem(fault.code, fault.message, fault.hint)])
    if isinstance(fault, exceptions.ValidationError):
        return _answer(400, list(_of_fields(fault.detail)))
    answer = _answer(fault.status_code, [machines.problem(str(fault.default_code), fault.detail)])
    if isinstance(fault, exceptions.Throttled) and fault.wait is not None:
        answer["Retry-After"] = str(-int(-fault.wait // 1))
    return answer


def _of_fields(detail: Any) -> list[dict[str, Any]]:
    """Return everything that is wrong with the fields of a body."""
    return [
        machines.problem(getattr(one, "code", "invalid"), one, field=name)
        for name, found in detail.items()
        for one in (found if isinstance(found, list) else [found])
    ]


def _answer(code: int, problems: list[dict[str, Any]], **more: Any) -> Response:
    return Response({"problems": problems, **more}, status=code, headers={"Cache-Control": "private, no-store"})

"""The shelf for programs: what lies on it, what is in force, and all of it as one archive."""

import io
import zipfile
from typing import Any

import yaml
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rules import selectors as shelf
from rules.models import Version
from webapp.base.downloads import attachment
from webapp.studio import selectors, writing
from webapp.studio.api_base import Costly, Endpoint, PersonalEndpoint, Refused, confirmed, nothing_here, read
from webapp.studio.api_shapes import BackShape, FilesShape, RefusalShape, SetShape, VersionShape

PAGE = 200  # files of an answer
MOST_OFFSET = 10**9
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same texts make the same archive, whenever it is made
WRONG = dict.fromkeys((400, 401, 403, 404, 413, 415, 429), RefusalShape)


class Files(Endpoint):
    """Every version of every file."""

    @extend_schema(
        operation_id="files", responses={200: FilesShape} | WRONG,
        parameters=[OpenApiParameter("kind", str), OpenApiParameter("status", str), OpenApiParameter("offset", int)],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the versions of all files, newest of each file first, 200 at a time."""
        found = selectors.versions_for(request.user).defer("text", "report")
        for name, column in (("kind", "source_file__kind"), ("status", "status")):
            if asked := request.query_params.get(name):
                found = found.filter(**{column: asked})
        offset, count = _offset(request), found.count()
        following = offset + PAGE if offset + PAGE < count else None
        page = {"count": count, "next": following, "files": found[offset : offset + PAGE]}
        return Response(FilesShape(page).data)


def _offset(request: Request) -> int:
    asked = request.query_params.get("offset", "0")
    if not (asked.isascii() and asked.isdecimal()) or int(asked[:12]) > MOST_OFFSET:
        raise Refused(400, "no_offset", "offset is a whole number", "Take next from the page before.")
    return int(asked)


class OneVersion(Endpoint):
    """One text."""

    @extend_schema(operation_id="version", responses={200: VersionShape} | WRONG)
    def get(self, request: Request, pk: int) -> Response:
        """Give one version with its exact text and what was found out about it."""
        return Response(VersionShape(version_of(request, pk)).data)


def version_of(request: Request, pk: int) -> Version:
    found: Version | None = selectors.versions_for(request.user).defer(None).filter(pk=pk).first()
    return found or nothing_here()


class Back(PersonalEndpoint):
    """Taking a text out of force."""

    @extend_schema(
        operation_id="take_back", request=BackShape, responses={200: SetShape, 422: RefusalShape} | WRONG
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Take a published text out of force, with a reason; what stood there before is in force again."""
        version, said = version_of(request, pk), read(BackShape, request)
        confirmed(request, said["secret"])
        writing.take_back(request.user, version, said["reason"])
        return Response(SetShape(_in_force()).data)


class InForce(Endpoint):
    """The texts in force together."""

    @extend_schema(operation_id="set", responses={200: SetShape} | WRONG)
    def get(self, _request: Request) -> Response:
        """Give the set in force: its digest, and each path with its digest and version."""
        return Response(SetShape(_in_force()).data)


def _in_force() -> dict[str, Any]:
    release = shelf.current_release()
    if release is None:
        nothing_here()
    held = shelf.versions_of(release).order_by("path").values("path", "sha256", "version")
    return {"digest": release.digest, "since": release.current_since, "texts": list(held)}


class Archive(Endpoint):
    """The texts in force as one file."""

    throttle_classes = (Costly,)

    @extend_schema(operation_id="archive", responses={(200, "application/zip"): OpenApiTypes.BINARY} | WRONG)
    def get(self, _request: Request) -> Any:
        """Give every text in force, byte for byte, as a zip whose paths are those of a protocol folder."""
        release = shelf.current_release()
        if release is None:
            nothing_here()
        content = _zipped(dict(shelf.texts(release)))
        return attachment(content, name=f"protocols-{release.digest[:8]}.zip", content_type="application/zip")


def _zipped(texts: dict[str, str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(texts.items()):
            archive.writestr(zipfile.ZipInfo(path, LONG_AGO), text.encode(), zipfile.ZIP_DEFLATED)
    return held.getvalue()


class Schema(Endpoint):
    """This description."""

    @extend_schema(exclude=True)
    def get(self, _request: Request) -> Response:
        """Give the OpenAPI schema of the API."""
        return Response(_schema())


def _schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


def schema_as_yaml() -> str:
    """Return the schema as the manual keeps it."""
    return yaml.safe_dump(_schema(), allow_unicode=True, width=120)

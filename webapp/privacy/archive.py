"""A copy as one file: a ZIP that is the same to the byte whenever the data are the same."""

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder

from webapp.privacy import reading
from webapp.privacy.contents import Contents
from webapp.privacy.shapes import Resource

NO_TIME = (1980, 1, 1, 0, 0, 0)  # the time of making would make two equal copies differ
READABLE = 0o644 << 16
STYLES = Path(__file__).parent / "static/privacy/copy.css"


def packed(contents: Contents) -> bytes:
    """Return the ZIP: index.html to read, data/ by FHIR name, documents/ as they were kept."""
    whole = BytesIO()
    with ZipFile(whole, "w") as archive:
        _add(archive, "index.html", reading.page(contents))
        _add(archive, "copy.css", STYLES.read_bytes())
        for name, resources in sorted(contents.resources.items()):
            _add(archive, f"data/{name}.json", _json(resources))
        for one in sorted(contents.files, key=lambda file: file.name):
            _add(archive, f"documents/{one.name}", one.content, kind=ZIP_STORED)
    return whole.getvalue()


def _add(archive: ZipFile, name: str, content: bytes, kind: int = ZIP_DEFLATED) -> None:
    entry = ZipInfo(name, NO_TIME)
    entry.compress_type, entry.external_attr, entry.create_system = kind, READABLE, 3
    archive.writestr(entry, content, compresslevel=6 if kind == ZIP_DEFLATED else None)


def _json(resources: Sequence[Resource]) -> bytes:
    """Return resources as a JSON list, one a line, so that two copies can be compared by eye."""
    said = (json.dumps(one, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True) for one in resources)
    return ("[\n" + ",\n".join(said) + "\n]\n").encode()

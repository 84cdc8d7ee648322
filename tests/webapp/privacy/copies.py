"""Copies opened: what is in the ZIP, as a reader or a program finds it."""

import json
from io import BytesIO
from zipfile import ZipFile

from django.test import Client

from webapp.accounts.confirming import CONFIRMED, time
from webapp.privacy import services


def opened(made: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(made)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def copy(patient, kind="clinic", language="es") -> dict[str, bytes]:
    return opened(services.copy_of(patient, kind=kind, language=language))


def data(files, name):
    return json.loads(files[f"data/{name}.json"])


def words(files) -> str:
    return b"\n".join(content for name, content in sorted(files.items()) if not name.startswith("documents/")).decode()


def browser(user, *, fresh=True) -> Client:
    """A person signed in who, if ``fresh``, has just confirmed to be there."""
    client = Client()
    client.force_login(user)
    if fresh:
        session = client.session
        session[CONFIRMED] = time.time()
        session.save()
    return client

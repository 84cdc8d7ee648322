"""Browsers of people at the desk, for tests of its pages."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.webapp.people import a_user
from webapp.patients.models import Patient


def browser(role: str = "doctor", **values: Any) -> Client:
    """Return the browser of somebody of this hat who has come in; the person stands in ``user``."""
    client = Client()
    client.user = a_user(role, **values)  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    return client


def words(answer: Any) -> str:
    """Return what a page says, each run of spaces as one."""
    return re.sub(r"\s+", " ", answer.content.decode())


def address(name: str, patient: Patient, **more: Any) -> str:
    return reverse(f"desk:{name}", kwargs={"pk": patient.pk, **more})

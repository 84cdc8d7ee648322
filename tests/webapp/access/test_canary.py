"""Every clinical field holds a mark. Who has no part in care never receives it, by whatever way a page leaves."""

import io
import json
import re
import zipfile

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.webapp.access.marks import CLINICAL, PERSONAL
from tests.webapp.access.routes import path_to, routes, undone
from webapp.base.roles import Role
from webapp.patients import selectors
from webapp.patients.models import Patient

pytestmark = pytest.mark.django_db
NEVER = (Role.FRONT_DESK, Role.MARKETING, Role.BILLING, Role.AMBASSADOR, Role.DIRECTOR, Role.ADMINISTRATOR)
ROUTES = [route for route in routes() if route.name != "account_logout"]
JSON = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}
FRAGMENT = {"HX-Request": "true"}
WAYS = (("get", {}), ("get", JSON), ("get", FRAGMENT), ("post", {}))
# Every address that gives a PDF, and who gets it.
PAPERS = {
    "plans:paper": Role.DOCTOR,
    "plans:record_paper": Role.DOCTOR,
    "plans:own_paper": Role.PATIENT,
    "portal:record_pdf": Role.PATIENT,
    "prescriptions:paper": Role.DOCTOR,
    "prescriptions:advice": Role.DOCTOR,
    "sharing:paper": Role.SPECIALIST,
    "studio:paper": Role.DIRECTOR,
}
SEALED_FORMS = re.compile(r"application/(pdf|octet-stream)|image/(?!svg)")  # what no search for words can see into


def all_of(answer) -> str:
    """Everything that leaves with an answer: heads, cookies, words."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.headers.get("Content-Type") == "application/zip":
        archive = zipfile.ZipFile(io.BytesIO(body))
        body = b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    return f"{dict(answer.headers)}{answer.cookies}{body.decode('utf-8', 'replace')}"


def pages(user, lives, ways=WAYS):
    """What a person gets from every address there is, read and written, with every patient's objects."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    kept = client.session.session_key
    words = {"q": CLINICAL[:4], "search": CLINICAL[:4]}
    for route in ROUTES:
        for life in lives:
            for method, heads in ways:
                cache.clear()
                with undone():
                    answer = getattr(client, method)(path_to(route, life), words, headers=heads)
                    yield route.name, answer
    assert client.session.session_key == kept


@pytest.mark.parametrize("role", NEVER)
def test_no_page_fragment_file_head_or_cookie_shows_these_roles_a_clinical_word(role, world, log):
    shown, files = set(), set()
    for name, answer in pages(world.users[role], (world.own,)):
        shown |= {name} if CLINICAL in all_of(answer) else set()
        files |= {name} if SEALED_FORMS.match(answer.headers.get("Content-Type", "")) else set()
    # Everybody sees the clinic's own logo; a protocol on paper, which directors print, knows of no patient.
    assert (shown, files - {"clinic:picture", "studio:paper"}) == (set(), set())
    assert not any(CLINICAL in f"{letter.subject}{letter.body}{letter.alternatives}" for letter in mail.outbox)
    assert log.getvalue()
    assert CLINICAL not in log.getvalue()
    assert PERSONAL not in log.getvalue()


def test_the_doctor_and_the_patient_do_see_it_so_the_mark_is_really_there_but_the_log_does_not(world, log):
    seen, papers = {}, set()
    for role in (Role.DOCTOR, Role.PATIENT, Role.SPECIALIST):
        user = world.users[role]
        for name, page in pages(user, (world.own,), (("get", {}),)):
            seen.setdefault(role, set()).update({name} if CLINICAL in all_of(page) else set())
            papers |= {name} if page.headers.get("Content-Type") == "application/pdf" else set()
    assert {"desk:patient", "plans:review"} <= seen[Role.DOCTOR]
    assert {"portal:plan", "portal:answer"} <= seen[Role.PATIENT]
    assert seen[Role.SPECIALIST] == {"sharing:section"}
    assert papers == PAPERS.keys(), "tell PAPERS who gets the new PDF"
    assert CLINICAL not in log.getvalue()
    assert PERSONAL not in log.getvalue()


@pytest.mark.parametrize("role", NEVER)
def test_what_selectors_give_these_roles_holds_no_clinical_field(role, world):
    user = world.users[role]
    given = selectors.directory(user).patients
    assert len(given) == (3 if role == Role.FRONT_DESK else 0)
    names = {field.name for field in Patient._meta.get_fields() if field.concrete}
    for patient in given:
        assert set(vars(patient)) - {"_state"} <= names | {f"{name}_id" for name in names}
        assert CLINICAL not in str(vars(patient))
    with pytest.raises(Patient.DoesNotExist):
        selectors.record_of(user, world.own.patient)


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DOCTOR])
def test_a_page_that_breaks_says_nothing_of_what_broke_it(role, world, monkeypatch):
    def broken(*_args, **_options):
        raise ValueError(f"{CLINICAL} {json.dumps({'patient': CLINICAL})}")

    client = Client(raise_request_exception=False)
    client.force_login(world.users[role])
    monkeypatch.setattr("webapp.patients.selectors.patients_for", broken)
    monkeypatch.setattr("webapp.patients.finding.patients_for", broken)
    answers = [client.get(reverse(name, args=args)) for name, *args in (("desk:patient", world.own.patient.pk),)]
    assert [answer.status_code for answer in answers] == [500]
    assert not any(CLINICAL in all_of(answer) for answer in answers)

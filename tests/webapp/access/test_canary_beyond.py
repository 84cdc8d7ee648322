"""What leaves the clinic otherwise than as a page holds the mark no more: mails, SMS, PDFs, jobs, faults, the log."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.webapp.access.marks import CLINICAL, PERSONAL, WORDS
from tests.webapp.access.routes import path_to, routes, undone
from tests.webapp.access.test_canary import PAPERS, all_of
from tests.webapp.access.world import a_world
from tests.webapp.jobs.factories import a_job
from tests.webapp.outbox.factories import at
from tests.webapp.people import a_user
from webapp.accounts import codes, staff
from webapp.alerts import services as alerts
from webapp.audit import services as audit
from webapp.base.roles import Role
from webapp.jobs import services as jobs
from webapp.outbox import sending
from webapp.outbox.models import Message
from webapp.outbox.texts import DIGEST, TEXTS
from webapp.patients import inviting
from webapp.plans import telling
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db
NIGHT = timedelta(days=2)  # after which everything that waited for the morning, or for its day, is due
ROUTES = [route for route in routes() if route.name != "account_logout"]


def browser(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


# --- mails and SMS


def everything_is_told(world) -> None:
    """Let happen all that people are told of."""
    marina, users = world.own.patient, world.users
    alerts.raise_(
        patient_id=marina.pk, rule="alarm_upper.bleeding", code="alert:alarm_bleeding", urgency="emergency",
        text=WORDS, facts={"said": CLINICAL},
    )  # fmt: skip
    telling.tell(Plan.objects.get(pk=world.own.signed_id))
    inviting.invite(patient=marina, way="mail", actor=users[Role.FRONT_DESK])
    staff.reset(user=users[Role.BILLING], part="both", reason="lost", actor=users[Role.ADMINISTRATOR])
    codes.send(user=a_user(Role.GUARDIAN), kind="sms", number="+34600112244")
    Client().post(reverse("account_reset_password"), {"email": users[Role.DIETITIAN].email})


def words_of(letter: bytes) -> str:
    """Return a letter as it is read: heads and every part, but for the one head that says to whom it goes."""
    raw = message_from_bytes(letter)
    heads = [f"{name}: {value}" for name, value in raw.items() if name != "To"]
    parts = [part.get_payload(decode=True) for part in raw.walk() if not part.is_multipart()]
    return "\n".join([*heads, *(part.decode() for part in parts)])


def test_no_mail_or_sms_of_any_kind_says_more_than_that_something_waits(shelf, settings, tmp_path):
    settings.OUTBOX_FOLDER = str(tmp_path)
    everything_is_told(a_world())
    sending.deliver()
    with at(timezone.now().replace(hour=11) + NIGHT):
        sending.deliver()
    sent = {one.template for one in Message.objects.filter(state=Message.State.SENT)}
    assert sent >= TEXTS.keys() - {DIGEST}
    letters = [words_of(one.message().as_bytes()) for one in mail.outbox]
    shorts = [path.read_text().partition("\n\n")[2] for path in Path(tmp_path).iterdir()]
    assert len(letters) >= len(TEXTS) - 1
    assert shorts
    marked = [text for text in (*letters, *shorts) if CLINICAL in text or PERSONAL in text]
    assert marked == []


def test_what_waits_to_be_sent_names_nobody_outside_its_sealed_columns(shelf):
    everything_is_told(a_world())
    columns = ("key", "template", "channel", "error", "language", "state", "haste")
    kept = [" ".join(str(row[name]) for name in columns) for row in Message.objects.values(*columns)]
    assert len(kept) > 8
    assert not any(CLINICAL in row or PERSONAL in row for row in kept)


# --- PDFs


def inside(content: bytes, tmp_path: Path) -> str:
    """Return all words of a PDF: of its pages, its properties, its bookmarks and its attachments' names."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    reader = PdfReader(path)
    pages = " ".join(page.extract_text() for page in reader.pages)
    return f"{pages} {reader.metadata} {list(titles(reader.outline))} {list(reader.attachments)}"


def titles(outline: list) -> Iterator[str]:
    """Give the words of bookmarks alone; pypdf shows with them addresses in memory, whose digits are anybody's."""
    for one in outline:
        yield from titles(one) if isinstance(one, list) else [one.title]


def test_a_pdf_is_of_one_patient_alone_and_its_name_tells_nothing(world, tmp_path):
    found = {}
    for name, role in PAPERS.items():
        [route] = [route for route in routes() if route.name == name]
        answer = browser(world.users[role]).get(path_to(route, world.own))
        assert answer.headers["Content-Type"] == "application/pdf"
        heads = str(dict(answer.headers))
        assert CLINICAL not in heads, name
        assert PERSONAL not in heads, name
        found[name] = inside(answer.content, tmp_path)
    for other in (world.foreign, world.namesake):
        number = other.patient.record_number
        assert [name for name, words in found.items() if "Otilia" in words or number in words] == []
    assert CLINICAL in found["plans:record_paper"]  # what those may read who treat her is really looked for here
    assert CLINICAL in found["portal:record_pdf"]


# --- jobs


def test_the_page_of_jobs_and_the_signs_of_life_say_nothing_of_whom_they_work_for(world):
    failed = a_job("plans.assess", "failed", args=f'{{"patient_id": "{CLINICAL} {PERSONAL}"}}')
    a_job("plans.assess", "todo", args=f'{{"patient_id": "{CLINICAL} {PERSONAL}"}}', lock="one")
    jobs.note_failure(job_id=failed, task="plans.assess", fault=ValueError(f"{CLINICAL} {PERSONAL}"))
    Message.objects.update(state=Message.State.GIVEN_UP, error="smtp_550")
    client = browser(world.users[Role.ADMINISTRATOR])
    for name in ("jobs:overview", "healthz", "readyz"):
        answer = client.get(reverse(name))
        said = all_of(answer)
        assert CLINICAL not in said, name
        assert PERSONAL not in said.replace(world.users[Role.ADMINISTRATOR].display_name, ""), name
        assert name != "jobs:overview" or ("ValueError" in said and "smtp_550" in said)


# --- faults, and what the log keeps of them


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PATIENT, Role.FRONT_DESK])
def test_whatever_page_breaks_neither_page_nor_log_repeats_what_broke_it(role, world, monkeypatch, log):
    def broken(*_args, **_options):
        raise ValueError(f"{CLINICAL} {PERSONAL}")

    assert settings.DEBUG is False
    client, broke = browser(world.users[role]), set()
    monkeypatch.setattr(audit, "record", broken)
    for route in ROUTES:
        cache.clear()
        for method in ("get", "post"):
            with undone():
                answer = getattr(client, method)(path_to(route, world.own))
                if answer.status_code == 500:
                    broke.add(route.name)
                    assert CLINICAL not in all_of(answer), route.name
                    assert PERSONAL not in all_of(answer), route.name
    assert len(broke) > (10 if role in (Role.DOCTOR, Role.PATIENT) else 0)
    written = log.getvalue()
    assert written.count("ValueError") >= len(broke)
    assert CLINICAL not in written
    assert PERSONAL not in written


REFUSED = {
    "no such host": (400, lambda client: client.get("/", HTTP_HOST=f"{CLINICAL}.example")),
    "no such way": (405, lambda client: client.delete(reverse("desk:list"), CLINICAL)),
    "another site's form": (
        403,
        lambda client: client.post(reverse("desk:patients"), {"q": CLINICAL}, headers={"Origin": "https://x.example"}),
    ),
    "too many fields": (
        400,
        lambda client: client.post(reverse("desk:patients"), {f"{CLINICAL}{n}": n for n in range(1100)}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_repeats_nothing_of_what_it_refused(what, world):
    status, ask = REFUSED[what]
    client = Client(raise_request_exception=False, enforce_csrf_checks=status == 403)
    client.force_login(world.users[Role.DOCTOR])
    answer = ask(client)
    assert answer.status_code == status
    assert CLINICAL not in all_of(answer)

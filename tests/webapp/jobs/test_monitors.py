"""What a monitor may ask without signing in: whether it lives, and whether it can work; a word each, nothing else."""

import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from tests.webapp.jobs.factories import a_worker, empty
from tests.webapp.outbox.factories import NOON, at, queued

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def clinic(db):
    empty()
    a_worker(NOON)
    with at(NOON):
        yield


def test_that_it_lives_is_said_without_a_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_ready_is_when_everything_is(client, clinic):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "worker": "ok", "messages": "ok", "disk": "ok"}
    assert "no-store" in answer["Cache-Control"]


def test_without_a_worker_it_is_not_ready(client, clinic):
    empty()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, "not running")


def test_with_messages_that_stand_still_it_is_not_ready(client, clinic):
    queued(due_at=NOON - timedelta(hours=1))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["messages"]) == (503, "late")


def test_with_a_full_disk_it_is_not_ready(client, clinic, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 0))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["disk"]) == (503, "full")


def test_a_database_that_is_away_is_said_and_is_no_error_page(client, db):
    def away(*_):
        raise OperationalError("connection to 10.0.0.7 refused")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "ensure_connection", away)
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "away")
    assert "10.0.0.7" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_can_be_sent_there(client, db, path):
    assert client.post(path).status_code == 405

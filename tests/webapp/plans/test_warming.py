"""The library in force is compiled before the first person needs it; an empty shelf is no fault of the server."""

import gc

import pytest

from rules import reading
from tests.webapp.plans import clinic
from webapp.plans import warming

pytestmark = pytest.mark.django_db


def test_what_is_in_force_is_compiled_before_it_is_asked_for(monkeypatch):
    clinic.publish()
    monkeypatch.setattr(warming.connection, "close", lambda: None)
    reading._PROGRAMS.clear()
    warming.warm()
    assert [program.kept.keys() for program in reading._PROGRAMS.values()] == [{"readings", "recipes", "alike"}]


def test_a_worker_has_no_pages_that_ask_what_to_ask_next(monkeypatch):
    clinic.publish()
    monkeypatch.setattr(warming.connection, "close", lambda: None)
    reading._PROGRAMS.clear()
    warming.warm(pages=False)
    assert [len(program.kept) for program in reading._PROGRAMS.values()] == [0]


def test_an_empty_shelf_is_told_in_the_log_and_stops_nothing(monkeypatch, caplog):
    monkeypatch.setattr(warming.connection, "close", lambda: None)
    warming.warm()
    assert "ShelfError" in caplog.text


def test_a_server_that_ends_does_not_wait_for_it():
    thread = warming.start()
    assert thread.daemon
    thread.cancel()


def test_once_warm_nobody_looks_for_garbage_in_what_the_process_keeps(monkeypatch):
    monkeypatch.setattr(warming, "AFTER", 0)
    before = gc.get_freeze_count()
    try:
        warming.start().join()
        assert gc.get_freeze_count() > before + 10_000
        assert gc.isenabled()
    finally:
        gc.unfreeze()

"""Every column of the database is classified, and what is personal or clinical stands there encrypted."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from tools import processing_reference
from webapp.base import classification, fields
from webapp.base.classified import TABLES
from webapp.base.in_clear import IN_CLEAR
from webapp.base.kinds import Kind, table


def stored():
    there = set(connection.introspection.table_names())
    return [one for one in apps.get_models(include_auto_created=True) if one._meta.db_table in there]


@pytest.mark.django_db
def test_every_column_is_classified_and_what_is_personal_or_clinical_is_encrypted():
    assert classification.faults(stored()) == []


@pytest.mark.django_db
def test_every_table_of_the_database_is_one_of_those_classified_but_for_djangos_own_note_of_migrations():
    known = {model._meta.db_table for model in stored()}
    assert set(connection.introspection.table_names()) - known == {"django_migrations"}


def test_nothing_is_classified_or_excused_that_is_gone():
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert set(TABLES) <= labels
    columns = {f"{label}.{name}" for label, one in TABLES.items() for name in one.columns}
    assert set(IN_CLEAR) <= columns


@pytest.mark.django_db
def test_the_record_of_processing_says_what_the_code_does():
    told = "run: python -m tools.processing_reference"
    assert processing_reference.PAGE.read_text() == processing_reference.page(), told


def planted(monkeypatch, **kinds):
    """A table with a name in clear, one encrypted, and one found by its digest, classified as told."""

    class Letter(models.Model):
        name = models.TextField()
        body = fields.EncryptedTextField()
        index = fields.BlindIndexField()

        class Meta:
            app_label = "base"

    monkeypatch.setitem(TABLES, "base.Letter", table("x", "x", "x", **kinds))
    return classification.faults([Letter])


RIGHT = {"technical": "id", "none": "name", "clinical": "body index"}


@pytest.mark.parametrize(
    ("kinds", "fault"),
    [
        ({"technical": "id", "none": "name", "clinical": "body"}, "base.Letter.index is not classified"),
        (RIGHT | {"audit": "gone"}, "base.Letter.gone is classified and does not exist"),
        (
            {"technical": "id", "identity": "name", "clinical": "body index"},
            "base.Letter.name is identity and stands in",
        ),
        ({"technical": "id", "contact": "name", "clinical": "body index"}, "base.Letter.name is contact and stands in"),
        ({"technical": "id", "clinical": "name body index"}, "base.Letter.name is clinical and stands in clear"),
        ({"technical": "id", "financial": "name", "clinical": "body index"}, "base.Letter.name is financial"),
    ],
)
@isolate_apps("webapp.base")
def test_a_planted_fault_is_found(monkeypatch, kinds, fault):
    [told] = planted(monkeypatch, **kinds)
    assert fault in told


@isolate_apps("webapp.base")
def test_a_table_rightly_classified_has_no_fault(monkeypatch):
    assert planted(monkeypatch, **RIGHT) == []


@isolate_apps("webapp.base")
def test_a_reason_excuses_a_column_in_clear(monkeypatch):
    monkeypatch.setitem(IN_CLEAR, "base.Letter.name", "because")
    assert planted(monkeypatch, technical="id", identity="name", clinical="body index") == []


@isolate_apps("webapp.base")
def test_a_reason_is_refused_where_there_is_nothing_to_excuse(monkeypatch):
    monkeypatch.setitem(IN_CLEAR, "base.Letter.body", "because")
    [told] = planted(monkeypatch, **RIGHT)
    assert "base.Letter.body needs no reason" in told


@isolate_apps("webapp.base")
def test_a_new_table_is_refused_until_somebody_says_what_it_is():
    class Novelty(models.Model):
        class Meta:
            app_label = "base"

    assert classification.faults([Novelty]) == ["base.Novelty is not in webapp/base/classified.py"]


def test_every_kind_is_used_or_waits_for_billing():
    used = {kind for one in TABLES.values() for kind in one.columns.values()}
    assert set(Kind) - used <= {Kind.FINANCIAL}

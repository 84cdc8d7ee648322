"""What the shelf refuses, and that two who fill it at once leave one consistent set."""

import threading
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from rules import selectors, services
from rules.models import Release, ReleaseVersion, SourceFile, Version
from rules.selectors import ShelfError
from tests.rules.texts import a_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(tmp_path):
    return services.load(a_folder(tmp_path), services.Author("7", "Dra. Vidal"))


def a_version(**values):
    source = SourceFile.objects.first()
    given = {"version": "9.9.9", "path": "x.yaml", "text": "x", "sha256": "0" * 64, **values}
    return Version.objects.create(source_file=source, **given)


def test_a_published_version_has_a_date(loaded):
    with pytest.raises(IntegrityError, match="rules_published_dated"), transaction.atomic():
        a_version(status="published")
    assert a_version(status="draft").published_at is None


def test_a_number_a_name_and_a_place_in_a_release_are_given_once(loaded):
    held = ReleaseVersion.objects.first()
    with pytest.raises(IntegrityError, match="rules_version_once"), transaction.atomic():
        a_version(version=Version.objects.filter(source_file=SourceFile.objects.first()).first().version)
    known = SourceFile.objects.first()
    with pytest.raises(IntegrityError, match="rules_source_once"), transaction.atomic():
        SourceFile.objects.create(kind=known.kind, name=known.name, path="elsewhere.yaml")
    with pytest.raises(IntegrityError, match="rules_release_holds_once"), transaction.atomic():
        ReleaseVersion.objects.create(release=held.release, version=held.version)


def test_a_retired_text_may_come_back_but_not_changed_nor_as_a_draft(loaded):
    row = Version.objects.filter(status="published").first()
    Version.objects.filter(pk=row.pk).update(status="retired")
    for change in ({"text": "other"}, {"status": "draft"}, {"published_at": timezone.now()}, {"author_name": "Nobody"}):
        with pytest.raises(Exception, match="never changes"), transaction.atomic():
            Version.objects.filter(pk=row.pk).update(**change)
    Version.objects.filter(pk=row.pk).update(status="published")
    row.refresh_from_db()
    assert row.status == "published"


@pytest.mark.parametrize("ask", [
    lambda: selectors.release_of("0" * 64),
    lambda: services.library("0" * 64),
    lambda: services.program("0" * 64),
    lambda: selectors.version("protocol", "no-such-name"),
    lambda: selectors.version("score", "reflux"),
])  # fmt: skip
def test_what_is_not_on_the_shelf_is_refused_with_a_hint(loaded, ask):
    with pytest.raises(ShelfError) as told:
        ask()
    assert told.value.hint


def test_a_path_that_no_release_holds_leads_nowhere(loaded):
    assert selectors.at_path("protocols/none.yaml") is None
    known = next(iter(selectors.texts(selectors.release_of())))
    assert selectors.at_path(known).path == known


def test_an_empty_shelf_offers_nothing_and_breaks_nothing():
    assert selectors.current_release() is None
    assert not selectors.published().exists()
    assert not selectors.shelf().exists()


def test_what_is_listed_does_not_carry_the_texts(loaded, django_assert_num_queries):
    with django_assert_num_queries(2):
        rows = list(selectors.published())
        kinds = {row.source_file.kind for row in rows}
    assert {"vocabulary", "protocol", "questionnaire"} <= kinds
    assert all("text" in row.get_deferred_fields() for row in rows)
    assert {row.source_file.kind for row in selectors.published("protocol")} == {"protocol"}


@pytest.mark.django_db(transaction=True)
def test_two_who_load_the_same_folder_at_once_publish_it_once(tmp_path: Path):
    folder, gate, reports = a_folder(tmp_path), threading.Barrier(2), []

    def load():
        try:
            gate.wait(10)
            reports.append(services.load(folder, services.Author()))
        finally:
            connection.close()

    threads = [threading.Thread(target=load) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(bool(report.loaded) for report in reports) == [False, True]
    assert len({report.release for report in reports}) == Release.objects.count() == 1
    assert Version.objects.count() == SourceFile.objects.count()

"""What is written is saved without being asked, every state; two people at once lose nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from rules import selectors as shelf
from rules.models import Revision
from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user
from webapp.studio import writing

pytestmark = pytest.mark.django_db


@pytest.fixture
def director():
    a_shelf()
    return a_user("director", display_name="Marta Salas")


@pytest.fixture
def draft(director):
    return writing.begin(director, shelf.version("protocol", "reflux"))


@pytest.fixture
def kept(client, director, draft):
    signed_in(client, director)
    address = reverse("studio:keep", args=[draft.pk])
    return lambda text, revision=1: client.post(address, {"text": text, "revision": revision})


def test_every_state_is_kept_and_told_with_its_time(kept, draft):
    first = kept("one\r\ntwo").json()
    assert first["revision"] == 2
    assert ":" in first["time"]
    assert kept("three", 2).json()["revision"] == 3
    assert [one.text for one in draft.revisions.order_by("number")][1:] == ["one\ntwo", "three"]


def test_the_same_text_again_makes_no_state(kept):
    kept("one")
    assert kept("one").json()["revision"] == 2
    assert Revision.objects.count() == 2


def test_who_comes_second_is_told_and_overwrites_nothing(kept, draft):
    other = a_user("director", display_name="Ana Ruiz")
    writing.save(other, draft.pk, "theirs", 1)
    answer = kept("mine")
    assert (answer.status_code, answer.json()) == (409, {"overtaken": "Ana Ruiz"})
    assert draft.revisions.order_by("-number")[0].text == "theirs"


@pytest.mark.parametrize(("text", "revision"), [("a\0b", 1), ("a" * 1_000_001, 1)])
def test_what_no_file_can_be_is_refused(kept, draft, text, revision):
    answer = kept(text, revision)
    assert (answer.status_code, "refused" in answer.json()) == (422, True)
    assert draft.revisions.count() == 1


def test_a_draft_put_aside_or_opened_at_no_state_is_not_written(kept, draft, director):
    assert kept("text", "x").status_code == 409
    writing.put_aside(director, draft.pk)
    assert kept("text").status_code == 422
    assert draft.revisions.count() == 1


def test_the_list_folds_what_was_saved_by_itself_and_keeps_each_to_be_brought_back(client, kept, draft):
    for number in range(1, 5):
        kept(f"state {number}", number)
    page = client.get(reverse("studio:draft", args=[draft.pk])).content.decode()
    assert "4 estados guardados automáticamente" in page
    assert page.count('name="number"') == 4  # all but the newest


def test_a_page_left_open_is_told_who_saved_since(client, kept, draft):
    address = reverse("studio:standing", args=[draft.pk])
    kept("mine")
    assert client.get(address).json() == {"revision": 2, "name": "Marta Salas"}


def test_who_does_not_write_keeps_nothing(kept, draft):
    doctor = signed_in(Client(), a_user("doctor"))
    assert doctor.post(reverse("studio:keep", args=[draft.pk]), {"text": "x", "revision": 1}).status_code == 404
    assert doctor.get(reverse("studio:standing", args=[draft.pk])).status_code == 404
    assert draft.revisions.count() == 1

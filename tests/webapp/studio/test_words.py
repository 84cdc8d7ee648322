"""Words of the set in force: what the editor completes, what uses a name, and the search of the shelf."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from rules.models import Version
from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def director():
    a_shelf()
    return a_user("director", display_name="Marta Salas")


@pytest.fixture
def page(client, director):
    signed_in(client, director)
    return lambda route, **asked: client.get(reverse(f"studio:{route}"), asked)


def place(page, kind):
    return f"{reverse('studio:version', args=[Version.objects.get(source_file__kind=kind).pk])}#L"


def test_the_editor_is_told_every_word_with_what_it_means(client, page):
    words = page("words").json()
    assert words["facts"]["age"]["unit"] == "years"
    assert words["facts"]["age"]["range"] == ["0", "120"]
    assert words["facts"]["sex"]["choices"] == {"female": "Mujer", "male": "Varón"}
    assert words["medicines"]["omeprazole"]["max"] == "80 mg"
    assert words["codes"]["advice:small_meals"]["title"] == "Comidas pequeñas"
    assert "because" in words["schema"]["$defs"]["RuleForm"]["required"]


def test_words_are_sent_once_for_a_set(client, page):
    tag = page("words").headers["ETag"]
    again = client.get(reverse("studio:words"), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(reverse("studio:words"), headers={"If-None-Match": '"of an earlier set"'}).status_code == 200


def test_what_uses_a_question_is_listed_with_its_line(page):
    answer = page("uses", name="heartburn_days").content.decode()
    assert place(page, "protocol") in answer
    told = page("uses", name="heartburn_days", json="1").json()
    assert told["declared"][0]["address"].startswith(place(page, "vocabulary"))
    text = Version.objects.get(source_file__kind="vocabulary").text.splitlines()
    assert text[told["declared"][0]["line"] - 1].strip().startswith("heartburn_days:")
    sex = page("uses", name="sex", json="1").json()["declared"][0]
    assert text[sex["line"] - 1].strip() == "sex:"  # not the first line of its block
    assert any(one["path"] == "protocols/reflux/1.0.0.yaml" for one in told["uses"])


def test_a_code_is_found_by_its_name_and_by_its_whole_name(page):
    short, whole = (page("uses", name=name, json="1").json() for name in ("small_meals", "advice:small_meals"))
    assert short["uses"] == whole["uses"] != []
    assert len(whole["declared"]) == 1
    assert whole["declared"][0] in short["declared"]


def test_a_name_misspelt_is_answered_with_those_alike(page):
    answer = page("uses", name="omeprazo").content.decode()
    assert "Ningún texto vigente tiene este nombre" in answer
    assert "?name=omeprazole" in answer
    assert "<script>x" not in page("uses", name="<script>x").content.decode()
    assert page("uses").status_code == 200


def test_the_search_of_the_shelf_finds_titles_rules_facts_and_medicines(page):
    for asked, found in {
        "ardor": "heartburn_days", "OMEPRAZOL": "omeprazole", "dias con ardor": "heartburn_days", "reflux": "reflux",
    }.items():  # fmt: skip
        answer = page("list", q=asked)
        assert found in {hit.name.rpartition(":")[2] for hit in answer.context["hits"]}, asked
    nothing = page("list", q="zzzz").content.decode()
    assert "0 resultados" in nothing
    assert page("list", q="...").status_code == 200


@pytest.mark.parametrize(("route", "asked"), [("uses", {"name": "age"}), ("list", {"q": "a"})])
def test_pages_ask_the_database_as_often_for_one_as_for_many(page, route, asked, django_assert_max_num_queries):
    page(route, **asked)  # the library is read
    cache.clear()
    with django_assert_max_num_queries(16):
        page(route, **asked)


def test_who_does_not_read_protocols_finds_nothing(director):
    for role in ("patient", "front_desk"):
        person = signed_in(Client(), a_user(role))
        assert {person.get(reverse(f"studio:{name}")).status_code for name in ("words", "uses", "list")} <= {403, 404}

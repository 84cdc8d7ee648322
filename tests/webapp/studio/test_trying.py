"""The plan of a patient while one writes; tests run, made of a patient, and generated at the edges of limits."""

import re
import time

import pytest
from django.urls import reverse

from rules import examining
from rules import selectors as shelf
from rules.models import Draft
from tests.rules.texts import PROTOCOL
from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user
from webapp.studio import new_tests, writing

pytestmark = pytest.mark.django_db
NEXT = PROTOCOL.replace("version: 1.0.0", "version: 1.1.0")
STRICTER = NEXT.replace("heartburn_days >= 2", "heartburn_days >= 6")
NEVER_SEEN = """rules:
  never_seen:
    when: heartburn_days >= 7
    do:
      - advice: small_meals
    because: {es: Mucho, en: A lot}
    source: book
"""
PATIENT = "age: 44 years\nheartburn_days: 3\n"


@pytest.fixture
def director():
    a_shelf()
    return a_user("director", display_name="Marta Salas")


@pytest.fixture
def draft(director):
    return writing.begin(director, shelf.version("protocol", "reflux"))


@pytest.fixture
def page(client, director):
    signed_in(client, director)
    return client


def tried(page, draft, **said):
    answer = page.post(reverse("studio:try", args=[draft.pk]), {"text": NEXT} | said)
    assert answer.status_code == 200
    return answer.context, answer.content.decode()


def codes(context):
    return [(one.kind, one.title) for one in context["tried"].items]


def test_a_patient_gets_the_plan_by_the_text_as_typed_beside_what_is_in_force(page, draft):
    context, shown = tried(page, draft, given=PATIENT, who="")
    assert "El mismo plan que ahora" in shown
    assert not context["tried"].items
    context, shown = tried(page, draft, text=STRICTER, given=PATIENT)
    assert {kind for kind, _title in codes(context)} == {"gone"}
    assert "is-gone" in shown
    assert Draft.objects.get(pk=draft.pk).revision == 1  # nothing was kept


def test_a_value_changed_on_the_screen_changes_the_plan(page, draft):
    few, _shown = tried(page, draft, given="age: 44 years\nheartburn_days: 1\n")
    many, _shown = tried(page, draft, given=PATIENT)
    assert len(few["tried"].same) < len(many["tried"].same)


def test_the_tests_of_the_text_and_who_was_made_up_are_offered_and_chosen_ones_fill_in(page, draft):
    revision = draft.revisions.get()
    examining.run(examining.begin({revision.path: STRICTER}), {revision.path: STRICTER})
    writing.save(page_user(draft), draft.pk, STRICTER, 1)
    context, _shown = tried(page, draft, text=STRICTER)
    keys = [one.key for one in context["patients"]]
    assert [key for key in keys if key.startswith("test ")]
    assert [key for key in keys if key.startswith("change ")]
    chosen, _shown = tried(page, draft, text=STRICTER, who="change 0", shown=keys[0], given=PATIENT)
    assert chosen["given"] == new_tests.given_text(chosen["chosen"].given) != PATIENT
    assert chosen["tried"].items


def page_user(draft):
    return writing.User.objects.get(pk=draft.author_id)


def test_a_test_that_fails_says_what_it_expects_of_its_own_patient_alone(page, draft):
    context, shown = tried(page, draft, text=STRICTER)
    assert context["tried"].unmet
    assert "La prueba espera otra cosa" in shown
    other, _shown = tried(
        page, draft, text=STRICTER, who=context["chosen"].key, shown=context["chosen"].key, given=PATIENT
    )
    assert not other["tried"].unmet


@pytest.mark.parametrize(
    ("given", "word"),
    [("heartburn_dias: 3\n", "heartburn_days"), ("a: [", "P001"), ("x: 1\n" * 20_000, "largo"),
     ("- a\n", "P0"), ("age: 44 years\nage: 3 years\n", "age")],
)  # fmt: skip
def test_a_patient_that_cannot_be_read_is_told_and_nothing_breaks(page, draft, given, word):
    context, shown = tried(page, draft, given=given)
    assert context["tried"].problems
    assert word in shown


def test_a_value_in_a_wrong_unit_is_not_taken_for_one_and_says_so(page, draft):
    context, shown = tried(page, draft, given="age: 44 kg\nheartburn_days: 3\n")
    assert context["tried"].doubted == ["Edad"]
    assert "No se toma como valor" in shown


def test_a_text_that_does_not_check_says_so_and_keeps_the_patient(page, draft):
    context, shown = tried(page, draft, text=NEXT.replace("heartburn_days", "heartburn_dias", 1), given=PATIENT)
    assert "no hay plan" in shown
    assert context["given"] == PATIENT


def test_the_plan_comes_within_a_second_of_work_once_the_library_is_read(page, draft):
    tried(page, draft, given=PATIENT)
    begun = time.process_time()
    for number in range(5):
        tried(page, draft, text=f"{NEXT}# {number}\n", given=PATIENT)
    assert (time.process_time() - begun) / 5 < 1


def keep(page, draft, **said):
    form = {"text": NEXT, "revision": "1", "given": PATIENT, "test_name": "Three days are enough"}
    return page.post(reverse("studio:keep_test", args=[draft.pk]), form | said, follow=True)


def test_a_patient_becomes_a_test_and_no_other_letter_of_the_text_changes(page, draft):
    commented = NEXT.replace("rules:", "# kept as it is\nrules:", 1)
    keep(page, draft, text=commented)
    newest = draft.revisions.order_by("-number")[0].text
    added = newest.replace(commented.rstrip("\n"), "", 1)
    assert newest.startswith(commented.rstrip("\n"))
    assert added.strip().startswith("- name: Three days are enough")
    assert "include:" in added
    ran = page.post(reverse("studio:tests", args=[draft.pk]), {"text": newest}).context["run"]
    assert not ran.failing
    assert "Three days are enough" in {one.name for one in ran.report.results}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"test_name": " "}, "R061"), ({"given": "age: 44 kg"}, "R063"), ({"given": "a: ["}, "P001"),
     ({"text": NEXT.replace("heartburn_days", "x", 1)}, "R060"), ({"revision": "0"}, "R021")],
)  # fmt: skip
def test_no_test_is_made_of_what_is_wrong_and_nothing_typed_is_lost(page, draft, wrong, code):
    answer = keep(page, draft, **wrong)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert code in shown
    assert Draft.objects.get(pk=draft.pk).revision == 1
    assert wrong.get("given", PATIENT).split("\n")[0] in shown


def test_two_tests_of_one_name_are_refused(page, draft):
    keep(page, draft)
    newest = draft.revisions.order_by("-number")[0]
    again = keep(page, draft, text=newest.text, revision=str(newest.number))
    assert "R062" in again.content.decode()


def test_its_tests_are_run_and_what_fails_says_how_with_a_way_to_the_patient(page, draft):
    answer = page.post(reverse("studio:tests", args=[draft.pk]), {"text": STRICTER})
    run, shown = answer.context["run"], answer.content.decode()
    assert run.failing
    assert "expected" in shown
    [link] = set(re.findall(r'href="([^"]+\?who=test[^"]+)"', shown))
    assert page.get(link).status_code == 200
    passed = page.get(reverse("studio:tests", args=[draft.pk])).context["run"]
    assert not passed.failing
    assert {one.name for one in passed.rules}


def test_a_rule_no_test_saw_is_listed(page, draft):
    more = NEXT.replace("rules:\n", NEVER_SEEN, 1)
    run = page.post(reverse("studio:tests", args=[draft.pk]), {"text": more}).context["run"]
    assert [one.name for one in run.rules if not one.fired] == ["never_seen"]


def test_tests_at_the_limits_are_generated_and_those_ticked_stand_in_the_text(page, draft):
    address = reverse("studio:edges", args=[draft.pk])
    groups = page.get(address).context["groups"]
    [group] = [one for one in groups if one.limit.fact == "heartburn_days"]
    said = {row.edge.kind: row.edge for row in group.rows}
    assert (said["below"].value, said["at"].value, said["above"].value) == ("1", "2", "3")
    assert said["below"].fired != said["at"].fired == said["above"].fired
    assert said["missing"].fired == said["below"].fired
    assert "lux" in said["wrong_unit"].value
    assert said["wrong_unit"].refused
    page.post(address, {"edge": [said["below"].key, said["at"].key, said["wrong_unit"].key], "revision": "1"})
    newest = draft.revisions.order_by("-number")[0].text
    assert newest.count('- name: "heartburn days') == 2
    ran = page.post(reverse("studio:tests", args=[draft.pk]), {"text": newest}).context["run"]
    assert not ran.failing
    again = page.get(address).context["groups"]
    assert sum(row.edge.there for one in again for row in one.rows) == 2


def test_nothing_ticked_adds_nothing(page, draft):
    answer = page.post(reverse("studio:edges", args=[draft.pk]), {"revision": "1"}, follow=True)
    assert "No ha marcado nada" in answer.content.decode()
    assert Draft.objects.get(pk=draft.pk).revision == 1


@pytest.mark.parametrize("name", ["try", "tests", "edges", "keep_test"])
def test_who_writes_no_protocols_finds_none_of_it(client, draft, name):
    signed_in(client, a_user("doctor"))
    assert client.post(reverse(f"studio:{name}", args=[draft.pk]), {"text": NEXT}).status_code == 404

"""The judge of the editor: ten ways in which a rule is broken, each told where it stands, and what one click mends."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from rules import selectors as shelf
from rules.models import Draft, Revision
from tests.rules.texts import PROTOCOL
from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user
from webapp.studio import writing
from webapp.studio.problem_words import AUTHORED, SPANISH, meaning

pytestmark = pytest.mark.django_db
TEXT = PROTOCOL.replace("version: 1.0.0", "version: 1.1.0").replace("{es: Ardor frecuente, en: Frequent heartburn}", """
      es: Ardor frecuente
      en: Frequent heartburn""").replace("because: \n", "because:\n")  # fmt: skip


@pytest.fixture
def director():
    a_shelf()
    return a_user("director", display_name="Marta Salas")


@pytest.fixture
def draft(director):
    return writing.begin(director, shelf.version("protocol", "reflux"))


def judged(client, draft, text, **headers):
    address = reverse("studio:judge", args=[draft.pk])
    return client.post(address, json.dumps({"text": text}), content_type="application/json", headers=headers)


def first_of(client, director, draft, old, new):
    assert old in TEXT
    broken = TEXT.replace(old, new, 1)
    found = judged(signed_in(client, director), draft, broken).json()["problems"]
    return broken, found[0]


def mended(text, fix):
    return text[: fix["from"]] + fix["insert"] + text[fix["to"] :]


BECAUSE = "    because:\n      es: Ardor frecuente\n      en: Frequent heartburn\n"
RULE = "    when: heartburn_days >= 2\n"
# what was meant, what was written, the line, words of the message or hint, what the first fix makes of it
WAYS = {
    "a fact misspelt": ("heartburn_days >=", "heartburn_dias >=", 10, "heartburn_days", "heartburn_days >="),
    "a wrong unit": ("age >= 18 years", "age >= 18 kg", 7, "is in years", "age >= 18 years"),
    "no unit": ("age >= 18 years", "age >= 18", 7, "has no unit", "age >= 18 years"),
    "no reason": (BECAUSE, "", 10, '"because" is missing', "because:\n      es: \n      en: \n"),
    "bad indentation": (RULE, RULE[1:], 11, "indentation differs", None),
    "a tab": (RULE, "\twhen: heartburn_days >= 2\n", 10, "tab", None),
    "an unknown medicine": ("advice: small_meals", "prescribe: omeprazol_x", 12, "omeprazole", "prescribe: omeprazole"),
    "a colon without quotes": ("en: Frequent heartburn", "en: Frequent: heartburn", 15, "Quote the text", None),
    "a key twice": (RULE, RULE + RULE, 11, "stands twice", None),
    "beyond what is plausible": ("heartburn_days >= 2", "heartburn_days >= 200", 10, "outside 0 .. 7", None),
    "an unknown operator": ("heartburn_days >= 2", "heartburn_days => 2", 10, "Write >=", "heartburn_days >= 2"),
    "a word of no list": ("urgency: emergency", "urgency: Emergency", 23, "is not one of", "urgency: emergency"),
    "a key misspelt": ("urgency: emergency", "urgncy: emergency", 23, "Did you mean urgency?", "urgency: emergency"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_breaks_a_rule_is_told_at_its_place_and_mended(client, director, draft, way):
    old, new, line, words, right = way
    broken, problem = first_of(client, director, draft, old, new)
    assert problem["line"] == line
    assert words in f"{problem['message']} {problem['hint']}"
    assert problem["hint"]  # what to do, not only what is wrong
    assert problem["from"] <= problem["to"] <= len(broken)
    if right is not None:
        assert right in mended(broken, problem["fixes"][0])


def test_a_text_without_fault_has_no_problem_and_nothing_is_kept(client, director, draft):
    before = Revision.objects.count()
    answer = judged(signed_in(client, director), draft, TEXT).json()
    assert (answer["problems"], answer["elsewhere"]) == ([], [])
    assert answer["path"] == "protocols/reflux/1.1.0.yaml"
    assert Revision.objects.count() == before


def test_a_place_is_counted_as_browsers_count(client, director, draft):
    broken = TEXT.replace("Ardor frecuente", "Ardor 🔥 frecuente").replace("urgency: emergency", "urgncy: emergency")
    problem = judged(signed_in(client, director), draft, broken).json()["problems"][0]
    letters = broken.encode("utf-16-le")
    assert letters[2 * problem["from"] : 2 * problem["to"]].decode("utf-16-le") == "urgncy"


def test_a_text_that_breaks_other_files_says_which(client, director, draft):
    words = writing.begin(director, shelf.version("vocabulary", "small"))
    text = words.revisions.get().text.replace("  gi_bleeding: {", "  stomach_bleeding: {")
    answer = judged(signed_in(client, director), words, text).json()
    assert answer["problems"] == []
    assert any("protocols/reflux/1.0.0.yaml" in each and "gi_bleeding" in each for each in answer["elsewhere"])


HOSTILE = {
    "aliases": "a: &a [x,x,x]\n" + "".join(f"b{n}: &b{n} [*a,*a,*a,*a]\n" for n in range(40)),
    "depth": "protocol: reflux\nversion: 1.1.0\nrules: " + "[" * 100_000,
    "brackets": TEXT.replace("heartburn_days >= 2", "(" * 5_000 + "heartburn_days"),
    "backwards": TEXT.replace("Ardor", "\u202eArdor\u0000\ufffe"),
    "half a letter": TEXT.replace("Ardor", "\ud800"),
    "letters that are two to a browser": TEXT.replace("Ardor frecuente", "\U0001d4b3: " * 100_000),
    "a title that goes on": "title:\n" + " es: es: " * 40_000,
    "an expression of repeats": TEXT.replace("Ardor frecuente", "a" * 100_000 + "!"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_answered_with_problems(client, director, draft, text):
    answer = judged(signed_in(client, director), draft, text)
    assert answer.status_code == 200
    assert isinstance(answer.json()["problems"], list)


def test_what_is_too_long_or_no_text_is_refused(client, director, draft):
    signed_in(client, director)
    assert judged(client, draft, "a" * 10_000_000).status_code == 413
    address = reverse("studio:judge", args=[draft.pk])
    for body in ("", "[", "[1]", '{"text": 1}', "[" * 100_000, b"\xff\xfe"):
        assert client.post(address, body, content_type="application/json").status_code == 400


def test_only_who_writes_protocols_has_a_text_judged(draft):
    for role in ("doctor", "administrator"):
        assert judged(signed_in(Client(), a_user(role)), draft, TEXT).status_code == 404
    assert judged(signed_in(Client(), a_user("director")), Draft(pk=draft.pk + 1), TEXT).status_code == 404


def test_every_slip_is_told_in_spanish_first_with_the_exact_words_of_the_engine_beside(client, director, draft):
    _broken, problem = first_of(client, director, draft, "heartburn_days >=", "heartburn_dias >=")
    assert problem["meaning"].startswith("El nombre no se conoce.")
    assert "heartburn_dias" in problem["message"]
    assert meaning(problem["code"], "en") == ""  # her words are the engine's own


def test_every_code_that_a_text_can_meet_says_in_spanish_what_it_is_and_what_to_do():
    assert set(SPANISH) == AUTHORED
    assert all(title and not title.endswith(".") and advice.endswith(".") for title, advice in SPANISH.values())

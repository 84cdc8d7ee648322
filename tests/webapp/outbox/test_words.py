"""No text, subject, link or header that leaves the clinic says anything of health, in either language."""

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.html import strip_tags

from tests.webapp.outbox.factories import NOON, at, queued
from tests.webapp.outbox.health_words import folded, health_words, told_in
from webapp.outbox import sending
from webapp.outbox.texts import TEXTS

pytestmark = pytest.mark.django_db
LINKS = {name: "482913" if text.holds_code else "/portal/" for name, text in TEXTS.items()}


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("template", sorted(TEXTS))
def test_nothing_that_is_sent_holds_a_health_word(mailoutbox, template, language):
    queued(template=template, language=language, link=LINKS[template], key=f"plan_ready:omeprazole:{template}")
    with at(NOON):
        assert sending.deliver() == 1
    raw = mailoutbox[0].message()
    parts = [part.get_payload(decode=True).decode() for part in raw.walk() if not part.is_multipart()]
    everything = "\n".join([*raw.keys(), *(str(word) for word in raw.values()), *map(strip_tags, parts)])
    assert told_in(everything) == set()
    assert mailoutbox[0].to[0] in everything  # headers too
    assert LINKS[template] in parts[0]
    assert LINKS[template] in parts[1]


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_a_short_message_holds_none_either_and_fits_into_two(settings, tmp_path, template):
    settings.OUTBOX_FOLDER = str(tmp_path)
    queued(template=template, link=LINKS[template], channel="sms", address="+34600112233")
    with at(NOON):
        assert sending.deliver() == 1
    text = next(tmp_path.iterdir()).read_text()
    assert told_in(text) == set()
    assert len(text.partition("\n\n")[2]) < 2 * 153


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_each_text_is_said_in_both_languages(template):
    said = []
    for language in ("es", "en"):
        with translation.override(language):
            said.append((str(TEXTS[template].subject), str(TEXTS[template].body)))
    assert said[0][0] != said[1][0]
    assert said[0][1] != said[1][1]


@pytest.mark.parametrize(
    "planted",
    [
        "Su calprotectina está lista", "Recuerde el omeprazol", "¿Sigue con diarrea?", "Your colonoscopy is due",
        "/plans/helicobacter/", "X-Reason: celiac disease", "Rellene el diario de síntomas", "Alarm: dysphagia",
    ],
)  # fmt: skip
def test_a_planted_health_word_is_found(planted):
    assert told_in(planted)


def test_the_words_come_from_vocabulary_and_formulary_in_both_languages():
    assert len(health_words()) > 1500
    assert {"diarrea", "diarrhoea", "omeprazole", "sangre", "bleeding", "higado", "cancer"} <= health_words()
    assert folded("¿Disfagia a sólidos?") == {"disfagia", "solidos"}


def test_the_key_and_the_template_are_never_in_the_letter(mailoutbox):
    message = queued(key="fu:colonoscopy:1", template="plan_ready")
    with at(NOON):
        sending.deliver()
    raw = mailoutbox[0].message().as_string()
    assert message.key not in raw
    assert "plan_ready" not in raw
    assert "colonoscopy" not in raw


def test_the_clinics_own_sender_is_looked_at_too():
    assert told_in(settings.DEFAULT_FROM_EMAIL) == set()


def test_a_code_stands_in_its_letter_and_is_forgotten_once_sent(mailoutbox):
    message = queued(template="sign_in_code", link="482913")
    with at(NOON):
        sending.deliver()
    message.refresh_from_db()
    assert "482913" in mailoutbox[0].body
    assert "482913" not in mailoutbox[0].subject
    assert message.link == ""


def test_a_link_is_a_link_in_the_simple_page_and_escaped(mailoutbox):
    queued(link="/portal/?a=1&b=%22")
    with at(NOON):
        sending.deliver()
    html = mailoutbox[0].alternatives[0][0]
    assert 'href="http://localhost:8000/portal/?a=1&amp;b=%22"' in html
    assert "<script" not in html

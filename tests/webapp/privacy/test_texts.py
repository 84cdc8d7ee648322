"""Consent texts: written as drafts, looked at, published for good; patients are asked anew at the next login."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.webapp.people import PASSWORD, a_doctor, a_patient_with_login, a_text, a_user, consented
from tests.webapp.privacy.copies import browser
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients import selectors
from webapp.patients.models import ConsentText
from webapp.privacy import texts
from webapp.privacy.models import ConsentDraft

pytestmark = pytest.mark.django_db
WORDS = {"body_es": "Acepto que me traten así.\n\nY punto.", "body_en": "I agree to be treated so.\n\nThat is all."}


def page(name="text", purpose="treatment"):
    return reverse(f"privacy:{name}", args=[purpose] if name != "texts" else [])


@pytest.fixture
def director():
    return a_user(Role.DIRECTOR, display_name="Dr. Carlos Peña")


def written(director, revision=0, **words):
    return browser(director).post(page(), {"revision": revision, **WORDS, **words})


def test_a_draft_is_kept_looked_at_in_both_languages_and_seen_by_no_patient(director):
    patient = a_patient_with_login()
    consented(patient)
    assert browser(director).post(page(), {"revision": 0, **WORDS, "look": "1"}).url == page("text_preview")
    for language, words in (("es", "Acepto que me traten así."), ("en", "I agree to be treated so.")):
        shown = browser(director).get(page("text_preview"), {"language": language}).content.decode()
        assert f"<p>{words}</p>" in shown
        assert "112" not in shown.partition("<main")[2].partition("</main>")[0]
    for place in ("/portal/consent/", "/intake/consent/"):
        assert "Acepto que me traten así" not in browser(patient.user).get(place).content.decode()
    assert selectors.has_current_consent(patient, "treatment")


def test_publishing_asks_who_it_is_and_then_asks_every_patient_anew_at_the_next_login(director):
    agreed, withdrew, new = (a_patient_with_login() for _ in range(3))
    consented(agreed)
    written(director)
    client = browser(director, fresh=False)
    asked = client.post(
        page("text_publish"), {"revision": 1}, headers={"Referer": f"http://testserver{page('text_preview')}"}
    )
    assert asked.url.startswith(reverse("accounts:confirm"))
    assert ConsentText.objects.count() == 1
    assert client.post(asked.url, {"secret": PASSWORD, "next": page("text_preview")}).url == page("text_preview")
    assert client.post(page("text_publish"), {"revision": 1}).url == page("texts")
    text = selectors.current_text("treatment")
    assert (text.version, text.body_en) == (2, WORDS["body_en"])
    assert not ConsentDraft.objects.exists()
    assert not selectors.has_current_consent(agreed, "treatment")
    portal = browser(agreed.user)
    assert portal.get("/portal/").url == "/intake/consent/"
    assert "Acepto que me traten así" in portal.get("/intake/consent/").content.decode()
    assert portal.get("/portal/").status_code == 200  # not now: asked once a login, and before every questionnaire
    portal.post("/intake/consent/", {"text": text.pk})
    assert browser(agreed.user).get("/portal/").status_code == 200
    assert [browser(one.user).get("/portal/").status_code for one in (withdrew, new)] == [200, 200]
    verbs = list(Entry.objects.filter(actor_id=director.pk, object_type="consent_text").values_list("verb", flat=True))
    assert verbs == ["consent_text.drafted", "consent_text.published"]


def test_a_published_text_never_changes_whoever_writes():
    text = a_text()
    for change in ({"body_es": "Otra cosa"}, {"version": 7}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentText.objects.filter(pk=text.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        text.delete()


def test_what_was_published_stays_readable_and_a_new_draft_begins_with_it(director):
    text = a_text()
    shown = browser(director).get(page()).content.decode()
    assert shown.count(text.body_es) == 2
    written(director)
    browser(director).post(page("text_publish"), {"revision": 1})
    shown = browser(director).get(page()).content.decode()
    assert text.body_es in shown
    assert "Acepto que me traten así." in shown


def test_two_who_write_at_once_lose_nothing(director):
    other = a_user(Role.ADMINISTRATOR)
    written(director)
    late = browser(other).post(page(), {"revision": 0, "body_es": "Mi versión", "body_en": "My version"})
    assert late.status_code == 422
    told = late.content.decode()
    assert "Mi versión" in told
    assert "<p>Acepto que me traten así.</p>" in told
    assert ConsentDraft.objects.get().body_es == WORDS["body_es"]
    assert written(other, 1, body_es="Mi versión").status_code == 302
    browser(director).post(page("text_publish"), {"revision": 1})  # what was looked at is no longer the draft
    assert not ConsentText.objects.exists()
    assert ConsentDraft.objects.get().revision == 2


def test_half_a_text_is_kept_and_not_published(director):
    written(director, body_en=" ")
    shown = browser(director).get(page("text_preview"), {"language": "en"}).content.decode()
    assert "Not written in this language yet" in shown
    assert page("text_publish") not in shown
    browser(director).post(page("text_publish"), {"revision": 1})
    assert not ConsentText.objects.exists()


def test_the_text_in_force_is_not_published_a_second_time(director):
    text = a_text()
    written(director, body_es=text.body_es, body_en=text.body_en)
    with pytest.raises(texts.TextError, match=r"palabra por palabra|word by word"):
        texts.publish(purpose="treatment", shown=1, actor=director)
    assert ConsentText.objects.count() == 1


def test_a_draft_is_thrown_away_and_the_text_in_force_stays(director):
    text = a_text()
    written(director)
    assert browser(director).post(page("text_drop"), {"revision": 1}).url == page("texts")
    assert not ConsentDraft.objects.exists()
    assert selectors.current_text("treatment") == text
    assert browser(director).get(page("text_preview")).status_code == 404


def test_the_list_counts_who_agrees_and_names_nobody(director, django_assert_max_num_queries):
    people = [a_patient_with_login(family_name="Quintanilla") for _ in range(3)]
    for one in people:
        consented(one)
    written(director)
    texts.publish(purpose="treatment", shown=1, actor=director)
    consented(people[0])
    [standing] = [one for one in texts.standings() if one.purpose == "treatment"]
    assert (standing.agreeing, standing.to_ask) == (1, 2)
    client = browser(director)
    with django_assert_max_num_queries(14):
        shown = client.get(page("texts")).content.decode()
    assert "Quintanilla" not in shown
    assert "2 aceptaron un texto anterior" in shown


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.FRONT_DESK, Role.MARKETING, Role.PATIENT])
def test_nobody_else_writes_or_publishes(role, director):
    written(director)
    client = browser(a_user(role))
    answers = [client.get(page(name)) for name in ("texts", "text", "text_preview")]
    answers += [client.post(page(name), {"revision": 1, **WORDS}) for name in ("text", "text_publish", "text_drop")]
    assert {answer.status_code for answer in answers} == {404}
    with pytest.raises(texts.TextError):
        texts.publish(purpose="treatment", shown=1, actor=a_doctor())
    assert ConsentDraft.objects.get().revision == 1


def test_there_is_no_other_purpose(director):
    assert browser(director).get(page("text", "anything")).status_code == 404
    assert browser(director).post(page("text", "anything"), {"revision": 0, **WORDS}).status_code == 404
    assert not ConsentDraft.objects.exists()


def test_words_that_look_like_code_stay_words(director):
    written(director, body_es="<script>alert(1)</script>")
    shown = browser(director).get(page("text_preview"), {"language": "es"}).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown

"""A text being worked on: every state kept, nobody's words lost, nothing published by it."""

from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from rules import drafting, selectors, services
from rules.drafting import DraftError, Overtaken
from rules.models import Draft, Revision
from rules.services import Author
from tests.rules.texts import PROTOCOL, VOCABULARY, a_folder

pytestmark = pytest.mark.django_db
SALAS, IBARRA = Author("1", "Dra. Salas"), Author("2", "Dr. Ibarra")
CHANGED = PROTOCOL.replace("version: 1.0.0", "version: 1.1.0").replace(">= 2", ">= 3")


@pytest.fixture
def draft(tmp_path):
    services.load(a_folder(tmp_path), Author(name="Carpeta"))
    return drafting.begin(selectors.version("protocol", "reflux"), SALAS)


def texts_of(draft):
    return list(draft.revisions.order_by("number").values_list("text", flat=True))


def test_a_draft_begins_with_the_text_in_force_under_the_next_number(draft):
    (text,) = texts_of(draft)
    assert text == PROTOCOL.replace("version: 1.0.0", "version: 1.1.0")
    assert drafting.newest_of(draft).path == "protocols/reflux/1.1.0.yaml"
    assert (draft.author_name, draft.state, draft.base.version) == ("Dra. Salas", "open", "1.0.0")


def test_every_saved_state_stays_with_its_text_author_and_reason(draft):
    drafting.save(draft_id=draft.pk, text=CHANGED, shown=1, author=IBARRA, reason="tres días")
    drafting.save(draft_id=draft.pk, text="roto: [", shown=2, author=SALAS)
    assert texts_of(draft)[1:] == [CHANGED, "roto: ["]  # what does not check is kept as well
    second = draft.revisions.get(number=2)
    assert (second.editor_name, second.reason, second.sha256) == ("Dr. Ibarra", "tres días", services.digest(CHANGED))
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(pk=second.pk).update(text="otro")
    with pytest.raises(DatabaseError), transaction.atomic():
        second.delete()


def test_the_same_text_again_makes_no_revision(draft):
    again = drafting.save(draft_id=draft.pk, text=texts_of(draft)[0], shown=1, author=IBARRA)
    assert (again.number, draft.revisions.count()) == (1, 1)


def test_who_saves_second_is_told_and_shown_what_the_other_wrote(draft):
    drafting.save(draft_id=draft.pk, text=CHANGED, shown=1, author=IBARRA)
    with pytest.raises(Overtaken, match="Ibarra") as overtaken:
        drafting.save(draft_id=draft.pk, text="mío", shown=1, author=SALAS)
    assert overtaken.value.theirs.text == CHANGED
    assert drafting.save(draft_id=draft.pk, text="los dos", shown=2, author=SALAS).number == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_both_are_heard_and_one_is_told(draft):
    told = []

    def one(author):
        try:
            drafting.save(draft_id=draft.pk, text=f"de {author.name}", shown=1, author=author)
        except Overtaken as problem:
            told.append(problem.theirs.editor_name)
        finally:
            connection.close()

    threads = [Thread(target=one, args=(who,)) for who in (SALAS, IBARRA)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert draft.revisions.count() == 2
    assert told == [draft.revisions.get(number=2).editor_name]


def test_any_earlier_state_comes_back_as_the_newest_and_those_between_stay(draft):
    drafting.save(draft_id=draft.pk, text=CHANGED, shown=1, author=SALAS)
    back = drafting.restore(draft_id=draft.pk, number=1, shown=2, author=IBARRA)
    assert (back.number, back.text) == (3, texts_of(draft)[0])
    assert texts_of(draft)[1] == CHANGED
    with pytest.raises(DraftError, match="R022"):
        drafting.restore(draft_id=draft.pk, number=9, shown=3, author=IBARRA)


def test_a_draft_that_was_put_aside_is_not_written_in_until_it_is_taken_up(draft):
    drafting.drop(draft_id=draft.pk)
    with pytest.raises(DraftError, match="R023"):
        drafting.save(draft_id=draft.pk, text=CHANGED, shown=1, author=SALAS)
    drafting.take_up(draft_id=draft.pk)
    assert drafting.save(draft_id=draft.pk, text=CHANGED, shown=1, author=SALAS).number == 2
    with pytest.raises(DraftError, match="not put aside"):
        drafting.take_up(draft_id=draft.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Draft.objects.filter(pk=draft.pk).delete()


@pytest.mark.parametrize(("text", "code"), [("a" * (drafting.MOST + 1), "R024"), ("one\ntwo \0", "R025 line 2")])
def test_what_cannot_be_kept_is_refused_with_words_and_the_rest_stays(draft, text, code):
    with pytest.raises(DraftError, match=code):
        drafting.save(draft_id=draft.pk, text=text, shown=1, author=SALAS)
    assert draft.revisions.count() == 1


def test_a_text_that_is_new_becomes_a_draft_where_its_kind_stands(draft):
    new = drafting.begin_new(CHANGED.replace("protocol: reflux", "protocol: cough"), SALAS)
    assert (new.kind, new.name, new.base) == ("protocol", "cough", None)
    assert drafting.newest_of(new).path == "protocols/cough/1.1.0.yaml"
    known = drafting.begin_new(VOCABULARY.replace("1.0.0", "1.1.0"), SALAS)
    assert (known.base.source_file.name, drafting.newest_of(known).path) == ("small", "vocabulary/small.yaml")


@pytest.mark.parametrize(("text", "code"), [("hola", "R001"), ("protocol: reflux\n", "R002")])
def test_a_text_that_does_not_say_what_it_is_becomes_none(draft, text, code):
    with pytest.raises(DraftError, match=code):
        drafting.begin_new(text, SALAS)
    assert Draft.objects.count() == 1


def test_a_second_draft_gets_a_number_of_its_own_only_once_the_first_is_published(draft):
    second = drafting.begin(selectors.version("protocol", "reflux"), IBARRA)
    assert drafting.newest_of(second).path == drafting.newest_of(draft).path

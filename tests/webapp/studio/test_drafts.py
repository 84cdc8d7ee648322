"""The way of a text on the pages: written by one director, examined, looked at and approved by another, taken back."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rules import selectors as shelf
from rules.models import Draft, Revision, Submission
from tests.rules.texts import PROTOCOL
from tests.webapp.intake.factories import a_respondent, a_shelf, signed_in
from tests.webapp.people import PASSWORD, a_user, confirmed
from webapp.audit.models import Entry
from webapp.studio import tasks, writing

pytestmark = pytest.mark.django_db
CHANGED = PROTOCOL.replace("version: 1.0.0", "version: 1.1.0").replace(">= 2", ">= 3")
NEW = "protocols/reflux/1.1.0.yaml"


@pytest.fixture
def salas(client):
    a_shelf()
    return signed_in(client, a_user("director", display_name="Marta Salas"))


@pytest.fixture
def ibarra():
    return signed_in(Client(), a_user("director", display_name="Luis Ibarra"))


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


def url(name, *arguments):
    return reverse(f"studio:{name}", args=arguments)


def begun(browser):
    browser.post(url("begin", shelf.version("protocol", "reflux").pk))
    return Draft.objects.latest("pk")


def saved(browser, draft, text=CHANGED, revision=None):
    draft.refresh_from_db()
    shown = draft.revision if revision is None else revision
    return browser.post(url("draft", draft.pk), {"text": text.replace("\n", "\r\n"), "revision": shown})


def examined(browser, draft):
    draft.refresh_from_db()
    browser.post(url("examine", draft.pk))
    tasks.examine(draft.pk, draft.revision)


def proposed(browser, reason="tres días", **more):
    draft = begun(browser)
    saved(browser, draft)
    examined(browser, draft)
    browser.post(url("propose", draft.pk), {"revision": 2, "reason": reason, **more})
    return Submission.objects.filter(draft=draft).first()


def looked(browser, proposal):
    for page in ("proposal_text", "proposal_proved"):
        assert browser.get(url(page, proposal.pk)).status_code == 200


def in_force():
    return shelf.texts(shelf.current_release())


def test_from_a_new_draft_to_what_is_in_force_by_two_directors(salas, ibarra):
    proposal = proposed(salas, evidence="Guía 2024")
    listed = words(ibarra.get(url("list")))
    assert "espera una decisión" in listed
    assert "Marta Salas" in listed
    page = words(ibarra.get(url("proposal", proposal.pk)))
    assert "tres días" in page
    assert "Guía 2024" in page
    looked(ibarra, proposal)
    confirmed(ibarra)
    ibarra.post(url("decide", proposal.pk), {"approve": "1", "comment": "de acuerdo"})
    assert in_force()[NEW] == CHANGED
    verbs = list(Entry.objects.filter(verb__startswith="protocol.").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["protocol.draft_begun", "protocol.proposed", "protocol.approved"]
    assert "Publicado" in words(salas.get(url("draft", proposal.draft_id)))


def test_a_text_is_kept_as_it_was_typed_whatever_the_form_makes_of_its_lines(salas):
    draft = begun(salas)
    text = "\n\n" + CHANGED + "  # acentos: ñ €\t\n\n"
    saved(salas, draft, text)
    assert draft.revisions.get(number=2).text == text
    shown = salas.get(url("draft", draft.pk)).content.decode()
    assert re.search(r"<textarea[^>]*>\n\n\nprotocol: reflux", shown)  # a browser drops the first end of line
    taken = salas.get(url("draft_text", draft.pk))
    assert taken.content.decode() == text
    assert "attachment" in taken["Content-Disposition"]


def test_what_does_not_check_is_kept_and_said_with_its_line(salas):
    draft = begun(salas)
    saved(salas, draft, CHANGED.replace("heartburn_days", "heartburn_dias"))
    examined(salas, draft)
    page = words(salas.get(url("draft", draft.pk)))
    assert "Esto impide proponerlo" in page
    assert "heartburn_dias" in page
    assert "Presentarlo" not in page
    refused = salas.post(url("propose", draft.pk), {"revision": 2, "reason": "x"})
    assert not Submission.objects.exists()
    assert "R034" in words(refused)


def test_of_two_who_write_the_second_sees_both_texts_and_loses_no_word(salas, ibarra):
    draft = begun(salas)
    saved(ibarra, draft, CHANGED, revision=1)
    mine = PROTOCOL.replace("Ardor frecuente", "Ardor diario")
    page = saved(salas, draft, mine, revision=1)
    assert page.status_code == 409
    shown = words(page)
    assert "Luis Ibarra ha guardado la revisión 2" in shown
    assert "Ardor diario" in shown
    assert "heartburn_days &gt;= 3" in shown
    assert 'name="revision" value="2"' in shown
    assert Revision.objects.filter(draft=draft).count() == 2
    saved(salas, draft, mine, revision=2)
    assert draft.revisions.get(number=3).text == mine
    assert draft.revisions.get(number=2).text == CHANGED


def test_an_earlier_state_is_brought_back_and_a_draft_is_put_aside_and_taken_up(salas):
    draft = begun(salas)
    saved(salas, draft)
    salas.post(url("restore", draft.pk), {"number": 1, "revision": 2})
    assert draft.revisions.get(number=3).text == draft.revisions.get(number=1).text
    salas.post(url("restore", draft.pk), {"number": "x", "revision": 3})
    assert draft.revisions.count() == 3
    for state in ("dropped", "open"):
        salas.post(url("aside", draft.pk))
        draft.refresh_from_db()
        assert draft.state == state


def test_a_file_is_brought_in_and_a_bad_one_is_refused_with_what_to_do(salas):
    cases = {
        CHANGED.replace("protocol: reflux", "protocol: cough").encode(): None,
        b"hola": "R001",
        b"\xff\xfe": "UTF-8",
        b"x" * 4_000_001: "R024",
    }
    for content, refusal in cases.items():
        before = Draft.objects.count()
        page = salas.post(url("bring"), {"file": a_file(content)}, follow=True)
        assert Draft.objects.count() == before + (refusal is None)
        assert refusal is None or refusal in words(page)
    assert "R045" in words(salas.post(url("bring"), follow=True))


def a_file(content):
    return SimpleUploadedFile("texto.yaml", content)


def test_progress_is_told_while_it_is_examined_and_a_fault_leaves_the_text(salas, monkeypatch):
    draft = begun(salas)
    saved(salas, draft)
    draft.refresh_from_db()
    salas.post(url("examine", draft.pk))
    page = words(salas.get(url("draft", draft.pk)))
    assert "<progress" in page
    assert 'hx-trigger="every 1s"' in page
    monkeypatch.setattr("rules.examining.findings", lambda search: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.examine(draft.pk, 2)
    page = words(salas.get(url("draft", draft.pk)))
    assert "No se ha podido examinar" in page
    assert "Probar otra vez" in page
    monkeypatch.undo()
    tasks.examine(draft.pk, 2)
    assert "Nada impide proponerlo" in words(salas.get(url("draft", draft.pk)))


def test_what_changes_shows_the_lines_and_a_made_up_patient(salas):
    draft = begun(salas)
    saved(salas, draft)
    page = words(salas.get(url("changes", draft.pk)))
    assert "Aún no se ha comparado" in page
    examined(salas, draft)
    page = words(salas.get(url("changes", draft.pk)))
    assert "línea añadida" in page
    assert "no es una persona real" in page
    assert "Días con ardor" in page


def test_nobody_approves_the_own_text_nor_without_having_looked_nor_without_saying_who_it_is(salas, ibarra):
    proposal = proposed(salas)
    confirmed(salas)
    looked(salas, proposal)
    assert "R035" in words(salas.post(url("decide", proposal.pk), {"approve": "1"}))
    looked(ibarra, proposal)
    asked = {"approve": "1", "comment": "mis palabras", "secret": "not mine"}
    unconfirmed = ibarra.post(url("decide", proposal.pk), asked)
    assert unconfirmed.status_code == 422
    assert "mis palabras" in words(unconfirmed)
    third = confirmed(signed_in(Client(), a_user("director")))
    assert "R036" in words(third.post(url("decide", proposal.pk), {"approve": "1"}, follow=True))
    proposal.refresh_from_db()
    assert (proposal.decision, NEW in in_force()) == ("", False)


def test_a_proposal_goes_back_with_words_to_a_line_and_its_author_reads_them(salas, ibarra):
    proposal = proposed(salas)
    ibarra.post(url("remark", proposal.pk), {"line": "3", "words": "falta la fuente"})
    assert "R040" in words(ibarra.post(url("remark", proposal.pk), {"line": "0", "words": "x"}, follow=True))
    ibarra.post(url("decide", proposal.pk), {"refuse": "1", "comment": "véase la línea"})
    page = words(salas.get(url("draft", proposal.draft_id)))
    for said in ("Devuelto", "falta la fuente", "véase la línea"):
        assert said in page
    assert 'name="examine"' in page  # open again


def test_its_author_takes_a_proposal_back_and_nobody_else_does(salas, ibarra):
    proposal = proposed(salas)
    assert "R039" in words(ibarra.post(url("withdraw", proposal.pk), follow=True))
    salas.post(url("withdraw", proposal.pk))
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.draft.state) == ("withdrawn", "open")


def test_a_day_may_be_chosen_on_which_it_comes_into_force(salas, ibarra):
    proposal = proposed(salas)
    looked(ibarra, proposal)
    confirmed(ibarra)
    assert "R047" in words(
        ibarra.post(url("decide", proposal.pk), {"approve": "1", "effective_from": "mañana"}, follow=True)
    )
    day = timezone.localdate() + timedelta(days=40)
    ibarra.post(url("decide", proposal.pk), {"approve": "1", "effective_from": day.isoformat()})
    assert NEW not in in_force()
    assert "en vigor desde el" in words(ibarra.get(url("list")))
    tasks.bring_due()
    assert NEW not in in_force()
    proposal.refresh_from_db()
    assert timezone.localtime(proposal.effective_from).date() == day


def test_in_a_hurry_one_director_brings_it_in_after_saying_who_it_is(salas):
    draft = begun(salas)
    saved(salas, draft)
    examined(salas, draft)
    asked = {"revision": 2, "reason": "alerta", "urgent": "1"}
    refused = salas.post(url("propose", draft.pk), asked | {"secret": "not mine"})
    assert (refused.status_code, "alerta" in words(refused), NEW in in_force()) == (422, True, False)
    salas.post(url("propose", draft.pk), asked | {"secret": PASSWORD})
    assert NEW in in_force()
    assert "con urgencia" in words(salas.get(url("draft", draft.pk)))


def test_a_text_is_taken_back_with_a_reason_after_saying_who_it_is(salas, ibarra):
    proposal = proposed(salas)
    looked(ibarra, proposal)
    confirmed(ibarra).post(url("decide", proposal.pk), {"approve": "1"})
    version = shelf.version("protocol", "reflux", "1.1.0")
    assert "Retirar" in words(salas.get(url("version", version.pk)))
    refused = salas.post(url("back", version.pk), {"reason": "dosis"})
    assert (refused.status_code, "dosis" in words(refused), NEW in in_force()) == (422, True, True)
    assert "R030" in words(salas.post(url("back", version.pk), {"reason": " ", "secret": PASSWORD}))
    salas.post(url("back", version.pk), {"reason": "dosis"})  # it is known now who this is
    assert NEW not in in_force()
    assert Entry.objects.filter(verb="protocol.taken_back").exists()
    first = shelf.version("protocol", "reflux")
    assert "R044" in words(salas.post(url("back", first.pk), {"reason": "x"}))


def test_a_published_text_is_handed_out_byte_for_byte(salas):
    taken = salas.get(url("text", shelf.version("protocol", "reflux").pk))
    assert taken.content.decode() == PROTOCOL


@pytest.mark.parametrize("role", ["doctor", "dietitian", "front_desk", "administrator", "marketing", "patient"])
def test_who_is_no_director_sees_no_draft_and_begins_decides_and_takes_back_nothing(salas, role):
    proposal = proposed(salas)
    who = a_respondent().user if role == "patient" else a_user(role)
    browser, version = confirmed(signed_in(Client(), who)), shelf.version("protocol", "reflux")
    read = ["draft", "changes", "draft_text"]
    paths = [url(name, proposal.draft_id) for name in read]
    paths += [url(name, proposal.pk) for name in ("proposal", "proposal_text", "proposal_proved")]
    paths.append(url("back", version.pk))
    assert {browser.get(path).status_code for path in paths} == {404}
    written = [url(name, proposal.draft_id) for name in ("draft", "examine", "restore", "aside", "propose")]
    written += [url(name, proposal.pk) for name in ("decide", "remark", "withdraw")]
    written += [url("begin", version.pk), url("back", version.pk), url("bring")]
    before = (Draft.objects.count(), Revision.objects.count())
    assert {browser.post(path, {"approve": "1", "reason": "x", "text": "x"}).status_code for path in written} == {404}
    assert (Draft.objects.count(), Revision.objects.count()) == before
    assert in_force()[version.path] == PROTOCOL
    if role == "doctor":
        page = words(browser.get(url("version", version.pk)))
        assert "Nuevo borrador" not in page
        assert "Retirar" not in page
        assert "En preparación" not in words(browser.get(url("list")))


def test_the_deeds_themselves_refuse_who_is_no_director(salas):
    doctor, version = a_user("doctor"), shelf.version("protocol", "reflux")
    deeds = [
        lambda: writing.begin(doctor, version),
        lambda: writing.bring(doctor, CHANGED),
        lambda: writing.take_back(doctor, version, "x"),
    ]
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()
    assert not Draft.objects.exists()


def test_what_is_no_draft_or_proposal_is_the_page_of_what_is_missing(salas):
    for name in ("draft", "changes", "proposal", "proposal_text", "back"):
        assert salas.get(url(name, 999_999)).status_code == 404
    assert salas.post(url("begin", 999_999)).status_code == 404

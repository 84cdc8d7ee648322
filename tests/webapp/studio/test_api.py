"""The API of the studio: what pages do, for programs, to the same people, and refused in words where it may not be."""

import io
import json
import time
import zipfile
from datetime import timedelta

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from rules import approving, examining
from rules import selectors as shelf
from rules.models import Draft, Opened, Submission, Version
from tests.rules.texts import PROTOCOL
from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user
from tests.webapp.studio.api_shape import matches
from webapp.accounts import tokens
from webapp.accounts.models import Token

pytestmark = pytest.mark.django_db
API = "/api/v1/"
SECRET = "correct horse battery staple"
NEXT = PROTOCOL.replace("version: 1.0.0", "version: 1.1.0")
CHANGED = NEXT.replace("heartburn_days >= 2", "heartburn_days >= 3")


class Caller:
    """One who calls: a person by session or a program by token; every answer is held against the schema."""

    def __init__(self, client, user=None, token=""):
        self.client, self.headers = client, {"authorization": f"Bearer {token}"} if token else {}
        if user is not None:
            signed_in(client, user)

    def __call__(self, method, path, body=None, **headers):
        sent = json.dumps(body) if isinstance(body, dict) else body
        answer = self.client.generic(
            method, API + path, sent or "", content_type="application/json", headers=self.headers | headers
        )
        matches(method, path, answer)
        return answer

    def get(self, path):
        return self("GET", path)

    def post(self, path, **body):
        return self("POST", path, body)


@pytest.fixture
def director():
    a_shelf()
    return a_user("director", display_name="Marta Salas")


@pytest.fixture
def other():
    user = a_user("director", display_name="Teresa Gil")
    user.set_password(SECRET)
    user.save()
    return user


@pytest.fixture
def by_session(client, director):
    return Caller(client, director)


def a_token(user, *, writes=True, hat="director"):
    user.active_role = hat
    return tokens.make(user=user, name="check of the folder", days=30, writes=writes)


def problem(answer):
    [found] = answer.json()["problems"]
    return answer.status_code, found["code"]


def a_draft(by):
    return by.post("drafts/", version=shelf.version("protocol", "reflux").pk).json()["id"]


def examined(draft):
    revision = Draft.objects.get(pk=draft).revisions.order_by("-number")[0]
    examining.run(examining.begin({revision.path: revision.text}), {revision.path: revision.text})


def proposed(by, text=CHANGED):
    draft = a_draft(by)
    shown = by.get(f"drafts/{draft}/").json()["revision"]
    saved = by("PUT", f"drafts/{draft}/", {"text": text, "shown": shown}).json()["revision"]
    examined(draft)
    return by.post(f"drafts/{draft}/propose/", shown=saved, reason="Fewer tablets").json()["id"]


def test_what_lies_on_the_shelf_is_listed_and_each_text_given_byte_for_byte(by_session):
    listed = by_session.get("files/?kind=protocol").json()
    assert [one["name"] for one in listed["files"]] == ["reflux"]
    assert listed["count"] == 1
    assert listed["next"] is None
    one = by_session.get(f"versions/{listed['files'][0]['id']}/").json()
    assert one["text"] == PROTOCOL
    assert by_session.get("files/?kind=nothing").json()["files"] == []
    assert problem(by_session.get("files/?offset=-1")) == (400, "no_offset")
    assert problem(by_session.get("versions/2147483647/")) == (404, "not_found")


def test_a_list_of_a_thousand_versions_comes_in_pages_and_asks_as_often_as_one_of_ten(
    by_session, django_assert_max_num_queries
):
    source = shelf.version("protocol", "reflux").source_file
    more = [Version(source_file=source, version=f"0.{n}.0", path="x", text="", sha256="0") for n in range(1000)]
    Version.objects.bulk_create(more)
    with django_assert_max_num_queries(10):
        first = by_session.get("files/").json()
    seen, page = list(first["files"]), first
    while page["next"] is not None:
        page = by_session.get(f"files/?offset={page['next']}").json()
        seen += page["files"]
    assert len(seen) == first["count"] == len({one["id"] for one in seen}) > 1000
    assert len(first["files"]) == 200


def test_what_is_in_force_comes_as_an_archive_that_is_the_same_to_the_byte(by_session):
    texts = dict(shelf.texts(shelf.release_of()))
    archives = [by_session.get("set/archive/").content for _ in range(2)]
    assert archives[0] == archives[1]
    held = zipfile.ZipFile(io.BytesIO(archives[0]))
    assert {name: held.read(name).decode() for name in held.namelist()} == texts
    in_force = by_session.get("set/").json()
    assert in_force["digest"] == shelf.release_of().digest
    assert {one["path"] for one in in_force["texts"]} == set(texts)


def test_a_text_goes_from_a_draft_to_being_in_force_by_two_directors(client, by_session, other):
    proposal = proposed(by_session)
    second = Caller(type(client)(), other)
    assert problem(second.post(f"proposals/{proposal}/verdict/", verdict="approve")) == (403, "who_are_you")
    assert problem(second.post(f"proposals/{proposal}/verdict/", verdict="approve", secret=SECRET)) == (422, "R036")
    assert [one["kind"] for one in second.get(f"proposals/{proposal}/lines/").json()["lines"]].count("in") == 2
    changes = second.get(f"proposals/{proposal}/changes/").json()
    assert changes["examined"]
    assert not changes["equivalent"]
    assert second.get(f"proposals/{proposal}/").json()["opened"] == ["proved", "text"]
    done = second.post(f"proposals/{proposal}/verdict/", verdict="approve", secret=SECRET).json()
    assert done["decision"] == "approved"
    assert shelf.version("protocol", "reflux").text == CHANGED
    back = shelf.version("protocol", "reflux").pk
    assert second.post(f"versions/{back}/back/", reason="Too strict").status_code == 200
    assert shelf.version("protocol", "reflux").text == PROTOCOL


def test_nobody_approves_his_own_by_the_api_either(by_session, director):
    director.set_password(SECRET)
    director.save()
    signed_in(by_session.client, director)
    proposal = proposed(by_session)
    for part in ("lines", "changes"):
        by_session.get(f"proposals/{proposal}/{part}/")
    refused = by_session.post(f"proposals/{proposal}/verdict/", verdict="approve", secret=SECRET)
    assert problem(refused) == (422, "R035")
    assert Submission.objects.get(pk=proposal).decision == ""


def test_a_refusal_says_why_and_to_which_line_and_the_draft_is_open_again(client, by_session, other):
    proposal = proposed(by_session)
    second = Caller(type(client)(), other)
    assert problem(second.post(f"proposals/{proposal}/verdict/", verdict="refuse")) == (422, "R038")
    assert second.post(f"proposals/{proposal}/remarks/", line=3, words="Which source?").status_code == 201
    assert problem(second.post(f"proposals/{proposal}/remarks/", line=9999, words="x")) == (422, "R040")
    said = second.post(f"proposals/{proposal}/verdict/", verdict="refuse", comment="See line 3").json()
    assert said["decision"] == "refused"
    assert by_session.get(f"drafts/{said['draft']}/").json()["state"] == "open"


def test_of_two_who_save_the_second_gets_the_text_of_the_first_and_loses_nothing(client, by_session, other):
    draft = a_draft(by_session)
    second = Caller(type(client)(), other)
    assert second("PUT", f"drafts/{draft}/", {"text": CHANGED, "shown": 1}).status_code == 200
    overtaken = by_session("PUT", f"drafts/{draft}/", {"text": NEXT + "# mine\n", "shown": 1})
    assert problem(overtaken) == (409, "R021")
    assert overtaken.json()["theirs"]["text"] == CHANGED
    assert by_session.get(f"drafts/{draft}/").json()["newest"]["text"] == CHANGED
    assert by_session.post(f"drafts/{draft}/restore/", number=1, shown=2).json()["newest"]["text"] == NEXT
    assert [one["number"] for one in by_session.get(f"drafts/{draft}/revisions/").json()["revisions"]] == [3, 2, 1]
    assert by_session.get(f"drafts/{draft}/revisions/2/").json()["text"] == CHANGED


def test_a_draft_is_judged_put_aside_and_examined(by_session):
    draft = a_draft(by_session)
    wrong = by_session.post(f"drafts/{draft}/judge/", text=NEXT.replace("heartburn_days", "heartburn_dias"))
    assert any("heartburn_days" in one["message"] + one["hint"] for one in wrong.json()["problems"])
    assert all(one["line"] > 0 for one in wrong.json()["problems"])
    assert by_session.get(f"drafts/{draft}/examine/").status_code == 404
    assert by_session.post(f"drafts/{draft}/examine/").status_code == 202
    examined(draft)
    found = by_session.get(f"drafts/{draft}/examine/").json()
    assert found["report"]["clean"]
    assert by_session.get(f"drafts/{draft}/changes/").json()["equivalent"]
    assert by_session.post(f"drafts/{draft}/state/", state="dropped").json()["state"] == "dropped"
    assert problem(by_session("PUT", f"drafts/{draft}/", {"text": "x", "shown": 1})) == (422, "R023")


def test_everything_wrong_with_a_body_is_told_at_once(by_session):
    draft = a_draft(by_session)
    answer = by_session("PUT", f"drafts/{draft}/", {"text": None, "shown": "two"})
    assert answer.status_code == 400
    assert {one["field"] for one in answer.json()["problems"]} == {"text", "shown"}
    assert problem(by_session.post(f"drafts/{draft}/judge/", text="x", txt="y")) == (400, "unknown_field")
    assert {one["field"] for one in by_session.post("drafts/").json()["problems"]} == {"version"}
    assert by_session.get(f"drafts/{draft}/").json()["revision"] == 1


HOSTILE = {
    "not JSON": (b"{", 400),
    "no object": (b"[]", 400),
    "nested ten thousand deep": (b'{"text":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "ten megabytes": (b'{"text":"' + b"a" * 10_000_000 + b'"}', 413),
    "no UTF-8": (b'{"text":"\xff"}', 400),
    "half a letter": (b'{"text":"\\ud800"}', 400),
    "not a number": (b'{"text":"x","shown":NaN}', 400),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_body_is_refused_with_words_before_it_does_harm(by_session, what):
    body, expected = HOSTILE[what]
    draft = a_draft(by_session)
    begun = time.process_time()
    answer = by_session("PUT", f"drafts/{draft}/", body)
    assert answer.status_code == expected
    assert answer.json()["problems"][0]["message"]
    assert time.process_time() - begun < 1
    assert Draft.objects.get(pk=draft).revision == 1


def test_an_alias_bomb_is_judged_and_expands_into_nothing(by_session):
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}, *a{n}]\n" for n in range(60))
    draft = a_draft(by_session)
    begun = time.process_time()
    found = by_session.post(f"drafts/{draft}/judge/", text=NEXT + bomb).json()["problems"]
    assert found
    assert time.process_time() - begun < 1


def test_another_kind_of_body_is_refused(by_session):
    answer = by_session.client.post(API + "drafts/", {"version": 1})
    assert problem(answer) == (415, "unsupported_media_type")


def test_who_is_not_signed_in_gets_words_and_no_login_form(client, director):
    answer = Caller(client).get("files/")
    assert problem(answer) == (401, "not_signed_in")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("hat", ["doctor", "front_desk", "patient"])
def test_who_has_no_right_finds_nothing_there(client, director, hat):
    stranger = Caller(client, a_user(hat))
    assert problem(stranger.get("drafts/")) == (404, "not_found")
    assert stranger.get("files/").status_code == (200 if hat == "doctor" else 404)


def test_a_deed_by_session_needs_what_a_forged_form_has_not(director):
    forged = Caller(Client(enforce_csrf_checks=True), director).post(
        "drafts/", version=shelf.version("protocol", "reflux").pk
    )
    assert problem(forged) == (403, "permission_denied")
    assert not Draft.objects.exists()


def test_a_program_reads_and_writes_drafts_for_its_person_and_decides_nothing(client, director, other):
    program = Caller(client, token=a_token(director))
    proposal = proposed(program)
    decides = Caller(client, token=a_token(other))
    assert decides.get(f"proposals/{proposal}/lines/").status_code == 200
    assert not Opened.objects.exists()
    for path, body in (
        (f"proposals/{proposal}/verdict/", {"verdict": "refuse", "comment": "no"}),
        (f"proposals/{proposal}/remarks/", {"line": 1, "words": "no"}),
        (f"versions/{shelf.version('protocol', 'reflux').pk}/back/", {"reason": "no", "secret": SECRET}),
    ):
        assert problem(decides.post(path, **body)) == (403, "by_a_person")
    draft = a_draft(program)
    examined(draft)
    urgent = program.post(f"drafts/{draft}/propose/", shown=1, reason="At once", urgent=True, secret=SECRET)
    assert problem(urgent) == (403, "by_a_person")
    assert shelf.version("protocol", "reflux").text == PROTOCOL


def test_a_token_that_only_reads_writes_nothing(client, director):
    reader = Caller(client, token=a_token(director, writes=False))
    assert reader.get("files/").status_code == 200
    assert problem(reader.post("drafts/", version=shelf.version("protocol", "reflux").pk)) == (403, "reads_only")


def gone(token, user, how):
    if how == "revoked":
        tokens.revoke(user=user, pk=token.pk)
    elif how == "over":
        Token.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    elif how == "account closed":
        type(user).objects.filter(pk=user.pk).update(is_active=False)
    else:
        user.roles.all().delete()


@pytest.mark.parametrize("how", ["revoked", "over", "account closed", "hat taken away"])
def test_a_token_counts_no_more_once_it_is(client, director, how):
    program = Caller(client, token=a_token(director))
    assert program.get("files/").status_code == 200
    gone(Token.objects.get(), director, how)
    assert problem(program.get("files/")) == (401, "not_signed_in")


def test_a_token_opens_no_page_and_a_wrong_one_is_not_helped_by_a_session(client, director):
    word = a_token(director)
    assert client.get("/studio/", headers={"authorization": f"Bearer {word}"}).status_code == 302
    both = Caller(client, director, token="pauta_" + "x" * 43)
    assert problem(both.get("files/")) == (401, "not_signed_in")


def test_too_many_questions_are_told_to_wait(by_session, monkeypatch):
    monkeypatch.setattr("webapp.studio.api_base.ByPerson.rate", "2/min")
    answers = [by_session.get("set/") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_a_set_that_changed_meanwhile_is_not_approved(client, by_session, director, other):
    proposal = proposed(by_session)
    revision = Submission.objects.get(pk=proposal).revision
    second = Caller(type(client)(), other)
    for part in ("lines", "changes"):
        second.get(f"proposals/{proposal}/{part}/")
    Opened.objects.get_or_create(submission_id=proposal, what="text", user_id=str(other.pk))
    first = proposed(by_session, CHANGED.replace(">= 3", ">= 4"))
    for part in ("lines", "changes"):
        second.get(f"proposals/{first}/{part}/")
    assert second.post(f"proposals/{first}/verdict/", verdict="approve", secret=SECRET).status_code == 200
    assert problem(second.post(f"proposals/{proposal}/verdict/", verdict="approve")) == (422, "R037")
    assert revision.text == CHANGED
    assert approving.bring_due(timezone.now()) == []


def test_the_manual_holds_the_schema_as_it_is(by_session):
    printed = io.StringIO()
    call_command("api_schema", stdout=printed)
    with open("docs/reference/openapi.yaml", encoding="utf-8") as page:
        assert page.read() == printed.getvalue(), "manage.py api_schema > docs/reference/openapi.yaml"
    given = by_session.client.get(API + "schema/").json()
    assert given == yaml.safe_load(printed.getvalue())

"""Tokens for programs: made by who shows to be there, shown once, revoked by their owner and nobody else."""

import re

import pytest
from django.urls import reverse

from tests.webapp.intake.factories import signed_in
from tests.webapp.people import PASSWORD, a_user
from webapp.accounts import tokens
from webapp.accounts.models import Token
from webapp.accounts.services import AccountError
from webapp.audit.models import Entry

pytestmark = pytest.mark.django_db
WORD = re.compile(r"pauta_[A-Za-z0-9_-]{43}")


@pytest.fixture
def director():
    return a_user("director")


@pytest.fixture
def page(client, director):
    signed_in(client, director)
    return reverse("accounts:tokens")


def asked(**changed):
    return {"name": "nightly check", "days": "90", "secret": PASSWORD} | changed


def test_a_token_is_shown_once_and_never_again(client, page):
    shown = client.post(page, asked())
    [word] = set(WORD.findall(shown.content.decode()))
    assert shown["Cache-Control"].count("no-store") == 1
    again = client.get(page).content.decode()
    assert "nightly check" in again
    assert not WORD.search(again)
    assert word.encode() not in bytes(Token.objects.get().digest)
    assert tokens.of(word).user.pk == int(client.session["_auth_user_id"])
    assert Entry.objects.filter(verb="token.made").count() == 1


def test_it_reads_unless_its_owner_says_that_it_may_write(client, page):
    client.post(page, asked())
    client.post(page, asked(writes="yes"))
    assert [one.writes for one in Token.objects.all()] == [True, False]


@pytest.mark.parametrize(
    "wrong", [{"secret": "wrong"}, {"secret": ""}, {"name": "  "}, {"days": "36500"}, {"days": ""}]
)
def test_nothing_is_made_of_a_wrong_form_and_what_was_typed_stays(client, page, wrong):
    answer = client.post(page, asked(**wrong))
    assert answer.status_code == 422
    assert not Token.objects.exists()
    typed = asked(**wrong)["name"]
    assert f'value="{typed}"' in answer.content.decode()


def test_nobody_revokes_what_is_somebody_elses(client, page, director):
    other = a_user("director")
    tokens.make(user=other, name="monthly", days=30, writes=False)
    client.post(reverse("accounts:revoke_token"), {"token": Token.objects.get().pk})
    assert Token.objects.get().revoked_at is None
    assert b"monthly" not in client.get(page).content
    tokens.make(user=director, name="weekly", days=30, writes=False)
    mine = Token.objects.get(user=director)
    answer = client.post(reverse("accounts:revoke_token"), {"token": mine.pk}, follow=True)
    assert "Anulada" in answer.content.decode()
    assert b"weekly" not in client.get(page).content
    assert Entry.objects.filter(verb="token.revoked", object_id=str(mine.pk)).count() == 1


def test_one_person_has_twenty_at_most(director):
    director.active_role = "director"
    for number in range(tokens.MOST):
        tokens.make(user=director, name=f"no. {number}", days=30, writes=False)
    with pytest.raises(AccountError):
        tokens.make(user=director, name="one more", days=30, writes=False)
    tokens.revoke(user=director, pk=Token.objects.first().pk)
    assert tokens.make(user=director, name="one more", days=30, writes=False)


def test_a_token_is_used_once_a_minute_in_the_book_of_the_page(director):
    director.active_role = "director"
    word = tokens.make(user=director, name="weekly", days=30, writes=False)
    tokens.of(word)
    first = Token.objects.get().used_at
    tokens.of(word)
    assert Token.objects.get().used_at == first


@pytest.mark.parametrize("header", ["Bearer", "Bearer pauta_short", "bearer x y", "Bearer pauta_" + "x" * 44])
def test_what_is_no_token_of_ours_is_turned_away_and_no_session_helps(client, page, header):
    assert tokens.sent(header) == ""
    assert client.get("/api/v1/files/", headers={"authorization": header}).status_code == 401


def test_another_way_to_sign_in_is_no_token():
    assert tokens.sent("Basic eDp5") is None
    assert tokens.sent("") is None

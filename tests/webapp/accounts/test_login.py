"""Coming in, being kept out, changing passwords: in a browser's words, and without an address left in clear."""

import re

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt, AccessLog
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.webapp.people import PASSWORD, a_user
from webapp.accounts import services
from webapp.accounts.models import Session, User
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.outbox.letters import letter_of
from webapp.outbox.models import Message

pytestmark = pytest.mark.django_db
ADDRESS = "elena.vidal@example.org"
NEW = "another horse battery"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def vidal():
    return a_user(Role.PATIENT, email=ADDRESS, display_name="Dra. Elena Vidal")


def log_in(client, email=ADDRESS, password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def lockout_of(user):
    AccessAttempt.objects.create(username=user.get_username(), ip_address="fd00::1", failures_since_start=10)


def is_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_opens_whatever_the_capitals_of_the_address(client, vidal):
    answer = log_in(client, "Elena.VIDAL@example.org")
    assert (answer.status_code, answer.url) == (302, reverse("home"))
    assert is_in(client)
    assert Entry.objects.get(verb="user.signed_in").actor_id == vidal.pk


@pytest.mark.parametrize(("email", "password"), [(ADDRESS, "wrong"), ("nobody@example.org", PASSWORD), (ADDRESS, " ")])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, vidal, email, password):
    answer = log_in(client, email, password)
    assert not is_in(client)
    told = answer.context["form"].errors
    assert "go together" in str(told) or "no van juntos" in str(told) or "password" in told


def test_the_two_refusals_cannot_be_told_apart(vidal):
    wrong, unknown = Client(), Client()
    pages = [log_in(wrong, ADDRESS, "wrong one").content, log_in(unknown, "nobody@example.org", "wrong one").content]
    bare = [re.sub(rb'value="[^"]*"|csrf[^>]*>|X-CSRFToken[^>]*', b"", page) for page in pages]
    assert bare[0] == bare[1]


def test_login_leads_on_to_the_page_asked_for_but_never_to_another_site(client, vidal):
    assert log_in(client, next="/accounts/password/change/").url == "/accounts/password/change/"
    assert log_in(Client(), next="https://evil.example/").url == reverse("home")


def test_a_closed_account_is_out_at_once_and_stays_out(client, vidal):
    log_in(client)
    services.set_active(user=vidal, active=False, actor=None)
    assert client.get(reverse("account_change_password")).status_code == 302
    again = Client()
    log_in(again)
    assert not is_in(again)


def test_no_table_holds_an_address_in_clear_after_logins_and_failures(client, vidal):
    log_in(client, password="wrong", next="/?who=" + ADDRESS)
    log_in(client)
    assert not EmailAddress.objects.exists()
    assert not AccessLog.objects.exists()
    kept = [str(row) for row in AccessAttempt.objects.values()] + [str(s.get_decoded()) for s in Session.objects.all()]
    kept += [str(row) for row in Entry.objects.values()]
    assert kept
    assert not any("vidal" in row.casefold() for row in kept)
    assert vidal.get_username() in "".join(kept)


def test_logging_out_takes_a_post_and_is_written_down(client, vidal):
    client.force_login(vidal)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_in(client)
    assert client.post(reverse("account_logout")).status_code == 302
    assert not is_in(client)
    assert Entry.objects.get(verb="user.signed_out").actor_id == vidal.pk


def test_signing_up_and_lists_of_addresses_have_no_page(client, vidal):
    client.force_login(vidal)
    for path in ("signup/", "email/", "confirm-email/", "inactive/", "password/set/", "social/signup/", "2fa/"):
        assert client.get("/accounts/" + path).status_code == 404, path


def link_in_mail():
    letter = letter_of(Message.objects.get(template="new_password"))
    return letter, re.search(r"https?://[^/]+(/\S+)", letter.text).group(1)


def test_a_new_password_by_mail_opens_a_locked_account(client, vidal):
    lockout_of(vidal)
    assert log_in(client).status_code == 429
    visitor = Client(REMOTE_ADDR="203.0.113.9")
    visitor.post(reverse("account_reset_password"), {"email": ADDRESS.upper()})
    letter, link = link_in_mail()
    assert letter.address == ADDRESS
    assert letter.subject == "Otra contraseña para su cuenta"
    form = visitor.get(link, follow=True)
    page = form.redirect_chain[-1][0]
    done = visitor.post(page, {"password1": NEW, "password2": NEW})
    assert done.url == reverse("account_reset_password_from_key_done")
    assert log_in(visitor, password=NEW).status_code == 302
    assert Entry.objects.filter(verb="user.password_reset", actor_id=vidal.pk).exists()
    assert Client().get(link).context["token_fail"]


def test_an_unknown_address_gets_the_same_page_and_no_mail(client, vidal):
    known = client.post(reverse("account_reset_password"), {"email": ADDRESS})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert known.url == unknown.url == reverse("account_reset_password_done")
    assert Message.objects.count() == 1


def test_a_closed_account_gets_no_mail(client, vidal):
    services.set_active(user=vidal, active=False, actor=None)
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    assert not Message.objects.exists()


def test_a_forged_host_name_does_not_get_into_the_mail(client, vidal, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post(reverse("account_reset_password"), {"email": ADDRESS}, headers={"host": "evil.example"})
    assert "evil" not in link_in_mail()[0].text


def test_the_mail_speaks_the_language_of_its_reader(client):
    a_user(Role.PATIENT, email="john@example.org", language="en")
    client.post(reverse("account_reset_password"), {"email": "john@example.org"}, headers={"Accept-Language": "es"})
    assert link_in_mail()[0].subject == "A new password for your account"


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(client, vidal):
    other = Client()
    log_in(other)
    log_in(client)
    page, wanted = reverse("account_change_password"), {"password1": NEW, "password2": NEW}
    assert client.post(page, {"oldpassword": "wrong", **wanted}).status_code == 200
    assert client.post(page, {"oldpassword": PASSWORD, **wanted}).status_code == 302
    assert client.get(page).status_code == 200
    assert other.get(page).status_code == 302
    assert Entry.objects.filter(verb="user.password_changed").count() == 1


@pytest.mark.parametrize(("first", "second"), [("short", "short"), ("1234567890", "1234567890"), (NEW, NEW + "x")])
def test_a_weak_or_mistyped_new_password_is_refused(client, vidal, first, second):
    client.force_login(vidal)
    page = reverse("account_change_password")
    assert client.post(page, {"oldpassword": PASSWORD, "password1": first, "password2": second}).status_code == 200
    assert User.objects.get(pk=vidal.pk).check_password(PASSWORD)


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_reset_password_done"])
def test_pages_before_login_speak_both_languages(client, name):
    spanish = client.get(reverse(name), headers={"Accept-Language": "es"}).content.decode()
    english = client.get(reverse(name), headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="es"' in spanish
    assert '<html lang="en"' in english
    assert "112" in spanish
    assert not re.search(r'\sstyle="|\son\w+="|<script>', spanish + english)

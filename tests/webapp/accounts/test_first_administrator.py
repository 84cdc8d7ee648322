"""A new clinic has nobody: one command makes the first administrator, and never a second one."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from tests.webapp.people import a_user
from webapp.accounts import services as accounts
from webapp.accounts.models import User
from webapp.accounts.selectors import by_email
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.outbox.models import Message

pytestmark = pytest.mark.django_db
EMAIL, PASSWORD = "direccion@example.org", "quick foxes jump 42 walls"


def begin(*words):
    out = StringIO()
    call_command("first_administrator", *(words or (EMAIL, "Luis Cobo")), stdout=out)
    return out.getvalue()


def test_the_link_it_prints_chooses_the_password_once_and_leads_to_the_second_step():
    link = re.search(r"https?://[^/]+(/\S+)", begin())[1]
    person, browser = by_email(EMAIL), Client()
    assert person.role_names == {Role.ADMINISTRATOR}
    assert not person.has_usable_password()
    form = browser.get(link, follow=True).request["PATH_INFO"]
    browser.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    entered = browser.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, follow=True)
    assert entered.request["PATH_INFO"] == "/accounts/second-step/set-up/"
    assert Client().get(link, follow=True).request["PATH_INFO"] != form  # used up


def test_it_is_written_down_and_nothing_is_mailed():
    begin()
    assert set(Entry.objects.values_list("verb", flat=True)) >= {"user.created", "user.link_sent"}
    assert not Message.objects.exists()


def test_where_an_administrator_can_come_in_it_makes_nobody():
    a_user(Role.ADMINISTRATOR)
    with pytest.raises(CommandError, match=r"Ya hay administración|There is an administrator already"):
        begin()
    assert by_email(EMAIL) is None


def test_where_the_only_administrator_cannot_come_in_any_more_it_makes_one():
    accounts.set_active(user=a_user(Role.ADMINISTRATOR), active=False, actor=None)
    begin()
    assert by_email(EMAIL).role_names == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("words", [("no address", "Luis"), (EMAIL, "  "), (EMAIL, "Luis", "--language", "fr")])
def test_what_cannot_be_is_refused_and_makes_nobody(words):
    with pytest.raises(CommandError):
        begin(*words)
    assert not User.objects.exists()

"""The clinic's people: taken in, given roles, let in anew, closed. Nobody alone, and one administrator stays."""

import re
import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.webapp.people import PASSWORD, a_patient_with_login, a_user, confirmed
from webapp.accounts import roster, services, staff
from webapp.accounts.models import User, UserRole
from webapp.accounts.services import AccountError
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.outbox.models import Message

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "quick foxes jump 42 walls"
LIST, NEW = "/accounts/staff/", "/accounts/staff/new/"
FORM = {"name": "Dra. Nuria Soler", "email": "nuria.soler@example.org", "role": ["doctor"], "language": "es"}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def boss():
    return a_user(Role.ADMINISTRATOR, language="en")


@pytest.fixture
def office(client, boss):
    client.force_login(boss)
    return confirmed(client)


def page_of(user, what=""):
    return reverse("accounts:deed", args=[user.pk, what]) if what else reverse("accounts:person", args=[user.pk])


def do(client, user, what, **form):
    return client.post(page_of(user, what), form)


def told(template):
    return Message.objects.filter(template=template)


# --- taking in


def test_a_new_doctor_begins_by_the_link_that_came_to_her_address(office, client):
    answer = office.post(NEW, FORM)
    nuria = User.objects.get(pk=int(answer.url.rstrip("/").rpartition("/")[2]))
    assert (nuria.role_names, nuria.has_usable_password()) == ({"doctor"}, False)
    [letter] = told("invitation")
    assert letter.address == FORM["email"]
    assert "has not begun" in office.get(answer.url).content.decode()
    visitor, link = Client(), re.search(r"/accounts/\S+", letter.link).group()
    form = visitor.get(link, follow=True)
    visitor.post(form.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert User.objects.get(pk=nuria.pk).check_password(NEW_PASSWORD)
    assert Client().get(link, follow=True).context["token_fail"]


def test_the_link_is_on_no_page_of_the_administrator(office):
    answer = office.post(NEW, FORM, follow=True)
    key = told("invitation").get().link.rstrip("/").rpartition("/")[2]
    assert key.split("-", 1)[1] not in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "Write the name"),
        ({"email": "nuria"}, "cannot receive mail"),
        ({"role": []}, "at least one role"),
        ({"role": ["patient"]}, "not given here"),
        ({"role": ["emperor"]}, "not given here"),
        ({"language": "ca"}, "Spanish"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(office, change, words):
    answer = office.post(NEW, FORM | change)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert (FORM | change)["email"] in page
    assert not Message.objects.exists()


def test_an_address_in_use_is_refused(office):
    office.post(NEW, FORM)
    assert "already signs in" in office.post(NEW, FORM).content.decode()
    assert told("invitation").count() == 1


# --- is it still the administrator?


@pytest.fixture
def left_open(client, boss):
    """The administrator's browser, some time after the last password was typed in it."""
    client.force_login(boss)
    return client


def test_an_open_browser_takes_nobody_in_and_what_was_typed_stays(left_open):
    answer = left_open.post(NEW, FORM)
    assert answer.status_code == 422
    assert "Nothing was saved yet" in answer.content.decode()
    assert FORM["email"] in answer.content.decode()
    assert not told("invitation").exists()
    assert left_open.post(NEW, FORM | {"secret": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("roles", {"role": ["director"]}),
        ("link", {}),
        ("reset", {"part": "both", "reason": "lost"}),
    ],
)
def test_an_open_browser_lets_nobody_in_anew(left_open, what, form):
    vidal = a_user(Role.DOCTOR)
    before = vidal.password
    for secret in ({}, {"secret": "wrong"}):
        answer = do(left_open, vidal, what, **form, **secret)
        assert answer.status_code == 422
        assert 'type="password"' in answer.content.decode()
    vidal = User.objects.get(pk=vidal.pk)
    assert (vidal.role_names, vidal.password) == ({"doctor"}, before)
    assert not Message.objects.exists()
    assert do(left_open, vidal, what, **form, secret=PASSWORD).status_code == 302


def test_closing_an_account_never_waits_for_a_password(left_open):
    vidal = a_user(Role.DOCTOR)
    assert do(left_open, vidal, "close").status_code == 302
    assert not User.objects.get(pk=vidal.pk).is_active


# --- the list


def test_the_list_finds_by_name_address_role_and_state_and_says_who_was_seen(office, boss):
    vidal = a_user(Role.DOCTOR, display_name="Dra. Elena Vidal", email="vidal@example.org")
    gone = a_user(Role.BILLING, display_name="Jaime Ferrer")
    staff.close(user=gone, actor=boss)
    services.signed_in(user=vidal)

    def names(**query):
        return [one.user.display_name for one in office.get(LIST, query).context["page"]]

    assert names(q="elena") == names(q="VIDAL@") == names(role="doctor") == ["Dra. Elena Vidal"]
    assert names(state="closed") == ["Jaime Ferrer"]
    assert names(q="nobody") == []
    assert "Nobody fits" in office.get(LIST, {"q": "nobody"}).content.decode()
    assert names()[-1] == "Jaime Ferrer"
    seen = {one.user.pk: one.last_seen for one in roster.roster(boss)}
    assert seen[vidal.pk]
    assert seen[gone.pk] is None


def test_no_patient_is_in_the_list_nor_behind_a_number(office, boss):
    patient = a_patient_with_login().user
    assert all(one.user.pk != patient.pk for one in roster.roster(boss))
    assert office.get(page_of(patient)).status_code == 404
    assert do(office, patient, "close").status_code == 404
    assert User.objects.get(pk=patient.pk).is_active


def test_a_thousand_people_cost_as_many_queries_as_one(office, django_assert_max_num_queries):
    office.get(LIST)
    with django_assert_max_num_queries(13) as few:
        office.get(LIST)
    users = [User(email="x", email_index=n.to_bytes(16, "big"), display_name=f"P {n}") for n in range(1000)]
    made = User.objects.bulk_create(users)
    UserRole.objects.bulk_create(UserRole(user=one, role="doctor") for one in made)
    with django_assert_max_num_queries(len(few)):
        page = office.get(LIST)
    assert len(page.context["page"]) == 50
    assert "page=2" in page.content.decode()


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.DIRECTOR, Role.FRONT_DESK, Role.PATIENT])
def test_nobody_else_keeps_accounts(client, role):
    user, other = a_user(role, language="en"), a_user(Role.BILLING)
    client.force_login(user)
    for path in (LIST, NEW, page_of(other)):
        assert client.get(path).status_code == 404
    assert do(client, other, "close").status_code == 404
    for deed in (
        lambda: staff.close(user=other, actor=user),
        lambda: staff.change_roles(user=other, roles=["administrator"], actor=user),
        lambda: staff.reset(user=other, part="both", reason="lost", actor=user),
        lambda: staff.send_link(user=other, actor=user),
        lambda: staff.engage(actor=user, email="a@example.org", display_name="A", roles=["doctor"], language="es"),
    ):
        with pytest.raises(AccountError, match="kept by the administrator"):
            deed()
    assert roster.roster(user) == []


# --- roles


def test_roles_are_changed_hold_from_the_next_page_and_the_person_is_told(office, boss):
    salas, session = a_user(Role.DOCTOR), Client()
    session.force_login(salas)
    assert do(office, salas, "roles", role=["director"]).status_code == 302
    assert User.objects.get(pk=salas.pk).role_names == {"director"}
    assert session.get("/desk/").status_code == 404
    assert told("security_notice").count() == 1
    verbs = list(Entry.objects.filter(actor_id=boss.pk, object_id=str(salas.pk)).values_list("verb", flat=True))
    assert {"user.role_granted", "user.role_revoked"} <= set(verbs)


def test_saving_the_same_roles_tells_nobody(office):
    salas = a_user(Role.DOCTOR)
    do(office, salas, "roles", role=["doctor"])
    assert not Message.objects.exists()


def test_a_role_that_is_not_given_here_is_neither_given_nor_taken(office):
    both = a_user(Role.DOCTOR, Role.PATIENT)
    do(office, both, "roles", role=["dietitian"])
    assert User.objects.get(pk=both.pk).role_names == {"dietitian", "patient"}
    assert do(office, both, "roles", role=["patient"]).status_code == 422
    assert do(office, both, "roles").status_code == 422


# --- nobody for himself; the last administrator


def test_nobody_changes_the_own_account(office, boss):
    assert "another administrator does it" in office.get(page_of(boss)).content.decode()
    for what, form in (("roles", {"role": ["doctor", "administrator"]}), ("close", {}), ("link", {}),
                       ("reset", {"part": "factor", "reason": "lost"})):  # fmt: skip
        answer = do(office, boss, what, **form)
        assert answer.status_code == 422
        assert "your own account" in answer.content.decode()
    assert User.objects.get(pk=boss.pk).role_names == {"administrator"}
    assert not Message.objects.exists()


def test_the_last_administrator_stays(boss):
    other = a_user(Role.ADMINISTRATOR)
    staff.close(user=other, actor=boss)
    other.is_active = True  # whose page was open before she was closed
    for deed in (
        lambda: staff.close(user=boss, actor=other),
        lambda: staff.change_roles(user=boss, roles=["doctor"], actor=other),
    ):
        with pytest.raises(AccountError, match="last administrator"):
            deed()
    assert User.objects.get(pk=boss.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_at_once_leave_one():
    pair = [a_user(Role.ADMINISTRATOR), a_user(Role.ADMINISTRATOR)]
    problems, ready = [], threading.Barrier(2)

    def close(actor, user):
        ready.wait()
        try:
            staff.close(user=user, actor=actor)
        except AccountError as refused:
            problems.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=close, args=two) for two in (pair, pair[::-1])]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert User.objects.filter(is_active=True).count() == 1
    assert len(problems) == 1


# --- closing


def test_a_closed_account_is_out_everywhere_at_once_and_can_be_opened_again(office):
    vidal, browser = a_user(Role.DOCTOR), Client()
    browser.post(reverse("account_login"), {"login": vidal.email, "password": PASSWORD})
    do(office, vidal, "close")
    assert browser.get("/desk/").url.startswith(reverse("account_login"))
    assert (
        "_auth_user_id"
        not in Client()
        .post(reverse("account_login"), {"login": vidal.email, "password": PASSWORD})
        .wsgi_request.session
    )
    for what, form in (("link", {}), ("reset", {"part": "both", "reason": "lost"})):
        assert "closed" in do(office, vidal, what, **form).content.decode()
    do(office, vidal, "reopen")
    assert User.objects.get(pk=vidal.pk).is_active
    assert told("security_notice").count() == 2


# --- letting in anew


@pytest.mark.parametrize("part", ["password", "factor", "both"])
def test_a_reset_is_written_down_with_its_reason_ends_all_sessions_and_is_told(office, boss, part):
    vidal, browser = a_user(Role.DOCTOR), Client()
    browser.force_login(vidal)
    assert do(office, vidal, "reset", part=part, reason="lost").status_code == 302
    assert browser.get(reverse("account_change_password")).status_code == 302
    assert User.objects.get(pk=vidal.pk).has_usable_password() == (part == "factor")
    assert told("invitation").count() == (part != "factor")
    assert told("security_notice").exists()
    assert all(letter.address == vidal.email for letter in Message.objects.all())
    line = Entry.objects.get(verb="user.reset")
    assert (line.actor_id, line.detail) == (boss.pk, {"part": part, "reason": "lost"})


WRONG = ({}, {"part": "both"}, {"part": "both", "reason": "why not"}, {"part": "x", "reason": "lost"})


@pytest.mark.parametrize("form", WRONG)
def test_a_reset_without_what_and_why_changes_nothing(office, form):
    vidal = a_user(Role.DOCTOR)
    answer = do(office, vidal, "reset", **form)
    assert answer.status_code == 422
    assert "Choose what is taken away" in answer.content.decode()
    assert User.objects.get(pk=vidal.pk).has_usable_password()
    assert not Message.objects.exists()


def test_a_deed_that_does_not_exist_is_no_page(office):
    assert do(office, a_user(Role.DOCTOR), "promote").status_code == 404

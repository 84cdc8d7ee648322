"""Who invites, and what becomes of an invitation whose patient, account or address has changed meanwhile."""

import re

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.patients.coming import (
    PASSWORD,
    come,
    on_paper,
    said,
)
from tests.webapp.people import a_dni, a_patient, a_patient_with_login, a_user
from webapp.accounts import services as accounts
from webapp.accounts.models import User
from webapp.accounts.services import grant_role
from webapp.base.roles import Role
from webapp.outbox.models import Message
from webapp.patients import inviting
from webapp.patients import services as patients
from webapp.patients.models import Invitation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


# --- who invites


def test_the_desk_invites_on_the_patients_page_and_the_code_is_shown_once(client, marina, desk):
    client.force_login(desk)
    sheet = client.post(reverse("desk:invite", args=[marina.pk]), {"way": "paper"})
    code = re.search(r'id="code">([0-9A-Z-]{14})<', sheet.content.decode()).group(1)
    assert come(Client(), code, marina).status_code == 302
    page = client.get(reverse("desk:invitation", args=[marina.pk])).content.decode()
    assert code not in page
    assert "on paper" in page
    assert "no-store" in sheet["Cache-Control"]


def test_inviting_by_mail_and_withdrawing_say_what_happened(client, marina, desk):
    client.force_login(desk)
    sent = client.post(reverse("desk:invite", args=[marina.pk]), {"way": "mail"}, follow=True).content.decode()
    assert "on its way" in sent
    assert "marina@example.org" in sent
    gone = client.post(reverse("desk:uninvite", args=[marina.pk]), follow=True).content.decode()
    assert "no longer works" in gone
    assert client.post(reverse("desk:invite", args=[marina.pk]), {"way": "pigeon"}).status_code == 404


def test_an_invitation_by_text_message_goes_to_the_telephone_and_opens_the_same_door(client, desk, visitor):
    patient = a_patient(national_id=a_dni(), phone="600112233", language="en")
    client.force_login(desk)
    page = reverse("desk:invitation", args=[patient.pk])
    assert "600\N{NO-BREAK SPACE}112\N{NO-BREAK SPACE}233" in client.get(page).content.decode()
    sent = client.post(reverse("desk:invite", args=[patient.pk]), {"way": "sms"}, follow=True).content.decode()
    assert "on its way" in sent
    assert "by text message" in sent
    letter = Message.objects.get(template="invitation")
    assert (letter.channel, letter.address) == ("sms", "+34600112233")
    link = re.search(r"/portal/join/\S+", letter.link).group()
    assert visitor.post(link, said(patient)).url == reverse("portal:join_password")


def test_without_a_carrier_of_text_messages_nobody_is_offered_any(client, desk, settings):
    settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, "sms": ""}
    patient = a_patient(national_id=a_dni(), phone="600112233")
    client.force_login(desk)
    assert 'value="sms"' not in client.get(reverse("desk:invitation", args=[patient.pk])).content.decode()
    assert client.post(reverse("desk:invite", args=[patient.pk]), {"way": "sms"}).status_code == 422


@pytest.mark.parametrize(
    ("missing", "way", "words"),
    [("national_id", "paper", "no DNI"), ("email", "mail", "no e-mail"), ("phone", "sms", "no telephone")],
)
def test_what_the_record_lacks_is_said(client, desk, missing, way, words):
    given = {"national_id": a_dni(), "email": "marina@example.org", "phone": "600112233"} | {missing: ""}
    patient = a_patient(**given)
    client.force_login(desk)
    answer = client.post(reverse("desk:invite", args=[patient.pk]), {"way": way})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", [Role.BILLING, Role.MARKETING, Role.DIRECTOR, Role.ADMINISTRATOR, Role.PATIENT])
def test_nobody_else_invites(client, marina, role):
    user = a_user(role)
    client.force_login(user)
    for name in ("desk:invitation", "desk:invite", "desk:uninvite"):
        page = reverse(name, args=[marina.pk])
        assert [client.get(page).status_code, client.post(page, {"way": "paper"}).status_code] == [404, 404]
    assert client.get(reverse("desk:invitations")).status_code == 404
    with pytest.raises(patients.NotAllowed):
        on_paper(marina, user)
    with pytest.raises(patients.NotAllowed):
        inviting.withdraw(patient=marina, actor=user)
    assert inviting.newest_of(user, [marina.pk]) == {}
    assert inviting.waiting_for(user) == inviting.of_patient(user, marina) == []


def test_the_list_says_who_has_not_come_at_a_fixed_cost(client, desk, django_assert_max_num_queries):
    client.force_login(desk)
    page = reverse("desk:invitations")
    assert "Nobody is waiting" in client.get(page).content.decode()
    for _n in range(2):
        on_paper(a_patient(national_id=a_dni()), desk)
    with django_assert_max_num_queries(18) as few:
        client.get(page)
    for _n in range(8):
        on_paper(a_patient(national_id=a_dni()), desk)
    with django_assert_max_num_queries(len(few)):
        assert len(client.get(page).context["rows"]) == 10


# --- letting in anew


def test_a_patient_who_cannot_come_in_any_more_is_let_in_anew_and_told(visitor, desk):
    patient = a_patient_with_login(national_id=a_dni())
    elsewhere = Client()
    elsewhere.force_login(patient.user)
    _made, secret = on_paper(patient, desk)
    page = come(visitor, secret, patient).url
    assert 'name="email"' not in visitor.get(page).content.decode()
    visitor.post(page, {"password1": PASSWORD, "password2": PASSWORD})
    user = User.objects.get(pk=patient.user_id)
    assert user.check_password(PASSWORD)
    assert elsewhere.get(reverse("portal:consent")).url.startswith(reverse("account_login"))
    assert Message.objects.filter(template="security_notice").exists()
    assert User.objects.filter(roles__role="patient").count() == 1


def test_nobody_at_the_counter_gets_a_colleagues_account_by_inviting_the_patient_in_it(visitor, client, desk):
    doctor = a_user(Role.DOCTOR, Role.PATIENT)
    patient = a_patient(national_id=a_dni(), user=doctor)
    client.force_login(desk)
    answer = client.post(reverse("desk:invite", kwargs={"pk": patient.pk}), {"way": "paper"})
    assert answer.status_code == 422
    assert "works here too" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_an_invitation_of_who_came_to_work_here_since_opens_nothing(visitor, desk):
    patient = a_patient_with_login(national_id=a_dni())
    _made, secret = on_paper(patient, desk)
    grant_role(user=patient.user, role=Role.DOCTOR, actor=None)
    page, before = come(visitor, secret, patient).url, User.objects.get(pk=patient.user_id).password
    assert visitor.post(page, {"password1": PASSWORD, "password2": PASSWORD}).url == reverse("portal:join")
    assert User.objects.get(pk=patient.user_id).password == before


def a_closed_account(desk, *, before=True):
    """A patient whose account an administrator closed, and the invitation made before that."""
    patient = a_patient_with_login(national_id=a_dni())
    _made, secret = on_paper(patient, desk)
    if before:
        accounts.set_active(user=patient.user, active=False, actor=None)
    return patient, secret


def test_a_closed_account_is_refused_as_a_stranger_is_and_keeps_its_password(visitor, marina, desk):
    patient, secret = a_closed_account(desk)
    before = User.objects.get(pk=patient.user_id).password
    shut = come(visitor, secret, patient)
    wrong = come(visitor, "AAAA-BBBB-CCCC", patient)
    told = "do not go together"
    assert (shut.status_code, told in shut.content.decode()) == (wrong.status_code, told in wrong.content.decode())
    assert shut.status_code == 422
    assert User.objects.get(pk=patient.user_id).password == before
    with pytest.raises(patients.PatientError, match="closed"):
        inviting.invite(patient=patient, way="paper", actor=desk)


def test_an_account_closed_while_its_owner_chooses_a_password_stays_closed(visitor, desk):
    patient, secret = a_closed_account(desk, before=False)
    page, before = come(visitor, secret, patient).url, User.objects.get(pk=patient.user_id).password
    accounts.set_active(user=patient.user, active=False, actor=None)
    assert visitor.post(page, {"password1": PASSWORD, "password2": PASSWORD}).url == reverse("portal:join")
    assert User.objects.get(pk=patient.user_id).password == before


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"password2": "another horse"}, "not the same"),
        ({"password1": "short", "password2": "short"}, "10"),
        ({"password1": "Marina Ortega 1979", "password2": "Marina Ortega 1979"}, "similar"),
        ({"email": "taken@example.org"}, "already signs in"),
        ({"email": "nowhere"}, "cannot receive mail"),
    ],
)
def test_a_password_or_address_that_will_not_do_is_said_and_the_invitation_stays(visitor, marina, desk, form, words):
    a_user(Role.PATIENT, email="taken@example.org")
    _made, secret = on_paper(marina, desk)
    page = come(visitor, secret, marina).url
    good = {"email": marina.email, "password1": PASSWORD, "password2": PASSWORD}
    answer = visitor.post(page, good | form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert visitor.post(page, good).url == reverse("portal:consent")


# --- the database


def test_the_database_keeps_one_open_invitation_each_and_what_ended_stays_so(marina, desk):
    made, _secret = on_paper(marina, desk)
    with pytest.raises(IntegrityError, match="one_open_invitation"), transaction.atomic():
        Invitation.objects.create(
            patient=marina, way="mail", secret_index=bytes(16), made_by=desk, expires_at=timezone.now()
        )
    inviting.withdraw(patient=marina, actor=desk)
    for change in ({"state": "open", "ended_at": None}, {"tries": 0}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Invitation.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()

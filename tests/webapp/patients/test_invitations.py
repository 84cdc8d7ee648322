"""Invitations: once, for 72 hours, for the patient alone; and nobody learns from the page who is a patient."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.patients.coming import (
    PASSWORD,
    come,
    on_paper,
    said,
    seen,
    wrong,
)
from tests.webapp.people import a_dni, a_patient, a_text
from webapp.accounts.models import User
from webapp.audit.models import Entry
from webapp.outbox.models import Message
from webapp.patients import inviting
from webapp.patients import services as patients
from webapp.patients.invitation import ALPHABET, in_groups, new_secret, secret_index
from webapp.patients.models import Invitation, Patient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
BORN = date(1979, 3, 14)


# --- the whole way


def test_a_patient_comes_in_by_the_printed_code_and_lands_at_the_consents(visitor, marina, desk):
    a_text()
    made, secret = on_paper(marina, desk)
    answer = come(visitor, in_groups(secret).lower(), marina)
    assert answer.url == reverse("portal:join_password")
    assert 'value="marina@example.org"' in visitor.get(answer.url).content.decode()
    done = visitor.post(answer.url, {"email": marina.email, "password1": PASSWORD, "password2": PASSWORD})
    assert done.url == reverse("portal:consent")
    page = visitor.get(done.url)
    assert page.status_code == 200
    assert "Not given" in page.content.decode()
    user = User.objects.get(pk=Patient.objects.get(pk=marina.pk).user_id)
    assert (user.role_names, user.check_password(PASSWORD)) == ({"patient"}, True)
    made.refresh_from_db()
    assert made.state == "used"
    assert Entry.objects.filter(verb="invitation.used", patient_id=marina.pk, actor_id=user.pk).exists()


def test_the_link_comes_to_the_address_of_the_record_and_needs_no_code(visitor, marina, desk):
    inviting.invite(patient=marina, way="mail", actor=desk)
    letter = Message.objects.get(template="invitation")
    assert (letter.address, letter.language) == ("marina@example.org", "en")
    link = re.search(r"/portal/join/\S+", letter.link).group()
    assert 'name="code"' not in visitor.get(link).content.decode()
    assert visitor.post(link, said(marina)).url == reverse("portal:join_password")


def test_the_secret_is_kept_nowhere_and_read_in_no_log_of_the_deed(marina, desk):
    _made, secret = on_paper(marina, desk)
    assert len(secret) == 12
    assert not any(secret in str(row) for row in [*Invitation.objects.values(), *Entry.objects.values()])


def test_a_code_is_read_as_people_type_it():
    secret = new_secret(12)
    assert set(secret) <= set(ALPHABET)
    assert secret_index(in_groups(secret).lower()) == secret_index(secret)
    assert secret_index("ol1-0") == secret_index("0110")
    assert len({new_secret(12) for _n in range(200)}) == 200


def test_who_was_signed_in_at_that_machine_is_not_any_more(marina, desk):
    browser = Client()
    browser.force_login(desk)
    _made, secret = on_paper(marina, desk)
    come(browser, secret, marina)
    browser.post(reverse("portal:join_password"), {"email": marina.email, "password1": PASSWORD, "password2": PASSWORD})
    assert browser.get("/desk/patients/").status_code == 404
    assert browser.get(reverse("portal:consent")).status_code == 200


# --- once, and not for ever


def test_an_invitation_works_once(visitor, marina, desk):
    _made, secret = on_paper(marina, desk)
    come(visitor, secret, marina)
    page = reverse("portal:join_password")
    form = {"email": marina.email, "password1": PASSWORD, "password2": PASSWORD}
    assert visitor.post(page, form).url == reverse("portal:consent")
    assert come(Client(), secret, marina).status_code == 422
    again = Client()
    session = again.session
    session["joining"], session["joining_since"] = str(Invitation.objects.get().pk), timezone.now().timestamp()
    session.save()
    assert again.post(page, form).url == reverse("portal:join")
    assert User.objects.filter(roles__role="patient").count() == 1


def test_what_has_expired_while_the_password_was_chosen_opens_nothing(marina, desk):
    invitation, _secret = on_paper(marina, desk)
    late = timezone.now() + timedelta(hours=73)
    assert inviting.good(str(invitation.pk))
    assert inviting.good(str(invitation.pk), late) is None
    with pytest.raises(patients.PatientError):
        inviting.accept(invitation_id=invitation.pk, email="m@example.org", password="correct horse battery", now=late)
    assert not User.objects.filter(roles__role="patient").exists()


def test_after_72_hours_it_opens_nothing(visitor, marina, desk):
    now = timezone.now()
    _old, secret = on_paper(marina, desk, now=now - timedelta(hours=72, seconds=1))
    assert come(visitor, secret, marina).status_code == 422
    _young, secret = on_paper(marina, desk, now=now - timedelta(hours=71, minutes=59))
    assert come(visitor, secret, marina).status_code == 302


def test_the_password_page_waits_a_quarter_of_an_hour_and_no_longer(visitor, marina, desk):
    _made, secret = on_paper(marina, desk)
    page = reverse("portal:join_password")
    assert visitor.get(page).url == reverse("portal:join")
    come(visitor, secret, marina)
    session = visitor.session
    session["joining_since"] -= 16 * 60
    session.save()
    assert visitor.get(page).url == reverse("portal:join")


def test_another_invitation_ends_the_one_before_and_withdrawing_ends_it_too(visitor, marina, desk):
    first, old = on_paper(marina, desk)
    second, new = on_paper(marina, desk)
    first.refresh_from_db()
    assert first.state == "withdrawn"
    assert come(visitor, old, marina).status_code == 422
    inviting.withdraw(patient=marina, actor=desk)
    assert come(visitor, new, marina).status_code == 422
    assert inviting.withdraw(patient=marina, actor=desk) is None
    second.refresh_from_db()
    assert second.tries == 0


def test_an_invitation_withdrawn_before_its_mail_went_is_not_sent(marina, desk):
    inviting.invite(patient=marina, way="mail", actor=desk)
    inviting.withdraw(patient=marina, actor=desk)
    assert Message.objects.get(template="invitation").state == "cancelled"


# --- three tries


def test_three_wrong_tries_lock_it_and_the_desk_sees_it(visitor, client, marina, desk):
    made, secret = on_paper(marina, desk)
    answers = wrong(visitor, secret, marina, times=3)
    assert len({seen(answer) for answer in answers}) == 1
    made.refresh_from_db()
    assert (made.state, made.tries) == ("locked", 3)
    right = come(visitor, secret, marina)
    assert right.status_code == 422
    client.force_login(desk)
    page = client.get(reverse("desk:invitations")).content.decode()
    assert marina.family_name in page
    assert "locked after three wrong tries" in page
    [letter] = Message.objects.filter(template="message_waiting")
    assert letter.address == desk.email
    assert Entry.objects.filter(verb="invitation.locked", patient_id=marina.pk).count() == 1


def test_two_wrong_tries_and_a_right_one_come_in(visitor, marina, desk):
    _made, secret = on_paper(marina, desk)
    wrong(visitor, secret, marina, times=2)
    assert come(visitor, secret, marina).status_code == 302


@pytest.mark.parametrize("other", [{"record_number": "999999"}, {"birth_date": "1979-03-15"}, {"paper": None}])
def test_every_one_of_the_three_must_fit(visitor, marina, desk, other):
    _made, secret = on_paper(marina, desk)
    given = {key: value or a_dni() for key, value in other.items()}
    assert come(visitor, secret, marina, **given).status_code == 422
    assert Invitation.objects.get().tries == 1


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"paper": "12345678A"}, "letter does not belong"),
        ({"paper": "hello"}, "8 digits and a letter"),
        ({"record_number": "12"}, "6 to 12 digits"),
        ({"birth_date": "yesterday"}, "Write the date as"),
        ({"birth_date": ""}, "This is missing. Please fill it in"),
    ],
)
def test_what_cannot_be_right_is_said_beside_its_field_and_costs_no_try(visitor, marina, desk, other, words):
    _made, secret = on_paper(marina, desk)
    answer = come(visitor, secret, marina, **other)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Invitation.objects.get().tries == 0


@pytest.mark.parametrize("typed", ["14/03/1979", "14-3-1979", "14.03.1979", "14 03 1979", "14031979", "1979-03-14"])
def test_a_date_of_birth_is_read_as_people_type_it(visitor, marina, desk, typed):
    _made, secret = on_paper(marina, desk)
    assert come(visitor, secret, marina, birth_date=typed).status_code == 302


def test_many_tries_from_one_place_are_slowed_down(visitor, marina):
    answers = [come(visitor, "AAAA-BBBB-CCCC", marina).status_code for _n in range(21)]
    assert answers == [422] * 20 + [429]


# --- the same answer


def test_an_existing_and_a_missing_record_number_are_answered_byte_alike(visitor, marina, desk):
    other = a_patient(national_id=a_dni())
    _made, secret = on_paper(marina, desk)
    existing = come(visitor, secret, marina, record_number=other.record_number)
    missing = come(visitor, secret, marina, record_number="987654")
    assert seen(existing) == seen(missing)
    assert {len(existing.content)} == {len(missing.content)}


def test_a_guessed_code_an_old_one_a_locked_and_a_used_one_are_answered_alike(marina, desk):
    now = timezone.now()
    answers = [come(Client(), "AAAA-BBBB-CCCC", marina)]
    answers.append(come(Client(), on_paper(marina, desk, now=now - timedelta(hours=80))[1], marina))
    _locked, secret = on_paper(marina, desk)
    wrong(Client(), secret, marina, times=3)
    answers.append(come(Client(), secret, marina))
    _used, secret = on_paper(marina, desk)
    browser = Client()
    come(browser, secret, marina)
    browser.post(reverse("portal:join_password"), {"email": marina.email, "password1": PASSWORD, "password2": PASSWORD})
    answers.append(come(Client(), secret, marina))
    answers += wrong(Client(), on_paper(marina, desk)[1], marina)
    assert len({seen(answer) for answer in answers}) == 1
    links = [Client().get(reverse("portal:join_by_link", args=[word])) for word in (secret, "NO-SUCH-CODE")]
    assert seen(links[0]) == seen(links[1])


def test_every_refusal_asks_the_database_the_same_number_of_questions(marina, desk, django_assert_num_queries):
    """What takes longer tells something; where a try is counted there is one write more, and only who has the code."""
    _made, secret = on_paper(marina, desk)
    claim = inviting.Claim("987654", a_dni(), BORN)
    own = inviting.Claim(marina.record_number, a_dni(), BORN)
    with django_assert_num_queries(10):
        inviting.identify(secret=secret, claim=claim)
    with django_assert_num_queries(10):
        inviting.identify(secret=secret, claim=own)
    with django_assert_num_queries(9):
        inviting.identify(secret="AAAA-BBBB-CCCC", claim=claim)


def test_refusals_are_written_down_even_where_there_is_nothing_to_count(visitor, marina):
    come(visitor, "AAAA-BBBB-CCCC", marina)
    line = Entry.objects.get(verb="invitation.refused")
    assert (line.patient_id, line.detail) == (None, {"counted": False})

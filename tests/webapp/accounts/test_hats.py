"""One hat a session: whoever has two chooses, and what was taken away is no longer worn."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.webapp.people import a_user
from webapp.accounts import selectors, services
from webapp.accounts.models import User, UserRole
from webapp.audit.models import Entry
from webapp.base.roles import Role

pytestmark = pytest.mark.django_db
HAT = "/accounts/hat/"


def worn(client):
    return client.get(HAT).context["user"].active_role


def test_an_only_hat_is_worn_without_asking(client):
    client.force_login(a_user(Role.DIETITIAN))
    assert worn(client) == "dietitian"


def test_two_hats_are_a_choice_and_until_then_none_is_worn(client):
    user = a_user(Role.DOCTOR, Role.DIRECTOR)
    client.force_login(user)
    assert client.get("/").url == HAT
    assert [role.value for role in client.get(HAT).context["hats"]] == ["doctor", "director"]
    assert worn(client) == ""
    assert client.post(HAT, {"role": "director"}).url == reverse("home")
    assert worn(client) == "director"
    assert Entry.objects.get(verb="user.hat_chosen").detail == {"role": "director"}


def test_a_hat_of_somebody_else_is_refused_and_the_own_one_stays(client):
    client.force_login(a_user(Role.DOCTOR, Role.DIRECTOR))
    client.post(HAT, {"role": "doctor"})
    for wrong in ("administrator", "", "emperor"):
        assert client.post(HAT, {"role": wrong}).status_code == 422
    assert worn(client) == "doctor"


def test_a_hat_taken_away_is_gone_with_the_next_page(client):
    user = a_user(Role.DOCTOR, Role.DIRECTOR)
    client.force_login(user)
    client.post(HAT, {"role": "director"})
    services.revoke_role(user=user, role="director", actor=None)
    assert worn(client) == "doctor"
    services.revoke_role(user=user, role="doctor", actor=None)
    assert worn(client) == ""
    assert client.get(HAT).context["hats"] == []


def test_a_forged_session_gives_no_hat_that_is_not_owned(client):
    client.force_login(a_user(Role.PATIENT))
    session = client.session
    session["active_role"] = "administrator"
    session.save()
    assert worn(client) == "patient"


def test_the_hat_does_not_pass_to_the_next_person_at_the_same_machine(client):
    client.force_login(a_user(Role.DOCTOR, Role.DIRECTOR))
    client.post(HAT, {"role": "director"})
    client.force_login(a_user(Role.DOCTOR, Role.DIRECTOR))
    assert worn(client) == ""


def test_choosing_a_hat_needs_a_login(client):
    assert client.get(HAT).url.startswith(reverse("account_login"))


def test_roles_are_granted_once_and_every_change_is_audited():
    user, boss = a_user(Role.DOCTOR), a_user(Role.ADMINISTRATOR)
    for _twice in range(2):
        services.grant_role(user=user, role="director", actor=boss)
    assert user.role_names == {"doctor", "director"}
    services.revoke_role(user=user, role="director", actor=boss)
    services.revoke_role(user=user, role="director", actor=boss)
    told = Entry.objects.filter(actor_id=boss.pk).values_list("verb", flat=True)
    assert list(told) == ["user.role_granted", "user.role_revoked"]


def test_a_role_that_does_not_exist_is_refused_by_code_and_database():
    user = a_user(Role.DOCTOR)
    with pytest.raises(ValueError, match="emperor"):
        services.grant_role(user=user, role="emperor", actor=None)
    with pytest.raises(IntegrityError, match="known_role"), transaction.atomic():
        UserRole.objects.create(user=user, role="emperor")
    with pytest.raises(IntegrityError, match="one_hat_each"), transaction.atomic():
        UserRole.objects.create(user=user, role="doctor")


def test_an_address_signs_in_one_person_only_and_a_broken_one_nobody():
    a_user(email="vidal@example.org")
    with pytest.raises(services.AccountError, match="already signs in"):
        a_user(email=" VIDAL@example.org ")
    with pytest.raises(services.AccountError, match="cannot receive mail"):
        a_user(email="vidal")
    with pytest.raises(services.AccountError, match="Spanish"):
        a_user(language="ca")
    assert User.objects.count() == 1


def test_doctors_are_the_active_ones_and_names_come_together(django_assert_num_queries):
    vidal, salas = a_user(Role.DOCTOR, display_name="Dra. Vidal"), a_user(Role.DOCTOR, display_name="Dra. Salas")
    gone = a_user(Role.DOCTOR)
    services.set_active(user=gone, active=False, actor=None)
    a_user(Role.DIETITIAN)
    assert list(selectors.doctors()) == [vidal, salas]
    with django_assert_num_queries(1):
        assert selectors.names_of([salas.pk, vidal.pk, vidal.pk]) == {vidal.pk: "Dra. Vidal", salas.pk: "Dra. Salas"}


def test_the_language_chosen_stays_with_the_person(client):
    user = a_user(Role.DOCTOR)
    client.force_login(user)
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert User.objects.get(pk=user.pk).language == "en"
    assert '<html lang="en"' in client.get(HAT, headers={"Accept-Language": "es"}).content.decode()

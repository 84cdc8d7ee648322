"""What a role may do: decided by the administrator, effective on the next request, within what can be at all."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.webapp.people import PASSWORD, a_patient, a_user, confirmed
from webapp.accounts import granting
from webapp.accounts.models import RolePermission, User
from webapp.accounts.services import AccountError
from webapp.audit.models import Entry
from webapp.base import access, permissions
from webapp.base.permissions import BOUNDS, HOLDERS, PERMISSIONS, TOPICS
from webapp.base.roles import CLINICIANS, Role
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services

pytestmark = pytest.mark.django_db
PAGE = "/accounts/permissions/"


@pytest.fixture
def boss():
    return a_user(Role.ADMINISTRATOR, display_name="Rosa Administradora", language="en")


def decide(boss, *changes):
    return granting.decide(changes={(role, name): allowed for role, name, allowed in changes}, actor=boss)


def again(user):
    """The same person in a new request."""
    found = User.objects.get(pk=user.pk)
    found.active_role = user.active_role
    return found


# --- the table itself


def test_every_default_is_one_that_can_be():
    wrong = [(role, one.name) for one in PERMISSIONS.values() for role in one.roles if permissions.bar(role, one.name)]
    assert wrong == []


def test_every_permission_has_its_place_on_the_page_and_what_it_needs_exists():
    assert {one.topic for one in PERMISSIONS.values()} <= set(TOPICS)
    assert {one.needs for one in PERMISSIONS.values() if one.needs} <= set(PERMISSIONS)


def test_a_word_that_is_no_permission_opens_nothing():
    with pytest.raises(permissions.UnknownPermission, match=r"records\.read"):
        access.may("records.read")
    with pytest.raises(permissions.UnknownPermission):
        a_user(Role.ADMINISTRATOR).may("everything")


def test_each_hat_has_what_it_had_before_anybody_decided_anything():
    assert a_user(Role.DOCTOR).may("plans.sign")
    assert not a_user(Role.DIETITIAN).may("plans.sign")
    assert a_user(Role.FRONT_DESK).permissions == {
        "patients.search", "patients.register", "patients.invite", "consents.write"
    }  # fmt: skip
    assert not a_user(Role.MARKETING).permissions
    for outside in (Role.PATIENT, Role.GUARDIAN, Role.RELATIVE, Role.SPECIALIST):
        assert not a_user(outside).permissions


def test_who_may_not_search_patients_registers_none_and_writes_down_no_consent(client, boss):
    patient = a_patient()
    assert not {"patients.register", "consents.write"} & boss.permissions
    client.force_login(boss)
    for name in ("identity", "contact_add", "consents"):
        assert client.get(reverse(f"desk:{name}", args=[patient.pk])).status_code == 404
    assert client.get(reverse("desk:register")).status_code == 404
    decide(boss, ("front_desk", "patients.search", False))
    assert not a_user(Role.FRONT_DESK).permissions


def test_a_closed_account_may_nothing():
    doctor = a_user(Role.DOCTOR)
    doctor.is_active = False
    assert not doctor.may("record.read")


def test_asking_often_in_one_request_costs_one_query(django_assert_num_queries):
    doctor = again(a_user(Role.DOCTOR))
    assert doctor.role_names
    with django_assert_num_queries(1):
        assert all(doctor.may(name) for name in ("record.read", "record.write", "plans.read", "plans.sign"))


# --- taken away: the next request


def test_a_permission_taken_away_closes_the_page_with_the_next_request(client, boss):
    patient = a_patient()
    client.force_login(a_user(Role.FRONT_DESK))
    pages = [reverse("desk:patients"), reverse("desk:patient", args=[patient.pk])]
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert decide(boss, ("front_desk", "patients.search", False)) == 1
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.get("/").status_code == 200
    decide(boss, ("front_desk", "patients.search", True))
    assert client.get(pages[0]).status_code == 200


def test_the_service_behind_the_page_refuses_too(boss):
    desk, doctor, patient = a_user(Role.FRONT_DESK), a_user(Role.DOCTOR), a_patient()
    decide(boss, ("front_desk", "patients.register", False), ("doctor", "record.write", False))
    with pytest.raises(patient_services.NotAllowed):
        a_patient(actor=again(desk))
    with pytest.raises(patient_services.NotAllowed):
        patient_services.add_allergy(patient=patient, code="penicillins", text="", actor=again(doctor))
    assert patients.may_read_record(again(doctor), patient)


def test_what_needs_a_permission_that_is_gone_is_gone_with_it_and_comes_back_with_it(boss):
    doctor = a_user(Role.DOCTOR)
    decide(boss, ("doctor", "record.read", False))
    assert not {"record.read", "record.write", "plans.read", "plans.sign", "alerts.settle"} & again(doctor).permissions
    assert again(doctor).may("patients.search")
    assert not patients.may_read_record(again(doctor), a_patient())
    decide(boss, ("doctor", "record.read", True))
    assert again(doctor).may("plans.sign")


def test_the_rail_shows_only_what_still_opens(client, boss):
    client.force_login(a_user(Role.DIETITIAN))
    assert 'href="/desk/"' in client.get("/desk/patients/").content.decode()
    decide(boss, ("dietitian", "plans.read", False))
    assert 'href="/desk/"' not in client.get("/desk/patients/").content.decode()
    assert client.get("/").url == "/desk/patients/"


def test_a_hat_worn_gives_nothing_of_the_other_hat(boss):
    user = a_user(Role.BILLING, Role.DOCTOR)
    assert user.active_role == Role.BILLING
    assert not user.may("record.read")


# --- what cannot be


def test_pairs_that_cannot_be_are_refused_by_the_service_with_their_reason(boss):
    for role in (Role.MARKETING, Role.BILLING, Role.FRONT_DESK, Role.AMBASSADOR, Role.DIRECTOR):
        for name in ("record.read", "record.write", "plans.read", "alerts.settle"):
            with pytest.raises(AccountError, match="clinicians"):
                decide(boss, (role, name, True))
    with pytest.raises(AccountError, match="Only doctors"):
        decide(boss, ("dietitian", "plans.sign", True))
    for role in (Role.MARKETING, Role.AMBASSADOR):
        with pytest.raises(AccountError, match="Who is a patient"):
            decide(boss, (role, "patients.search", True))
    for role in set(HOLDERS) - {Role.ADMINISTRATOR}:
        with pytest.raises(AccountError, match="administrator’s"):
            decide(boss, (role, "users.manage", True))
    with pytest.raises(AccountError, match="what is its own"):
        decide(boss, ("patient", "protocols.read", True))
    assert not RolePermission.objects.exists()


def test_the_database_refuses_them_whoever_writes():
    barred = [(role, one.name) for one in PERMISSIONS.values() for role in HOLDERS if permissions.bar(role, one.name)]
    assert len(barred) > 40
    for role, name in barred:
        with pytest.raises(IntegrityError), transaction.atomic():
            RolePermission.objects.create(role=role, permission=name, allowed=True)
    for role in (Role.ADMINISTRATOR, Role.PATIENT):
        with pytest.raises(IntegrityError, match="role_is_the_clinics"), transaction.atomic():
            RolePermission.objects.create(role=role, permission="protocols.read", allowed=False)


def test_a_clinical_permission_that_nobody_has_thought_of_yet_is_bound_by_its_name():
    for name in ("record.export", "plans.print", "documents.read"):
        with pytest.raises(IntegrityError, match="clinical_bound"), transaction.atomic():
            RolePermission.objects.create(role=Role.MARKETING, permission=name, allowed=True)
        RolePermission.objects.create(role=Role.DIETITIAN, permission=name, allowed=True)


def test_a_row_that_came_past_the_database_gives_nothing_either():
    assert "record.read" not in permissions.held(Role.MARKETING, {"record.read": True})
    assert "users.manage" in permissions.held(Role.ADMINISTRATOR, {"users.manage": False})
    clinical = next(bound for bound in BOUNDS if bound.name == "clinical")
    assert clinical.roles == CLINICIANS
    assert re.match(clinical.pattern, "record.read")


def test_nobody_takes_the_keys_from_the_administrator_nor_raises_the_own_rights(boss):
    for change in (("administrator", "users.manage", False), ("administrator", "protocols.read", True)):
        with pytest.raises(AccountError, match="fixed"):
            decide(boss, change)
    both = a_user(Role.ADMINISTRATOR, Role.DIRECTOR)
    with pytest.raises(AccountError, match="also yours"):
        decide(both, ("director", "patients.search", True))
    with pytest.raises(AccountError, match="decided by the administrator"):
        decide(a_user(Role.DIRECTOR), ("doctor", "plans.sign", False))
    assert not RolePermission.objects.exists()


def test_one_refused_pair_saves_none_of_the_form(boss):
    with pytest.raises(AccountError):
        decide(boss, ("front_desk", "patients.search", False), ("marketing", "record.read", True))
    assert not RolePermission.objects.exists()


# --- the page


def shown(client):
    return client.get(PAGE).context["matrix"]


def signed_in(client, boss):
    """The administrator, who has typed the password once more a moment ago."""
    client.force_login(boss)
    confirmed(client)


def form(matrix, *, give=(), take=()):
    return {"shown": matrix.shown, "may": sorted((set(matrix.shown.split()) | set(give)) - set(take))}


def test_the_administrator_changes_it_on_the_page_and_the_book_tells(client, boss):
    signed_in(client, boss)
    matrix = shown(client)
    give, take = "director:jobs.read", "front_desk:patients.invite"
    answer = client.post(PAGE, form(matrix, give=[give], take=[take]), follow=True)
    assert "2 permissions changed" in answer.content.decode()
    assert a_user(Role.DIRECTOR).may("jobs.read")
    assert not a_user(Role.FRONT_DESK).may("patients.invite")
    told = {(row.verb, row.object_id, row.detail["permission"]) for row in Entry.objects.filter(actor_id=boss.pk)}
    assert told >= {
        ("permission.given", "director", "jobs.read"),
        ("permission.taken", "front_desk", "patients.invite"),
    }
    assert "Rosa Administradora" in client.get(PAGE).content.decode()
    assert len(shown(client).departures) == 2


def test_who_left_the_browser_open_is_asked_again_and_every_tick_stays(client, boss):
    client.force_login(boss)
    sent = form(shown(client), give=["director:jobs.read"], take=["front_desk:patients.invite"])
    for secret in ({}, {"secret": "wrong"}):
        answer = client.post(PAGE, sent | secret)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Nothing was saved" in page
        assert re.search(r'value="director:jobs.read" checked', page)
        assert not re.search(r'value="front_desk:patients.invite" checked', page)
    assert not RolePermission.objects.exists()
    assert client.post(PAGE, sent | {"secret": PASSWORD}).status_code == 302
    assert a_user(Role.DIRECTOR).may("jobs.read")


def test_saving_what_was_shown_changes_nothing(client, boss):
    signed_in(client, boss)
    answer = client.post(PAGE, form(shown(client)), follow=True)
    assert "Nothing was otherwise" in answer.content.decode()
    assert not RolePermission.objects.exists()
    assert not Entry.objects.filter(verb__startswith="permission.").exists()


def test_two_who_edit_at_once_both_keep_their_changes(client, boss):
    other = a_user(Role.ADMINISTRATOR)
    signed_in(client, boss)
    old = shown(client)
    decide(other, ("billing", "patients.search", True), ("front_desk", "patients.invite", False))
    client.post(PAGE, form(old, give=["director:jobs.read"], take=["front_desk:patients.invite"]))
    assert a_user(Role.BILLING).may("patients.search")
    assert a_user(Role.DIRECTOR).may("jobs.read")
    assert not a_user(Role.FRONT_DESK).may("patients.invite")
    assert Entry.objects.filter(verb="permission.taken").count() == 1


def test_pairs_that_cannot_be_stand_without_a_box_and_with_their_reason(client, boss):
    signed_in(client, boss)
    matrix, page = shown(client), client.get(PAGE).content.decode()
    cells = {cell.key: cell for group in matrix.groups for row in group.rows for cell in row.cells}
    assert len(cells) == len(PERMISSIONS) * len(HOLDERS)
    assert "clinicians alone" in matrix.notes[cells["marketing:record.read"].note]
    assert "Only doctors" in matrix.notes[cells["dietitian:plans.sign"].note]
    assert "fixed" in matrix.notes[cells["administrator:users.manage"].note]
    assert all(f'value="{key}"' not in page for key, cell in cells.items() if cell.note)
    assert all(f'value="{key}"' in page for key, cell in cells.items() if not cell.note)
    assert all(str(reason).split("’")[0] in page for reason in matrix.notes.values())


def test_a_forged_form_is_refused_and_says_why(client, boss):
    signed_in(client, boss)
    matrix = shown(client)
    words = {"marketing:record.read": "clinicians alone", "emperor:all": "Load it again", "x": "Load it again"}
    for word, said in words.items():
        answer = client.post(PAGE, form(matrix, give=[word]))
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert not RolePermission.objects.exists()


def test_a_permission_without_effect_says_what_it_lacks(client, boss):
    decide(boss, ("doctor", "patients.search", False))
    client.force_login(boss)
    assert "no effect without “Search patients and see who they are”" in client.get(PAGE).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_sees_or_changes_the_page(client, role):
    client.force_login(a_user(role))
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"shown": "", "may": ["director:jobs.read"]}).status_code == 404
    assert not RolePermission.objects.exists()


def test_the_page_costs_the_same_however_much_was_decided(client, boss, django_assert_max_num_queries):
    client.force_login(boss)
    client.get(PAGE)
    with django_assert_max_num_queries(12) as few:
        client.get(PAGE)
    decide(boss, *[(role, "jobs.read", True) for role in ("director", "doctor", "billing", "dietitian")])
    with django_assert_max_num_queries(len(few)):
        client.get(PAGE)

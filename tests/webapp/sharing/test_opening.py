"""A patient opens parts of the own record to one specialist until a day, and sees what is open and what was."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests.webapp.people import a_doctor, a_user, consented
from tests.webapp.sharing.shares import (
    a_share,
    a_sharer,
    a_specialist,
    at,
    client_of,
    days_later,
    in_days,
    page_of,
    today,
    words,
)
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.outbox.models import Message
from webapp.patients import services as patients
from webapp.sharing import presenting, services
from webapp.sharing.models import Share

pytestmark = pytest.mark.django_db


@pytest.fixture
def marina():
    return a_sharer()


@pytest.fixture
def uria():
    return a_specialist()


def a_form(who, /, **changes):
    return {"specialist": who.pk, "sections": ["results", "diary"], "until": in_days(14), **changes}


def test_a_patient_shares_two_parts_until_a_day_and_sees_it_stand_there(marina, uria):
    client = client_of(marina.user)
    answer = client.post(at("new"), a_form(uria), follow=True)
    said = words(answer)
    assert "Shared with Dr. Ander Uría." in said
    assert "Results" in said
    assert "Diary" in said
    assert "Allergies and diagnoses" not in said
    assert "Not read yet" in said
    share = Share.objects.get()
    assert (share.patient, share.specialist, share.until) == (marina, uria, in_days(14))
    assert share.sections == ["results", "diary"]
    line = Entry.objects.get(verb="shared.opened")
    assert (line.actor_id, line.patient_id, line.object_id) == (marina.user_id, marina.pk, str(share.pk))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": in_days(-1)}, "That day is over."),
        ({"until": in_days(366)}, "a year at most"),
        ({"until": "some day"}, "Write a day as"),
        ({"until": ""}, "This is missing."),
        ({"sections": []}, "Choose at least one part"),
        ({"sections": ["everything"]}, "Choose at least one part"),
        ({"specialist": ""}, "This is missing."),
        ({"specialist": 2**31 - 1}, "Choose one of the specialists"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_opened(marina, uria, changes, said):
    answer = client_of(marina.user).post(at("new"), a_form(uria, **changes))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Share.objects.exists()


@pytest.mark.parametrize("days", [0, 365])
def test_today_is_the_first_day_that_can_be_chosen_and_a_year_the_last(marina, uria, days):
    client_of(marina.user).post(at("new"), a_form(uria, until=in_days(days)))
    assert Share.objects.get().until == in_days(days)


def test_the_form_keeps_what_was_ticked_when_a_day_was_refused(marina, uria):
    page = client_of(marina.user).post(at("new"), a_form(uria, until=in_days(-1))).content.decode()
    assert page.count(" checked") == 2


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.DIETITIAN, Role.RELATIVE, Role.PATIENT])
def test_a_record_is_opened_to_nobody_but_a_specialist(marina, uria, role):
    somebody = a_user(role)
    answer = client_of(marina.user).post(at("new"), a_form(somebody))
    assert answer.status_code == 422
    assert not Share.objects.exists()


def test_a_specialist_whose_account_is_closed_cannot_be_chosen(marina, uria):
    uria.is_active = False
    uria.save(update_fields=["is_active"])
    page = client_of(marina.user).get(at("new"))
    assert "There is nobody to choose yet" in words(page)
    with pytest.raises(services.ShareError):
        a_share(marina, uria)


def test_a_specialist_who_is_a_patient_here_does_not_share_with_herself(marina):
    both = a_user(Role.PATIENT, Role.SPECIALIST)
    patient = a_sharer(user=both)
    both.active_role = Role.PATIENT
    with pytest.raises(services.ShareError):
        a_share(patient, both)


def test_nobody_opens_the_record_of_somebody_else(marina, uria):
    doctor, other = a_doctor(), a_sharer(given_name="Otilia").user
    other.active_role = Role.PATIENT
    for actor in (doctor, other, uria):
        with pytest.raises(services.ShareError):
            services.open_to(
                patient=marina, specialist_id=uria.pk, sections=["plan"], until=today(), actor=actor, today=today()
            )
    assert not Share.objects.exists()


def test_one_share_with_one_specialist_at_a_time_so_that_two_clicks_make_one(marina, uria):
    client = client_of(marina.user)
    client.post(at("new"), a_form(uria))
    again = client.post(at("new"), a_form(uria))
    assert "You already share with Dr. Ander Uría" in words(again)
    assert Share.objects.count() == 1


def test_once_it_is_over_it_can_be_shared_anew(marina, uria):
    days_later(a_share(marina, uria, until=in_days(2)), 3)
    a_share(marina, uria)
    assert Share.objects.count() == 2


def test_nothing_is_opened_while_the_consent_to_be_treated_is_withdrawn(marina, uria):
    patients.withdraw_consent(patient=marina, purpose="treatment", channel="desk", actor=None)
    client = client_of(marina.user)
    assert "nothing is opened" in words(client.get(at("new")))
    assert client.post(at("new"), a_form(uria)).status_code == 422
    assert not Share.objects.exists()
    consented(marina)
    client.post(at("new"), a_form(uria))
    assert Share.objects.count() == 1


def test_the_specialist_is_told_that_there_is_something_without_a_word_of_what_or_whose(marina, uria):
    a_share(marina, uria)
    told = Message.objects.get()
    assert (told.address, told.template) == (uria.email, "message_waiting")
    assert told.link.endswith("/shared/")


def test_the_list_holds_what_is_open_what_ended_what_was_taken_back_and_what_the_consent_closed(marina):
    people = [a_specialist(f"Dr. {name}") for name in ("Open", "Ended", "Back", "Closed")]
    shares = [a_share(marina, one, ["plan"], until=in_days(5)) for one in people[:3]]
    days_later(shares[1], 6)
    services.take_back(share=shares[2], actor=marina.user)
    states = {one.share.specialist.display_name: one.state for one in presenting.own(marina.user, today())}
    assert states == {"Dr. Open": "open", "Dr. Ended": "ended", "Dr. Back": "taken_back"}
    patients.withdraw_consent(patient=marina, purpose="treatment", channel="desk", actor=None)
    states = {one.share.specialist.display_name: one.state for one in presenting.own(marina.user, today())}
    assert states["Dr. Open"] == "no_consent"
    said = words(client_of(marina.user).get(at("mine")))
    assert "Nothing is shared now" in said
    assert "Closed when you withdrew your consent" in said
    assert f"You stopped sharing on {timezone.localdate():%-d}" in said


def test_a_patient_sees_only_what_is_her_own(marina, uria):
    other = a_sharer(given_name="Otilia")
    hers = a_share(other, uria)
    client = client_of(marina.user)
    assert "Dr. Ander Uría" not in words(client.get(at("mine")))
    assert client.get(at("one", share=hers.pk)).status_code == 404
    assert client.post(at("take_back", share=hers.pk)).status_code == 404
    assert client_of(uria).get(page_of(hers, "plan")).status_code == 200


def test_the_list_asks_the_database_as_often_for_one_as_for_twelve(marina, django_assert_max_num_queries):
    client = client_of(marina.user)
    client.get(at("mine"))
    a_share(marina, a_specialist(), ["plan"])
    with django_assert_max_num_queries(100) as few:
        client.get(at("mine"))
    asked = len(few)
    for _n in range(11):
        a_share(marina, a_specialist(), ["plan"])
    with django_assert_max_num_queries(asked):
        page = client.get(at("mine"))
    assert words(page).count("Not read yet") == 12


# --- what the database itself holds


def stored(patient, specialist, **changes):
    told = {"sections": ["plan"], "opened_on": today(), "until": in_days(3), **changes}
    with transaction.atomic():
        return Share.objects.create(patient=patient, specialist=specialist, **told)


@pytest.mark.parametrize("until", [in_days(-1), in_days(366)])
def test_the_database_refuses_a_day_in_the_past_and_more_than_a_year(marina, uria, until):
    with pytest.raises(IntegrityError):
        stored(marina, uria, until=until)


def test_the_database_refuses_a_share_with_nobody_of_that_role_and_with_oneself(marina):
    for somebody in (a_doctor(), marina.user):
        with pytest.raises(DatabaseError, match="a record is opened to a specialist"):
            stored(marina, somebody)


@pytest.mark.parametrize(
    "change",
    [
        {"opened_on": in_days(-1)}, {"opened_at": timezone.now() - timedelta(days=1)},
        {"until": in_days(-1)}, {"until": in_days(366)},
    ],
)  # fmt: skip
def test_when_it_was_opened_never_changes_and_its_last_day_stays_within_a_year(marina, uria, change):
    share = stored(marina, uria)
    with pytest.raises(DatabaseError), transaction.atomic():
        Share.objects.filter(pk=share.pk).update(**change)


def test_what_was_taken_back_is_never_opened_again_nor_erased(marina, uria):
    share = stored(marina, uria)
    Share.objects.filter(pk=share.pk).update(taken_back_at=timezone.now())
    changes = (
        {"taken_back_at": None},
        {"taken_back_at": timezone.now()},
        {"sections": ["diary"]},
        {"until": in_days(9)},
    )
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Share.objects.filter(pk=share.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        share.delete()


def test_each_version_of_a_share_stays_in_its_history(marina, uria):
    share = stored(marina, uria)
    Share.objects.filter(pk=share.pk).update(taken_back_at=timezone.now())
    history = share.events.model.objects.filter(pgh_obj=share).order_by("pgh_id")
    assert [line.taken_back_at is None for line in history] == [True, False]
    with pytest.raises(DatabaseError), transaction.atomic():
        history.delete()

"""What is brought in step by step: for nobody, a group, a drawn share, everybody; who switched it and why is kept."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.webapp.intake.factories import signed_in
from tests.webapp.people import a_user
from webapp.audit.models import Entry
from webapp.clinic import features
from webapp.clinic.models import FeatureEdition, GroupEdition
from webapp.clinic.services import ClinicError

pytestmark = pytest.mark.django_db
LIVE = "live_panel"


@pytest.fixture
def manager():
    return a_user("administrator", display_name="Ana Gestora")


def person(pk):
    return SimpleNamespace(pk=pk)


def switched(actor, on_for, **more):
    return features.switch(name=LIVE, on_for=on_for, reason=more.pop("reason", "Para probarlo"), actor=actor, **more)


def test_every_feature_says_what_it_does_and_for_whom_it_is_while_nobody_has_decided():
    for name, one in features.FEATURES.items():
        assert (one.name, bool(str(one.label)), bool(str(one.does))) == (name, True, True)
        assert features.standing(name).on_for == one.at_first
    with pytest.raises(KeyError):
        features.is_on("no_such_feature", person(1))


def test_it_is_on_for_nobody_for_everybody_and_for_the_members_of_a_group(manager):
    switched(manager, "nobody")
    assert not features.is_on(LIVE, person(1))
    features.set_group(name="Pioneras", members=[1, 2], actor=manager)
    switched(manager, "group", group="Pioneras")
    assert [features.is_on(LIVE, person(pk)) for pk in (1, 2, 3)] == [True, True, False]
    features.set_group(name="Pioneras", members=[3], actor=manager)
    assert [features.is_on(LIVE, person(pk)) for pk in (1, 2, 3)] == [False, False, True]
    features.set_group(name="Pioneras", members=[], actor=manager)
    assert not features.is_on(LIVE, person(3))
    switched(manager, "everybody")
    assert features.is_on(LIVE, person(4))


@pytest.mark.parametrize(
    ("share", "low", "high"), [(0, 0, 0), (1, 2, 30), (50, 430, 570), (99, 970, 998), (100, 1000, 1000)]
)
def test_a_share_is_drawn_and_the_same_people_have_it_each_time(manager, share, low, high):
    switched(manager, "share", share=share)
    have = [pk for pk in range(1, 1001) if features.drawn(LIVE, pk, share)]
    assert low <= len(have) <= high
    assert [features.is_on(LIVE, person(pk)) for pk in (1, 2, 3)] == [pk in have for pk in (1, 2, 3)]
    assert have == [pk for pk in range(1, 1001) if features.drawn(LIVE, pk, share)]


def test_who_has_a_share_of_one_feature_need_not_have_it_of_another():
    one, other = ({pk for pk in range(1000) if features.drawn(name, pk, 50)} for name in ("one", "other"))
    assert 150 < len(one & other) < 350


@pytest.mark.parametrize(
    "wrong",
    [
        {"on_for": "some"},
        {"on_for": "group", "group": "No such"},
        {"on_for": "share", "share": 101},
        {"on_for": "share", "share": -1},
        {"on_for": "nobody", "reason": " "},
    ],
)
def test_a_switch_that_makes_no_sense_is_refused_in_words(manager, wrong):
    with pytest.raises(ClinicError) as told:
        switched(manager, **wrong)
    assert str(told.value)
    assert not FeatureEdition.objects.exists()


def test_only_who_manages_the_clinic_switches_and_every_change_stays_in_the_book(manager):
    with pytest.raises(ClinicError):
        switched(a_user("doctor"), "nobody")
    with pytest.raises(ClinicError):
        features.set_group(name="x", members=[1], actor=a_user("director"))
    switched(manager, "nobody", reason="Confunde")
    features.set_group(name="x", members=[1], actor=manager)
    assert set(Entry.objects.values_list("verb", flat=True)) >= {"clinic.feature_switched", "clinic.group_changed"}
    said = FeatureEdition.objects.get()
    assert (said.author_name, said.reason) == ("Ana Gestora", "Confunde")
    for forbidden in (
        lambda: FeatureEdition.objects.update(reason="otra"),
        lambda: FeatureEdition.objects.all().delete(),
        lambda: GroupEdition.objects.update(members=[9]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()


def test_the_page_switches_makes_groups_and_tells_who_changed_what(client, manager):
    doctor = a_user("doctor", display_name="Dra. Vidal")
    signed_in(client, manager)
    client.post(reverse("accounts:set_group"), {"name": "Pioneras", "members": [doctor.pk, 999_999]})
    assert features.groups() == {"Pioneras": [doctor.pk]}
    typed = {"feature": LIVE, "on_for": "group", "group": "Pioneras", "reason": "Empezamos por ellas"}
    assert client.post(reverse("accounts:switch_feature"), typed).status_code == 302
    page = client.get(reverse("accounts:features")).content.decode()
    for said in ("Pioneras", "Dra. Vidal", "Empezamos por ellas", "Ana Gestora"):
        assert said in page
    refused = client.post(reverse("accounts:switch_feature"), {"feature": LIVE, "on_for": "share", "share": "mucho"})
    assert refused.status_code == 422
    assert refused.content.decode().count('role="alert"') == 1


def test_a_patient_is_no_colleague_and_joins_no_group(client, manager):
    patient = a_user("patient")
    signed_in(client, manager)
    client.post(reverse("accounts:set_group"), {"name": "Pioneras", "members": [patient.pk]})
    assert features.groups() == {}


@pytest.mark.parametrize("role", ["doctor", "director", "front_desk", "patient"])
def test_nobody_else_sees_the_page(client, role):
    signed_in(client, a_user(role))
    assert client.get(reverse("accounts:features")).status_code in (403, 404)
    assert client.post(reverse("accounts:switch_feature"), {"feature": LIVE, "on_for": "nobody"}).status_code in (
        403,
        404,
    )
    assert not FeatureEdition.objects.exists()

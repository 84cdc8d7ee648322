"""A patient changes what is shared and until when without ending it; the specialist sees the new extent at once."""

import pytest

from tests.webapp.people import a_doctor
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


def send(share, /, who=None, **changes):
    given = {"sections": ["results"], "until": in_days(20), **changes}
    return client_of(who or share.patient.user).post(at("change", share=share.pk), given, follow=True)


def test_the_specialist_reads_the_new_extent_from_her_next_request_on_and_nothing_of_the_old_one(marina, uria):
    share, client = a_share(marina, uria, ["results", "diary"]), client_of(uria)
    assert client.get(page_of(share, "diary")).status_code == 200
    said = words(send(share, sections=["results", "plan"]))
    assert "Changed. It holds from now on." in said
    assert client.get(page_of(share, "diary")).status_code == 404
    page = client.get(page_of(share, "plan"))
    assert page.status_code == 200
    assert page_of(share, "diary") not in page.content.decode()
    assert page_of(share, "diary") not in client.get(at("list")).content.decode()
    share.refresh_from_db()
    assert (share.sections, share.until, share.taken_back_at) == (["results", "plan"], in_days(20), None)
    line = Entry.objects.get(verb="shared.changed")
    assert (line.actor_id, line.patient_id, line.object_id) == (marina.user_id, marina.pk, str(share.pk))


def test_an_earlier_last_day_closes_it_after_that_day_and_a_later_one_keeps_it_open(marina, uria):
    shorter, longer = a_share(marina, uria, ["plan"]), a_share(a_sharer(), uria, ["plan"], until=in_days(2))
    send(shorter, sections=["plan"], until=today())
    send(longer, sections=["plan"], until=in_days(9))
    client = client_of(uria)
    for share in (shorter, longer):
        share.refresh_from_db()
    assert client.get(page_of(shorter, "plan")).status_code == 200
    days_later(longer, 5)
    assert client.get(page_of(longer, "plan")).status_code == 200
    assert presenting.state_of(presenting.one_of(marina.user, shorter.pk, today()).share, in_days(1)) == "ended"


def test_the_patient_sees_what_was_shared_when_and_each_reading_stays(marina, uria):
    share = a_share(marina, uria, ["results", "diary"])
    assert "What was shared when" not in words(client_of(marina.user).get(at("one", share=share.pk)))
    client_of(uria).get(page_of(share, "diary"))
    send(share, sections=["results"])
    said = words(client_of(marina.user).get(at("one", share=share.pk)))
    assert "What was shared when" in said
    assert "Results, Diary" in said
    assert [len(one.sections) for one in presenting.extents_of(share)] == [1, 2]
    assert [one.section.name for one in presenting.looks_at(share, "1")[0]] == ["diary"]


def test_the_form_stands_as_it_is_shared_now_and_saving_it_unchanged_changes_nothing(marina, uria):
    share = a_share(marina, uria, ["results", "diary"], until=in_days(7))
    page = client_of(marina.user).get(at("change", share=share.pk)).content.decode()
    assert page.count(" checked") == 2
    assert f'value="{in_days(7).isoformat()}"' in page
    said = words(send(share, sections=["results", "diary"], until=in_days(7)))
    assert "Changed" not in said
    assert not Entry.objects.filter(verb="shared.changed").exists()
    assert len(presenting.extents_of(share)) == 1


def test_stopping_after_a_change_is_no_extent_of_its_own(marina, uria):
    share = a_share(marina, uria, ["results", "diary"])
    send(share)
    services.take_back(share=share, actor=marina.user)
    assert len(presenting.extents_of(share)) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": in_days(-1)}, "That day is over."),
        ({"until": in_days(366)}, "a year at most"),
        ({"until": "some day"}, "Write a day as"),
        ({"sections": []}, "Choose at least one part"),
        ({"sections": ["everything"]}, "Choose at least one part"),
    ],
)
def test_what_cannot_be_is_said_and_all_stays_as_it_was(marina, uria, changes, said):
    share = a_share(marina, uria, ["diary"])
    answer = send(share, **changes)
    assert answer.status_code == 422
    assert said in words(answer)
    share.refresh_from_db()
    assert (share.sections, share.until) == (["diary"], in_days(30))


def test_the_year_is_counted_from_the_day_it_was_opened(marina, uria):
    share = days_later(a_share(marina, uria), 10)
    assert send(share, until=in_days(356)).status_code == 422
    assert send(share, until=in_days(355)).status_code == 200


def test_what_is_over_is_not_changed_back_to_life(marina):
    ended, stopped, closed = (a_share(marina, a_specialist(), ["plan"], until=in_days(3)) for _n in range(3))
    days_later(ended, 4)
    services.take_back(share=stopped, actor=marina.user)
    for share in (ended, stopped):
        answer = send(share)
        assert answer.status_code == 422
        assert "This is no longer shared" in words(answer)
    patients.withdraw_consent(patient=marina, purpose="treatment", channel="desk", actor=None)
    assert send(closed).status_code == 422
    page = client_of(marina.user).get(at("change", share=closed.pk))
    assert page.headers["Location"] == at("one", share=closed.pk)
    assert {tuple(one.sections) for one in Share.objects.all()} == {("plan",)}


def test_nobody_changes_the_share_of_somebody_else(marina, uria):
    share, other = a_share(marina, uria, ["diary"]), a_sharer(given_name="Otilia").user
    for who in (other, uria, a_doctor()):
        assert send(share, who).status_code == 404
        with pytest.raises(Share.DoesNotExist):
            services.change(share=share, sections=["plan"], until=today(), actor=who, today=today())
    share.refresh_from_db()
    assert share.sections == ["diary"]

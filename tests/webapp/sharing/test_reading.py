"""A specialist reads what is shared with her and nothing else, as long as it is; the patient sees each reading."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from tests.webapp.access.marks import CLINICAL
from tests.webapp.access.world import a_staff, on_the_shelf
from tests.webapp.people import a_doctor, a_patient_with_login, consented
from tests.webapp.sharing.shares import (
    ALL,
    a_full_life,
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
from webapp.desk.management import clock
from webapp.outbox.models import Message
from webapp.patients import services as patients
from webapp.patients.models import Patient
from webapp.prescriptions.models import Prescription
from webapp.results.models import Release
from webapp.sharing import presenting, selectors, services

pytestmark = pytest.mark.django_db
# What each section of Marina's shows of her record, and what of the others it never does.
SAID = {
    "history": (f"{CLINICAL} stay", f"{CLINICAL} cut", "Penicillins"),
    "treatments": (f"{CLINICAL} cure", "Medicines of the signed plan"),
    "results": (f"{CLINICAL} panel", "98"),
    "plan": ("Medicines and when to take them",),
    "diary": ("Day by day", "7"),
}


@pytest.fixture
def uria():
    return a_specialist()


@pytest.fixture
def marina():
    return a_sharer()


@pytest.fixture
def treated():
    """Somebody with one of everything a patient can have, and a page of the diary."""
    on_the_shelf()
    life = a_full_life("Marina", "Rey", a_staff()[Role.DOCTOR])
    row = patients.Reading("diary_pain", 7, timezone.now(), "diary")
    patients.record_observations(patient=life.patient, rows=[row], actor=None)
    return life.patient


def test_she_reads_each_section_that_is_shared(treated, uria):
    share, client = a_share(treated, uria), client_of(uria)
    for section, expected in SAID.items():
        answer = client.get(page_of(share, section))
        assert answer.status_code == 200, section
        said = words(answer)
        assert [one for one in expected if one not in said] == [], section
        assert "Marina Rey" in said


@pytest.mark.parametrize("section", ALL)
def test_of_one_section_that_is_shared_she_reads_that_one_alone(marina, uria, section):
    share, client = a_share(marina, uria, [section]), client_of(uria)
    found = {name: client.get(page_of(share, name)).status_code for name in ALL}
    assert found == {name: 200 if name == section else 404 for name in ALL}
    page = client.get(page_of(share, section)).content.decode()
    assert not any(page_of(share, name) in page for name in ALL if name != section)


def test_a_result_that_waits_for_a_doctor_is_not_shared(treated, uria):
    share = a_share(treated, uria)
    page = client_of(uria).get(page_of(share, "results"))
    waiting = Release.objects.get(patient=treated, state="waiting")
    assert str(waiting.pk) not in page.content.decode()
    assert len(page.context["reports"]) == 2
    assert client_of(uria).get(page_of(share, "results") + f"{waiting.pk}/").status_code == 404


def test_an_empty_list_says_whether_anybody_asked(uria):
    share = a_share(a_sharer(), uria)
    said = words(client_of(uria).get(page_of(share, "history")))
    assert said.count("Not asked") == 2
    patients.record_none(patient=share.patient, topic="allergies", actor=None)
    assert "None: the person was asked." in words(client_of(uria).get(page_of(share, "history")))


def test_that_there_is_none_agrees_with_the_list_in_spanish(uria):
    share, reader = a_share(a_sharer(), uria), client_of(uria)
    uria.language = "es"
    uria.save(update_fields=["language"])
    for topic in ("allergies", "history", "medications", "previous_treatments"):
        patients.record_none(patient=share.patient, topic=topic, actor=None)
    said = {section: reader.get(page_of(share, section), headers={"Accept-Language": "es"}) for section in ALL[:2]}
    titles = {"Alergias": "Ninguna", "Diagnósticos": "Ninguno", "Tratamientos actuales": "Ninguno"}
    page = said["history"].content.decode() + said["treatments"].content.decode()
    for title, none in {**titles, "Tratamientos anteriores": "Ninguno"}.items():
        assert f"{none}: se le preguntó." in page.partition(f"<h3>{title}</h3>")[2].partition("</section>")[0], title


def test_every_section_of_somebody_of_whom_nothing_is_known_opens(uria):
    share, client = a_share(a_sharer(), uria), client_of(uria)
    said = {section: words(client.get(page_of(share, section))) for section in ALL}
    assert "No plan has been signed yet" in said["plan"]
    assert "No results yet" in said["results"]
    assert "0 of the last 90 days" in said["diary"]


def test_the_papers_of_a_section_go_with_it(treated, uria):
    share, client = a_share(treated, uria, ["treatments", "results"]), client_of(uria)
    batch = Prescription.objects.get(patient=treated).batch
    sheet = client.get(at("paper", share=share.pk, part="treatments", paper=batch))
    assert sheet["Content-Type"] == "application/pdf"
    with_original = next(
        one for one in Release.objects.filter(patient=treated, state="released") if one.report.document
    )
    original = client.get(at("paper", share=share.pk, part="results", paper=with_original.pk))
    assert original["Content-Type"] == "image/png"
    assert CLINICAL.lower() not in original["Content-Disposition"].lower()
    # each by its own section alone
    assert client.get(at("paper", share=share.pk, part="results", paper=batch)).status_code == 404
    assert client.get(at("paper", share=share.pk, part="treatments", paper=with_original.pk)).status_code == 404
    assert client.get(at("paper", share=share.pk, part="diary", paper=batch)).status_code == 404


def test_a_paper_of_another_patient_is_not_reached_by_way_of_a_share(treated, uria):
    doctor = treated.general_practitioner
    other = a_full_life("Otilia", "Gil", doctor)
    share, client = a_share(treated, uria), client_of(uria)
    one = next(one for one in Release.objects.filter(patient=other.patient, state="released") if one.report.document)
    assert client.get(at("paper", share=share.pk, part="treatments", paper=other.batch_id)).status_code == 404
    assert client.get(at("paper", share=share.pk, part="results", paper=one.pk)).status_code == 404


def test_nothing_is_written_by_way_of_a_share(marina, uria):
    share, client = a_share(marina, uria), client_of(uria)
    before = Entry.objects.count()
    assert [client.post(page_of(share, section)).status_code for section in ALL] == [405] * len(ALL)
    page = client.get(page_of(share, "treatments")).content.decode()
    assert re.findall(r"<form[^>]*action=\"(?!/language/|/accounts/)[^\"]*\"", page) == []
    assert Entry.objects.count() == before + 1


@pytest.mark.parametrize(
    "name", ["desk:patient", "desk:timeline", "desk:course", "desk:summary", "results:list", "prescriptions:course"]
)
def test_the_doors_of_those_who_work_here_stay_closed_to_her(marina, uria, name):
    a_share(marina, uria)
    key = "pk" if name.startswith("desk") else "patient"
    assert client_of(uria).get(reverse(name, kwargs={key: marina.pk})).status_code == 404


def test_no_selector_of_the_clinic_gives_her_the_patient(marina, uria):
    a_share(marina, uria)
    assert list(patients.selectors.patients_for(uria)) == []
    assert not patients.selectors.may_read_record(uria, marina)
    with pytest.raises(Patient.DoesNotExist):
        patients.selectors.record_of(uria, marina)


def test_another_specialist_a_doctor_and_the_patient_do_not_come_in_by_her_share(marina, uria):
    share = a_share(marina, uria)
    for somebody in (a_specialist("Dra. Otra"), a_doctor(), marina.user):
        assert client_of(somebody).get(page_of(share, "plan")).status_code == 404
    assert "Marina" not in words(client_of(a_specialist("Dra. Nueva")).get(at("list")))


def test_who_is_no_longer_a_specialist_reads_nothing(marina, uria):
    share, client = a_share(marina, uria), client_of(uria)
    uria.roles.update(role=Role.DIETITIAN)
    assert client.get(page_of(share, "plan")).status_code == 404
    assert client.get(at("list")).status_code == 404


def test_she_needs_a_second_step_as_those_who_work_here_do(marina, uria):
    share = a_share(marina, uria)
    uria.authenticator_set.all().delete()
    client = client_of(uria)
    answer = client.get(page_of(share, "plan"))
    assert answer.status_code == 302
    assert "/accounts/second-step/set-up/" in answer.url


# --- until when


def gone(client, share):
    """Whether a share looks as one that never was, in every address of it."""
    never = "00000000-0000-4000-8000-000000000000"
    pages = [client.get(page_of(share, section)) for section in ALL]
    missing = client.get(at("section", share=never, part="plan"))
    papers = [client.get(at("paper", share=share.pk, part="treatments", paper=never))]
    alike = {words(page) for page in [*pages, *papers]} == {words(missing)}
    return alike and all(page.status_code == 404 for page in [*pages, *papers, missing])


def test_on_its_last_day_it_is_read_and_on_the_next_it_is_not_there(marina, uria):
    share, client = a_share(marina, uria, until=in_days(2)), client_of(uria)
    days_later(share, 2)
    assert client.get(page_of(share, "plan")).status_code == 200
    days_later(share, 1)
    assert gone(client, share)
    assert "Marina" not in words(client.get(at("list")))


@pytest.mark.parametrize(("zone", "status"), [("Europe/Madrid", 404), ("Atlantic/Azores", 200)])
def test_the_day_ends_by_the_clinics_clock(marina, uria, zone, status):
    """Half past eleven in Greenwich: in Madrid the next day has begun, on the Azores it has not."""
    share = a_share(marina, uria, ["plan"], until=today())
    late = datetime.combine(share.until, time(23, 30), tzinfo=UTC)
    with override_settings(TIME_ZONE=zone), clock.at(late):
        assert client_of(uria).get(page_of(share, "plan")).status_code == status


@pytest.mark.parametrize("left", [-1, 0, 1])
@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("said", ["", "w", "wa", "wawa", "a"])
def test_what_the_patient_is_told_is_open_is_what_the_specialist_can_read(marina, uria, left, back, said):
    share = a_share(marina, uria, ["plan"], until=in_days(2))
    for word in said:
        if word == "w":
            patients.withdraw_consent(patient=marina, purpose="treatment", channel="desk", actor=None)
        else:
            consented(marina)
    if back:
        services.take_back(share=share, actor=marina.user)
    days_later(share, 2 - left)
    [shown] = presenting.own(marina.user, today())
    read = client_of(uria).get(page_of(share, "plan")).status_code == 200
    assert read == shown.is_open == (left >= 0 and not back and "w" not in said)


def test_taken_back_while_she_reads_the_next_request_finds_nothing(marina, uria):
    share, reader, patient = a_share(marina, uria), client_of(uria), client_of(marina.user)
    assert reader.get(page_of(share, "results")).status_code == 200
    answer = patient.post(at("take_back", share=share.pk), follow=True)
    assert "No longer shared. Dr. Ander Uría can no longer read it." in words(answer)
    assert gone(reader, share)
    assert "Marina" not in words(reader.get(at("list")))
    line = Entry.objects.get(verb="shared.taken_back")
    assert (line.actor_id, line.patient_id) == (marina.user_id, marina.pk)


def test_taking_back_twice_is_taking_back_once(marina, uria):
    share, client = a_share(marina, uria), client_of(marina.user)
    for _click in range(2):
        assert client.post(at("take_back", share=share.pk)).status_code == 302
    assert Entry.objects.filter(verb="shared.taken_back").count() == 1


def test_only_the_patient_takes_it_back(marina, uria):
    share = a_share(marina, uria)
    for somebody in (uria, a_doctor(), a_sharer(given_name="Otilia").user):
        with pytest.raises(share.DoesNotExist):
            services.take_back(share=share, actor=somebody)
        assert client_of(somebody).post(at("take_back", share=share.pk)).status_code == 404
    assert client_of(uria).get(page_of(share, "plan")).status_code == 200


def test_a_look_at_the_page_takes_nothing_back(marina, uria):
    share = a_share(marina, uria)
    assert client_of(marina.user).get(at("take_back", share=share.pk)).status_code == 405


def test_with_the_consent_to_be_treated_withdrawn_it_is_gone_and_does_not_come_back_by_itself(marina, uria):
    share, client = a_share(marina, uria), client_of(uria)
    assert client.get(page_of(share, "plan")).status_code == 200
    patients.withdraw_consent(patient=marina, purpose="treatment", channel="desk", actor=None)
    assert gone(client, share)
    consented(marina)
    assert gone(client, share)


def test_a_withdrawal_written_down_with_an_earlier_day_closes_it_too(marina, uria):
    share, client = a_share(marina, uria), client_of(uria)
    yesterday = timezone.now() - timedelta(days=1)
    patients.withdraw_consent(patient=marina, purpose="treatment", channel="desk", actor=None, at=yesterday)
    assert gone(client, share)


def test_withdrawing_another_consent_closes_nothing(marina, uria):
    share = a_share(marina, uria)
    consented(marina, "marketing")
    patients.withdraw_consent(patient=marina, purpose="marketing", channel="desk", actor=None)
    assert client_of(uria).get(page_of(share, "plan")).status_code == 200


# --- who looked


def test_the_patient_sees_who_looked_when_and_at_which_part(treated, uria):
    share, reader = a_share(treated, uria), client_of(uria)
    reader.get(page_of(share, "results"))
    reader.get(page_of(share, "results"))
    reader.get(at("paper", share=share.pk, part="treatments", paper=Prescription.objects.get(patient=treated).batch))
    client = client_of(treated.user)
    assert "Read 3 times" in words(client.get(at("mine")))
    page = client.get(at("one", share=share.pk))
    assert [(look.section.name, look.taken) for look in page.context["looks"]] == [
        ("treatments", True), ("results", False), ("results", False),
    ]  # fmt: skip
    assert "took a paper along" in words(page)
    assert "Dr. Ander Uría" in words(client.get(reverse("portal:looks")))
    assert "Read a part of the record that the patient shared" in words(client.get(reverse("portal:looks")))


def test_a_page_that_was_refused_stands_as_no_reading(marina, uria):
    share = a_share(marina, uria, ["plan"])
    client_of(uria).get(page_of(share, "results"))
    assert not selectors.looks_through(marina.pk, share.pk).exists()


def test_what_was_read_stays_in_the_list_after_it_was_taken_back(marina, uria):
    share = a_share(marina, uria)
    client_of(uria).get(page_of(share, "plan"))
    services.take_back(share=share, actor=marina.user)
    assert "Read once" in words(client_of(marina.user).get(at("mine")))
    assert len(client_of(marina.user).get(at("one", share=share.pk)).context["looks"]) == 1


def test_the_patient_is_told_of_the_first_reading_once_without_a_health_word(marina, uria):
    share, reader = a_share(marina, uria), client_of(uria)
    for section in ("plan", "results", "plan"):
        reader.get(page_of(share, section))
    told = Message.objects.get(key=f"shared_read:{share.pk}")
    assert (told.template, told.address) == ("message_waiting", marina.user.email)
    assert told.link.endswith("/shared/mine/")


def test_a_patient_who_can_no_longer_sign_in_is_not_told(marina, uria):
    share = a_share(marina, uria)
    marina.user.is_active = False
    marina.user.save(update_fields=["is_active"])
    client_of(uria).get(page_of(share, "plan"))
    assert not Message.objects.filter(key__startswith="shared_read").exists()


def test_seeing_the_name_in_the_list_is_in_the_book_too(marina, uria):
    a_share(marina, uria)
    client_of(uria).get(at("list"))
    assert Entry.objects.filter(verb="patient.listed", actor_id=uria.pk, patient_id=marina.pk).count() == 1


def test_no_address_of_a_share_names_a_part_of_a_record(marina, uria):
    share = a_share(marina, uria)
    for section in ALL:
        assert section not in page_of(share, section)


def test_the_list_of_a_specialist_asks_as_often_for_one_as_for_many(uria, django_assert_max_num_queries):
    client = client_of(uria)
    a_share(a_sharer(), uria, ["plan"])
    client.get(at("list"))
    with django_assert_max_num_queries(100) as few:
        client.get(at("list"))
    asked = len(few)
    for _n in range(9):
        a_share(a_sharer(), uria, ["plan", "diary"])
    with django_assert_max_num_queries(asked):
        page = client.get(at("list"))
    assert len(page.context["rows"]) == 10


def test_the_readings_are_asked_for_at_once(marina, uria, django_assert_max_num_queries):
    share, reader, client = a_share(marina, uria), client_of(uria), client_of(marina.user)
    reader.get(page_of(share, "plan"))
    client.get(at("one", share=share.pk))
    with django_assert_max_num_queries(100) as few:
        client.get(at("one", share=share.pk))
    asked = len(few)
    for _n in range(5):
        reader.get(page_of(share, "diary"))
    with django_assert_max_num_queries(asked):
        client.get(at("one", share=share.pk))


def test_who_has_no_consent_text_at_all_may_still_share(uria):
    """Whoever never said anything about treatment has withdrawn nothing; the share is a decision of its own."""
    share = a_share(a_patient_with_login(), uria)
    assert client_of(uria).get(page_of(share, "plan")).status_code == 200

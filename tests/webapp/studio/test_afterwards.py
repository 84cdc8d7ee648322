"""What came of a protocol afterwards: counted right, told to those it concerns, and never of fewer than five."""

import json
import re
from datetime import timedelta

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone

from rules import selectors as shelf
from rules.models import Version
from tests.webapp.intake.factories import a_shelf, signed_in
from tests.webapp.people import a_user, confirmed
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, an_evaluation, ppi, this_day, years_ago
from tests.webapp.studio.test_drafts import ibarra, looked, proposed, salas, url  # noqa: F401 - two directors
from webapp.outbox.models import Message
from webapp.plans import outcomes, services
from webapp.plans.models import Evaluation, Plan
from webapp.studio import aftermath, exceptions, incidents, reviews
from webapp.studio.models import Incident, ProtocolDay, RuleDay

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=300)


@pytest.fixture
def doctor():
    return a_doctor()


@pytest.fixture
def director():
    return a_user("director")


def decided(doctor, patient, decision="accepted", **more):
    plan = a_plan(patient, ppi(), seen_by=doctor)
    item = plan.items.get()
    services.decide_item(plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision=decision, **more)
    return item


def page_of(client, user, name, *arguments, query=""):
    shown = signed_in(client, user).get(reverse(f"studio:{name}", args=arguments) + query)
    assert shown.status_code == 200
    return re.sub(r"\s+", " ", shown.content.decode())


def test_a_protocol_tells_of_each_rule_and_version_what_became_of_it(client, doctor, director):
    a_shelf()
    ProtocolDay.objects.create(protocol="reflux", version="1.2.0", day=this_day(), could=10)
    RuleDay.objects.create(protocol="reflux", version="1.2.0", rule="ppi_trial", day=this_day(), fired=4, waited=1)
    items = [decided(doctor, a_patient()) for _each in range(3)]
    decided(doctor, a_patient(), "rejected", reason_code="preference", note="No quiere más pastillas")
    for item, seconds in zip(items, (4, 10, 100), strict=True):
        outcomes.on_screen(doctor, item.plan, {item.pk: seconds})
    (row,) = aftermath.read(director, "reflux", LONG_AGO)
    assert (row.version, row.could, row.fired, row.waited, row.percent) == ("1.2.0", 10, 4, 1, 40)
    assert (row.use.shown, row.use.outcomes["accepted"], row.use.median_seconds) == (4, 3, 10)
    version = shelf.version("protocol", "reflux").pk
    assert "ppi_trial" in page_of(client, director, "after", version)
    one = page_of(client, director, "after_rule", version, row.code)
    assert "No quiere más pastillas" in one
    assert "<svg" in one
    assert "reflux" not in reverse("studio:after_rule", args=[version, row.code])


def test_what_doctors_wrote_is_read_by_directors_alone(client, doctor):
    a_shelf()
    decided(doctor, a_patient(), "rejected", reason_code="preference", note="No quiere más pastillas")
    code = aftermath.code_of("reflux", "ppi_trial")
    shown = page_of(client, a_doctor("Dr. Otro"), "after_rule", shelf.version("protocol", "reflux").pk, code)
    assert "ppi_trial" in shown
    assert "pastillas" not in shown
    assert aftermath.notes(doctor, "reflux", "ppi_trial", LONG_AGO) == []


@pytest.mark.parametrize("role", ["patient", "front_desk", "administrator"])
def test_who_may_not_read_protocols_finds_no_such_page(client, role):
    a_shelf()
    signed_in(client, a_user(role))
    pk = shelf.version("protocol", "reflux").pk
    for where in (url("after", pk), url("after_rule", pk, "abc"), url("firing"), url("news")):
        assert client.get(where).status_code in {302, 403, 404}
    assert aftermath.read(a_user(role), "reflux", LONG_AGO) == []


def test_no_page_of_a_rule_nobody_counted(client, director):
    a_shelf()
    signed_in(client, director)
    pk = shelf.version("protocol", "reflux").pk
    assert client.get(url("after_rule", pk, "nothing")).status_code == 404
    assert client.get(url("after", pk)).status_code == 200


# --- how people fared


def scored(value):
    return json.dumps({"scores": {"ibs_sss": {"status": "ok", "value": value}}})


def fared(doctor, before, after, decision="accepted", **more):
    """One person whose plan was signed a month ago, with a score then and one since."""
    patient = a_patient()
    item = decided(doctor, patient, decision, **more)
    with pgtrigger.ignore("plans.Evaluation:evaluations_never_change"):
        made = Evaluation.objects.filter(pk=item.plan.evaluation_id)
        made.update(result=scored(before), created_at=timezone.now() - timedelta(days=30))
    month = timezone.now() - timedelta(days=30)
    with pgtrigger.ignore("plans.Plan:plans_signed_by_a_doctor"):
        Plan.objects.filter(pk=item.plan_id).update(status="signed", signed_by=doctor, signed_at=month)
    if after is not None:
        an_evaluation(patient, result=scored(after))


def test_people_whose_plan_was_taken_are_set_beside_those_whose_plan_was_changed(client, doctor, director):
    a_shelf()
    for place in range(5):
        fared(doctor, 300, 200 + place)
        fared(doctor, 300, 280, "rejected", reason_code="preference")
    fared(doctor, 300, None)
    told = aftermath.outcomes(director, "reflux", LONG_AGO)
    assert (told.signed["taken"], told.known["taken"], told.signed["changed"]) == (6, 5, 5)
    (row,) = told.rows
    assert (row.score, row.taken, row.changed) == ("ibs_sss", (5, -98.0), (5, -20.0))
    page = page_of(client, director, "after", shelf.version("protocol", "reflux").pk)
    assert "ibs_sss" in page


def test_of_four_people_nothing_is_said(doctor, director):
    for _each in range(4):
        fared(doctor, 300, 200)
    told = aftermath.outcomes(director, "reflux", LONG_AGO)
    assert (told.signed["taken"], list(told.rows)) == (4, [])


# --- more than half against it


def test_more_than_half_against_a_rule_in_thirty_days_is_noticed_once(doctor, director):
    for _each in range(4):
        decided(doctor, a_patient(), "rejected", reason_code="preference")
    assert incidents.look(this_day()) == []
    decided(doctor, a_patient())
    (found,) = incidents.look(this_day())
    assert (found.kind, found.count, found.of) == ("against", 4, 5)
    assert incidents.look(this_day()) == []
    incidents.close(director, found.pk, "Se corrige en la 1.3.0")
    assert incidents.look(this_day()) == [], "it was answered; thirty days later it is looked at anew"
    assert Incident.objects.count() == 1


# --- an exception drafted


def with_case(doctor, decision, age, **more):
    item = decided(doctor, a_patient(birth_date=years_ago(age)), decision, **more)
    case = {"patient": {"age_years": age, "sex": "female"}, "questionnaire": {}}
    with pgtrigger.ignore("plans.Evaluation:evaluations_never_change"):
        Evaluation.objects.filter(pk=item.plan.evaluation_id).update(case=case)


def test_an_exception_is_drafted_from_what_those_share_whom_a_rule_was_not_for(client, doctor, director):
    a_shelf()
    for _each in range(5):
        with_case(doctor, "rejected", 80, reason_code="not_indicated")
        with_case(doctor, "accepted", 40)
    with_case(doctor, "accepted", 80)
    found = exceptions.drafted(director, "reflux", "ppi_trial", LONG_AGO)
    assert [(one.condition, one.against, one.having) for one in found] == [
        ("age >= 65 years", 5, 6), ("age >= 75 years", 5, 6),
    ]  # fmt: skip
    assert "- age >= 75 years" in found[1].text
    code = aftermath.code_of("reflux", "ppi_trial")
    before = Version.objects.count()
    page = page_of(client, director, "after_rule", shelf.version("protocol", "reflux").pk, code)
    assert "age &gt;= 75 years" in page
    assert Version.objects.count() == before, "it is offered, never applied"
    assert exceptions.drafted(doctor, "reflux", "ppi_trial", LONG_AGO) == []


def test_of_four_people_no_exception_is_drafted(doctor, director):
    for _each in range(4):
        with_case(doctor, "rejected", 80, reason_code="not_indicated")
    assert exceptions.drafted(director, "reflux", "ppi_trial", LONG_AGO) == []


# --- reminders of reviews


def due_in(days):
    a_shelf()
    version = shelf.version("protocol", "reflux")
    report = version.report | {"review_by": (this_day() + timedelta(days)).isoformat()}
    with pgtrigger.ignore("rules.Version:published_stays"):
        Version.objects.filter(pk=version.pk).update(report=report)


def test_directors_are_reminded_of_a_review_once_at_each_offset(client, director, doctor):
    due_in(59)
    reviews.remind(this_day())
    reviews.remind(this_day() + timedelta(1))
    assert Message.objects.count() == 1
    reviews.remind(this_day() + timedelta(30))
    reviews.remind(this_day() + timedelta(60))
    reviews.remind(this_day() + timedelta(70))
    assert list(Message.objects.values_list("template", flat=True)) == ["message_waiting"] * 3
    assert "reflux" not in Message.objects.first().link
    assert "Revisar" in page_of(client, director, "list") or "c-ochre" in page_of(client, director, "list")
    assert "Por revisar" in page_of(client, director, "news")
    assert "Por revisar" not in page_of(client, doctor, "news")


def test_a_review_that_is_far_reminds_nobody(director):
    due_in(90)
    reviews.remind(this_day())
    assert not Message.objects.exists()


def test_the_offsets_are_the_clinics(director, settings):
    settings.REVIEW_NOTICE_DAYS = [100]
    due_in(90)
    reviews.remind(this_day())
    reviews.remind(this_day() + timedelta(60))
    assert Message.objects.count() == 1


# --- who is told of what


def letters():
    return [(one.key.rpartition(":")[0], one.key.rpartition(":")[2]) for one in Message.objects.order_by("pk")]


def test_who_may_decide_is_told_of_a_proposal_and_its_author_of_the_decision(salas, ibarra):  # noqa: F811
    vidal, proposal = a_doctor(), proposed(salas)
    writer, other = str(proposal.submitted_by_id), str(ibarra.session["_auth_user_id"])
    assert letters() == [(f"studio:proposal:{proposal.pk}", other)]
    assert "ppi" not in Message.objects.get().link
    ibarra.post(url("remark", proposal.pk), {"line": "3", "words": "¿Por qué tres?"})
    assert letters()[1][1] == writer
    assert "¿Por qué tres?" in salas.get(url("news")).content.decode()
    looked(ibarra, proposal)
    confirmed(ibarra)
    ibarra.post(url("decide", proposal.pk), {"approve": "1", "comment": "de acuerdo"})
    told = dict(letters()[2:])
    assert told[f"studio:decided:{proposal.pk}"] == writer
    assert [who for what, who in letters() if what.startswith("studio:in_force")] == [str(vidal.pk)]


def test_doctors_read_what_came_into_force(client, doctor):
    a_shelf()
    page = page_of(client, doctor, "news")
    assert "en vigor desde" in page
    assert "Proposals" not in page

"""A rule that goes silent or loud is noticed within days, told once, and quiet years bring no false alarm."""

import json
from datetime import date, timedelta

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import signed_in
from tests.webapp.people import a_user
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_patient, an_evaluation, content, this_day
from tests.webapp.studio.quiet_years import BEGIN, HISTORY, YEAR, alarm, drawn, false_alarms, until_noticed
from webapp.outbox.models import Message
from webapp.plans.assessment import assess
from webapp.plans.models import Evaluation
from webapp.studio import aftermath, control, counting, incidents, limits, tasks
from webapp.studio.limits import Count
from webapp.studio.models import Incident, ProtocolDay, RuleDay


def held(fired=4, could=20, weeks=26):
    found = limits.usual([Count(fired, could)] * weeks)
    assert found is not None
    return found


def test_the_chances_of_every_count_sum_to_one_and_both_sides_meet():
    said = held()
    for count in range(21):
        both = limits.at_most(said, Count(count, 20)) + limits.at_least(said, Count(count + 1, 20)) if count < 20 else 1
        assert both == pytest.approx(1)
    assert limits.at_most(said, Count(20, 20)) == pytest.approx(1)


def test_the_limits_hold_for_thousands_as_for_ten():
    for could in (10, 1000, 20_000):
        low, high = limits.within(limits.usual([Count(could * 4 // 10, could)] * 26), could)
        assert low < could * 0.4 < high
        assert low >= 0
        assert high <= could


def test_weeks_that_differ_by_more_than_chance_widen_the_limits():
    calm, wild = held(), limits.usual([Count(1, 20), Count(7, 20)] * 13)
    assert wild.spread > 2
    assert limits.within(wild, 20)[1] > limits.within(calm, 20)[1]


def test_too_short_a_history_says_nothing():
    assert limits.usual([Count(5, 40)]) is None
    assert control.found(drawn("short", 10, 0.4, 20), BEGIN + timedelta(20)) is None


def test_quiet_years_bring_an_alarm_to_one_rule_in_fifty_at_most():
    assert false_alarms(2, 0.4, 100) + false_alarms(10, 0.1, 100) <= 8  # measured: 30 of 1,800 years


@pytest.mark.parametrize(("people", "share", "within"), [(2, 0.4, 20), (10, 0.1, 20), (10, 0.4, 7)])
def test_a_rule_that_goes_silent_is_noticed_within_days(people, share, within):
    noticed = until_noticed(people, share, 0, 10)
    assert None not in noticed
    assert sorted(noticed)[5] <= within


def test_a_rule_that_fires_for_everybody_is_noticed_within_a_week():
    noticed = until_noticed(10, 0.1, 10, 10)
    assert None not in noticed
    assert max(noticed) <= 7


def test_what_a_director_closed_begins_a_new_history():
    days = drawn("new", 10, 0.4, HISTORY + YEAR, lambda day, share: 0.05 if day >= HISTORY else share)
    assert alarm(days, HISTORY, HISTORY + 60) is not None
    closed = BEGIN + timedelta(HISTORY + 60)
    later = [control.found(days, closed + timedelta(number), closed) for number in range(1, 200)]
    assert later == [None] * 199


# --- through evaluations as they are stored


def seen(patient, day, *items, opened=(), version="1.2.0"):
    """One stored evaluation of a day."""
    said = {
        "versions": {"protocol:reflux": version, "score:gerdq": "1.0.0"},
        "items": list(items),
        "open_rules": list(opened),
    }
    made = an_evaluation(patient, result=json.dumps(said))
    with pgtrigger.ignore("plans.Evaluation:evaluations_never_change"):
        moment = timezone.now() - timedelta(days=(this_day() - day).days)
        Evaluation.objects.filter(pk=made.pk).update(created_at=moment)
    return made


@pytest.mark.django_db
def test_a_person_counts_once_a_day_with_the_last_word():
    day = this_day() - timedelta(1)
    marina, ana = a_patient(), a_patient("Ana")
    seen(marina, day, content("rx:ppi"))
    seen(marina, day, opened=[{"protocol": "reflux", "rule": "ppi_trial"}])
    seen(ana, day, content("rx:ppi"), content("advice:meals"))
    an_evaluation(marina)  # today: its day is not over
    counting.go_on(this_day())
    assert list(ProtocolDay.objects.values_list("protocol", "version", "day", "could")) == [("reflux", "1.2.0", day, 2)]
    assert list(RuleDay.objects.values_list("rule", "fired", "waited")) == [("ppi_trial", 1, 1)]
    counting.count(day)
    assert RuleDay.objects.get().fired == 1, "counted again it is the same"


@pytest.mark.django_db
def test_counts_name_nobody():
    fields = {field.name for table in (ProtocolDay, RuleDay) for field in table._meta.get_fields()}
    assert fields == {"id", "protocol", "version", "rule", "day", "could", "fired", "waited"}


def history(rate, days=210, could=8, until=None):
    """Counts of a rule that fired as usual; ``until``: up to that many days ago."""
    today = this_day()
    for back in range(days, 0, -1):
        day = today - timedelta(back)
        ProtocolDay.objects.create(protocol="reflux", version="1.2.0", day=day, could=could)
        fired = rate if until is None or back > until else 0
        if fired:
            RuleDay.objects.create(protocol="reflux", version="1.2.0", rule="ppi_trial", day=day, fired=fired, waited=0)


@pytest.mark.django_db
def test_an_incident_is_told_once_without_a_word_of_health_and_closed_with_a_reason(client):
    director = a_user("director")
    a_user("front_desk")
    history(2, until=12)
    tasks.afterwards()
    found = Incident.objects.get()
    assert (found.kind, found.rule, found.count, found.of, found.since) == (
        "silent", "ppi_trial", 0, 96, this_day() - timedelta(12),
    )  # fmt: skip
    tasks.afterwards()
    assert Incident.objects.count() == 1
    letter = Message.objects.get()
    assert (letter.template, letter.recipient is not None) == ("message_waiting", True)
    assert "reflux" not in letter.link
    signed_in(client, director)
    page = client.get(reverse("studio:news")).content.decode()
    assert "ppi_trial" in page
    where = reverse("studio:close_incident", args=[found.pk])
    assert client.post(where, {"reason": "  "}).status_code == 422
    assert client.post(where, {"reason": "La pregunta cambió de nombre"}).status_code == 302
    found.refresh_from_db()
    assert (found.closed_by, found.reason) == (director, "La pregunta cambió de nombre")
    assert client.post(where, {"reason": "otra vez"}).status_code == 404
    tasks.afterwards()
    assert Incident.objects.filter(closed_at=None).count() == 0, "what was closed is a new history"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["doctor", "administrator", "front_desk", "patient"])
def test_only_directors_see_and_close_incidents(client, role):
    history(2, until=12)
    found = incidents.look(this_day())[0]
    signed_in(client, a_user(role))
    assert "ppi_trial" not in client.get(reverse("studio:news")).content.decode()
    assert client.post(reverse("studio:close_incident", args=[found.pk]), {"reason": "x"}).status_code in {
        302,
        403,
        404,
    }
    found.refresh_from_db()
    assert found.closed_at is None


@pytest.mark.django_db
def test_a_quiet_rule_raises_nothing():
    history(2)
    assert incidents.look(this_day()) == []
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_thousand_rules_are_looked_at_with_as_many_queries_as_one(django_assert_max_num_queries):
    days = [this_day() - timedelta(back) for back in range(90, 0, -1)]
    ProtocolDay.objects.bulk_create(ProtocolDay(protocol="reflux", version="1.2.0", day=day, could=9) for day in days)
    RuleDay.objects.bulk_create(
        RuleDay(protocol="reflux", version="1.2.0", rule=f"rule_{number}", day=day, fired=2, waited=0)
        for number in range(1000)
        for day in days
    )
    director = a_user("director")
    assert director.may("protocols.publish")
    with django_assert_max_num_queries(8):
        incidents.look(this_day())
    with django_assert_max_num_queries(5):
        assert len(aftermath.firing(director, date.min, "es")) == 1000


# --- three incidents through the real path: the shipped protocols, records as they are written, the engine


def fires_for(patient):
    """Return every rule that the shipped protocols fire for a record, assessed for true."""
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    said = json.loads(Evaluation.objects.filter(patient=patient).latest("created_at").result)
    return {tuple(key) for key in counting._fired(said)}, said


def an_adult(**labs):
    patient = a_patient(birth_date=clinic.years_ago(52))
    clinic.nothing(patient, "allergies", "medications", "history", "family_history")
    clinic.says(
        patient,
        heartburn_days=4,
        duration_weeks=10,
        dysphagia=False,
        weight_loss=False,
        vomiting=False,
        gi_bleeding=False,
    )
    for code, (value, unit) in labs.items():
        clinic.lab(patient, code, value, unit)
    return patient


@pytest.mark.django_db
def test_a_renamed_question_a_changed_unit_and_a_vanished_lab_make_their_rules_silent():
    clinic.publish()
    a_user("director")
    whole, said = fires_for(an_adult(hb=(105, "g/L")))
    nameless = a_patient(birth_date=clinic.years_ago(52))
    clinic.nothing(nameless, "allergies", "medications", "history", "family_history")
    clinic.says(
        nameless,
        heartburn_dias=4,
        duration_weeks=10,
        dysphagia=False,
        weight_loss=False,
        vomiting=False,
        gi_bleeding=False,
    )
    clinic.lab(nameless, "hb", 105, "g/L")
    renamed, _said = fires_for(nameless)
    tenfold, _said = fires_for(an_adult(hb=(1050, "g/L")))
    vanished, _said = fires_for(an_adult())
    for what, broken in (("renamed", renamed), ("tenfold", tenfold), ("vanished", vanished)):
        lost = whole - broken
        assert lost, f"{what}: the engine no longer brings what it brought"
        Incident.objects.all().delete()
        ProtocolDay.objects.all().delete()
        RuleDay.objects.all().delete()
        for protocol, rule, version in lost:
            if not ProtocolDay.objects.filter(protocol=protocol).exists():
                ProtocolDay.objects.bulk_create(
                    ProtocolDay(protocol=protocol, version=version, day=this_day() - timedelta(back), could=8)
                    for back in range(230, 0, -1)
                )
            RuleDay.objects.bulk_create(
                RuleDay(
                    protocol=protocol, version=version, rule=rule, day=this_day() - timedelta(back), fired=2, waited=0
                )
                for back in range(230, 14, -1)
            )
        noticed = {(one.protocol, one.rule, one.kind) for one in incidents.look(this_day())}
        assert noticed == {(protocol, rule, "silent") for protocol, rule, _version in lost}, what
    assert said["versions"]

"""Somebody speaks SQL as the application does (a hole, a console): what the database refuses even then."""

import environ
import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from rules import services as shelf
from rules.models import Release, ReleaseVersion
from rules.selectors import ShelfError
from tests.webapp.intake.factories import a_respondent, a_shelf, begun, say
from tests.webapp.people import a_text, consented
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, an_allergy
from webapp.alerts import services as alerts
from webapp.audit import services as audit
from webapp.patients import services as patients
from webapp.plans import deciding

pytestmark = pytest.mark.django_db
EVERY = "SET LOCAL pgtrigger.ignore = '{%s}'"


def as_the_application() -> psycopg.Connection:
    """Connect to the test's database with the application's own name and password; it sees only what is committed."""
    known = environ.Env.db_url_config(settings.DATABASE_URL)
    return psycopg.connect(
        host=known["HOST"], port=known["PORT"], user=known["USER"], password=known["PASSWORD"],
        dbname=connection.settings_dict["NAME"], autocommit=True,
    )  # fmt: skip


def denied(statement: str, *values: object, before: str = "") -> str:
    """Return why the application's role may not do this; fail if it may."""
    with as_the_application() as speaker:
        speaker.execute(f"BEGIN; {before or 'SELECT 1'}")
        with pytest.raises(psycopg.Error) as told:
            speaker.execute(statement, values)
        speaker.rollback()
    return str(told.value)


def refused(statement: str, *values: object) -> str:
    """Return why the database refuses this to its owner, and so to everybody; fail if it does not."""
    with connection.cursor() as cursor, pytest.raises(DatabaseError) as told, transaction.atomic():
        cursor.execute(statement, values)
    return str(told.value)


def all_triggers() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(tgname, ',') FROM pg_trigger WHERE NOT tgisinternal")
        return EVERY % cursor.fetchone()[0]


def a_signed_plan():
    doctor = a_doctor()
    plan = a_plan(a_patient(), seen_by=doctor)
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    return deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE audit_entry",
        "UPDATE audit_entry SET verb = 'nothing'",
        "DELETE FROM audit_entry",
        "TRUNCATE patients_observation",
        "TRUNCATE plans_plan CASCADE",
        "ALTER TABLE plans_plan DISABLE TRIGGER ALL",
        "DROP TRIGGER pgtrigger_plans_signed_by_a_doctor_90375 ON plans_plan",
        "ALTER TABLE plans_plan DROP CONSTRAINT plans_one_signed",
        "SET session_replication_role = replica",
        "CREATE TABLE public.loot (t text)",
        "CREATE FUNCTION public._pgtrigger_should_ignore(n text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE ROLE intruder SUPERUSER",
        "COPY patients_patient TO '/var/patients'",
        "COPY patients_patient TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/hostname')",
    ],
)
def test_the_applications_role_cannot_loosen_what_holds_it(statement):
    why = denied(statement)
    assert "permission denied" in why or "must be" in why, why


@pytest.mark.django_db(transaction=True)
def test_naming_the_triggers_that_shall_step_aside_does_not_help():
    """The library behind the triggers has a switch; it is out of the application's reach."""
    plan, name = a_signed_plan(), all_triggers()
    assert "does not change" in denied("UPDATE plans_plan SET revision = 99", before=name)
    assert "only the items of a draft" in denied("UPDATE plans_planitem SET reason_code = 'x'", before=name)
    assert "is kept" in denied("DELETE FROM plans_plan WHERE id = %s", plan.pk, before=name)
    assert "Cannot update" in denied("UPDATE plans_evaluation SET because = 'x'", before=name)
    assert "Cannot delete" in denied("DELETE FROM patients_patient", before=name)


def test_no_signature_is_forged_by_sql():
    plan, dietitian = a_plan(a_patient(), seen_by=a_doctor()), a_user("dietitian")
    sign = "UPDATE plans_plan SET status = 'signed', signed_by_id = %s, signed_at = now() WHERE id = %s"
    assert "only a doctor signs" in refused(sign, dietitian.pk, plan.pk)
    assert "every item is decided" in refused(sign, a_doctor().pk, plan.pk)
    assert "only a doctor signs" in refused("UPDATE plans_plan SET status = 'signed' WHERE id = %s", plan.pk)


def test_an_item_does_not_move_from_a_draft_into_another_plan():
    plan, other = a_plan(a_patient()), a_plan(a_patient())
    move = "UPDATE plans_planitem SET plan_id = %s WHERE plan_id = %s"
    assert refused(move, other.pk, plan.pk)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("patients_allergyintolerance", "text"), ("patients_allergyintolerance", "patient_id"),
        ("patients_allergyintolerance", "recorded_at"), ("patients_medicationstatement", "dose"),
        ("patients_condition", "code"), ("patients_nonerecorded", "list"), ("patients_observation", "value"),
        ("patients_consent", "decided_at"), ("patients_consenttext", "body_es"),
    ],
)  # fmt: skip
def test_what_was_written_down_is_not_rewritten_and_not_deleted(table, column):
    patient, other = a_patient(), a_patient()
    for one in (patient, other):
        an_allergy(one)
        patients.add_medication(patient=one, code="omeprazole", text="omeprazol", dose="20 mg", actor=None)
        patients.add_condition(patient=one, code="ulcerative_colitis", actor=None)
        patients.record_none(patient=one, topic="family_history", actor=None)
        row = patients.Reading("hb", len(one.record_number), timezone.now(), "lab", "g/L")
        patients.record_observations(patient=one, rows=[row], actor=None)
        consented(one)
    new = {"patient_id": str(other.pk), "recorded_at": "2020-01-01", "decided_at": "2020-01-01", "list": "history",
           "body_es": "otro"}.get(column, b"other")  # fmt: skip
    owner = "" if table == "patients_consenttext" else f" WHERE patient_id = '{patient.pk}'"
    assert "Cannot" in refused(f"UPDATE {table} SET {column} = %s{owner}", new)  # noqa: S608 — our own tables
    assert "Cannot" in refused(f"DELETE FROM {table}{owner}")  # noqa: S608


def test_answers_once_sent_and_their_questionnaire_stay():
    a_shelf()
    response = begun(a_respondent(), "diary", for_day=timezone.localdate())
    say(response, "diary_pain", "3")
    moved = "UPDATE intake_questionnaireresponse SET patient_id = %s"
    assert "stays with its patient" in refused(moved, a_patient().pk)
    now = timezone.now()
    type(response).objects.filter(pk=response.pk).update(
        status="completed", completed_at=now, completed_by=response.patient.user
    )
    for attempt in (
        "UPDATE intake_answer SET value = ''", "DELETE FROM intake_answer", "DELETE FROM intake_questionnaireresponse",
        "UPDATE intake_questionnaireresponse SET status = 'in_progress', completed_at = NULL, completed_by_id = NULL",
    ):  # fmt: skip
        assert refused(attempt)


def test_a_release_that_somebody_added_to_gives_no_library_at_all():
    """A text slipped into what was published is noticed before anything is evaluated with it."""
    digest = a_shelf().release
    release = Release.objects.get(digest=digest)
    extra = ReleaseVersion.objects.filter(release=release).first().version
    other = type(extra).objects.create(source_file=extra.source_file, version="9.9.9", path="protocols/slipped.yaml",
                                       text="protocol: slipped", sha256="0" * 64)  # fmt: skip
    ReleaseVersion.objects.create(release=release, version=other)
    for kept in (shelf._library, shelf._edition):
        kept.cache_clear()
    with pytest.raises(ShelfError, match="not those that were published"):
        shelf.library(digest)
    for kept in (shelf._library, shelf._edition):
        kept.cache_clear()


def test_an_alert_is_neither_closed_by_nobody_nor_doubled_by_sql():
    patient = a_patient()
    alert = alerts.raise_(
        patient_id=patient.pk, rule="r", code="alert:r", urgency="soon", text={"es": "x"}, facts={"n": 1}
    )
    close = "UPDATE alerts_alert SET status = 'closed', closed_at = now() WHERE id = %s"
    assert "alerts_closed_by_somebody" in refused(close, alert.pk)
    take = "UPDATE alerts_alert SET status = 'acknowledged' WHERE id = %s"
    assert "alerts_acknowledged_by_somebody" in refused(take, alert.pk)
    columns = """patient_id, rule, rule_index, not_assessed, code, urgency, status, text, facts_digest, raised_at,
                 last_raised_at, times"""
    again = f"INSERT INTO alerts_alert (id, {columns}) SELECT gen_random_uuid(), {columns} FROM alerts_alert"  # noqa: S608
    assert "one_live" in refused(again)


def test_a_consent_text_cannot_be_emptied_nor_counted_from_zero():
    a_text()
    insert = "INSERT INTO patients_consenttext (purpose, version, body_es, body_en, published_at) VALUES "
    assert "says_something" in refused(insert + "('research', 1, '', 'x', now())")
    assert "counts_from_one" in refused(insert + "('research', 0, 'x', 'x', now())")
    assert "text_purpose" in refused(insert + "('anything', 1, 'x', 'x', now())")


def test_the_book_still_holds_after_all_that():
    a_signed_plan()
    assert "permission denied" in denied("DELETE FROM audit_entry")
    assert audit.verify_chain().whole

"""The audit is a book: lines are added, chained, and neither changed nor torn out."""

import uuid
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from webapp.audit import selectors, services
from webapp.audit.models import Entry

pytestmark = pytest.mark.django_db


def a_doctor(pk=7):
    return SimpleNamespace(pk=pk, active_role="doctor")


def three_lines():
    return [services.record(actor=a_doctor(), verb=verb) for verb in ("patient.viewed", "plan.edited", "plan.signed")]


@pytest.fixture
def forger(db):
    """What a thief with the owner's access could do: switch the triggers off and write."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    yield connection
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


def test_a_line_says_who_in_which_hat_did_what_to_whom_and_by_which_path():
    patient = uuid.uuid4()
    services.record(
        actor=a_doctor(), verb="plan.signed", patient_id=patient, object_type="plan", object_id=patient, path="/plans/"
    )
    line = selectors.of_patient(patient).get()
    assert (line.actor_id, line.actor_role, line.verb, line.path) == (7, "doctor", "plan.signed", "/plans/")
    assert line.object_id == str(patient)


def test_of_a_patient_those_are_named_who_stand_in_that_part_of_the_book():
    one, other = uuid.uuid4(), uuid.uuid4()
    for pk, patient in ((9, one), (7, one), (7, one), (8, other)):
        services.record(actor=a_doctor(pk), verb="patient.viewed", patient_id=patient)
    services.record(actor=None, verb="plan.assessed", patient_id=one)
    assert selectors.actors_of(one) == [7, 9]


def test_the_system_itself_may_act():
    assert services.record(actor=None, verb="plan.assessed").actor_id is None


def test_a_list_leaves_one_line_for_each_patient_in_few_queries(django_assert_max_num_queries):
    seen = [uuid.uuid4() for _ in range(40)]
    with django_assert_max_num_queries(6):
        services.record_list(actor=a_doctor(), verb="patient.listed", patient_ids=seen, path="/desk/")
    assert set(Entry.objects.filter(actor_id=7).values_list("patient_id", flat=True)) == set(seen)
    assert services.verify_chain().whole


def test_an_undone_deed_leaves_no_line():
    with transaction.atomic():
        services.record(actor=a_doctor(), verb="plan.signed")
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET verb = 'nothing'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
def test_the_database_refuses_to_rewrite_the_book_even_for_its_owner(statement):
    three_lines()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.count() == 3


def test_neither_a_queryset_nor_an_object_can_change_a_line():
    line = three_lines()[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.update(verb="nothing")
    with pytest.raises(DatabaseError), transaction.atomic():
        line.delete()


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_applications_role_has_no_right_to_rewrite(right):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'audit_entry', %s)", [settings.DATABASE_APP_ROLE, right])
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("right", ["SELECT", "INSERT"])
def test_the_applications_role_may_add_and_read(right):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'audit_entry', %s)", [settings.DATABASE_APP_ROLE, right])
        assert cursor.fetchone() == (True,)


def test_an_untouched_book_is_whole():
    three_lines()
    assert services.verify_chain() == services.Chain(3)


def test_a_changed_word_shows_where(forger):
    lines = three_lines()
    Entry.objects.filter(pk=lines[1].pk).update(verb="plan.viewed")
    assert services.verify_chain().broken_at == lines[1].pk


def test_a_torn_out_line_shows_at_the_next(forger):
    lines = three_lines()
    Entry.objects.filter(pk=lines[1].pk).delete()
    assert services.verify_chain().broken_at == lines[2].pk


def test_a_forged_line_needs_the_key(forger, settings):
    forged, key = three_lines()[2], settings.BLIND_INDEX_KEY
    forged.verb = "plan.viewed"
    settings.BLIND_INDEX_KEY = bytes(32)
    Entry.objects.filter(pk=forged.pk).update(verb=forged.verb, digest=services.digest_of(forged))
    settings.BLIND_INDEX_KEY = key
    assert services.verify_chain().broken_at == forged.pk


def test_the_command_says_how_long_the_book_is(capsys):
    three_lines()
    call_command("verify_audit")
    assert "3 lines" in capsys.readouterr().out


def test_the_command_fails_on_a_broken_book_and_says_what_to_do(forger):
    lines = three_lines()
    Entry.objects.filter(pk=lines[0].pk).update(verb="nothing")
    with pytest.raises(CommandError, match=f"A001 audit line {lines[0].pk}"):
        call_command("verify_audit")

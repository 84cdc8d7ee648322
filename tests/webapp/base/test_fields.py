"""Encrypted columns: nothing readable at rest, nothing movable, nothing silently wrong."""

from datetime import date
from decimal import Decimal

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Upper
from django.test.utils import isolate_apps

from webapp.base import fields
from webapp.base.fields import BlindIndexField, Keyring, blind

KEYS = [("one", bytes(32))]
MARKER = "Zanahoria-77"


@pytest.fixture
def letter(db):
    """A table with one column of each kind, made for the test."""
    with isolate_apps("webapp.base"):

        class Letter(models.Model):
            body = fields.EncryptedTextField(default="")
            other = fields.EncryptedTextField(null=True)
            born = fields.EncryptedDateField(null=True)
            weight = fields.EncryptedIntegerField(null=True)
            answers = fields.EncryptedJSONField(null=True)
            file = fields.EncryptedBytesField(null=True)
            index = BlindIndexField(null=True, unique=True)

            class Meta:
                app_label = "base"

        with connection.schema_editor() as editor:
            editor.create_model(Letter)
        yield Letter


def raw(model, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY id")  # noqa: S608 — our own table's name
        return [None if row[0] is None else bytes(row[0]) for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", "µg/L, ñ, línea\nlínea"),
        ("body", ""),
        ("body", "0"),
        ("body", "🧪 e\u0301 \u202e漢字 \\x00 'quoted' %s {}"),
        ("body", "ñ" * 500_000),
        ("other", None),
        ("born", date(1979, 2, 28)),
        ("weight", -3),
        ("weight", 0),
        ("weight", 2**80),
        ("weight", None),
        ("born", None),
        ("born", date(1, 1, 1)),
        ("file", b""),
        ("file", b"\x89PNG\0\xff"),
        ("file", None),
        ("answers", {"pain": 5, "days": ["lunes", None], "ok": True}),
        ("answers", []),
        ("answers", {}),
        ("answers", ""),
        ("answers", 0),
        ("answers", "línea"),
        ("answers", False),
        ("answers", None),
    ],
)
def test_what_goes_in_comes_out(letter, column, value):
    pk = letter.objects.create(**{column: value}).pk
    assert getattr(letter.objects.get(pk=pk), column) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_json_cannot_say_is_refused_without_being_shown(letter, number):
    with pytest.raises(ValueError, match="answers holds a number that JSON cannot say") as told:
        letter.objects.create(answers={"weight": [80.5, number]})
    assert "80.5" not in str(told.value)


@pytest.mark.parametrize(("column", "value"), [("weight", "eighty"), ("born", "soon"), ("file", "a text")])
def test_a_value_of_another_kind_is_refused(letter, column, value):
    with pytest.raises((ValueError, TypeError, ValidationError)):
        letter.objects.create(**{column: value})


def test_nothing_stays_nothing_in_every_column_and_zero_and_empty_are_values(letter):
    letter.objects.create(body="", weight=0, answers=False, file=b"")
    letter.objects.create(body="x")
    assert letter.objects.filter(weight__isnull=True).count() == 1
    assert [value is None for column in ("weight", "answers", "file") for value in raw(letter, column)] == [
        False,
        True,
    ] * 3


def test_dates_and_exact_numbers_inside_json_become_text(letter):
    letter.objects.create(answers={"on": date(2026, 11, 23), "dose": Decimal("2.50")})
    assert letter.objects.get().answers == {"on": "2026-11-23", "dose": "2.50"}


def test_no_word_stands_in_the_table(letter):
    letter.objects.create(body=MARKER, answers={"said": MARKER})
    assert all(MARKER.encode() not in value for column in ("body", "answers") for value in raw(letter, column))


def test_an_empty_value_stays_an_empty_column(letter):
    letter.objects.create()
    assert raw(letter, "other") == [None]
    assert letter.objects.filter(other__isnull=True).count() == 1


def test_the_same_text_twice_looks_different(letter):
    letter.objects.bulk_create([letter(body=MARKER), letter(body=MARKER)])
    assert len(set(raw(letter, "body"))) == 2


@pytest.mark.parametrize("column", ["body", "answers", "weight", "born"])
def test_bulk_update_encrypts_each_row_its_own_value(letter, column):
    values = {"body": ["a", "b"], "answers": [[1], {"x": 2}], "weight": [60, 70], "born": [date(2000, 1, 1)] * 2}[
        column
    ]
    rows = letter.objects.bulk_create([letter(), letter()])
    for row, value in zip(rows, values, strict=True):
        setattr(row, column, value)
    letter.objects.bulk_update(rows, [column])
    assert [getattr(row, column) for row in letter.objects.order_by("pk")] == values


def test_update_of_many_rows_encrypts(letter):
    letter.objects.create(body="before")
    letter.objects.update(body=MARKER, other=MARKER)
    assert (letter.objects.get().body, letter.objects.get().other) == (MARKER, MARKER)
    assert MARKER.encode() not in raw(letter, "other")[0]


REFUSED = "body is encrypted and cannot be computed|expressions can only be used to update, not to insert"
EXPRESSIONS = [F("other"), Upper("other"), Upper(Value("x")), Value("x"), F("weight") + 1, Concat("body", Value("x"))]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_database_computes_no_encrypted_value(letter, expression):
    one = letter.objects.create(other=MARKER)
    one.body = expression
    for attempt in (
        lambda: letter.objects.update(body=expression),
        one.save,
        lambda: letter.objects.bulk_update([one], ["body"]),
        lambda: letter.objects.create(body=expression),
        lambda: letter.objects.bulk_create([letter(body=expression)]),
    ):
        with pytest.raises((FieldError, ValueError), match=REFUSED), transaction.atomic():
            attempt()
    assert [(row.body, row.other) for row in letter.objects.all()] == [("", MARKER)]


def test_a_row_that_is_there_is_overwritten_sealed(letter):
    letter.objects.create(pk=1, body="before", weight=1)
    newer = [letter(pk=1, body=MARKER, weight=0), letter(pk=2, body="", weight=None)]
    letter.objects.bulk_create(newer, update_conflicts=True, unique_fields=["id"], update_fields=["body", "weight"])
    assert list(letter.objects.order_by("pk").values_list("body", "weight")) == [(MARKER, 0), ("", None)]
    assert MARKER.encode() not in raw(letter, "body")[0]


@pytest.mark.parametrize("lookup", ["body", "body__contains", "answers__contains", "weight__gt"])
def test_a_search_in_ciphertext_is_refused_rather_than_empty(letter, lookup):
    with pytest.raises(FieldError):
        list(letter.objects.filter(**{lookup: "5"}))


@pytest.mark.parametrize("wish", [{"unique": True}, {"db_index": True}, {"primary_key": True}])
def test_ciphertext_is_neither_unique_nor_indexed(wish):
    with pytest.raises(ImproperlyConfigured):
        fields.EncryptedTextField(**wish)


def test_one_flipped_byte_is_refused(letter):
    letter.objects.create(body=MARKER)
    token = raw(letter, "body")[0]
    for place in (0, 1, 2, len(token) // 2, len(token) - 1):
        broken = bytes(byte ^ (1 if at == place else 0) for at, byte in enumerate(token))
        with pytest.raises(InvalidTag):
            letter._meta.get_field("body").keyring.decrypt(broken)


def test_a_ciphertext_of_another_tables_column_of_the_same_name_is_refused(letter):
    letter.objects.create(body=MARKER)
    token = Keyring(settings.FIELD_KEYS, "base.note.body").encrypt(MARKER.encode())
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {letter._meta.db_table} SET body = %s", [token])  # noqa: S608 — our own table's name
    with pytest.raises(InvalidTag):
        letter.objects.get()


def test_a_history_reads_what_its_table_wrote(letter):
    """The database copies ciphertext into the history; it opens there because it is tied to where it was written."""
    letter.objects.create(body=MARKER)
    with isolate_apps("webapp.base"):

        class LetterEvent(models.Model):
            pgh_tracked_model = letter
            body = fields.EncryptedTextField()
            other = fields.EncryptedTextField(null=True)

            class Meta:
                app_label = "base"

    with connection.schema_editor() as editor:
        editor.create_model(LetterEvent)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO base_letterevent (body) SELECT body FROM base_letter")
    assert LetterEvent.objects.get().body == MARKER
    with connection.cursor() as cursor:
        cursor.execute("UPDATE base_letterevent SET other = body")
    with pytest.raises(InvalidTag):
        LetterEvent.objects.get()


def test_a_ciphertext_carried_to_another_column_is_refused(letter):
    letter.objects.create(body=MARKER, other="else")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {letter._meta.db_table} SET other = body")  # noqa: S608 — our own table's name
    with pytest.raises(InvalidTag):
        letter.objects.get()


NO_TOKENS = [b"", b"\x01", b"\x01\x03one", b"\x02\x03one" + bytes(40), b"\x01\x05other" + bytes(40)]


@pytest.mark.parametrize("token", NO_TOKENS)
def test_what_is_no_token_is_refused(token):
    with pytest.raises(InvalidTag):
        Keyring(KEYS, "a.b.c").decrypt(token)


def test_an_old_key_still_reads_and_a_new_one_writes(letter, settings):
    letter.objects.create(body=MARKER)
    settings.FIELD_KEYS = [("newer", bytes(31) + b"n"), *settings.FIELD_KEYS]
    assert letter.objects.get().body == MARKER
    letter.objects.get().save()
    assert raw(letter, "body")[0][2:7] == b"newer"


def test_without_its_key_nothing_is_read(letter, settings):
    letter.objects.create(body=MARKER)
    settings.FIELD_KEYS = [("newer", bytes(32))]
    with pytest.raises(InvalidTag):
        letter.objects.get()


def test_the_blind_index_ignores_case_and_spaces_and_tells_columns_apart():
    assert blind(" Ana@Example.org", "a.b.c") == blind("ana@example.org", "a.b.c") != blind("ana@example.org", "a.b.d")


def test_the_blind_index_needs_the_key(settings):
    before = blind("12345678Z", "a.b.c")
    settings.BLIND_INDEX_KEY = bytes(32)
    assert blind("12345678Z", "a.b.c") != before
    assert len(before) == 16


def test_a_row_is_found_by_its_blind_index_and_only_once_there(letter):
    letter.objects.create(body=MARKER, index=blind(MARKER, "base.letter.body"))
    assert letter.objects.get(index=blind(MARKER.upper(), "base.letter.body")).body == MARKER
    assert not letter.objects.filter(index=blind("other", "base.letter.body")).exists()

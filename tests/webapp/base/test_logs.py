"""A fault is logged with its place and kind, and without its words, which may be a patient's."""

import logging
from io import StringIO

import pytest
from django.db import IntegrityError, transaction

from tests.webapp.people import a_user
from webapp.accounts.models import UserRole
from webapp.base.logs import WithoutWords

WORD = "Clinamark"


def the_log_s_own() -> logging.Formatter:
    """Return what writes the lines of the log in production."""
    [formatter] = {one.formatter for one in logging.getLogger().handlers if isinstance(one.formatter, WithoutWords)}
    return formatter


@pytest.fixture
def log():
    """Log as in production; return what was written."""
    written, logger = StringIO(), logging.Logger("of.this.test")
    handler = logging.StreamHandler(written)
    handler.setFormatter(the_log_s_own())
    logger.addHandler(handler)
    return logger, written


def test_place_and_kind_of_a_fault_and_of_what_led_to_it_are_told_and_no_words(log):
    logger, written = log
    try:
        try:
            int(WORD)
        except ValueError as problem:
            raise KeyError(WORD) from problem
    except KeyError:
        logger.exception("a job failed")
    text = written.getvalue()
    assert WORD not in text
    assert text.index("builtins.ValueError") < text.index("builtins.KeyError")
    assert "a job failed" in text
    assert text.count(f'File "{__file__}"') == 2


@pytest.mark.django_db
def test_what_the_database_refuses_is_not_repeated(log):
    logger, written = log
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        UserRole.objects.create(user=a_user(), role=WORD)
    logger.error("a page broke", exc_info=refused.value)
    assert WORD in str(refused.value)
    assert WORD not in written.getvalue()
    assert "IntegrityError" in written.getvalue()


def test_another_handler_that_keeps_the_words_does_not_lend_them(log):
    logger, written = log
    record = logger.makeRecord("x", logging.ERROR, __file__, 1, "broke", (), None)
    record.exc_text = f"ValueError: {WORD}"
    assert WORD not in WithoutWords("{message}", style="{").format(record)
    assert record.exc_text == f"ValueError: {WORD}"
    assert written.getvalue() == ""

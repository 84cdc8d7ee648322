"""Bytes of files and words in somebody's JSON, under the same cipher as the columns."""

import os

import pytest
from cryptography.exceptions import InvalidTag

from webapp.base import sealing
from webapp.base.sealing import UnknownKey

HERE, ELSEWHERE = "patients.document.content", "patients.report.content"
NEW = ("new", b"n" * 32)


@pytest.mark.parametrize("content", [b"", b"\0", b"%PDF-1.7 \xff\xfe", os.urandom(1_000_000)])
def test_bytes_come_back_as_they_went_in(content):
    token = sealing.seal_bytes(content, HERE)
    assert sealing.open_bytes(token, HERE) == content
    assert len(content) < 8 or content not in token


def test_words_come_back_and_stand_between_quotes_without_escapes():
    word = sealing.seal_text("JBSWY3DPEHPK3PXP ñ", "mfa.authenticator.data")
    assert sealing.open_text(word, "mfa.authenticator.data") == "JBSWY3DPEHPK3PXP ñ"
    assert word.isascii()
    assert not set('"\\ \n') & set(word)


@pytest.mark.parametrize("place", [ELSEWHERE, HERE.upper(), ""])
def test_a_token_opens_nowhere_but_in_its_own_column(place):
    with pytest.raises(InvalidTag):
        sealing.open_bytes(sealing.seal_bytes(b"x", HERE), place)
    with pytest.raises(InvalidTag):
        sealing.open_text(sealing.seal_text("x", HERE), place)


def test_one_altered_bit_anywhere_is_refused():
    token = sealing.seal_bytes(b"Zanahoria", HERE)
    for bit in range(len(token) * 8):
        altered = bytearray(token)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidTag):
            sealing.open_bytes(bytes(altered), HERE)


def test_every_shortened_or_lengthened_token_is_refused():
    token = sealing.seal_bytes(b"Zanahoria", HERE)
    for other in [token[:n] for n in range(len(token))] + [token + b"\0", b"\0" + token, token + token]:
        with pytest.raises(InvalidTag):
            sealing.open_bytes(other, HERE)


@pytest.mark.parametrize("word", ["", "clear text", "sealed:", "sealed:x", "sealed:local:", "sealed:local:****", "ñ"])
def test_a_word_in_clear_or_cut_is_refused_rather_than_shown(word):
    with pytest.raises(InvalidTag):
        sealing.open_text(word, HERE)


def test_a_word_that_names_another_key_than_its_token_is_refused():
    word = sealing.seal_text("x", HERE)
    with pytest.raises(InvalidTag):
        sealing.open_text(word.replace("sealed:local:", "sealed:other:"), HERE)


def test_a_lost_key_is_named_by_its_id_and_nothing_else_is_said(settings):
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    token = sealing.seal_bytes(b"Zanahoria", HERE)
    settings.FIELD_KEYS = settings.FIELD_KEYS[1:]
    with pytest.raises(UnknownKey, match=r"K001.*'new'") as told:
        sealing.open_bytes(token, HERE)
    assert "Zanahoria" not in str(told.value)
    assert told.value.key_id == "new"


def test_the_same_bytes_twice_look_different():
    assert len({sealing.seal_bytes(b"x", HERE) for _n in range(100)}) == 100

"""Every deed of the book reads as a plain sentence, also one that nobody has found words for."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from webapp.audit import words

WEBAPP = Path(__file__).resolve().parents[3] / "webapp"
OF_A_PATIENT = re.compile(r'verb="((?:patient|plan|response|document|record|observations?)\.[a-z_]+)"')


def test_every_deed_written_in_the_code_about_a_patient_has_words_of_its_own():
    said = {verb for path in WEBAPP.rglob("*.py") for verb in OF_A_PATIENT.findall(path.read_text())}
    assert len(said) > 10
    assert {verb for verb in said if words.said(verb) == words.SOMETHING} == set()


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("patient.viewed", "Leyó toda la historia"),
        ("notes.viewed", "Leyó una parte de la historia"),
        ("patient.notes_viewed", "Leyó una parte de la historia"),
        ("medicationstatement.corrected", "Corrigió un apunte de la historia"),
        ("somethingnew.happened", "Cambió una parte de la historia"),
    ],
)
def test_a_deed_is_told_in_words_by_its_name_or_by_its_ending(verb, told):
    with override("es"):
        assert str(words.said(verb)) == told


@pytest.mark.parametrize(("verb", "reading"), [("plan.viewed", True), ("plan.signed", False), ("x.y_viewed", True)])
def test_reading_is_told_from_changing(verb, reading):
    assert words.is_reading(verb) is reading

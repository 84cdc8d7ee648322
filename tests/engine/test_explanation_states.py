"""Every state of an item is explained to every reader in both languages, and never in words meant for another."""

from itertools import product

import pytest

from engine.evaluator import evaluate
from engine.explain import missing, why
from tests.engine.builders import adult
from tests.engine.test_explain import PROGRAM, WELL

STATES = {
    "proposed": {},
    "held": {"dysphagia": None},
    "blocked": {"pregnant": True},
    "open": {"days": None},
    "excluded": {"dysphagia": True},
    "not indicated": {"days": 1},
}
WORDS = {
    ("proposed", "en"): "Proposed", ("proposed", "es"): "Propuesto", ("held", "en"): "Held",
    ("held", "es"): "En espera", ("blocked", "en"): "Blocked", ("blocked", "es"): "Bloqueado",
    ("open", "en"): "Not known yet: days",
    ("open", "es"): "Falta saber: days (es)", ("excluded", "en"): "It is ruled out by", ("excluded", "es"): "Lo impide",
    ("not indicated", "en"): "There is no indication", ("not indicated", "es"): "No hay indicación",
}  # fmt: skip
PLAIN = {
    ("held", "en"): "Your doctor needs to know", ("held", "es"): "Su médico necesita saber",
    ("blocked", "en"): "This does not suit you", ("blocked", "es"): "Esto no es adecuado para usted",
}  # fmt: skip


def told(state, voice, lang):
    known = adult(**{**WELL, **STATES[state]})
    return why(PROGRAM, known, evaluate(PROGRAM, known), "rx:ppi", voice, lang)


@pytest.mark.parametrize(("state", "lang"), list(WORDS))
@pytest.mark.parametrize("voice", ["doctor", "auditor"])
def test_doctor_and_auditor_read_the_state_in_their_language_and_not_in_the_other(state, lang, voice):
    text = told(state, voice, lang)
    other = "es" if lang == "en" else "en"
    assert WORDS[state, lang] in text
    assert WORDS[state, other] not in text


@pytest.mark.parametrize(("state", "lang"), list(PLAIN))
def test_the_patient_reads_why_something_waits_or_does_not_suit_in_plain_words(state, lang):
    text = told(state, "patient", lang)
    assert PLAIN[state, lang] in text
    for technical in ("contraindicated", "rx:ppi", "reflux.trial", "≥", "ACG"):
        assert technical not in text
    assert PLAIN[state, lang] not in told("proposed", "patient", lang)


@pytest.mark.parametrize(("state", "lang"), list(product(("proposed", "held", "blocked"), ("es", "en"))))
def test_digests_and_lines_of_files_are_for_the_auditor_only(state, lang):
    assert "p.yaml:7" in told(state, "auditor", lang)
    for voice in ("doctor", "patient"):
        assert "p.yaml" not in told(state, voice, lang)


@pytest.mark.parametrize(
    ("state", "facts"),
    [("proposed", []), ("held", ["dysphagia"]), ("blocked", []), ("open", ["days"]), ("excluded", [])],
)
def test_only_what_is_missing_is_called_missing(state, facts):
    known = adult(**{**WELL, **STATES[state]})
    found = missing(PROGRAM, known, evaluate(PROGRAM, known), "en")
    assert [each.fact for each in found] == facts
    assert [each.frees for each in found] == ([("rx:ppi",)] if state == "held" else [()] * len(facts))

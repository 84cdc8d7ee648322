"""A trace in one language shows no word of the other: conditions, values, answers given and why one is unknown."""

import re

import pytest

from engine.compiler import compile_edition
from engine.evaluator import evaluate
from engine.explain import missing, trace, why
from engine.language.cases import read_case
from tests.engine.content.shipped import sample
from tests.engine.content.trial import shipped

PROGRAM = compile_edition(shipped())
PATIENTS = {each["id"]: each for each in sample("vignettes")}
ACCENTED = re.compile("[áéíóúñ¿¡]", re.IGNORECASE)


def spanish_texts():
    """Return the texts of the vocabulary and the formulary that are Spanish and cannot be read as English."""
    facts, formulary = shipped().vocabulary.facts.values(), shipped().formulary
    texts = [text for fact in facts for text in (fact.title, *fact.choices.values())]
    texts += [one.title for table in (formulary.medicines, formulary.classes) for one in table.values()]
    english = " | ".join(text["en"].casefold() for text in texts)
    return {text["es"] for text in texts if len(text["es"]) > 3 and text["es"].casefold() not in english}


def told(name, lang):
    case = read_case(
        {key: value for key, value in PATIENTS[name].items() if key != "expected"},
        PROGRAM.edition.vocabulary, PROGRAM.edition.formulary,
    )  # fmt: skip
    plan = evaluate(PROGRAM, case)
    reasons = {(reason.protocol, reason.rule) for item in plan.items for reason in item.reasons}
    for protocol, rule in sorted(reasons):
        for line in trace(PROGRAM, case, protocol, rule):
            yield line.text[lang]
            yield line.value.get(lang, "")
    for item in plan.items:
        yield from (why(PROGRAM, case, plan, item.code, voice, lang) for voice in ("doctor", "patient", "auditor"))
    yield from (f"{fact.title} {fact.because}" for fact in missing(PROGRAM, case, plan, lang))


@pytest.mark.parametrize("name", sorted(PATIENTS))
def test_no_spanish_word_stands_in_the_english_trace(name):
    told_in_english = [text for text in told(name, "en") if text]
    assert told_in_english
    words = spanish_texts() | {"no se ha preguntado", "dato antiguo", "no se sabe", "sí", "ninguno", "años", "días"}
    spanish = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(words)))})(?!\w)")
    assert [found[0] for text in set(told_in_english) if (found := spanish.search(text))] == []


def test_the_same_trace_in_spanish_is_spanish():
    texts = " ".join(told(sorted(PATIENTS)[0], "es"))
    assert ACCENTED.search(texts)
    assert "not asked" not in texts

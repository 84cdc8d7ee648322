"""The small library with a treatment that is not repeated where it failed, and an intake that asks for it."""

from tests.rules.texts import FORMULARY, INTAKE, PROTOCOL, VOCABULARY
from tests.webapp.intake.factories import a_shelf

SETS = """\
  tried: {type: set, title: {es: Probados, en: Tried}}
  failed: {type: set, title: {es: Sin efecto, en: Failed}, ask: [previous_treatments]}
  not_tolerated: {type: set, title: {es: Mal tolerados, en: Not tolerated}}
  infection_treated_regimen:
    type: choice
    title: {es: Pauta anterior, en: Earlier regimen}
    choices:
      triple: {es: Triple, en: Triple}
    derived: yes
lists:
"""
REGIMENS = """\
regimens:
  triple:
    title: {es: Triple con omeprazol, en: Triple with omeprazole}
    parts:
      - {medicine: omeprazole, dose: 20 mg, frequency: twice daily, duration: 10 days}
      - {medicine: amoxicillin, dose: 1 g, frequency: twice daily, duration: 10 days}
    source: book
"""
RULE = """\
  trial:
    when: heartburn_days >= 2
    exclude: failed includes omeprazole
    do:
      - prescribe: triple
    because: {es: Ardor frecuente, en: Frequent heartburn}
    source: book
    review: needed
tests:
  - name: it is tried
    given: {age: 40 years, heartburn_days: 5, gi_bleeding: no, failed: [], allergy: [], medication: []}
    expect: {include: ["rx:triple"]}
"""
ASKED = """\
      - item: previous_treatments
        kind: previous_treatments
        text: {es: ¿Qué ha probado ya?, en: What have you tried?}
      - item: other
"""


def a_shelf_that_remembers() -> None:
    history = "      ulcerative_colitis: {es: Colitis ulcerosa, en: Ulcerative colitis}\n"
    treated = "      infection_treated: {es: Infección tratada, en: Infection treated}\n"
    a_shelf(
        **{
            "vocabulary/small.yaml": VOCABULARY.replace("lists:\n", SETS).replace(history, history + treated),
            "formulary/small.yaml": FORMULARY.replace("classes:\n", "sources: {book: A book of 2024.}\nclasses:\n", 1)
            + REGIMENS,
            "protocols/reflux/1.0.0.yaml": PROTOCOL.replace("tests:\n", RULE),
            "questionnaires/intake/1.0.0.yaml": INTAKE.replace("      - item: other\n", ASKED),
        }
    )

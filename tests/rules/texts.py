"""A library of one page for tests: few facts, one medicine, one protocol, an intake and a diary."""

from pathlib import Path

VOCABULARY = """\
vocabulary: small
version: 1.0.0
title: {es: Pequeño, en: Small}
facts:
  age: {type: quantity, title: {es: Edad, en: Age}, unit: years, range: 0 .. 120, step: 1, derived: yes}
  sex:
    type: choice
    title: {es: Sexo, en: Sex}
    choices:
      female: {es: Mujer, en: Female}
      male: {es: Varón, en: Male}
    derived: yes
  pregnant: {type: yes_no, title: {es: Embarazo, en: Pregnancy}, derived: yes}
  breastfeeding: {type: yes_no, title: {es: Lactancia, en: Breastfeeding}, derived: yes}
  weight_kg:
    type: quantity
    title: {es: Peso, en: Weight}
    unit: kg
    units: {g: 0.001}
    plausible:
      kg: 30 .. 300
      g: 30000 .. 300000
    range: 30 .. 300
    step: 0.1
    derived: yes
  height_cm: {type: quantity, title: {es: Talla, en: Height}, unit: cm, range: 50 .. 250, step: 1, derived: yes}
  bmi: {type: quantity, title: {es: IMC, en: BMI}, unit: kg/m2, range: 5 .. 100, step: 0.1, derived: yes}
  diary_pain: {type: series, title: {es: Dolor, en: Pain}, range: 0 .. 10, step: 1, derived: yes}
  diary_bloating: {type: series, title: {es: Hinchazón, en: Bloating}, range: 0 .. 10, step: 1, derived: yes}
  diary_heartburn: {type: series, title: {es: Ardor, en: Heartburn}, range: 0 .. 10, step: 1, derived: yes}
  heartburn_days: {type: integer, title: {es: Días con ardor, en: Days with heartburn}, range: 0 .. 7, step: 1}
  vomiting: {type: yes_no, title: {es: Vómitos, en: Vomiting}}
  vomiting_days: {type: integer, title: {es: Días con vómitos, en: Days with vomiting}, range: 0 .. 365, step: 1}
  gi_bleeding: {type: yes_no, title: {es: Hemorragia, en: Bleeding}, red_flag: yes}
  allergy: {type: set, title: {es: Alergias, en: Allergies}}
  medication: {type: set, title: {es: Medicación, en: Medicines}}
  history:
    type: set
    title: {es: Antecedentes, en: History}
    choices:
      ulcerative_colitis: {es: Colitis ulcerosa, en: Ulcerative colitis}
  family_history:
    type: set
    title: {es: Familia, en: Family}
    choices:
      coeliac_disease: {es: Celiaquía, en: Coeliac disease}
lists:
  allergies: allergy
  medications: medication
  history: history
  family_history: family_history
codes:
  alert:
    bleeding: {title: {es: Hemorragia posible, en: Possible bleeding}}
  advice:
    small_meals:
      title: {es: Comidas pequeñas, en: Small meals}
      patient: {es: Coma poco y a menudo, en: Eat little and often}
"""

FORMULARY = """\
formulary: small
version: 1.0.0
title: {es: Pequeño, en: Small}
classes:
  proton_pump_inhibitors: {title: {es: Inhibidores de la bomba, en: Proton pump inhibitors}, cross_allergy: yes}
medicines:
  omeprazole:
    title: {es: Omeprazol, en: Omeprazole}
    classes: [proton_pump_inhibitors]
    names: [omeprazol]
    max_daily: 80 mg
  amoxicillin:
    title: {es: Amoxicilina, en: Amoxicillin}
    names: [amoxicilina]
brands:
  Losec: [omeprazole]
"""

PROTOCOL = """\
protocol: reflux
version: 1.0.0
title: {es: Reflujo, en: Reflux}
review_by: 2030-01-01
sources:
  book: A book about reflux, 2024.
applies: age >= 18 years
rules:
  small_meals:
    when: heartburn_days >= 2
    do:
      - advice: small_meals
    because: {es: Ardor frecuente, en: Frequent heartburn}
    source: book
    evidence: strong
  bleeding:
    red_flag: yes
    when: gi_bleeding
    do:
      - alert: bleeding
        urgency: emergency
    because: {es: Hemorragia, en: Bleeding}
    source: book
    review: needed
tests:
  - name: frequent heartburn gets advice
    given: {age: 40 years, sex: female, heartburn_days: 5, gi_bleeding: no}
    expect:
      include: [advice:small_meals]
      exclude: [alert:bleeding]
  - name: bleeding is an emergency
    given: {age: 40 years, sex: male, heartburn_days: 0, gi_bleeding: yes}
    expect:
      include: [alert:bleeding]
      exclude: [advice:small_meals]
"""

INTAKE = """\
questionnaire: intake
version: 1.0.0
title: {es: Primera consulta, en: First visit}
kind: intake
minutes: 4
instructions:
  bleeding:
    title: {es: Llame ahora al 112, en: Call 112 now}
    body:
      es: Puede ser una hemorragia. Siéntese y no conduzca. No coma ni beba.
      en: This may be bleeding. Sit down and do not drive. Do not eat or drink.
    call: 112
  plan_emergency:
    title: {es: Llame al 112 si, en: Call 112 if}
    body:
      es: Vomita sangre. Se desmaya.
      en: You vomit blood. You faint.
    call: 112
groups:
  - group: stomach
    title: {es: El estómago, en: The stomach}
    items:
      - item: heartburn_days
        kind: scale
        text: {es: ¿Cuántos días ha tenido ardor?, en: How many days have you had heartburn?}
        labels: {low: {es: ninguno, en: none}, high: {es: todos, en: all}}
      - item: vomiting
        kind: yes_no
        text: {es: ¿Ha vomitado?, en: Have you vomited?}
      - item: gi_bleeding
        kind: yes_no
        text: {es: ¿Con sangre?, en: With blood?}
        when: vomiting
        always_ask: yes
        red_flags:
          - when: gi_bleeding
            instruction: bleeding
            alert: alert:bleeding
            urgency: emergency
      - item: vomiting_days
        kind: integer
        text: {es: ¿Desde hace cuántos días?, en: For how many days?}
        when: vomiting
  - group: body
    title: {es: Su cuerpo, en: Your body}
    items:
      - item: weight_kg
        kind: quantity
        section: patient
        unit: kg
        units: [g]
        text: {es: ¿Cuánto pesa?, en: What do you weigh?}
      - item: pregnant
        kind: yes_no
        section: patient
        text: {es: ¿Está embarazada?, en: Are you pregnant?}
        when: sex = female
        always_ask: yes
  - group: lists
    title: {es: Lo que toma, en: What you take}
    items:
      - item: medications
        kind: medications
        text: {es: ¿Qué toma?, en: What do you take?}
      - item: allergies
        kind: allergies
        text: {es: ¿Alergias?, en: Allergies?}
      - item: other
        kind: text
        text: {es: ¿Algo más?, en: Anything else?}
"""

DIARY = """\
questionnaire: diary
version: 1.0.0
title: {es: Diario, en: Diary}
kind: diary
minutes: 1
groups:
  - group: today
    title: {es: Hoy, en: Today}
    items:
      - item: diary_pain
        kind: scale
        section: diary
        text: {es: ¿Dolor?, en: Pain?}
      - item: diary_stools
        kind: stools
        section: diary
        text: {es: ¿Deposiciones?, en: Stools?}
"""

FILES = {
    "vocabulary/small.yaml": VOCABULARY,
    "formulary/small.yaml": FORMULARY,
    "protocols/reflux/1.0.0.yaml": PROTOCOL,
    "questionnaires/intake/1.0.0.yaml": INTAKE,
    "questionnaires/diary/1.0.0.yaml": DIARY,
}


def a_folder(folder: Path, **changes: str | None) -> Path:
    """Write the library into ``folder`` and return it; ``changes`` by path, None leaves a file out."""
    for path, text in {**FILES, **changes}.items():
        target = folder / path
        target.unlink(missing_ok=True)
        if text is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    return folder

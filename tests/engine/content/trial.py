"""A protocol of one rule that gives one thing to every adult: what the formulary alone makes of it."""

from dataclasses import replace
from functools import cache

from engine.compiler import Program, compile_edition
from engine.conditions import YesNo
from engine.evaluator import evaluate
from engine.language.cases import read_example
from engine.language.documents import Action, Edition, Protocol, Rule
from engine.language.library import edition
from engine.plan import Item, Plan
from tests.engine.content.shipped import library

HEALTHY: dict[str, object] = {
    "age": "40 years", "sex": "male", "weight_kg": "75 kg", "creatinine": "0.9 mg/dL", "allergy": [], "medication": [],
    "history": [], "family_history": [], "alcohol_units_week": "0", "dysphagia": "no", "bowel_obstruction_signs": "no",
    "severe_abdominal_pain_rigid": "no", "rectal_bleeding": "no", "gi_bleeding": "no", "fever": "no",
    "bloody_stools_day": "0", "previous_macrolide_exposure": "no", "qtc": "410 ms", "potassium": "4.2 mmol/L",
    "hearing_loss": "no", "b12": "400 pg/mL", "calcium": "9.4 mg/dL", "reflux": "no", "heartburn_days": "0",
    "regurgitation_days": "0", "pregnancy_planned": "no", "wbc": "6 10^9/L", "pain_days_per_week": "0",
    "tpmt_nudt15": "normal",
}  # fmt: skip
WOMAN = {**HEALTHY, "sex": "female", "pregnant": "no", "breastfeeding": "no"}


@cache
def shipped() -> Edition:
    return edition(library())


@cache
def program(code: str) -> Program:
    """Return the shipped library with one rule instead of its protocols: give ``code`` (rx:... or supp:...)."""
    kind, _, name = code.partition(":")
    formulary = shipped().formulary
    action = Action(
        "supplement" if kind == "supp" else "prescribe",
        code,
        regimen=name if name in formulary.regimens else None,
        medicine=None if name in formulary.regimens else name,
        dose=None if name in formulary.regimens else "1 ug",
        frequency=None if name in formulary.regimens else "once daily",
    )
    text = {"es": "prueba", "en": "trial"}
    rule = Rule("give", YesNo(value=True), (action,), text)
    protocol = Protocol(name="trial", version="1.0.0", title=text, rules={"give": rule})
    return compile_edition(replace(shipped(), protocols={"trial": protocol}, digest=code))


def plan(code: str, person: dict[str, object] = HEALTHY, **changes: object) -> Plan:
    """Return the plan for a person; ``None`` as a change takes the fact away."""
    given = {name: value for name, value in {**person, **changes}.items() if value is not None}
    return evaluate(program(code), read_example(given, shipped().vocabulary, shipped().formulary))


def item(code: str, person: dict[str, object] = HEALTHY, **changes: object) -> Item:
    return next(each for each in plan(code, person, **changes).items if each.code == code)


def state(code: str, person: dict[str, object] = HEALTHY, **changes: object) -> str:
    return item(code, person, **changes).state


def codes(code: str, person: dict[str, object] = HEALTHY, **changes: object) -> set[str]:
    return {each.code for each in plan(code, person, **changes).items}

"""One line of every kind of the record, for tests that hold of all of them."""

from datetime import date

from webapp.patients import services
from webapp.patients.models import Patient

# Of each kind: how it is written, and a correction of it.
KINDS = {
    "allergy": (services.add_allergy, {"code": "penicillins", "text": "Ronchas"}, {"text": "Ronchas, 2019"}),
    "medication": (
        services.add_medication,
        {"code": "omeprazole", "text": "Omeprazol", "dose": "20 mg", "started_on": date(2026, 3, 1)},
        {"dose": "40 mg"},
    ),
    "condition": (services.add_condition, {"code": "ulcerative_colitis"}, {"detail": {"since": 2019}}),
    "family_history": (
        services.add_family_history,
        {"code": "colorectal_cancer", "relation": "mother"},
        {"relation": "father"},
    ),
    "previous_treatment": (
        services.add_previous_treatment,
        {"code": "clarithromycin_triple", "text": "Triple con claritromicina", "started": "2019", "ended": "3/2019"},
        {"outcome": "failed"},
    ),
    "contact": (
        services.add_contact,
        {"name": "Luis Rey", "relationship": "partner", "phone": "600112233", "is_emergency_contact": True},
        {"phone": "600445566"},
    ),
    "procedure": (services.add_procedure, {"text": "Colecistectomía", "performed": "2011"}, {"performed": "5/2011"}),
    "encounter": (
        services.add_encounter,
        {"reason": "Pancreatitis", "place": "La Paz", "started": "3/5/2018", "ended": "9/5/2018"},
        {"ended": "11/5/2018"},
    ),
    "report": (
        services.add_report,
        {"category": "endoscopy", "title": "Colonoscopia", "conclusion": "Sin pólipos", "effective": "2024-02-10"},
        {"conclusion": "Un pólipo de 4 mm"},
    ),
}


def a_line(kind: str, patient: Patient, actor=None, /, **values):
    """Return a new line of a kind, written by ``actor``."""
    add, given, _change = KINDS[kind]
    return add(patient=patient, actor=actor, **{**given, **values})


def a_change(kind: str) -> dict:
    return dict(KINDS[kind][2])

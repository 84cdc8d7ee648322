"""A missing fact answered by the doctor on the spot: into the record, and the patient assessed again."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils import timezone
from django.utils.translation import gettext as _

from engine.facts import FactSpec
from webapp.accounts.models import User
from webapp.patients import services as patients
from webapp.patients.models import Observation
from webapp.plans.assessment import assess
from webapp.plans.listed import listing
from webapp.plans.models import Evaluation, Plan
from webapp.plans.refusing import PlanError
from webapp.plans.terms import Terms, number

NONE = "none"  # what is sent where somebody asked for a list and nothing belongs into it
WHOLE = "whole"  # and where nothing more does
MOST_DIGITS = 12  # before the point; a number of a million digits would keep the server busy for minutes


def answer(*, plan: Plan, doctor: User, fact: str, value: str, terms: Terms, today: date) -> Evaluation:
    """Return the evaluation with the answer in it; raise PlanError if the answer does not fit the fact."""
    if not doctor.may("plans.sign"):
        raise PlanError(_("Only a doctor decides and signs plans."))
    spec = terms.spec(fact)
    if spec is None:
        raise PlanError(_("This cannot be answered here. Write it into the patient’s record."))
    found = listing(spec.name, terms.edition)
    if found and value in (NONE, WHOLE):
        said = patients.record_none if value == NONE else patients.record_whole
        said(patient=plan.patient, topic=found.topic, actor=doctor)
        return assess(patient_id=plan.patient_id, because="answer", today=today, actor=doctor)
    given = read(spec, value)
    row = patients.Reading(spec.name, given, timezone.now(), Observation.Origin.STAFF, _unit(spec))
    patients.record_observations(patient=plan.patient, rows=[row], actor=doctor)
    return assess(patient_id=plan.patient_id, because="answer", today=today, actor=doctor)


def _unit(spec: FactSpec) -> str:
    return spec.unit or "" if spec.type == "quantity" else ""


def read(spec: FactSpec, value: str) -> bool | int | float | str:
    """Return a typed value; raise PlanError for what does not fit the fact's type, choices or range."""
    if spec.type == "yes_no" and value in ("yes", "no"):
        return value == "yes"
    if spec.type == "choice" and value in spec.choices:
        return value
    if spec.type in ("quantity", "integer", "decimal"):
        return _number(spec, value)
    raise PlanError(_("Choose one of the answers offered."))


def _number(spec: FactSpec, value: str) -> int | float:
    try:
        given = Decimal(value.strip().replace(",", "."))
    except InvalidOperation:
        raise PlanError(_("Write a number, for example 5,3.")) from None
    low, high = spec.range or (None, None)
    if (
        not given.is_finite()
        or given.adjusted() > MOST_DIGITS
        or (low is not None and given < low)
        or (high is not None and given > high)
    ):
        raise PlanError(_range_text(spec))
    if spec.type == "integer" and given != given.to_integral_value():
        raise PlanError(_("Write a whole number."))
    return int(given) if given == given.to_integral_value() else float(given)


def _range_text(spec: FactSpec) -> str:
    if spec.range is None:
        return _("Write a number, for example 5,3.")
    low, high = (number(float(end)) for end in spec.range)
    return _("Write a number from %(low)s to %(high)s %(unit)s.") % {"low": low, "high": high, "unit": spec.unit or ""}

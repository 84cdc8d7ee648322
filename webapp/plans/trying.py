"""A dose being changed by hand: what the form holds, and what the engine says of it before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from webapp.plans import adding, editing, presenting
from webapp.plans.models import Plan, PlanItem
from webapp.plans.refusing import PlanError
from webapp.plans.terms import NBSP, Terms, number, unit_words

FIELDS = ("dose", "frequency", "days", "timing")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the engine says: the state it gives the item, the day's sums beside the maxima, and what is against it."""

    state: str
    sums: Sequence[str] = ()
    findings: Sequence[str] = ()
    missing: Sequence[str] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """The form of one item as it was sent, with what the engine said of it."""

    item: PlanItem
    fields: Sequence[Mapping[str, Any]]
    text: str
    reason: str
    note: str
    verdict: Verdict | None = None


def tried(item: PlanItem, form: Mapping[str, str], verdict: Verdict | None) -> Tried:
    """Return the form again as it was filled in, so that nothing typed is lost."""
    doses = item.content.get("doses", ())
    fields = [
        {"name": dose["ingredient"]} | {name: form.get(f"{name}-{place}", "") for name in FIELDS}
        for place, dose in enumerate(doses)
    ]
    return Tried(item, fields, form.get("text", ""), form.get("reason", ""), form.get("note", ""), verdict)


def verdict_on(plan: Plan, item: PlanItem, form: Mapping[str, str], terms: Terms) -> Verdict | None:
    """Return what the engine says of the doses in a form, None where they are the item's own."""
    try:
        changes = editing.edited(item.content, form, terms)
        seen = adding.check_doses(plan, item, changes.get("doses", ()))
    except PlanError as refused:
        return Verdict("unread", problem=str(refused))
    return None if seen is None else verdict_of(seen, changes["doses"], terms)


def verdict_of(seen: Mapping[str, Any], doses: Sequence[Mapping[str, Any]], terms: Terms) -> Verdict:
    findings = [*(terms.say(one["because"]) for one in seen["safety"]), *presenting.conflict_words(seen, terms)]
    missing = [terms.question(name) for name in seen["waiting_for"]]
    sums = [_sum(dose, terms) for dose in doses if dose.get("daily")]
    return Verdict(seen["state"], sums, list(dict.fromkeys(findings)), missing)


def _sum(dose: Mapping[str, Any], terms: Terms) -> str:
    medicine = terms.edition.formulary.medicines.get(dose["ingredient"])
    given = {
        "name": terms.ingredient(dose["ingredient"]),
        "sum": f"{number(float(dose['daily']))}{NBSP}{unit_words(dose['unit'])}",
    }
    if medicine is None or medicine.max_daily is None:
        return _("%(name)s: %(sum)s a day; no maximum is on file") % given
    most = f"{number(float(medicine.max_daily[0]))}{NBSP}{unit_words(medicine.max_daily[1])}"
    return _("%(name)s: %(sum)s a day, of at most %(most)s") % (given | {"most": most})

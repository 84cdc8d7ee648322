"""A medicine of the signed plan that the draft leaves out, kept on purpose: added by hand, and checked again."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.plans import adding, comparing, deciding, presenting
from webapp.plans.models import Plan, PlanItem
from webapp.plans.refusing import PlanError, doctor_only
from webapp.plans.taken import TAKEN, words_of
from webapp.plans.terms import Terms

CARRIED = ("code", "kind", "urgency", "title", "patient_text", "doses", "drugs")


def keep(*, plan: Plan, doctor: User, item_id: UUID, terms: Terms) -> PlanItem:
    """Return a medicine of the signed plan as an item of this draft; raise PlanError where the check is not clear."""
    doctor_only(doctor)
    before = comparing.signed_before(plan)
    taken = before.items.filter(decision__in=TAKEN, kind__in=adding.DRUGS) if before else PlanItem.objects.none()
    item = taken.filter(pk=item_id).first()
    if item is None:
        raise PlanError(_("This is not in the signed plan any more. Open the newest."))
    checked = adding.check(plan, _content(item))
    if not checked.is_clear:
        raise PlanError(_not_clear(checked, terms))
    return deciding.add_item(plan_id=plan.pk, doctor=doctor, content=checked.content, brings=checked.brings)


def _content(item: PlanItem) -> dict[str, Any]:
    said = words_of(item)
    return {**{name: said.get(name) for name in CARRIED}, "state": "proposed", "reasons": []}


def _not_clear(checked: adding.Checked, terms: Terms) -> str:
    refusal = presenting.refusal_of(checked, terms)
    why = "; ".join([*refusal.findings, *refusal.missing])
    words = _("It cannot be kept as it was: %(why)s. Add it by hand, with a reason, if it is still meant.")
    return words % {"why": why}

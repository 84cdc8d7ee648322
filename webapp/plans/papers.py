"""A signed plan on paper: for the patient, large and in plain words; for the file, every decision with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from rules import services as shelf
from rules.selectors import ShelfError
from webapp.accounts.models import User
from webapp.alerts import selectors as alert_selectors
from webapp.alerts.models import Alert
from webapp.base import pdf
from webapp.plans import noticing, presenting, selectors
from webapp.plans.models import Plan, PlanItem, Settlement, Task
from webapp.plans.reasons import SettleReason
from webapp.plans.sheets import Emergency, Sheet, emergency_in, sheet_of
from webapp.plans.terms import Terms, terms_of, words


def for_patient(plan: Plan, language: str) -> bytes:
    """Return the plan as its patient reads it, as a PDF; ``plan`` comes with its ``released_items``."""
    with override(language):
        terms = terms_of(plan.evaluation, language)
        context = {"sheet": _sheet(plan, terms), "plan": plan, "patient": plan.patient}
        context["versions"] = versions(plan.released_items, terms)  # type: ignore[attr-defined]
    return pdf.render("plans/paper_plan.html", context, language)


def _sheet(plan: Plan, terms: Terms) -> Sheet:
    return sheet_of(plan, terms, emergency_in(terms.edition, terms.language) or _emergency_now(terms.language))


def _emergency_now(language: str) -> Emergency | None:
    """Return the text in force, for a plan whose library is older than the text."""
    try:
        return emergency_in(shelf.edition(), language)
    except ShelfError:
        return None


def versions(items: Sequence[PlanItem], terms: Terms) -> str:
    """Return the protocols behind these items by their titles, each with its version."""
    used = {(reason["protocol"], reason["version"]) for item in items for reason in item.content.get("reasons", ())}
    protocols = terms.edition.protocols
    return " · ".join(
        f"{terms.say(protocols[name].title) if name in protocols else name} {version}" for name, version in sorted(used)
    )


@dataclass(frozen=True, slots=True)
class Decided:
    """One item of the decision record: what the engine said, and what became of it."""

    row: presenting.Row
    group: Any
    rules: Sequence[str]
    changed: Sequence[str]  # the doses as released, where a doctor changed them


@dataclass(frozen=True, slots=True)
class Said:
    """One alert of the decision record: what it said, and how it was settled, if it was."""

    title: str
    text: str
    settled: str
    by: str = ""
    at: Any = None
    note: str = ""


def decision_record(user: User, plan: Plan, language: str) -> bytes:
    """Return everything that led to a signed plan, dated, as a PDF for the file."""
    with override(language):
        terms = terms_of(plan.evaluation, language)
        items = selectors.items_for(user, plan)
        context = {
            "plan": plan,
            "patient": plan.patient,
            "evaluation": plan.evaluation,
            "decided": _decided(items, terms),
            "hypotheses": presenting.hypotheses_of(items, terms),
            "alerts": [*_remarks(user, plan, items, terms), *_alerts(user, plan, language)],
            "opinion": noticing.opinion_words(plan.evaluation),
            "tasks": list(Task.objects.filter(plan=plan).select_related("made_by")),
            "versions": versions(items, terms),
        }
    return pdf.render("plans/paper_record.html", context, language)


def _decided(items: Sequence[PlanItem], terms: Terms) -> list[Decided]:
    groups = presenting.groups_of(items, terms)
    return [
        Decided(row, group.title, _rules(row.item), _changed(row.item, terms)) for group in groups for row in group.rows
    ]


def _rules(item: PlanItem) -> list[str]:
    reasons = item.content.get("reasons", ())
    return [f"{one['protocol']} {one['version']} · {one['rule']} · {_('line')} {one['line']}" for one in reasons]


def _changed(item: PlanItem, terms: Terms) -> list[str]:
    """Return the doses as the engine gave them, where what was released differs."""
    before = presenting.dose_lines(item.content, terms)
    after = presenting.dose_lines(selectors.words_of(item), terms)
    return before if before != after else []


def _remarks(user: User, plan: Plan, items: Sequence[PlanItem], terms: Terms) -> list[Said]:
    """Return the alerts that stood on the plan, each with the settlements made on it."""
    settled: dict[str, list[Settlement]] = {}
    for one in noticing.settlements_of(plan):
        settled.setdefault(one.key, []).append(one)
    found = noticing.remarks_of(plan, items, terms)
    return [said for notice in found for said in _said(notice, settled.get(notice.key, ()))]


def _said(notice: noticing.Notice, settlements: Sequence[Settlement]) -> list[Said]:
    if not settlements:
        return [Said(notice.title, notice.text, _("Shown. Not settled."))]
    reasons = dict(SettleReason.choices)
    return [
        Said(
            notice.title,
            notice.text,
            str(reasons.get(one.reason_code, one.reason_code)),
            one.user.display_name,
            one.settled_at,
            one.note or "",
        )
        for one in settlements
    ]


def _alerts(user: User, plan: Plan, language: str) -> list[Said]:
    """Return the clinic's alerts about the patient that were raised before the signature."""
    raised = alert_selectors.alerts_for(user).filter(patient_id=plan.patient_id, raised_at__lte=plan.signed_at)
    rows = raised.select_related("acknowledged_by", "closed_by").order_by("raised_at")
    return [_of_alert(alert, language) for alert in rows]


def _of_alert(alert: Alert, language: str) -> Said:
    title = words(alert.text, language)
    if alert.closed_at:
        by = alert.closed_by.display_name if alert.closed_by else ""
        return Said(title, "", _("Closed"), by, alert.closed_at, alert.note or "")
    if alert.status == Alert.Status.ACKNOWLEDGED and alert.acknowledged_at and alert.acknowledged_by:
        return Said(title, "", _("Taken charge of"), alert.acknowledged_by.display_name, alert.acknowledged_at)
    return Said(title, "", _("Shown. Not settled."))

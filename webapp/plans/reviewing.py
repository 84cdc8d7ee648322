"""Everything the review page of one plan shows, gathered once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.alerts import selectors as alert_selectors
from webapp.alerts.models import Alert
from webapp.patients import selectors as patients
from webapp.patients.models import AllergyIntolerance
from webapp.patients.selectors import Record
from webapp.plans import inputs, presenting, selectors, trends
from webapp.plans.models import Plan, PlanItem
from webapp.plans.terms import Terms, terms_of, words

SHOWN_ALERTS = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One alert beside the plan. ``tier`` 1 is red and stops the signature; the rest is shown or folded."""

    number: int
    tier: int
    title: str
    text: str
    allergy: AllergyIntolerance | None = None
    alert: Alert | None = None
    not_assessed: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The review page: its columns and what the bottom bar may offer."""

    plan: Plan
    record: Record
    terms: Terms
    items: Sequence[PlanItem]
    groups: Sequence[presenting.Group]
    hypotheses: Sequence[presenting.Row]
    inputs: inputs.Inputs
    cards: Sequence[Card]
    folded: Sequence[Card]
    trends: Sequence[trends.Trend]
    days_filled: int
    left: selectors.ToDo
    age: int
    versions: str
    newer: Plan | None
    may_decide: bool

    @property
    def rows(self) -> list[presenting.Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def urgency(self) -> Any:
        return presenting.URGENT.get(self.plan.urgency, "")

    @property
    def counts(self) -> str:
        tally: dict[str, int] = {}
        for row in self.rows:
            tally[row.word] = tally.get(row.word, 0) + 1
        return ", ".join(f"{count} {word}" for word, count in tally.items())


def page_of(user: User, plan: Plan, *, language: str, today: date, path: str = "") -> Page:
    """Return the page of a plan this user may review; reading it is written into the audit."""
    record = patients.record_of(user, plan.patient, path=path)
    terms = terms_of(plan.evaluation, language)
    items = selectors.items_for(user, plan)
    left = selectors.to_do(user, plan, items)
    cards = _cards(user, plan, items, left, terms)
    before = _signed_before(user, plan)
    return Page(
        plan=plan,
        record=record,
        terms=terms,
        items=items,
        groups=presenting.groups_of(items, terms),
        hypotheses=presenting.hypotheses_of(items, terms),
        inputs=inputs.inputs_of(record, items, plan.evaluation, terms, before.date() if before else None),
        cards=[card for card in cards[:SHOWN_ALERTS] if card.tier < 3],
        folded=[card for place, card in enumerate(cards) if place >= SHOWN_ALERTS or card.tier == 3],
        trends=trends.trends_of(plan.evaluation.case.get("diary")),
        days_filled=trends.days_filled(plan.evaluation.case.get("diary")),
        left=left,
        age=plan.patient.age_on(today),
        versions=_versions(items, terms),
        newer=_newer(user, plan),
        may_decide=plan.status == Plan.Status.DRAFT and user.may("plans.sign"),
    )


def _signed_before(user: User, plan: Plan) -> datetime | None:
    signed = selectors.plans_of(user, plan.patient_id).exclude(pk=plan.pk).filter(signed_at__isnull=False)
    return signed.order_by("-signed_at").values_list("signed_at", flat=True).first()


def _newer(user: User, plan: Plan) -> Plan | None:
    """Return the draft that took the place of this one, if it is not the one that counts."""
    if plan.status in (Plan.Status.DRAFT, Plan.Status.SIGNED):
        return None
    others = selectors.plans_of(user, plan.patient_id).filter(status__in=[Plan.Status.DRAFT, Plan.Status.SIGNED])
    return others.first()


def _versions(items: Sequence[PlanItem], terms: Terms) -> str:
    used = {(reason["protocol"], reason["version"]) for item in items for reason in item.content.get("reasons", ())}
    protocols = terms.edition.protocols
    return " · ".join(
        f"{terms.say(protocols[name].title) if name in protocols else name} {version}" for name, version in sorted(used)
    )


def _cards(user: User, plan: Plan, items: Sequence[PlanItem], left: selectors.ToDo, terms: Terms) -> list[Card]:
    """Return the alerts of a plan, the first tier first, numbered in the order they are shown."""
    found = [_allergy_card(allergy, terms) for allergy in left.allergies]
    if left.not_assessed:
        found.append(
            Card(
                0,
                1,
                _("The newest answers could not be assessed"),
                _("Nothing is signed until they are."),
                not_assessed=True,
            )
        )
    live = alert_selectors.live_of(user, plan.patient_id).exclude(rule="not_assessed")
    told = {alert.code for alert in live}
    found += [_alert_card(alert, terms) for alert in live]
    found += [_item_card(item, terms) for item in items if item.kind == "alert" and item.code not in told]
    found.sort(key=lambda card: card.tier)
    return [_numbered(card, place) for place, card in enumerate(found, 1)]


def _numbered(card: Card, number: int) -> Card:
    return Card(number, card.tier, card.title, card.text, card.allergy, card.alert, card.not_assessed)


def _allergy_card(allergy: AllergyIntolerance, terms: Terms) -> Card:
    name = terms.listed(allergy.code) if allergy.code else allergy.text
    text = _("Reported by the patient: “%(text)s”. Confirm it or withdraw it before signing.") % {"text": allergy.text}
    return Card(0, 1, _("Unconfirmed allergy: %(name)s") % {"name": name}, text, allergy=allergy)


def _alert_card(alert: Alert, terms: Terms) -> Card:
    stops = alert.status == Alert.Status.OPEN and alert.urgency in selectors.STOPS_SIGNING
    urgency = presenting.URGENT.get(alert.urgency, "")
    tier = 1 if stops else (2 if alert.status == Alert.Status.OPEN else 3)
    return Card(0, tier, f"{terms.code(alert.code)}", f"{urgency}. {words(alert.text, terms.language)}", alert=alert)


def _item_card(item: PlanItem, terms: Terms) -> Card:
    row = presenting.row_of(item, terms)
    return Card(0, 2, row.title, " ".join(filter(None, [row.because, *row.safety])))

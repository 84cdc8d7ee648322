"""The alerts of a plan: what each rests on, which tier it is of, and whether this doctor has settled it already.

Tier 1 stops the signature. Tier 2 stands beside its item, or among the first three of the right column. Tier 3 is
folded: what is taken charge of, and what the reader settled on the same facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext

from engine.facts import CaseFacts, CodeSet, FactValue, Missing, Series
from engine.language.cases import read_case
from webapp.accounts.models import User
from webapp.alerts import selectors as alert_selectors
from webapp.alerts.models import Alert
from webapp.alerts.services import facts_digest
from webapp.patients.models import AllergyIntolerance
from webapp.plans import presenting, selectors
from webapp.plans.inputs import facts_behind
from webapp.plans.models import Confirmation, Evaluation, Plan, PlanItem, Settlement
from webapp.plans.reading import engine_of
from webapp.plans.terms import Terms, words

SHOWN = 3
NOT_CONFIRMED = "alert:not_confirmed"
SIGN_IN_WRITING = gettext_noop("Decide each line by itself; it is signed with a written reason only.")
OPINION = {
    "disagrees": gettext_lazy("A second engine, which reads the protocols by itself, comes to another result."),
    "crashed": gettext_lazy("The second engine broke off."),
    "timed_out": gettext_lazy("The second engine took too long."),
    "out_of_memory": gettext_lazy("The second engine needed more memory than it may take."),
    "garbled": gettext_lazy("The second engine’s answer could not be read."),
    "failed": gettext_lazy("The second engine could not work on this case."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert. ``key`` names it among the patient's alerts, ``facts`` is the digest of what it rests on."""

    tier: int
    title: str
    text: str = ""
    key: str = ""
    facts: str = ""
    item: PlanItem | None = None
    alert: Alert | None = None
    allergy: AllergyIntolerance | None = None
    check_failed: bool = False
    consent: bool = False  # it is about the consent to be treated
    mine: Settlement | None = None  # this reader's, on the same facts
    others: Settlement | None = None  # a colleague's, on the same facts
    number: int = 0

    @property
    def can_be_settled(self) -> bool:
        """Whether it is a remark on the plan, which a doctor settles with a reason."""
        return bool(self.key) and self.mine is None


@dataclass(frozen=True, slots=True)
class Notices:
    """The alerts of one page: ``beside`` by item, the rest in the right column, at most three of them open."""

    shown: Sequence[Notice]
    folded: Sequence[Notice]
    beside: Mapping[UUID, Sequence[Notice]]

    @property
    def all(self) -> list[Notice]:
        return [*self.shown, *self.folded, *(one for each in self.beside.values() for one in each)]


def notices_of(user: User, plan: Plan, items: Sequence[PlanItem], left: selectors.ToDo, terms: Terms) -> Notices:
    """Return the alerts of a plan for one reader."""
    settled = settlements_of(plan)
    case = _case(plan, terms, left.stands_on)
    stops = _first_tier(user, left, terms) if plan.status == Plan.Status.DRAFT else []  # nothing else can be stopped
    column = [*stops, *_live(user, plan, terms)]
    told = {one.alert.code for one in column if one.alert}
    remarks = [_remark(item, case, terms) for item in items if item.kind == "alert" and item.code not in told]
    remarks = [_with_settlement(one, settled, user) for one in remarks]
    answers = {one.key: _answer_to(one, items) for one in remarks}
    column += [one for one in remarks if answers[one.key] is None]
    column.sort(key=lambda one: one.tier)
    numbered = [replace(one, number=place) for place, one in enumerate(column, 1)]
    open_ones = [one for one in numbered if one.tier < 3]
    beside = {
        item.pk: [
            *(_with_settlement(one, settled, user) for one in _beside(item, case, terms)),
            *(one for one in remarks if answers[one.key] == item),
        ]
        for item in items
        if item.kind != "alert" and item.decision != PlanItem.Decision.REJECTED
    }
    folded = open_ones[SHOWN:] + [one for one in numbered if one.tier == 3]
    return Notices(open_ones[:SHOWN], folded, {pk: found for pk, found in beside.items() if found})


def _answer_to(one: Notice, items: Iterable[PlanItem]) -> PlanItem | None:
    """Return the item of the plan that answers an alert and was not rejected: the alert then stands beside it."""
    codes = one.item.content.get("answered_by", ()) if one.item else ()
    gone = PlanItem.Decision.REJECTED
    return next(
        (item for item in items if item.code in codes and item.state != "blocked" and item.decision != gone), None
    )


def find(user: User, plan: Plan, items: Sequence[PlanItem], key: str, terms: Terms) -> Notice | None:
    """Return the remark of this key on a plan, None if the plan holds none such."""
    found = next((one for one in remarks_of(plan, items, terms) if one.key == key), None)
    return _with_settlement(found, settlements_of(plan), user) if found else None


def remarks_of(plan: Plan, items: Sequence[PlanItem], terms: Terms) -> list[Notice]:
    """Return every remark on the plan itself, settled or not: alert items, and what safety says beside the others."""
    case = _case(plan, terms)
    return [
        one
        for item in items
        for one in ([_remark(item, case, terms)] if item.kind == "alert" else _beside(item, case, terms))
    ]


def settlements_of(plan: Plan) -> list[Settlement]:
    """Return every settled alert of the plan's patient, newest first."""
    return list(Settlement.objects.filter(patient_id=plan.patient_id).select_related("user"))


def _with_settlement(one: Notice, settled: Iterable[Settlement], user: User) -> Notice:
    same = [each for each in settled if (each.key, each.facts_digest) == (one.key, one.facts)]
    mine = next((each for each in same if each.user_id == user.pk), None)
    others = next((each for each in same if each.user_id != user.pk), None)
    return replace(one, mine=mine, others=others, tier=3 if mine else one.tier)


def _first_tier(user: User, left: selectors.ToDo, terms: Terms) -> list[Notice]:
    found = [_of_allergy(user, allergy, terms) for allergy in left.allergies]
    if left.not_confirmed:
        text = OPINION.get(left.opinion_reason, OPINION["failed"])
        title = _("Not confirmed by the second opinion")
        found.append(Notice(1, title, f"{text} {_(SIGN_IN_WRITING)}", check_failed=True))
    if left.no_consent:
        text = _("Nothing is signed unless it is given again.")
        found.append(Notice(1, _("The patient took back the consent to be treated"), text, consent=True))
    if left.not_assessed:
        text = _("The check could not run. Nothing is signed until it has.")
        found.append(Notice(1, _("The newest answers could not be assessed"), text, check_failed=True))
    elif left.not_checked:
        text = _(
            "Something was written down after this plan was worked out, facts in it have grown old, or the protocols "
            "have changed. Nothing is signed until it is checked."
        )
        found.append(Notice(1, _("The newest data are not checked yet"), text, check_failed=True))
    return found


def _of_allergy(user: User, allergy: AllergyIntolerance, terms: Terms) -> Notice:
    name = terms.listed(allergy.code) if allergy.code else allergy.text
    if user.may("plans.sign"):
        text = _("Reported by the patient: “%(text)s”. Confirm it or withdraw it before signing.")
    else:
        text = _("Reported by the patient: “%(text)s”. A doctor confirms it or withdraws it before signing.")
    title = _("Unconfirmed allergy: %(name)s") % {"name": name}
    return Notice(1, title, text % {"text": allergy.text}, allergy=allergy)


def _live(user: User, plan: Plan, terms: Terms) -> list[Notice]:
    live = alert_selectors.live_of(user, plan.patient_id).filter(not_assessed=False)
    return [_of_alert(alert, terms) for alert in live.select_related("acknowledged_by")]


def _of_alert(alert: Alert, terms: Terms) -> Notice:
    is_open = alert.status == Alert.Status.OPEN
    tier = 1 if is_open and alert.urgency in selectors.STOPS_SIGNING else (2 if is_open else 3)
    urgency = presenting.URGENT.get(alert.urgency, "")
    text = ". ".join(part for part in (str(urgency), words(alert.text, terms.language)) if part)
    title = _("Not confirmed by the second opinion") if alert.code == NOT_CONFIRMED else terms.code(alert.code)
    return Notice(tier, title, text, alert=alert)


def opinion_words(evaluation: Evaluation) -> str:
    """Return what the second opinion said of an evaluation, as it is written down for the file."""
    found = getattr(evaluation, "confirmation", None)
    if found is None:
        return pgettext("second opinion", "Not asked")  # signed before there was one
    if found.state == Confirmation.State.NOT_CONFIRMED:
        return str(OPINION.get(found.reason, OPINION["failed"]))
    confirmed = found.state == Confirmation.State.CONFIRMED
    return _("Confirmed by the second opinion") if confirmed else _("No second opinion on this machine")


# --- remarks on the plan: alert items, and what safety says beside an item


def _remark(item: PlanItem, case: CaseFacts | None, terms: Terms) -> Notice:
    row = presenting.row_of(item, terms)
    text = " ".join(filter(None, [row.because, *row.safety]))
    facts = _digest(item, case, terms, {"content": _stable(item.content)})
    return Notice(2, row.title, text, item.code, facts, item)


def _beside(item: PlanItem, case: CaseFacts | None, terms: Terms) -> list[Notice]:
    """Return what safety says about an item that is not forbidden by it, one alert a finding or conflict."""
    found: dict[str, Notice] = {}
    for finding in item.content.get("safety", ()):
        if finding["truth"] and not (finding["severity"] == "contraindicated" and item.state == "blocked"):
            key, title = f"{item.code}|{finding['subject']}", terms.say(finding["because"])
            named = {name: finding[name] for name in ("subject", "severity", "truth")}
            found[key] = Notice(2, title, key=key, facts=_digest(item, case, terms, named), item=item)
    for conflict in item.content.get("conflicts", ()):
        said = presenting.conflict_words({"conflicts": [conflict]}, terms)
        if said:
            facts = _digest(item, case, terms, {"conflict": conflict})
            found[f"{item.code}|{conflict}"] = Notice(2, said[0], "", f"{item.code}|{conflict}", facts, item)
    return list(found.values())


def _case(plan: Plan, terms: Terms, basis: Evaluation | None = None) -> CaseFacts:
    """Return the newest facts: an assessment that changed no item leaves the draft with an older evaluation."""
    if basis is not None and plan.status == Plan.Status.DRAFT:
        return engine_of(basis)[1]
    newest = selectors.latest_evaluation(plan.patient_id)
    same = newest is not None and newest.status == "ok" and newest.release_id == plan.evaluation.release_id
    case = newest.case if newest is not None and same else plan.evaluation.case
    return read_case(case, terms.edition.vocabulary, terms.edition.formulary)


def _stable(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an item says, without the words and versions that change while the matter stays the same."""
    rules = [[reason["protocol"], reason["rule"]] for reason in content.get("reasons", ())]
    return {name: content.get(name) for name in ("code", "state", "urgency", "conflicts")} | {"rules": rules}


def _digest(item: PlanItem, case: CaseFacts | None, terms: Terms, said: Mapping[str, Any]) -> str:
    """Return the digest of what an alert says, of its doses and of the values that the rules behind it read."""
    names = facts_behind([item], terms.edition) | {terms.edition.vocabulary.lists.get("medications", "")}
    values = case.values if case else {}
    facts = {name: _plain(values[name]) for name in sorted(names) if name in values}
    doses = [[dose.get("ingredient"), dose.get("daily"), dose.get("dose")] for dose in item.content.get("doses", ())]
    return facts_digest({"said": dict(said), "doses": doses, "facts": facts})


def _plain(value: FactValue) -> Any:
    match value:
        case CodeSet():
            return [sorted(value.codes), value.complete, {code: dict(more) for code, more in value.details.items()}]
        case Series():
            return [str(each) for each in value.values]
        case Missing():
            return str(value.because)
        case _:
            return str(value.value)

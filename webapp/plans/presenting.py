"""A draft as the review page shows it: rows in the order a doctor reads, each with its one line of why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from webapp.plans import adding, leaning, selectors
from webapp.plans.listed import Listing, listing
from webapp.plans.models import UNDECIDED_MAY_STAY, PlanItem
from webapp.plans.reasons import NothingReason, OverrideReason, RejectReason
from webapp.plans.terms import Terms, days, frequency, unit_words

SHOWN_AS = {
    "proposed": ("proposed", "c-ink3", pgettext_lazy("item", "proposed")),
    "held": ("held", "c-ochre", pgettext_lazy("item", "held")),
    "blocked": ("blocked", "c-red", pgettext_lazy("item", "blocked")),
    "accepted": ("accepted", "c-moss", pgettext_lazy("item", "accepted")),
    "edited": ("edited", "c-plum", pgettext_lazy("item", "edited")),
    "added": ("edited", "c-plum", pgettext_lazy("item", "added by hand")),
    "rejected": ("rejected", "c-ink3", pgettext_lazy("item", "rejected")),
}
EVIDENCE = {
    "strong": ("strong", gettext_lazy("Strong")),
    "moderate": ("mid", gettext_lazy("Moderate")),
    "weak": ("weak", gettext_lazy("Weak")),
    "very_low": ("weak", gettext_lazy("Very low")),
    "consensus": ("weak", gettext_lazy("Consensus")),
}
GROUPS: tuple[tuple[str, Promise | str], ...] = (
    ("start", pgettext_lazy("group of items", "Start")),
    ("change", pgettext_lazy("group of items", "Change")),
    ("stop", pgettext_lazy("group of items", "Stop")),
    ("continue", pgettext_lazy("group of items", "Continue")),
    ("test", pgettext_lazy("group of items", "Tests")),
    ("ref", pgettext_lazy("group of items", "Refer")),
    ("diet", pgettext_lazy("group of items", "Diet")),
    ("advice", pgettext_lazy("group of items", "Advice")),
    ("follow", pgettext_lazy("group of items", "Follow-up")),
)
GROUP_OF = {"rx": "start", "supp": "start", "test": "test", "ref": "ref", "diet": "diet", "advice": "advice"}
STOPS, CONTINUES = ("stop", "avoid", "ppi_taper", "defer", "discharge"), ("continue",)
URGENT = {
    "emergency": gettext_lazy("Emergency"),
    "same_day": gettext_lazy("Same day"),
    "urgent_2w": gettext_lazy("Within 2 weeks"),
    "soon": pgettext_lazy("urgency", "Soon"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One fact that would free a held item, in the form it can be answered in on the spot."""

    fact: str
    text: str
    title: str
    kind: str  # yes_no choice number list other
    unit: str = ""
    options: Sequence[tuple[str, str]] = ()
    listing: Listing | None = None  # the list of the record that answers it


@dataclass(frozen=True, slots=True)
class Standing:
    """How an item stands to the plan signed before: start, change, continue, or stop where it is forbidden now."""

    word: str
    was: Sequence[str] = ()  # what of it changed, old and new


@dataclass(frozen=True, slots=True)
class Row:
    """One item as a line of the page."""

    item: PlanItem
    title: str
    doses: Sequence[str]
    because: str
    mark: str
    colour: str
    word: str
    evidence: tuple[str, Any] | None
    urgency: Any
    waiting_for: Sequence[Question] = ()
    alternatives: Sequence[str] = ()
    safety: Sequence[str] = ()
    review_needed: bool = False
    reason: str = ""
    doses_given: Sequence[Mapping[str, Any]] = ()
    patient_text: str = ""
    timings: Sequence[str] = ()
    notices: Sequence[Any] = ()  # what safety says beside it, each to be settled (noticing.Notice)
    to_confirm: Sequence[Question] = ()  # facts it rests on that only the patient's own words say
    alone: bool = False  # it checks on a treatment, and no medicine of its protocol is left
    standing: Standing | None = None  # to the plan signed before, where there is one
    second: Any = None  # the newest question to a colleague whether she answers for it too (models.SecondSignature)

    @property
    def mark_class(self) -> str:
        return f"st {self.colour}"

    @property
    def unconfirmed(self) -> list[str]:
        return [question.title for question in self.to_confirm]

    @property
    def asks(self) -> list[Question]:
        """What frees the item once it is answered: what is missing, then what nobody has confirmed."""
        return [*self.waiting_for, *self.to_confirm]

    @property
    def unsaid(self) -> list[str]:
        """What safety says and no notice beside the item says already."""
        said = {self.because, *(one.title for one in self.notices)}
        return [words for words in self.safety if words not in said]

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The doses as a form shows them, to be changed."""
        said = zip(self.doses_given, self.timings, strict=True)
        return [
            {"name": dose["ingredient"], "dose": dose["dose"], "frequency": frequency(dose.get("frequency", "")),
             "days": dose.get("duration_days") or "", "timing": timing}
            for dose, timing in said
        ]  # fmt: skip

    @property
    def pending(self) -> bool:
        return self.item.decision == PlanItem.Decision.PENDING


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    title: Any
    rows: Sequence[Row]
    gone: Sequence[Any] = ()  # what of the plan signed before is left out (comparing.Gone)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the items: how they stand to the plan signed before, by code, what of it is left out, which
    stands with what stops, and what colleagues were asked, by item."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    gone: Sequence[Any] = ()
    seconds: Mapping[UUID, Any] = field(default_factory=dict)


def group_of(item: PlanItem, standing: Standing | None = None) -> str:
    """Return the part of the page an item stands in; a medicine by how it stands to the plan signed before."""
    if standing is not None and item.kind in adding.DRUGS:
        return standing.word
    if item.kind != "plan":
        return GROUP_OF.get(item.kind, "follow")
    name = item.code.partition(":")[2]
    if name.startswith(STOPS):
        return "stop"
    return "continue" if name.startswith(CONTINUES) else "follow"


def row_of(item: PlanItem, terms: Terms, notices: Sequence[Any] = ()) -> Row:
    content = selectors.words_of(item)
    reason = next(iter(content.get("reasons", ())), {})
    mark, colour, word = SHOWN_AS[item.state if item.decision == "pending" else item.decision]
    return Row(
        item=item,
        title=terms.say(content.get("title")) or terms.code(item.code),
        doses=dose_lines(content, terms),
        because=_because(content, reason, terms),
        mark=mark,
        colour=colour,
        word=str(word),
        evidence=EVIDENCE.get(reason.get("evidence", "")),
        urgency=URGENT.get(item.urgency),
        waiting_for=[question(name, terms) for name in content.get("waiting_for", ())],
        alternatives=[terms.code(code) for code in content.get("alternatives", ())],
        safety=_safety(content, terms),
        review_needed=any(reason.get("review_needed") for reason in content.get("reasons", ())),
        reason=_reason_words(item),
        doses_given=content.get("doses", ()),
        patient_text=terms.say(content.get("patient_text")),
        timings=[terms.say(dose.get("timing")) for dose in content.get("doses", ())],
        notices=notices,
        to_confirm=[question(name, terms) for name in content.get("unconfirmed", ())],
    )


def dose_lines(content: Mapping[str, Any], terms: Terms) -> list[str]:
    """Return the doses of an item; of a single medicine without its name where that stands in the title."""
    doses, title = content.get("doses", ()), terms.say(content.get("title")).casefold()
    told = len(doses) == 1 and terms.ingredient(doses[0]["ingredient"]).casefold() in title
    lines = [terms.dose(dose, named=not told) for dose in doses]
    after, within = content.get("after_days"), content.get("within_days")
    if after:
        lines.append(pgettext("delay", "in %(time)s") % {"time": days(after)})
    if within:
        lines.append(pgettext("deadline", "within %(time)s") % {"time": days(within)})
    return lines


def _because(content: Mapping[str, Any], reason: Mapping[str, Any], terms: Terms) -> str:
    """Return one line: of a blocked item what blocks it, of a held one what is missing, else the rule's own words."""
    blocking = [one for one in content.get("safety", ()) if one["severity"] == "contraindicated" and one["truth"]]
    if content.get("state") == "blocked" and blocking:
        return terms.say(blocking[0]["because"])
    return terms.say(reason.get("because") or content.get("why"))


def _safety(content: Mapping[str, Any], terms: Terms) -> list[str]:
    found = [terms.say(finding["because"]) for finding in content.get("safety", ())]
    return list(dict.fromkeys([*found, *conflict_words(content, terms)]))


def _reason_words(item: PlanItem) -> str:
    known = dict(RejectReason.choices) | dict(OverrideReason.choices) | dict(NothingReason.choices)
    return str(known.get(item.reason_code, ""))


def question(name: str, terms: Terms) -> Question:
    """Return how a missing fact can be answered here."""
    spec = terms.spec(name)
    text, title = terms.question(name), terms.fact(name)
    if spec is None:
        return Question(name, text, title, "other")
    if spec.type == "yes_no":
        return Question(spec.name, text, title, "yes_no")
    if spec.type == "choice":
        return Question(
            spec.name, text, title, "choice", options=[(key, terms.say(title)) for key, title in spec.choices.items()]
        )
    if spec.type in ("quantity", "integer", "decimal"):
        return Question(spec.name, text, title, "number", unit=unit_words(spec.unit or ""))
    found = listing(spec.name, terms.edition)
    return Question(spec.name, text, title, "list" if found else "other", listing=found)


def groups_of(
    items: Sequence[PlanItem],
    terms: Terms,
    notices: Mapping[UUID, Sequence[Any]] | None = None,
    more: Beside | None = None,
) -> list[Group]:
    """Return the rows of a plan in the order of GROUPS; hypotheses and alerts stand elsewhere on the page.

    ``notices`` are the alerts that stand beside an item, by its id.
    """
    beside, alone, also = notices or {}, leaning.left_alone(items), more or Beside()
    rows: dict[str, list[Row]] = {"stop": []} if also.gone else {}
    for item in items:
        if item.kind not in UNDECIDED_MAY_STAY:
            standing, second = also.standings.get(item.code), also.seconds.get(item.pk)
            row = row_of(item, terms, beside.get(item.pk, ()))
            row = replace(row, alone=item.pk in alone, standing=standing, second=second)
            rows.setdefault(group_of(item, standing), []).append(row)
    left_out = {"stop": also.gone}
    return [Group(name, title, rows[name], left_out.get(name, ())) for name, title in GROUPS if name in rows]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an addition is not simply taken: the state it has, what speaks against it, and what is missing."""

    state: str
    findings: Sequence[str]
    missing: Sequence[str]
    brings: Sequence[str]


def refusal_of(checked: adding.Checked, terms: Terms) -> Refusal:
    content = checked.content
    findings = [*(terms.say(one["because"]) for one in content["safety"]), *conflict_words(content, terms)]
    missing = [terms.question(name) for name in content["waiting_for"]]
    brings = [terms.say(one["title"]) for one in checked.brings]
    return Refusal(content["state"], list(dict.fromkeys(findings)), missing, brings)


def conflict_words(content: Mapping[str, Any], terms: Terms) -> list[str]:
    """Return what an item doubles, in the plan or with what the patient takes; meetings have a safety text already."""
    found = []
    for conflict in content.get("conflicts", ()):
        kind, _sep, rest = conflict.partition(":")
        name, _sep, other = rest.partition(":")
        if kind == "same_ingredient":
            found.append(
                _("%(name)s is also in: %(item)s") % {"name": terms.ingredient(name), "item": terms.code(other)}
            )
        elif kind == "already_taken":
            found.append(_("Already takes %(name)s") % {"name": terms.ingredient(name)})
        elif kind == "duplicate_class":
            found.append(_("Already takes %(name)s, of the same class") % {"name": terms.ingredient(other)})
        elif kind == "doses_differ":
            words = _("Two rules give doses of %(name)s that cannot be compared. Check which one is meant.")
            found.append(words % {"name": terms.ingredient(name)})
        elif kind == "opposed":
            found.append(_("Says the opposite: %(item)s") % {"item": terms.code(rest)})
    return found


def hypotheses_of(items: Iterable[PlanItem], terms: Terms) -> list[Row]:
    return [row_of(item, terms) for item in items if item.kind == "dx" and item.state != "blocked"]

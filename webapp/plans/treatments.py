"""What was tried before, as the engine reads it: what the record says, what was stopped, what Pauta's own plans gave.

The engine takes the list for complete, so that what it does not name was not tried. It ends in an entry without a name
where nobody said that this is all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone

from engine.facts import fold
from engine.language.case_treatments import FACTS, SECTION
from engine.language.documents import Edition
from webapp.patients.models import MedicationStatement, NoneRecorded, Patient, PreviousTreatment
from webapp.patients.selectors import Record
from webapp.plans.models import PlanItem
from webapp.plans.taken import TAKEN, words_of
from webapp.plans.told import told as told_of

__all__ = ["SECTION", "before", "fit", "given_by_plans", "named"]

Entry = dict[str, Any]
TOPIC = NoneRecorded.Topic.PREVIOUS_TREATMENTS
UNNAMED: Entry = {"code": None, "text": "?"}
A_DAY = len("2011-05-03")
_REGIMEN = "_regimen"  # ends the name of a fact that says which regimen an entry of the history was


def before(record: Record, today: date) -> list[Entry] | None:
    """Return what the patient had before, oldest first, by code; None where nothing is known and nobody asked."""
    told = [line for line in reversed(record.previous_treatments) if line.active]
    known = _Told(told)
    stopped = [_stopped(line) for line in reversed(record.medications) if not line.active]
    derived = [one for one in (*stopped, *given_by_plans(record.patient, today)) if not known.tells_of(one)]
    entries = [*derived, *(_told(line) for line in told)]
    if not entries:
        return [] if TOPIC in record.none else None
    return entries if TOPIC in record.whole else [*entries, UNNAMED]


@dataclass(frozen=True, slots=True)
class _Told:
    """What somebody wrote of a treatment after it was over says more than that it was given."""

    lines: Sequence[PreviousTreatment]

    def tells_of(self, entry: Entry) -> bool:
        same = [line for line in self.lines if line.code and line.code == entry["code"]]
        over = entry.get("end")
        return any(over is None or _day(line).isoformat() >= over for line in same)


def _day(line: PreviousTreatment) -> date:
    return timezone.localdate(line.recorded_at)


def _told(line: PreviousTreatment) -> Entry:
    dated = {name: day for name, day in (("start", line.started), ("end", line.ended)) if len(day) == A_DAY}
    said = {"for": line.reason} if line.reason else {}
    return {"code": line.code or None, "text": line.text, "result": line.outcome, **dated, **said}


def _stopped(line: MedicationStatement) -> Entry:
    """Return a medicine that is no longer taken: why it was stopped nobody wrote down."""
    days = (("start", line.started_on), ("end", line.ended_on))
    dated = {name: day.isoformat() for name, day in days if day}
    return {"code": line.code or None, "text": line.text, "result": "unknown", **dated}


def given_by_plans(patient: Patient, today: date) -> list[Entry]:
    """Return what plans the patient was told of prescribed and what is over by ``today``.

    Its time has passed, or a later plan has it no more. What came of it is not known: whoever asks the patient writes
    it into the record.
    """
    plans = _prescriptions(patient)
    followed = pairwise([*plans, None])
    return [one for plan, following in followed if plan for one in _over(plan, following, today)]


@dataclass(frozen=True, slots=True)
class _Prescribed:
    """What one signed plan prescribes: code -> how many days, None where it has no end."""

    day: date
    days: Mapping[str, int | None]


def _prescriptions(patient: Patient) -> list[_Prescribed]:
    signed = told_of(timezone.now()).filter(patient=patient)
    when = list(signed.order_by("signed_at").values_list("pk", "signed_at"))
    items = PlanItem.objects.filter(plan__in=signed, kind__in=("rx", "supp"), decision__in=TAKEN)
    days: dict[Any, dict[str, int | None]] = {}
    for item in items:
        days.setdefault(item.plan_id, {})[item.code.partition(":")[2]] = _length(item)
    return [_Prescribed(timezone.localdate(at), days.get(pk, {})) for pk, at in when if at is not None]


def _length(item: PlanItem) -> int | None:
    """Return for how many days an item is taken: the longest of its parts, None if one of them has no end."""
    lengths = [dose.get("duration_days") for dose in words_of(item).get("doses") or ()]
    return max(lengths) if lengths and all(lengths) else None


def _over(plan: _Prescribed, following: _Prescribed | None, today: date) -> Iterator[Entry]:
    for code, length in sorted(plan.days.items()):
        ends = [plan.day + timedelta(days=length)] if length else []
        if following is not None and code not in following.days:
            ends.append(following.day)
        goes_on = following is not None and code in following.days and (not ends or ends[0] > following.day)
        if ends and not goes_on and min(ends) <= today:
            dated = {"start": plan.day.isoformat(), "end": min(ends).isoformat()}
            yield {"code": code, "text": code, "result": "unknown", **dated}


def fit(case: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    """Return the case in the words of one library, its history completed by the regimens that were given."""
    fitted = dict(case)
    tried = fitted.pop(SECTION, None)
    if tried is None or not any(name in edition.vocabulary.facts for name in FACTS):
        return fitted
    fitted[SECTION] = [named(entry, edition) for entry in tried]
    fitted["history"] = _with_regimens(fitted.get("history"), fitted[SECTION], edition)
    return fitted


def named(entry: Entry, edition: Edition) -> Entry:
    """Return an entry by ``regimen`` or ``drug``; what the library has no name for is passed on in its words."""
    rest = {key: value for key, value in entry.items() if key != "code"}
    name = fold(entry["code"] or "")
    if name in edition.formulary.regimens:
        return {"regimen": name, **rest}
    if name in edition.formulary.names:
        return {"drug": entry["code"], **rest}
    return {"drug": None, **rest, "text": entry.get("text") or entry["code"]}


def _with_regimens(history: Any, tried: Iterable[Entry], edition: Edition) -> Any:
    """Add to the history what a regimen stands for: after an eradication the bacterium was treated before.

    What the record itself says of it comes later and so has the last word.
    """
    found = [one for entry in tried if "regimen" in entry for one in meant(entry["regimen"], edition)]
    if not found:
        return history
    return [*found, *(history if history is not None else [{"code": None, "text": "?"}])]


def meant(regimen: str, edition: Edition) -> Iterator[Entry]:
    """Yield what a regimen says of the history: what was treated with it."""
    facts = edition.vocabulary.facts
    entries = facts.get(edition.vocabulary.lists.get("history", ""))
    for name, spec in facts.items():
        code = name.removesuffix(_REGIMEN)
        if name.endswith(_REGIMEN) and regimen in spec.choices and entries and code in entries.choices:
            yield {"code": code, "regimen": regimen}

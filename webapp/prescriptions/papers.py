"""Prescriptions, what their patient is told with them, and recommendations, as PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import override

from webapp.base import pdf
from webapp.plans.models import Plan
from webapp.plans.taken import words_of
from webapp.plans.terms import Terms, days, frequency, spoken, terms_of, words
from webapp.prescriptions import writing
from webapp.prescriptions.models import Prescription

SPANISH = "es"  # prescriptions are written in it all over the country


@dataclass(frozen=True, slots=True)
class Paper:
    """One form as it is printed, of one pack; ``lacks`` holds the names of what is missing, ``missing`` their words.

    ``number`` of ``of`` forms written together for one medicine, to be handed in from its ``planned`` day.
    """

    said: Any
    lacks: frozenset[str]
    missing: Sequence[str]
    day: date
    number: int
    of: int
    packs: int
    planned: date
    valid_until: date
    birth_date: date
    route: str
    frequency: str
    timing: str
    length: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Told:
    """What the sheet of information says of one medicine, in the patient's language."""

    title: str
    how: str
    length: str
    note: str
    why: Sequence[str]


def prescriptions(found: Sequence[Prescription]) -> bytes:
    """Return what was written together, a page for each pack, and the sheet for the patient behind it."""
    first = found[0]
    patient, language = first.patient, first.patient.language
    with override(SPANISH):
        papers = [paper for one in found for paper in forms(one.content)]
    with override(language):
        told = [_told(one, terms_of(first.plan.evaluation, language)) for one in found]
    context = {"papers": papers, "told": told, "patient": patient, "own_language": language, "by": first.issued_by}
    context |= {"day": papers[0].day, "number": str(first.batch)[:8]}
    return pdf.render("prescriptions/paper.html", context, SPANISH)


def recommendation(plan: Plan, language: str) -> bytes | None:
    """Return the sheet of supplements in ``language``; None where the plan has none."""
    with override(language):
        advised = writing.supplements_of(plan, terms_of(plan.evaluation, language))
    if not advised:
        return None
    return pdf.render(
        "prescriptions/recommendation.html", {"advised": advised, "plan": plan, "patient": plan.patient}, language
    )


def forms(said: Any) -> list[Paper]:
    """Return the forms of one medicine; one that was written for all its packs stays the form it was."""
    packs = said["medicine"]["packs"]
    before = [{"planned": said["day"], "valid_until": said.get("valid_until", said["day"])}]
    sheets = said.get("sheets", before)
    each = 1 if "sheets" in said else packs
    return [_paper(said, sheet, (place, len(sheets)), each) for place, sheet in enumerate(sheets, 1)]


def _paper(said: Any, sheet: Mapping[str, str], place: tuple[int, int], packs: int) -> Paper:
    how, medicine, lacks = said["how"], said["medicine"], frozenset(said["lacks"])
    return Paper(
        said=said,
        lacks=lacks,
        missing=[str(writing.LACKS[name]) for name in said["lacks"]],
        day=date.fromisoformat(said["day"]),
        number=place[0],
        of=place[1],
        packs=packs,
        planned=date.fromisoformat(sheet["planned"]),
        valid_until=date.fromisoformat(sheet["valid_until"]),
        birth_date=date.fromisoformat(said["patient"]["birth_date"]),
        route=str(writing.ROUTES.get(medicine["route"], medicine["route"])),
        frequency=frequency(how["frequency"]),
        timing=words(how["timing"], SPANISH),
        length=days(how["days"]),
        start=date.fromisoformat(how["start"]),
        end=date.fromisoformat(how["end"]),
    )


def _told(one: Prescription, terms: Terms) -> Told:
    said, content = one.content, words_of(one.item)
    dose, timing = spoken(said["medicine"]["dose"], terms.language), words(said["how"]["timing"], terms.language)
    how = [dose, frequency(said["how"]["frequency"]), timing]
    why = dict.fromkeys(terms.say(reason.get("because")) for reason in content.get("reasons", ()))
    return Told(
        title=terms.ingredient(said["medicine"]["code"]),
        how=", ".join(part for part in how if part),
        length=days(said["how"]["days"]),
        note=terms.say(content.get("patient_text")),
        why=[line for line in why if line],
    )

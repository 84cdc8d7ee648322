"""A summary for another doctor: who it is, what must not be given, what is known and what is not, on a sheet or two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.base import pdf
from webapp.desk import course, record
from webapp.desk.moment import Reader
from webapp.patients.models import Patient
from webapp.patients.services import NotAllowed
from webapp.plans.lines import terms_now
from webapp.plans.models import PlanItem
from webapp.plans.terms import words

LANGUAGES = ("es", "en")
LISTS = ("allergies", "conditions", "medications", "treatments", "procedures", "stays", "family")
MOST_RESULTS = 30


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands on the paper; ``open`` are the questions nobody has answered, each a sentence."""

    sheet: record.Sheet
    lists: Sequence[record.Section]
    results: Sequence[Any]
    more_results: int
    scores: Sequence[course.Score]
    open: Sequence[str]


@transaction.atomic
def take(*, patient: Patient, actor: User, language: str, today: date, path: str) -> bytes:
    """Return the summary as a PDF in a language, and write down that it left; raise NotAllowed for who may not."""
    if not actor.may("record.export"):
        raise NotAllowed(_("Copies of records are taken by clinicians."))
    with override(language):
        made = summary_of(Reader(actor, patient, language, today, path))
    audit.record(
        actor=actor, verb="record.summary_taken", patient_id=patient.pk, path=path, detail={"language": language}
    )
    context = {"summary": made, "sheet": made.sheet, "patient": patient, "today": today, "by": actor.display_name}
    return pdf.render("desk/paper_summary.html", context, language)


def summary_of(reader: Reader) -> Summary:
    """Return what the summary says, in the language of the reader."""
    sheet = record.sheet_of(reader.user, reader.patient, language=reader.language, today=reader.today, path=reader.path)
    terms = terms_now(reader.language, reader.today)
    labs = sorted(sheet.labs, key=lambda value: value.day, reverse=True)
    return Summary(
        sheet=sheet,
        lists=[sheet.sections[name] for name in LISTS],
        results=labs[:MOST_RESULTS],
        more_results=max(len(labs) - MOST_RESULTS, 0),
        scores=course.scores_of(reader, terms),
        open=_open(sheet, reader.language),
    )


def _open(sheet: record.Sheet, language: str) -> list[str]:
    """Return what is not known: lists nobody asked for, what the person does not know, what the draft waits for."""
    lists = [_of_list(section) for name, section in sheet.sections.items() if name in LISTS and section.is_open]
    unknown = [_("The person does not know: %(what)s") % {"what": value.title} for value in sheet.not_known]
    asked = PlanItem.objects.filter(plan=sheet.draft, kind="ask") if sheet.draft else PlanItem.objects.none()
    return lists + unknown + [words(item.content.get("title"), language) for item in asked.order_by("position")]


def _of_list(section: record.Section) -> str:
    said = {"list": section.kind.title}
    if section.unsure:
        return _("%(list)s: asked, and the person does not know whether there is more") % said
    open_end = _("%(list)s: nobody has said that the list is complete") if section.now else _("%(list)s: not asked")
    return open_end % said

"""Plans: when they were drafted, signed, and taken back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.accounts import selectors as accounts
from webapp.audit import selectors as audit
from webapp.desk.moment import Line, Moment, Part, Reader
from webapp.plans import selectors as plans
from webapp.plans.occasions import occasion

DRAFTED, SIGNED, TAKEN_BACK = "drafted", "signed", "taken_back"


def _moments(reader: Reader) -> Iterable[Moment]:
    rows = plans.plans_of(reader.user, reader.patient.pk).order_by()
    for pk, made, signed in rows.values_list("pk", "created_at", "signed_at"):
        yield Moment(made, (DRAFTED, str(pk)))
        if signed is not None:
            yield Moment(signed, (SIGNED, str(pk)))
    if reader.user.may("plans.read"):
        back = audit.of_patient(reader.patient.pk).filter(verb="plan.taken_back").order_by()
        for entry, at in back.values_list("pk", "at"):
            yield Moment(at, (TAKEN_BACK, str(entry)))


def _told(reader: Reader, keys: Sequence[Any]) -> Mapping[Any, Line]:
    made = plans.plans_of(reader.user, reader.patient.pk).filter(pk__in=[pk for what, pk in keys if what != TAKEN_BACK])
    rows = {str(row.pk): row for row in made.defer("evaluation__case", "evaluation__result")}
    lines = {(what, pk): _line(what, rows[pk]) for what, pk in keys if what != TAKEN_BACK and pk in rows}
    return lines | _back(reader, [pk for what, pk in keys if what == TAKEN_BACK])


def _line(what: str, plan: Any) -> Line:
    url = reverse("plans:review", kwargs={"pk": plan.pk})
    if what == SIGNED:
        return Line(_("Plan signed"), url, by=plan.signed_by.display_name)
    return Line(_("Draft of a plan"), url, str(occasion(plan.evaluation.because)))


def _back(reader: Reader, numbers: Sequence[str]) -> dict[Any, Line]:
    if not numbers:
        return {}
    rows = list(audit.of_patient(reader.patient.pk).filter(pk__in=numbers))
    names = accounts.names_of(row.actor_id for row in rows if row.actor_id)
    return {
        (TAKEN_BACK, str(row.pk)): Line(
            _("Signed plan taken back before the patient was told"),
            reverse("plans:review", kwargs={"pk": row.object_id}),
            by=names.get(row.actor_id or 0, ""),
        )
        for row in rows
    }


PART = Part("plans", gettext_lazy("Plans"), "clipboard2-pulse", _moments, _told, place=50)

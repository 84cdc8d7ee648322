"""What a doctor may change in an item or add to a plan, checked before it is taken."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from engine.doses import read_dose
from engine.language.documents import Edition
from webapp.plans.refusing import LONGEST_TEXT, PlanError
from webapp.plans.terms import Terms, frequency

LONGEST_COURSE = 730
OTHERS = ("test", "ref", "diet", "advice", "fu", "plan")  # medicines are taken from the formulary, which checks them
DRUGS = ("rx", "supp")


def edited(content: Mapping[str, Any], form: Mapping[str, str], terms: Terms) -> dict[str, Any]:
    """Return what the form changes in an item, empty if nothing; raise PlanError for a dose that cannot be."""
    changes: dict[str, Any] = {}
    doses = [_dose(dose, form, place, terms) for place, dose in enumerate(content.get("doses", ()))]
    if doses != list(content.get("doses", ())):
        changes["doses"] = doses
    text = form.get("text", "").strip()
    if len(text) > LONGEST_TEXT:
        raise PlanError(_("The text for the patient is too long: at most %(n)d letters.") % {"n": LONGEST_TEXT})
    if text and text != terms.say(content.get("patient_text")):
        changes["patient_text"] = {"es": text, "en": text}
    return changes


def _dose(dose: Mapping[str, Any], form: Mapping[str, str], place: int, terms: Terms) -> dict[str, Any]:
    given = {name: form.get(f"{name}-{place}", "").strip() for name in ("dose", "frequency", "timing", "days")}
    new = dict(dose)
    new["dose"] = given["dose"] or dose["dose"]
    said = dose.get("frequency", "")
    unchanged = given["frequency"] in ("", frequency(said))  # the form shows it in the reader's words
    new["frequency"] = said if unchanged else given["frequency"]
    if given["timing"] and given["timing"] != terms.say(dose.get("timing")):
        new["timing"] = {"es": given["timing"], "en": given["timing"]}
    if given["days"]:
        new["duration_days"] = _days(given["days"])
    if (new["dose"], new["frequency"]) == (dose["dose"], dose.get("frequency", "")):
        return new
    return new | _daily(new)


def _days(text: str) -> int:
    if not text.isdecimal() or len(text) > len(str(LONGEST_COURSE)) or not 1 <= int(text) <= LONGEST_COURSE:
        raise PlanError(_("Write the length in whole days, from 1 to %(n)d.") % {"n": LONGEST_COURSE})
    return int(text)


def _daily(dose: Mapping[str, Any]) -> dict[str, Any]:
    """Return the day's sum; raise PlanError for words that are no dose. How much it may be the engine says."""
    read = read_dose(dose["dose"], dose["frequency"])
    if not read.amount or read.unit is None:
        raise PlanError(_("Write the dose as a number with its unit, for example 20 mg."))
    if read.per_day is None and read_dose("1 mg", dose["frequency"]).per_day is not None:
        raise PlanError(
            _("Write only the number and the unit of the dose, for example 20 mg: the route stays as it is.")
        )
    if read.per_day is None:
        raise PlanError(_("Write how often, for example “once daily” or “every 12 hours”."))
    return {"daily": str(float(read.amount * read.per_day)).removesuffix(".0"), "unit": read.unit}


def addable(terms: Terms) -> list[tuple[str, str]]:
    """Return the codes a doctor may add by hand with their words, in alphabetical order of the words."""
    edition = terms.edition
    codes = {code for code in edition.vocabulary.codes if code.partition(":")[0] in OTHERS}
    codes |= {f"rx:{name}" for name in edition.formulary.regimens}
    codes |= {f"rx:{name}" for name, one in edition.formulary.medicines.items() if one.kind == "medicine"}
    codes |= {f"supp:{name}" for name, one in edition.formulary.medicines.items() if one.kind == "supplement"}
    return sorted(((code, terms.code(code)) for code in codes), key=lambda pair: pair[1].casefold())


def added(code: str, form: Mapping[str, str], terms: Terms) -> dict[str, Any]:
    """Return the content of an item added by hand; raise PlanError for an unknown code or a medicine without a dose.

    A medicine still has to pass ``adding.check``.
    """
    if code not in {known for known, _words in addable(terms)}:
        raise PlanError(_("Choose from the list what to add."))
    kind, _sep, name = code.partition(":")
    content: dict[str, Any] = {
        "code": code,
        "kind": kind,
        "state": "proposed",
        "urgency": "none",
        "title": _title(code, terms.edition),
        "patient_text": _patient_text(code, form, terms.edition),
        "reasons": [],
        "doses": [],
        "drugs": [],
    }
    if kind in DRUGS:
        content["doses"] = _added_doses(name, form, terms)
        content["drugs"] = [dose["ingredient"] for dose in content["doses"]]
    return content


def _title(code: str, edition: Edition) -> dict[str, str]:
    return {language: Terms(edition, language).code(code) for language in ("es", "en")}


def _patient_text(code: str, form: Mapping[str, str], edition: Edition) -> dict[str, str]:
    text = form.get("text", "").strip()
    if text:
        return {"es": text[:LONGEST_TEXT], "en": text[:LONGEST_TEXT]}
    known = edition.vocabulary.codes.get(code)
    return dict(known.patient) if known and known.patient else {}


def _added_doses(name: str, form: Mapping[str, str], terms: Terms) -> Sequence[dict[str, Any]]:
    regimen = terms.edition.formulary.regimens.get(name)
    if regimen is not None:
        parts = [(part.medicine, part.dose, part.frequency, part.duration_days) for part in regimen.parts]
    else:
        length = _days(form["days"]) if form.get("days", "").strip() else None
        parts = [(name, form.get("dose", "").strip(), form.get("frequency", "").strip(), length)]
    return [_added_dose(part) for part in parts]


def _added_dose(part: tuple[str, str, str, int | None]) -> dict[str, Any]:
    ingredient, dose, often, length = part
    given = {"ingredient": ingredient, "dose": dose, "frequency": often, "timing": {}, "duration_days": length}
    return given | _daily(given)

"""The parts of a record that can be opened by themselves, in the order in which people read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Section:
    """One part: its name in the code, its word for people, and what the patient is told stands in it."""

    name: str
    title: Words
    about: Words


SECTIONS: Mapping[str, Section] = {
    one.name: one
    for one in (
        Section(
            "history",
            _("Allergies and diagnoses"),
            _("With hospital stays, operations and procedures"),
        ),
        Section(
            "treatments",
            _("Treatments and prescriptions"),
            _("What you take and have taken, and the prescriptions on paper"),
        ),
        Section(
            "results",
            pgettext_lazy("section", "Results"),
            _("Those the clinic has released to you, with their originals"),
        ),
        Section("plan", pgettext_lazy("section", "Plan"), _("The plan your doctor has signed")),
        Section("diary", _("Diary"), _("The last 90 days")),
    )
}


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names that are sections, each once, in the order above."""
    given = set(names)
    return [name for name in SECTIONS if name in given]


def titled(names: Iterable[str]) -> list[Section]:
    """Return the sections of these names, in their order."""
    return [SECTIONS[name] for name in in_order(names)]

"""What a patient chooses when opening sections to a specialist, and when changing what is open."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.base.plain import PlainForm
from webapp.sharing.models import LONGEST, Share
from webapp.sharing.sections import SECTIONS, Section

USUAL = timedelta(days=30)


class ExtentForm(PlainForm):
    """What, and until when; ``longest`` is the last day that can be chosen."""

    sections = forms.MultipleChoiceField(
        label=_("What she or he may read"),
        choices=[(one.name, one.title) for one in SECTIONS.values()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose at least one part of your record.")},
    )
    until = forms.DateField(
        label=_("Until the end of this day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write a day as 31/12/2026.")},
    )

    def __init__(self, *args: Any, today: date, longest: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sections"].error_messages["required"] = _("Choose at least one part of your record.")
        days = {"min": today.isoformat(), "max": longest.isoformat()}
        self.fields["until"].widget.attrs.update(days)

    @property
    def boxes(self) -> list[tuple[Section, bool]]:
        """Return each section, and whether it is ticked."""
        ticked = self["sections"].value() or ()
        return [(one, one.name in ticked) for one in SECTIONS.values()]


class ShareForm(ExtentForm):
    """Whom, what, and until when."""

    specialist = forms.TypedChoiceField(
        label=_("Specialist"),
        coerce=int,
        error_messages={"invalid_choice": _("Choose one of the specialists in the list.")},
    )
    field_order = ("specialist",)

    def __init__(self, *args: Any, specialists: Sequence[User], today: date, **options: Any) -> None:
        super().__init__(*args, today=today, longest=today + LONGEST, initial={"until": today + USUAL}, **options)
        choices = [(one.pk, one.display_name) for one in specialists]
        self.fields["specialist"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]


def change_form(given: Any, share: Share, today: date) -> ExtentForm:
    """Return the form that changes a share, filled with what is open now until another extent is given."""
    held = {"sections": share.sections, "until": share.until}
    return ExtentForm(given, initial=held, today=today, longest=share.opened_on + LONGEST)

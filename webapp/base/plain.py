"""A form in the look of the pages, every field of which says in plain words what to do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PlainForm(forms.Form):
    """A form in the look of the pages; what was left out, or does not fit, stands out."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            chooses = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if chooses else "form-control")
            field.error_messages["required"] = (
                _("This is missing. Please choose.") if chooses else _("This is missing. Please fill it in.")
            )

    def full_clean(self) -> None:
        super().full_clean()
        for name in set(self.errors) & set(self.fields):
            self.fields[name].widget.attrs["class"] += " is-wrong"

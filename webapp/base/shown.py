"""Forms that know what they showed: of two who edit one thing at once, neither undoes what the other changed.

The form sends back what stood in each field beside what stands there now. Only what its person changed is saved, and of
that nothing which somebody else has changed meanwhile.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict


def remember(form: forms.Form) -> forms.Form:
    """Return the form, which will send back what it showed in each field."""
    for field in form.fields.values():
        field.show_hidden_initial = True
    return form


def given(form: forms.Form) -> dict[str, Any]:
    """Return what the person changed, of a form that holds."""
    return {name: form.cleaned_data[name] for name in form.changed_data}


def shown(form: forms.Form) -> dict[str, str]:
    """Return what stood in the fields the person changed, as the page wrote it."""
    sent = {name: form.data.get(form.add_initial_prefix(name)) for name in form.changed_data}
    return {name: text for name, text in sent.items() if text is not None}


def as_text(value: Any) -> str:
    """Return a value as a page writes it into a field."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def as_it_stands(form: forms.Form, now: Mapping[str, Any]) -> QueryDict:
    """Return what was sent as a page of this moment would send it: what the person did not change is what stands."""
    data: QueryDict = form.data.copy()
    for name, value in now.items():
        data[form.add_initial_prefix(name)] = as_text(value)
        if name not in form.changed_data:
            data[form.add_prefix(name)] = as_text(value)
    return data

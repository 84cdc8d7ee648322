"""The form in which a file of results is chosen."""

from django import forms
from django.utils.translation import gettext_lazy

from webapp.base.plain import PlainForm


class FileForm(PlainForm):
    """A file of results to look at."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=gettext_lazy("CSV with a first line of names, at most 2 MB."),
    )

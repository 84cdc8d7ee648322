"""What the administrator fills in about a pharmacy."""

from django import forms
from django.utils.translation import gettext_lazy as _

from webapp.base.plain import PlainForm


class PharmacyForm(PlainForm):
    """A pharmacy patients may choose."""

    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)

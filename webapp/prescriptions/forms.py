"""What a doctor fills in before a prescription is printed, and what she says of herself once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from webapp.base.plain import PlainForm
from webapp.patients import identity
from webapp.prescriptions.writing import Given, Medicine

MOST_DAYS = 365
NUMBER = {
    "invalid": _("Write a whole number."),
    "min_value": _("At least %(limit_value)s."),
    "max_value": _("At most %(limit_value)s."),
}


def _number(label: Any, most: int) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=1, max_value=most, widget=widget, error_messages=NUMBER)


class MedicineForm(PlainForm):
    """How one medicine is sold and for how long it is given; asked only where it is to be printed."""

    chosen = forms.BooleanField(label=_("Print it"), required=False)
    presentation = forms.CharField(label=_("Strength and form"), max_length=80)
    units = _number(_("Units in a pack"), 1000)
    packs = _number(_("Packs"), 20)
    days = _number(_("Days in all"), MOST_DAYS)
    brand = forms.CharField(label=_("Brand, only if it must be that one"), max_length=60, required=False)
    brand_reason = forms.CharField(label=_("Why that brand"), max_length=120, required=False)

    def __init__(self, *args: Any, medicine: Medicine, **options: Any) -> None:
        super().__init__(*args, prefix=medicine.key, **options)
        self.medicine = medicine
        self.fields["chosen"].widget.attrs["class"] = "form-check-input"
        self.fields["days"].initial = medicine.days

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.cleaned_data.get("chosen"):
            for name in self.errors:
                field = self.fields[name].widget.attrs
                field["class"] = field["class"].replace(" is-wrong", "")
            self._errors = forms.utils.ErrorDict()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("chosen") and said.get("brand") and not said.get("brand_reason"):
            self.add_error("brand_reason", _("A brand is written with a short reason."))
        return said

    @property
    def given(self) -> Given | None:
        """What is printed of it; None where it is not."""
        said = self.cleaned_data
        if not said.get("chosen"):
            return None
        return Given(**{name: said[name] for name in Given.__slots__})


class PrescriberForm(PlainForm):
    """What every prescription says of its doctor."""

    given_name = forms.CharField(label=_("First name"), max_length=80)
    surnames = forms.CharField(label=_("Two surnames"), max_length=120)
    qualification = forms.CharField(
        label=_("Qualification"), max_length=120, help_text=_("For example: Licenciada en Medicina y Cirugía.")
    )
    college_number = forms.CharField(label=_("College number"), max_length=20)
    speciality = forms.CharField(label=_("Speciality"), max_length=80)
    email = forms.EmailField(
        label=_("Professional e-mail"),
        max_length=200,
        error_messages={"invalid": _("This address cannot receive mail. Write it as name@example.org.")},
    )
    phone = forms.CharField(
        label=_("Professional telephone"),
        max_length=25,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("With the international prefix: +34 for Spain."),
    )
    address = forms.CharField(label=_("Professional address"), max_length=200)
    town = forms.CharField(label=_("Town"), max_length=80)

    def clean_phone(self) -> str:
        try:
            return identity.phone(self.cleaned_data["phone"])
        except identity.IdentityError as problem:
            raise forms.ValidationError(str(problem)) from None

"""The parts of the clinic's page as forms; a list is written a line an entry, in both languages."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from webapp.base.plain import PlainForm
from webapp.clinic.models import Edition

PHONE = re.compile(r"[+0-9][0-9 ()/.-]{2,24}")
# Beginnings of words that would tell whoever sees a message on a telephone that its owner is somebody's patient.
TELLING = re.compile(
    r"cl[ií]nic|hospital|digest|gastr|hepat|m[eé]dic|salud|health|doctor|pacient|patient|endosc|intestin|care\b",
    re.IGNORECASE,
)
MOST_LINES, MOST_ENTRIES = 60, 200


def _number(label: Any, least: int, most: int, help_text: Any = "") -> forms.IntegerField:
    words = {
        "invalid": _("Write a whole number."),
        "min_value": _("At least %(limit_value)s."),
        "max_value": _("At most %(limit_value)s."),
    }
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text, error_messages=words)


class IdentityForm(PlainForm):
    """What the clinic is called and how it is reached."""

    name_es = forms.CharField(label=_("Name, in Spanish"), max_length=80)
    name_en = forms.CharField(label=_("Name, in English"), max_length=80)
    signature = forms.CharField(
        label=_("Name in messages"),
        max_length=40,
        help_text=_("Stands under mails, where others may see it: no word that tells of a clinic or of health."),
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=25, required=False)
    emergency = forms.RegexField(
        label=_("Emergency number"),
        regex=r"^[0-9]{3,6}$",
        help_text=_("Shown under every page of the portal. Texts of the protocols keep the number written in them."),
        error_messages={"invalid": _("Write it in figures alone, such as 112.")},
    )

    def clean_phone(self) -> str:
        value = str(self.cleaned_data["phone"])
        if value and not PHONE.fullmatch(value):
            raise forms.ValidationError(_("Write it in figures, such as +34 910 000 000."))
        return value

    def clean_signature(self) -> str:
        value = str(self.cleaned_data["signature"])
        if TELLING.search(value):
            raise forms.ValidationError(
                _("Whoever sees such a message on a telephone would know that its owner is a patient. Choose another.")
            )
        return value


class RemindersForm(PlainForm):
    """When people are written to, and after how long."""

    quiet_from = _number(
        _("Nobody is written to from"), 0, 23, _("Hour of the clock. The same hour twice: never quiet.")
    )
    quiet_until = _number(_("until"), 0, 23)
    remind_diary_after = _number(_("Days without diary until a reminder"), 1, 60)
    remind_questionnaire_after = _number(_("Days until an unsent questionnaire is asked for"), 1, 29)
    remind_before_follow_up = _number(_("Days before a follow-up that it is told"), 0, 60)
    remind_before_test = _number(_("Days before a test that it is told"), 0, 60)
    silent_after = _number(_("Days without diary until the doctor’s list says so"), 1, 60)
    slips_below = _number(_("Percent of doses taken, below which the doctor’s list says so"), 1, 100)
    review_after = _number(_("Weeks of an acid suppressant until it is looked at again"), 1, 52)
    most_messages = _number(
        _("Messages a day to one person, at most"), 1, 20, _("What comes on top waits for the morning, as one.")
    )


class SavedForm(PlainForm):
    """How long a person would need for what is done by itself."""

    minutes_item = _number(_("Minutes a person needs for a line of a plan"), 0, 120)
    minutes_reminder = _number(_("Minutes a person needs for a reminder"), 0, 120)
    minutes_release = _number(_("Minutes a person needs to release a result"), 0, 120)


class SheetsForm(PlainForm):
    """What prescriptions are printed on."""

    prescription_form = forms.ChoiceField(
        label=_("What prescriptions are printed on"),
        choices=[
            ("proposal", _("Plain paper, headed “not valid for dispensing”")),
            ("college", _("The form of the doctors’ college, with its verification code")),
        ],
        help_text=_("A pharmacy may refuse what is printed on plain paper; the law asks for the college’s own form."),
    )


def _lines_field(label: Any, help_text: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 6})
    return forms.CharField(label=label, required=False, max_length=8000, widget=area, help_text=help_text)


class ListsForm(PlainForm):
    """Specialties, and the stages by which a patient comes to the clinic."""

    specialties = _lines_field(_("Specialties"), _("One a line, Spanish | English."))
    stages = _lines_field(_("Stages of a patient"), _("In their order, one a line, Spanish | English."))

    def clean_specialties(self) -> list[dict[str, str]]:
        return read_lines(self.cleaned_data["specialties"])

    def clean_stages(self) -> list[dict[str, str]]:
        return read_lines(self.cleaned_data["stages"])


def read_lines(text: str) -> list[dict[str, str]]:
    """Return the entries of a list; raise ValidationError for a line in one language, or one there twice."""
    lines = [line.strip() for line in text.replace("\0", "").splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise forms.ValidationError(_("At most %(n)s lines.") % {"n": MOST_LINES})
    found: list[dict[str, str]] = []
    for line in lines:
        spanish, bar, english = (part.strip() for part in line.partition("|"))
        if not (spanish and bar and english) or "|" in english:
            raise forms.ValidationError(
                _("“%(line)s” is to be written in both languages: Spanish | English.") % {"line": line[:60]}
            )
        if any(one["es"].casefold() == spanish.casefold() for one in found):
            raise forms.ValidationError(_("“%(line)s” is there twice.") % {"line": spanish[:60]})
        found.append({"es": spanish, "en": english})
    return found


def written_lines(entries: list[dict[str, str]]) -> str:
    return "\n".join(f"{one['es']} | {one['en']}" for one in entries)


class AnswerForm(PlainForm):
    """One question and its answer, in both languages; left empty, or marked, it goes."""

    place = _number(_("Place"), 1, 99)
    question_es = forms.CharField(label=_("Question, in Spanish"), max_length=200, required=False)
    answer_es = forms.CharField(
        label=_("Answer, in Spanish"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    question_en = forms.CharField(label=_("Question, in English"), max_length=200, required=False)
    answer_en = forms.CharField(
        label=_("Answer, in English"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    drop = forms.BooleanField(label=_("Take this question out"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["drop"].widget.attrs["class"] = ""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        said = [given.get(name, "") for name in ("question_es", "answer_es", "question_en", "answer_en")]
        if any(said) and not all(said) and not given.get("drop"):
            raise forms.ValidationError(_("A question is written with its answer, in Spanish and in English."))
        return given

    @property
    def entry(self) -> dict[str, dict[str, str]] | None:
        """The entry as it is kept; None where it goes."""
        said = self.cleaned_data
        if said["drop"] or not said["question_es"]:
            return None
        return {
            "question": {"es": said["question_es"], "en": said["question_en"]},
            "answer": {"es": said["answer_es"], "en": said["answer_en"]},
        }


def answer_forms(edition: Edition, posted: Mapping[str, Any] | None = None) -> list[AnswerForm]:
    """Return a form for each question there is and one more; as it was sent where ``posted`` is given."""
    if posted is not None:
        count = min(sum(1 for name in posted if name.endswith("-place")), MOST_ENTRIES)
        return [AnswerForm(posted, prefix=f"q{number}") for number in range(count)]
    told = [
        {
            "place": place,
            **{f"{part}_{code}": one[part][code] for part in ("question", "answer") for code in ("es", "en")},
        }
        for place, one in enumerate(edition.faq, 1)
    ]
    return [
        AnswerForm(initial=one, prefix=f"q{number}") for number, one in enumerate([*told, {"place": len(told) + 1}])
    ]


def entries_in(answers: list[AnswerForm]) -> list[dict[str, dict[str, str]]]:
    """Return what valid forms say, in the order of their places."""
    ordered = sorted(answers, key=lambda one: int(one.cleaned_data["place"]))
    return [entry for one in ordered if (entry := one.entry)]

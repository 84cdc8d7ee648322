"""Texts whose day of review comes near: who answers for protocols is told once at each of the clinic's offsets."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from rules import selectors as shelf
from rules.models import Version
from webapp.accounts.models import User
from webapp.plans.terms import words
from webapp.studio import telling
from webapp.studio.working import PUBLISH, WRITE


@dataclass(frozen=True, slots=True)
class Due:
    """A text in force that is to be reviewed; ``days`` is below nought once its day is over."""

    version: Version
    review_by: date
    days: int

    def title(self, language: str) -> str:
        return words(self.version.report.get("title"), language) or self.version.source_file.name


def due(today: date) -> list[Due]:
    """Return the texts in force that are within the widest offset of their day, the nearest first."""
    found = []
    for version in shelf.shelf().filter(status=Version.Status.PUBLISHED):
        said = version.report.get("review_by")
        if said and (left := (date.fromisoformat(said) - today).days) <= max(settings.REVIEW_NOTICE_DAYS, default=0):
            found.append(Due(version, date.fromisoformat(said), left))
    return sorted(found, key=lambda one: (one.days, one.version.pk))


def due_for(user: User, today: date) -> list[Due]:
    """Return them for who answers for protocols."""
    return due(today) if user.may(PUBLISH) or user.may(WRITE) else []


def remind(today: date) -> None:
    """Tell directors of each text once at each offset; of a text that comes late, at the offset it has reached."""
    for one in due(today):
        reached = [days for days in settings.REVIEW_NOTICE_DAYS if one.days <= days]
        if reached:
            telling.tell_of_review(one.version, min(reached))

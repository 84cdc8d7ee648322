"""What stands in the rail of staff and the tabs of patients, by hat; only what exists."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from webapp.base.access import CHOOSE_HAT
from webapp.base.roles import CLINICIANS, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A way in: where to (name of the address), its word, its icon, and the hats that have it."""

    target: str
    label: Any
    icon: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: Any
    icon: str
    current: bool


ENTRIES = (
    Entry("desk:list", _("Worklist"), "inbox", CLINICIANS),
    Entry("desk:patients", _("Patients"), "people", CLINICIANS | {Role.FRONT_DESK}),
    Entry("studio:list", _("Protocols"), "file-earmark-code", frozenset({Role.DIRECTOR, Role.DOCTOR, Role.DIETITIAN})),
    Entry("portal:home", _("Home"), "house", frozenset({Role.PATIENT})),
    Entry("portal:plan", _("My plan"), "clipboard2-check", frozenset({Role.PATIENT})),
    Entry("portal:diary", _("Diary"), "journal-text", frozenset({Role.PATIENT})),
    Entry("portal:more", _("More"), "grid", frozenset({Role.PATIENT})),
)
# Where each hat begins its day; the first that exists.
HOMES = dict.fromkeys(CLINICIANS, ("desk:list", "studio:list")) | {
    Role.DIRECTOR: ("studio:list",),
    Role.FRONT_DESK: ("desk:patients",),
    Role.PATIENT: ("portal:home",),
}


def address(name: str) -> str | None:
    """Return the address of a name without arguments; None while no page has it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _link(entry: Entry, path: str) -> Link | None:
    url = address(entry.target)
    return Link(url, entry.label, entry.icon, path == url) if url else None


def links_for(role: str, path: str) -> list[Link]:
    """Return the ways in of a hat, the page now open being marked."""
    links = (_link(entry, path) for entry in ENTRIES if role in entry.roles)
    return [link for link in links if link]


def home_of(role: str) -> str | None:
    """Return the address where this hat begins; None if no page has been built for it."""
    found = (address(name) for name in HOMES.get(Role(role), ()))
    return next((url for url in found if url), None)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template its frame: ways in (read only if shown), hat, the clinic's name, and ways out."""
    user = getattr(request, "user", None)
    role = getattr(user, "active_role", "")
    return {
        "nav": SimpleLazyObject(lambda: links_for(role, request.path)),
        "hat": Role(role) if role else None,
        "hat_url": address(CHOOSE_HAT) if len(getattr(user, "role_names", ())) > 1 else None,
        "logout_url": address("account_logout"),
        "clinic": settings.CLINIC_NAME,
    }

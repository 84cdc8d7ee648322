"""What stands in the rail of staff and the tabs of patients, by hat; only what exists."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webapp.base import house
from webapp.base.access import CHOOSE_HAT
from webapp.base.roles import CLINICIANS, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A way in: where to (name of the address), its word, its icon, and the hats or the permission that have it."""

    target: str
    label: Any
    icon: str
    roles: frozenset[str] = frozenset()
    permission: str = ""

    def is_open(self, role: str, held: frozenset[str]) -> bool:
        """Tell whether somebody sees it who wears ``role`` and has the permissions ``held``."""
        return self.permission in held if self.permission else role in self.roles


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: Any
    icon: str
    current: bool


ENTRIES = (
    Entry("desk:list", _("Worklist"), "inbox", permission="plans.read"),
    Entry("desk:patients", _("Patients"), "people", permission="patients.search"),
    Entry("studio:list", _("Protocols"), "file-earmark-code", permission="protocols.read"),
    Entry("results:rules", pgettext_lazy("rail", "Results"), "droplet", permission="results.manage"),
    Entry("desk:invitations", _("Invitations"), "envelope", permission="patients.invite"),
    Entry("accounts:people", _("Accounts"), "person-badge", permission="users.manage"),
    Entry("accounts:permissions", _("Permissions"), "shield-lock", permission="permissions.manage"),
    Entry("privacy:texts", pgettext_lazy("rail", "Texts"), "file-text", permission="consents.publish"),
    Entry("clinic:settings", _("Clinic"), "building", permission="clinic.manage"),
    Entry("reports:saved", _("Hours saved"), "bar-chart", permission="reports.read"),
    Entry("jobs:overview", pgettext_lazy("rail", "Jobs"), "list-check", permission="jobs.read"),
    Entry("desk:looks_search", _("Who looked"), "eye", permission="audit.read"),
    Entry("sharing:list", _("Shared with me"), "people", frozenset({Role.SPECIALIST})),
    Entry("portal:home", _("Home"), "house", frozenset({Role.PATIENT})),
    Entry("portal:plan", _("My plan"), "clipboard2-check", frozenset({Role.PATIENT})),
    Entry("portal:diary", _("Diary"), "journal-text", frozenset({Role.PATIENT})),
    Entry("portal:record", _("Record"), "clipboard2-pulse", frozenset({Role.PATIENT})),
    Entry("portal:more", _("More"), "grid", frozenset({Role.PATIENT})),
)
# Where each hat begins its day; the first that exists and is open to it.
HOMES = dict.fromkeys(CLINICIANS, ("desk:list", "desk:patients", "studio:list")) | {
    Role.DIRECTOR: ("studio:list",),
    Role.FRONT_DESK: ("desk:patients",),
    Role.ADMINISTRATOR: ("accounts:people",),
    Role.SPECIALIST: ("sharing:list",),
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


def links_for(role: str, path: str, held: frozenset[str] = frozenset()) -> list[Link]:
    """Return the ways in of a hat with the permissions ``held``, the page now open being marked."""
    links = (_link(entry, path) for entry in ENTRIES if entry.is_open(role, held))
    return [link for link in links if link]


def home_of(role: str, held: frozenset[str] = frozenset()) -> str | None:
    """Return the address where this hat begins; None if it has no page."""
    doors = {entry.target: entry for entry in ENTRIES}
    names = (name for name in HOMES.get(Role(role), ()) if name not in doors or doors[name].is_open(role, held))
    found = (address(name) for name in names)
    return next((url for url in found if url), None)


def _held(user: Any) -> frozenset[str]:
    return getattr(user, "permissions", frozenset())


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template its frame: ways in (read only if shown), hat, the clinic's name, and ways out."""
    user = getattr(request, "user", None)
    role = getattr(user, "active_role", "")
    return {
        "nav": SimpleLazyObject(lambda: links_for(role, request.path, _held(user))),
        "hat": Role(role) if role else None,
        "hat_url": address(CHOOSE_HAT) if len(getattr(user, "role_names", ())) > 1 else None,
        "logout_url": address("account_logout"),
        "clinic": SimpleLazyObject(lambda: house.now().name),
        "house": SimpleLazyObject(house.now),
    }

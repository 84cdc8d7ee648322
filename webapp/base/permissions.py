"""Every permission there is: its name, its word for people, who has it unless the clinic decides otherwise.

Some pairs of role and permission cannot be, whoever asks: what is clinical belongs to clinicians, and doctors alone
sign. The database holds the same by the first word of the name, so that a new permission is covered by its name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from webapp.base.roles import CLINICIANS, STAFF, Role

# Hats whose rights the clinic decides on. Patients, guardians, relatives and specialists see what is theirs, no more.
HOLDERS = tuple(role for role in Role if role in STAFF | {Role.AMBASSADOR})
CLINICAL = r"^(record|documents|plans|alerts|intake|worklist|chat)\."
SIGNING = r"^plans\.(sign|decide)$"
RULING = r"^(users|permissions)\."
PERSONAL = r"^(patients|consents|audit)\."
AUTHORING = r"^protocols\.(write|publish|recall)$"
_DOCTOR, _ADMINISTRATOR = frozenset({Role.DOCTOR}), frozenset({Role.ADMINISTRATOR})
_DIRECTOR = frozenset({Role.DIRECTOR})
_COUNTER = CLINICIANS | {Role.FRONT_DESK}


class UnknownPermission(ValueError):
    """A permission that is not in the table below."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Leave to do one thing. ``needs`` names the permission without which this one has no effect."""

    name: str
    label: Any
    roles: frozenset[str]
    needs: str = ""

    @property
    def topic(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit by construction: which names it covers, which hats may have them, and why no other may."""

    name: str
    pattern: str
    roles: frozenset[str]
    reason: Any


BOUNDS = (
    Bound("signing", SIGNING, _DOCTOR, _("Only doctors decide on plans and sign them.")),
    Bound("clinical", CLINICAL, CLINICIANS, _("Clinical data are for clinicians alone.")),
    Bound("authoring", AUTHORING, _DIRECTOR, _("Only medical directors decide what the engine goes by.")),
    Bound("ruling", RULING, _ADMINISTRATOR, _("Accounts and permissions are the administrator’s.")),
    Bound(
        "personal",
        PERSONAL,
        frozenset(HOLDERS) - {Role.MARKETING, Role.AMBASSADOR},
        _("Who is a patient here is nobody’s business outside care and administration."),
    ),
)
PERMISSIONS: dict[str, Permission] = {
    one.name: one
    for one in (
        Permission("patients.search", _("Search patients and see who they are"), _COUNTER),
        Permission(
            "patients.register", _("Register patients and keep their contact data"), _COUNTER, needs="patients.search"
        ),
        Permission("patients.invite", _("Invite patients to the portal"), _COUNTER, needs="patients.search"),
        Permission(
            "consents.write",
            _("Write down consents given on paper or by telephone"),
            _COUNTER,
            needs="patients.search",
        ),
        Permission("consents.publish", _("Publish consent texts"), frozenset({Role.DIRECTOR}) | _ADMINISTRATOR),
        Permission("record.read", _("Read patients’ records"), CLINICIANS, needs="patients.search"),
        Permission("record.write", _("Write in patients’ records"), CLINICIANS, needs="record.read"),
        Permission("record.release", _("Release results to patients"), _DOCTOR, needs="record.write"),
        Permission("record.export", _("Take copies of whole records"), CLINICIANS, needs="record.read"),
        Permission("intake.fill", _("Fill in questionnaires for patients"), CLINICIANS, needs="record.write"),
        Permission("plans.read", _("Read the worklist and the plans"), CLINICIANS, needs="record.read"),
        Permission("plans.sign", _("Decide on plans and sign them"), _DOCTOR, needs="plans.read"),
        Permission("alerts.settle", _("Take charge of alerts and close them"), CLINICIANS, needs="record.read"),
        Permission(
            "results.manage", _("Decide when results are released and what explains them"), frozenset({Role.DIRECTOR})
        ),
        Permission("protocols.read", _("Read the protocols"), CLINICIANS | {Role.DIRECTOR}),
        Permission("protocols.write", _("Write protocols and propose them"), _DIRECTOR, needs="protocols.read"),
        Permission("protocols.publish", _("Approve protocols and take them back"), _DIRECTOR, needs="protocols.read"),
        Permission(
            "protocols.recall",
            _("Recall whom a rule treated, through their doctors"),
            _DIRECTOR,
            needs="protocols.read",
        ),
        Permission("audit.read", _("See who looked at a record"), _DOCTOR | _ADMINISTRATOR),
        Permission("clinic.manage", _("Change what the clinic says of itself"), _ADMINISTRATOR),
        Permission("reports.read", _("See how many hours are saved"), frozenset({Role.DIRECTOR}) | _ADMINISTRATOR),
        Permission("jobs.read", _("See the jobs and what failed"), _ADMINISTRATOR),
        Permission("users.manage", _("Keep the accounts of staff"), _ADMINISTRATOR),
        Permission("permissions.manage", _("Decide what each role may do"), _ADMINISTRATOR),
    )
}
TOPICS = {
    "patients": _("Patients"),
    "consents": _("Consents"),
    "record": _("Record"),
    "plans": _("Plans"),
    "alerts": _("Alerts"),
    "intake": _("Questionnaires"),
    "results": _("Results"),
    "protocols": _("Protocols"),
    "audit": _("Who looked"),
    "clinic": _("Clinic"),
    "reports": _("Figures"),
    "jobs": _("Jobs"),
    "users": _("Accounts"),
    "permissions": _("Permissions"),
}


def known(name: str) -> Permission:
    """Return the permission of this name; raise UnknownPermission for any other word."""
    try:
        return PERMISSIONS[name]
    except KeyError:
        raise UnknownPermission(f"{name} is no permission: add it to webapp/base/permissions.py") from None


def bar(role: str, name: str) -> Any:
    """Return why ``role`` can never have this permission, in words; None where the clinic may decide."""
    known(name)
    if role not in HOLDERS:
        return _("This role sees what is its own, and needs no permission.")
    return next((bound.reason for bound in BOUNDS if re.match(bound.pattern, name) and role not in bound.roles), None)


def is_fixed(role: str) -> bool:
    """Tell whether the rights of this hat are the same in every clinic, so that somebody always keeps the doors."""
    return role == Role.ADMINISTRATOR


def granted(role: str, changed: Mapping[str, bool]) -> frozenset[str]:
    """Return what a hat was given: the defaults, but for what ``changed`` says; never what cannot be."""
    said = {} if is_fixed(role) else changed
    return frozenset(
        one.name
        for one in PERMISSIONS.values()
        if said.get(one.name, role in one.roles) and bar(role, one.name) is None
    )


def held(role: str, changed: Mapping[str, bool]) -> frozenset[str]:
    """Return what a hat may do: what it was given, less what lacks the permission it needs."""
    given = granted(role, changed)
    return frozenset(name for name in given if missing(name, given) is None)


def missing(name: str, given: frozenset[str]) -> Permission | None:
    """Return the permission for want of which ``name`` has no effect, the nearest one; None if nothing is wanting."""
    needs = known(name).needs
    if not needs:
        return None
    return known(needs) if needs not in given else missing(needs, given)

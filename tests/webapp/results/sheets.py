"""Reports with values for tests, as briefly as a test can say them."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.webapp.people import a_user
from webapp.accounts.models import User
from webapp.base.roles import Role
from webapp.patients.models import Patient
from webapp.results import services
from webapp.results.models import Release, ReleasePolicy

GIVEN = {"hb": (131, "g/L"), "potassium": (4.2, "mmol/L"), "faecal_calprotectin": (31, "ug/g")}


def today() -> date:
    return timezone.localdate()


def a_value(code: str, value: Any, unit: str = "", ends: Any = ()) -> services.Value:
    return services.Value(code, value, unit or GIVEN.get(code, ("", ""))[1], ends)


def a_sheet(patient: Patient, *values: services.Value, days_ago: int = 0, **more: Any) -> services.Sheet:
    given = {"category": "laboratory", "title": "Analítica", "laboratory": "Laboratorio Norte", **more}
    return services.Sheet(patient=patient, day=today() - timedelta(days=days_ago), values=values, **given)


def a_report(patient: Patient, *values: services.Value, actor: User | None = None, **more: Any) -> Release:
    """Return the release of a report as it was written down; a normal haemoglobin if no value is given."""
    found = values or (a_value("hb", 131),)
    [made] = services.record([a_sheet(patient, *found, **more)], actor=actor, today=today())
    return made


def a_policy(kind: str, mode: str, days: int = 0) -> ReleasePolicy:
    return ReleasePolicy.objects.create(kind=kind, mode=mode, days=days)


def released(one: Release, doctor: User | None = None, *, seen: bool = True) -> Release:
    """Release a report by a doctor; ``seen``: the three minutes are over."""
    services.release(report_id=one.pk, shown=one.revision, actor=doctor or a_user(Role.DOCTOR))
    if seen:
        Release.objects.filter(pk=one.pk).update(visible_at=timezone.now() - timedelta(seconds=1))
    one.refresh_from_db()
    return one

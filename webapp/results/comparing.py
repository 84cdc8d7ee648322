"""What the record holds already: a value that came by hand and comes again in a file is one value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.utils import timezone

from webapp.patients.models import Observation
from webapp.plans.terms import Terms
from webapp.results.entering import plain

Place = tuple[UUID, str, date]  # whose, which analyte, of which day


def held(patient_ids: Iterable[UUID], codes: Iterable[str], terms: Terms) -> Mapping[Place, set[object]]:
    """Return what a laboratory found of these people, as it is compared (``entering.plain``); one query."""
    rows = Observation.objects.filter(
        patient__in=set(patient_ids),
        code__in=set(codes),
        origin=Observation.Origin.LAB,
        superseded_by__isnull=True,
        entered_in_error=False,
    )
    found: dict[Place, set[object]] = defaultdict(set)
    for row in rows:
        place = (row.patient_id, row.code, timezone.localdate(row.effective_at))
        found[place].add(plain(terms.spec(row.code), row.value, row.unit))
    return found

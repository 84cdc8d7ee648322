"""By which set of texts a patient is assessed: what is in force, or a version on pilot for some of the patients.

The shelf says which pilots run and draws by a key; here stands whose patient somebody is. Who was assessed by a pilot
once stays on its side while it runs, whoever treats him or her meanwhile.
"""

from dataclasses import dataclass

from rules import trials
from rules.models import Release, Trial
from rules.selectors import current_release
from webapp.clinic.features import groups_of
from webapp.patients.models import Patient
from webapp.plans.models import Evaluation


@dataclass(frozen=True, slots=True)
class Side:
    """The set of texts that counts for a patient now, and the pilot it is of."""

    release: Release | None
    trial_id: int | None = None


def side_of(patient: Patient) -> Side:
    """Return by what a patient is assessed now; one query more than without where no pilot runs."""
    base = current_release()
    running = trials.running(Trial.Kind.PILOT, base)
    taken = next((one for one in running if _takes(one, patient)), None)
    return Side(taken.release, taken.pk) if taken else Side(base)


def _takes(pilot: trials.Running, patient: Patient) -> bool:
    doctor = patient.general_practitioner_id
    groups = groups_of(doctor) if pilot.group else frozenset[str]()
    before = Evaluation.objects.filter(patient=patient, trial_id=pilot.pk)
    return pilot.takes(str(patient.pk), str(doctor or ""), groups) or before.exists()

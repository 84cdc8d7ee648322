"""Trying a version before it comes into force: in its shadow nobody's plan changes, in a pilot those of some patients.

Part of services. The rules know no patients: who asks says by which key a patient is drawn and who treats him or her.
A trial stands for a set of its own, the one in force with the tried text in its place, examined as a whole.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from rules import approving, examining, headers, selectors, turning
from rules.approving import ProposalError
from rules.models import Draft, Examination, Release, Submission, Trial, TrialSet, Version
from rules.services import LOADING, Author, release_with
from rules.turning import OPEN

LONGEST = timedelta(days=366)
State = Trial.State


@dataclass(frozen=True, slots=True)
class Terms:
    """For whom and how long a version is tried. No doctors and no group: whoever treats the patient."""

    kind: str
    begins_at: datetime
    ends_at: datetime
    share: int = 100
    doctors: tuple[str, ...] = ()
    group: str = ""


@transaction.atomic
def approve(*, submission_id: int, author: Author, terms: Terms, comment: str = "") -> Trial:
    """Approve a proposal to be tried. Raises ProposalError where it could not come into force, or cannot be tried."""
    _shut_out_loading()
    _possible(terms)
    proposal = Submission.objects.select_related("draft", "revision", "examination").get(pk=submission_id)
    if proposal.draft.kind != "protocol":
        raise ProposalError(
            "R050", f"a {proposal.draft.kind} cannot be tried: it changes what everybody is asked or what words mean",
            "Approve it to come into force, or send it back.",
        )  # fmt: skip
    if terms.kind == Trial.Kind.PILOT and _piloted(proposal.draft.name):
        raise ProposalError(
            "R051", f"another version of {proposal.draft.name} is on pilot", "End that one, or try this as a shadow."
        )
    proposal, version = approving.approve_to_try(submission_id=submission_id, author=author, comment=comment)
    trial = Trial.objects.create(
        kind=terms.kind, submission=proposal, version=version, share=terms.share, doctors=list(terms.doctors),
        group=terms.group, salt=secrets.token_hex(32), begins_at=terms.begins_at, ends_at=terms.ends_at,
    )  # fmt: skip
    begun = terms.begins_at <= timezone.now()
    turning.turn(trial, State.RUNNING if begun else State.WAITING, proposal.reason, author)
    _stand_beside_now(trial, proposal.examination)
    return trial


def _shut_out_loading() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])


def _possible(terms: Terms) -> None:
    if terms.kind not in Trial.Kind.values:
        raise ProposalError("R052", "a version is tried as a shadow or as a pilot", "Choose one of the two.")
    if not terms.begins_at < terms.ends_at <= terms.begins_at + LONGEST:
        raise ProposalError("R053", "a trial ends after it began, within a year", "Choose another last day.")
    if not 0 <= terms.share <= 100:
        raise ProposalError("R054", "a share is a whole number from 0 to 100", "Write for example 10.")


def _piloted(name: str) -> bool:
    running = Trial.objects.filter(kind=Trial.Kind.PILOT, state__in=OPEN)
    return running.filter(version__source_file__kind="protocol", version__source_file__name=name).exists()


def _stand_beside_now(trial: Trial, examination: Examination) -> TrialSet:
    """Give a trial its set beside what is in force."""
    base = selectors.release_of()
    release, _held = release_with(examining.with_new(_texts(trial), base))
    return TrialSet.objects.get_or_create(
        trial=trial, base=base, defaults={"release": release, "examination": examination}
    )[0]


def _texts(trial: Trial) -> dict[str, str]:
    return {trial.version.path: trial.version.text}


@dataclass(frozen=True, slots=True)
class Drawing:
    """What decides for whose patients a trial is."""

    salt: str
    share: int
    doctors: frozenset[str]
    group: str

    def takes(self, key: str, doctor: str = "", groups: Collection[str] = ()) -> bool:
        """Tell whether a patient is one of those it is for: by who treats him or her, and by the draw."""
        named = bool(self.doctors or self.group)
        asked = doctor in self.doctors or bool(self.group and self.group in groups)
        return (asked or not named) and drawn(self.salt, key, self.share)


def drawing_of(trial: Trial) -> Drawing:
    """Return what decides for whose patients a trial is."""
    return Drawing(trial.salt, trial.share, frozenset(trial.doctors), trial.group)


@dataclass(frozen=True, slots=True)
class Running:
    """A trial that runs now beside what is in force, and the set that is tried."""

    pk: int
    release: Release
    drawing: Drawing

    @property
    def group(self) -> str:
        """The group of colleagues whose patients it is for, or nothing."""
        return self.drawing.group

    def takes(self, key: str, doctor: str = "", groups: Collection[str] = ()) -> bool:
        """Tell whether a patient is one of those it is for."""
        return self.drawing.takes(key, doctor, groups)


def drawn(salt: str, key: str, share: int) -> bool:
    """Tell whether a patient falls into a share in percent: always the same for the same trial and patient."""
    digest = hmac.new(bytes.fromhex(salt), key.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8]) * 100 < share << 64


def running(kind: str, base: Release | None, now: datetime | None = None) -> list[Running]:
    """Return the trials of a kind that run now beside ``base``, what is in force; first approved first.

    One whose set was not examined beside what is in force now stands aside until it is.
    """
    now = now or timezone.now()
    sets = TrialSet.objects.filter(
        base=base, trial__kind=kind, trial__state__in=[State.WAITING, State.RUNNING],
        trial__begins_at__lte=now, trial__ends_at__gt=now,
    )  # fmt: skip
    found = sets.select_related("trial", "release").order_by("trial_id")
    return [Running(one.trial_id, one.release, drawing_of(one.trial)) for one in found]


def all_trials() -> QuerySet[Trial]:
    """Return every trial, the last approved first, without the texts."""
    return Trial.objects.select_related("version__source_file").defer("version__text").order_by("-pk")


@transaction.atomic
def stop(*, trial_id: int, author: Author, reason: str) -> Trial:
    """Stop a trial at once; its draft is open again for its author. Raises ProposalError."""
    trial = _open(trial_id)
    if not reason.strip():
        raise ProposalError("R030", "what is stopped needs a reason", "Say in a sentence why.")
    turning.turn(trial, State.STOPPED, reason.strip(), author)
    _free(trial)
    return trial


def _open(trial_id: int) -> Trial:
    trial = Trial.objects.select_for_update().get(pk=trial_id)
    if not trial.is_open:
        raise ProposalError("R055", "this trial is over", "Load the page again.")
    return trial


def _free(trial: Trial) -> None:
    """Open the draft of a trial that is over, unless its coming into force is being decided."""
    draft = trial.submission.draft
    waits = Submission.objects.filter(draft=draft, in_force_at=None, stopped="", trial=None)
    if not waits.exclude(decision__in=["refused", "withdrawn"]).exists() and draft.state == Draft.State.SUBMITTED:
        draft.state = Draft.State.OPEN
        draft.save(update_fields=["state"])


@transaction.atomic
def promote(*, trial_id: int, author: Author, reason: str) -> Submission:
    """Propose that a tried text come into force. Another director decides, as on any proposal; the trial runs on."""
    trial = _open(trial_id)
    tried = trial.submission
    if not reason.strip():
        raise ProposalError("R030", "a proposal needs a reason", "Say what the trial has shown.")
    if Submission.objects.filter(draft=tried.draft, decision="").exists():
        raise ProposalError("R056", "this was proposed already", "Another director decides on it.")
    base = selectors.release_of()
    held = TrialSet.objects.filter(trial=trial, base=base).select_related("examination").first()
    if held is None:
        raise ProposalError(
            "R057", "its set was not examined beside what is in force now", "Wait until it was; it takes some minutes."
        )
    return Submission.objects.create(
        draft=tried.draft, revision=tried.revision, examination=held.examination, reason=reason.strip()[:1000],
        evidence=tried.evidence, written_by=sorted({*tried.written_by, author.id}), submitted_by_id=author.id,
        submitted_by_name=author.name,
    )  # fmt: skip


def keep_up(now: datetime) -> list[Trial]:
    """Bring every open trial to where it stands now; return those that turned.

    Begun and ended by their days. Where what is in force has changed, the set is examined anew with the text in it; a
    trial whose set does not hold any more is paused with the reason, until it does.
    """
    found = [
        _kept_up(pk, now) for pk in Trial.objects.filter(state__in=OPEN).order_by("pk").values_list("pk", flat=True)
    ]
    return [trial for trial in found if trial is not None]


@transaction.atomic
def _kept_up(pk: int, now: datetime) -> Trial | None:
    trial = Trial.objects.select_for_update().get(pk=pk)
    before = trial.state
    if not trial.is_open:
        return None
    if trial.version.status == Version.Status.PUBLISHED:  # brought in from a folder meanwhile
        turning.in_force_now(trial.version)
        trial.refresh_from_db()
    elif trial.ends_at <= now:
        turning.turn(trial, State.ENDED, "its time is over")
        _free(trial)
    elif trial.begins_at <= now:
        against = _against(trial)
        turning.turn(trial, State.PAUSED if against else State.RUNNING, against)
    return trial if trial.state != before else None


def _against(trial: Trial) -> str:
    """Return why a trial cannot run beside what is in force now, or nothing; its set is examined where none was."""
    base = selectors.current_release()
    if base is None:
        return "R010 nothing is published"
    if TrialSet.objects.filter(trial=trial, base=base).exists():
        return ""
    later = _later(trial.version, base)
    if later:
        return f"R058 a later version is in force: {later}"
    examination = examining.run(examining.begin(_texts(trial)), _texts(trial))
    if not (examination.report or {}).get("clean"):
        return "R034 beside what is in force now, problems, failing tests or proofs stand against it"
    _stand_beside_now(trial, examination)
    return ""


def _later(tried: Version, base: Release) -> str:
    """Return the number of a version of the same file in force under which the tried text would not be seen."""
    held = selectors.versions_of(base).filter(source_file=tried.source_file).values_list("version", flat=True)
    return next((one for one in held if headers.order(one) >= headers.order(tried.version)), "")

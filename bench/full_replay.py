"""What bench.replay_clinic runs: patients with one past case each, copied from the samples, and a replay over them."""

import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import django

django.setup()

from bench.clinical import stream  # noqa: E402
from rules import drafting, selectors  # noqa: E402
from rules.services import Author  # noqa: E402
from webapp.accounts import services as accounts  # noqa: E402
from webapp.patients.models import Patient  # noqa: E402
from webapp.plans.models import Evaluation  # noqa: E402
from webapp.studio import replaying  # noqa: E402
from webapp.studio.models import Replay  # noqa: E402

AT_ONCE, WORD = 1000, "a bench of days"
AUTHOR = Author("1", "Bench")
CHANGE = ("value: 60 years", "value: 55 years")
FIRST = 5_000_001  # record number
DAY = date(2026, 1, 1).isoformat()


def more(cases: Iterator[dict[str, Any]], count: int) -> None:
    """Leave so many more patients, each with a past case; its result is never read by a replay."""
    release = selectors.release_of()
    wanted = islice(cases, count)
    while some := list(islice(wanted, AT_ONCE)):
        people = Patient.objects.bulk_create(
            Patient(
                record_number=str(FIRST + int(one["id"].removeprefix("c"))),
                given_name="P",
                family_name=one["id"],
                birth_date=date(1970, 1, 1),
            )
            for one in some
        )
        Evaluation.objects.bulk_create(
            Evaluation(
                patient=who, release=release, case=whole(one), case_sha256="c" * 64, result="{}",
                result_sha256="r" * 64, status="ok", because="visit",
            )
            for who, one in zip(people, some, strict=True)
        )  # fmt: skip


def whole(case: dict[str, Any]) -> dict[str, Any]:
    """Return a sample case with the sections every case of the clinic has."""
    empty = {"questionnaire": {}, "vitals": {}, "labs": []}
    return {"as_of": DAY, **case, **{name: case.get(name) or none for name, none in empty.items()}}


def draft() -> drafting.Draft:
    """Return a draft of the protocol of dyspepsia whose age for an endoscopy is another."""
    made = drafting.begin(selectors.version("protocol", "dyspepsia"), AUTHOR)
    text = drafting.newest_of(made).text
    changed = text.replace(*CHANGE).replace("version: 1.0.0", "version: 1.1.0", 1)
    if changed == text:
        sys.exit("the text to be changed is not there")
    drafting.save(draft_id=made.pk, text=changed, shown=1, author=AUTHOR)
    made.refresh_from_db()
    return made


def measure(user: Any, made: Any) -> dict[str, Any]:
    """Put every case there is to the draft, slice by slice as jobs do; return the figures."""
    Replay.objects.all().delete()
    replay, _fresh = replaying.ask(user, made, 365)
    begun, first = time.monotonic(), 0.0
    while replaying.go_on(replay.pk, pause=lambda: False):
        first = first or time.monotonic() - begun
    replay.refresh_from_db()
    spent = time.monotonic() - begun
    return {
        "cases": replay.done, "changed": replay.changed, "unread": replay.unread, "fault": replay.fault,
        "seconds": round(spent, 1), "ms_each": round(1000 * spent / max(1, replay.done), 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def main() -> None:
    user = accounts.create_user(email="b@bench.example", password=WORD, display_name="B", roles=["director"])
    user.active_role = "director"
    made, counts = draft(), [int(one) for one in sys.argv[1:]]
    cases, there = stream(max(counts)), 0
    for count in counts:
        more(cases, count - there)
        there = count
        print(json.dumps(measure(user, made)), flush=True)


if __name__ == "__main__":
    main()

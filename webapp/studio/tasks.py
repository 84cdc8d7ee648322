"""Jobs of the studio: examining a draft while its author waits, and bringing in what was approved for a day.

Trials are kept up with what is in force, and assessments put to versions in shadow, after what people wait for.
"""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from webapp.studio import counting, incidents, replaying, reviews, shadowing, trialling, writing

AGAIN = 15  # seconds between two turns of the shadow


@app.task(name="studio.examine", queue="assess")
def examine(draft_id: int, revision: int) -> None:
    """Examine one state of a draft; may run twice."""
    writing.examine(draft_id, revision)


def enqueue(draft_id: int, revision: int) -> None:
    """Put the examination into the queue, as part of the transaction that is open."""
    examine.configure(queueing_lock=f"studio.examine.{draft_id}.{revision}").defer(draft_id=draft_id, revision=revision)


@app.periodic(cron="*/5 * * * *")
@app.task(name="studio.bring_due", queueing_lock="studio.bring_due")
def bring_due(timestamp: int = 0) -> None:
    """Bring proposals into force whose day has come; may run twice."""
    writing.bring_due()


@app.periodic(cron="*/5 * * * *")
@app.task(name="studio.keep_trials_up", queueing_lock="studio.keep_trials_up")
def keep_trials_up(timestamp: int = 0) -> None:
    """Begin, pause and end trials, and examine their sets anew; may run twice."""
    trialling.keep_up()


@app.periodic(cron="*/10 * * * *")
@app.task(name="studio.shadow", queue="shadow", priority=-10, queueing_lock="studio.shadow")
def shadow(timestamp: int = 0) -> None:
    """Put some assessments to versions in shadow, and ask for another turn if some are left; may run twice.

    It steps aside for assessments that wait, and comes back behind them.
    """
    if shadowing.go_on():
        with suppress(AlreadyEnqueued):  # the next one may wait already
            shadow.configure(schedule_in={"seconds": AGAIN}).defer(timestamp=0)


@app.periodic(cron="40 3 * * *")
@app.task(name="studio.forget", queueing_lock="studio.forget")
def forget(timestamp: int = 0) -> None:
    """Delete what versions in shadow would have said, a year after their trial, and old replays; may run twice."""
    shadowing.forget(timezone.now())
    replaying.forget(timezone.now())


@app.task(name="studio.replay", queue="shadow")
def replay(replay_id: int) -> None:
    """Put some past cases to a draft, and ask for another turn if some are left; may run twice."""
    if replaying.go_on(replay_id):
        enqueue_replay(replay_id)


def enqueue_replay(replay_id: int) -> None:
    """Put the next slice of a replay into the queue, as part of the transaction that is open."""
    with suppress(AlreadyEnqueued), transaction.atomic():  # the next one waits already
        replay.configure(queueing_lock=f"studio.replay.{replay_id}").defer(replay_id=replay_id)


@app.periodic(cron="20 4 * * *")
@app.task(name="studio.afterwards", queue="shadow", queueing_lock="studio.afterwards")
def afterwards(timestamp: int = 0) -> None:
    """Count for how many each rule fired, and once all days are counted, look whether any is not as it was.

    May run twice, and may be killed: a day that was counted stays, and what was told is not told again.
    """
    today = timezone.localdate()
    if counting.go_on(today):
        with suppress(AlreadyEnqueued):
            afterwards.configure(schedule_in={"seconds": AGAIN}).defer(timestamp=0)
        return
    incidents.look(today)
    counting.forget(today)


@app.periodic(cron="30 7 * * *")
@app.task(name="studio.remind_of_reviews", queueing_lock="studio.remind_of_reviews")
def remind_of_reviews(timestamp: int = 0) -> None:
    """Tell directors of texts whose day of review comes near; may run twice."""
    reviews.remind(timezone.localdate())

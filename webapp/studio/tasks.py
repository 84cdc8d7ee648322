"""Jobs of the studio: examining a draft while its author waits, and bringing in what was approved for a day."""

from procrastinate.contrib.django import app

from webapp.studio import writing


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

"""Why jobs failed. The queue itself lives in procrastinate's tables, which keep no reason."""

from django.db import models


class Failure(models.Model):
    """One failed run of a job, by the kind of fault only: its words might quote an answer."""

    job_id = models.BigIntegerField(db_index=True)
    task = models.CharField(max_length=128)
    code = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.task}: {self.code}"

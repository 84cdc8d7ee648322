"""Where sessions are kept: one row each that says whose it is, so that it can be shown to its owner and ended at once.

Django's own store in the database, with a model that knows more (webapp/accounts/sittings.py). A row that is read also
tells whether its owner has a second factor, so that no page asks the database once more for that.
"""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.core.exceptions import SuspiciousOperation
from django.utils import timezone

DEVICE, BEGAN, HAT = "device", "began", "active_role"


class SessionStore(InDatabase):
    row: Any = None  # as it was read; None for a session not stored yet

    @classmethod
    def get_model_class(cls) -> Any:
        return apps.get_model("accounts", "Session")

    def _get_session_from_db(self) -> Any:
        try:
            self.row = self.model.objects.going_on(self.session_key, timezone.now())
        except SuspiciousOperation:
            self.row = None
        if self.row is None:
            self._session_key = None
        return self.row

    def create(self) -> None:
        self.row = None
        super().create()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made, now = super().create_model_instance(data), timezone.now()
        made.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        made.device, made.hat = data.get(DEVICE, ""), data.get(HAT, "")
        made.began_at = datetime.fromtimestamp(data[BEGAN], UTC) if BEGAN in data else self._first_seen(now)
        made.seen_at = now
        return made

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        return self.create_model_instance(data)

    def _first_seen(self, now: datetime) -> datetime:
        return self.row.began_at if self.row is not None else now

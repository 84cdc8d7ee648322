"""Notices that wait for the next page travel in a cookie of the reader's browser: sealed, since some name a question or
a medicine, and a browser may be anybody's."""

import json
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from django.contrib.messages.storage.cookie import CookieStorage, MessageDecoder, MessagePartGatherSerializer

from webapp.base import sealing

PLACE = "base.cookie.messages"


class SealedNotices(CookieStorage):
    """Django's own cookie of messages under our cipher, which also tells what was altered."""

    max_cookie_size = 3500  # bytes; browsers keep 4096 with the name

    def _encode_parts(self, messages: Sequence[str], encode_empty: bool = False) -> str | None:
        if not (messages or encode_empty):
            return None
        return sealing.seal_text(MessagePartGatherSerializer().dumps(messages).decode("latin-1"), PLACE)

    def _decode(self, data: str | None) -> list[Any] | None:
        if not data:
            return None
        try:
            found: list[Any] = json.loads(sealing.open_text(data, PLACE), cls=MessageDecoder)
        except (InvalidTag, ValueError):  # altered, or of a key that is gone: it is dropped
            self.used = True
            return None
        return found

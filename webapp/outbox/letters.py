"""A message as it leaves: the same words for everybody, in the reader's language, and an id that never changes."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from webapp.base import house
from webapp.base.fields import blind
from webapp.outbox.models import Message
from webapp.outbox.texts import DIGEST, TEXTS


@dataclass(frozen=True, slots=True)
class Letter:
    """What a transport is given. ``id`` is a keyed digest of the message's key: the same at every attempt."""

    id: str
    channel: str
    address: str
    language: str
    subject: str
    text: str
    html: str

    @property
    def message_id(self) -> str:
        """The Message-ID of its mail, by which a mailbox knows the same mail again."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "localhost"
        return f"<{self.id}@{domain}>"


def letter_of(message: Message, *, several: bool = False) -> Letter:
    """Return the letter of a message; ``several``: it speaks for others too, and leads to the first page."""
    text = TEXTS[DIGEST if several else message.template]
    link = f"{settings.SITE_URL}/" if several else message.link
    with override(message.language):
        words = {"text": text, "link": link, "language": message.language, "signature": house.now().signature}
        return Letter(
            id=blind(message.key, "outbox.message.key").hex(),
            channel=message.channel,
            address=message.address,
            language=message.language,
            subject=str(text.subject),
            text=render_to_string(f"outbox/{'short' if message.channel != 'email' else 'mail'}.txt", words),
            html=render_to_string("outbox/mail.html", words),
        )

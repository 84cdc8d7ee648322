"""What carries a letter out of the house: SMTP for mail, or a folder in which every letter becomes a file.

A provider of SMS or push messages is one more class with these two methods; docs/how-to/send-messages.md shows one.
"""

import os
import smtplib
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.module_loading import import_string

from webapp.outbox.letters import Letter


class NotSent(Exception):
    """The letter was not taken; ``code`` says why in one word, ``final`` whether trying again is in vain."""

    def __init__(self, code: str, *, final: bool) -> None:
        super().__init__(code)
        self.code, self.final = code[:60], final


class Transport(Protocol):
    """The way out for one channel, kept open while letters leave."""

    def took(self, letter: Letter) -> bool:
        """Return whether a letter of this id has left already; False where nobody can be asked."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over; raise NotSent if it was not taken."""

    def close(self) -> None:
        """Let go of what was kept open."""


def transport_of(channel: str) -> Transport:
    """Return a fresh transport of a channel, by the settings."""
    made: Transport = import_string(settings.OUTBOX_CHANNELS[channel])()
    return made


def _mail(letter: Letter) -> EmailMultiAlternatives:
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated", "Content-Language": letter.language}
    mail = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.address], headers=headers)
    mail.attach_alternative(letter.html, "text/html")
    return mail


class Mail:
    """Mail by the server of EMAIL_URL. It cannot be asked what it took: a letter in doubt leaves again, same id."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def took(self, letter: Letter) -> bool:
        return False

    def send(self, letter: Letter) -> None:
        try:
            mail = _mail(letter)
            mail.message()  # a header that does not hold is found here, before the server is asked
        except (ValueError, UnicodeError):
            raise NotSent("address_unreadable", final=True) from None
        try:
            self.connection.open()
            self.connection.send_messages([mail])
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise _why(fault) from None

    def close(self) -> None:
        try:
            self.connection.close()
        except (OSError, smtplib.SMTPException):  # a line that is dead already
            self.connection = get_connection()


def _why(fault: Exception) -> NotSent:
    """Return the server's number or the kind of fault; its words may quote the address and are dropped."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        number = max((code for code, _words in fault.recipients.values()), default=0)
        return NotSent(f"smtp_{number}", final=number >= 500)
    if isinstance(fault, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused):  # our fault, not the letter's
        return NotSent(f"smtp_{fault.smtp_code}", final=False)
    if isinstance(fault, smtplib.SMTPResponseException):
        return NotSent(f"smtp_{fault.smtp_code}", final=fault.smtp_code >= 500)
    return NotSent(type(fault).__name__, final=False)


class Folder:
    """A letter becomes a file of its id: exactly once, since a file that stands is not written again."""

    def __init__(self) -> None:
        self.folder = Path(settings.OUTBOX_FOLDER)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _path(self, letter: Letter) -> Path:
        return self.folder / f"{letter.id}.{'eml' if letter.channel == 'email' else letter.channel}"

    def _half(self, letter: Letter) -> Path:
        """Where a letter is written before it stands; its message's lock keeps a second writer away."""
        return self._path(letter).with_suffix(".half")

    def took(self, letter: Letter) -> bool:
        stands = self._path(letter).exists()
        if stands:
            self._half(letter).unlink(missing_ok=True)
        return stands

    def send(self, letter: Letter) -> None:
        target = self._path(letter)
        half = self._half(letter)
        content = _mail(letter).message().as_bytes() if letter.channel == "email" else _short(letter)
        try:
            with half.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(half, target)  # refuses where the file stands already
            half.unlink()
        except FileExistsError:
            half.unlink()
        except OSError as fault:
            raise NotSent(type(fault).__name__, final=False) from None

    def close(self) -> None:
        """Nothing is kept open."""


def _short(letter: Letter) -> bytes:
    return f"To: {letter.address}\n\n{letter.text}\n".encode()

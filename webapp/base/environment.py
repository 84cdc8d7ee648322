"""What the product reads from its environment: one table, which settings.py, the manual and the tests share."""

import base64
import binascii
import re
from dataclasses import dataclass
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Variable:
    """A setting of the environment; ``default`` is what stands in development, ``required`` speaks of production."""

    name: str
    meaning: str
    default: str = ""
    required: bool = False


VARIABLES = (
    Variable("PAUTA_ENV", "development, test or production", "development"),
    Variable("SECRET_KEY", "Signs sessions and links; 50 characters or more", "made once on this machine", True),
    Variable("DATABASE_URL", "PostgreSQL, as a role that is no superuser", "the private server", True),
    Variable("DATABASE_OWNER_URL", "The same database as its owner, for migrations", "the private server's owner"),
    Variable("FIELD_KEYS", "id:base64 of 32 bytes each, newest first", "made once on this machine", True),
    Variable("BLIND_INDEX_KEY", "base64 of 32 bytes; finds encrypted values", "made once on this machine", True),
    Variable("ALLOWED_HOSTS", "Names the site answers to, commas between", "localhost, 127.0.0.1, [::1]", True),
    Variable("CSRF_TRUSTED_ORIGINS", "https:// origins in front of a proxy, commas between"),
    Variable("EMAIL_URL", "Where mail goes out, as smtp://user:word@host:port", "files in the data folder"),
    Variable("DEFAULT_FROM_EMAIL", "Sender of the clinic's mail", "clinica@localhost"),
    Variable("SITE_URL", "Where people find the site: begins every link that is sent", "the first of ALLOWED_HOSTS"),
    Variable("SMS_TRANSPORT", "Class that sends SMS: docs/how-to/send-messages.md", "files in the data folder"),
    Variable("PUSH_TRANSPORT", "Class that sends push messages", "files in the data folder"),
    Variable(
        "PHARMACY_ADAPTER",
        "Class that carries orders: docs/how-to/send-orders-to-pharmacies.md",
        "files; nothing in production",
    ),
    Variable("PHARMACY_FOLDER", "Where orders are files", "beside the mail files of the data folder"),
    Variable("QUIET_HOURS", "From when to when nobody is written to, by the clinic's clock; 0-0: never", "22-8"),
    Variable("REMIND_DIARY_AFTER_DAYS", "Whole days without a diary page until a patient is reminded", "3"),
    Variable("REMIND_QUESTIONNAIRE_AFTER_DAYS", "Days a questionnaire lies begun until a patient is reminded", "2"),
    Variable("REMIND_DAYS_BEFORE_FOLLOW_UP", "How many days before a follow-up of a plan it is told", "0"),
    Variable("BEHIND_PROXY", "1 when a proxy speaks TLS and sets X-Forwarded-Proto", "0"),
    Variable("CLINIC_NAME", "The clinic's name on its pages", "Clínica Alameda"),
    Variable("CLINIC_TIME_ZONE", "Whose clock the clinic goes by: Atlantic/Canary, say", "Europe/Madrid"),
    Variable("DEBUG", "1 shows Django's own error pages; refused in production", "0"),
    Variable("DEMO_PASSWORD", "Password of every login of the demo clinic", "pauta-demo-2026"),
    Variable("PORT", "Port of make demo", "8000"),
    Variable("PAUTA_DATA_DIR", "Folder of the private server and of development secrets", ".data in the project"),
    Variable("PAUTA_TEST_DB_SUFFIX", "Ends the test database's name, for two runs at once"),
    Variable("PAUTA_DATABASE_ROLE", "app or owner; manage.py sets it", "app"),
)


def missing(environ: dict[str, str]) -> list[str]:
    """Return the names production cannot start without and ``environ`` does not give."""
    return [variable.name for variable in VARIABLES if variable.required and not environ.get(variable.name)]


def key(text: str, name: str) -> bytes:
    """Return the 32 bytes that ``text`` spells in base64; raise ImproperlyConfigured naming ``name``, not the text."""
    try:
        found = base64.b64decode(text, validate=True)
    except binascii.Error:
        found = b""
    if len(found) != 32:
        raise ImproperlyConfigured(f"{name} needs 32 bytes in base64. Make one with: openssl rand -base64 32")
    return found


def keyring(text: str) -> list[tuple[str, bytes]]:
    """Return (id, key) pairs out of ``id:base64,id:base64``, the first being the one that encrypts."""
    pairs: dict[str, bytes] = {}
    for entry in text.split(","):
        name, colon, word = entry.strip().partition(":")
        if not (colon and KEY_ID.fullmatch(name)):
            raise ImproperlyConfigured(
                "FIELD_KEYS is written id:base64, with commas between several; an id has letters, digits, _ and -"
            )
        if name in pairs:
            raise ImproperlyConfigured(f"FIELD_KEYS names {name} twice. Give each key an id of its own")
        pairs[name] = key(word, f"FIELD_KEYS {name}")
    return list(pairs.items())


def hours(text: str) -> tuple[int, int]:
    """Return from which hour to which nobody is written to; raise ImproperlyConfigured for what is not written so."""
    begin, _dash, end = text.partition("-")
    if not (begin.isdecimal() and end.isdecimal() and int(begin) < 24 and int(end) < 24):
        raise ImproperlyConfigured("QUIET_HOURS is written 22-8: two hours of the clock, 0 to 23")
    return int(begin), int(end)


def zone(name: str) -> str:
    """Return the name of a time zone; raise ImproperlyConfigured for one that nobody knows."""
    if name not in available_timezones():
        raise ImproperlyConfigured(f"CLINIC_TIME_ZONE knows no {name!r}. Write it as Europe/Madrid or Atlantic/Canary")
    return name

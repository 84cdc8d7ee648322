"""Fields whose column holds ciphertext, and the keyed digest by which an encrypted value is found.

AES-256-GCM. A token is 0x01, the length of the key's id, the id, a nonce of 12 bytes, ciphertext and tag; version, id
and column are authenticated with it, so a flipped byte, or a token carried to another column, is refused.
"""

import hashlib
import hmac
import json
import os
import unicodedata
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, Value
from django.db.models.functions import Cast
from fernet_fields.fields import EncryptedField

VERSION, NONCE = b"\x01", 12


class Keyring:
    """Encrypts under the first key given, decrypts under any; ``column`` ties a token to its place."""

    def __init__(self, keys: list[tuple[str, bytes]], column: str) -> None:
        self.column = column.encode()
        self.newest = keys[0][0].encode()
        self.keys = {name.encode(): AESGCM(key) for name, key in keys}

    def encrypt(self, data: bytes) -> bytes:
        head = VERSION + bytes([len(self.newest)]) + self.newest
        nonce = os.urandom(NONCE)
        return head + nonce + self.keys[self.newest].encrypt(nonce, data, head + self.column)

    def decrypt(self, token: bytes) -> bytes:
        """Return the plain bytes; raise InvalidTag for a changed, foreign or unreadable token."""
        end = 2 + token[1] if len(token) > 1 else 0
        head, nonce, body = token[:end], token[end : end + NONCE], token[end + NONCE :]
        if token[:1] != VERSION or head[2:] not in self.keys or len(nonce) < NONCE:
            raise InvalidTag
        return self.keys[head[2:]].decrypt(nonce, body, head + self.column)


def _seals_itself(expression: Any, field: Any) -> bool:
    """Whether an expression is what bulk_update() builds: plain values of ``field``, each encrypted on its way."""
    if isinstance(expression, Value):
        return expression.value is None or expression._output_field_or_none == field
    if isinstance(expression, Cast):
        return all(_seals_itself(part, field) for part in expression.get_source_expressions())
    if isinstance(expression, Case):
        results = [part.result for part in expression.cases]
        return all(_seals_itself(part, field) for part in (*results, expression.default))
    return False


class _Sealed(EncryptedField):  # type: ignore[misc]
    """What django-fernet-fields-v2 gives (a binary column, no look-ups, no index) around our own cipher."""

    @property
    def keyring(self) -> Keyring:
        return Keyring(settings.FIELD_KEYS, f"{self.model._meta.label_lower}.{self.attname}")

    def to_text(self, value: Any) -> str:
        return str(self.get_prep_value(value))

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if hasattr(value, "as_sql"):  # the package would encrypt the expression's name in place of the value
            if not _seals_itself(value, self):
                raise FieldError(f"{self.name} is encrypted and cannot be computed by the database")
            return value
        return None if value is None else self.keyring.encrypt(self.to_text(value).encode())

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else self.to_python(self.keyring.decrypt(bytes(value)).decode())


class EncryptedTextField(_Sealed, models.TextField):
    """Text of any length, encrypted."""


class EncryptedDateField(_Sealed, models.DateField):
    """A date, encrypted."""


class EncryptedIntegerField(_Sealed, models.IntegerField):
    """A whole number, encrypted."""


class EncryptedJSONField(_Sealed, models.Field):
    """Whatever JSON can say, encrypted; dates and decimals become text. None is an empty column."""

    def to_text(self, value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else json.loads(self.keyring.decrypt(bytes(value)))

    def value_to_string(self, obj: models.Model) -> str:
        return self.to_text(self.value_from_object(obj))


class BlindIndexField(models.BinaryField):
    """The 16 bytes of ``blind``, beside an encrypted value that must be found or be unique."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["max_length"] = 16
        super().__init__(*args, **options)


def fold(value: str) -> str:
    """Return ``value`` as it is compared: one form of each letter, no case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def blind(value: str, column: str) -> bytes:
    """Return the keyed digest of ``value`` in ``column`` ("app.model.field"), 16 bytes; equal for equal folded text."""
    message = f"{column}\0{fold(value)}".encode()
    return hmac.new(settings.BLIND_INDEX_KEY, message, hashlib.sha256).digest()[:16]

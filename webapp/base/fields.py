"""Fields whose column holds ciphertext (sealing.py), and the keyed digest by which an encrypted value is found."""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, Value
from django.db.models.functions import Cast
from fernet_fields.fields import EncryptedField

from webapp.base import sealing
from webapp.base.sealing import Keyring


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
    def place(self) -> str:
        """The column a token is tied to; a history table holds the tokens of the table whose changes it keeps."""
        owner = getattr(self.model, "pgh_tracked_model", None) or self.model
        return f"{owner._meta.label_lower}.{self.attname}"

    @property
    def keyring(self) -> Keyring:
        return sealing.ring(self.place)

    def to_bytes(self, value: Any) -> bytes:
        return str(self.get_prep_value(value)).encode()

    def of_bytes(self, data: bytes) -> Any:
        return self.to_python(data.decode())

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if hasattr(value, "as_sql"):  # the package would encrypt the expression's name in place of the value
            if not _seals_itself(value, self):
                raise FieldError(f"{self.name} is encrypted and cannot be computed by the database")
            return value
        return None if value is None else self.keyring.encrypt(self.to_bytes(value))

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else self.of_bytes(self.keyring.decrypt(bytes(value)))


class EncryptedTextField(_Sealed, models.TextField):
    """Text of any length, encrypted."""


class EncryptedDateField(_Sealed, models.DateField):
    """A date, encrypted."""


class EncryptedIntegerField(_Sealed, models.IntegerField):
    """A whole number, encrypted."""


class EncryptedBytesField(_Sealed, models.BinaryField):
    """The bytes of a file, encrypted; held in memory as a whole, so limit their size before."""

    def to_bytes(self, value: Any) -> bytes:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise TypeError(f"{self.name} holds bytes")
        return bytes(value)

    def of_bytes(self, data: bytes) -> bytes:
        return data


class EncryptedJSONField(_Sealed, models.Field):
    """Whatever JSON can say, encrypted; dates and decimals become text. None is an empty column."""

    def to_text(self, value: Any) -> str:
        try:
            return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, allow_nan=False)
        except ValueError:  # the message would show the number, which is a patient's
            raise ValueError(f"{self.name} holds a number that JSON cannot say: NaN or an infinity") from None

    def to_bytes(self, value: Any) -> bytes:
        return self.to_text(value).encode()

    def of_bytes(self, data: bytes) -> Any:
        return json.loads(data)

    def value_to_string(self, obj: models.Model) -> str:
        return self.to_text(self.value_from_object(obj))


class BlindIndexField(models.BinaryField):
    """The 16 bytes of ``blind``, beside an encrypted value that must be found or be unique."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["max_length"] = 16
        super().__init__(*args, **options)


class BlindIndexOf(BlindIndexField):
    """The digest of columns of its own row, ``of`` them, written whenever the row is; found by ``digest``.

    With whose row it is among them, equal values of two patients have two digests, and nobody can count them.
    """

    def __init__(self, *args: Any, of: Sequence[str] = (), **options: Any) -> None:
        self.of = tuple(of)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": list(self.of)}

    def digest(self, *values: object) -> bytes:
        """Return the digest of these values, in the order of ``of``."""
        return blind("|".join(str(value) for value in values), f"{self.model._meta.label_lower}.{self.attname}")

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes:
        found = self.digest(*(getattr(model_instance, name) for name in self.of))
        setattr(model_instance, self.attname, found)
        return found


def index_of(model: type[models.Model], name: str, *values: object) -> bytes:
    """Return what stands in the BlindIndexOf ``name`` of rows with these values."""
    field = model._meta.get_field(name)
    assert isinstance(field, BlindIndexOf)  # noqa: S101 — a name written wrongly, found by the first test
    return field.digest(*values)


def fold(value: str) -> str:
    """Return ``value`` as it is compared: one form of each letter, no case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def blind(value: str, column: str) -> bytes:
    """Return the keyed digest of ``value`` in ``column`` ("app.model.field"), 16 bytes; equal for equal folded text."""
    message = f"{column}\0{fold(value)}".encode()
    return hmac.new(settings.BLIND_INDEX_KEY, message, hashlib.sha256).digest()[:16]

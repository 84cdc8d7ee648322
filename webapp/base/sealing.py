"""The cipher under every sealed value: columns (fields.py), bytes of files, and words kept inside somebody's JSON.

AES-256-GCM. A token is 0x01, the length of the key's id, the id, a nonce of 12 bytes, ciphertext and tag; version, id
and column are authenticated with it, so a flipped bit, or a token carried to another column, is refused.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION, NONCE = b"\x01", 12
WORD = "sealed:"  # begins a token written as text


class UnknownKey(InvalidTag):
    """A token of a key that FIELD_KEYS does not hold; says the key's id, never anything of the value."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"K001 a value is encrypted under the key {key_id!r}, which FIELD_KEYS does not hold")
        self.key_id = key_id


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
        """Return the plain bytes; raise InvalidTag for a changed or foreign token, UnknownKey for one of a lost key."""
        end = 2 + token[1] if len(token) > 1 else 0
        head, nonce, body = token[:end], token[end : end + NONCE], token[end + NONCE :]
        if token[:1] != VERSION or len(nonce) < NONCE:
            raise InvalidTag
        if head[2:] not in self.keys:
            raise UnknownKey(key_id(token))
        return self.keys[head[2:]].decrypt(nonce, body, head + self.column)


def key_id(token: bytes) -> str:
    """Return the id of the key a token was written under; empty for what is no token."""
    if len(token) < 2 or token[:1] != VERSION:
        return ""
    return token[2 : 2 + token[1]].decode("ascii", "backslashreplace")


def ring(column: str) -> Keyring:
    """Return the keys in force, tied to ``column``: "app.model.field", as Django labels it in lower case."""
    return Keyring(settings.FIELD_KEYS, column)


def seal_bytes(content: bytes, column: str) -> bytes:
    """Return ``content`` as a token of ``column``; EncryptedBytesField does this by itself."""
    return ring(column).encrypt(content)


def open_bytes(token: bytes, column: str) -> bytes:
    """Return what ``seal_bytes`` was given; raise InvalidTag for anything else."""
    return ring(column).decrypt(token)


def seal_text(text: str, column: str) -> str:
    """Return a token as the word ``sealed:<key's id>:<base64>``, for the JSON of a package's table.

    ``column`` names where it is kept; it has to stand in ``rekeying.WORDS`` too, where a change of keys finds it.
    """
    key, token = settings.FIELD_KEYS[0][0], seal_bytes(text.encode(), column)
    return f"{WORD}{key}:{base64.urlsafe_b64encode(token).decode()}"


def open_text(word: str, column: str) -> str:
    """Return what ``seal_text`` was given; raise InvalidTag for anything else, text in clear included."""
    key, colon, text = word.removeprefix(WORD).partition(":")
    try:
        token = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeError):
        raise InvalidTag from None
    if not (word.startswith(WORD) and colon) or key != key_id(token):
        raise InvalidTag
    return open_bytes(token, column).decode()

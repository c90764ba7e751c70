"""Citizens' numbers: AES-256-GCM with a key id, and an HMAC blind index for look-up.

Stored form: ``v1:<key id>:<base64(nonce + ciphertext + tag)>``. The first key of FIELD_KEYS encrypts, every key
decrypts, so that keys can be rotated. Without FIELD_KEYS a key is made once and kept in var/field_key (mode 600).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

NONCE = 12


@lru_cache(maxsize=4)
def _parse_keys(text: str) -> dict[str, bytes]:
    keys = {}
    for entry in filter(None, text.split(",")):
        key_id, _, encoded = entry.strip().partition(":")
        key = base64.b64decode(encoded)
        if not key_id or len(key) != 32:
            raise ImproperlyConfigured("FIELD_KEYS: each entry is id:base64 of 32 bytes")
        keys[key_id] = key
    return keys


@lru_cache(maxsize=1)
def _embedded_key() -> str:
    path = settings.VAR_DIR / "field_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text("k1:" + base64.b64encode(secrets.token_bytes(32)).decode())
    return path.read_text().strip()


def keys() -> dict[str, bytes]:
    """Key id → 32 bytes, the encrypting key first."""
    return _parse_keys(settings.FIELD_KEYS or _embedded_key())


def encrypt(plain: str) -> str:
    key_id, key = next(iter(keys().items()))
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), key_id.encode())
    return f"v1:{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str) -> str:
    """Raises ValueError when the key is unknown or the text was altered."""
    try:
        version, key_id, encoded = stored.split(":", 2)
        raw = base64.b64decode(encoded)
        if version != "v1":
            raise ValueError(version)
        return AESGCM(keys()[key_id]).decrypt(raw[:NONCE], raw[NONCE:], key_id.encode()).decode()
    except (KeyError, ValueError, InvalidTag):
        raise ValueError("an encrypted number cannot be read: unknown key or altered text") from None


def blind_index(plain: str) -> str:
    """Keyed digest (64 hex) by which equal numbers are found without decrypting. Uses the *last* (oldest) key,
    so that adding a key in front leaves indexes valid."""
    oldest = list(keys().values())[-1]
    return hmac.new(oldest, b"blind:" + plain.strip().upper().encode(), hashlib.sha256).hexdigest()


def mask(number: str) -> str:
    """First three and last two characters: 110***********15."""
    return number if len(number) < 6 else number[:3] + "*" * (len(number) - 5) + number[-2:]


class EncryptedField(models.TextField):
    """Text that is encrypted in the database and plain in Python. It cannot be filtered on: use a blind index."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if not value else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        return value if not value else encrypt(str(value))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("isnull",):
            raise TypeError("an encrypted field cannot be looked up; use its blind index")
        return super().get_lookup(lookup_name)

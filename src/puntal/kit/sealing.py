"""Secrets that have to be read again, sealed by a key that is not in the database (decision 0083).

sealer = sealer_of(settings)
row.secret = sealer.seal(secret, of=f"staff_factor:{staff_id}")
secret = sealer.open(row.secret, of=f"staff_factor:{staff_id}")
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from puntal.kit.settings import Settings

KEY_BYTES = 32
KEY_FILE = "secret-key"
_START = "s1."
_NONCE_BYTES = 12
_NAME_CHARACTERS = 8


class KeyUnreadableError(ValueError):
    """A key that is no 32 bytes in base64."""


class SealBrokenError(RuntimeError):
    """Sealed by a key that is not here, for something else, or changed since."""


class Sealer:
    """Seals and opens with the keys of the deployment. Keys are read when first needed."""

    def __init__(self, keys: Callable[[], Sequence[bytes]]) -> None:
        """Know where the keys are.

        Args:
            keys: Gives them: the first seals, all of them open.
        """
        self._read = keys

    @cached_property
    def _keys(self) -> dict[str, AESGCM]:
        return {_name(key): AESGCM(key) for key in self._read()}

    def seal(self, secret: str, *, of: str) -> str:
        """Return a secret as it may be stored.

        Args:
            secret: What nobody else is to read.
            of: What it is and whose: it opens for the same only, so that it cannot be put in another's row.
        """
        name = next(iter(self._keys))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._keys[name].encrypt(nonce, secret.encode(), of.encode())
        return f"{_START}{name}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, stored: str, *, of: str) -> str:
        """Return what was sealed; what was stored before there was sealing comes back as it is.

        Raises:
            SealBrokenError: The key is not here, it was sealed for something else, or somebody changed it.
        """
        if not stored.startswith(_START):
            return stored
        name, _, words = stored[len(_START) :].partition(".")
        key = self._keys.get(name)
        if key is None:
            raise SealBrokenError(f"sealed by the key {name}, which is not among PUNTAL_SECRET_KEY(S_OLD)")
        try:
            raw = base64.urlsafe_b64decode(words)
            return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], of.encode()).decode()
        except (InvalidTag, ValueError) as broken:
            raise SealBrokenError("not sealed for this, or changed since") from broken

    def is_current(self, stored: str) -> bool:
        """Tell whether it was sealed by the key that seals now."""
        return stored.startswith(f"{_START}{next(iter(self._keys))}.")

    @property
    def names(self) -> frozenset[str]:
        """Names of the keys that are here, as sealed values say them."""
        return frozenset(self._keys)


def is_sealed(stored: str) -> bool:
    """Tell what was sealed, by whatever key, from what was stored before there was sealing."""
    return stored.startswith(_START)


def sealer_of(chosen: Settings) -> Sealer:
    """Return the sealer of a deployment; without a key in the settings it makes one in the data folder, once."""

    def keys() -> list[bytes]:
        given = [] if chosen.secret_key is None else [read_key(chosen.secret_key.get_secret_value())]
        old = "" if chosen.secret_keys_old is None else chosen.secret_keys_old.get_secret_value()
        given += [read_key(each) for each in old.split(",") if each.strip()]
        file = chosen.data_dir / KEY_FILE
        if chosen.secret_key is None:
            return [_kept(file), *given]
        # A key of before the setting still opens.
        return [*given, read_key(file.read_text())] if file.exists() else given

    return Sealer(keys)


def new_key() -> str:
    """Return a fresh key as the settings take it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read_key(said: str) -> bytes:
    """Return the key of a setting or file.

    Raises:
        KeyUnreadableError: It is no 32 bytes in base64.
    """
    try:
        key = base64.b64decode(said.strip(), validate=True)
    except binascii.Error as unreadable:
        raise KeyUnreadableError("a secret key is 32 bytes in base64; `puntal secrets key` makes one") from unreadable
    if len(key) != KEY_BYTES:
        raise KeyUnreadableError("a secret key is 32 bytes in base64; `puntal secrets key` makes one")
    return key


def _kept(file: Path) -> bytes:
    """Return the key of a file, made if there is none; of processes that start together one makes it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as writing:
            writing.write(new_key())
        with contextlib.suppress(FileExistsError):
            # Whole or not at all, and never over another's.
            os.link(fresh, file)
        fresh.unlink()
    return read_key(file.read_text())


def _name(key: bytes) -> str:
    return hashlib.sha256(b"puntal key:" + key).hexdigest()[:_NAME_CHARACTERS]

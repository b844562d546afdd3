"""The pass a member shows at the till: signed, short-lived, and checked without asking anybody. Pure.

A pass is 43 bytes and their Ed25519 signature, in Base32: letters and digits that every scanner types alike whatever
its keyboard, and that a QR code packs tighter than bytes. It names the member by id and nothing else.

    version 1 | key 4 | program 4 | member 16 | issued at 8 (Unix seconds) | lives 2 (seconds) | nonce 8

A till keeps the program's public keys and checks passes with them, also offline. That a pass is shown once only the
server can say: it remembers each nonce for as long as its pass lives.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from puntal.rewards.errors_vouchers import PassEnded, PassInvalid

LIVES: Final = timedelta(seconds=60)
"""How long a pass can be shown; a member's device asks for the next one in time."""

SKEW: Final = timedelta(seconds=30)
"""How far a till's clock may be from ours, in both directions."""

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 8
MOST_CHARACTERS: Final = 200
_VERSION = 1
_FORMAT = struct.Struct(">BII16sQH8s")
_SIGNATURE_BYTES = 64


class Pass(Struct, frozen=True, kw_only=True):
    """What a pass says.

    Attributes:
        key: Number of the program's key that signed it.
        nonce: Of this pass alone.
    """

    key: int
    program_id: int
    member_id: UUID
    issued_at: datetime
    lives: timedelta = LIVES
    nonce: bytes

    @property
    def ends_at(self) -> datetime:
        """First instant at which it is over."""
        return self.issued_at + self.lives


def public_key(private: bytes) -> bytes:
    """Return the public key of a private one; both are 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(given: Pass, private: bytes) -> str:
    """Return a pass as it is shown."""
    said = _FORMAT.pack(
        _VERSION,
        given.key,
        given.program_id,
        given.member_id.bytes,
        int(given.issued_at.timestamp()),
        int(given.lives.total_seconds()),
        given.nonce,
    )
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(said)
    return base64.b32encode(said + signature).decode().rstrip("=")


def verify(token: str, keys: Mapping[int, bytes], *, program_id: int, now: datetime, skew: timedelta = SKEW) -> Pass:
    """Return what a pass says, once it is known to be true.

    Args:
        token: As it was scanned.
        keys: Public keys of the program by their number.
        program_id: Whose till it is.
        now: Real time by the clock of whoever asks; of a pass that was scanned offline, when it was.
        skew: How far that clock may be wrong.

    Raises:
        PassInvalid: No pass, another program's, or not signed by a key that is known.
        PassEnded: Its time is over, or has not begun.
    """
    said, signature = _read(token)
    version, key, program, member, issued, lives, nonce = _FORMAT.unpack(said)
    public = keys.get(key)
    if version != _VERSION or program != program_id or public is None:
        raise PassInvalid
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, said)
    except InvalidSignature as forged:
        raise PassInvalid from forged
    found = Pass(
        key=key,
        program_id=program,
        member_id=UUID(bytes=member),
        issued_at=datetime.fromtimestamp(issued, UTC),
        lives=timedelta(seconds=lives),
        nonce=nonce,
    )
    if not found.issued_at - skew <= now < found.ends_at + skew:
        raise PassEnded
    return found


def _read(token: str) -> tuple[bytes, bytes]:
    written = token.strip().upper()
    if len(written) > MOST_CHARACTERS:
        raise PassInvalid
    try:
        found = base64.b32decode(written + "=" * (-len(written) % 8))
    except (binascii.Error, ValueError) as unreadable:
        raise PassInvalid from unreadable
    if len(found) != _FORMAT.size + _SIGNATURE_BYTES:
        raise PassInvalid
    return found[: _FORMAT.size], found[_FORMAT.size :]

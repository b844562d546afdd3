"""Passes for the till: signed here, read anywhere, shown once; and how often somebody may guess."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from puntal.kit.db import Transaction
from puntal.kit.sealing import SealBrokenError, Sealer
from puntal.rewards.errors_vouchers import GuessesExceeded, PassKeyUnreadable, PassUsed
from puntal.rewards.policy import tokens
from puntal.rewards.policy.tokens import LIVES, SKEW, Pass
from puntal.rewards.store import passes as store

ANNOUNCED = timedelta(hours=24)
"""How long a new key is known before it signs: tills ask for the keys once a day."""

GUESSING = timedelta(minutes=10)
MOST_GUESSES_OF_CALLER = 300
"""Unknown codes of a caller in that time: a shop's back end speaks for many customers."""

MOST_GUESSES_OF_MEMBER = 10

ALLOWED_SKEW = SKEW
"""How far a till's clock may be from ours."""


class PassKey(Struct, frozen=True, kw_only=True):
    """A public key that tills keep.

    Attributes:
        known_until: Passes it signed are over by then.
    """

    id: int
    public: bytes
    signs_from: datetime
    known_until: datetime | None


async def sign(tx: Transaction, program_id: int, member_id: UUID, *, sealer: Sealer, now: datetime) -> tuple[str, Pass]:
    """Return a fresh pass of a member. The first one of a program makes its first key.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: The program.
        member_id: Whose; active, and no longer merged: the caller has looked.
        sealer: Opens the key that signs.
        now: Real time, not the program's: tills know no other.

    Raises:
        PassKeyUnreadable: It was sealed by a key that is not here.
    """
    found = await store.signing(tx, program_id, now=now, until=now + LIVES)
    while found is None:
        await _add_key(tx, program_id, sealer=sealer, now=now, signs_from=now)
        found = await store.signing(tx, program_id, now=now, until=now + LIVES)
    key, public, stored = found
    given = Pass(
        key=key,
        program_id=program_id,
        member_id=member_id,
        issued_at=now.replace(microsecond=0),
        nonce=secrets.token_bytes(tokens.NONCE_BYTES),
    )
    return tokens.sign(given, _opened(sealer, program_id, public, stored)), given


async def verify(tx: Transaction, program_id: int, token: str, *, now: datetime, once: bool = True) -> Pass:
    """Return what a pass says, and remember it: it is shown once.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: Whose till it is.
        token: As it was scanned.
        now: Real time; of a pass that was scanned while offline, when it was.
        once: False for what is told later of one visit: it may name the pass again.

    Raises:
        PassInvalid: No pass of this program.
        PassEnded: Its time is over.
        PassUsed: It was shown before.
    """
    known = {key.id: key.public for key in await keys(tx, program_id, now=now)}
    found = tokens.verify(token, known, program_id=program_id, now=now)
    if not await store.show(tx, program_id, found.nonce, found.ends_at + SKEW) and once:
        raise PassUsed
    return found


async def keys(tx: Transaction, program_id: int, *, now: datetime) -> list[PassKey]:
    """Return the public keys that tills should know."""
    return [
        PassKey(id=id, public=public, signs_from=signs_from, known_until=known_until)
        for id, public, signs_from, known_until in await store.keys(tx, program_id, now)
    ]


async def rotate(tx: Transaction, program_id: int, *, sealer: Sealer, at_once: bool, now: datetime) -> PassKey:
    """Make a new key and give every other one an end.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: The program.
        sealer: Seals the new key.
        at_once: The old ones are lost: they are unknown from now on, and passes that were not shown yet are void.
        now: Real time.
    """
    signs_from = now if at_once else now + ANNOUNCED
    id = None
    while id is None:
        id = await _add_key(tx, program_id, sealer=sealer, now=now, signs_from=signs_from)
    await store.end_others(tx, program_id, id, now if at_once else signs_from + LIVES + SKEW, at_once=at_once)
    return next(key for key in await keys(tx, program_id, now=now) if key.id == id)


async def reseal(tx: Transaction, program_id: int, *, sealer: Sealer, plain_only: bool = False) -> int:
    """Seal what signs passes by the key that seals now; returns how many were changed. A second call finds none.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: The program.
        sealer: Opens and seals.
        plain_only: Only what no key sealed; else what other keys sealed as well.

    Raises:
        PassKeyUnreadable: One was sealed by a key that is not here.
    """
    kept = await store.lock_private(tx, program_id, plain_only=plain_only, plain_bytes=tokens.KEY_BYTES)
    renewed = {
        id: _sealed(sealer, program_id, public, _opened(sealer, program_id, public, stored))
        for id, (public, stored) in kept.items()
        if _is_plain(stored) or not sealer.is_current(stored.decode())
    }
    await store.set_private(tx, program_id, renewed)
    return len(renewed)


async def _add_key(
    tx: Transaction, program_id: int, *, sealer: Sealer, now: datetime, signs_from: datetime
) -> int | None:
    private = secrets.token_bytes(tokens.KEY_BYTES)
    public = tokens.public_key(private)
    return await store.add_key(
        tx,
        program_id,
        public=public,
        private=_sealed(sealer, program_id, public, private),
        now=now,
        signs_from=signs_from,
    )


def _sealed(sealer: Sealer, program_id: int, public: bytes, private: bytes) -> bytes:
    return sealer.seal(base64.b64encode(private).decode(), of=_of(program_id, public)).encode()


def _opened(sealer: Sealer, program_id: int, public: bytes, stored: bytes) -> bytes:
    if _is_plain(stored):
        return stored
    try:
        return base64.b64decode(sealer.open(stored.decode(), of=_of(program_id, public)), validate=True)
    except (SealBrokenError, ValueError) as broken:
        raise PassKeyUnreadable from broken


def _is_plain(stored: bytes) -> bool:
    """Tell a key of before there was sealing by its length: what is sealed is longer."""
    return len(stored) == tokens.KEY_BYTES


def _of(program_id: int, public: bytes) -> str:
    return f"pass_key:{program_id}:{public.hex()}"


async def check_guesses(
    tx: Transaction, program_id: int, *, caller: str, member_id: UUID | None, now: datetime
) -> None:
    """Refuse somebody who asked for too many codes that are nobody's; right ones too, so that guesses tell nothing.

    Raises:
        GuessesExceeded: With when to try again.
    """
    await check(tx, program_id, _guessing(caller, member_id), now=now)


async def check(tx: Transaction, program_id: int, limits: Mapping[str, int], *, now: datetime) -> None:
    """Refuse whoever was counted as often as she may be within `GUESSING`; a few at most are asked about.

    Raises:
        GuessesExceeded: With when to try again.
    """
    for who, most in limits.items():
        misses, since = await store.misses(tx, program_id, who, now - GUESSING)
        if misses >= most and since is not None:
            wait = int((since + GUESSING - now).total_seconds()) + 1
            raise GuessesExceeded(retry_after_seconds=max(wait, 1))


async def miss(
    tx: Transaction, program_id: int, *, caller: str, member_id: UUID | None, now: datetime, count: int = 1
) -> None:
    """Count unknown codes; in a transaction of its own, for the one that asked is rolled back."""
    await store.miss(tx, program_id, _guessing(caller, member_id), count=count, now=now, after=now - GUESSING)


async def count(tx: Transaction, program_id: int, who: Collection[str], *, now: datetime, times: int = 1) -> None:
    """Count for each of these, by the names that `check` is asked with."""
    await store.miss(tx, program_id, who, count=times, now=now, after=now - GUESSING)


def _guessing(caller: str, member_id: UUID | None) -> dict[str, int]:
    """Return who is limited to how many guesses: two at most."""
    who = {caller: MOST_GUESSES_OF_CALLER}
    return who if member_id is None else who | {f"member:{member_id}": MOST_GUESSES_OF_MEMBER}


async def clear(tx: Transaction, program_id: int, *, now: datetime) -> None:
    """Drop passes that are over and guesses that are forgotten; the night calls it."""
    await store.clear(tx, program_id, now=now, after=now - GUESSING)

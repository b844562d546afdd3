"""SQL of `pass_key`, `pass_shown` and `code_guess`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from puntal.kit.db import Transaction

KEYS = """
-- Keys that can still have signed a pass somebody shows.
SELECT id, public_key, signs_from, known_until FROM pass_key
WHERE program_id = %(program_id)s AND (known_until IS NULL OR known_until > %(now)s)
ORDER BY id
"""

SIGNING = """
-- The newest of the keys that sign by now.
SELECT id, public_key, private_key FROM pass_key
WHERE program_id = %(program_id)s AND signs_from <= %(now)s AND (known_until IS NULL OR known_until > %(until)s)
ORDER BY signs_from DESC, id DESC
LIMIT 1
"""

LOCK_PRIVATE = """
-- In order. For sealing them anew: seldom, and short; most often there are none that are not sealed at all: those have
-- the length of a key.
SELECT id, public_key, private_key FROM pass_key
WHERE program_id = %(program_id)s AND length(private_key) > 0
  AND (NOT %(plain_only)s OR length(private_key) = %(plain_bytes)s)
ORDER BY id
FOR UPDATE
"""

SET_PRIVATE = """
-- The rows are locked already.
UPDATE pass_key k SET private_key = r.private_key
FROM unnest(%(ids)s::int4[], %(private)s::bytea[]) AS r (id, private_key)
WHERE k.program_id = %(program_id)s AND k.id = r.id
"""

ADD_KEY = """
-- Numbers go up by one; of two that add at once the second is left out.
INSERT INTO pass_key (program_id, id, public_key, private_key, created_at, signs_from)
SELECT %(program_id)s, coalesce(max(id), 0) + 1, %(public)s, %(private)s, %(now)s, %(signs_from)s
FROM pass_key WHERE program_id = %(program_id)s
ON CONFLICT (program_id, id) DO NOTHING
RETURNING id
"""

END_KEYS = """
-- Every key but the new one: known until the last pass it can sign is over. An end that was set stays. What will never
-- sign again loses what it signed with.
UPDATE pass_key SET known_until = least(known_until, %(until)s),
  private_key = CASE WHEN %(at_once)s THEN ''::bytea ELSE private_key END
WHERE program_id = %(program_id)s AND id <> %(id)s
"""

SHOW = """
-- Who loses the race for a pass gets no row back.
INSERT INTO pass_shown (program_id, nonce, ends_at) VALUES (%(program_id)s, %(nonce)s, %(ends_at)s)
ON CONFLICT (program_id, nonce) DO NOTHING
RETURNING nonce
"""

DROP_SHOWN = """
-- Passes that nobody can show any more; a few hundred thousand at most.
DELETE FROM pass_shown WHERE program_id = %(program_id)s AND ends_at < %(now)s
"""

MISSES = """
-- How often these asked for codes that are nobody's.
SELECT max(misses), min(since) FROM code_guess
WHERE program_id = %(program_id)s AND who = %(who)s AND since > %(after)s
"""

MISS = """
-- Counted in a stretch of time that begins with the first miss after the last one; in the order of names.
INSERT INTO code_guess AS g (program_id, who, since, misses)
SELECT %(program_id)s, w, %(now)s, %(count)s FROM unnest(%(who)s::text[]) AS w ORDER BY w
ON CONFLICT (program_id, who) DO UPDATE
SET misses = CASE WHEN g.since > %(after)s THEN g.misses + excluded.misses ELSE excluded.misses END,
  since = CASE WHEN g.since > %(after)s THEN g.since ELSE excluded.since END
"""

DROP_MISSES = """
-- Stretches that are over.
DELETE FROM code_guess WHERE program_id = %(program_id)s AND since < %(after)s
"""


async def keys(tx: Transaction, program_id: int, now: datetime) -> list[tuple[int, bytes, datetime, datetime | None]]:
    """Return number, public key, first signing and end of the keys that are known."""
    cursor = await tx.execute(KEYS, {"program_id": program_id, "now": now})
    return [(row[0], bytes(row[1]), row[2], row[3]) for row in await cursor.fetchall()]


async def signing(
    tx: Transaction, program_id: int, *, now: datetime, until: datetime
) -> tuple[int, bytes, bytes] | None:
    """Return number, public and (as it is stored) private key of the one that signs passes good until an instant."""
    row = await (await tx.execute(SIGNING, {"program_id": program_id, "now": now, "until": until})).fetchone()
    return None if row is None else (row[0], bytes(row[1]), bytes(row[2]))


async def add_key(
    tx: Transaction, program_id: int, *, public: bytes, private: bytes, now: datetime, signs_from: datetime
) -> int | None:
    """Add a key; return its number, None when another was added at the same moment."""
    names = {"program_id": program_id, "public": public, "private": private, "now": now, "signs_from": signs_from}
    row = await (await tx.execute(ADD_KEY, names)).fetchone()
    return None if row is None else int(row[0])


async def lock_private(
    tx: Transaction, program_id: int, *, plain_only: bool, plain_bytes: int
) -> dict[int, tuple[bytes, bytes]]:
    """Return public keys and private ones as they are stored, by number, locked: all, or those that are not sealed."""
    names = {"program_id": program_id, "plain_only": plain_only, "plain_bytes": plain_bytes}
    cursor = await tx.execute(LOCK_PRIVATE, names)
    return {row[0]: (bytes(row[1]), bytes(row[2])) for row in await cursor.fetchall()}


async def set_private(tx: Transaction, program_id: int, keys: Mapping[int, bytes]) -> None:
    """Write private keys as they are sealed now; their rows are locked."""
    if keys:
        names = {"program_id": program_id, "ids": list(keys), "private": list(keys.values())}
        await tx.execute(SET_PRIVATE, names)


async def end_others(tx: Transaction, program_id: int, id: int, until: datetime, *, at_once: bool) -> None:
    """Give every other key an end; `at_once` none of them signs any more."""
    await tx.execute(END_KEYS, {"program_id": program_id, "id": id, "until": until, "at_once": at_once})


async def show(tx: Transaction, program_id: int, nonce: bytes, ends_at: datetime) -> bool:
    """Note that a pass was shown; False when it was before."""
    cursor = await tx.execute(SHOW, {"program_id": program_id, "nonce": nonce, "ends_at": ends_at})
    return await cursor.fetchone() is not None


async def clear(tx: Transaction, program_id: int, *, now: datetime, after: datetime) -> None:
    """Drop passes and guesses that no longer matter."""
    await tx.execute(DROP_SHOWN, {"program_id": program_id, "now": now})
    await tx.execute(DROP_MISSES, {"program_id": program_id, "after": after})


async def misses(tx: Transaction, program_id: int, who: str, after: datetime) -> tuple[int, datetime | None]:
    """Return how many misses somebody has in the running stretch, and when it began."""
    row = await (await tx.execute(MISSES, {"program_id": program_id, "who": who, "after": after})).fetchone()
    return (0, None) if row is None or row[0] is None else (int(row[0]), row[1])


async def miss(
    tx: Transaction, program_id: int, who: Collection[str], *, count: int, now: datetime, after: datetime
) -> None:
    """Count so many misses of each."""
    names = {"program_id": program_id, "who": sorted(who), "count": count, "now": now, "after": after}
    await tx.execute(MISS, names)

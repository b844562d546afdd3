"""SQL of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction, encode
from puntal.outbox.model import Happening

APPEND = """
-- Waits for nobody: ids are new, or derived and then written before.
INSERT INTO outbox (program_id, id, kind, member_id, effective_at, recorded_at, payload)
SELECT %(program_id)s, r.id, r.kind, r.member_id, r.effective_at, r.recorded_at, r.payload
FROM json_to_recordset(%(rows)s::json)
  AS r (id uuid, kind text, member_id uuid, effective_at timestamptz, recorded_at timestamptz, payload json)
ON CONFLICT (program_id, id) DO NOTHING
"""

CLAIM = """
-- Takes the oldest rows that no other relay has in hand, until this transaction ends.
SELECT id, kind, member_id, effective_at, recorded_at, payload
FROM outbox
WHERE program_id = %(program_id)s AND relayed_at IS NULL
ORDER BY id
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
"""

MARK = """
-- Only rows this transaction has claimed.
UPDATE outbox SET relayed_at = %(now)s
WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[]) AND relayed_at IS NULL
"""

TAKE_MEMBERS = """
-- Takes the oldest rows about members that were not taken before and that nobody has in hand; those the relay has at
-- this moment come next time.
WITH taken AS (
  SELECT id FROM outbox
  WHERE program_id = %(program_id)s AND member_id IS NOT NULL AND NOT evaluated
  ORDER BY id
  LIMIT %(limit)s
  FOR UPDATE SKIP LOCKED
)
UPDATE outbox o SET evaluated = true
FROM taken
WHERE o.program_id = %(program_id)s AND o.id = taken.id
RETURNING o.member_id, o.kind
"""

DROP_RELAYED = """
-- What was passed on long ago; the rows are nobody's any more.
DELETE FROM outbox WHERE program_id = %(program_id)s AND relayed_at < %(before)s
"""

PROGRAMS_WAITING = """
SELECT programs_with_outbox()
"""

FIND = """
SELECT id, kind, member_id, effective_at, recorded_at, payload
FROM outbox
WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[])
ORDER BY id
"""

WAKE_RELAY = """
-- Sent at commit, once a transaction; a lost one does no harm, the relay also looks by itself.
SELECT pg_notify('puntal_outbox', '')
"""

ANY_WAITING = """
SELECT EXISTS (SELECT FROM outbox WHERE program_id = %(program_id)s AND relayed_at IS NULL)
"""

OF_MEMBERS = """
-- Everything kept about these members, oldest first.
SELECT id, kind, member_id, effective_at, recorded_at, payload
FROM outbox
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY id
"""

SCRUB = """
-- Payloads may name a person; that something happened stays.
UPDATE outbox SET payload = '{}'
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""


async def append(tx: Transaction, program_id: int, rows: Sequence[Happening]) -> None:
    """Write the rows; those with a known id are left alone."""
    await tx.execute(APPEND, {"program_id": program_id, "rows": encode(rows)})
    await tx.execute(WAKE_RELAY)


async def claim(tx: Transaction, program_id: int, limit: int) -> list[Happening]:
    """Return and hold the oldest rows nobody has."""
    cursor = await tx.execute(CLAIM, {"program_id": program_id, "limit": limit})
    return [_read(row) for row in await cursor.fetchall()]


async def mark(tx: Transaction, program_id: int, ids: Sequence[UUID], now: datetime) -> None:
    """Note that the rows were passed on."""
    await tx.execute(MARK, {"program_id": program_id, "ids": list(ids), "now": now})


async def take_members(tx: Transaction, program_id: int, limit: int) -> list[tuple[UUID, str]]:
    """Return member and kind of rows not taken before, and note that they are."""
    cursor = await tx.execute(TAKE_MEMBERS, {"program_id": program_id, "limit": limit})
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def drop_relayed(tx: Transaction, program_id: int, before: datetime) -> int:
    """Delete rows passed on before an instant; return how many."""
    cursor = await tx.execute(DROP_RELAYED, {"program_id": program_id, "before": before})
    return cursor.rowcount


async def find(tx: Transaction, program_id: int, ids: Sequence[UUID]) -> list[Happening]:
    """Return these rows, relayed or not, oldest first."""
    cursor = await tx.execute(FIND, {"program_id": program_id, "ids": list(ids)})
    return [_read(row) for row in await cursor.fetchall()]


async def programs_waiting(tx: Transaction) -> list[int]:
    """Return the programs in which a relay has work."""
    cursor = await tx.execute(PROGRAMS_WAITING)
    return [int(row[0]) for row in await cursor.fetchall()]


async def any_waiting(tx: Transaction, program_id: int) -> bool:
    """Tell whether a relay has work here."""
    cursor = await tx.execute(ANY_WAITING, {"program_id": program_id})
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def of_members(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[Happening]:
    """Return what is kept about these members."""
    cursor = await tx.execute(OF_MEMBERS, {"program_id": program_id, "members": list(members)})
    return [_read(row) for row in await cursor.fetchall()]


async def scrub(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Empty the payloads about these members."""
    await tx.execute(SCRUB, {"program_id": program_id, "members": list(members)})


def _read(row: tuple[Any, ...]) -> Happening:
    return Happening(id=row[0], kind=row[1], member_id=row[2], effective_at=row[3], recorded_at=row[4], payload=row[5])

"""Writes and reads of `voucher_owed`: codes of partners that pools could not give yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from puntal.kit.db import Transaction, array, encode
from puntal.rewards.model_vouchers import Issue, Owed

INSERT = """
-- A known id is a retry.
INSERT INTO voucher_owed (program_id, id, pool, reward, member_id, since, issue)
SELECT %(program_id)s, r.id, r.pool, r.reward, r.member_id, %(now)s, r.issue
FROM json_to_recordset(%(rows)s::json) AS r (id uuid, pool text, reward text, member_id uuid, issue json)
ON CONFLICT (program_id, id) DO NOTHING
"""

POOLS = """
-- Pools that owe something.
SELECT DISTINCT pool FROM voucher_owed WHERE program_id = %(program_id)s ORDER BY pool
"""

WAITING = """
-- Locks nothing. Pools that owe something: how much, and what is owed longest.
SELECT pool, count(*), (array_agg(id ORDER BY since, id))[1] FROM voucher_owed
WHERE program_id = %(program_id)s
GROUP BY pool ORDER BY pool
"""

LOCK = """
-- What a pool owes, the oldest first, locked until the transaction ends; what another one hands out is passed over.
SELECT id, issue::text FROM voucher_owed
WHERE program_id = %(program_id)s AND pool = %(pool)s
ORDER BY since, id
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
"""

LIST = """
-- What is owed, the oldest first.
SELECT id, pool, reward, member_id, since FROM voucher_owed
WHERE program_id = %(program_id)s
ORDER BY since, id
LIMIT %(limit)s
"""

SETTLE = """
DELETE FROM voucher_owed WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[])
"""

REASSIGN = """
-- A merged member's survivor gets what she was owed; both are locked.
UPDATE voucher_owed SET member_id = %(target)s,
  issue = jsonb_set(issue::jsonb, '{member_id}', to_jsonb(%(target)s::uuid::text))::json
WHERE program_id = %(program_id)s AND member_id = %(source)s AND (%(all)s OR id = ANY(%(only)s::uuid[]))
RETURNING id
"""

FORGET = """
DELETE FROM voucher_owed WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""

_read_issue = msgspec.json.Decoder(Issue).decode


async def insert(tx: Transaction, program_id: int, owed: Sequence[tuple[str, Issue]], now: datetime) -> None:
    """Remember what pools owe."""
    rows = [
        {"id": one.id, "pool": pool, "reward": one.reward, "member_id": one.member_id, "issue": one}
        for pool, one in owed
    ]
    await tx.execute(INSERT, {"program_id": program_id, "rows": encode(rows), "now": now})


async def pools(tx: Transaction, program_id: int) -> list[str]:
    """Return the pools that owe something."""
    return [row[0] for row in await (await tx.execute(POOLS, {"program_id": program_id})).fetchall()]


async def waiting(tx: Transaction, program_id: int) -> list[tuple[str, int, UUID]]:
    """Return each pool that owes something, how much, and what it owes longest."""
    cursor = await tx.execute(WAITING, {"program_id": program_id})
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def lock(tx: Transaction, program_id: int, pool: str, *, limit: int) -> list[Issue]:
    """Return what a pool owes, the oldest first, locked."""
    cursor = await tx.execute(LOCK, {"program_id": program_id, "pool": pool, "limit": limit})
    return [_read_issue(row[1]) for row in await cursor.fetchall()]


async def listing(tx: Transaction, program_id: int, *, limit: int) -> list[Owed]:
    """Return what is owed, the oldest first."""
    cursor = await tx.execute(LIST, {"program_id": program_id, "limit": limit})
    return [Owed(*row) for row in await cursor.fetchall()]


async def settle(tx: Transaction, program_id: int, ids: Collection[UUID]) -> None:
    """Forget what was handed out, or is owed no more."""
    await tx.execute(SETTLE, {"program_id": program_id, "ids": array(list(ids))})


async def reassign(
    tx: Transaction, program_id: int, *, source: UUID, target: UUID, only: Collection[UUID] | None
) -> None:
    """Owe another member what one was owed."""
    names = {
        "program_id": program_id, "source": source, "target": target, "all": only is None, "only": list(only or ()),
    }  # fmt: skip
    await tx.execute(REASSIGN, names)


async def forget(tx: Transaction, program_id: int, members: Collection[UUID]) -> None:
    """Owe erased members nothing."""
    await tx.execute(FORGET, {"program_id": program_id, "members": list(members)})

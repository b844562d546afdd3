"""Writes and reads of `waiting`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction

JOIN = """
-- Whoever waits already keeps her place.
INSERT INTO waiting (program_id, reward, session, member_id, since)
VALUES (%(program_id)s, %(reward)s, %(session)s, %(member_id)s, %(now)s)
ON CONFLICT (program_id, reward, session, member_id) DO NOTHING
"""

LEAVE = """
DELETE FROM waiting
WHERE program_id = %(program_id)s AND reward = %(reward)s AND session = %(session)s AND member_id = %(member_id)s
"""

NEXT = """
-- The next in turn who have not been told; those whom another transaction is just telling are passed over.
UPDATE waiting w SET told_at = %(now)s
FROM (
  SELECT reward, session, member_id FROM waiting
  WHERE program_id = %(program_id)s AND reward = %(reward)s AND session = %(session)s AND told_at IS NULL
  ORDER BY since, member_id
  LIMIT %(places)s
  FOR UPDATE SKIP LOCKED
) AS n
WHERE w.program_id = %(program_id)s AND w.reward = n.reward AND w.session = n.session AND w.member_id = n.member_id
RETURNING w.member_id
"""

LIST = """
-- Who waits for a reward, the first in turn first.
SELECT session, member_id, since, told_at FROM waiting
WHERE program_id = %(program_id)s AND reward = %(reward)s AND (%(session)s::text IS NULL OR session = %(session)s)
ORDER BY session, since, member_id
LIMIT %(limit)s
"""

REASSIGN = """
-- A merged member's survivor waits in her place, unless she waits already.
UPDATE waiting w SET member_id = %(target)s
WHERE w.program_id = %(program_id)s AND w.member_id = %(source)s AND NOT EXISTS (
  SELECT FROM waiting o
  WHERE o.program_id = w.program_id AND o.reward = w.reward AND o.session = w.session AND o.member_id = %(target)s)
"""

FORGET = """
DELETE FROM waiting WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""

Waiting = tuple[str, UUID, datetime, datetime | None]
"""Session, member, since when, and when she was told that a place is free."""


async def join(tx: Transaction, program_id: int, reward: str, session: str, member_id: UUID, *, now: datetime) -> None:
    """Let a member wait; doing it again changes nothing."""
    names = {"program_id": program_id, "reward": reward, "session": session, "member_id": member_id, "now": now}
    await tx.execute(JOIN, names)


async def leave(tx: Transaction, program_id: int, reward: str, session: str, member_id: UUID) -> None:
    """Let a member wait no longer."""
    names = {"program_id": program_id, "reward": reward, "session": session, "member_id": member_id}
    await tx.execute(LEAVE, names)


async def following(
    tx: Transaction, program_id: int, reward: str, session: str, *, places: int, now: datetime
) -> list[UUID]:
    """Return who is next for so many places; they are told once."""
    names = {"program_id": program_id, "reward": reward, "session": session, "places": places, "now": now}
    return [row[0] for row in await (await tx.execute(NEXT, names)).fetchall()]


async def listing(tx: Transaction, program_id: int, reward: str, session: str | None, *, limit: int) -> list[Waiting]:
    """Return who waits."""
    names = {"program_id": program_id, "reward": reward, "session": session, "limit": limit}
    return [(row[0], row[1], row[2], row[3]) for row in await (await tx.execute(LIST, names)).fetchall()]


async def reassign(tx: Transaction, program_id: int, *, source: UUID, target: UUID) -> None:
    """Let another member wait instead."""
    await tx.execute(REASSIGN, {"program_id": program_id, "source": source, "target": target})
    await forget(tx, program_id, [source])


async def forget(tx: Transaction, program_id: int, members: Collection[UUID]) -> None:
    """Let members wait for nothing."""
    await tx.execute(FORGET, {"program_id": program_id, "members": list(members)})

"""Reads and writes of `notification`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from puntal.access.model_notifications import News, Notification
from puntal.kit.db import Transaction, encode

INSERT = """
-- Waits only for who tells the same person the same: what is told once is left alone the second time.
INSERT INTO notification (program_id, staff_id, id, code, numbers, target_kind, target_id, at, once)
SELECT %(program_id)s, r.staff_id, r.id, r.code, r.numbers, r.target_kind, r.target_id, %(at)s, r.once
FROM json_to_recordset(%(rows)s::json) AS r (
  staff_id uuid, id uuid, code text, numbers jsonb, target_kind text, target_id text, once text)
ORDER BY r.once, r.staff_id
ON CONFLICT (program_id, staff_id, once) WHERE once IS NOT NULL DO NOTHING
"""

LIST = """
-- Locks nothing. Newest first, along the primary key; ids grow with time.
SELECT n.id, n.code, n.numbers, n.target_kind, n.target_id, n.at, n.read_at
FROM notification n
WHERE n.program_id = %(program_id)s AND n.staff_id = %(staff)s
  AND (%(before)s::uuid IS NULL OR n.id < %(before)s::uuid) AND (NOT %(unread)s OR n.read_at IS NULL)
ORDER BY n.id DESC
LIMIT %(limit)s
"""

UNREAD = """
-- Locks nothing. Along the partial index, up to a number.
SELECT count(*) FROM (
  SELECT FROM notification n
  WHERE n.program_id = %(program_id)s AND n.staff_id = %(staff)s AND n.read_at IS NULL
  LIMIT %(most)s) AS n
"""

MARK_READ = """
-- One person's rows, which nobody else writes.
UPDATE notification n SET read_at = %(now)s
WHERE n.program_id = %(program_id)s AND n.staff_id = %(staff)s AND n.read_at IS NULL
  AND (%(ids)s::uuid[] IS NULL OR n.id = ANY(%(ids)s::uuid[]))
"""

PURGE = """
-- Nobody waits for what is old.
DELETE FROM notification WHERE program_id = %(program_id)s AND at < %(before)s
"""


async def insert(
    tx: Transaction,
    program_id: int,
    rows: Sequence[tuple[UUID, UUID, News]],
    *,
    at: datetime,
) -> int:
    """Add one for each (person, id, what she is told); returns how many were new."""
    told = [
        {
            "staff_id": person,
            "id": id,
            "code": news.code,
            "numbers": dict(news.numbers),
            "target_kind": news.target[0],
            "target_id": news.target[1],
            "once": news.once,
        }
        for person, id, news in rows
    ]
    return (await tx.execute(INSERT, {"program_id": program_id, "rows": encode(told), "at": at})).rowcount


async def listed(
    tx: Transaction, program_id: int, staff: UUID, *, unread: bool, before: UUID | None, limit: int
) -> list[Notification]:
    """Return some, newest first."""
    names = {"program_id": program_id, "staff": staff, "unread": unread, "before": before, "limit": limit}
    return [
        Notification(
            id=row[0], code=row[1], numbers=row[2], target_kind=row[3], target_id=row[4], at=row[5], read_at=row[6]
        )
        for row in await (await tx.execute(LIST, names)).fetchall()
    ]


async def unread(tx: Transaction, program_id: int, staff: UUID, *, most: int) -> int:
    """Return how many are unread."""
    row = await (await tx.execute(UNREAD, {"program_id": program_id, "staff": staff, "most": most})).fetchone()
    assert row is not None
    return int(row[0])


async def mark_read(
    tx: Transaction, program_id: int, staff: UUID, ids: Collection[UUID] | None, *, now: datetime
) -> int:
    """Mark some, or all, read."""
    names = {"program_id": program_id, "staff": staff, "ids": None if ids is None else list(ids), "now": now}
    return (await tx.execute(MARK_READ, names)).rowcount


async def purge(tx: Transaction, program_id: int, *, before: datetime) -> int:
    """Forget what is old."""
    return (await tx.execute(PURGE, {"program_id": program_id, "before": before})).rowcount

"""Whom a day concerns: birthdays, anniversaries, guests whose time to claim runs."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from puntal.kit.db import Transaction

WAITING_GUESTS = """
-- Guests who may still claim, in the order of their ids. Locks nothing.
SELECT id FROM member
WHERE program_id = %(program_id)s AND status = 'guest' AND id > %(after)s
  AND (claim_until IS NULL OR claim_until > %(now)s)
ORDER BY id
LIMIT %(limit)s
"""

OLDEST = """
-- The end of the index on birthdays. Locks nothing.
SELECT min(birthday) FROM member WHERE program_id = %(program_id)s AND birthday IS NOT NULL
"""

BORN_ON = """
-- By whole dates, one look at the index for each: row security would not let a sum of month and day use one. The rest
-- of the rule is `birthdays.is_due`.
SELECT id FROM member
WHERE program_id = %(program_id)s AND birthday = ANY(%(days)s::date[]) AND status = 'active'
"""

JOINED_WITHIN = """
-- One range of the index on `enrolled_at` per year.
SELECT m.id, r.years
FROM json_to_recordset(%(windows)s::json) AS r (years integer, since timestamptz, until timestamptz)
JOIN member m ON m.program_id = %(program_id)s AND m.enrolled_at >= r.since AND m.enrolled_at < r.until
WHERE m.status = 'active'
ORDER BY m.id
"""


async def waiting_guests(tx: Transaction, program_id: int, *, after: UUID, now: datetime, limit: int) -> list[UUID]:
    """Return guests whose time to claim is not over, by id."""
    params = {"program_id": program_id, "after": after, "now": now, "limit": limit}
    return [row[0] for row in await (await tx.execute(WAITING_GUESTS, params)).fetchall()]


async def born_on(tx: Transaction, program_id: int, marks: Collection[tuple[int, int]], *, through: int) -> list[UUID]:
    """Return active members born on these days (month, day) of any year up to `through`."""
    row = await (await tx.execute(OLDEST, {"program_id": program_id})).fetchone()
    if row is None or row[0] is None:
        return []
    days = [
        date(year, month, day)
        for year in range(row[0].year, through + 1)
        for month, day in marks
        if day <= monthrange(year, month)[1]
    ]
    cursor = await tx.execute(BORN_ON, {"program_id": program_id, "days": days})
    return [row[0] for row in await cursor.fetchall()]


async def joined_within(tx: Transaction, program_id: int, windows: str) -> dict[UUID, int]:
    """Return active members enrolled in the windows (JSON: years, since, until), with the years."""
    cursor = await tx.execute(JOINED_WITHIN, {"program_id": program_id, "windows": windows})
    return {row[0]: row[1] for row in await cursor.fetchall()}

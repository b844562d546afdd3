"""Reads of the daily figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from puntal.activity.model import Count
from puntal.kit.db import Transaction, encode

LOAD = """
-- Locks nothing: the caller holds the members. LATERAL, so that each member and figure is one range of the key
-- whatever the planner believes of the sizes.
SELECT m.id, r.name, s.total::bigint
FROM unnest(%(members)s::uuid[]) AS m (id)
CROSS JOIN json_to_recordset(%(reads)s::json)
  AS r (name text, metric text, key text, counted boolean, since date, until date)
CROSS JOIN LATERAL (
  SELECT sum(CASE WHEN r.counted THEN a.count ELSE a.amount END) AS total
  FROM activity a
  WHERE a.program_id = %(program_id)s AND a.member_id = m.id AND a.metric = r.metric AND a.key = r.key
    AND a.day >= r.since AND a.day < r.until
) AS s
WHERE s.total IS NOT NULL
"""

OF_MEMBERS = """
-- Locks nothing. Everything kept about these members.
SELECT member_id, metric, key, day, count, amount
FROM activity
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY member_id, metric, key, day
"""

MEMBERS_AFTER = """
-- Locks nothing. The next members in the order of their ids. Who has no holder yet has done nothing; who was merged
-- into another has no figures of her own.
SELECT m.id
FROM member m
JOIN holder h ON h.program_id = %(program_id)s AND h.id = m.id
WHERE m.program_id = %(program_id)s AND m.id > %(after)s AND m.merged_into IS NULL
ORDER BY m.id
LIMIT %(limit)s
"""


async def load(
    tx: Transaction, program_id: int, members: Sequence[UUID], reads: Sequence[Mapping[str, object]]
) -> list[tuple[UUID, str, int]]:
    """Return member, field and sum where there is any."""
    cursor = await tx.execute(LOAD, {"program_id": program_id, "members": list(members), "reads": encode(reads)})
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def of_members(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[Count]:
    """Return every figure of the members."""
    cursor = await tx.execute(OF_MEMBERS, {"program_id": program_id, "members": list(members)})
    return [Count(*row) for row in await cursor.fetchall()]


async def members_after(tx: Transaction, program_id: int, after: UUID, limit: int) -> list[UUID]:
    """Return the next members by id."""
    cursor = await tx.execute(MEMBERS_AFTER, {"program_id": program_id, "after": after, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]

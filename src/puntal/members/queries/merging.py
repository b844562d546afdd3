"""Members who may be one person, and those who were merged."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from puntal.kit.db import Transaction

CANDIDATES = """
-- Pairs somebody should look at, most often seen first.
SELECT member_id, other_id, first_seen_at, last_seen_at, times
FROM merge_candidate
WHERE program_id = %(program_id)s AND dismissed_at IS NULL
ORDER BY times DESC, member_id, other_id
LIMIT %(limit)s
"""

REDIRECTED = """
-- Ids that answer with this member.
SELECT id FROM member WHERE program_id = %(program_id)s AND merged_into = %(member)s ORDER BY id
"""


class Candidate(Struct, frozen=True):
    """Two members that callers named as one."""

    member_id: UUID
    other_id: UUID
    first_seen_at: datetime
    last_seen_at: datetime
    times: int


async def merge_candidates(tx: Transaction, program_id: int, *, limit: int) -> list[Candidate]:
    """Return pairs of members that may be one person."""
    cursor = await tx.execute(CANDIDATES, {"program_id": program_id, "limit": limit})
    return [Candidate(*row) for row in await cursor.fetchall()]


async def redirected_to(tx: Transaction, program_id: int, member: UUID) -> list[UUID]:
    """Return the ids that were merged into a member."""
    cursor = await tx.execute(REDIRECTED, {"program_id": program_id, "member": member})
    return [row[0] for row in await cursor.fetchall()]

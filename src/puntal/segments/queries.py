"""Reads of stored membership."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from puntal.kit.db import Transaction

LISTS_OF = """
-- Locks nothing: lists are as of now.
SELECT member_id, segment
FROM segment_member
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[]) AND segment = ANY(%(lists)s::text[])
"""


async def lists_of(
    tx: Transaction, program_id: int, members: Sequence[UUID], lists: Collection[str]
) -> list[tuple[UUID, str]]:
    """Return which of these segments' rows name these members."""
    cursor = await tx.execute(LISTS_OF, {"program_id": program_id, "members": list(members), "lists": sorted(lists)})
    return [(row[0], row[1]) for row in await cursor.fetchall()]

"""What those are called who are behind names such as `staff:<id>`."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from puntal.kit.db import Transaction

NAMES = """
-- Locks nothing. Ids are random: nobody finds another organization's by trying.
SELECT 'staff:' || id, name FROM staff WHERE id = ANY(%(staff)s::uuid[])
UNION ALL
SELECT 'key:' || id, name FROM api_key WHERE id = ANY(%(keys)s::uuid[])
"""


async def names(tx: Transaction, actors: Iterable[str]) -> dict[str, str]:
    """Return what people and keys are called, by actor; who is neither, or is gone, has no entry."""
    found: dict[str, list[UUID]] = {"staff": [], "key": []}
    for actor in set(actors):
        kind, _, id = actor.partition(":")
        if kind in found:
            found[kind].append(UUID(id))
    if not any(found.values()):
        return {}
    cursor = await tx.execute(NAMES, {"staff": found["staff"], "keys": found["key"]})
    return {str(row[0]): str(row[1]) async for row in cursor}

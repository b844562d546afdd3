"""What a cashier calls members whom she serves: as little of them as tells one from another."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct

from puntal.kit.db import Transaction

SHOWN = 4
"""How many characters of a card."""

CALLED = """
-- Locks nothing. The name and a card of a page of members.
SELECT m.id, m.name, (
  SELECT k.value FROM identity k
  WHERE k.program_id = %(program_id)s AND k.member_id = m.id AND k.kind = 'card'
  ORDER BY k.value
  LIMIT 1)
FROM member m
WHERE m.program_id = %(program_id)s AND m.id = ANY(%(members)s::uuid[])
"""


class Called(Struct, frozen=True):
    """Somebody at a till.

    Attributes:
        ending: The last characters of her card.
    """

    first_name: str | None
    ending: str | None


async def called(tx: Transaction, program_id: int, members: Collection[UUID]) -> dict[UUID, Called]:
    """Return what those of the members are called who are there."""
    if not members:
        return {}
    cursor = await tx.execute(CALLED, {"program_id": program_id, "members": list(set(members))})
    return {
        id: Called(next(iter((name or "").split()), None), None if number is None else str(number)[-SHOWN:])
        for id, name, number in await cursor.fetchall()
    }

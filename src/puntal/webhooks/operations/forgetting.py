"""What deliveries say about members: shown, emptied, passed on to whom they were merged into."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.webhooks import queries, store
from puntal.webhooks.model import Delivery


async def held_about(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[Delivery]:
    """Return what was or will be sent about members, oldest first."""
    return await queries.of_members(tx, program_id, members)


async def forget(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Empty what deliveries say about members; that something happened is still sent."""
    await store.scrub(tx, program_id, members)


async def reassign(tx: Transaction, program_id: int, members: Sequence[UUID], *, survivor: UUID) -> None:
    """Let what is kept about merged members belong to the survivor; the words stay as they were sent."""
    await store.reassign(tx, program_id, members, survivor)

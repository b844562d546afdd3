"""Reads of redemptions for lists, screens and checks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.rewards.model import Redemption
from puntal.rewards.store import redemptions as store

LIST = f"""
-- A page of redemptions, newest first; every filter may be missing.
SELECT {store.COLUMNS} FROM redemption
WHERE program_id = %(program_id)s AND (%(members)s::uuid[] IS NULL OR member_id = ANY(%(members)s::uuid[]))
  AND (%(reward)s::text IS NULL OR reward = %(reward)s) AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(fulfilment)s::text IS NULL OR fulfilment = %(fulfilment)s)
  AND (%(order_key)s::text IS NULL OR order_key = %(order_key)s)
  AND (%(session)s::text IS NULL OR session = %(session)s)
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC
LIMIT %(limit)s
"""  # noqa: S608 - constants

USAGE = """
-- What is used of the counters of rewards.
SELECT budget, measure, period_start, used FROM budget_usage
WHERE program_id = %(program_id)s AND budget = ANY(%(keys)s::text[])
"""


async def listing(  # noqa: PLR0913 - one per filter
    tx: Transaction,
    program_id: int,
    *,
    members: Collection[UUID] | None = None,
    reward: str | None = None,
    state: str | None = None,
    fulfilment: str | None = None,
    order_key: str | None = None,
    session: str | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Redemption]:
    """Return a page of redemptions, newest first; `before` is the id of the last one seen."""
    names: dict[str, Any] = {
        "program_id": program_id,
        "members": None if members is None else list(members),
        "reward": reward,
        "state": state,
        "fulfilment": fulfilment,
        "order_key": order_key,
        "session": session,
        "before": before,
        "limit": limit,
    }
    return [store.redemption_of(row) for row in await (await tx.execute(LIST, names)).fetchall()]


async def find(tx: Transaction, program_id: int, id: UUID) -> Redemption | None:
    """Return one redemption."""
    return (await store.load(tx, program_id, [id])).get(id)


async def used(tx: Transaction, program_id: int, keys: Collection[str]) -> list[tuple[str, str, datetime, int]]:
    """Return what is used of counters: key, measure, first day of its period, how much."""
    rows = await (await tx.execute(USAGE, {"program_id": program_id, "keys": list(keys)})).fetchall()
    return [(row[0], row[1], row[2], int(row[3])) for row in rows]

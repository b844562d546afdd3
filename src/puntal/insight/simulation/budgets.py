"""What was used of shared budgets when a simulation begins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import msgspec

from puntal.engine import rewind
from puntal.engine.model import Compiled
from puntal.kit.db import Transaction
from puntal.limits.model import BudgetKey
from puntal.orders.model import OrderAward

USED = """
-- Locks nothing. What is used now of periods that had begun.
SELECT u.budget, u.measure, u.period_start, u.used
FROM budget_usage u
WHERE u.program_id = %(program_id)s AND u.period_start < %(day)s
"""

AWARDS = """
-- Locks nothing. What orders since were given; read a portion at a time.
SELECT o.awards::text
FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.day >= %(day)s AND o.awards::text <> '[]'
"""

GAINED = """
-- Locks nothing. What events since gave that were about no order, by rule and local day.
SELECT t.rule, (t.effective_at AT TIME ZONE %(zone)s)::date, sum(t.amount)::bigint, count(DISTINCT t.event_id)
FROM transfer t
WHERE t.program_id = %(program_id)s AND t.effective_at >= %(since)s AND t.kind = 'points.earned'
  AND t.rule IS NOT NULL AND t.order_key IS NULL
GROUP BY 1, 2
"""

_PORTION = 2_000
_awards = msgspec.json.Decoder(list[OrderAward]).decode


async def then(tx: Transaction, live: Compiled, *, since: datetime, day: date) -> dict[BudgetKey, int]:
    """Return what was used at the beginning of a local day, of periods that had begun; of others nothing was."""
    names: dict[str, Any] = {"program_id": live.program_id, "day": day, "since": since, "zone": live.zone.key}
    rows = await (await tx.execute(USED, names)).fetchall()
    used = {(row[0], row[1], row[2]): row[3] for row in rows}
    if not used:
        return {}
    gained = [(row[0], row[1], row[2], row[3]) for row in await (await tx.execute(GAINED, names)).fetchall()]
    left = rewind.budgets_then(live, used, (), gained, day=day)
    async for awards in _portions(tx, names):
        left = rewind.budgets_then(live, left, awards, (), day=day)
    return left


async def _portions(tx: Transaction, names: dict[str, Any]) -> AsyncIterator[list[OrderAward]]:
    async with tx.cursor(name="awards") as cursor:
        await cursor.execute(AWARDS, names)
        while rows := await cursor.fetchmany(_PORTION):
            yield [award for row in rows for award in _awards(row[0])]

"""What was used of shared budgets when a simulation begins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import msgspec

from puntal.engine import rewind
from puntal.engine.model import Compiled
from puntal.engine.rewind import Since
from puntal.intake.model import Said
from puntal.intake.operations import event_of
from puntal.kit.db import Transaction
from puntal.limits.model import BudgetKey
from puntal.orders import operations as orders
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

REFUNDS = """
-- Locks nothing. What was said since about what orders had given; read a portion at a time.
SELECT e.body::text
FROM event e
WHERE e.program_id = %(program_id)s AND e.occurred_at >= %(since)s
  AND e.type IN ('order.refunded', 'order.cancelled', 'order.refund_withdrawn')
ORDER BY e.occurred_at, e.recorded_at, e.id
"""

_PORTION = 2_000
_said = msgspec.json.Decoder(Said).decode
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
    async for more in _returned(tx, live, names, since=since, day=day):
        for key, amount in more.items():
            if key in left:
                left[key] += amount
    return left


async def _returned(
    tx: Transaction, live: Compiled, names: dict[str, Any], *, since: datetime, day: date
) -> AsyncIterator[dict[BudgetKey, int]]:
    """Yield the room that refunds have returned since, order by order."""
    refunds: set[str] = set()
    withdrawn: set[str] = set()
    touched: list[tuple[str, str]] = []
    async with tx.cursor(name="refunds") as cursor:
        await cursor.execute(REFUNDS, names)
        while rows := await cursor.fetchmany(_PORTION):
            events = [event_of(_said(row[0])) for row in rows if not row[0].startswith('{"erased"')]
            more, less = rewind.changed_by(events)
            refunds |= more
            withdrawn |= less
            touched += [(event.source, event.order_id) for event in events if event.order_id is not None]
    what = Since(at=since, events=refunds, refunds=refunds, withdrawn=withdrawn)
    wanted = list(dict.fromkeys(touched))
    for at in range(0, len(wanted), _PORTION):
        found = await orders.load(tx, live.program_id, wanted[at : at + _PORTION])
        for record in found.values():
            before = rewind.order_then(record, what, day) if record.day < day else None
            if before is not None:
                yield rewind.room_returned(before, record)


async def _portions(tx: Transaction, names: dict[str, Any]) -> AsyncIterator[list[OrderAward]]:
    async with tx.cursor(name="awards") as cursor:
        await cursor.execute(AWARDS, names)
        while rows := await cursor.fetchmany(_PORTION):
            yield [award for row in rows for award in _awards(row[0])]

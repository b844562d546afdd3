"""Reads, locks and the conditional update of `budget_usage`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from puntal.kit.db import Transaction, encode
from puntal.limits.model import Bound, BudgetKey

READ = """
-- An unlocked look: the conditional update at the end of the batch has the last word.
SELECT b.budget, b.measure, b.period_start, b.used
FROM json_to_recordset(%(rows)s::json) AS r (budget text, measure text, period_start date)
JOIN budget_usage b ON b.program_id = %(program_id)s AND b.budget = r.budget AND b.measure = r.measure
  AND b.period_start = r.period_start
WHERE b.program_id = %(program_id)s
"""

OPEN = """
-- Makes sure the rows exist before LOCK and ADD look for them.
INSERT INTO budget_usage (program_id, budget, measure, period_start, used)
SELECT %(program_id)s, r.budget, r.measure, r.period_start, 0
FROM json_to_recordset(%(rows)s::json) AS r (budget text, measure text, period_start date)
ORDER BY r.budget, r.measure, r.period_start
ON CONFLICT (program_id, budget, measure, period_start) DO NOTHING
"""

LOCK = """
-- After a missed conditional update: holds the counters, in the one order, and decides again on what they say.
SELECT b.budget, b.measure, b.period_start, b.used
FROM budget_usage b
JOIN json_to_recordset(%(rows)s::json) AS r (budget text, measure text, period_start date)
  ON b.budget = r.budget AND b.measure = r.measure AND b.period_start = r.period_start
WHERE b.program_id = %(program_id)s
ORDER BY b.budget, b.measure, b.period_start
FOR NO KEY UPDATE OF b
"""

ADD = """
-- The last statement before commit, so that a shared counter is locked for as short as can be. A row whose total
-- would pass its bound is not touched, and the caller sees that one is missing. Giving back is always possible.
WITH wanted AS MATERIALIZED (
  SELECT b.budget, b.measure, b.period_start, r.amount, r.most
  FROM budget_usage b
  JOIN json_to_recordset(%(rows)s::json)
    AS r (budget text, measure text, period_start date, amount bigint, most bigint)
    ON b.budget = r.budget AND b.measure = r.measure AND b.period_start = r.period_start
  WHERE b.program_id = %(program_id)s
  ORDER BY b.budget, b.measure, b.period_start
  FOR NO KEY UPDATE OF b
)
UPDATE budget_usage b
SET used = greatest(b.used + w.amount, 0)
FROM wanted w
WHERE b.program_id = %(program_id)s AND b.budget = w.budget AND b.measure = w.measure
  AND b.period_start = w.period_start AND (w.amount <= 0 OR b.used + w.amount <= w.most)
RETURNING b.budget, b.measure, b.period_start, b.used
"""

UNBOUNDED = 2**62


def _rows(keys: Collection[BudgetKey]) -> str:
    return encode([{"budget": key[0], "measure": key[1], "period_start": key[2]} for key in keys])


async def read(tx: Transaction, program_id: int, keys: Collection[BudgetKey]) -> dict[BudgetKey, int]:
    """Return what is used, for counters that exist."""
    return await _used(tx, READ, program_id, _rows(keys))


async def lock(tx: Transaction, program_id: int, keys: Collection[BudgetKey]) -> dict[BudgetKey, int]:
    """Return what is used of each, locked until `tx` ends."""
    rows = _rows(keys)
    await tx.execute(OPEN, {"program_id": program_id, "rows": rows})
    return await _used(tx, LOCK, program_id, rows)


async def _used(tx: Transaction, statement: str, program_id: int, rows: str) -> dict[BudgetKey, int]:
    cursor = await tx.execute(statement, {"program_id": program_id, "rows": rows})
    return {_key(row): int(row[3]) for row in await cursor.fetchall()}


def _key(row: tuple[str, str, date, int]) -> BudgetKey:
    return row[0], row[1], row[2]


async def open_counters(tx: Transaction, program_id: int, keys: Collection[BudgetKey]) -> None:
    """Make sure the counters exist."""
    await tx.execute(OPEN, {"program_id": program_id, "rows": _rows(keys)})


async def add(
    tx: Transaction, program_id: int, amounts: Mapping[BudgetKey, int], bounds: Mapping[BudgetKey, Bound]
) -> dict[BudgetKey, int]:
    """Add to counters where the bound allows; return what is used now of those that were changed."""
    rows = [
        {
            "budget": key[0],
            "measure": key[1],
            "period_start": key[2],
            "amount": amount,
            "most": bounds[key].most if key in bounds else UNBOUNDED,
        }
        for key, amount in amounts.items()
    ]
    return await _used(tx, ADD, program_id, encode(rows))

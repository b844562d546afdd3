"""Writes of insight: goals, what was told of them, and what was used of budgets by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from puntal.insight.model_home import Goal
from puntal.kit.db import Transaction, encode

HOLD_GOALS = """
-- Until the transaction ends: whoever adds a goal counts them first, and two must not count at once.
SELECT pg_advisory_xact_lock(%(space)s::integer, %(program_id)s::integer)
"""

COUNT_GOALS = """
SELECT count(*) FROM goal WHERE program_id = %(program_id)s
"""

ADD_GOAL = """
INSERT INTO goal (program_id, id, name, metric, wallet, target, direction, since, through, created_at, created_by)
VALUES (%(program_id)s, %(id)s, %(name)s, %(metric)s, %(wallet)s, %(target)s, %(direction)s, %(since)s, %(through)s,
  %(created_at)s, %(created_by)s)
"""

CHANGE_GOAL = """
-- One row by its key. What was told of the goal as it was is forgotten with it.
UPDATE goal SET name = %(name)s, metric = %(metric)s, wallet = %(wallet)s, target = %(target)s,
  direction = %(direction)s, since = %(since)s, through = %(through)s, told = '{}'
WHERE program_id = %(program_id)s AND id = %(id)s
"""

DROP_GOAL = """
DELETE FROM goal WHERE program_id = %(program_id)s AND id = %(id)s
"""

TELL_GOALS = """
-- Rows by their keys; a word that is there already is not added again.
UPDATE goal g SET told = g.told || r.word
FROM json_to_recordset(%(rows)s::json) AS r (id uuid, word text)
WHERE g.program_id = %(program_id)s AND g.id = r.id AND NOT r.word = ANY(g.told)
"""

KEEP_BUDGETS = """
-- What is used now stands for the day until it is written again. Only periods that are not over: what is read there
-- changes no more.
INSERT INTO budget_day (program_id, budget, measure, period_start, day, used)
SELECT %(program_id)s, u.budget, u.measure, u.period_start, %(day)s::date, u.used
FROM budget_usage u
JOIN json_to_recordset(%(rows)s::json) AS r (budget text, measure text, period_start date)
  ON r.budget = u.budget AND r.measure = u.measure AND r.period_start = u.period_start
WHERE u.program_id = %(program_id)s
ORDER BY u.budget, u.measure, u.period_start
ON CONFLICT (program_id, budget, measure, period_start, day) DO UPDATE SET used = excluded.used
WHERE budget_day.used <> excluded.used
"""

_GOALS = 7304
"""Of advisory locks: adding goals."""

_PLACES = Decimal("0.000001")


async def count_goals(tx: Transaction, program_id: int) -> int:
    """Return how many goals there are; nobody else adds one until `tx` ends."""
    await tx.execute(HOLD_GOALS, {"space": _GOALS, "program_id": program_id})
    row = await (await tx.execute(COUNT_GOALS, {"program_id": program_id})).fetchone()
    assert row is not None
    return int(row[0])


async def add_goal(tx: Transaction, program_id: int, goal: Goal) -> None:
    """Write a new goal."""
    await tx.execute(ADD_GOAL, _columns(program_id, goal))


async def change_goal(tx: Transaction, program_id: int, goal: Goal) -> None:
    """Write a goal anew."""
    await tx.execute(CHANGE_GOAL, _columns(program_id, goal))


async def drop_goal(tx: Transaction, program_id: int, id: UUID) -> bool:
    """Delete a goal; return whether it was there."""
    cursor = await tx.execute(DROP_GOAL, {"program_id": program_id, "id": id})
    return cursor.rowcount > 0


async def tell_goals(tx: Transaction, program_id: int, said: Sequence[tuple[UUID, str]]) -> None:
    """Note what was told of goals."""
    rows = encode([{"id": id, "word": word} for id, word in said])
    await tx.execute(TELL_GOALS, {"program_id": program_id, "rows": rows})


async def keep_budgets(tx: Transaction, program_id: int, day: date, keys: Sequence[tuple[str, str, date]]) -> None:
    """Write what is used of these budgets (name, measure, first day of the period) by a day."""
    rows = encode([{"budget": key, "measure": measure, "period_start": start} for key, measure, start in keys])
    await tx.execute(KEEP_BUDGETS, {"program_id": program_id, "day": day, "rows": rows})


def _columns(program_id: int, goal: Goal) -> Mapping[str, object]:
    return {
        "program_id": program_id,
        "id": goal.id,
        "name": goal.name,
        "metric": goal.metric,
        "wallet": goal.wallet,
        "target": _decimal(goal.target),
        "direction": goal.direction,
        "since": goal.since,
        "through": goal.through,
        "created_at": goal.created_at,
        "created_by": goal.created_by,
    }


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES)

"""What moved through wallets in a period, by when it was recorded: days that are over are added up already."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from puntal.engine.model import Compiled
from puntal.insight.model_kpis import Flow, Span
from puntal.insight.queries.parts import names
from puntal.insight.store.rollups import FLOWED
from puntal.kit.db import Transaction

MOVES = f"""
{FLOWED}, moves AS (
  SELECT f.day, f.wallet, f.account, f.amount AS change FROM flow_day f
  WHERE f.program_id = %(program_id)s AND f.day <= %(through)s::date
    AND f.day < (%(open_from)s::timestamptz AT TIME ZONE %(zone)s)::date
  UNION ALL
  SELECT (recorded_at AT TIME ZONE %(zone)s)::date, wallet, account, change FROM flowed
)"""  # noqa: S608 - our own text, no input

FLOWS = f"""
-- Locks nothing. Per wallet what moved between members' accounts and the program's: before, in it, and altogether.
WITH {MOVES}
SELECT wallet,
  coalesce(sum(change) FILTER (WHERE day < %(since)s::date), 0),
  coalesce(sum(change) FILTER (WHERE account = 'issued' AND day >= %(since)s::date), 0),
  coalesce(-sum(change) FILTER (WHERE account IN ('redeemed', 'spent') AND day >= %(since)s::date), 0),
  coalesce(-sum(change) FILTER (WHERE account = 'expired' AND day >= %(since)s::date), 0),
  coalesce(sum(change) FILTER (WHERE account NOT IN ('issued', 'redeemed', 'spent', 'expired')
    AND day >= %(since)s::date), 0),
  coalesce(sum(change) FILTER (WHERE account = 'issued'), 0),
  coalesce(-sum(change) FILTER (WHERE account IN ('redeemed', 'spent')), 0),
  coalesce(-sum(change) FILTER (WHERE account = 'expired'), 0)
FROM moves
GROUP BY wallet
"""  # noqa: S608 - our own text, no input

MOVED_BY_DAY = f"""
-- Locks nothing. What rules gave, what was redeemed or paid with and what expired, by day of recording.
WITH {MOVES}
SELECT day, wallet::integer,
  coalesce(sum(change) FILTER (WHERE account = 'issued'), 0),
  coalesce(-sum(change) FILTER (WHERE account IN ('redeemed', 'spent')), 0),
  coalesce(-sum(change) FILTER (WHERE account = 'expired'), 0)
FROM moves
WHERE day >= %(since)s::date
GROUP BY day, wallet
ORDER BY day, wallet
"""  # noqa: S608 - our own text, no input

Moved = tuple[date, int, int, int, int]
"""Local day, wallet ordinal, earned, spent, expired."""


async def flows(tx: Transaction, program: Compiled, period: Span, *, flows_to: datetime | None = None) -> list[Flow]:
    """Return what moved through each wallet in a period; `flows_to` is how far days are added up already."""
    rows = await (await tx.execute(FLOWS.encode(), _said(program, period, flows_to))).fetchall()
    moved = {row[0]: [int(value) for value in row[1:]] for row in rows}
    return [Flow(terms.id, terms.kind, *moved.get(terms.ordinal, [0] * 8)) for terms in program.terms]


async def moved_by_day(
    tx: Transaction, program: Compiled, period: Span, *, flows_to: datetime | None = None
) -> list[Moved]:
    """Return what moved through each wallet on each day on which anything did."""
    rows = await (await tx.execute(MOVED_BY_DAY.encode(), _said(program, period, flows_to))).fetchall()
    return [(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows]


def _said(program: Compiled, period: Span, flows_to: datetime | None) -> dict[str, Any]:
    said = names(program, period)
    return said if flows_to is None else said | {"open_from": flows_to}

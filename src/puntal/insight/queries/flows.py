"""What moved through wallets in a period, by when it was recorded."""

from __future__ import annotations

from puntal.engine.model import Compiled
from puntal.insight.model_kpis import Flow, Span
from puntal.insight.queries.parts import FLOWED, names
from puntal.kit.db import Transaction

FLOWS = f"""
-- Locks nothing. Per wallet what moved between members' accounts and the program's: before, in it, and altogether.
WITH {FLOWED}
SELECT wallet,
  coalesce(sum(change) FILTER (WHERE recorded_at < %(begins)s::timestamptz), 0),
  coalesce(sum(change) FILTER (WHERE account = 'issued' AND recorded_at >= %(begins)s::timestamptz), 0),
  coalesce(-sum(change) FILTER (WHERE account IN ('redeemed', 'spent') AND recorded_at >= %(begins)s::timestamptz), 0),
  coalesce(-sum(change) FILTER (WHERE account = 'expired' AND recorded_at >= %(begins)s::timestamptz), 0),
  coalesce(sum(change) FILTER (WHERE account NOT IN ('issued', 'redeemed', 'spent', 'expired')
    AND recorded_at >= %(begins)s::timestamptz), 0),
  coalesce(sum(change) FILTER (WHERE account = 'issued'), 0),
  coalesce(-sum(change) FILTER (WHERE account IN ('redeemed', 'spent')), 0),
  coalesce(-sum(change) FILTER (WHERE account = 'expired'), 0)
FROM flowed
GROUP BY wallet
"""  # noqa: S608 - our own text, no input


async def flows(tx: Transaction, program: Compiled, period: Span) -> list[Flow]:
    """Return what moved through each wallet in a period."""
    rows = await (await tx.execute(FLOWS.encode(), names(program, period))).fetchall()
    moved = {row[0]: [int(value) for value in row[1:]] for row in rows}
    return [Flow(terms.id, terms.kind, *moved.get(terms.ordinal, [0] * 8)) for terms in program.terms]

"""What moved through wallets in a period, by when it was recorded: days that are over are added up already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from puntal.engine.model import Compiled
from puntal.insight.model_kpis import Flow, Span
from puntal.insight.policy_kpis import LATEST
from puntal.insight.queries.parts import names
from puntal.insight.store.rollups import ACCOUNTED, FLOWED
from puntal.kit.calendar import midnight
from puntal.kit.db import Transaction
from puntal.ledger.model import MEMBER_ACCOUNTS
from puntal.points import queries as points
from puntal.points.model import LiabilityLine

MOVED = "(recorded_at AT TIME ZONE %(zone)s)::date AS day, wallet, account, change FROM flowed"

MOVES = f"""
{FLOWED}, moves AS (
  SELECT f.day, f.wallet, f.account, f.amount AS change FROM flow_day f
  WHERE f.program_id = %(program_id)s AND f.day <= %(through)s::date
    AND f.day < (%(open_from)s::timestamptz AT TIME ZONE %(zone)s)::date
    AND f.account NOT IN ('available', 'pending', 'held', 'debt')
  UNION ALL
  SELECT {MOVED}
)"""  # noqa: S608 - our own text, no input

FLOWS_COUNTED: Mapping[str, str] = {
    "opening": "coalesce(sum(change) FILTER (WHERE day < %(since)s::date), 0)",
    "earned": "coalesce(sum(change) FILTER (WHERE account = 'issued' AND day >= %(since)s::date), 0)",
    "spent": "coalesce(-sum(change) FILTER (WHERE account IN ('redeemed', 'spent') AND day >= %(since)s::date), 0)",
    "expired": "coalesce(-sum(change) FILTER (WHERE account = 'expired' AND day >= %(since)s::date), 0)",
    "other": "coalesce(sum(change) FILTER (WHERE account NOT IN ('issued', 'redeemed', 'spent', 'expired')"
    " AND day >= %(since)s::date), 0)",
    "earned_ever": "coalesce(sum(change) FILTER (WHERE account = 'issued'), 0)",
    "spent_ever": "coalesce(-sum(change) FILTER (WHERE account IN ('redeemed', 'spent')), 0)",
    "expired_ever": "coalesce(-sum(change) FILTER (WHERE account = 'expired'), 0)",
}
"""In the order of `Flow`, of `moves`."""

FLOWS = f"""
-- Locks nothing. Per wallet what moved between members' accounts and the program's: before, in it, and altogether.
WITH {MOVES}
SELECT wallet, {", ".join(FLOWS_COUNTED.values())}
FROM moves
GROUP BY wallet
"""  # noqa: S608 - our own text, no input

OF_DAYS = """
moved_by_day AS MATERIALIZED (
  SELECT day, wallet::integer,
    coalesce(sum(change) FILTER (WHERE account = 'issued'), 0) AS earned,
    coalesce(-sum(change) FILTER (WHERE account IN ('redeemed', 'spent')), 0) AS spent,
    coalesce(-sum(change) FILTER (WHERE account = 'expired'), 0) AS expired
  FROM moves
  WHERE day >= %(since)s::date
  GROUP BY day, wallet
)"""

MOVED_BY_DAY = f"""
-- Locks nothing. What rules gave, what was redeemed or paid with and what expired, by day of recording.
WITH {MOVES}, {OF_DAYS}
SELECT day, wallet, earned, spent, expired FROM moved_by_day ORDER BY day, wallet
"""  # noqa: S608 - our own text, no input

BALANCES = f"""
-- Locks nothing. What is on members' accounts now: days that are over, and what was recorded since.
WITH {ACCOUNTED}, moves AS (
  SELECT f.wallet, f.account, f.amount AS change FROM flow_day f
  WHERE f.program_id = %(program_id)s AND f.account IN ('available', 'pending', 'held', 'debt')
    AND f.day < (%(open_from)s::timestamptz AT TIME ZONE %(zone)s)::date
  UNION ALL
  SELECT wallet, account, change FROM accounted
)
SELECT wallet::integer, account, sum(change)::bigint FROM moves GROUP BY wallet, account
"""  # noqa: S608 - our own text, no input

GUESTS = """
-- Locks nothing. What waits for guests to join, along the index of guests and their holders.
SELECT (b.position - 1)::integer, coalesce(sum(b.available), 0)::bigint, coalesce(sum(b.pending), 0)::bigint,
  coalesce(sum(b.held), 0)::bigint, coalesce(sum(b.debt), 0)::bigint
FROM member m
JOIN holder h ON h.program_id = %(program_id)s AND h.id = m.id,
unnest(h.available, h.pending, h.held, h.debt) WITH ORDINALITY AS b (available, pending, held, debt, position)
WHERE m.program_id = %(program_id)s AND m.status = 'guest'
GROUP BY b.position
"""

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


async def liability(tx: Transaction, program: Compiled, *, flows_to: datetime | None) -> list[LiabilityLine]:
    """Return what units outstanding now are expected to cost, as `points.liability` does by reading every holder.

    Members' accounts are sums of transfers, less what waits for guests. Where there is money, what is left of what was
    paid in has to be read from its lots anyway, and the holders are read too.
    """
    if flows_to is None or any(terms.kind == "money" for terms in program.terms):
        return await points.liability(tx, program.program_id, program.terms)
    said = {
        "program_id": program.program_id,
        "zone": program.document.timezone,
        "open_from": flows_to,
        "ends": midnight(program.zone, LATEST),
    }
    held: dict[tuple[int, str], int] = {
        (row[0], row[1]): row[2] for row in await (await tx.execute(BALANCES.encode(), said)).fetchall()
    }
    guests = {row[0]: row[1:] for row in await (await tx.execute(GUESTS, said)).fetchall()}
    lines = []
    for terms in program.terms:
        available, pending, on_hold, debt = (held.get((terms.ordinal, account), 0) for account in MEMBER_ACCOUNTS)
        theirs = guests.get(terms.ordinal, (0, 0, 0, 0))
        # A debt is what its account is below zero.
        whole = (available, pending, on_hold, -debt)
        lines.append(points.liability_of(terms, *(one - other for one, other in zip(whole, theirs, strict=True))))
    return lines


def _said(program: Compiled, period: Span, flows_to: datetime | None) -> dict[str, Any]:
    said = names(program, period)
    return said if flows_to is None else said | {"open_from": flows_to}

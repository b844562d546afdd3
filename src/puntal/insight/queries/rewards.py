"""Which rewards are taken most, and which not at all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.insight.model_breakdowns import RedemptionRow, RewardRank, VoucherUseRow
from puntal.insight.model_kpis import Span
from puntal.insight.queries.parts import names
from puntal.kit.db import Transaction

RANKED = """
-- Locks nothing. Every reward of the document and any other that was taken, per wallet it was paid from, most used
-- first; what its vouchers did is told on its first line. Redeemed without an order a reward is a right for later, and
-- takes something off where that is used.
WITH taken AS (
  SELECT r.reward, r.wallet::integer AS ordinal, row_number() OVER (PARTITION BY r.reward ORDER BY r.wallet) AS line,
    count(*) AS redemptions, count(DISTINCT r.member_id) AS members, sum(r.units - r.returned) AS units,
    sum(r.discount_minor) FILTER (WHERE r.order_key IS NOT NULL) AS discount
  FROM redemption r
  WHERE r.program_id = %(program_id)s AND r.state = 'committed'
    AND r.committed_at >= %(begins)s::timestamptz AND r.committed_at < %(ends)s::timestamptz
  GROUP BY r.reward, r.wallet
), used AS (
  SELECT v.reward, 1::bigint AS line, count(*) AS uses, sum(u.discount_minor) AS discount
  FROM voucher_use u
  JOIN voucher v ON v.program_id = %(program_id)s AND v.id = u.voucher_id
  WHERE u.program_id = %(program_id)s AND u.state = 'used'
    AND u.at >= %(begins)s::timestamptz AND u.at < %(ends)s::timestamptz
  GROUP BY v.reward
), both_of AS (
  SELECT reward, ordinal, redemptions, members, units, uses,
    coalesce(taken.discount, 0) + coalesce(used.discount, 0) AS off
  FROM taken FULL JOIN used USING (reward, line)
), told AS (
  SELECT reward, coalesce(redemptions, 0) AS redemptions, coalesce(members, 0) AS members, w.wallet,
    coalesce(units, 0)::bigint AS units, coalesce(uses, 0) AS vouchers_used, coalesce(off, 0)::bigint AS discount_minor
  FROM both_of
  FULL JOIN unnest(%(rewards)s::text[]) AS d (reward) USING (reward)
  LEFT JOIN unnest(%(wallets)s::text[]) WITH ORDINALITY AS w (wallet, place) ON w.place = ordinal + 1
)
SELECT reward, redemptions, members, wallet, units, vouchers_used, discount_minor
FROM told
ORDER BY redemptions + vouchers_used DESC, reward COLLATE "C", wallet COLLATE "C" NULLS FIRST
"""

USES = """
-- Locks nothing. Newest first.
SELECT u.voucher_id, u.reference, v.reward, u.member_id, u.at, u.discount_minor, u.order_key
FROM voucher_use u
JOIN voucher v ON v.program_id = %(program_id)s AND v.id = u.voucher_id
WHERE u.program_id = %(program_id)s AND u.state = 'used'
  AND u.at >= %(begins)s::timestamptz AND u.at < %(ends)s::timestamptz
  AND (%(reward)s::text IS NULL OR v.reward = %(reward)s::text)
  AND (%(before_at)s::timestamptz IS NULL OR (u.at, u.voucher_id, u.reference)
    < (%(before_at)s::timestamptz, %(before)s::uuid, %(before_reference)s::text))
ORDER BY u.at DESC, u.voucher_id DESC, u.reference DESC
LIMIT %(limit)s
"""

REDEMPTIONS = """
-- Locks nothing. Newest first.
SELECT r.id, r.reward, r.member_id, r.committed_at, r.wallet, r.units - r.returned,
  CASE WHEN r.order_key IS NULL THEN 0 ELSE r.discount_minor END, r.order_key
FROM redemption r
WHERE r.program_id = %(program_id)s AND r.state = 'committed'
  AND r.committed_at >= %(begins)s::timestamptz AND r.committed_at < %(ends)s::timestamptz
  AND (%(reward)s::text IS NULL OR r.reward = %(reward)s::text)
  AND (%(before_at)s::timestamptz IS NULL OR (r.committed_at, r.id) < (%(before_at)s::timestamptz, %(before)s::uuid))
ORDER BY r.committed_at DESC, r.id DESC
LIMIT %(limit)s
"""


async def rewards(tx: Transaction, program: Compiled, period: Span) -> list[RewardRank]:
    """Return every reward of the document, and any other that was taken, most used first.

    A reward that was paid from several wallets has a line for each; its vouchers are told on the first.
    """
    rows = await (await tx.execute(RANKED, reward_names(program, period))).fetchall()
    return [RewardRank(*row) for row in rows]


def reward_names(program: Compiled, period: Span) -> dict[str, object]:
    """Return the parameters of the ranking."""
    return names(program, period) | {
        "rewards": [reward.id for reward in program.document.rewards],
        "wallets": [terms.id for terms in program.terms],
    }


async def redemptions_behind(
    tx: Transaction,
    program: Compiled,
    period: Span,
    *,
    reward: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[RedemptionRow]:
    """Return the redemptions behind the ranking, newest first."""
    at = before or (None, None)
    said = names(program, period) | {"reward": reward, "before_at": at[0], "before": at[1], "limit": limit}
    return [
        RedemptionRow(row[0], row[1], row[2], row[3], _wallet(program, row[4]), *row[5:])
        for row in await (await tx.execute(REDEMPTIONS, said)).fetchall()
    ]


async def uses_behind(
    tx: Transaction,
    program: Compiled,
    period: Span,
    *,
    reward: str | None,
    before: tuple[datetime, UUID, str] | None,
    limit: int,
) -> list[VoucherUseRow]:
    """Return the uses of vouchers behind the ranking, newest first."""
    at = before or (None, None, None)
    said = names(program, period) | {
        "reward": reward,
        "before_at": at[0],
        "before": at[1],
        "before_reference": at[2],
        "limit": limit,
    }
    return [VoucherUseRow(*row) for row in await (await tx.execute(USES, said)).fetchall()]


def _wallet(program: Compiled, ordinal: int) -> str | None:
    return None if ordinal < 0 else program.terms[ordinal].id

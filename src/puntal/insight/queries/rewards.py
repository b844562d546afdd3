"""Which rewards are taken most, and which not at all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.insight.model_kpis import RedemptionRow, RewardRank, Span
from puntal.insight.queries.parts import names
from puntal.kit.db import Transaction

TAKEN = """
-- Locks nothing. Per reward, and the wallet it was paid from, what was taken.
SELECT r.reward, r.wallet::integer, count(*), count(DISTINCT r.member_id), sum(r.units - r.returned),
  sum(r.discount_minor)
FROM redemption r
WHERE r.program_id = %(program_id)s AND r.state = 'committed'
  AND r.committed_at >= %(begins)s::timestamptz AND r.committed_at < %(ends)s::timestamptz
GROUP BY r.reward, r.wallet
ORDER BY r.reward, r.wallet
"""

USED = """
-- Locks nothing. Per reward what its vouchers did.
SELECT v.reward, count(*), sum(u.discount_minor)
FROM voucher_use u JOIN voucher v ON v.program_id = %(program_id)s AND v.id = u.voucher_id
WHERE u.program_id = %(program_id)s AND u.state = 'used'
  AND u.at >= %(begins)s::timestamptz AND u.at < %(ends)s::timestamptz
GROUP BY v.reward
"""

REDEMPTIONS = """
-- Locks nothing. Newest first.
SELECT r.id, r.reward, r.member_id, r.committed_at, r.wallet, r.units - r.returned, r.discount_minor, r.order_key
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
    said = names(program, period)
    taken = await (await tx.execute(TAKEN, said)).fetchall()
    used = {row[0]: (row[1], int(row[2])) for row in await (await tx.execute(USED, said)).fetchall()}
    found = []
    for reward, wallet, redemptions, members, units, discount in taken:
        uses, off = used.pop(reward, (0, 0))
        paid_from = _wallet(program, wallet)
        found.append(RewardRank(reward, redemptions, members, paid_from, int(units), uses, int(discount) + off))
    found += [RewardRank(reward, 0, 0, None, 0, uses, off) for reward, (uses, off) in used.items()]
    untaken = {reward.id for reward in program.document.rewards} - {rank.reward for rank in found}
    found += [RewardRank(id, 0, 0, None, 0, 0, 0) for id in untaken]
    return sorted(found, key=lambda rank: (-rank.redemptions - rank.vouchers_used, rank.reward, rank.wallet or ""))


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


def _wallet(program: Compiled, ordinal: int) -> str | None:
    return None if ordinal < 0 else program.terms[ordinal].id

"""What something did lately, for those about to switch it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from puntal.engine.model import Compiled
from puntal.kit.db import Transaction
from puntal.programs.document.values import each_of

Target = Literal["program", "wallet", "campaign", "rule", "reward"]

GIVEN = """
-- Locks nothing. What rules gave since then; recorded_at is indexed by ranges.
SELECT count(*), coalesce(sum(amount), 0), count(DISTINCT holder_id)
FROM transfer
WHERE program_id = %(program_id)s AND recorded_at >= %(since)s AND source = 'issued' AND rule IS NOT NULL
  AND (%(rules)s::text[] IS NULL OR rule = ANY(%(rules)s)) AND (%(wallet)s::integer IS NULL OR wallet = %(wallet)s)
"""

TAKEN = """
-- Locks nothing. Rewards taken since then, and those that are under way.
SELECT count(*) FILTER (WHERE state = 'committed' AND committed_at >= %(since)s),
  coalesce(sum(discount_minor) FILTER (WHERE state = 'committed' AND committed_at >= %(since)s), 0),
  count(DISTINCT member_id) FILTER (WHERE state = 'committed' AND committed_at >= %(since)s),
  count(*) FILTER (WHERE state = 'held')
FROM redemption
WHERE program_id = %(program_id)s AND (committed_at >= %(since)s OR state = 'held')
  AND (%(rewards)s::text[] IS NULL OR reward = ANY(%(rewards)s))
"""

UNUSED = """
-- Locks nothing. Vouchers that can still be used.
SELECT count(*) FROM voucher
WHERE program_id = %(program_id)s AND state IN ('issued', 'held')
  AND (%(rewards)s::text[] IS NULL OR reward = ANY(%(rewards)s))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """What something gave and what of it is still open.

    Attributes:
        units: Of a wallet, in its smallest unit; of several wallets their sum says nothing and is None.
        held: Redemptions under way.
        unused: Vouchers that can still be used.
    """

    awards: int
    units: int | None
    wallet: str | None
    redemptions: int
    discount_minor: int
    members: int
    held: int
    unused: int


async def lately(tx: Transaction, program: Compiled, kind: Target, id: str, *, since: datetime) -> Lately:
    """Return what a target of kill switches did since then; nothing for what the program does not have."""
    document = program.document
    campaigns = [campaign for campaign in document.campaigns if campaign.id == id]
    rules: Sequence[str] | None = {
        "rule": [id],
        "reward": [],
        "campaign": [rule.id for campaign in campaigns for rule in campaign.earning],
    }.get(kind)
    rewards: Sequence[str] | None = {
        "rule": [],
        "wallet": [],
        "reward": [id],
        "campaign": [reward.id for campaign in campaigns for reward in campaign.rewards],
    }.get(kind)
    ordinals = {terms.id: terms.ordinal for terms in program.terms}
    wallet = ordinals.get(id, -1) if kind == "wallet" else None
    asked = {
        "program_id": program.program_id,
        "since": since,
        "rules": None if rules is None else list(rules),
        "rewards": None if rewards is None else list(rewards),
        "wallet": wallet,
    }
    given = await (await tx.execute(GIVEN, asked)).fetchone()
    taken = await (await tx.execute(TAKEN, asked)).fetchone()
    unused = await (await tx.execute(UNUSED, asked)).fetchone()
    assert given is not None
    assert taken is not None
    assert unused is not None
    into = _wallets_of(program, rules) if kind != "wallet" else {id}
    return Lately(
        awards=given[0],
        units=int(given[1]) if len(into) == 1 else None,
        wallet=next(iter(into)) if len(into) == 1 else None,
        redemptions=taken[0],
        discount_minor=int(taken[1]),
        members=max(given[2], taken[2]),
        held=taken[3],
        unused=unused[0],
    )


def _wallets_of(program: Compiled, rules: Sequence[str] | None) -> set[str]:
    """Return the wallets that rules give into; of multipliers those of every rule."""
    document = program.document
    every = [*document.earning, *(rule for campaign in document.campaigns for rule in campaign.earning)]
    found: set[str] = set()
    for rule in every:
        if rules is not None and rule.id not in rules:
            continue
        if rule.multiply is not None or rule.branches:
            return {wallet for wallet, terms in document.wallets.items() if terms.kind == "points"}
        found |= {award.wallet for award in each_of(rule.award)}
    return found

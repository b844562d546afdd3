"""The program at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from puntal.engine.model import Compiled
from puntal.insight.model import BudgetUse, Overview, RuleTotal, WalletTotals
from puntal.intake.model import INTERNAL
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.points import queries as points

COUNTS = """
-- Events are those that were sent, without what followed from them. Members are those who joined and did not leave;
-- guests are customers, not members.
SELECT (SELECT count(*) FROM event WHERE program_id = %(program_id)s AND type <> ALL(%(internal)s::text[])),
  (SELECT count(*) FROM member WHERE program_id = %(program_id)s AND status IN ('active', 'paused', 'blocked')),
  (SELECT count(*) FROM shop_order WHERE program_id = %(program_id)s AND source <> 'referral' AND state = 'earned'),
  (SELECT coalesce(sum(net_minor - refunded_minor), 0) FROM shop_order
   WHERE program_id = %(program_id)s AND source <> 'referral' AND state = 'earned')
"""

FLOWS = """
-- Sums of transfers between the member's accounts and each of the program's, per wallet; what leaves a program
-- account for a member counts positive.
SELECT wallet,
  CASE WHEN source IN ('available', 'pending', 'held', 'debt') THEN destination ELSE source END AS account,
  sum(CASE WHEN source IN ('available', 'pending', 'held', 'debt') THEN -amount ELSE amount END)
FROM transfer
WHERE program_id = %(program_id)s
  AND (source IN ('available', 'pending', 'held', 'debt')) <> (destination IN ('available', 'pending', 'held', 'debt'))
GROUP BY 1, 2
"""

TOP_RULES = """
-- What each rule gave, net of what was reversed of it.
SELECT rule, wallet, count(*) FILTER (WHERE source = 'issued'),
  sum(CASE WHEN source = 'issued' THEN amount ELSE -amount END)
FROM transfer
WHERE program_id = %(program_id)s AND rule IS NOT NULL AND (source = 'issued' OR destination = 'issued')
GROUP BY 1, 2
ORDER BY 4 DESC, 1
LIMIT %(limit)s
"""

TIERS = """
-- The tier earned per ladder, the floor given by hand, and the first day without that floor.
SELECT t.key, t.value ->> 't', t.value -> 'f' ->> 't', (t.value -> 'f' ->> 'u')::date, count(*)
FROM holder h
JOIN member m ON m.program_id = h.program_id AND m.id = h.id AND m.status IN ('active', 'paused', 'blocked'),
  json_each(coalesce(h.running -> 'tiers', '{}'::json)) t
WHERE h.program_id = %(program_id)s
GROUP BY 1, 2, 3, 4
"""

BUDGETS = """
-- What is used, newest periods first.
SELECT budget, measure, period_start, used
FROM budget_usage
WHERE program_id = %(program_id)s
ORDER BY period_start DESC, budget, measure
LIMIT %(limit)s
"""

MOST_RULES = 10
MOST_BUDGETS = 20
_IN = ("issued", "imported", "adjusted", "loaded")
_OUT = ("redeemed", "spent")


async def overview(tx: Transaction, program: Compiled, *, as_of: datetime) -> Overview:
    """Return the program at a glance, from the books as they are in this transaction.

    Args:
        tx: An open transaction on the program.
        program: As it stands.
        as_of: On the program's clock; which tiers given by hand have ended is as of then.
    """
    names = {"program_id": program.program_id}
    counts = await (await tx.execute(COUNTS, names | {"internal": sorted(INTERNAL)})).fetchone()
    assert counts is not None
    flows = {(row[0], row[1]): int(row[2]) for row in await (await tx.execute(FLOWS, names)).fetchall()}
    rules = await (await tx.execute(TOP_RULES, names | {"limit": MOST_RULES})).fetchall()
    tiers = await (await tx.execute(TIERS, names)).fetchall()
    budgets = await (await tx.execute(BUDGETS, names | {"limit": MOST_BUDGETS})).fetchall()
    by_tier: dict[str, dict[str, int]] = {climb.id: dict.fromkeys(climb.tiers, 0) for climb in program.climbs}
    today = local_day(program.zone, as_of)
    ranks = {climb.id: climb.ranks for climb in program.climbs}
    for ladder, earned, floor, until, count in tiers:
        tier = _in_effect(ranks.get(ladder, {}), earned, floor if until is None or today < until else None)
        of_ladder = by_tier.setdefault(ladder, {})
        of_ladder[tier] = of_ladder.get(tier, 0) + count
    for climb in program.climbs:
        # Who has done nothing yet has no standing: she is at the bottom.
        by_tier[climb.id][climb.tiers[0]] += counts[1] - sum(by_tier[climb.id].values())
    most = {(bound.key, bound.measure): bound.most for bounds in program.budgets.values() for bound in bounds}
    return Overview(
        events=counts[0],
        members=counts[1],
        orders=counts[2],
        revenue_minor=int(counts[3]),
        currency=program.currency,
        wallets=await _wallets(tx, program, flows),
        members_by_tier=by_tier,
        top_rules=[RuleTotal(row[0], program.terms[row[1]].id, row[2], int(row[3])) for row in rules],
        budgets=[BudgetUse(row[0], row[1], row[2].isoformat(), row[3], most.get((row[0], row[1]))) for row in budgets],
    )


def _in_effect(ranks: Mapping[str, int], earned: str, floor: str | None) -> str:
    """Return the higher of the tier earned and the floor, where there is one."""
    return floor if floor is not None and ranks.get(floor, 0) > ranks.get(earned, 0) else earned


async def _wallets(tx: Transaction, program: Compiled, flows: Mapping[tuple[int, str], int]) -> list[WalletTotals]:
    lines = await points.liability(tx, program.program_id, program.terms)
    return [
        WalletTotals(
            wallet=line.wallet,
            kind=terms.kind,
            issued=sum(flows.get((terms.ordinal, account), 0) for account in _IN),
            spent=-sum(flows.get((terms.ordinal, account), 0) for account in _OUT),
            expired=-flows.get((terms.ordinal, "expired"), 0),
            available=line.available,
            pending=line.pending,
            held=line.held,
            debt=line.debt,
            liability_minor=line.cost_minor,
            currency=line.currency,
        )
        for terms, line in zip(program.terms, lines, strict=True)
    ]

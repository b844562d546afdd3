"""The nouns of figures. Points in the wallet's smallest unit, money in minor units of the program's currency."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class RuleTotal(Struct, frozen=True):
    """What one rule gave, net of reversals."""

    rule: str
    wallet: str
    awards: int
    points: int


class BudgetUse(Struct, frozen=True):
    """What is used of one budget in one period."""

    budget: str
    measure: str
    period_start: str
    used: int
    most: int | None


class WalletTotals(Struct, frozen=True):
    """The flow through one wallet since the beginning, and what is in it now."""

    wallet: str
    kind: str
    issued: int
    """Earned, imported and adjusted in, net of reversals."""
    spent: int
    """Redeemed, finished cards included."""
    expired: int
    available: int
    pending: int
    held: int
    debt: int
    liability_minor: int
    currency: str | None


class Overview(Struct, frozen=True):
    """A program at a glance."""

    events: int
    """Stored events that somebody sent; those that follow from them (a tier reached) are not counted."""
    members: int
    orders: int
    revenue_minor: int
    currency: str
    wallets: list[WalletTotals]
    members_by_tier: dict[str, dict[str, int]]
    """Ladder to tier to members."""
    top_rules: list[RuleTotal]
    budgets: list[BudgetUse]

    def main_wallet(self) -> WalletTotals:
        """Return the first spendable wallet."""
        return next((w for w in self.wallets if w.kind != "qualifying"), self.wallets[0])

    def as_json(self) -> dict[str, Any]:
        """Return the figures under the names that `puntal demo --json` promises."""
        main = self.main_wallet()
        return {
            "events": self.events,
            "members": self.members,
            "orders": self.orders,
            "revenue_minor": self.revenue_minor,
            "currency": self.currency,
            "points_issued": main.issued,
            "points_spent": main.spent,
            "points_expired": main.expired,
            "points_available": main.available,
            "points_pending": main.pending,
            "liability_minor": main.liability_minor,
            "members_by_tier": self.members_by_tier,
            "top_rules": [{"rule": r.rule, "wallet": r.wallet, "awards": r.awards, "points": r.points}
                          for r in self.top_rules],
            "budgets": [{"budget": b.budget, "measure": b.measure, "period_start": b.period_start, "used": b.used,
                         "most": b.most} for b in self.budgets],
        }  # fmt: skip

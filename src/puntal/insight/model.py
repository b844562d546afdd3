"""The nouns of figures. Points in the wallet's smallest unit, money in minor units of the program's currency."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

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
    """Earned, imported, adjusted in and loaded, net of reversals."""
    spent: int
    """Redeemed, finished cards included, and of money what was paid with it."""
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


class Days(Struct, frozen=True):
    """Local days, both in it; None: from the beginning, to the end."""

    since: date | None = None
    through: date | None = None


ALWAYS = Days()
IncentiveKind = Literal["reward", "voucher", "campaign"]


class Incentive(Struct, frozen=True):
    """What one reward, voucher or campaign led to.

    Attributes:
        orders: That used it, each once.
        sales_minor: Of these orders, net of refunds.
        discount_minor: What it took off them.
        units: Of `wallet`: paid for a reward, given by a campaign; net of what went back.
        cost_minor: Discount, and of a campaign what its units are expected to cost when they are redeemed.
    """

    kind: IncentiveKind
    id: str
    wallet: str | None
    orders: int
    sales_minor: int
    discount_minor: int
    units: int
    cost_minor: int


class Incentives(Struct, frozen=True):
    """Incentives beside all orders of a period.

    Attributes:
        influenced_orders: Orders that used at least one, each once; `influenced_sales_minor` is what they brought.
        earned: Units that came in by rules in the period, by wallet; `redeemed` is what was spent on rewards.
    """

    currency: str
    orders: int
    sales_minor: int
    influenced_orders: int
    influenced_sales_minor: int
    incentives: list[Incentive]
    earned: dict[str, int]
    redeemed: dict[str, int]

    @property
    def discount_minor(self) -> int:
        """What all of them took off."""
        return sum(one.discount_minor for one in self.incentives)

    @property
    def cost_minor(self) -> int:
        """What all of them cost."""
        return sum(one.cost_minor for one in self.incentives)

    @property
    def cost_per_influenced_order_minor(self) -> int | None:
        """Cost by influenced order, rounded half up."""
        count = self.influenced_orders
        return (2 * self.cost_minor + count) // (2 * count) if count else None

    def redemption_rate(self, wallet: str) -> float | None:
        """Return units redeemed by units earned in the period; more than 1 where older ones were redeemed."""
        earned = self.earned.get(wallet, 0)
        return self.redeemed.get(wallet, 0) / earned if earned > 0 else None


class IncentiveOrder(Struct, frozen=True):
    """One order and one thing that led to it."""

    source: str
    order_id: str
    member_id: UUID | None
    occurred_at: datetime
    sales_minor: int
    kind: IncentiveKind
    id: str
    wallet: str | None
    discount_minor: int
    units: int
    cost_minor: int


class BurnDown(Struct, frozen=True):
    """How far a budget or stock is used in its present period.

    Attributes:
        budget: `program`, `campaign:<id>`, `rule:<id>` or `reward:<id>`.
        measure: What it counts: points, times, members, value or discount (minor units).
        period_from: First local day; None: it is for always.
        share: Used of the whole, in percent, rounded down.
        since: The day the pace is counted from.
        runs_out_on: Local day, if it goes on at the pace so far and within the period.
    """

    budget: str
    measure: str
    period_from: date | None
    period_through: date | None
    used: int
    most: int
    left: int
    share: int
    since: date
    runs_out_on: date | None

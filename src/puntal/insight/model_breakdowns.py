"""The nouns of cohorts, tiers and rewards of a period, and of the rows behind them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

Table = Literal[
    "series", "rewards", "tiers", "moves", "cohorts", "churn", "incentives", "influence", "budgets", "budget_days",
    "liability", "gift_cards",
]  # fmt: skip
"""Tables of reports whose SQL is shown."""


class Cohort(Struct, frozen=True):
    """Who joined in a month, and how many of them bought in each calendar month since; the first is that of joining."""

    month: date
    members: int
    buyers: list[int]


class TierStand(Struct, frozen=True):
    """How many members were in a tier before a period and at its end."""

    ladder: str
    tier: str
    before: int
    after: int


class TierMemberRow(Struct, frozen=True):
    """Somebody in a tier."""

    member_id: UUID


class TierMove(Struct, frozen=True):
    """How often members went from one tier to another in a period."""

    ladder: str
    from_tier: str
    to_tier: str
    up: bool
    changes: int
    members: int


class TierChangeRow(Struct, frozen=True):
    """One change of a tier."""

    id: UUID
    member_id: UUID
    ladder: str
    from_tier: str
    to_tier: str
    reason: str
    effective_at: datetime


class RewardRank(Struct, frozen=True):
    """What a reward did in a period.

    Attributes:
        redemptions: Taken, not cancelled or voided since; `members` is by how many.
        units: Paid for it, less what went back, by `wallet`; None: nothing was paid.
        vouchers_used: Uses of its vouchers; `discount_minor` is what both took off.
    """

    reward: str
    redemptions: int
    members: int
    wallet: str | None
    units: int
    vouchers_used: int
    discount_minor: int


class RedemptionRow(Struct, frozen=True):
    """A reward that was taken."""

    id: UUID
    reward: str
    member_id: UUID
    committed_at: datetime
    wallet: str | None
    units: int
    discount_minor: int
    order: str | None


class VoucherUseRow(Struct, frozen=True):
    """A use of a voucher of a reward; a voucher has one of each reference."""

    voucher_id: UUID
    reference: str
    reward: str
    member_id: UUID | None
    used_at: datetime
    discount_minor: int
    order: str | None

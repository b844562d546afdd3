"""The nouns of the books: accounts, transfers, and the row of balances of one holder."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Raw, Struct

AVAILABLE: Final = "available"
PENDING: Final = "pending"
HELD: Final = "held"
DEBT: Final = "debt"
MEMBER_ACCOUNTS: Final = (AVAILABLE, PENDING, HELD, DEBT)
"""Guarded: each holder has one of each per wallet, never below zero."""

ISSUED: Final = "issued"
REDEEMED: Final = "redeemed"
EXPIRED: Final = "expired"
ADJUSTED: Final = "adjusted"
IMPORTED: Final = "imported"
CONVERTED: Final = "converted"
TRANSFERRED: Final = "transferred"
WRITTEN_OFF: Final = "written_off"
CANCELLED: Final = "cancelled"
LOADED: Final = "loaded"
"""What members paid in, or were credited instead of being paid out."""
SPENT: Final = "spent"
"""What was paid with money that is kept here, from wallets and gift cards."""
PAID_OUT: Final = "paid_out"
SOLD: Final = "sold"
"""What gift cards were sold for."""
GIFT_CARDS: Final = "gift_cards"
"""What is left on all gift cards; of one of them, on the transfers that have its id for their holder."""
PROGRAM_ACCOUNTS: Final = (
    ISSUED,
    REDEEMED,
    EXPIRED,
    ADJUSTED,
    IMPORTED,
    CONVERTED,
    TRANSFERRED,
    WRITTEN_OFF,
    CANCELLED,
    LOADED,
    SPENT,
    PAID_OUT,
    SOLD,
    GIFT_CARDS,
)
"""Sums over transfers; no row holds them. `transferred` is zero over all holders and gift cards."""


class Transfer(Struct, frozen=True, omit_defaults=True, gc=False):
    """An amount leaving one account and arriving in another.

    Attributes:
        wallet: Ordinal of the wallet; both ends have its unit.
        amount: In the wallet's smallest unit, at least 1.
        effective_at: When it counts; drives windows and expiry.
        recorded_at: When it was written; statements are cut by it.
        other_holder_id: The other end of a paired transfer, which has a row of its own.
        note: What a sentence about it needs beside the columns: reason, lot, staff.
    """

    id: UUID
    holder_id: UUID
    wallet: int
    kind: str
    source: str
    destination: str
    amount: int
    effective_at: datetime
    recorded_at: datetime
    event_id: str | None = None
    rule: str | None = None
    order_key: str | None = None
    revision: int | None = None
    other_holder_id: UUID | None = None
    note: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"a transfer moves at least one unit, not {self.amount}")
        if self.source == self.destination:
            raise ValueError(f"a transfer needs two accounts, not {self.source} twice")


class Holder(Struct, frozen=True, gc=False):
    """The locked row of one holder: balances by wallet ordinal, and running state as other slices wrote it.

    Attributes:
        running: JSON, not read here.
    """

    id: UUID
    available: list[int]
    pending: list[int]
    held: list[int]
    debt: list[int]
    settled_to: datetime
    due_at: datetime | None
    running: Raw = Raw(b"{}")
    review_on: date | None = None
    """Of tiers; written only when given, so that who does not know it leaves it alone."""


class Balance(Struct, frozen=True):
    """The sum of one account of one wallet over all holders; program accounts may be negative."""

    wallet: int
    account: str
    amount: int


class Disagreement(Struct, frozen=True):
    """Two sides of the books that should be equal and are not.

    Attributes:
        check: Which comparison: `balance`, or one of another slice's.
        holder_id: All zero, and `wallet` -1, where it is about none.
        subject: The lot, card, order or event, where it is about one.
        expected: What the append-only side adds up to.
        found: What the row says.
    """

    check: str
    holder_id: UUID
    wallet: int
    account: str
    expected: int
    found: int
    subject: UUID | str | None = None

"""What is said of wallets: balances with their ends, statements, liability, adjustments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from puntal.ledger.model import Transfer
from puntal.points.model.terms import Kind


class Adjustment(Struct, frozen=True):
    """What came of asking for an adjustment.

    Attributes:
        transfers: What was posted; empty while a second person's word is awaited.
        approval_id: The request for it.
    """

    transfers: tuple[Transfer, ...] = ()
    approval_id: UUID | None = None


class LotEnd(Struct, frozen=True):
    """Units that end, or start, together."""

    amount: int
    at: datetime | None


class WalletView(Struct, frozen=True):
    """One wallet of a holder as of an instant, everything due counted in.

    Attributes:
        balance: Available less debt: what a member sees.
        ends: What is available by when it ends, soonest first.
        starts: What is pending by when it becomes available.
    """

    wallet: str
    ordinal: int
    kind: Kind
    scale: int
    currency: str | None
    balance: int
    available: int
    pending: int
    held: int
    debt: int
    ends: tuple[LotEnd, ...]
    starts: tuple[LotEnd, ...]


class StatementWallet(Struct, frozen=True):
    """One wallet over a period of recording.

    Attributes:
        opening: Accounts before the period, `closing` after it; `lines` lead from one to the other.
    """

    wallet: str
    ordinal: int
    opening: dict[str, int]
    closing: dict[str, int]
    lines: tuple[Transfer, ...]


class LiabilityLine(Struct, frozen=True):
    """What one wallet's outstanding units are expected to cost.

    Attributes:
        paid_in: How much of it is money that was paid in: owed in full, whatever is expected to be redeemed.
        cost_minor: In minor units of `currency`, rounded half up once. Debt stands beside it, never netted.
    """

    wallet: str
    available: int
    pending: int
    held: int
    debt: int
    cost_minor: int
    currency: str | None
    paid_in: int = 0

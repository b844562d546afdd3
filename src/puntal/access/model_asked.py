"""What somebody reads of a request before she says yes or no: whom it is about, how much, and what it makes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from puntal.kit.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A part of the program, as it is called in both languages."""

    id: str
    en: str
    es: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as whoever decides it reads it; nothing that its kind does not have.

    Attributes:
        summary: What it would do, parts and people by their names; None: as it was asked.
        member: What the member is called; None for callers who may not read members.
        scale: Decimals of the amounts of a wallet.
        currency: Of amounts of money; None of points.
        amount: In the smallest unit, negative where it is taken; None of a payout: all there is.
        before: What the wallet holds, or the card has left, now; only while it waits.
        after: What it would hold.
        worth_minor: What it is expected to cost, in minor units of `worth_currency`.
        reason: What the member reads.
        internal: What only staff read.
        count: So many codes or vouchers.
        batch: What their batch is called.
        card: The last characters of a gift card's code.
        changes: What publishing changes, in sentences.
    """

    summary: Words | None = None
    member_id: UUID | None = None
    member: str | None = None
    wallet: Named | None = None
    scale: int = 0
    currency: str | None = None
    amount: int | None = None
    before: int | None = None
    after: int | None = None
    worth_minor: int | None = None
    worth_currency: str | None = None
    reason: str | None = None
    internal: str | None = None
    reward: Named | None = None
    count: int | None = None
    batch: str | None = None
    card: str | None = None
    changes: tuple[Words, ...] = ()

"""The nouns of payments. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

PaymentKind: TypeAlias = Literal["load", "pay", "refund", "transfer", "payout"]


class Payment(Struct, frozen=True, kw_only=True):
    """What was done with the money of a wallet under the caller's reference.

    Attributes:
        reference: The caller's words for it, used once per kind.
        holder_id: Whose row has the money: the member's, or her pool's.
        asked: What was asked for, in the wallet's smallest unit; `amount` of it was moved.
        returned: What refunds gave back of it.
        transfer_id: The movement in the books.
        means: How the money came or goes: `cash`, `card`, `bank`, `gift_card`, `refund`.
        of: Of a refund: the reference of the payment it gives back.
        to_member: Of a transfer: who received it.
    """

    kind: PaymentKind
    reference: str
    holder_id: UUID
    member_id: UUID | None
    wallet: int
    asked: int
    amount: int
    returned: int = 0
    transfer_id: UUID
    means: str | None = None
    of: str | None = None
    to_member: UUID | None = None
    order_key: str | None = None
    store: str | None = None
    at: datetime
    actor: str


class Wanted(Struct, frozen=True, kw_only=True):
    """What a caller asks to be done with the money of a wallet.

    Attributes:
        amount: Smallest units; None, of a payout: everything.
        partly: Of paying: take what there is where that is less.
        reason: What the member reads.
    """

    reference: str
    member_id: UUID
    wallet: str
    amount: int | None = None
    partly: bool = False
    means: str | None = None
    of: str | None = None
    to_member: UUID | None = None
    order_key: str | None = None
    store: str | None = None
    reason: str | None = None
    actor: str


class Paid(Struct, frozen=True, kw_only=True):
    """The answer to it.

    Attributes:
        replayed: It had been done before; nothing changed now.
        available: What is in the wallet to spend, after it.
    """

    payment: Payment
    available: int
    replayed: bool = False

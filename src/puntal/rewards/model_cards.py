"""The nouns of gift cards: vouchers of money whose books are kept. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from puntal.rewards.model_vouchers import Voucher

WALLET = "wallet:"
"""Begins the channel of a use that moved money into a member's wallet: it cannot be undone here."""

RETURNED = "returned"
"""The channel of a use that went back with a refund of the line that sold the card; only its withdrawal undoes it."""


class Sale(Struct, frozen=True, kw_only=True):
    """How a gift card was sold.

    Attributes:
        wallet: Ordinal of the wallet in whose money it is.
        reference: The caller's name for the sale.
        order_key, line: The line of the order that sold it.
    """

    wallet: int
    reference: str
    order_key: str | None = None
    line: str | None = None
    actor: str


class GiftCard(Struct, frozen=True, kw_only=True):
    """The books of one card.

    Attributes:
        id: Of its voucher; also the holder of its transfers.
        origin: `paid_in` is owed, `granted` was given.
    """

    id: UUID
    wallet: int
    origin: Literal["paid_in", "granted"]
    reference: str | None = None
    order_key: str | None = None
    line: str | None = None
    at: datetime
    actor: str


class Movement(Struct, frozen=True, kw_only=True):
    """Money that moves from one account to another because of what was done with a card."""

    kind: str
    source: str
    destination: str
    amount: int
    at: datetime | None
    reference: str | None = None
    order_key: str | None = None
    actor: str | None = None


class Sell(Struct, frozen=True, kw_only=True):
    """A card somebody buys.

    Attributes:
        order: Source and id of the order, with `line` where it is sold on one.
        member_id: Whose it becomes; None: whoever has the code.
    """

    wallet: str
    amount: int
    reference: str
    order: tuple[str, str] | None = None
    line: str | None = None
    member_id: UUID | None = None
    actor: str


class Printing(Struct, frozen=True, kw_only=True):
    """Cards to print that are worth nothing until they are activated.

    Attributes:
        id: Of the batch, chosen before the first try.
    """

    id: UUID
    wallet: str
    name: str
    count: int
    actor: str


class Activate(Struct, frozen=True, kw_only=True):
    """A printed card that somebody buys.

    Attributes:
        order: Source and id of the order, with `line` where it is sold on one.
        member_id: Whose it becomes; None: whoever has it.
    """

    amount: int
    reference: str
    order: tuple[str, str] | None = None
    line: str | None = None
    member_id: UUID | None = None
    actor: str


class CardUsed(Struct, frozen=True, kw_only=True):
    """What came of using a card, refunding to it or paying it out.

    Attributes:
        amount: What moved.
        left: What was asked for and is still to be paid some other way.
        available: In the wallet, where it went into one.
    """

    card: Voucher
    amount: int
    left: int = 0
    available: int | None = None
    replayed: bool = False


class CardTotals(Struct, frozen=True, kw_only=True):
    """What is left on cards of one currency.

    Attributes:
        wallet: Of their books; None: codes of a batch, which have none until they are used.
    """

    wallet: int | None
    currency: str
    origin: Literal["paid_in", "granted"]
    cards: int
    left: int


class CardLeft(Struct, frozen=True, kw_only=True):
    """A card on which something is left.

    Attributes:
        left: What is set aside included; of `amount`, what it was sold or given with.
    """

    id: UUID
    code: str
    left: int
    amount: int
    currency: str
    issued_at: datetime
    ends_at: datetime | None
    member_id: UUID | None


class LineSale(Struct, frozen=True, kw_only=True):
    """A line of an order that sells cards by itself.

    Attributes:
        wallet: Ordinal of the wallet in whose money they are.
        values: What each of them holds, one per item of the line.
    """

    order_key: str
    line: str
    wallet: int
    values: tuple[int, ...]


class LineRefund(Struct, frozen=True, kw_only=True):
    """A line of an order whose cards go back, as far as the line did.

    Attributes:
        net: What was paid for the line, `refunded` what went back of it by now.
        whole: The whole order went back.
        more: Of an order that nobody keeps: what goes back now, beside what did before.
        reference: Names what is taken now.
    """

    order_key: str
    line: str
    net: int = 0
    refunded: int = 0
    whole: bool = False
    more: int | None = None
    reference: str


class LineOutcome(Struct, frozen=True, kw_only=True):
    """What became of a line's cards.

    Attributes:
        code: `card_sold`, `card_returned`, `card_restored`, or why not: `card_apart`, `card_amount`, `card_spent`.
        count: Of cards sold, else minor units.
    """

    order_key: str
    line: str
    code: str
    count: int
    currency: str | None = None

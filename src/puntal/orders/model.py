"""The nouns of orders. All money in minor units of the order's currency."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from msgspec import Struct, field

SHIPPING = "shipping"
"""Id of the pseudo-line that stands for shipping in refunds."""


class Line(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One line as sent: `amount_minor` is the line's total before discounts, `discount_minor` its own discount."""

    id: str
    amount_minor: int
    product: str | None = None
    category: str | None = None
    brand: str | None = None
    tags: tuple[str, ...] = ()
    quantity: int = 1
    discount_minor: int = 0
    gift_card: bool = False
    attributes: dict[str, Any] = {}


class Order(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An order as sent.

    `discount_minor` is the order-level discount; `paid_points_minor`, `paid_gift_card_minor` and
    `paid_wallet_minor` are what was paid so; `tax_minor` is tax not already inside the line amounts.
    """

    id: str
    currency: str
    lines: tuple[Line, ...]
    discount_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0
    paid_points_minor: int = 0
    paid_gift_card_minor: int = 0
    paid_wallet_minor: int = 0
    coupons: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}
    redemptions: tuple[UUID, ...] = ()
    """Held rewards that were used on it."""
    vouchers: tuple[str, ...] = ()
    """Codes that were used on it."""


class RefundLine(Struct, frozen=True, forbid_unknown_fields=True):
    """Money given back for one line; without an amount, all that is left of it."""

    id: str
    amount_minor: int | None = None


class Refund(Struct, frozen=True, forbid_unknown_fields=True):
    """A refund as sent: named lines, and any other amount over what is left of all lines."""

    order: str
    id: str | None = None
    lines: tuple[RefundLine, ...] = ()
    amount_minor: int | None = None
    """Beside the named lines. Without lines and amount: all that is left."""


class OrderLine(Struct, array_like=True, gc=False):
    """What is remembered of a line: what the customer paid for it and how much of that went back."""

    id: str
    net: int
    refunded: int = 0
    quantity: int = 0
    keys: tuple[str, ...] = ()
    """Daily figures beside the order's that this line was counted in, as `category:dairy`."""


class Use(Struct, frozen=True, array_like=True, gc=False):
    """Room an award took in a counter: a member's (`m`) limit or cap, or a shared (`b`) budget."""

    scope: Literal["m", "b"]
    key: str
    measure: str
    start: date
    amount: int


class OrderAward(Struct, array_like=True, omit_defaults=True, gc=False):
    """What one rule gave for this order, after truncation, and how much of it was taken back."""

    rule: str
    wallet: int
    lot: UUID | None
    lines: list[int]
    """Line points, beside the lines of the record; they add up to what was credited."""
    taken: list[int]
    kind: Literal["base", "bonus", "fixed", "other"] = "base"
    """`other`: what the order only led to, such as the gift of a tier; taken back whole or not at all."""
    keep: bool = False
    """Kept in full on refunds."""
    uses: list[Use] = field(default_factory=list)
    day: date | None = None
    """The local day of the event that earned it: where measures and caps counted it."""
    counted: bool = True
    before: list[int] = field(default_factory=list)
    """Of each line, what was refunded before this was given: only the rest earned it. Empty: nothing was."""

    def still_used(self, use: Use, taken: int) -> int:
        """Return how much of the room it took is still used once so many units were taken back.

        Points and value go back in proportion, value rounded so that a counter never falls short; times and members
        when everything was taken.
        """
        given = sum(self.lines)
        if use.measure in ("points", "value") and given:
            return use.amount - use.amount * min(taken, given) // given
        return 0 if taken >= given else use.amount


class Taken(Struct, array_like=True):
    """What a refund took from one award, line by line."""

    award: int
    lines: list[int]
    units: dict[str, Any] = {}
    """Where they were found, in the words of the wallet (`points.model.Taken`)."""


class OrderGift(Struct, array_like=True):
    """A reward a tier gave because of the order: taken back unused when all of it is refunded.

    Attributes:
        key: How the decision names it.
        mark: How the member's running state remembers that it was given in its period.
    """

    key: str
    mark: str
    reward: str
    voucher: UUID
    taken: bool = False


class RefundRecord(Struct):
    """A refund as applied, so that withdrawing it gives back exactly what it took."""

    id: str
    amounts: list[int]
    took: list[Taken]
    withdrawn: bool = False


class Awaited(Struct):
    """A refund or, without one, a cancellation that came before its order earned: applied when it does."""

    id: str
    """Of the refund, as its withdrawal will name it."""
    refund: Refund | None
    at: datetime


class OrderRecord(Struct, gc=False):
    """An order as we keep it. `net_minor` and `refunded_minor` leave out shipping."""

    source: str
    order_id: str
    member_id: UUID | None
    state: Literal["awaited", "seen", "earned", "cancelled"]
    occurred_at: datetime
    day: date
    currency: str
    event_id: str | None = None
    """The event with which it reached the earning state; until then it counts nowhere."""
    net_minor: int = 0
    total_minor: int = 0
    refunded_minor: int = 0
    channel: str | None = None
    store: str | None = None
    lines: list[OrderLine] = field(default_factory=list)
    awards: list[OrderAward] = field(default_factory=list)
    refunds: list[RefundRecord] = field(default_factory=list)
    awaited: list[Awaited] = field(default_factory=list)
    sent: Order | None = None
    """As it was sent last, until it earns: the event it earns on may only name it."""
    redeemed: list[UUID] = field(default_factory=list)
    """Redemptions that were used on it."""
    gifts: list[OrderGift] = field(default_factory=list)

    @property
    def key(self) -> str:
        """How transfers and lots name this order."""
        return f"{self.source}:{self.order_id}"


class Amounts(NamedTuple):
    """The bases of an order per line, in minor units; lists run beside `order.lines`."""

    net: list[int]
    """After line and order discounts and points used as payment."""
    subtotal: list[int]
    """Before discounts."""
    cash: list[int]
    """Net minus gift card and money wallet."""
    total: int
    """All that is owed, with shipping and added tax."""

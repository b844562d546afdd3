"""The body of an event as pydantic sees it: for the reference, and to find every fault where msgspec stops at one.

`tests/intake/test_wire.py` holds it equal to `intake.model.Said`.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from puntal.intake.errors import EventFaulty
from puntal.intake.model import MOST_LINES, MOST_MINOR, MOST_QUANTITY, MOST_REDEMPTIONS
from puntal.kit.errors import Fault, pointer
from puntal.kit.reasons import reason_of

Key = Annotated[str, Field(min_length=1, max_length=200)]
Minor = Annotated[int, Field(ge=0, le=MOST_MINOR)]
Word = Annotated[str, Field(max_length=200)]
Words = Annotated[list[Word], Field(max_length=100)]
_MOST_FAULTS = 100


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class MemberIn(_In):
    """How the event names a person: any of these, as they were written."""

    id: UUID | None = None
    email: str | None = None
    phone: str | None = None
    card: str | None = None
    device: str | None = None
    external: dict[str, str] = Field(default={}, description="Her id in other systems, by source.")


class LineIn(_In):
    """One line of an order."""

    id: Key
    amount_minor: Minor = Field(description="Before discounts, for the whole quantity.")
    product: Word | None = None
    category: Word | None = None
    brand: Word | None = None
    tags: Words = []
    quantity: Annotated[int, Field(ge=0, le=MOST_QUANTITY)] = 1
    discount_minor: Minor = Field(default=0, description="The line's own discount.")
    gift_card: bool = Field(default=False, description="A gift card is bought: earns nothing unless named.")
    attributes: dict[str, Any] = {}


class OrderIn(_In):
    """An order with its lines; discounts and payments of the whole order are shared over them."""

    id: Key
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[list[LineIn], Field(max_length=MOST_LINES)]
    discount_minor: Minor = 0
    shipping_minor: Minor = 0
    tax_minor: Minor = Field(default=0, description="Tax that is added to the prices, not contained in them.")
    paid_points_minor: Minor = Field(default=0, description="Paid with points.")
    paid_gift_card_minor: Minor = Field(default=0, description="Paid with a gift card.")
    paid_wallet_minor: Minor = Field(default=0, description="Paid from a money wallet.")
    coupons: Words = []
    tags: Words = []
    attributes: dict[str, Any] = {}
    redemptions: Annotated[list[UUID], Field(max_length=MOST_REDEMPTIONS)] = Field(
        default=[], description="Held rewards that were used on it: they are committed with the order."
    )
    vouchers: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=MOST_REDEMPTIONS)
    ] = Field(default=[], description="Codes that were used on it: they are used up with the order.")


class RefundLineIn(_In):
    """Money given back for one line; without an amount, all that is left of it."""

    id: Key
    amount_minor: Minor | None = None


class RefundIn(_In):
    """Named lines, any other amount, or neither: all that is left."""

    order: Key
    id: Key | None = None
    lines: Annotated[list[RefundLineIn], Field(max_length=MOST_LINES)] = []
    amount_minor: Minor | None = None


ORDER_PAID: dict[str, JsonValue] = {
    "id": "shop-1001-paid",
    "type": "order.paid",
    "occurred_at": "2026-03-02T12:00:00+01:00",
    "source": "shop",
    "channel": "web",
    "member": {"email": "anna@example.com"},
    "order": {
        "id": "1001",
        "currency": "EUR",
        "lines": [
            {"id": "1", "product": "arabica-1kg", "category": "coffee", "amount_minor": 1999},
            {"id": "2", "product": "mug", "category": "kitchen", "amount_minor": 1200, "discount_minor": 200},
        ],
        "shipping_minor": 490,
    },
}
ORDER_REFUNDED: dict[str, JsonValue] = {
    "id": "shop-1001-refund-1",
    "type": "order.refunded",
    "occurred_at": "2026-03-09T10:30:00+01:00",
    "source": "shop",
    "refund": {"order": "1001", "id": "r-1", "lines": [{"id": "2"}]},
}


class EventIn(_In):
    """Something that happened. The id is the caller's and makes retries safe; amounts are in minor units."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [ORDER_PAID, ORDER_REFUNDED]})

    id: Key
    type: Annotated[str, Field(max_length=80, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")] = Field(
        description="A built-in type, or one that the program declares."
    )
    occurred_at: AwareDatetime = Field(description="When it happened, with its offset from UTC.")
    source: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        default="api", description="The system it comes from; order ids are unique within it."
    )
    channel: Word | None = None
    store: Word | None = None
    member: MemberIn | None = None
    order: OrderIn | None = None
    order_id: Key | None = Field(default=None, description="The order it is about, where it does not carry one.")
    refund: RefundIn | None = None
    data: dict[str, Any] = Field(default={}, description="The fields of a declared type.")
    context: dict[str, Any] = {}


class BatchIn(BaseModel):
    """Up to 1000 events; each is answered by itself."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"events": [ORDER_PAID, ORDER_REFUNDED]}]}
    )

    events: Annotated[list[EventIn], Field(max_length=1000)]


def all_faults(raw: bytes | msgspec.Raw, first: EventFaulty) -> EventFaulty:
    """Return the refusal with every fault of structure, where `first` names the one at which reading stopped."""
    try:
        EventIn.model_validate_json(bytes(raw))
    except ValidationError as found:
        listed = [
            Fault(path=pointer(*each["loc"]), code="event.invalid", reason=reason_of(each))
            for each in found.errors(include_url=False, include_input=False)[:_MOST_FAULTS]
            if each["type"] != "json_invalid"
        ]
        if listed:
            return EventFaulty(listed)
    except (ValueError, RecursionError):
        pass
    return first

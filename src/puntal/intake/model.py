"""What callers send, and what they are answered. Amounts in minor units, instants with their offset."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, field

from puntal.engine.model import Event
from puntal.members.model import Ids
from puntal.orders.model import Line, Order

INTERNAL = frozenset(
    {
        "purchase",
        "member.enrolled",
        "member.birthday",
        "member.anniversary",
        "member.updated",
        "member.claimed",
        "tier.reached",
        "tier.renewed",
        "tier.lost",
        "reward.redeemed",
        "referral.completed",
        "referral.reversed",
        "referral.restored",
        "card.finished",
        "history.awarded",
    }
)
"""Only the platform itself says these."""
MOST_MINOR = 10**12
MOST_LINES = 1000
MOST_QUANTITY = 10**6
MOST_REDEMPTIONS = 50
Key = Annotated[str, Meta(min_length=1, max_length=200)]
Minor = Annotated[int, Meta(ge=0, le=MOST_MINOR)]
Word = Annotated[str, Meta(max_length=200)]
Words = Annotated[tuple[Word, ...], Meta(max_length=100)]


class SaidLine(Line, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One line: `amount_minor` before discounts, `discount_minor` its own discount. All fields with their bounds."""

    id: Key
    amount_minor: Minor
    product: Word | None = None
    category: Word | None = None
    brand: Word | None = None
    tags: Words = ()
    quantity: Annotated[int, Meta(ge=0, le=MOST_QUANTITY)] = 1
    discount_minor: Minor = 0
    gift_card: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)


class SaidOrder(Order, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """An order with its lines; its discounts and payments are shared over them. All fields with their bounds."""

    id: Key
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[tuple[SaidLine, ...], Meta(max_length=MOST_LINES)]
    discount_minor: Minor = 0
    shipping_minor: Minor = 0
    tax_minor: Minor = 0
    paid_points_minor: Minor = 0
    paid_gift_card_minor: Minor = 0
    paid_wallet_minor: Minor = 0
    coupons: Words = ()
    tags: Words = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    redemptions: Annotated[tuple[UUID, ...], Meta(max_length=MOST_REDEMPTIONS)] = ()
    vouchers: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=MOST_REDEMPTIONS)
    ] = ()


class SaidRefundLine(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Money given back for one line; without an amount, all that is left of it."""

    id: Key
    amount_minor: Minor | None = None


class SaidRefund(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Named lines, any other amount, or neither: all that is left."""

    order: Key
    id: Key | None = None
    lines: Annotated[tuple[SaidRefundLine, ...], Meta(max_length=MOST_LINES)] = ()
    amount_minor: Minor | None = None


class Said(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """An event as sent. The id is the caller's and makes retries safe."""

    id: Key
    type: Annotated[str, Meta(max_length=80, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
    occurred_at: Annotated[datetime, Meta(tz=True)]
    source: Annotated[str, Meta(min_length=1, max_length=60)] = "api"
    channel: Word | None = None
    store: Word | None = None
    member: Ids | None = None
    order: SaidOrder | None = None
    order_id: Key | None = None
    refund: SaidRefund | None = None
    data: dict[str, Any] = {}
    context: dict[str, Any] = {}


Kinds = frozenset[str]
"""Of outbox rows."""


class Item(Struct, frozen=True, gc=False):
    """One checked event on its way in."""

    said: Said
    event: Event
    body: bytes
    """Canonical JSON of what was said; what is stored and fingerprinted."""
    fingerprint: str
    now: datetime
    """Program time of writing."""
    dry_run: bool = False
    given: tuple[UUID, ...] = ()
    """Redemptions whose vouchers the caller uses on the order in the same transaction, or gives back with it."""


class Outcome(Struct, omit_defaults=True, gc=False):
    """The stored answer, compact: rule, code and amounts; sentences are made on reading."""

    status: str
    code: str | None = None
    reasons: list[tuple[Any, ...]] = field(default_factory=list)
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Ladder, from, to, reason."""
    caused: list[str] = field(default_factory=list)
    facts: Mapping[str, Any] = {}
    conflict: UUID | None = None
    """Another member that one of the identities points at."""


class Balance(Struct, frozen=True, gc=False):
    """One wallet after the event, in smallest units."""

    available: int
    pending: int
    debt: int


class Answer(Struct, frozen=True, gc=False):
    """What one event is answered."""

    id: str
    member_id: UUID | None
    outcome: Outcome
    revision: int
    replayed: bool = False
    balances: Mapping[str, Balance] | None = None
    """By wallet; only of the first answer, not of a replayed one."""


class Stored(Struct, frozen=True):
    """An event as found in the table."""

    id: str
    type: str
    source: str
    member_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    revision: int
    fingerprint: str
    body: msgspec.Raw
    outcome: msgspec.Raw

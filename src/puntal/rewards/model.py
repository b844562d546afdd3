"""The nouns of rewards: a reward compiled, what asking for it answers, and a redemption."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field

from puntal.earning.schedule import Schedule
from puntal.limits.model import Bound, Cooldown
from puntal.orders.model import Use
from puntal.points.model import Length
from puntal.programs.document.rewards import Reward as Written

Kind = Literal[
    "amount_off",
    "percent_off",
    "product",
    "shipping",
    "credit",
    "gift_card",
    "cash_back",
    "experience",
    "partner_code",
    "custom",
    "pay_with_points",
]
Applies = Literal["order", "lines", "shipping", "nothing"]
PAY = "pay:"
"""How paying with points is named as a reward: `pay:<wallet>`."""

REASON_CODES = frozenset(
    {
        "audience",
        "budget",
        "channel",
        "channel_off",
        "condition",
        "control_group",
        "cooldown",
        "integration_off",
        "limit",
        "member_blocked",
        "member_erased",
        "member_guest",
        "member_left",
        "member_merged",
        "member_paused",
        "no_lines",
        "no_session",
        "not_listed",
        "not_now",
        "off",
        "order_needed",
        "other_currency",
        "other_wallet",
        "portions",
        "program_closed",
        "program_draft",
        "program_off",
        "retired",
        "session_full",
        "short_of_points",
        "sold_out",
        "tier",
        "too_much_of_order",
        "unverified",
        "wallet_off",
    }
)
"""Why a member may not have a reward now: `reward.<reason>` over HTTP."""


class Price(Struct, frozen=True):
    """What one portion costs in one wallet, in its smallest unit, by tier rank (one entry without a ladder)."""

    wallet: int
    wallet_id: str
    units: tuple[int, ...]

    def at(self, rank: int) -> int:
        """Return the units for a tier rank."""
        return self.units[min(rank, len(self.units) - 1)]


class Session(Struct, frozen=True):
    """One date of an experience; its places are a counter of their own."""

    id: str
    starts_at: datetime
    ends_at: datetime
    places: Bound


class Reward(Struct, frozen=True):
    """A reward of a revision, compiled. Positions point into the condition set of `Compiled.offering`.

    All money in minor units of the program's currency. `Compiled.rewards` holds them by id in document order.
    """

    index: int
    """Position in the document: standing rewards first, then those of campaigns, then paying with points."""
    id: str
    kind: Kind
    written: Written | None
    """As in the document: texts, product, fields. None for paying with points."""
    campaign: str | None = None
    holdout: int = 0
    """Of ten thousand members, how many its campaign keeps out."""
    condition: int | None = None
    any_of: tuple[tuple[int, ...], ...] = ()
    """Each group (the reward's, its campaign's): at least one of these conditions holds."""
    none_of: tuple[int, ...] = ()
    lines: int | None = None
    """Which line filter says what lines it is about; None: all."""
    needs_order: bool = False
    """Its condition reads the order."""
    schedule: Schedule | None = None
    ladder: int | None = None
    """Index of the ladder whose ranks its prices, tiers and validity are by."""
    tiers: frozenset[str] = frozenset()
    """Empty: of every tier."""
    prices: tuple[Price, ...] = ()
    """The member pays one of them; none: it is free."""
    least: int = 1
    most: int = 1
    """Portions that may be taken at once."""
    value_minor: int = 0
    """Of one portion: off the order, on the card, paid out."""
    percent: tuple[int, int] | None = None
    """Numerator and denominator of a percentage off."""
    max_discount_minor: int | None = None
    applies: Applies = "nothing"
    credit: tuple[int, int] | None = None
    """Wallet ordinal and units (of one portion) that are credited."""
    worth: tuple[int, int] | None = None
    """Paying with points: minor units per wallet unit, as a fraction; one portion is the step."""
    max_share: tuple[int, int] | None = None
    """Paying with points: the most of the order that may be paid so, as a fraction."""
    bounds: tuple[Bound, ...] = ()
    """Limits of the member. `value` counts what is taken off."""
    cooldowns: tuple[Cooldown, ...] = ()
    budgets: tuple[Bound, ...] = ()
    """Stock, its own budgets, its campaign's, the program's."""
    channels: frozenset[str] = frozenset()
    """Empty: every channel."""
    valid: tuple[Length | None, ...] = (None,)
    """By tier rank: how long what is issued can be used."""
    valid_until: datetime | None = None
    later: bool = False
    """Redeemed without an order it is a right for later: a voucher, a card, a code."""
    delivered: bool = False
    """Somebody has to deliver it: redemptions wait until that is said."""
    keep: bool = False
    """Its cost is not returned with a refund."""
    returns_points: bool = False
    """What ends unused returns its cost."""
    group: str | None = None
    priority: int = 0
    listed: bool = True
    enabled: bool = True
    retired: bool = False
    sessions: tuple[Session, ...] = ()
    waitlist: bool = False

    def price_in(self, wallet: str | None) -> Price | None:
        """Return the price in a wallet, or the first where none is named; None: free, or not for that wallet."""
        return next((price for price in self.prices if wallet is None or price.wallet_id == wallet), None)

    @property
    def counted_money(self) -> bool:
        """Whether some limit or budget counts what it takes off."""
        return any(bound.measure == "discount" for bound in self.budgets) or any(
            bound.measure == "value" for bound in self.bounds
        )

    @property
    def counts_orders(self) -> bool:
        """Whether some budget counts the value of the orders it is used on."""
        return any(bound.measure == "value" for bound in self.budgets)


class Ask(Struct, frozen=True):
    """What a member asks for."""

    reward: str
    portions: int = 1
    wallet: str | None = None
    """Which price she pays, where there are several; the first when not said."""
    session: str | None = None
    channel: str | None = None
    source: str | None = None
    """The integration it came through."""
    discount_minor: int | None = None
    """What it takes off, where a cart was evaluated; otherwise the reward says, or at most."""
    given: bool = False
    """Not chosen but given: a tier's gift, a full card, by staff. It costs nothing and need not be listed."""


class Verdict(Struct, frozen=True):
    """What asking for a reward answers.

    Attributes:
        code: Why not, of `REASON_CODES`; None: she may have it.
        wallet: Ordinal of the wallet that pays; -1: it is free.
        short_by: Units missing, with `short_of_points` and `order_needed`.
        discount_minor: What it takes off, or at most will; reserved under budgets of money.
        room: How many more of it there are under stock, budgets and limits; None: not bounded.
        by: The limit or budget that left no room.
    """

    code: str | None
    wallet: int = -1
    units: int = 0
    short_by: int = 0
    discount_minor: int = 0
    room: int | None = None
    by: str | None = None


State = Literal["held", "committed", "cancelled", "lapsed", "voided"]
Fulfilment = Literal["none", "waiting", "under_way", "done", "failed"]


class Redemption(Struct, omit_defaults=True):
    """A member taking a reward, and exactly what was reserved for it.

    Attributes:
        terms: What held when it was issued: `keep`, `returns_points`, `name`, `fields`; later revisions change nothing.
        uses: Room taken in stock, budgets and limits.
        returned: Units of its cost that came back, with refunds or by cancelling.
        lines: Of the order it was used on, what it took off each, in minor units; beside the record's lines.
    """

    id: UUID
    member_id: UUID
    reward: str
    kind: Kind
    revision: int
    state: State
    held_at: datetime
    portions: int = 1
    holder_id: UUID | None = None
    """Whose wallet paid: the member's or her pool's."""
    wallet: int = -1
    units: int = 0
    hold_id: UUID | None = None
    transfer_id: UUID | None = None
    returned: int = 0
    discount_minor: int = 0
    order_minor: int = 0
    currency: str = ""
    channel: str | None = None
    source: str | None = None
    store: str | None = None
    session: str | None = None
    lapses_at: datetime | None = None
    committed_at: datetime | None = None
    ended_at: datetime | None = None
    valid_until: datetime | None = None
    order_key: str | None = None
    lines: tuple[int, ...] = ()
    fulfilment: Fulfilment = "none"
    used: bool = False
    """What it gave was used: the order it was named by, its voucher. Used ones are not voided."""
    uses: tuple[Use, ...] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
    by: str = ""
    note: str = ""

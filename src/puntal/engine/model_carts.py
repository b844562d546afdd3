"""The nouns of asking about a cart: what is asked, and what each reward and the whole are answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from puntal.engine.model import Compiled, Decision, Event
from puntal.engine.thresholds import Missing
from puntal.orders.model import Order
from puntal.rewards.model import Ask, Reward, Verdict

VOUCHER = "voucher:"
"""How discounts of vouchers are named beside rewards: `voucher:<code>`."""
UNKNOWN = "reward.unknown"
AS_MUCH_AS_POSSIBLE = 2**62
"""Asked of a money wallet: more than any has."""
Outcome = Literal["used", "available", "refused"]


class Shown(Struct, frozen=True):
    """A voucher shown at the checkout, with the terms it was issued under."""

    code: str
    problem: str | None = None
    """Why it cannot be used, whatever is in the cart."""
    reward: Reward | None = None
    program: Compiled | None = None
    """The revision it was issued under, into whose conditions the positions of its reward point."""
    money_minor: int = 0
    """Of a gift card: what is left on it."""


class Cart(Struct, frozen=True):
    """What is asked."""

    event: Event
    """The order as it would earn, were it to happen now."""
    asks: tuple[Ask, ...] = ()
    """What the member picked: her points are offered for it."""
    vouchers: tuple[Shown, ...] = ()
    offers: Mapping[int, int] = {}
    """Units by wallet ordinal that she offers for what she did not pick."""
    money: Mapping[int, int] = {}
    """Minor units by wallet ordinal that she wants to pay with money she has here, in the order they are taken."""
    minor: bool = False
    """Of a pool's wallets she spends nothing."""


class Offer(Struct, frozen=True):
    """What became of one reward or voucher.

    `used`: part of the best combination. `available`: she may have it, and `code` says why it is not used here.
    `refused`: she may not have it, and `code` says why.
    """

    id: str
    outcome: Outcome
    code: str | None = None
    reward: Reward | None = None
    verdict: Verdict | None = None
    discount_minor: int = 0
    """What it takes off: as used, else by itself."""
    parts: tuple[int, ...] = ()
    """As used: of each line and, last, of shipping."""
    wallet: int | None = None
    units: int = 0
    portions: int = 1
    by: str | None = None
    """The limit, budget or other discount in the way."""
    missing: Missing | None = None
    chosen: bool = False


class Wallet(Struct, frozen=True):
    """A money wallet beside a cart; minor units."""

    wallet: int
    available: int
    could: int
    """Most that it could pay of what is left after discounts, points and gift cards."""
    pays: int
    """Where it was asked."""
    short: int
    """What was asked of it and it does not pay."""
    code: str | None
    """Why it pays nothing."""
    room: int | None
    """How much more may come into it; None: any amount."""
    chosen: bool


class Evaluation(Struct, frozen=True):
    """What a cart is answered; tuples run beside its lines and, last, its shipping. Amounts in minor units."""

    order: Order
    """As its event should say it: what rewards take off is in its lines."""
    offers: tuple[Offer, ...]
    vouchers: tuple[Offer, ...]
    amounts: tuple[int, ...]
    """Before rewards, after the shop's own discounts."""
    discounts: tuple[int, ...]
    payments: tuple[int, ...]
    """What points pay."""
    gift_cards: tuple[tuple[str, int], ...]
    """Code, and what it pays of the total."""
    wallets: tuple[Wallet, ...]
    """Those asked first."""
    total_minor: int
    """What is left to pay in money."""
    exact: bool
    """The combination is provably the best allowed one."""
    decision: Decision
    """What the order will earn."""

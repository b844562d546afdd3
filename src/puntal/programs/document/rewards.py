"""Rewards: what members may have for what they earned, how many there are, and how discounts combine."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from puntal.programs.document.earning import During, Limit
from puntal.programs.document.values import (
    Condition,
    Identifier,
    LocalDay,
    Locale,
    MoneyText,
    Number,
    People,
    Percent,
    Positive,
    Section,
    Span,
    Text,
)
from puntal.programs.document.wallets import Per

RewardKindName = Literal[
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
]
FieldKind = Literal["text", "number", "money", "flag", "date"]
Proof = Literal["email", "phone"]


class OfLines(Section):
    """The lines of an order that a reward is about."""

    lines: Condition


class Portions(Section):
    """How often a reward may be taken in one go: a slider in steps of one cost and one value."""

    min: int = Field(default=1, gt=0)
    max: int = Field(gt=0, le=1_000_000)


class Cost(Section):
    """What a reward costs, as members see the wallet's units; of several, the member pays one."""

    wallet: Identifier
    points: Positive
    by_tier: dict[Identifier, Number] = {}
    """A tier not named pays what the nearest lower one named pays."""


class Product(Section):
    """What is given: free or at a price, put into the cart, shipped by itself, or as a sample."""

    ids: tuple[str, ...] = Field(min_length=1)
    """Any one of these products."""
    price: MoneyText | None = None
    """What one costs with the reward; free when nothing is said."""
    quantity: int = Field(default=1, gt=0, le=1000)
    delivery: Literal["cart", "shipped", "sample"] = "cart"


class Session(Section):
    """One date of an experience."""

    id: Identifier
    at: LocalDay
    through: LocalDay | None = None
    capacity: int = Field(gt=0)
    place: Text | None = None


class Experience(Section):
    """Something to take part in: its dates, and whether members may wait for a place."""

    sessions: tuple[Session, ...] = Field(min_length=1)
    waitlist: bool = False


class Voucher(Section):
    """The reward is a code for later: how its codes look and how often one can be used."""

    prefix: str = Field(default="", max_length=8, pattern=r"^[A-Z0-9]*$")
    length: int = Field(default=10, ge=6, le=18)
    """Characters after the prefix, the check character among them."""
    uses: int = Field(default=1, gt=0, le=1000)
    transferable: bool = False


class Validity(Section):
    """How long what was redeemed can be used, from its issue: a span, or to the end of a day."""

    for_: Span | None = Field(default=None, alias="for")
    by_tier: dict[Identifier, Span] = {}
    """A tier not named has what the nearest lower one named has."""
    through: LocalDay | None = None


class RewardBudget(Section):
    """Most of a reward in all: redemptions, members, discounted money, order value, units spent on it."""

    redemptions: int | None = Field(default=None, gt=0)
    members: int | None = Field(default=None, gt=0)
    discount: MoneyText | None = None
    order_value: MoneyText | None = None
    points: int | None = Field(default=None, gt=0)
    per: Per = "lifetime"
    alert: tuple[Percent, ...] = ()


class RewardKind(Section):
    """A kind of reward of the program's own: its fields, which every `custom` reward of it fills."""

    label: Text | None = None
    fields: dict[Identifier, FieldKind] = {}
    fulfilment: bool = True
    """Somebody has to deliver it: redemptions of it wait until that is said."""


class Reward(Section):
    """What a member may have (`kind` and what it gives), who and when, what it costs, and how many there are."""

    id: Identifier
    kind: RewardKindName
    name: Text | None = None
    text: Text | None = None
    instructions: Text | None = None
    """How to use it, told with what was redeemed."""
    image: str | dict[Locale, str] | None = None
    """Address of a picture: one that was uploaded, which begins with `/v1/images/`, or `https` elsewhere."""
    cost: Cost | tuple[Cost, ...] = ()
    portions: Portions | None = None
    value: MoneyText | Percent | None = None
    points: int | None = Field(default=None, gt=0)
    """Of a `credit` into a wallet that is not money."""
    into: Identifier | None = None
    """The wallet a `credit` goes to."""
    max_discount: MoneyText | None = None
    applies_to: Literal["order", "shipping"] | OfLines = "order"
    product: Product | None = None
    experience: Experience | None = None
    pool: Identifier | None = None
    """The imported codes a `partner_code` is taken from."""
    type: Identifier | None = None
    """Which of `reward_kinds` a `custom` reward is."""
    fields: dict[Identifier, str | bool | int | Decimal] = {}
    voucher: Voucher | None = None
    when: Condition | None = None
    audience: People = People()
    tiers: tuple[Identifier, ...] = ()
    """Only for members in one of these."""
    ladder: Identifier | None = None
    """Whose tiers are meant, where several ladders exist."""
    from_: LocalDay | None = Field(default=None, alias="from")
    through: LocalDay | None = None
    during: During | None = None
    channels: tuple[str, ...] = ()
    """Every channel when nothing is said."""
    limit: Limit | tuple[Limit, ...] = ()
    stock: int | None = Field(default=None, ge=0)
    budget: RewardBudget | None = None
    valid: Validity = Validity()
    on_end: Literal["nothing", "return_points"] = "nothing"
    refund: Literal["proportional", "keep"] = "proportional"
    group: Identifier | None = None
    priority: int = 0
    listed: bool = True
    """False: only given, as a tier's gift or for a full card; not to be chosen."""
    enabled: bool = True
    retired: bool = False
    """Nobody gets it any more; what was redeemed stays good."""


class StackingGroup(Section):
    """Discounts of one sort, and which other groups they may be combined with.

    By default one of a group is used, together with groups that name each other in `with`.
    """

    exclusive: bool = False
    """Shuts out every other group."""
    with_: tuple[Identifier, ...] = Field(default=(), alias="with")
    limit: int = Field(default=1, gt=0, le=20)
    """How many of this group one order may have."""


class Stacking(Section):
    """How discounts combine on one order. Without it: one discount per order, the best for the member."""

    groups: dict[Identifier, StackingGroup] = {}
    order: tuple[Identifier, ...] = ()
    """The order of applying, by group; groups not named come last."""
    conflict: Literal["best_for_member", "priority", "first"] = "best_for_member"
    limit: int = Field(default=5, gt=0, le=20)
    per: Literal["order", "line"] = "order"
    """What is combined: `line` lets each line have discounts of its own."""
    amounts: Literal["initial", "reduced"] = "reduced"
    """What a percentage is of: the first price, or what other discounts left of it."""

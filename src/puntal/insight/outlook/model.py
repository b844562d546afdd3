"""The nouns of an outlook. Pure. Money in minor units of the program's currency."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct, field


class Shop(Struct, frozen=True, kw_only=True):
    """What is assumed of a shop; whoever looks changes it to be hers.

    Attributes:
        orders_per_month: Of all customers, those that stay: refunded ones are none.
        basket_minor: Average order, before rewards.
        margin_percent: What is left of a sale after the goods, of a hundred.
        member_percent: Share of the orders that members make.
        orders_per_member: In a year, on average.
        redeeming_percent: Of a hundred members so many take what they can have, the others let it lie.
        gift_minor: What something that is given away sells for.
    """

    orders_per_month: int
    basket_minor: int
    margin_percent: int
    member_percent: int
    orders_per_member: int
    redeeming_percent: int
    gift_minor: int

    @property
    def member_orders(self) -> Fraction:
        """Orders of members in a year."""
        return Fraction(self.orders_per_month * 12 * self.member_percent, 100)

    @property
    def members(self) -> Fraction:
        """How many members make them."""
        return self.member_orders / self.orders_per_member


class Part(Struct, frozen=True):
    """Something that is bought.

    Attributes:
        weight: Of what an order comes to, beside the weights of what else is in it.
        percent: Of the orders that have it.
        price: Of one, in hundredths of the currency.
        tags: Of a hundred lines so many have it.
        brands: As tags; a line has one at most.
    """

    category: str
    weight: int
    percent: int
    price: int
    product: str | None = None
    tags: Mapping[str, int] = {}
    brands: Mapping[str, int] = {}


class Deed(Struct, frozen=True):
    """Something else that members do, after an order.

    Attributes:
        percent: Of the orders it follows; `first` says only first ones count.
        data: `#` stands for what is another each time.
    """

    type: str
    percent: int
    data: Mapping[str, object] = {}
    first: bool = False


class Trade(Struct, frozen=True, kw_only=True):
    """What is assumed of a trade: a typical shop, what is in its orders, and when they come.

    Attributes:
        basket, gift, shipping: In hundredths of the currency; shipping is of orders that are sent.
        channels, hours: One of them, each as likely.
        closed: Days of the week without orders, Monday is 0.
        counted: Attribute of orders to the category whose items it counts.
        attributes: Of orders: one of the values, each as likely. `people` is the same of members.
        tags: Of orders.
    """

    orders_per_month: int
    basket: int
    margin_percent: int
    member_percent: int
    orders_per_member: int
    redeeming_percent: int
    gift: int
    parts: tuple[Part, ...]
    shipping: int = 0
    channels: tuple[str, ...] = ("store",)
    hours: tuple[int, ...] = (10, 11, 12, 13, 16, 17, 18, 19)
    closed: frozenset[int] = frozenset()
    counted: Mapping[str, str] = {}
    attributes: Mapping[str, tuple[object, ...]] = {}
    people: Mapping[str, tuple[object, ...]] = {}
    tags: Mapping[str, int] = {}
    deeds: tuple[Deed, ...] = ()


class Units(Struct):
    """What became of one wallet's units, in its smallest unit."""

    issued: int = 0
    redeemed: int = 0
    available: int = 0
    pending: int = 0
    debt: int = 0


class Sums(Struct):
    """What the members of a sample did in the year.

    Attributes:
        units: By wallet ordinal.
        rewards: How often something was taken: rewards, full stamp cards, payments with a wallet.
        rewards_minor: What that cost the shop; a fraction, for a unit may cost a part of a cent.
    """

    members: int = 0
    orders: int = 0
    sales_minor: int = 0
    units: dict[int, Units] = field(default_factory=dict)
    rewards: int = 0
    rewards_minor: Fraction = Fraction(0)


class WalletYear(Struct, frozen=True, kw_only=True):
    """One wallet over the year.

    Attributes:
        expired: Gone without being used.
        outstanding: Available and pending when the year ends, less debt.
        liability_minor: What that is expected to cost, as the books reckon it.
    """

    id: str
    kind: str
    scale: int
    issued: int
    redeemed: int
    expired: int
    outstanding: int
    liability_minor: int


class Outlook(Struct, frozen=True, kw_only=True):
    """A program's first year in a shop: what members bought, what it gave, what it cost, what would pay for it.

    Attributes:
        sample: How many members were lived; all else is scaled to the shop.
        sales_minor: What members' orders come to before rewards.
        margin_minor: What is left of that after the goods.
        rewards_minor: What rewards that were taken cost.
        liability_minor: Set aside for what is outstanding.
        cost_minor: Both.
        left_minor: The margin less the cost.
        cost_rate: Of members' sales; None where there are none.
        extra_minor: Further sales that would pay for all of it; None: no amount would.
        extra_rate: Of members' sales.
    """

    currency: str
    shop: Shop
    sample: int
    members: int
    orders: int
    sales_minor: int
    margin_minor: int
    wallets: tuple[WalletYear, ...]
    rewards: int
    rewards_minor: int
    liability_minor: int
    cost_minor: int
    left_minor: int
    cost_rate: Fraction | None
    extra_minor: int | None
    extra_rate: Fraction | None

"""The nouns of key figures: what was counted in a period. Each rate says its formula and where it comes from.

"Common" is the trade's usual definition; other sources are named. A purchase is an order that earned, was not cancelled
and not refunded in full; sales are what was paid for its goods, net of refunds, without shipping. A member's purchase
is one made on the day she joined or later; all other purchases are guests'. A rate of nothing is None.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

from msgspec import Struct

from puntal.insight.model import Incentive
from puntal.points.model import LiabilityLine

FlowKind = Literal["earned", "spent", "expired", "other"]
MemberKind = Literal["members", "new_members", "active_members", "participating_members", "buyers", "repeat_buyers"]
OrderKind = Literal["orders", "member_orders", "guest_orders", "known_orders", "returning_orders", "earning_orders"]
FigureUnit = Literal["count", "money", "points", "rate", "ratio"]
RowsOf = Literal["members", "orders", "transfers", "holders", "incentives", "ending"]


class Span(Struct, frozen=True):
    """Local days, both in it, and the instants they begin and end at in the program's zone.

    Attributes:
        ends: The first instant after it.
    """

    since: date
    through: date
    begins: datetime
    ends: datetime


class Share(Struct, frozen=True):
    """An exact part of a whole, or an average: `numerator` by `denominator`."""

    numerator: int
    denominator: int

    @property
    def value(self) -> Fraction | None:
        """None where there is nothing to divide by."""
        return Fraction(self.numerator, self.denominator) if self.denominator > 0 else None


class People(Struct, frozen=True):
    """Members at the end of a period.

    Attributes:
        members: Who had joined by then and has not left until now.
        new_members: Of these, who joined in the period.
        active_members: Of these, who bought, earned or redeemed in the period.
        participating_members: Of these, who earned or redeemed in the period.
    """

    members: int
    new_members: int
    active_members: int
    participating_members: int

    @property
    def active_rate(self) -> Share:
        """Active members by members at the end of the period. Ours: purchases that earned nothing count too."""
        return Share(self.active_members, self.members)

    @property
    def participation_rate(self) -> Share:
        """Members who earned or redeemed at least once in the period by members at its end. Common."""
        return Share(self.participating_members, self.members)


class Purchases(Struct, frozen=True):
    """Purchases of a period and who made them.

    Attributes:
        known_orders: Made by somebody who is known: a member, or a guest with an identity.
        returning_orders: Of these, by somebody who had bought before, ever.
        buyers: Known people who bought at least once in the period; `member_buyers` of them as members.
        repeat_buyers: Of the buyers, who bought at least twice in the period.
    """

    orders: int
    sales_minor: int
    member_orders: int
    member_sales_minor: int
    known_orders: int
    returning_orders: int
    buyers: int
    member_buyers: int
    repeat_buyers: int

    @property
    def guest_orders(self) -> int:
        """Purchases that no member made."""
        return self.orders - self.member_orders

    @property
    def guest_sales_minor(self) -> int:
        """What they brought."""
        return self.sales_minor - self.member_sales_minor

    @property
    def average_order(self) -> Share:
        """Sales by purchases (AOV), in minor units. Common."""
        return Share(self.sales_minor, self.orders)

    @property
    def member_average_order(self) -> Share:
        """Members' sales by members' purchases. Common. Whoever joins buys more anyway: no proof of an effect."""
        return Share(self.member_sales_minor, self.member_orders)

    @property
    def guest_average_order(self) -> Share:
        """Guests' sales by guests' purchases. Common."""
        return Share(self.guest_sales_minor, self.guest_orders)

    @property
    def average_order_uplift(self) -> Share:
        """Members' average order less guests', by guests' (AOV uplift). Common. Confounded by who joins."""
        guests = self.guest_sales_minor * self.member_orders
        return Share(self.member_sales_minor * self.guest_orders - guests, guests)

    @property
    def membership_rate(self) -> Share:
        """Buyers who bought as members by buyers, in the period. Smile."""
        return Share(self.member_buyers, self.buyers)

    @property
    def repeat_purchase_rate(self) -> Share:
        """Purchases by customers who had bought before by all purchases of known customers. Growave: by orders."""
        return Share(self.returning_orders, self.known_orders)

    @property
    def repeat_customer_rate(self) -> Share:
        """Customers with two or more purchases in the period by customers with one or more. Growave: by customers."""
        return Share(self.repeat_buyers, self.buyers)

    @property
    def purchase_frequency(self) -> Share:
        """Purchases of known customers by these customers, in the period. Smile: over twelve months."""
        return Share(self.known_orders, self.buyers)


class Flow(Struct, frozen=True):
    """What moved through one wallet in a period, by when it was recorded; net of what was taken or given back.

    Attributes:
        opening: On all accounts before it, guests' and pools' too: available, pending and held, less debt.
        earned: Given by rules.
        spent: Redeemed, and of money what was paid with it.
        expired: By its end.
        other: Everything else that came in, less what else went out: imports, adjustments, loads, conversions, gifts.
        earned_ever: From the beginning to the end of the period; so `spent_ever` and `expired_ever`.
    """

    wallet: str
    kind: str
    opening: int
    earned: int
    spent: int
    expired: int
    other: int
    earned_ever: int
    spent_ever: int
    expired_ever: int

    @property
    def closing(self) -> int:
        """On all accounts after it: opening and earned and other, less spent and expired."""
        return self.opening + self.earned + self.other - self.spent - self.expired

    @property
    def redemption_rate_period(self) -> Share:
        """Units redeemed in the period by units earned in it; above 1 where older ones were. Smile's benchmark."""
        return Share(self.spent, self.earned)

    @property
    def redemption_rate_lifetime(self) -> Share:
        """Units ever redeemed by units ever earned, up to the end of the period. Smile's points overview."""
        return Share(self.spent_ever, self.earned_ever)

    @property
    def breakage_rate(self) -> Share:
        """Units ever expired by units ever earned, up to the end of the period: breakage so far. Common.

        What is expected to break in the end is 1 less the ultimate redemption rate, which is an estimate and not here.
        """
        return Share(self.expired_ever, self.earned_ever)


class Influence(Struct, frozen=True):
    """What incentives led to in a period: the totals of the report of incentives, so that both agree.

    Attributes:
        orders: That used a reward, a voucher or a campaign, each once.
        sales_minor: What these brought, net of refunds.
        incentives: Each with what it led to.
    """

    orders: int
    sales_minor: int
    incentives: list[Incentive] = []

    @property
    def cost_minor(self) -> int:
        """Discounts, and what campaigns' units are expected to cost."""
        return sum(one.cost_minor for one in self.incentives)

    @property
    def return_on_cost(self) -> Share:
        """Sales less cost by cost (ROI). Common, of sales and not of margin.

        Nothing says that these sales would not have come anyway: what is caused is told by a control group only.
        """
        return Share(self.sales_minor - self.cost_minor, self.cost_minor)


class Ending(Struct, frozen=True):
    """Members' available units of a wallet that end within the next thirty days, today included, if nothing is done."""

    wallet: str
    kind: str
    units: int
    available: int

    @property
    def rate(self) -> Share:
        """Units that end by all that are available now. Ours."""
        return Share(self.units, self.available)


class Kpis(Struct, frozen=True):
    """The key figures of a period; what ends soon and the liability are as of now, whatever the period."""

    span: Span
    people: People
    purchases: Purchases
    influence: Influence
    flows: list[Flow]
    ending: list[Ending]
    liability: list[LiabilityLine]


class Figure(Struct, frozen=True):
    """One number of a report.

    Attributes:
        value: Units of `unit`; of money minor units, averages of money rounded half up. None: nothing to divide by.
        share: What a rate or an average was computed from.
        rows: Which list shows the rows behind it, and `of` which of them.
        whole: Of a rate: the list of what it is a part of, and which of them; None: nobody can be listed.
    """

    id: str
    unit: FigureUnit
    value: int | Fraction | None
    wallet: str | None = None
    share: Share | None = None
    rows: RowsOf | None = None
    of: str | None = None
    whole: tuple[RowsOf, str | None] | None = None


class MemberRow(Struct, frozen=True):
    """A person behind a figure, and what she bought in the period."""

    member_id: UUID
    status: str
    enrolled_at: datetime | None
    orders: int
    sales_minor: int


class OrderRow(Struct, frozen=True):
    """A purchase behind a figure."""

    source: str
    order_id: str
    member_id: UUID | None
    occurred_at: datetime
    day: date
    sales_minor: int
    by_member: bool
    returning: bool


class TransferRow(Struct, frozen=True):
    """A movement behind a figure; `units` adds up to it."""

    id: UUID
    holder_id: UUID
    wallet: str
    kind: str
    units: int
    recorded_at: datetime
    effective_at: datetime
    rule: str | None
    order: str | None
    reward: str | None


class HolderRow(Struct, frozen=True):
    """Who holds units of a wallet now: a member, or a pool."""

    holder_id: UUID
    available: int
    pending: int
    held: int
    debt: int


class EndingRow(Struct, frozen=True):
    """Units that end soon: whose, and on which local day they are gone."""

    holder_id: UUID
    ends_on: date
    units: int

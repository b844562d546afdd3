"""What a shop asks of a cart and is answered, as the reference describes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from puntal.checkout.model import MOST_MONEY, MOST_PICKS, MOST_PORTIONS, Pick, Question
from puntal.intake.model import MOST_LINES, MOST_MINOR, SaidOrder
from puntal.intake.wire import LineIn, MemberIn, Minor, Word, Words
from puntal.members.model import Ids

_Units = Annotated[int, Field(ge=0, le=MOST_MINOR)]
_ANNA = "019a8f5e-7c1e-7000-8000-3f6c2b1d4e5a"
CART: dict[str, Any] = {
    "member": {"email": "anna@example.com"},
    "channel": "online",
    "order": {
        "id": "cart-88",
        "currency": "EUR",
        "lines": [
            {"id": "1", "product": "arabica-1kg", "category": "coffee", "amount_minor": 2999},
            {"id": "2", "product": "mug", "category": "kitchen", "quantity": 2, "amount_minor": 1151},
        ],
        "shipping_minor": 490,
    },
    "rewards": [{"reward": "five_euro"}],
    "vouchers": [],
    "points": {"points": 0},
}


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CartOrderIn(_In):
    """The order as it would be placed now, in the words of `POST events`; the id may be the cart's, or be left out."""

    id: Annotated[str, Field(min_length=1, max_length=200)] = "cart"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[list[LineIn], Field(max_length=MOST_LINES)]
    discount_minor: Minor = Field(default=0, description="Discounts of the shop's own, beside those of the lines.")
    shipping_minor: Minor = 0
    tax_minor: Minor = Field(default=0, description="Tax that is added to the prices, not contained in them.")
    tags: Words = []
    attributes: dict[str, Any] = {}


class PickIn(_In):
    """A reward the member picked: her points are offered for it."""

    reward: Annotated[str, Field(min_length=1, max_length=80)] = Field(examples=["five_euro"])
    portions: Annotated[int, Field(ge=1, le=MOST_PORTIONS)] | None = None
    points: _Units | None = Field(
        default=None, description="Instead of portions: how many points to use; rounded down to whole steps."
    )
    wallet: Word | None = Field(default=None, description="Which of several prices is paid.")
    session: Word | None = Field(default=None, description="Which date of an experience.")


class CartIn(_In):
    """A cart, who is buying, and what she picked."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [CART]})

    order: CartOrderIn
    member: MemberIn | None = Field(default=None, description="Nobody: a shopper who did not say who she is.")
    channel: Word | None = None
    store: Word | None = None
    source: Annotated[str, Field(min_length=1, max_length=60)] = "api"
    context: dict[str, Any] = Field(default={}, description="Facts of the moment that the program declares.")
    rewards: Annotated[list[PickIn], Field(max_length=MOST_PICKS)] = []
    vouchers: Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=MOST_PICKS)] = Field(
        default=[], description="Codes as they were typed."
    )
    points: Annotated[dict[str, _Units], Field(max_length=MOST_PICKS)] = Field(
        default={},
        description="By wallet: what may be spent on rewards that nobody picked, where they are worth more than that.",
    )

    money: Annotated[dict[str, _Units | Literal["most"]], Field(max_length=MOST_MONEY)] = Field(
        default={},
        description="By money wallet: how much of what is left after discounts, points and gift cards it is to pay, in "
        "minor units, or `most`: as much as possible. Taken in this order.",
    )

    def read(self) -> Question:
        """Return the question."""
        member = None if self.member is None else self.member.model_dump(exclude_defaults=True)
        return Question(
            order=msgspec.convert(self.order.model_dump(exclude_defaults=True) | {"id": self.order.id}, SaidOrder),
            member=None if member is None else msgspec.convert(member, Ids),
            channel=self.channel,
            store=self.store,
            source=self.source,
            context=self.context,
            picks=tuple(
                Pick(each.reward, each.portions, each.points, each.wallet, each.session)
                for each in {each.reward: each for each in self.rewards}.values()
            ),
            codes=tuple(dict.fromkeys(self.vouchers)),
            offers=self.points,
            money={wallet: None if amount == "most" else amount for wallet, amount in self.money.items()},
        )


class MissingOut(BaseModel):
    """What more in the cart would open a reward."""

    of: Literal["order.net", "order.items"]
    amount_minor: int | None = Field(description="Money, where that is missing.", examples=[850])
    items: int | None
    message: str = Field(examples=["8.50 EUR more in the cart and it can be used"])


class OfferOut(BaseModel):
    """What became of one reward or voucher.

    `used`: part of the best combination. `available`: she may have it; `code` says why it is not used here. `refused`:
    she may not; `code` says why.
    """

    reward: str | None = Field(examples=["five_euro"])
    voucher: str | None = Field(description="The code as it was typed.")
    kind: str | None = Field(examples=["amount_off"])
    name: str | None = Field(examples=["5 euros off"])
    state: Literal["used", "available", "refused"]
    code: str | None = Field(examples=[None])
    message: str | None
    by: str | None = Field(description="The limit, budget or other discount in the way.")
    picked: bool
    discount_minor: int = Field(description="As used here, else by itself.", examples=[500])
    wallet: str | None = Field(examples=["points"])
    points: int = Field(description="Units of the wallet it costs.", examples=[500])
    short_by: int = Field(description="Units she lacks.", examples=[0])
    portions: int = Field(examples=[1])
    missing: MissingOut | None


class PartOut(BaseModel):
    """What one reward takes off a line."""

    reward: str = Field(examples=["five_euro"])
    amount_minor: int = Field(examples=[361])


class CartLineOut(BaseModel):
    """A line: `amount_minor` is as the shop sells it, after its own discounts; they add up to the cent."""

    id: str = Field(examples=["1"])
    amount_minor: int = Field(examples=[2999])
    discount_minor: int = Field(examples=[361])
    paid_points_minor: int = Field(examples=[0])
    net_minor: int = Field(examples=[2638])
    discounts: list[PartOut]


class CardOut(BaseModel):
    """What a gift card pays."""

    voucher: str
    amount_minor: int


class MoneyOut(BaseModel):
    """A money wallet of the member: what it could pay of this cart and, where that was asked, pays."""

    wallet: str = Field(examples=["monedero"])
    currency: str | None = Field(examples=["EUR"])
    available_minor: int = Field(description="What is in it to spend.", examples=[2500])
    could_pay_minor: int = Field(
        description="Most that it could pay of what is left after discounts, points and gift cards.", examples=[2500]
    )
    pays_minor: int = Field(description="Where the question asked for it; else 0.", examples=[2500])
    short_minor: int = Field(description="Of what was asked: what it does not pay.", examples=[0])
    room_minor: int | None = Field(
        description="How much more may come into it, by the limits of her country; null: any amount.", examples=[None]
    )
    picked: bool
    code: str | None = Field(description="Why it pays nothing: what `pay` would refuse with.", examples=[None])
    message: str | None


class EarnedOut(BaseModel):
    """What one rule gives."""

    rule: str = Field(examples=["purchases"])
    wallet: str = Field(examples=["points"])
    points: int = Field(examples=[36])


class WhyOut(BaseModel):
    """Why a rule gives what it gives, or nothing."""

    rule: str = Field(examples=["purchases"])
    code: str = Field(examples=["awarded"])
    sentence: str = Field(examples=["Gave 36"])
    wallet: str | None = Field(examples=["points"])
    points: int = Field(examples=[36])
    by: str | None


class EarnsOut(BaseModel):
    """What the order will earn when it is paid as it stands; of somebody not known, what she would earn as a guest."""

    code: str | None = Field(description="Why nothing is decided.", examples=[None])
    message: str = Field(examples=["Rules of the program applied"])
    points: dict[str, int] = Field(description="By wallet.", examples=[{"points": 36}])
    awards: list[EarnedOut]
    reasons: list[WhyOut]


class CartOut(BaseModel):
    """What a cart earns, which rewards it may use, and the best of them together."""

    member_id: UUID | None = Field(examples=[_ANNA])
    known_as: Literal["member", "guest", "unknown", "anonymous"]
    same_person: UUID | None = Field(description="Another member that one of the identities belongs to.")
    currency: str = Field(examples=["EUR"])
    lines: list[CartLineOut]
    shipping: CartLineOut
    discount_minor: int = Field(description="Of all rewards, shipping too.", examples=[500])
    paid_points_minor: int = Field(examples=[0])
    gift_cards: list[CardOut]
    money: list[MoneyOut] = Field(description="Money wallets, those asked for first; never part of `points`.")
    paid_wallet_minor: int = Field(description="What money wallets pay.", examples=[0])
    tax_minor: int = Field(description="Added tax, in proportion to what is left of what it is on.", examples=[0])
    total_minor: int = Field(description="Left to pay in money.", examples=[4140])
    rewards: list[OfferOut]
    vouchers: list[OfferOut]
    exact: bool = Field(description="No allowed combination is better; false: none better was found in time.")
    earns: EarnsOut
    balances: dict[str, int] = Field(description="What she can spend now, by wallet.", examples=[{"points": 740}])
    revision: int = Field(examples=[3])


class OffersQuery(BaseModel):
    """Where a member would use what she may have, and who looks."""

    model_config = ConfigDict(extra="forbid")

    channel: Word | None = Field(default=None, description="Where she would use it; any when left out.")
    store: Word | None = None
    preview: bool = Field(default=False, description="Also what is hidden from her, with the reason. For staff.")


class MemberOfferOut(BaseModel):
    """A reward for a member.

    `available`: at once. `with_order`: the cart will say, its price and what is lacking for it are known already.
    `short_of_points`: she may save for it. `hidden`: she does not see it; only in previews.
    """

    reward: str = Field(examples=["five_euro"])
    kind: str = Field(examples=["amount_off"])
    name: str | None = Field(examples=["5 euros off"])
    text: str | None
    image: str | None
    state: Literal["available", "with_order", "short_of_points", "hidden"]
    code: str | None
    message: str | None
    by: str | None
    wallet: str | None = Field(examples=["points"])
    points: int = Field(examples=[500])
    short_by: int = Field(examples=[0])
    room: int | None = Field(description="How many more she can have now; null: as many as she likes.")
    discount_minor: int = Field(description="What it takes off, or at most; 0 where the cart decides.", examples=[500])
    least_portions: int = Field(examples=[1])
    most_portions: int = Field(examples=[1])


class OffersOut(BaseModel):
    """What a member may have, sorted; `hidden` only in previews."""

    member_id: UUID = Field(examples=[_ANNA])
    currency: str = Field(examples=["EUR"])
    balances: dict[str, int] = Field(examples=[{"points": 740}])
    items: list[MemberOfferOut]
    hidden: list[MemberOfferOut]

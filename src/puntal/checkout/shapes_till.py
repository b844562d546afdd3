"""What a till sends and is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SkipValidation, model_validator

from puntal.checkout.model import MOST_MONEY
from puntal.checkout.model_till import Redeem, Sale, VoucherNamed
from puntal.checkout.shapes import CartOrderIn, MemberOfferOut, PickIn
from puntal.checkout.shapes_redemptions import RedemptionOut
from puntal.intake.model import MOST_MINOR, MOST_REDEMPTIONS, SaidOrder
from puntal.intake.wire import Minor, Word, Words
from puntal.kit.pages import Page
from puntal.kit.reasons import UnfitError
from puntal.kit.words import Words as Both

MOST_ITEMS = 200
MOST_VOUCHERS = 20
_ANNA = "019a8f5e-7c1e-7000-8000-3f6c2b1d4e5a"
_ID = "019a9c3e-51c0-7000-8000-5c0ffee0cafe"
_LINES = [{"id": "1", "product": "arabica-1kg", "category": "coffee", "amount_minor": 2999}]
_ORDER: dict[str, Any] = {"id": "T1-000417", "currency": "EUR", "lines": _LINES}
_SALE: dict[str, Any] = {"id": _ID, "member_id": _ANNA, "order": _ORDER, "redemptions": [], "vouchers": []}
_REDEEM: dict[str, Any] = {"id": _ID, "member_id": _ANNA, "reward": "free_coffee"}
_BATCH: dict[str, Any] = {
    "items": [
        {"kind": "sale", "at": "2026-03-02T11:04:00+01:00", "scanned": "7700123"} | {"id": _ID, "order": _ORDER},
        {"kind": "redeem", "at": "2026-03-02T11:06:00+01:00", "id": _ANNA, "voucher": "CAFE7KX2"},
    ]
}
Code = Annotated[str, Field(min_length=1, max_length=64)]
Amount = Annotated[int, Field(ge=0, le=MOST_MINOR)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TillLookupIn(_In):
    """What was scanned or typed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "+34 600 000 001"}]})

    text: Annotated[str, Field(min_length=1, max_length=300)] = Field(
        description="A member's pass, her e-mail address, phone or card, or a voucher: it is recognised.",
        examples=["+34 600 000 001"],
    )


class TillTierOut(BaseModel):
    """Where she stands on a ladder."""

    ladder: str = Field(examples=["club"])
    tier: str = Field(examples=["silver"])
    name: str = Field(examples=["Silver"])


class TillMemberOut(BaseModel):
    """Who is served: as much as a cashier needs."""

    member_id: UUID
    first_name: str | None = Field(examples=["Anna"])
    ending: str | None = Field(description="The last characters of her card.", examples=["0123"])
    status: str = Field(examples=["active"])
    tiers: list[TillTierOut]
    balances: dict[str, int] = Field(description="What she can spend now, by wallet.", examples=[{"points": 740}])


class TillRewardOut(MemberOfferOut):
    """A reward she may have here, and its price: at once (`available`), or if the cart allows it (`with_order`)."""

    sentence: str = Field(
        description="What it is, costs and is bound by.", examples=["€5.00 off the order. 500 points."]
    )


class TillVoucherOut(BaseModel):
    """A voucher, and whether it can be used here and now. Its code is not shown; the id stands for it."""

    voucher_id: UUID
    ending: str = Field(description="The last characters of the code.", examples=["KX2"])
    reward: str = Field(examples=["five_euro"])
    name: str = Field(examples=["5 euros off"])
    sentence: str = Field(description="What it is and is bound by.")
    state: str = Field(examples=["issued"])
    usable: bool
    code: str | None = Field(description="Why it cannot be used.", examples=["rewards.voucher_early"])
    message: str | None
    remaining: int = Field(description="Uses or, where there is a currency, money.", examples=[1])
    currency: str | None
    ends_at: datetime | None


class TillWalletOut(BaseModel):
    """How the amounts of a wallet are written."""

    wallet: str = Field(examples=["points"])
    name: str = Field(examples=["points"])
    one: str = Field(description="What one of them is called.", examples=["point"])
    currency: str | None = Field(description="Of money: amounts are its minor units.")
    scale: int = Field(description="Decimals of what is not money.")


class TillLookupOut(BaseModel):
    """Who or what it is; the same fields whether or not anybody is meant."""

    reading: Literal["pass", "email", "number", "voucher", "nothing"] = Field(
        description="What it was. `number`: a card or a phone."
    )
    found: bool
    code: str | None = Field(description="Why nobody is found.", examples=["till.nobody"])
    message: str | None
    member: TillMemberOut | None
    rewards: list[TillRewardOut]
    vouchers: list[TillVoucherOut]
    wallets: list[TillWalletOut] = Field(description="Every wallet of the program.")


class TillOrderIn(CartOrderIn):
    """The order as it was paid, in the words of `POST events`. Its id is unique within the store."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    paid_points_minor: Minor = Field(default=0, description="Paid with points.")
    paid_gift_card_minor: Minor = Field(default=0, description="Paid with gift cards.")
    paid_wallet_minor: Minor = Field(default=0, description="Paid from a money wallet.")
    coupons: Words = Field(default=[])


class TillCartIn(_In):
    """A cart at the till; channel, store and source are the till's own."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"member_id": _ANNA, "order": _ORDER, "vouchers": []}]}
    )

    order: CartOrderIn
    member_id: UUID | None = Field(default=None, description="As a lookup answered; nobody: a shopper not known.")
    context: dict[str, Any] = {}
    rewards: Annotated[list[PickIn], Field(max_length=MOST_VOUCHERS)] = []
    vouchers: Annotated[list[Code], Field(max_length=MOST_VOUCHERS)] = []
    points: Annotated[dict[str, Amount], Field(max_length=MOST_VOUCHERS)] = {}
    money: Annotated[dict[str, Amount | Literal["most"]], Field(max_length=MOST_MONEY)] = Field(
        default={},
        description="By money wallet: how much of what is left it is to pay, in minor units, or `most`: as much as "
        "possible. As in `POST carts/evaluate`.",
    )


class TillRedeemIn(_In):
    """A reward or a voucher: to be redeemed at once, or with `hold` set aside until the purchase is paid."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_REDEEM]})

    id: UUID = Field(description="Chosen by the till before its first try: the same id with the same words is one.")
    member_id: UUID | None = Field(default=None, description="As a lookup answered; needed for rewards.")
    reward: Annotated[str, Field(min_length=1, max_length=80)] | None = Field(default=None, examples=["free_coffee"])
    voucher: Code | None = Field(default=None, description="A voucher, as it was scanned or typed.")
    voucher_id: UUID | None = Field(default=None, description="A voucher, as a lookup answered.")
    portions: Annotated[int, Field(ge=1, le=10**9)] | None = None
    points: Annotated[int, Field(ge=1, le=MOST_MINOR)] | None = Field(
        default=None, description="For paying with points: how many units, instead of `portions`."
    )
    wallet: Word | None = None
    session: Word | None = None
    order: CartOrderIn | None = Field(default=None, description="The cart it is for; conditions about orders need it.")
    discount_minor: Amount | None = Field(default=None, description="What it takes off, as evaluated.")
    amount_minor: Annotated[int, Field(ge=1, le=MOST_MINOR)] | None = Field(
        default=None, description="Of a gift card: how much; all that is left when not said."
    )
    hold: bool = False
    note: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _one(self) -> TillRedeemIn:
        if sum(each is not None for each in (self.reward, self.voucher, self.voucher_id)) != 1:
            raise UnfitError(Both("one of reward, voucher and voucher_id", "uno de reward, voucher y voucher_id"))
        return self

    def read(self) -> Redeem:
        """Return what is asked."""
        named = None if self.reward is not None else VoucherNamed(self.voucher, self.voucher_id)
        return Redeem(
            id=self.id,
            member_id=self.member_id,
            reward=self.reward,
            voucher=named,
            portions=self.portions,
            points=self.points,
            wallet=self.wallet,
            session=self.session,
            order=None if self.order is None else order_of(self.order),
            discount_minor=self.discount_minor,
            amount_minor=self.amount_minor,
            hold=self.hold,
            note=self.note,
        )


class TillSaleIn(_In):
    """A paid order, with what was set aside for it and the vouchers used on it: all of it, or nothing."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_SALE]})

    id: UUID = Field(description="Chosen by the till before its first try: the same id with the same words is one.")
    member_id: UUID | None = Field(default=None, description="As a lookup answered; nobody: the sale earns nothing.")
    order: TillOrderIn
    redemptions: Annotated[list[UUID], Field(max_length=MOST_REDEMPTIONS)] = Field(
        default=[], description="Rewards set aside for it at this store, by the ids they were redeemed under."
    )
    vouchers: Annotated[list[Code], Field(max_length=MOST_VOUCHERS)] = []
    voucher_ids: Annotated[list[UUID], Field(max_length=MOST_VOUCHERS)] = []

    def read(self) -> Sale:
        """Return what was sold."""
        named = [VoucherNamed(code=code) for code in self.vouchers] + [VoucherNamed(id=id) for id in self.voucher_ids]
        return Sale(
            id=self.id,
            order=order_of(self.order, self.redemptions),
            member_id=self.member_id,
            vouchers=tuple(named),
        )


def order_of(order: CartOrderIn, redemptions: list[UUID] | None = None) -> SaidOrder:
    """Return an order as intake reads it."""
    plain = order.model_dump(exclude_defaults=True) | {"id": order.id}
    return msgspec.convert(plain | ({"redemptions": redemptions} if redemptions else {}), SaidOrder)


class _OfflineIn(BaseModel):
    at: AwareDatetime = Field(description="When, by the till's clock.")
    scanned: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        default=None, description="Instead of `member_id`: what was scanned or typed."
    )


class OfflineSaleIn(TillSaleIn, _OfflineIn):
    """A sale made while offline."""

    kind: Literal["sale"]


class OfflineRedeemIn(TillRedeemIn, _OfflineIn):
    """A reward or voucher redeemed while offline."""

    kind: Literal["redeem"]


class TillBatchIn(_In):
    """What a till did while it was offline, in the order it was done; each is answered by itself."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_BATCH]})

    items: Annotated[list[SkipValidation[OfflineSaleIn | OfflineRedeemIn]], Field(max_length=MOST_ITEMS)]


class TillCommitIn(_In):
    """What came of the purchase."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"discount_minor": 500}]})

    discount_minor: Amount | None = Field(
        default=None, description="What was really taken off, where that is less than what was held."
    )
    order_minor: Amount | None = Field(
        default=None,
        description="What the lines come to, before this discount, where that is not what the cart came to.",
    )


class TillEarnedOut(BaseModel):
    """What a sale earned in one wallet."""

    wallet: str = Field(examples=["points"])
    units: int = Field(examples=[90])
    pending: int = Field(description="How much of it is not available yet.", examples=[90])
    available_at: datetime | None = Field(
        description="From when; null where nothing is pending, or where it waits for something that may never come."
    )


class TillActionOut(BaseModel):
    """Something done at a till, as it is now."""

    id: UUID
    kind: Literal["redeem", "voucher", "sale"]
    state: Literal["held", "done", "undone"]
    store: str = Field(examples=["madrid-1"])
    by: str = Field(examples=["staff:0198c0de-0000-7000-8000-000000000001"])
    at: datetime
    undo_until: datetime = Field(description="First instant at which it can no longer be undone at the till.")
    undone_at: datetime | None
    member_id: UUID | None
    first_name: str | None = Field(description="Of the member.", examples=["Anna"])
    ending: str | None = Field(description="The last characters of her card.", examples=["0123"])
    amount_minor: int | None = Field(description="What was owed, of a sale; in minor units.", examples=[9000])
    currency: str | None = Field(description="Of `amount_minor`.", examples=["EUR"])
    earned: list[TillEarnedOut] = Field(description="By a sale, as it was taken in; undoing takes it back.")
    used: list[str] = Field(
        description="Names of the rewards and vouchers it redeemed or set aside.", examples=[["5 euros off"]]
    )
    redemptions: list[RedemptionOut]
    vouchers: list[TillVoucherOut] = Field(description="Used, or set aside.")
    replayed: bool = Field(description="It had been done before; nothing changed now.")
    receipt: list[str] | None = Field(
        description="The lines of the receipt; null in uploads.", examples=[["You earned 29 points"]]
    )


class TillActionsOut(Page[TillActionOut]):
    """What one cashier did, newest first, and how amounts of it are written."""

    wallets: list[TillWalletOut] = Field(description="Every wallet of the program.")


class TillReceiptOut(BaseModel):
    """A receipt in the caller's language."""

    lines: list[str] = Field(examples=[["You earned 29 points", "Your balance: 769 points"]])
    text: str = Field(description="The lines as one text.")


class TillItemOut(BaseModel):
    """What became of one thing that was uploaded: `action`, or `problem` and nothing of it was taken in."""

    id: UUID | None
    state: Literal["taken", "conflict", "failed"] = Field(
        description="`conflict`: send it no more as it is; `failed`: send it again."
    )
    action: TillActionOut | None
    problem: dict[str, Any] | None = Field(examples=[None])


class TillBatchOut(BaseModel):
    """The answers, in the order of the items."""

    taken: int
    conflicts: int
    failed: int
    items: list[TillItemOut]

"""What callers of redemptions send and see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from puntal.checkout.shapes import CartOrderIn
from puntal.engine.model import Compiled
from puntal.rewards.model import Redemption
from puntal.rewards.model_vouchers import Voucher

Word = Annotated[str, Field(min_length=1, max_length=200)]
State = Literal["held", "committed", "cancelled", "lapsed", "voided"]
Fulfilment = Literal["none", "waiting", "under_way", "done", "failed"]
_MOST = 10**12


class RedemptionIn(BaseModel):
    """A reward for a member: to be held until the order is paid, or redeemed at once with `commit`."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = Field(
        default=None, description="Chosen by you: the same id with the same words is one redemption."
    )
    member_id: UUID
    reward: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        description="Id of the reward; `pay:` and a wallet for paying with points.", examples=["five_euro"]
    )
    portions: Annotated[int, Field(ge=1, le=10**9)] | None = Field(
        default=None, description="How many at once, where the reward allows it; the least when not said."
    )
    points: Annotated[int, Field(ge=1, le=_MOST)] | None = Field(
        default=None, description="For paying with points: how many units, instead of `portions`.", examples=[1000]
    )
    wallet: Word | None = Field(default=None, description="Which of several prices is paid.")
    session: Word | None = Field(default=None, description="Which date of an experience.")
    commit: bool = Field(default=False, description="Redeem in one step, without a hold.")
    order: CartOrderIn | None = Field(default=None, description="The cart it is for; conditions about orders need it.")
    discount_minor: Annotated[int, Field(ge=0, le=_MOST)] | None = Field(
        default=None, description="What it takes off the cart, as evaluated; otherwise the reward says, or at most."
    )
    channel: Word | None = Field(default=None, examples=["store"])
    store: Word | None = None
    source: Word | None = Field(default=None, description="The integration it comes through.")
    given: bool = Field(default=False, description="Given by staff: free, also where it is not listed.")
    note: Annotated[str, Field(max_length=500)] = ""


class CommitIn(BaseModel):
    """What came of the purchase."""

    model_config = ConfigDict(extra="forbid")

    discount_minor: Annotated[int, Field(ge=0, le=_MOST)] | None = Field(
        default=None, description="What was really taken off, where that is less than what was held."
    )
    order_minor: Annotated[int, Field(ge=0, le=_MOST)] | None = Field(
        default=None,
        description=(
            "What the lines of the order come to, before this discount, where that is not what the cart came to: more "
            "is asked of budgets of order value, what it is less goes back to them."
        ),
    )


class CancelIn(BaseModel):
    """Why it is let go."""

    model_config = ConfigDict(extra="forbid")

    by_member: bool = Field(
        default=False, description="The member herself: units whose time is over by now are gone, as she was told."
    )


class FulfilIn(BaseModel):
    """How far the delivery is."""

    model_config = ConfigDict(extra="forbid")

    fulfilment: Literal["waiting", "under_way", "done", "failed"]
    note: Annotated[str, Field(max_length=500)] | None = Field(default=None, examples=["Parcel 00340434161094015902"])


class CodeOut(BaseModel):
    """A voucher that the redemption gave."""

    id: UUID
    code: str = Field(examples=["AUR-7H2K-9QXM"])
    state: str = Field(examples=["issued"])
    ends_at: datetime | None = Field(description="First instant at which it can no longer be used; null never.")


class RedemptionOut(BaseModel):
    """A redemption as it is now. Units in the wallet's smallest unit, money in minor units of `currency`."""

    id: UUID
    member_id: UUID
    member_name: str | None = Field(default=None, description="In lists, where she said one.", examples=["Anna Alba"])
    reward: str = Field(examples=["five_euro"])
    kind: str = Field(examples=["amount_off"])
    state: State
    portions: int = Field(examples=[1])
    wallet: str | None = Field(description="What it was paid with; null: free.", examples=["points"])
    units: int = Field(examples=[500])
    returned: int = Field(description="Units that came back: cancelled, or with refunds.", examples=[0])
    discount_minor: int = Field(examples=[500])
    currency: str = Field(examples=["EUR"])
    order: str | None = Field(description="Source and id of the order it was used on.", examples=["shop:1001"])
    channel: str | None
    store: str | None
    session: str | None
    held_at: datetime
    lapses_at: datetime | None = Field(description="First instant at which a hold lapses by itself.")
    committed_at: datetime | None
    ended_at: datetime | None
    valid_until: datetime | None = Field(description="First instant at which what it gave can no longer be used.")
    fulfilment: Fulfilment
    vouchers: list[CodeOut] = Field(description="Filled where one redemption is shown.")
    by: str = Field(examples=["key:0198c0de-0000-7000-8000-000000000001"])
    note: str

    @classmethod
    def of(cls, made: Redemption, program: Compiled, vouchers: Sequence[Voucher] = ()) -> RedemptionOut:
        """Return it as the API shows it."""
        return cls(
            id=made.id,
            member_id=made.member_id,
            reward=made.reward,
            kind=made.kind,
            state=made.state,
            portions=made.portions,
            wallet=None if made.wallet < 0 else program.terms[made.wallet].id,
            units=made.units,
            returned=made.returned,
            discount_minor=made.discount_minor,
            currency=made.currency,
            order=made.order_key,
            channel=made.channel,
            store=made.store,
            session=made.session,
            held_at=made.held_at,
            lapses_at=made.lapses_at if made.state == "held" else None,
            committed_at=made.committed_at,
            ended_at=made.ended_at,
            valid_until=made.valid_until,
            fulfilment=made.fulfilment,
            vouchers=[
                CodeOut(id=each.id, code=each.shown or each.code, state=each.state, ends_at=each.ends_at)
                for each in vouchers
            ],
            by=made.by,
            note=made.note,
        )


class PriceOut(BaseModel):
    """What one portion costs in one wallet."""

    wallet: str = Field(examples=["points"])
    units: int = Field(description="Of the lowest tier, in the smallest unit.", examples=[500])
    by_tier: dict[str, int] = Field(description="Of every tier, where they differ.", examples=[{"gold": 400}])


class RoomOut(BaseModel):
    """A stock or budget: how much there is, and how much is used in the running period."""

    name: Literal["stock", "budget", "campaign", "program", "places"]
    session: str | None = None
    measure: Literal["redemptions", "members", "discount", "order_value", "points"]
    most: int = Field(examples=[1000])
    used: int = Field(examples=[37])
    per: str = Field(examples=["lifetime"])


class RewardOut(BaseModel):
    """A reward of the catalogue, in the caller's language."""

    id: str = Field(examples=["five_euro"])
    kind: str = Field(examples=["amount_off"])
    name: str = Field(examples=["5 euros off"])
    text: str
    instructions: str
    image: str | None
    sentence: str = Field(description="What it is, costs and is bound by, in one sentence.")
    campaign: str | None
    status: Literal["on", "off", "stopped", "retired"]
    listed: bool = Field(description="False: only given, not to be chosen.")
    costs: list[PriceOut] = Field(description="The member pays one of them; none: it is free.")
    portions_min: int
    portions_max: int
    value_minor: int
    percent: str | None = Field(examples=["15%"])
    max_discount_minor: int | None
    currency: str
    group: str | None
    room: list[RoomOut]


class RewardsOut(BaseModel):
    """The catalogue, in the order of the document."""

    items: list[RewardOut]

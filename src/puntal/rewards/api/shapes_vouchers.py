"""What callers send of vouchers, and what they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from puntal.rewards.model_vouchers import LEAST_LENGTH, BadRow, Batch, Imported, Owed, Taken, Use, Voucher, ending
from puntal.rewards.policy.codes import DEFAULT_LENGTH, MOST_CHARACTERS, MOST_PREFIX, printed

StateName: TypeAlias = Literal["issued", "held", "used", "expired", "void", "inactive"]
_MEMBER = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
_FRIEND = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c"
_MOST = 10**12
Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f]+$",
        description="Your words for the purchase: a retry is known by it.",
    ),
]
RewardId = Annotated[str, Field(max_length=80, pattern=r"^[a-z][a-z0-9_]*$", examples=["five_euro"])]


class VoucherOut(BaseModel):
    """One right to a reward."""

    id: UUID
    code: str | None = Field(description="As its maker writes it; null without `vouchers:read`.", examples=["CAFE7KX2"])
    printed: str | None = Field(description="For people: a code of ours in groups of four.", examples=["CAFE-7KX2"])
    ending: str = Field(description="The last characters of the code.", examples=["KX2"])
    reward: str = Field(examples=["five_euro"])
    state: StateName = Field(description="One whose time is over is expired, whether or not the night has run.")
    member_id: UUID | None = Field(description="Whose; null: whoever has the code.")
    currency: str | None = Field(description="Of money; null: amounts count uses.")
    amount: int = Field(description="Uses, or money in minor units.", examples=[1])
    remaining: int = Field(examples=[1])
    held: int = Field(description="Set aside for purchases under way.", examples=[0])
    issued_at: datetime
    valid_from: datetime
    ends_at: datetime | None = Field(description="First instant at which it can no longer be used.")
    batch_id: UUID | None
    origin: str = Field(examples=["direct"])
    cause: str | None = Field(description="The redemption or event it comes from.")
    transferable: bool

    @classmethod
    def of(cls, one: Voucher, now: datetime, *, shown: bool) -> VoucherOut:
        """Return it as the API shows it."""
        return cls(**_values(one, now, shown=shown))


class UseLineOut(BaseModel):
    """One use, or hold, of a voucher."""

    reference: str = Field(examples=["order-1001"])
    state: Literal["held", "used", "released", "lapsed", "void"]
    amount: int = Field(examples=[1])
    at: datetime
    lapses_at: datetime | None = Field(description="Until when it is held.")
    order: str | None
    discount_minor: int = Field(description="What it took off that order, as its shop said.")
    channel: str | None
    store: str | None

    @classmethod
    def of(cls, use: Use) -> UseLineOut:
        """Return it as the API shows it."""
        return cls(
            reference=use.reference,
            state=use.state,
            amount=use.amount,
            at=use.at,
            lapses_at=use.lapses_at,
            order=use.order_key,
            discount_minor=use.discount_minor,
            channel=use.channel,
            store=use.store,
        )


class VoucherPageOut(VoucherOut):
    """A voucher with what it promises and what was done with it."""

    benefit: dict[str, Any] = Field(description="The reward as it was when the voucher was issued.")
    channels: list[str] = Field(description="Where it can be used; everywhere when empty.")
    uses: list[UseLineOut]

    @classmethod
    def whole(cls, one: Voucher, uses: list[Use], now: datetime) -> VoucherPageOut:
        """Return it as whoever has the code sees it."""
        return cls(
            **_values(one, now, shown=True),
            benefit=dict(one.terms.benefit),
            channels=list(one.terms.channels),
            uses=[UseLineOut.of(use) for use in uses],
        )


def _values(one: Voucher, now: datetime, *, shown: bool) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in VoucherOut.model_fields if hasattr(one, name)}
    return same | {
        "code": (one.shown or one.code) if shown else None,
        "printed": (one.shown or printed(one.code)) if shown else None,
        "ending": ending(one.code),
        "state": one.state_at(now),
        "transferable": one.terms.transferable,
    }


class UseOut(BaseModel):
    """What was done, and the voucher after it."""

    use: UseLineOut
    voucher: VoucherOut
    benefit: dict[str, Any] = Field(description="What the voucher promises: the reward as it was at its issue.")
    replayed: bool = Field(description="It had been done before; nothing changed now.")

    @classmethod
    def of(cls, taken: Taken, now: datetime) -> UseOut:
        """Return it as the API shows it: the caller knows the code."""
        return cls(
            use=UseLineOut.of(taken.use),
            voucher=VoucherOut.of(taken.voucher, now, shown=True),
            benefit=dict(taken.voucher.terms.benefit),
            replayed=taken.replayed,
        )


class IssuedOut(BaseModel):
    """Vouchers just issued."""

    items: list[VoucherOut]


class IssueIn(BaseModel):
    """Vouchers to issue."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reward": "five_euro", "member_id": _MEMBER}]}
    )

    reward: RewardId
    member_id: UUID | None = Field(default=None, description="Whose; none: whoever has the code.")
    count: int = Field(default=1, ge=1, le=1000)
    valid_from: AwareDatetime | None = Field(default=None, description="Now, unless it lies ahead.")
    ends_at: AwareDatetime | None = Field(default=None, description="An end of its own; the reward's counts if sooner.")


class RedeemIn(BaseModel):
    """What a voucher is used for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reference": "ticket-4711", "member_id": _MEMBER, "channel": "store"}]},
    )

    reference: Reference
    member_id: UUID | None = Field(default=None, description="For whom; needed where it belongs to a member.")
    amount: int | None = Field(
        default=None, gt=0, le=_MOST, description="None: one use, or all the money that is left. In minor units."
    )
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", description="Of the amount, where it is money.")
    hold_seconds: int | None = Field(
        default=None, ge=10, le=7 * 86400, description="Set it aside for so long instead of using it."
    )
    order: str | None = Field(
        default=None,
        max_length=200,
        pattern=r"^[^\x00-\x1f]+$",
        examples=["shop:1001"],
        description="Source and id of the order it is used on, as events name them.",
    )
    discount_minor: int = Field(
        default=0,
        ge=0,
        le=_MOST,
        description="What it takes off the order, in minor units: for reports of what led to it.",
    )
    channel: str | None = Field(default=None, max_length=40, pattern=r"^[a-z][a-z0-9_]*$", examples=["store"])
    store: str | None = Field(default=None, max_length=80, pattern=r"^[^\x00-\x1f]+$", examples=["madrid-3"])


class ReleaseIn(BaseModel):
    """Which use to undo."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reference": "ticket-4711"}]})

    reference: Reference


class TransferIn(BaseModel):
    """From whom to whom."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"member_id": _MEMBER, "to": _FRIEND}]})

    member_id: UUID = Field(description="Whose it is.")
    to: UUID = Field(description="Who gets it.")
    override: bool = Field(default=False, description="Also where its terms forbid it; takes `vouchers:write`.")


class VoidIn(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Printed twice"}]})

    reason: str = Field(min_length=1, max_length=500, pattern=r"^[^\x00]+$")


class VoucherBatchIn(BaseModel):
    """Codes to make, or to be brought by a file."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "Spring leaflet", "reward": "five_euro", "count": 1000000, "prefix": "SPRING"}]
        },
    )

    name: str = Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")
    reward: RewardId
    kind: Literal["generated", "imported"] = "generated"
    count: int = Field(default=0, ge=0, le=10_000_000, description="How many to make; of imported ones the file says.")
    prefix: str = Field(default="", max_length=MOST_PREFIX, pattern=r"^[A-Z0-9]*$", examples=["SPRING"])
    length: int = Field(
        default=DEFAULT_LENGTH,
        ge=LEAST_LENGTH,
        le=MOST_CHARACTERS,
        description="Characters after the prefix; with it at most 20.",
    )
    valid_from: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    low_at: int | None = Field(default=None, ge=1, le=10_000, description="Tell when fewer are left to hand out.")


class VoucherBatchOut(BaseModel):
    """A batch of codes and how far it has got."""

    id: UUID
    name: str = Field(examples=["Spring leaflet"])
    reward: str = Field(examples=["five_euro"])
    kind: Literal["generated", "imported"]
    state: Literal["making", "done", "void"]
    prefix: str = Field(examples=["SPRING"])
    length: int = Field(examples=[12])
    wanted: int = Field(examples=[1000000])
    made: int = Field(description="How many there are by now.", examples=[350000])
    currency: str | None
    amount: int = Field(examples=[1])
    valid_from: datetime
    ends_at: datetime | None
    low_at: int | None
    created_at: datetime
    created_by: str
    done_at: datetime | None

    @classmethod
    def of(cls, batch: Batch) -> VoucherBatchOut:
        """Return it as the API shows it."""
        return cls(**{name: getattr(batch, name) for name in VoucherBatchOut.model_fields})


class VoucherBatchPageOut(VoucherBatchOut):
    """A batch with what became of its codes."""

    states: dict[str, int] = Field(
        description="How many are in each state; `free` of the issued are nobody's yet.",
        examples=[{"issued": 980000, "used": 20000, "free": 980000}],
    )


class BadRowOut(BaseModel):
    """A line that was not taken."""

    row: int = Field(description="As a spreadsheet counts: the line of names is 1.", examples=[17])
    reason: Literal["empty", "too_long", "characters", "twice", "taken", "date", "member"]

    @classmethod
    def of(cls, bad: BadRow) -> BadRowOut:
        """Return it as the API shows it."""
        return cls(row=bad.row, reason=bad.reason)  # type: ignore[arg-type] # the reasons are the words above


class ImportedOut(BaseModel):
    """What became of a file."""

    taken: int = Field(examples=[980])
    known: int = Field(description="Codes the batch had already.", examples=[12])
    refused: list[BadRowOut]

    @classmethod
    def of(cls, imported: Imported) -> ImportedOut:
        """Return it as the API shows it."""
        return cls(taken=imported.taken, known=imported.known, refused=[BadRowOut.of(bad) for bad in imported.refused])


class OwedOut(BaseModel):
    """A partner's code that a member is to get as soon as its pool has one."""

    id: UUID = Field(description="Of the gift.")
    pool: str = Field(examples=["cinema"])
    reward: str = Field(examples=["cinema"])
    member_id: UUID
    since: datetime

    @classmethod
    def of(cls, one: Owed) -> OwedOut:
        """Return it as the API shows it."""
        return cls(id=one.id, pool=one.pool, reward=one.reward, member_id=one.member_id, since=one.since)

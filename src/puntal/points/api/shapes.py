"""What wallets look like over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from puntal.access.model import Caller, Permission
from puntal.ledger.model import Transfer
from puntal.points.api.routing import WalletId
from puntal.points.model import LiabilityLine, StatementWallet, Terms, WalletView

_MOST = 10**12


class LotEndOut(BaseModel):
    """Units that end, or become available, together."""

    amount: int = Field(examples=[120])
    at: datetime | None = Field(description="First instant at which it is so; null never.")


class UnitCostOut(BaseModel):
    """What one smallest unit is expected to cost if it is spent: `numerator / denominator` minor units."""

    numerator: int = Field(examples=[4])
    denominator: int = Field(examples=[5])
    currency: str = Field(examples=["EUR"])


class WalletOut(BaseModel):
    """One wallet as of now; amounts are in its smallest unit (`scale` decimals)."""

    wallet: str = Field(examples=["points"])
    kind: Literal["points", "qualifying", "money", "stamps"]
    scale: int = Field(examples=[0])
    currency: str | None
    balance: int = Field(description="Available less debt: what the member sees.", examples=[340])
    available: int = Field(examples=[340])
    pending: int = Field(examples=[19])
    held: int = Field(description="Set aside for redemptions under way.", examples=[0])
    debt: int = Field(examples=[0])
    ends: list[LotEndOut] = Field(description="What is available by when it ends, soonest first.")
    starts: list[LotEndOut] = Field(description="What is pending by when it becomes available.")
    earned: int = Field(description="Ever earned by rules, net of what was taken back.", examples=[1840])
    cost: UnitCostOut | None = Field(description="Null of money, and where the program says no cost.")

    @classmethod
    def of(cls, view: WalletView, terms: Terms, *, earned: int) -> WalletOut:
        """Return it as the API shows it."""
        cost = None
        if terms.cost and terms.currency is not None and terms.kind != "money":
            cost = UnitCostOut(
                numerator=terms.cost.numerator, denominator=terms.cost.denominator, currency=terms.currency
            )
        return cls(
            earned=earned,
            cost=cost,
            wallet=view.wallet,
            kind=view.kind,
            scale=view.scale,
            currency=view.currency,
            balance=view.balance,
            available=view.available,
            pending=view.pending,
            held=view.held,
            debt=view.debt,
            ends=[LotEndOut(amount=end.amount, at=end.at) for end in view.ends],
            starts=[LotEndOut(amount=start.amount, at=start.at) for start in view.starts],
        )


class WalletsOut(BaseModel):
    """A member's wallets."""

    items: list[WalletOut]


class TransferOut(BaseModel):
    """An amount that left one account and arrived in another.

    `available`, `pending`, `held` and `debt` are the member's; a transfer from `debt` raises it, one to `debt`
    pays it. All other accounts are the program's.
    """

    id: UUID
    wallet: str = Field(examples=["points"])
    kind: str = Field(examples=["points.earned"])
    source: str = Field(examples=["issued"])
    destination: str = Field(examples=["pending"])
    amount: int = Field(examples=[19])
    effective_at: datetime
    recorded_at: datetime
    event_id: str | None
    rule: str | None = Field(examples=["purchases"])
    order_key: str | None
    revision: int | None
    other_member_id: UUID | None = Field(description="The other end of a transfer between members.")
    reference: str | None = Field(
        description="The caller's name for a payment or a redemption.", examples=["order-1001"]
    )
    reason: str | None = Field(description="What the member is told of an adjustment.")
    internal: str | None = Field(description="What staff noted; null for callers who may not adjust.")


class AccountsOut(BaseModel):
    """What the member's four accounts hold."""

    available: int
    pending: int
    held: int
    debt: int


class StatementWalletOut(BaseModel):
    """One wallet over the period; the lines lead from `opening` to `closing`."""

    wallet: str
    opening: AccountsOut
    closing: AccountsOut
    lines: list[TransferOut]


class StatementOut(BaseModel):
    """What was recorded in a period. Once the period is over it never changes."""

    recorded_from: datetime
    recorded_until: datetime
    wallets: list[StatementWalletOut]


class Adjust(BaseModel):
    """A correction of a wallet by hand."""

    model_config = ConfigDict(extra="forbid")

    wallet: WalletId
    amount: int = Field(ge=-_MOST, le=_MOST, description="Smallest units; negative to take.", examples=[50])
    reason: str = Field(min_length=1, max_length=500, description="What the member reads.", examples=["Sorry!"])
    internal_reason: str = Field(min_length=1, max_length=2000, description="What staff read.", examples=["Ticket 81"])
    allow_debt: bool = Field(default=False, description="Owe what is not there, instead of a refusal.")


class AdjustmentOut(BaseModel):
    """What was posted, or the request for a second person's word."""

    transfers: list[TransferOut]
    approval_id: UUID | None = Field(description="Above the caller's limit: waits for this approval.")


class Send(BaseModel):
    """Units to give to another member."""

    model_config = ConfigDict(extra="forbid")

    wallet: WalletId
    amount: int = Field(ge=1, le=_MOST, examples=[100])
    to: UUID = Field(description="The member who receives.")


class Convert(BaseModel):
    """Units to turn into another wallet's."""

    model_config = ConfigDict(extra="forbid")

    wallet: WalletId
    into: WalletId
    amount: int = Field(ge=1, le=_MOST, description="Of `wallet`; a multiple of what the rate takes.", examples=[300])


class PostedOut(BaseModel):
    """What was posted in the member's wallets."""

    transfers: list[TransferOut]


class LiabilityOut(BaseModel):
    """What one wallet's outstanding units are expected to cost. Debt stands beside it, never netted."""

    wallet: str
    available: int
    pending: int
    held: int
    debt: int
    paid_in: int = Field(description="Money that was paid in: owed in full.", examples=[0])
    cost_minor: int = Field(description="In minor units of `currency`, rounded half up once.", examples=[4000])
    currency: str | None = Field(examples=["EUR"])

    @classmethod
    def of(cls, line: LiabilityLine) -> LiabilityOut:
        """Return it as the API shows it."""
        return cls(
            wallet=line.wallet,
            available=line.available,
            pending=line.pending,
            held=line.held,
            debt=line.debt,
            paid_in=line.paid_in,
            cost_minor=line.cost_minor,
            currency=line.currency,
        )


def shown(transfers: Iterable[Transfer], terms: Sequence[Terms], caller: Caller) -> list[TransferOut]:
    """Return transfers as this caller may see them."""
    return [_transfer(each, terms, caller) for each in transfers]


def _transfer(each: Transfer, terms: Sequence[Terms], caller: Caller) -> TransferOut:
    note = each.note or {}
    return TransferOut(
        id=each.id,
        wallet=terms[each.wallet].id,
        kind=each.kind,
        source=each.source,
        destination=each.destination,
        amount=each.amount,
        effective_at=each.effective_at,
        recorded_at=each.recorded_at,
        event_id=each.event_id,
        rule=each.rule,
        order_key=each.order_key,
        revision=each.revision,
        other_member_id=each.other_holder_id,
        reference=note.get("reference"),
        reason=note.get("reason"),
        internal=note.get("internal") if caller.may(Permission.POINTS_ADJUST) else None,
    )


def statement_of(each: StatementWallet, terms: Sequence[Terms], caller: Caller) -> StatementWalletOut:
    """Return one wallet of a statement as this caller may see it."""
    return StatementWalletOut(
        wallet=each.wallet,
        opening=AccountsOut(**each.opening),
        closing=AccountsOut(**each.closing),
        lines=shown(each.lines, terms, caller),
    )

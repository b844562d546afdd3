"""Wallets over HTTP. An entry point puts the cache of compiled programs into `app.state.programs`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Caller, Permission
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, read_cursor
from puntal.ledger import queries as ledger
from puntal.ledger.model import Transfer
from puntal.points import operations, queries
from puntal.points.errors import NotConvertible, PeriodInvalid
from puntal.points.model import LiabilityLine, StatementWallet, Terms, WalletView

router = program_router("points")

LONGEST_STATEMENT = timedelta(days=400)
_MOST = 10**12
WalletId = Annotated[str, Field(max_length=63, description="Id of the wallet.", examples=["points"])]
_MAY_NOT = "`access.forbidden`, `points.minor_spends`, `points.unverified`, "
_MEMBER: dict[int | str, dict[str, Any]] = {404: {"description": "`members.unknown`"}}


async def current_terms(request: Request, tx: ProgramTx, program_id: ProgramId) -> Sequence[Terms]:
    """Return the compiled wallets of the program as it stands in this transaction."""
    loaded = await request.app.state.programs.current(tx, program_id)
    terms: Sequence[Terms] = loaded.newest.terms
    return terms


CurrentTerms = Annotated[Sequence[Terms], Depends(current_terms)]


class LotEndOut(BaseModel):
    """Units that end, or become available, together."""

    amount: int = Field(examples=[120])
    at: datetime | None = Field(description="First instant at which it is so; null never.")


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

    @classmethod
    def of(cls, view: WalletView) -> WalletOut:
        """Return it as the API shows it."""
        return cls(
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
            cost_minor=line.cost_minor,
            currency=line.currency,
        )


@router.get(
    "/members/{member_id}/wallets",
    summary="Show a member's wallets",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses=_MEMBER,
)
async def show_wallets(
    member_id: UUID, tx: ProgramTx, program_id: ProgramId, terms: CurrentTerms, now: Now
) -> WalletsOut:
    """Show balances as of now: what is due is counted in, whether or not the night has run."""
    holder, *_ = await operations.holders_of(tx, program_id, member_id)
    found = await operations.wallets(tx, program_id, terms, holder, now=now)
    return WalletsOut(items=[WalletOut.of(view) for view in found])


@router.get(
    "/members/{member_id}/transfers",
    summary="List a member's transfers",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses=_MEMBER,
)
async def list_transfers(
    member_id: UUID,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    terms: CurrentTerms,
    limit: Limit = 50,
    cursor: Cursor = None,
    wallet: Annotated[str | None, Query(max_length=63, description="Only of this wallet.")] = None,
) -> Page[TransferOut]:
    """List what moved in a member's wallets, newest first."""
    holders = await operations.readers_of(tx, program_id, terms, member_id)
    before = read_cursor(cursor, tuple[UUID])[0] if cursor else None
    ordinal = None if wallet is None else operations.wallet_named(terms, wallet).ordinal
    found = await ledger.transfers(tx, program_id, holders=holders, before=before, limit=limit + 1, wallet=ordinal)
    rows, following = cut(found, limit, lambda row: (row.id,))
    return Page(items=_shown(rows, terms, caller), next=following)


@router.get(
    "/members/{member_id}/statement",
    summary="Show a member's statement",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses=_MEMBER | {422: {"description": "`points.period_invalid`, `request.faulty`"}},
)
async def show_statement(
    member_id: UUID,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    terms: CurrentTerms,
    since: Annotated[AwareDatetime, Query(alias="from", description="First instant of recording.")],
    until: Annotated[AwareDatetime, Query(description="First instant after the period.")],
) -> StatementOut:
    """Show opening, lines and closing of each wallet, cut by when things were recorded."""
    if not timedelta() < until - since <= LONGEST_STATEMENT:
        raise PeriodInvalid(days=LONGEST_STATEMENT.days)
    holders = await operations.readers_of(tx, program_id, terms, member_id)
    found = await queries.statement(tx, program_id, terms, holders=holders, since=since, until=until)
    return StatementOut(
        recorded_from=since, recorded_until=until, wallets=[_statement(each, terms, caller) for each in found]
    )


@router.post(
    "/members/{member_id}/adjustments",
    status_code=201,
    summary="Adjust a wallet",
    dependencies=[requires(Permission.POINTS_ADJUST)],
    responses=_MEMBER
    | {
        202: {"model": AdjustmentOut, "description": "Above the caller's limit: a second person is asked"},
        409: {
            "description": "`points.insufficient`, `points.wallet_retired`, `points.member_not_active`, "
            "`idempotency.key_reused`"
        },
        422: {"description": "`points.unknown_wallet`, `points.amount_zero`, `request.faulty`"},
    },
)
async def adjust_wallet(
    member_id: UUID,
    body: Adjust,
    response: Response,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    terms: CurrentTerms,
    now: Now,
) -> AdjustmentOut:
    """Add units to a wallet or take them, with a reason. They do not count for tiers."""
    (purse,) = await operations.lock_purses(tx, program_id, terms, [(member_id, body.wallet)], now=now, active=False)
    made = await operations.adjust(
        tx,
        program_id,
        terms,
        holder_id=purse.holder_id,
        earner_id=purse.earner_id,
        wallet=body.wallet,
        amount=body.amount,
        public_reason=body.reason,
        internal_reason=body.internal_reason,
        by=caller,
        now=now,
        allow_debt=body.allow_debt,
    )
    if made.approval_id is not None:
        response.status_code = 202
    return AdjustmentOut(transfers=_shown(made.transfers, terms, caller), approval_id=made.approval_id)


@router.post(
    "/members/{member_id}/transfers",
    status_code=201,
    summary="Give units to another member",
    dependencies=[requires(Permission.POINTS_TRANSFER)],
    responses=_MEMBER
    | {
        403: {"description": _MAY_NOT + "`points.not_transferable`"},
        409: {
            "description": "`points.insufficient`, `points.over_cap`, `points.member_not_active`, "
            "`idempotency.key_reused`"
        },
        422: {"description": "`points.unknown_wallet`, `points.same_holder`, `request.faulty`"},
    },
)
async def send_units(
    member_id: UUID,
    body: Send,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    terms: CurrentTerms,
    now: Now,
) -> PostedOut:
    """Give available units to another member; they keep their ends."""
    giver, receiver = await operations.lock_purses(
        tx,
        program_id,
        terms,
        [(member_id, body.wallet), (body.to, body.wallet)],
        now=now,
        active=True,
        spender=member_id,
    )
    made = await operations.transfer(
        tx,
        program_id,
        terms,
        giver_id=giver.holder_id,
        receiver_id=receiver.holder_id,
        earner_id=receiver.earner_id,
        wallet=body.wallet,
        amount=body.amount,
        now=now,
        note={"by": caller.actor},
    )
    return PostedOut(transfers=_shown(made, terms, caller))


@router.post(
    "/members/{member_id}/conversions",
    status_code=201,
    summary="Convert units into another wallet's",
    dependencies=[requires(Permission.POINTS_TRANSFER)],
    responses=_MEMBER
    | {
        403: {"description": _MAY_NOT + "`points.not_convertible`"},
        409: {
            "description": "`points.insufficient`, `points.over_cap`, `points.wallet_retired`, "
            "`points.member_not_active`, `idempotency.key_reused`"
        },
        422: {"description": "`points.unknown_wallet`, `points.wrong_portion`, `request.faulty`"},
    },
)
async def convert_units(
    member_id: UUID,
    body: Convert,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    terms: CurrentTerms,
    now: Now,
) -> PostedOut:
    """Turn available units into another wallet's at the program's rate; they keep their ends."""
    asked = [(member_id, body.wallet), (member_id, body.into)]
    purse, target = await operations.lock_purses(tx, program_id, terms, asked, now=now, active=True, spender=member_id)
    if purse != target:
        # One is her own and one her pool's: what several have together does not become one's own.
        raise NotConvertible(wallet=body.wallet, to=body.into)
    made = await operations.convert(
        tx,
        program_id,
        terms,
        holder_id=purse.holder_id,
        earner_id=purse.earner_id,
        wallet=body.wallet,
        into=body.into,
        amount=body.amount,
        now=now,
    )
    return PostedOut(transfers=_shown(made, terms, caller))


@router.get("/reports/liability", summary="Show the liability", dependencies=[requires(Permission.REPORTS_READ)])
async def show_liability(tx: ProgramTx, program_id: ProgramId, terms: CurrentTerms) -> list[LiabilityOut]:
    """Show what outstanding units are expected to cost, wallet by wallet; guests' units are no liability."""
    return [LiabilityOut.of(line) for line in await queries.liability(tx, program_id, terms)]


def _shown(transfers: Iterable[Transfer], terms: Sequence[Terms], caller: Caller) -> list[TransferOut]:
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
        reason=note.get("reason"),
        internal=note.get("internal") if caller.may(Permission.POINTS_ADJUST) else None,
    )


def _statement(each: StatementWallet, terms: Sequence[Terms], caller: Caller) -> StatementWalletOut:
    return StatementWalletOut(
        wallet=each.wallet,
        opening=AccountsOut(**each.opening),
        closing=AccountsOut(**each.closing),
        lines=_shown(each.lines, terms, caller),
    )

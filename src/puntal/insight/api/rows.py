"""The rows behind the key figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field

from puntal.insight import queries
from puntal.insight.api.routing import NAMED, PAGES, READ, Asked, Paged, Reported, router
from puntal.insight.errors import BudgetUnknown
from puntal.insight.model_kpis import FlowKind, MemberKind, OrderKind, TransferRow
from puntal.kit.pages import Page, last_id, read_cursor
from puntal.points.operations import wallet_named

_OF_WALLET = PAGES | {422: {"description": "`insight.bad_period`, `points.unknown_wallet`, `request.faulty`"}}


class MembersQuery(Paged):
    """Whose rows."""

    of: MemberKind = "members"


class OrdersQuery(Paged):
    """Which orders."""

    of: OrderKind = "orders"


class TransfersQuery(Paged):
    """Which movements."""

    of: FlowKind = "earned"
    wallet: str = Field(max_length=63)


class BudgetRowsQuery(Paged):
    """Which budget of rules, and which days."""

    budget: str = Field(max_length=200, examples=["campaign:spring"])


class HoldersQuery(BaseModel):
    """Of which wallet."""

    model_config = ConfigDict(extra="forbid")

    wallet: str = Field(max_length=63)
    limit: int = Field(default=50, ge=1, le=5000)
    cursor: str | None = Field(default=None, max_length=2000)


class MemberRowOut(BaseModel):
    """A person behind a figure, and what she bought in the period."""

    member_id: UUID
    member_name: str | None = Field(description=NAMED)
    status: str
    enrolled_at: datetime | None
    orders: int
    sales_minor: int


class OrderRowOut(BaseModel):
    """A purchase behind a figure."""

    source: str
    order_id: str
    member_id: UUID | None
    member_name: str | None = Field(description=NAMED)
    occurred_at: datetime
    day: date
    sales_minor: int = Field(description="Net of refunds, without shipping.")
    by_member: bool = Field(description="She had joined by that day.")
    returning: bool = Field(description="She had bought before.")


class TransferRowOut(BaseModel):
    """A movement behind a figure; `units` adds up to it."""

    id: UUID
    holder_id: UUID = Field(description="The member, or the pool.")
    member_name: str | None = Field(description=NAMED)
    wallet: str
    kind: str
    units: int
    recorded_at: datetime
    effective_at: datetime
    rule: str | None
    order: str | None
    reward: str | None = Field(description="What units were redeemed for, or came back from.")


class HolderRowOut(BaseModel):
    """Who holds units now, or owes some."""

    holder_id: UUID = Field(description="The member, or the pool.")
    member_name: str | None = Field(description=NAMED)
    available: int
    pending: int
    held: int
    debt: int


class EndingRowOut(BaseModel):
    """Units that end soon."""

    holder_id: UUID = Field(description="The member, or the pool.")
    member_name: str | None = Field(description=NAMED)
    ends_on: date = Field(description="The first local day on which they are gone.")
    units: int


@router.get(
    "/reports/kpis/members",
    summary="Show the members behind a key figure",
    dependencies=READ,
    responses=PAGES,
    response_model=Page[MemberRowOut],
)
async def report_members(asked: Asked, query: Annotated[MembersQuery, Query()]) -> Page[MemberRowOut] | Response:
    """Show who was counted, by id, with what each bought in the period; buyers are guests too."""
    found = await queries.members_behind(
        asked.tx, asked.program, asked.span(query), query.of, after=last_id(query.cursor), limit=query.limit + 1
    )
    return await asked.paged(
        query.of, MemberRowOut, found, query.limit, key=lambda row: (row.member_id,), whose=lambda row: row.member_id
    )


@router.get(
    "/reports/kpis/orders",
    summary="Show the orders behind a key figure",
    dependencies=READ,
    responses=PAGES,
    response_model=Page[OrderRowOut],
)
async def report_orders(asked: Asked, query: Annotated[OrdersQuery, Query()]) -> Page[OrderRowOut] | Response:
    """Show which purchases were counted, newest first."""
    before = read_cursor(query.cursor, tuple[datetime, str, str]) if query.cursor else None
    found = await queries.orders_behind(
        asked.tx, asked.program, asked.span(query), query.of, before=before, limit=query.limit + 1
    )
    return await asked.paged(
        query.of,
        OrderRowOut,
        found,
        query.limit,
        key=lambda row: (row.occurred_at, row.source, row.order_id),
        whose=lambda row: row.member_id,
    )


@router.get(
    "/reports/kpis/transfers",
    summary="Show the movements behind a key figure",
    dependencies=READ,
    responses=_OF_WALLET,
    response_model=Page[TransferRowOut],
)
async def report_transfers(asked: Asked, query: Annotated[TransfersQuery, Query()]) -> Page[TransferRowOut] | Response:
    """Show what moved through one wallet in the period, newest first; what was taken back is negative."""
    before = read_cursor(query.cursor, tuple[datetime, UUID]) if query.cursor else None
    found = await queries.transfers_behind(
        asked.tx,
        asked.program,
        asked.span(query),
        query.of,
        wallet=wallet_named(asked.program.terms, query.wallet),
        before=before,
        limit=query.limit + 1,
    )
    return await _movements(asked, query.of, found, query.limit)


@router.get(
    "/reports/budgets/rows",
    summary="Show what the rules under a budget gave",
    dependencies=READ,
    responses=PAGES | {404: {"description": "`insight.budget_unknown`, `access.program_unknown`"}},
    response_model=Page[TransferRowOut],
)
async def report_budget_rows(
    asked: Asked, query: Annotated[BudgetRowsQuery, Query()]
) -> Page[TransferRowOut] | Response:
    """Show the awards of the rules under a budget in a period, newest first; what was taken back is negative.

    Of budgets and stock of rewards the redemptions are the rows: `rows` of `GET reports/budgets` leads there.
    """
    rules = queries.rules_under(asked.program, query.budget)
    if not rules:
        raise BudgetUnknown
    before = read_cursor(query.cursor, tuple[datetime, UUID]) if query.cursor else None
    found = await queries.transfers_behind(
        asked.tx, asked.program, asked.span(query), "earned", rules=rules, before=before, limit=query.limit + 1
    )
    return await _movements(asked, "budget-rows", found, query.limit)


async def _movements(
    asked: Reported, name: str, found: list[TransferRow], limit: int
) -> Page[TransferRowOut] | Response:
    return await asked.paged(
        name, TransferRowOut, found, limit, key=lambda row: (row.recorded_at, row.id), whose=lambda row: row.holder_id
    )


@router.get(
    "/reports/kpis/holders",
    summary="Show who holds what is owed",
    dependencies=READ,
    responses=_OF_WALLET,
    response_model=Page[HolderRowOut],
)
async def report_holders(asked: Asked, query: Annotated[HoldersQuery, Query()]) -> Page[HolderRowOut] | Response:
    """Show who holds units of a wallet now, or owes some, by id: what the liability is computed from."""
    wallet = wallet_named(asked.program.terms, query.wallet)
    found = await queries.holders_behind(
        asked.tx, asked.program, wallet=wallet, after=last_id(query.cursor), limit=query.limit + 1
    )
    return await asked.paged(
        "holders", HolderRowOut, found, query.limit, key=lambda row: (row.holder_id,), whose=lambda row: row.holder_id
    )


@router.get(
    "/reports/kpis/ending",
    summary="Show whose units end soon",
    dependencies=READ,
    responses=_OF_WALLET,
    response_model=Page[EndingRowOut],
)
async def report_ending(asked: Asked, query: Annotated[HoldersQuery, Query()]) -> Page[EndingRowOut] | Response:
    """Show available units of a wallet that end within thirty days, by holder and day, what ends first first."""
    wallet = wallet_named(asked.program.terms, query.wallet)
    found = await queries.ending_behind(
        asked.tx,
        asked.program,
        wallet=wallet,
        after=read_cursor(query.cursor, tuple[date, UUID]) if query.cursor else None,
        limit=query.limit + 1,
        now=asked.now,
    )
    return await asked.paged(
        "ending",
        EndingRowOut,
        found,
        query.limit,
        key=lambda row: (row.ends_on, row.holder_id),
        whose=lambda row: row.holder_id,
    )

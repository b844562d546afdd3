"""Routes that show wallets: balances, what moved, statements, the liability."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, requires
from puntal.access.model import Permission
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, last_id
from puntal.kit.tables import FILE, sheet_of, wants_sheet
from puntal.ledger import queries as ledger
from puntal.points import operations, queries
from puntal.points.api.routing import MEMBER, CurrentTerms, router
from puntal.points.api.shapes import (
    LiabilityOut,
    StatementOut,
    TransferOut,
    WalletOut,
    WalletsOut,
    shown,
    statement_of,
)
from puntal.points.errors import PeriodInvalid

LONGEST_STATEMENT = timedelta(days=400)


@router.get(
    "/members/{member_id}/wallets",
    summary="Show a member's wallets",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses=MEMBER,
)
async def show_wallets(
    member_id: UUID, tx: ProgramTx, program_id: ProgramId, terms: CurrentTerms, now: Now
) -> WalletsOut:
    """Show balances as of now: what is due is counted in, whether or not the night has run."""
    holder, *_ = await operations.holders_of(tx, program_id, member_id)
    found = await operations.wallets(tx, program_id, terms, holder, now=now)
    earned = await operations.ever_earned(tx, program_id, holder)
    return WalletsOut(
        items=[WalletOut.of(view, terms[view.ordinal], earned=earned.get(view.wallet, 0)) for view in found]
    )


@router.get(
    "/members/{member_id}/transfers",
    summary="List a member's transfers",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses=MEMBER,
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
    before = last_id(cursor)
    ordinal = None if wallet is None else operations.wallet_named(terms, wallet).ordinal
    found = await ledger.transfers(tx, program_id, holders=holders, before=before, limit=limit + 1, wallet=ordinal)
    rows, following = cut(found, limit, lambda row: (row.id,))
    return Page(items=shown(rows, terms, caller), next=following)


@router.get(
    "/members/{member_id}/statement",
    summary="Show a member's statement",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses=MEMBER | {422: {"description": "`points.period_invalid`, `request.faulty`"}},
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
        recorded_from=since, recorded_until=until, wallets=[statement_of(each, terms, caller) for each in found]
    )


@router.get(
    "/reports/liability",
    summary="Show the liability",
    dependencies=[requires(Permission.REPORTS_READ)],
    responses=FILE,
    response_model=list[LiabilityOut],
)
async def show_liability(
    request: Request, tx: ProgramTx, program_id: ProgramId, terms: CurrentTerms
) -> list[LiabilityOut] | Response:
    """Show what outstanding units are expected to cost, wallet by wallet; guests' units are no liability."""
    found = [LiabilityOut.of(line) for line in await queries.liability(tx, program_id, terms)]
    return sheet_of("liability", LiabilityOut, found) if wants_sheet(request) else found

"""Routes of a program's log and of what waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from puntal.access import queries
from puntal.access.api.shapes import ApprovalOut, AuditEntryOut, DecideApproval, OnlyLines
from puntal.access.dependencies import (
    Now,
    ProgramCaller,
    ProgramId,
    ProgramTx,
    program_router,
    requires,
)
from puntal.access.errors import ApprovalUnknown
from puntal.access.model import Approval, ApprovalId, ApprovalState, Caller, Permission
from puntal.access.operations import approvals
from puntal.access.queries import who
from puntal.kit import db
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, last_id

router = program_router("access")


@router.get("/audit", summary="Read the program's log", dependencies=[requires(Permission.AUDIT_READ)])
async def list_audit(
    tx: ProgramTx,
    program_id: ProgramId,
    limit: Limit = 50,
    cursor: Cursor = None,
    *,
    only: OnlyLines,
) -> Page[AuditEntryOut]:
    """Read who did what in the program, newest first."""
    before = last_id(cursor)
    found = await queries.list_audit(tx, program_id, before=before, limit=limit + 1, only=only)
    rows, following = cut(found, limit, lambda entry: (entry.id,))
    names = await who.names(tx, [entry.actor for entry in rows])
    return Page(items=[AuditEntryOut.of(entry, names) for entry in rows], next=following)


@router.get("/approvals", summary="List approvals", dependencies=[requires(Permission.APPROVALS_READ)])
async def list_approvals(
    tx: ProgramTx,
    program_id: ProgramId,
    limit: Limit = 50,
    cursor: Cursor = None,
    *,
    now: Now,
    request: Request,
    caller: ProgramCaller,
    state: Annotated[ApprovalState | None, Query(description="Only in this state.")] = None,
) -> Page[ApprovalOut]:
    """List what waits for, or had, a second person's word, newest first."""
    before = last_id(cursor)
    found = await queries.list_approvals(tx, program_id, before=before, limit=limit + 1, state=state, now=now)
    rows, following = cut(found, limit, lambda approval: (approval.id,))
    return Page(items=await _shown(request, tx, program_id, caller, rows, now), next=following)


@router.get("/approvals/{approval_id}", summary="Show an approval", dependencies=[requires(Permission.APPROVALS_READ)])
async def show_approval(
    approval_id: UUID, request: Request, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> ApprovalOut:
    """Show one request for a second person's word."""
    found = await queries.find_approval(tx, program_id, ApprovalId(approval_id))
    if found is None:
        raise ApprovalUnknown
    (shown,) = await _shown(request, tx, program_id, caller, [found], now)
    return shown


@router.post(
    "/approvals/{approval_id}/decision",
    summary="Approve or decline",
    dependencies=[requires(Permission.APPROVALS_DECIDE)],
    responses={
        403: {"description": "`access.forbidden`, `access.own_request`"},
        409: {"description": "`access.approval_decided`, `access.action_unavailable`, `idempotency.key_reused`"},
    },
)
async def decide_approval(
    approval_id: UUID,
    body: DecideApproval,
    request: Request,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
) -> ApprovalOut:
    """Give the second person's word; what is approved is done before this answers."""
    decided = await approvals.decide(
        tx,
        program_id=program_id,
        id=ApprovalId(approval_id),
        approve=body.decision == "approve",
        by=caller,
        actions=getattr(request.app.state, "approval_actions", {}),
        now=now,
    )
    (shown,) = await _shown(request, tx, program_id, caller, [decided], now)
    return shown


async def _shown(
    request: Request,
    tx: db.Transaction,
    program_id: db.ProgramId,
    caller: Caller,
    rows: Sequence[Approval],
    now: datetime,
) -> list[ApprovalOut]:
    reading: approvals.Reading | None = getattr(request.app.state, "approval_reading", None)
    asked = {} if reading is None or not rows else await reading(tx, program_id, caller, rows, now)
    names = await who.names(tx, _people(rows))
    return [ApprovalOut.of(each, names, asked.get(each.id), now) for each in rows]


def _people(rows: Sequence[Approval]) -> list[str]:
    """Return who asked and who decided."""
    return [name for row in rows for name in (row.asked_by, row.decided_by) if name is not None]

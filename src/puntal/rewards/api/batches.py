"""Batches of codes over HTTP: made here or brought as a file, taken home as a file, ended together."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from fastapi import Request
from starlette.responses import StreamingResponse

from puntal.access.dependencies import (
    TWO_PEOPLE,
    Now,
    ProgramCaller,
    ProgramId,
    ProgramTx,
    program_router,
    requires,
)
from puntal.access.model import VOUCHER_BATCH, Caller, Permission
from puntal.access.operations import approvals, audit
from puntal.kit import db as kit_db
from puntal.kit import http, ids
from puntal.kit.db import Database, Transaction
from puntal.kit.errors import Fault, Faulty, UnsupportedMedia
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import LAST_ID, Page, cut, read_cursor
from puntal.kit.sheets import cell
from puntal.kit.words import Words
from puntal.ledger.queries import NOBODY
from puntal.rewards.api.finding import CurrentProgram, Loaded, reward_of
from puntal.rewards.api.shapes_vouchers import (
    ImportedOut,
    OwedOut,
    VoucherBatchIn,
    VoucherBatchOut,
    VoucherBatchPageOut,
)
from puntal.rewards.asking import to_import
from puntal.rewards.errors_vouchers import FileUnreadable
from puntal.rewards.model_vouchers import Batch, Voucher
from puntal.rewards.operations import batches, vouchers
from puntal.rewards.policy.codes import MOST_CHARACTERS
from puntal.rewards.queries import vouchers as queries

router = program_router("vouchers")

EXPORTED = ("code", "state", "member_id", "valid_from", "ends_at", "currency", "amount", "remaining")
_FILES = frozenset({"text/csv", "text/plain"})
_PORTION = 5_000
_WRITE = [requires(Permission.VOUCHERS_WRITE)]
_READ = [requires(Permission.VOUCHERS_READ)]
_COUNT = [requires(Permission.MEMBERS_READ)]
"""Of what shows no code: as the list of vouchers, whose codes are hidden from whoever may not see them."""


@router.post(
    "/voucher-batches",
    status_code=201,
    summary="Make a batch of codes",
    dependencies=_WRITE,
    responses=TWO_PEOPLE
    | {
        409: {"description": "`rewards.voucher_stopped`, `idempotency.key_reused`"},
        422: {
            "description": "`rewards.voucher_reward_unknown`, `rewards.codes_too_short`, `request.faulty`",
        },
    },
)
async def create_batch(
    body: VoucherBatchIn,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    program: CurrentProgram,
    now: Now,
) -> VoucherBatchOut:
    """Begin a batch. A generated one is made in the background, a million in about a minute: `made` says how far it is.

    An imported one waits for its file. What the codes promise is fixed now.
    """
    if (body.kind == "generated") != bool(body.count):
        reason = Words(f"{body.count} codes", f"{body.count} {'código' if body.count == 1 else 'códigos'}")
        wanted = Words("0: the file says how many", "0: el archivo dice cuántos")
        if body.kind == "generated":
            wanted = Words("1 to 10,000,000 codes to generate", "de 1 a 10.000.000 de códigos por generar")
        raise Faulty([Fault(path="/count", code="request.invalid", reason=reason, suggestion=wanted)])
    reward = reward_of(program, body.reward)
    issue = vouchers.issue_of(
        reward,
        id=ids.new_id(),
        revision=program.newest.revision,
        currency=program.newest.currency,
        zone=program.newest.zone,
        now=now,
        origin="batch",
        valid_from=body.valid_from,
        ends_at=body.ends_at,
    )
    await approvals.first_ask(
        tx,
        program_id=program_id,
        action=VOUCHER_BATCH,
        size=body.count,
        subject=f"reward:{body.reward}",
        said=body.model_dump(mode="json"),
        summary=Words(
            f"Make {body.count:,} codes of {body.reward} ({body.name})",
            f"Crear {body.count:,} códigos de {body.reward} ({body.name})".replace(",", "."),
        ),
        by=caller,
        now=now,
    )
    batch = Batch(
        id=issue.id,
        name=body.name,
        reward=body.reward,
        kind=body.kind,
        state="making" if body.kind == "generated" else "done",
        prefix=body.prefix,
        length=min(body.length, MOST_CHARACTERS - len(body.prefix)),
        wanted=body.count,
        valid_from=issue.valid_from,
        ends_at=body.ends_at if body.kind == "imported" else issue.ends_at,
        currency=issue.currency,
        amount=issue.amount,
        terms=issue.terms,
        low_at=body.low_at,
        created_at=now,
        created_by=caller.actor,
    )
    made = await batches.create(tx, program_id, batch)
    if made.state == "making":
        await batches.defer_generation(tx, program_id, made.id)
    await audit.record(
        tx,
        actor=caller.actor,
        action="vouchers.batch_created",
        subject=f"voucher_batch:{made.id}",
        now=now,
        program_id=program_id,
        detail={"reward": made.reward, "count": made.wanted, "kind": made.kind},
    )
    return VoucherBatchOut.of(made)


@router.get("/voucher-batches", summary="List batches of codes", dependencies=_COUNT)
async def list_batches(
    tx: ProgramTx, program_id: ProgramId, limit: Limit = 50, cursor: Cursor = None
) -> Page[VoucherBatchOut]:
    """List batches, newest first."""
    before = read_cursor(cursor, tuple[UUID])[0] if cursor else LAST_ID
    found = await queries.batches(tx, program_id, before=before, limit=limit + 1)
    rows, following = cut(found, limit, lambda one: (one.id,))
    return Page(items=[VoucherBatchOut.of(one) for one in rows], next=following)


@router.get(
    "/voucher-batches/{batch_id}",
    summary="Read a batch of codes",
    dependencies=_COUNT,
    responses={404: {"description": "`rewards.batch_unknown`"}},
)
async def get_batch(batch_id: UUID, tx: ProgramTx, program_id: ProgramId) -> VoucherBatchPageOut:
    """Read how far a batch has got and what became of its codes."""
    batch = await batches.load(tx, program_id, batch_id)
    states = await queries.states(tx, program_id, batch_id)
    return VoucherBatchPageOut(**VoucherBatchOut.of(batch).model_dump(), states=states)


@router.post(
    "/voucher-batches/{batch_id}/codes",
    summary="Import a file of codes",
    dependencies=_WRITE,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": "code,member_id,through\nPARTNER-77AB,,2026-12-31\nPARTNER-78AC,,\n",
                }
            },
        }
    },
    responses=TWO_PEOPLE
    | {
        404: {"description": "`rewards.batch_unknown`"},
        409: {"description": "`rewards.batch_closed`, `idempotency.key_reused`"},
        415: {"description": "`request.unsupported_media`: send text/csv"},
        422: {"description": "`rewards.file_unreadable`"},
    },
)
async def import_codes(
    batch_id: UUID,
    request: Request,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    program: CurrentProgram,
    now: Now,
) -> ImportedOut:
    """Add codes to an imported batch: CSV in UTF-8 with a column `code` and, if you like, `member_id` and `through`.

    Each line that is not taken is named with its reason; the others are. The same file again changes nothing.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _FILES:
        raise UnsupportedMedia
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError as unreadable:
        raise FileUnreadable from unreadable
    batch = await batches.load(tx, program_id, batch_id)
    # The line of names is none; a file that is none is refused below.
    lines = max(0, sum(1 for line in text.splitlines() if line.strip()) - 1)
    await to_import(tx, program_id, batch, text, lines=lines, by=caller, now=now)
    return await bring_in(batch_id, text, tx, program_id, caller, program, now)


async def bring_in(
    batch_id: UUID,
    text: str,
    tx: Transaction,
    program_id: kit_db.ProgramId,
    caller: Caller,
    program: Loaded,
    now: datetime,
) -> ImportedOut:
    """Take the codes of a file in, which nobody else has to agree to any more.

    Raises:
        BatchUnknown, BatchClosed: Not into this batch.
        FileUnreadable: It is no such file.
    """
    imported = await batches.import_codes(tx, program_id, batch_id, text, zone=program.newest.zone, now=now)
    await audit.record(
        tx,
        actor=caller.actor,
        action="vouchers.imported",
        subject=f"voucher_batch:{batch_id}",
        now=now,
        program_id=program_id,
        detail={"taken": imported.taken, "known": imported.known, "refused": len(imported.refused)},
    )
    return ImportedOut.of(imported)


@router.get(
    "/voucher-batches/{batch_id}/codes.csv",
    summary="Export a batch of codes",
    dependencies=_READ,
    response_class=StreamingResponse,
    responses={
        200: {"description": "The file", "content": {"text/csv": {"schema": {"type": "string"}}}},
        404: {"description": "`rewards.batch_unknown`"},
    },
)
async def export_codes(
    batch_id: UUID, request: Request, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> StreamingResponse:
    """Read every code of a batch as a CSV file, in the order in which they were made."""
    await batches.load(tx, program_id, batch_id)
    await audit.record(
        tx,
        actor=caller.actor,
        action="vouchers.exported",
        subject=f"voucher_batch:{batch_id}",
        now=now,
        program_id=program_id,
    )
    lines = exported(http.database_of(request), program_id, batch_id)
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="vouchers-{batch_id}.csv"',
            "cache-control": "private, no-store",
        },
    )


@router.post(
    "/voucher-batches/{batch_id}/void",
    summary="Void a batch of codes",
    dependencies=_WRITE,
    responses={404: {"description": "`rewards.batch_unknown`"}},
)
async def void_batch(
    batch_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> VoucherBatchOut:
    """End every unused code of a batch, in the background; used ones stay used. There is no way back."""
    dropped = await batches.drop(tx, program_id, batch_id)
    await batches.defer_end(tx, program_id, batch_id)
    await audit.record(
        tx,
        actor=caller.actor,
        action="vouchers.batch_voided",
        subject=f"voucher_batch:{batch_id}",
        now=now,
        program_id=program_id,
    )
    return VoucherBatchOut.of(dropped)


@router.get("/owed-codes", summary="List codes of partners that are owed", dependencies=_READ)
async def list_owed_codes(tx: ProgramTx, program_id: ProgramId) -> list[OwedOut]:
    """List the codes that tiers or stamp cards gave while their pool was empty, the oldest first, 1,000 at most."""
    return [OwedOut.of(one) for one in await vouchers.owed(tx, program_id)]


async def exported(database: Database, program_id: int, batch_id: UUID) -> AsyncIterator[str]:
    """Yield a batch as CSV, the line of names first; each portion is read in a transaction of its own."""
    yield _line(EXPORTED)
    after: UUID | None = NOBODY
    while after is not None:
        async with database.program_transaction(program_id) as tx:
            found = await queries.page(tx, program_id, batch_id, after=after, limit=_PORTION)
        if found:
            yield "".join(_line(_fields(one)) for one in found)
        after = found[-1].id if len(found) == _PORTION else None


def _fields(one: Voucher) -> tuple[object, ...]:
    return (
        one.shown or one.code,
        one.state,
        one.member_id,
        one.valid_from.isoformat(),
        None if one.ends_at is None else one.ends_at.isoformat(),
        one.currency,
        one.amount,
        one.remaining,
    )


def _line(fields: tuple[object, ...]) -> str:
    out = io.StringIO()
    # Codes of partners are as their files had them: what a spreadsheet would run is written so that it does not.
    csv.writer(out).writerow([cell(field) for field in fields])
    return out.getvalue()

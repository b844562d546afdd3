"""What a till did while it was offline, over HTTP: each thing in a transaction of its own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
import structlog
from fastapi import Request
from psycopg import errors as pg
from pydantic import TypeAdapter, ValidationError

from puntal.access.dependencies import Locale, Now, ProgramId, program_router, requires
from puntal.access.model import Permission
from puntal.checkout.answers_till import action_out
from puntal.checkout.api.till import AtTill, count_miss
from puntal.checkout.model_till import Cashier, Sale
from puntal.checkout.operations import till
from puntal.checkout.operations.till import Offline
from puntal.checkout.shapes_till import OfflineRedeemIn, OfflineSaleIn, TillBatchIn, TillBatchOut, TillItemOut
from puntal.kit import clock, problem
from puntal.kit.errors import Refusal
from puntal.kit.http import database_of
from puntal.rewards.errors_vouchers import VoucherUnknown

router = program_router("till")

_MOST_TRIES = 4
_log = structlog.get_logger(__name__)
_encode = msgspec.json.Encoder().encode
_item: TypeAdapter[OfflineSaleIn | OfflineRedeemIn] = TypeAdapter(OfflineSaleIn | OfflineRedeemIn)


@router.post(
    "/till/batch",
    summary="Bring in what was done offline",
    dependencies=[requires(Permission.TILL_USE)],
    responses={403: {"description": "`till.no_store`: not a key of staff who work at a store; `access.forbidden`"}},
)
async def batch(
    body: TillBatchIn, request: Request, program_id: ProgramId, who: AtTill, now: Now, locale: Locale
) -> TillBatchOut:
    """Take in what a till did while it was offline, one thing after the other, each in a transaction of its own.

    Send the whole batch again after a failure: what was taken in is recognised by its id. What conflicts, a voucher
    used elsewhere meanwhile, points that are gone, says so and leaves nothing behind.
    """
    answers = [await _bring_in(request, program_id, who, item, now, locale) for item in body.items]
    states = [each.state for each in answers]
    return TillBatchOut(
        taken=states.count("taken"),
        conflicts=states.count("conflict"),
        failed=states.count("failed"),
        items=answers,
    )


async def _bring_in(
    request: Request, program_id: ProgramId, who: Cashier, item: object, now: datetime, locale: str
) -> TillItemOut:
    id = _id_of(item)
    try:
        # As JSON: the words of a till are read as strictly as those of a single request.
        read = _item.validate_json(_encode(item))
    except ValidationError as wrong:
        # The first step names the kind of item that was tried.
        found = [{**each, "loc": ("body", *each["loc"][1:])} for each in wrong.errors()]
        said = problem.of_validation(found, item, locale)
        return TillItemOut(id=id, state="conflict", action=None, problem=said)
    behind = clock.now() - now
    one = Offline(read.read(), read.at - behind, read.scanned)
    for _ in range(_MOST_TRIES):
        try:
            async with database_of(request).program_transaction(program_id) as tx:
                programs = await request.app.state.programs.current(tx, program_id)
                made = await till.bring_in(tx, programs, who, one, now=now, recorded_at=clock.now())
                (told,) = await till.tell(tx, programs, [made], now=now)
                action = action_out(told, programs.newest, locale, now, None)
        except Refusal as refusal:
            if isinstance(refusal, VoucherUnknown):
                await count_miss(request, program_id, who, now)
            return TillItemOut(id=read.id, state="conflict", action=None, problem=problem.of_refusal(refusal, locale))
        except (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable):
            continue
        if isinstance(one.words, Sale):
            programs.begun = True
        return TillItemOut(id=read.id, state="taken", action=action, problem=None)
    _log.warning("till.item_failed", action_id=str(read.id))
    return TillItemOut(id=read.id, state="failed", action=None, problem=problem.of_status(503, locale))


def _id_of(item: object) -> UUID | None:
    try:
        return UUID(str(item["id"])) if isinstance(item, dict) else None
    except (KeyError, ValueError):
        return None

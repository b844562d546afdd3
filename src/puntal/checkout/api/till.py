"""The till over HTTP: for keys of staff who work at a store. Whatever is done is stamped with both.

An entry point puts the cache of compiled programs into `app.state.programs`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import Body, Depends, Request, Response
from msgspec.structs import replace

from puntal.access.dependencies import (
    Locale,
    Now,
    ProgramCaller,
    ProgramId,
    ProgramTx,
    RealNow,
    program_router,
    requires,
)
from puntal.access.model import Permission
from puntal.checkout.answers import cart_out
from puntal.checkout.answers_till import action_out, lookup_out, wallets_out
from puntal.checkout.api.carts import beside
from puntal.checkout.api.current import Current
from puntal.checkout.errors_till import NoStore
from puntal.checkout.model import Pick, Question
from puntal.checkout.model_till import CHANNEL, Cashier
from puntal.checkout.operations import carts, till
from puntal.checkout.operations.till import Acted, Programs
from puntal.checkout.receipts import lines_of
from puntal.checkout.shapes import CartOut
from puntal.checkout.shapes_till import (
    TillActionOut,
    TillActionsOut,
    TillCartIn,
    TillCommitIn,
    TillLookupIn,
    TillLookupOut,
    TillReceiptOut,
    TillRedeemIn,
    TillSaleIn,
    order_of,
)
from puntal.kit import clock
from puntal.kit.db import ProgramId as ProgramNumber
from puntal.kit.db import Transaction
from puntal.kit.http import Cursor, Limit, database_of
from puntal.kit.pages import cut, read_cursor
from puntal.members.model import Ids
from puntal.rewards.errors_vouchers import VoucherUnknown

router = program_router("till")

_USE = [requires(Permission.TILL_USE)]
_MAY_NOT: dict[int | str, dict[str, Any]] = {
    403: {"description": "`till.no_store`: not a key of staff who work at a store; `access.forbidden`"}
}
_KNOWN: dict[int | str, dict[str, Any]] = {
    403: {"description": "`till.no_store`, `till.not_own`, `access.forbidden`"},
    404: {"description": "`till.action_unknown`, `access.program_unknown`"},
}
_GUESSES: dict[int | str, dict[str, Any]] = {
    429: {"description": "`rewards.too_many_guesses`, `access.rate_exceeded`: wait as `Retry-After` says"}
}
_DONE: dict[int | str, dict[str, Any]] = {
    **_MAY_NOT,
    **_GUESSES,
    200: {"model": TillActionOut, "description": "The id was used before with the same words: as it is now"},
    404: {"description": "`reward.unknown`, `members.unknown`, `rewards.voucher_unknown`, `till.action_unknown`"},
}
_encode = msgspec.json.Encoder().encode


def cashier(caller: ProgramCaller) -> Cashier:
    """Return who stands at which till.

    Raises:
        NoStore: The key is nobody's, or she works at no store.
    """
    if caller.kind != "staff" or caller.store is None:
        raise NoStore
    return Cashier(caller.store, caller.actor)


AtTill = Annotated[Cashier, Depends(cashier)]


@router.post("/till/lookup", summary="See who is served", dependencies=_USE, responses={**_MAY_NOT, **_GUESSES})
async def lookup(
    body: TillLookupIn, tx: ProgramTx, programs: Current, who: AtTill, now: Now, real_now: RealNow, locale: Locale
) -> TillLookupOut:
    """Recognise what was scanned or typed; show what serving her takes: first name, tier, balances, what she may use.

    The answer has the same fields whether or not anybody is meant; lookups are counted, per cashier and for all tills.
    """
    served = await till.serve(tx, programs, who, body.text, now=now, real_now=real_now)
    return lookup_out(served, programs.at(now), locale, now)


@router.post(
    "/till/evaluate",
    summary="Evaluate a cart at the till",
    dependencies=_USE,
    responses={
        **_MAY_NOT,
        **_GUESSES,
        200: {"model": CartOut, "description": "Evaluated; nothing is written"},
        422: {"description": "`request.faulty`, `checkout.cart_faulty` with every fault"},
    },
    response_model=None,
)
async def evaluate(
    body: TillCartIn, request: Request, program_id: ProgramId, who: AtTill, now: Now, locale: Locale
) -> Response:
    """Say what a cart earns, which rewards and vouchers it may use here, and the best of them together."""
    question = Question(
        order=order_of(body.order),
        member=None if body.member_id is None else Ids(id=body.member_id),
        channel=CHANNEL,
        store=who.store,
        source=who.source,
        context=body.context,
        picks=tuple(Pick(each.reward, each.portions, each.points, each.wallet, each.session) for each in body.rewards),
        codes=tuple(dict.fromkeys(body.vouchers)),
        offers=body.points,
        money={wallet: None if amount == "most" else amount for wallet, amount in body.money.items()},
    )
    programs, database = request.app.state.programs, database_of(request)
    async with database.program_transaction(program_id) as tx:
        if question.codes:
            await till.guard(tx, program_id, who, now=now)
        loaded = await programs.current(tx, program_id)
        known = await carts.read(tx, loaded, programs, question, caller=who.actor, now=now)
    if carts.guesses(known):
        async with database.program_transaction(program_id) as tx:
            await till.count_misses(tx, program_id, who, now=now)
    found = await beside(known)
    answer = _encode(cart_out(known, found, locale))
    return Response(answer, media_type="application/json", headers={"content-language": locale})


@router.post(
    "/till/redeem",
    status_code=201,
    summary="Redeem a reward or a voucher at the till",
    dependencies=_USE,
    responses={
        **_DONE,
        409: {
            "description": "`till.id_reused`; `reward.` and why not: `reward.short_of_points` (with `short_by`), "
            "`reward.sold_out` …; `rewards.voucher_used`, `rewards.voucher_held`, `rewards.voucher_expired` …; "
            "`idempotency.key_reused`"
        },
    },
)
async def redeem(
    body: TillRedeemIn,
    request: Request,
    response: Response,
    tx: ProgramTx,
    programs: Current,
    who: AtTill,
    now: Now,
    locale: Locale,
) -> TillActionOut:
    """Redeem at once or, with `hold`, set aside until the purchase is paid: points, stock and limits, or nothing."""
    async with _counting_misses(request, programs.program_id, who, now, guarded=body.voucher is not None, tx=tx):
        made = await till.redeem(tx, programs, who, body.read(), now=now, recorded_at=clock.now())
    return await _answer(tx, programs, who, body.id, made, response, locale, now)


@router.post(
    "/till/earn",
    status_code=201,
    summary="Take in a sale",
    dependencies=_USE,
    responses={
        **_DONE,
        409: {
            "description": "`till.id_reused`, `till.hold_not_here`, `event.id_reused`, `rewards.voucher_used` and what "
            "else keeps a voucher from being used, `idempotency.key_reused`"
        },
        422: {"description": "`request.faulty`, `event.invalid` with every fault"},
    },
)
async def earn(
    body: TillSaleIn,
    request: Request,
    response: Response,
    tx: ProgramTx,
    programs: Current,
    who: AtTill,
    now: Now,
    locale: Locale,
) -> TillActionOut:
    """Take in a paid order: it earns, commits what was set aside for it, uses its vouchers; all of it, or nothing."""
    async with _counting_misses(request, programs.program_id, who, now, guarded=bool(body.vouchers), tx=tx):
        made = await till.sell(tx, programs, who, body.read(), now=now, recorded_at=clock.now())
    return await _answer(tx, programs, who, body.id, made, response, locale, now)


@router.get("/till/actions", summary="List what one did at the till", dependencies=_USE, responses=_MAY_NOT)
async def list_own(
    tx: ProgramTx,
    programs: Current,
    who: AtTill,
    now: Now,
    locale: Locale,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> TillActionsOut:
    """List what whoever asks did at this store and can still undo, or undid, newest first; nobody else's."""
    before = read_cursor(cursor, tuple[datetime, UUID]) if cursor else None
    found = await till.own(tx, programs.program_id, who, before=before, limit=limit + 1, now=now)
    rows, following = cut(found, limit, lambda one: (one.action.recorded_at, one.action.id))
    told = await till.tell(tx, programs, rows, now=now)
    return TillActionsOut(
        items=[action_out(one, programs.newest, locale, now, None) for one in told],
        next=following,
        wallets=wallets_out(programs.newest, locale),
    )


@router.get("/till/actions/{action_id}", summary="Show what was done at the till", dependencies=_USE, responses=_KNOWN)
async def show(
    action_id: UUID, tx: ProgramTx, programs: Current, who: AtTill, now: Now, locale: Locale
) -> TillActionOut:
    """Show something that was done at this store, as it is now."""
    found = await till.show(tx, programs.program_id, who, action_id)
    return await _out(tx, programs, found, locale, now)


@router.get("/till/actions/{action_id}/receipt", summary="Print a receipt", dependencies=_USE, responses=_KNOWN)
async def receipt(
    action_id: UUID, tx: ProgramTx, programs: Current, who: AtTill, now: Now, locale: Locale
) -> TillReceiptOut:
    """Say what was earned and used, the balance, and how far the next reward is, as the program has it on receipts."""
    lines = await _receipt(tx, programs, await till.show(tx, programs.program_id, who, action_id), locale, now)
    return TillReceiptOut(lines=lines, text="\n".join(lines))


@router.post(
    "/till/actions/{action_id}/commit",
    summary="Redeem what was set aside at the till",
    dependencies=_USE,
    responses={
        **_KNOWN,
        409: {
            "description": "`till.undone`, `redemption.ended`, `reward.budget`, `rewards.use_ended`, what else keeps "
            "a voucher from being used, `idempotency.key_reused`"
        },
        422: {"description": "`redemption.more_than_held`"},
    },
)
async def commit(
    action_id: UUID,
    tx: ProgramTx,
    programs: Current,
    who: AtTill,
    now: Now,
    locale: Locale,
    body: Annotated[TillCommitIn | None, Body(examples=[{"discount_minor": 500}])] = None,
) -> TillActionOut:
    """Redeem what was set aside, when the purchase is paid. A sale that names it does the same in one step."""
    made = await till.commit(
        tx,
        programs,
        who,
        action_id,
        discount_minor=None if body is None else body.discount_minor,
        order_minor=None if body is None else body.order_minor,
        now=now,
        recorded_at=clock.now(),
    )
    return await _out(tx, programs, made, locale, now)


@router.post(
    "/till/actions/{action_id}/undo",
    summary="Undo what was done at the till",
    dependencies=_USE,
    responses={
        **_KNOWN,
        409: {
            "description": "`till.undo_too_late`; `redemption.used`, `rewards.voucher_void`: what it gave was used or "
            "ended meanwhile; `idempotency.key_reused`"
        },
    },
)
async def undo(
    action_id: UUID, tx: ProgramTx, programs: Current, who: AtTill, now: Now, locale: Locale
) -> TillActionOut:
    """Undo one's own: points, stock, limits and vouchers as before, the order cancelled. Again changes nothing.

    The program says for how long (`till.undo_within`).
    """
    made = await till.undo(tx, programs, who, action_id, now=now, recorded_at=clock.now())
    return await _out(tx, programs, made, locale, now)


@asynccontextmanager
async def _counting_misses(
    request: Request, program_id: int, who: Cashier, now: datetime, *, guarded: bool, tx: Transaction
) -> AsyncGenerator[None]:
    """Refuse whoever guesses too often where codes are `guarded`, and count one that is nobody's."""
    if guarded:
        await till.guard(tx, program_id, who, now=now)
    try:
        yield
    except VoucherUnknown:
        await count_miss(request, ProgramNumber(program_id), who, now)
        raise


async def count_miss(request: Request, program_id: ProgramNumber, who: Cashier, now: datetime) -> None:
    """Count a code that is nobody's, in a transaction of its own: the one that asked is rolled back."""
    async with database_of(request).program_transaction(program_id) as tx:
        await till.count_misses(tx, program_id, who, now=now)


async def _answer(
    tx: Transaction,
    programs: Programs,
    who: Cashier,
    id: UUID,
    made: Acted | None,
    response: Response,
    locale: str,
    now: datetime,
) -> TillActionOut:
    """Return what was done or, of an id that was used before, what became of it."""
    if made is None:
        made = replace(await till.show(tx, programs.program_id, who, id), replayed=True)
        response.status_code = 200
    return await _out(tx, programs, made, locale, now)


async def _out(tx: Transaction, programs: Programs, made: Acted, locale: str, now: datetime) -> TillActionOut:
    (told,) = await till.tell(tx, programs, [made], now=now)
    return action_out(told, programs.newest, locale, now, await _receipt(tx, programs, made, locale, now))


async def _receipt(tx: Transaction, programs: Programs, acted: Acted, locale: str, now: datetime) -> list[str]:
    return lines_of(await till.slip_of(tx, programs, acted, now=now), programs.newest, locale)

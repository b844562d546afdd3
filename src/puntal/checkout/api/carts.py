"""Asking about carts and offers over HTTP. Both only read, so neither opens a transaction for longer than it reads.

An entry point puts the cache of compiled programs into `app.state.programs`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import anyio
import msgspec
from anyio import to_thread
from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from puntal.access.dependencies import Locale, Now, ProgramCaller, ProgramId, program_router, requires
from puntal.access.model import Permission
from puntal.checkout.answers import cart_out, offers_out
from puntal.checkout.errors import CartFaulty
from puntal.checkout.operations import carts, offers
from puntal.checkout.shapes import CartIn, CartOut, OffersOut, OffersQuery
from puntal.kit.errors import Fault
from puntal.kit.http import database_of
from puntal.members.model import Ids

router = program_router("checkout")
_AHEAD = timedelta(days=3660)
THREADS = anyio.CapacityLimiter(1)
"""Carts are decided one after the other, beside the event loop; more at once would only wait for each other."""
_encode = msgspec.json.Encoder().encode


@router.post(
    "/carts/evaluate",
    summary="Evaluate a cart",
    dependencies=[requires(Permission.CARTS_EVALUATE)],
    responses={
        200: {"model": CartOut, "description": "Evaluated; nothing is written"},
        409: {"description": "`programs.not_published`"},
        422: {"description": "`request.faulty`, `checkout.cart_faulty` with every fault"},
        429: {"description": "`access.rate_exceeded`, `rewards.too_many_guesses`: wait as `Retry-After` says"},
    },
    response_model=None,
)
async def evaluate_cart(
    body: CartIn,
    request: Request,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
    locale: Locale,
    at: Annotated[
        AwareDatetime | None, Query(description="Answer as if this were now. Moves the clock, not the state.")
    ] = None,
) -> Response:
    """Say what a cart earns, which rewards and vouchers it may use, and the best of them together.

    A member, reward or code that nobody knows is no error: the answer says so, and the checkout goes on.
    """
    programs, database = request.app.state.programs, database_of(request)
    moment = now if at is None else _moment(at, now)
    async with database.program_transaction(program_id) as tx:
        known = await carts.read(
            tx,
            await programs.current(tx, program_id),
            programs,
            body.read(),
            caller=caller.actor,
            now=moment,
        )
    if carts.guesses(known):
        async with database.program_transaction(program_id) as tx:
            await carts.count_guesses(tx, known, caller=caller.actor, now=now)
    found = await to_thread.run_sync(carts.evaluate, known, limiter=THREADS)
    return _json(cart_out(known, found, locale), locale)


@router.get(
    "/members/{member_id}/offers",
    summary="List what a member may have",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses={
        200: {"model": OffersOut},
        403: {"description": "`access.forbidden`: the key lacks a permission; previews need `program:read`"},
        404: {"description": "`members.unknown`, `access.program_unknown`"},
        409: {"description": "`programs.not_published`"},
    },
    response_model=None,
)
async def list_offers(
    member_id: UUID,
    request: Request,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
    locale: Locale,
    asked: Annotated[OffersQuery, Query()],
) -> Response:
    """List the rewards a member may have, at once or with an order, and those she may save for."""
    if asked.preview:
        caller.require(Permission.PROGRAM_READ)
    async with database_of(request).program_transaction(program_id) as tx:
        found = await offers.for_member(
            tx,
            await request.app.state.programs.current(tx, program_id),
            Ids(id=member_id),
            channel=asked.channel,
            store=asked.store,
            now=now,
        )
    return _json(offers_out(found, locale, preview=asked.preview), locale)


def _moment(at: datetime, now: datetime) -> datetime:
    if not now - _AHEAD <= at <= now + _AHEAD:
        raise CartFaulty([Fault(path="/at", code="checkout.too_far", reason="more than ten years away")])
    # Offsets of any size can be written; the database knows those of places.
    return at.astimezone(UTC)


def _json(value: object, locale: str) -> Response:
    return Response(_encode(value), media_type="application/json", headers={"content-language": locale})

"""Asking about carts and offers over HTTP. Both only read, so neither opens a transaction for longer than it reads.

An entry point puts the cache of compiled programs into `app.state.programs`.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Annotated, Protocol
from uuid import UUID

import msgspec
from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from puntal.access.dependencies import Locale, Now, ProgramCaller, ProgramId, program_router, requires
from puntal.access.model import Permission
from puntal.checkout.answers import cart_out, offers_out
from puntal.checkout.errors import CartFaulty
from puntal.checkout.model import Question
from puntal.checkout.operations import carts, offers
from puntal.checkout.shapes import CartIn, CartOut, OffersOut, OffersQuery
from puntal.engine.model import Compiled
from puntal.engine.model_carts import Evaluation
from puntal.kit.db import Database, Transaction
from puntal.kit.errors import Fault
from puntal.kit.http import database_of
from puntal.kit.words import Words
from puntal.members.model import Ids

router = program_router("checkout")
_AHEAD = timedelta(days=3660)
THREADS = ThreadPoolExecutor(1, thread_name_prefix="carts")
"""Carts are decided one after the other, beside the event loop; more at once would only wait for each other."""
_encode = msgspec.json.Encoder().encode


class Programs(Protocol):
    """The cache of compiled programs."""

    async def current(self, tx: Transaction, program_id: int) -> carts.Programs:
        """Return a program as it stands in a transaction."""
        ...

    async def numbered(self, tx: Transaction, program_id: int, number: int) -> Compiled:
        """Return one revision."""
        ...


async def evaluation(
    database: Database,
    programs: Programs,
    program_id: int,
    question: Question,
    caller: str,
    at: datetime,
    *,
    real: datetime,
) -> tuple[carts.Known, Evaluation]:
    """Read, then evaluate beside the event loop; `at` is the moment asked about, `real` the present one.

    Raises:
        CartFaulty, GuessesExceeded: See `carts.read`.
    """
    async with database.program_transaction(program_id) as tx:
        current = await programs.current(tx, program_id)
        known = await carts.read(tx, current, programs, question, caller=caller, now=at)
    if carts.guesses(known):
        async with database.program_transaction(program_id) as tx:
            await carts.count_guesses(tx, known, caller=caller, now=real)
    return known, await beside(known)


async def beside(known: carts.Known) -> Evaluation:
    """Evaluate a cart beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, carts.evaluate, known)


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
    moment = now if at is None else _moment(at, now)
    known, found = await evaluation(
        database_of(request), request.app.state.programs, program_id, body.read(), caller.actor, moment, real=now
    )
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
        reason = Words("more than ten years away", "a más de diez años de ahora")
        raise CartFaulty([Fault(path="/at", code="checkout.too_far", reason=reason)])
    # Offsets of any size can be written; the database knows those of places.
    return at.astimezone(UTC)


def _json(value: object, locale: str) -> Response:
    return Response(_encode(value), media_type="application/json", headers={"content-language": locale})

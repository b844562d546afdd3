"""Redemptions and the catalogue over HTTP.

An entry point puts the cache of compiled programs into `app.state.programs`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import Query, Response
from pydantic import AwareDatetime

from puntal.access.dependencies import Locale, Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Caller, Permission
from puntal.access.operations import audit
from puntal.checkout.answers_rewards import rewards_out
from puntal.checkout.api.current import Current
from puntal.checkout.operations import catalogue, delivering, redemptions
from puntal.checkout.operations.issuing import issued_to
from puntal.checkout.operations.redemptions import Redeemed, Wanted
from puntal.checkout.shapes_redemptions import (
    CancelIn,
    CommitIn,
    FulfilIn,
    Fulfilment,
    RedemptionIn,
    RedemptionOut,
    RewardsOut,
    State,
)
from puntal.engine.model import Compiled
from puntal.intake.model import SaidOrder
from puntal.intake.operations import Programs
from puntal.kit import clock
from puntal.kit.calendar import local_day
from puntal.kit.errors import Forbidden
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, read_cursor
from puntal.members import queries as people
from puntal.points import operations as points
from puntal.rewards.errors import UnknownRedemption
from puntal.rewards.model import Ask, Redemption
from puntal.rewards.queries import redemptions as queries

router = program_router("redemptions")

_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "`redemption.unknown`, `access.program_unknown`"}}
_PAST = "`redemption.ended`, `redemption.used`, `idempotency.key_reused`"


@router.post(
    "/redemptions",
    status_code=201,
    summary="Redeem a reward, or hold it",
    dependencies=[requires(Permission.REDEMPTIONS_WRITE)],
    responses={
        200: {"model": RedemptionOut, "description": "The id was used before with the same words: as it is now"},
        404: {"description": "`reward.unknown`, `members.unknown`, `access.program_unknown`"},
        409: {
            "description": "`reward.` and why not: `reward.short_of_points` (with `short_by`), `reward.sold_out`, "
            "`reward.budget`, `reward.limit`, `reward.condition` …; `redemption.id_reused`, `idempotency.key_reused`"
        },
        422: {"description": "`request.faulty`, `checkout.cart_faulty` with every fault"},
    },
)
async def redeem(  # noqa: PLR0913, PLR0917 - the parts of a request
    body: RedemptionIn,
    response: Response,
    tx: ProgramTx,
    programs: Current,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
    dry_run: Annotated[bool, Query(description="Answer the same and write nothing.")] = False,  # noqa: FBT002 - a query
    at: Annotated[AwareDatetime | None, Query(description="With `dry_run`: as if this were now.")] = None,
) -> RedemptionOut:
    """Reserve points, stock, limits and budgets for a member together, or nothing of it.

    A hold lapses by itself; commit it when the order is paid, or name it in the order.
    """
    if body.given:
        caller.require(Permission.POINTS_ADJUST)
    moment = at if at is not None and dry_run else now
    wanted = _wanted(body, caller, programs.at(moment), moment)
    done = await redemptions.redeem_reward(
        tx, programs, wanted, by=caller.actor, now=moment, recorded_at=clock.now(), dry_run=dry_run
    )
    if done.replayed or dry_run:
        response.status_code = 200
    elif body.given:
        await _note(tx, program_id, caller, done.redemption, "redemption.given", now)
    return _shown(done, programs)


@router.post(
    "/redemptions/{redemption_id}/commit",
    summary="Commit a redemption",
    dependencies=[requires(Permission.REDEMPTIONS_WRITE)],
    responses=_UNKNOWN
    | {
        409: {"description": f"{_PAST}, `reward.budget`: the order is worth more than there is room for"},
        422: {"description": "`redemption.more_than_held`"},
    },
)
async def commit(
    redemption_id: UUID, tx: ProgramTx, programs: Current, now: Now, body: CommitIn | None = None
) -> RedemptionOut:
    """Spend what is held. An order that names the redemption does the same in its own transaction."""
    done = await redemptions.commit(
        tx,
        programs,
        redemption_id,
        discount_minor=None if body is None else body.discount_minor,
        order_minor=None if body is None else body.order_minor,
        now=now,
        recorded_at=clock.now(),
    )
    return _shown(done, programs)


@router.post(
    "/redemptions/{redemption_id}/cancel",
    summary="Cancel a redemption",
    dependencies=[requires(Permission.REDEMPTIONS_WRITE)],
    responses=_UNKNOWN | {409: {"description": _PAST}},
)
async def cancel(
    redemption_id: UUID,
    tx: ProgramTx,
    programs: Current,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
    body: CancelIn | None = None,
) -> RedemptionOut:
    """Let go what is held, or take back what was redeemed and not used: everything is as it was before."""
    if caller.store is not None:
        found = await queries.find(tx, program_id, redemption_id)
        if found is not None and found.store != caller.store:
            raise Forbidden
    done = await redemptions.cancel(
        tx, programs, redemption_id, by_member=body is not None and body.by_member, now=now, recorded_at=clock.now()
    )
    if not done.replayed:
        await _note(tx, program_id, caller, done.redemption, "redemption.cancelled", now)
    return _shown(done, programs)


@router.post(
    "/redemptions/{redemption_id}/fulfilment",
    summary="Say how far the delivery of a redemption is",
    dependencies=[requires(Permission.REDEMPTIONS_WRITE)],
    responses=_UNKNOWN | {409: {"description": "`redemption.nothing_to_deliver`"}},
)
async def fulfil(
    redemption_id: UUID,
    body: FulfilIn,
    tx: ProgramTx,
    programs: Current,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
) -> RedemptionOut:
    """Say that what was redeemed is being delivered, was delivered, or could not be; or that somebody came."""
    made = await delivering.fulfil(
        tx, programs, redemption_id, body.fulfilment, note=body.note, now=now, recorded_at=clock.now()
    )
    await _note(tx, program_id, caller, made, f"redemption.{body.fulfilment}", now)
    return RedemptionOut.of(made, programs.newest)


@router.get(
    "/redemptions",
    summary="List redemptions",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses={404: {"description": "`members.unknown`, `access.program_unknown`"}},
)
async def list_redemptions(  # noqa: PLR0913, PLR0917 - the filters of a list
    tx: ProgramTx,
    programs: Current,
    program_id: ProgramId,
    member_id: Annotated[UUID | None, Query(description="Only of this member.")] = None,
    reward: Annotated[str | None, Query(max_length=80)] = None,
    state: Annotated[State | None, Query()] = None,
    fulfilment: Annotated[Fulfilment | None, Query()] = None,
    order: Annotated[str | None, Query(max_length=300, description="Source and id: `shop:1001`.")] = None,
    session: Annotated[str | None, Query(max_length=63)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RedemptionOut]:
    """List redemptions, newest first."""
    members = None if member_id is None else await points.holders_of(tx, program_id, member_id)
    found = await queries.listing(
        tx,
        program_id,
        members=members,
        reward=reward,
        state=state,
        fulfilment=fulfilment,
        order_key=order,
        session=session,
        before=read_cursor(cursor, tuple[UUID])[0] if cursor else None,
        limit=limit + 1,
    )
    rows, following = cut(found, limit, lambda row: (row.id,))
    names = await people.names(tx, program_id, [row.member_id for row in rows])
    items = [RedemptionOut.of(row, programs.newest) for row in rows]
    for item in items:
        item.member_name = names.get(item.member_id)
    return Page(items=items, next=following)


@router.get(
    "/redemptions/{redemption_id}",
    summary="Show a redemption",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses=_UNKNOWN,
)
async def show_redemption(
    redemption_id: UUID, tx: ProgramTx, programs: Current, program_id: ProgramId
) -> RedemptionOut:
    """Show a redemption with what it gave."""
    made = await queries.find(tx, program_id, redemption_id)
    if made is None:
        raise UnknownRedemption
    return RedemptionOut.of(made, programs.newest, await issued_to(tx, program_id, made))


@router.get("/rewards", summary="List the catalogue", dependencies=[requires(Permission.PROGRAM_READ)])
async def list_rewards(
    tx: ProgramTx,
    programs: Current,
    now: Now,
    locale: Locale,
    status: Annotated[Literal["on", "off", "stopped", "retired"] | None, Query(description="Only those so.")] = None,
) -> RewardsOut:
    """List every reward with what it costs, what bounds it, and how much of that is used."""
    used = await catalogue.used(tx, programs, now=now)
    newest = programs.newest
    found = rewards_out(newest, programs.switches, used, local_day(newest.zone, now), locale)
    return RewardsOut(items=[each for each in found if status is None or each.status == status])


def _wanted(body: RedemptionIn, caller: Caller, program: Compiled, now: datetime) -> Wanted:
    reward = program.rewards.get(body.reward)
    portions = body.portions
    if portions is None and reward is not None:
        portions = reward.least
        if body.points is not None and reward.prices:
            whole, rest = divmod(body.points, (reward.price_in(body.wallet) or reward.prices[0]).units[0])
            # A part of a step is no portion: refused as such.
            portions = whole if not rest else 0
    said = None
    if body.order is not None:
        plain = body.order.model_dump(exclude_defaults=True) | {"id": body.order.id}
        said = msgspec.convert(plain, SaidOrder)
    return Wanted(
        member_id=body.member_id,
        ask=Ask(
            reward=body.reward,
            portions=1 if portions is None else portions,
            wallet=body.wallet,
            session=body.session,
            channel=body.channel,
            source=body.source,
            discount_minor=body.discount_minor,
            given=body.given,
        ),
        id=body.id,
        commit=body.commit,
        order=None if said is None else redemptions.cart_of(said, program, now),
        store=caller.store or body.store,
        note=body.note,
    )


def _shown(done: Redeemed, programs: Programs) -> RedemptionOut:
    return RedemptionOut.of(done.redemption, programs.newest, done.vouchers)


async def _note(
    tx: ProgramTx, program_id: ProgramId, caller: Caller, made: Redemption, action: str, now: datetime
) -> None:
    await audit.record(
        tx,
        program_id=program_id,
        action=action,
        subject=f"redemption:{made.id}",
        actor=caller.actor,
        now=now,
        detail={"reward": made.reward, "units": made.units},
    )

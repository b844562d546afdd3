"""Routes that move units: adjustments, gifts to other members, conversions."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, requires
from puntal.access.model import Permission
from puntal.points import operations
from puntal.points.api.routing import MEMBER, CurrentTerms, router
from puntal.points.api.shapes import Adjust, AdjustmentOut, Convert, PostedOut, Send, shown
from puntal.points.errors import NotConvertible

_MAY_NOT = "`access.forbidden`, `points.minor_spends`, `points.unverified`, "


@router.post(
    "/members/{member_id}/adjustments",
    status_code=201,
    summary="Adjust a wallet",
    dependencies=[requires(Permission.POINTS_ADJUST)],
    responses=MEMBER
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
    return AdjustmentOut(transfers=shown(made.transfers, terms, caller), approval_id=made.approval_id)


@router.post(
    "/members/{member_id}/transfers",
    status_code=201,
    summary="Give units to another member",
    dependencies=[requires(Permission.POINTS_TRANSFER)],
    responses=MEMBER
    | {
        403: {"description": _MAY_NOT + "`points.not_transferable`"},
        409: {
            "description": "`points.insufficient`, `points.over_cap`, `points.over_transfer_limit`, "
            "`points.member_not_active`, `idempotency.key_reused`"
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
    return PostedOut(transfers=shown(made, terms, caller))


@router.post(
    "/members/{member_id}/conversions",
    status_code=201,
    summary="Convert units into another wallet's",
    dependencies=[requires(Permission.POINTS_TRANSFER)],
    responses=MEMBER
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
    return PostedOut(transfers=shown(made, terms, caller))

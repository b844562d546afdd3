"""Ending a voucher by hand: with the redemption it comes from, where there is one, so that its cost is returned."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, RealNow, program_router, requires
from puntal.access.model import Permission
from puntal.access.operations import audit
from puntal.checkout.api.current import Current
from puntal.checkout.operations import redemptions
from puntal.rewards.api.finding import look_up
from puntal.rewards.api.shapes_vouchers import VoidIn, VoucherOut
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as queries

router = program_router("vouchers")

_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"description": "`rewards.voucher_unknown`, `members.unknown`"},
    409: {"description": "`rewards.voucher_not_yours`, `idempotency.key_reused`"},
    429: {"description": "`rewards.too_many_guesses`, `access.rate_exceeded`: wait as `Retry-After` says"},
}


@router.post(
    "/vouchers/{code}/void",
    summary="Void a voucher",
    dependencies=[requires(Permission.VOUCHERS_WRITE)],
    responses=_REFUSALS,
)
async def void_voucher(
    found: Annotated[Voucher, Depends(look_up)],
    body: VoidIn,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    programs: Current,
    now: Now,
    real_now: RealNow,
) -> VoucherOut:
    """End what is left of a voucher, for good; what was used stays used. Voiding it again changes nothing.

    Nothing of it used and paid with points or stamps, they are returned.
    """
    if found.origin == "redemption" and found.cause is not None:
        which = [UUID(found.cause)]
        await redemptions.end(tx, programs, which, "cancelled", extend=True, now=now, recorded_at=real_now)
    await redemptions.return_stamps(tx, programs.newest, [found], now=now)
    await vouchers.end(tx, program_id, [found.id], because="staff", now=now)
    after = (await queries.load(tx, program_id, [found.id]))[found.id]
    if after.state != found.state:
        await audit.record(
            tx,
            actor=caller.actor,
            action="voucher.voided",
            subject=f"voucher:{found.id}",
            now=now,
            program_id=program_id,
            detail={"reason": body.reason},
        )
    return VoucherOut.of(after, now, shown=caller.may(Permission.VOUCHERS_READ))

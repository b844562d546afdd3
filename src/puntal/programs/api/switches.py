"""Routes of kill switches."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.access.queries import who
from puntal.kit.http import Limit
from puntal.programs import operations, queries
from puntal.programs.wire import SwitchIn, SwitchOut

router = program_router("programs")


@router.get("/kill-switches", summary="List kill switches", dependencies=[requires(Permission.PROGRAM_READ)])
async def list_switches(
    tx: ProgramTx,
    program_id: ProgramId,
    *,
    lifted: Annotated[bool, Query(description="The lifted ones too, after those in force.")] = False,
    limit: Limit = 200,
) -> list[SwitchOut]:
    """List what is switched off, newest first."""
    found = await queries.switches(tx, program_id, lifted_too=lifted, limit=limit)
    names = await who.names(tx, [switch.set_by for switch in found])
    return [SwitchOut.of(switch, names) for switch in found]


@router.post(
    "/kill-switches",
    status_code=201,
    summary="Switch something off",
    dependencies=[requires(Permission.SWITCHES_WRITE)],
    responses={422: {"description": "`programs.switch_target_unknown`, `request.faulty`"}},
)
async def set_switch(
    body: SwitchIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> SwitchOut:
    """Switch a program, wallet, campaign, rule, reward, channel or integration off; workers follow within seconds."""
    return SwitchOut.of(
        await operations.set_switch(
            tx,
            program_id,
            target_kind=body.target_kind,
            target_id=body.target_id,
            mode=body.mode,
            reason=body.reason,
            by=caller.actor,
            now=now,
        )
    )


@router.delete(
    "/kill-switches/{switch_id}",
    status_code=204,
    summary="Lift a kill switch",
    dependencies=[requires(Permission.SWITCHES_WRITE)],
    responses={404: {"description": "`programs.switch_not_found`"}},
)
async def lift_switch(switch_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now) -> None:
    """Let new ones through again; what was voided stays void. Lifting twice changes nothing."""
    await operations.lift_switch(tx, program_id, switch_id, by=caller.actor, now=now)

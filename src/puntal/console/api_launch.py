"""The way to a launch over HTTP."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.console import launch
from puntal.console.launch import StepId

router = program_router("programs")


class StepOut(BaseModel):
    """One thing to do before the program is announced."""

    model_config = ConfigDict(from_attributes=True)

    id: StepId
    done: bool
    done_on: date | None = Field(description="Local day on which it was first there, where that is known.")
    due_on: date | None = Field(description="By when, where a day of launch is named and it is not done.")


class LaunchOut(BaseModel):
    """What is done and what is left; steps that the caller may not know of are not there."""

    model_config = ConfigDict(from_attributes=True)

    launch_on: date | None = Field(description="Local day; null: nobody named one.", examples=["2026-03-01"])
    steps: list[StepOut]


class LaunchIn(BaseModel):
    """When the program is announced."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"launch_on": "2026-03-01"}]})

    launch_on: date | None = Field(description="Local day; null takes it back.")


@router.get("/launch", summary="Show what is left until the launch", dependencies=[requires(None)])
async def show_launch(tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller) -> LaunchOut:
    """Say what a program still needs before members are told of it, from what is really there, with dates."""
    return LaunchOut.model_validate(await launch.show(tx, program_id, caller))


@router.put("/launch", summary="Name the day of the launch", dependencies=[requires(Permission.PROGRAM_WRITE)])
async def plan_launch(
    body: LaunchIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> LaunchOut:
    """Name the day on which members are to hear of the program; each step is due some days before. Only a plan."""
    await launch.plan(tx, program_id, body.launch_on, by=caller.actor, now=now)
    return LaunchOut.model_validate(await launch.show(tx, program_id, caller))

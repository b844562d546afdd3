"""Waiting for a place on a date of an experience, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Now, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.checkout.api.current import Current
from puntal.members import queries as people
from puntal.points import operations as points
from puntal.rewards.errors import REFUSED, NoWaitlist, UnknownReward
from puntal.rewards.operations import waiting

router = program_router("waitlists")
RewardId = Annotated[str, Path(max_length=80)]


class WaitIn(BaseModel):
    """Who wants to wait for which date."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{
        "member_id": "019a8f5e-7c1e-7000-8000-3f6c2b1d4e5a", "session": "may"}]})  # fmt: skip

    member_id: UUID
    session: Annotated[str, Field(min_length=1, max_length=63)]


class WaitingOut(BaseModel):
    """Somebody who waits."""

    session: str = Field(examples=["may"])
    member_id: UUID
    member_name: str | None = Field(default=None, examples=["Anna Alba"])
    since: datetime
    told_at: datetime | None = Field(description="When she was told that a place is free.")


class WaitlistOut(BaseModel):
    """Who waits for a reward, by date, the first in turn first."""

    items: list[WaitingOut]


@router.post(
    "/rewards/{reward}/waitlist",
    status_code=201,
    summary="Wait for a place",
    dependencies=[requires(Permission.REDEMPTIONS_WRITE)],
    responses={
        404: {"description": "`reward.unknown`, `members.unknown`"},
        409: {"description": "`reward.no_waitlist`, `reward.no_session`"},
    },
)
async def join(
    reward: RewardId, body: WaitIn, tx: ProgramTx, programs: Current, program_id: ProgramId, now: Now
) -> WaitlistOut:
    """Let a member wait for a full date; she is told in turn (`reward.place_free`). Answers that date's list."""
    found = programs.at(now).rewards.get(reward)
    if found is None:
        raise UnknownReward(reward=reward)
    if not found.waitlist:
        raise NoWaitlist(reward=reward)
    if body.session not in {session.id for session in found.sessions if session.starts_at > now}:
        raise REFUSED["no_session"](reward=reward)
    member, *_ = await points.holders_of(tx, program_id, body.member_id)
    await waiting.join(tx, program_id, reward, body.session, member, now=now)
    return _shown(await waiting.listing(tx, program_id, reward, body.session))


@router.delete(
    "/rewards/{reward}/waitlist/{session}/{member_id}",
    status_code=204,
    summary="Wait no longer",
    dependencies=[requires(Permission.REDEMPTIONS_WRITE)],
    responses={404: {"description": "`members.unknown`, `access.program_unknown`"}},
)
async def leave(
    reward: RewardId,
    session: Annotated[str, Path(max_length=63)],
    member_id: UUID,
    tx: ProgramTx,
    program_id: ProgramId,
) -> None:
    """Take a member off a list; a second time changes nothing."""
    member, *_ = await points.holders_of(tx, program_id, member_id)
    await waiting.leave(tx, program_id, reward, session, member)


@router.get(
    "/rewards/{reward}/waitlist",
    summary="List who waits",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses={404: {"description": "`access.program_unknown`"}},
)
async def show(reward: RewardId, tx: ProgramTx, program_id: ProgramId) -> WaitlistOut:
    """List who waits for a reward, by date, the first in turn first."""
    found = await waiting.listing(tx, program_id, reward)
    return _shown(found, await people.names(tx, program_id, [member for _, member, _, _ in found]))


def _shown(found: list[waiting.Waiting], names: Mapping[UUID, str] = MappingProxyType({})) -> WaitlistOut:
    return WaitlistOut(
        items=[
            WaitingOut(session=session, member_id=member, member_name=names.get(member), since=since, told_at=told)
            for session, member, since, told in found
        ]
    )

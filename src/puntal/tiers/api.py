"""Tiers over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, last_id
from puntal.tiers import operations, queries
from puntal.tiers.errors import UnknownTier
from puntal.tiers.model import Climb, Progress, Reason, Recorded, Standing

router = program_router("tiers")
Ladder = Annotated[str, Path(max_length=63, description="Id of the ladder.", examples=["club"])]


class FloorOut(BaseModel):
    """A tier given by hand or by an import."""

    tier: str = Field(examples=["gold"])
    until: date | None = Field(description="First local day without it; null for good.")
    reason: str


class OutlookOut(BaseModel):
    """Where a member stands on one ladder. Amounts are in the smallest unit of the measure."""

    ladder: str = Field(examples=["club"])
    tier: str = Field(description="In effect now.", examples=["silver"])
    earned_tier: str = Field(description="Without a floor.", examples=["silver"])
    since: date = Field(description="Local day the earned tier was reached or fallen to.")
    measure: int = Field(description="Of the running window.", examples=[340])
    measured: Literal["earned", "spend", "orders"] = Field(
        description="What counts: units earned in a wallet, spend in minor units of the program's currency, or orders."
    )
    counts_from: date | None = Field(description="First local day of what `measure` has; null: all there ever was.")
    counts_until: date | None = Field(description="First local day of the next count; null where none begins at once.")
    next_tier: str | None = Field(examples=["gold"])
    missing_to_upgrade: int | None = Field(description="Null at the top.", examples=[660])
    missing_to_keep: int = Field(description="0 when nothing more is needed, or the tier is retired.", examples=[0])
    kept_until: date | None = Field(description="First local day the tier may be lost, grace included; null for ever.")
    in_grace: bool
    forecast_if_nothing_more: str = Field(description="Tier when the running period and its grace are over.")
    forecast_at_pace: str = Field(description="The same if the member goes on as in this period so far.")
    floor: FloorOut | None

    @classmethod
    def of(cls, climb: Climb, standing: Standing, progress: Progress) -> OutlookOut:
        """Return it as the API shows it."""
        floor = standing.floor
        return cls(
            ladder=climb.id,
            tier=progress.tier,
            earned_tier=standing.tier,
            since=standing.since,
            measure=progress.measure,
            measured=climb.measure,
            counts_from=progress.counts_from,
            counts_until=progress.counts_until,
            next_tier=progress.next_tier,
            missing_to_upgrade=progress.missing_to_upgrade,
            missing_to_keep=progress.missing_to_keep,
            kept_until=progress.kept_until,
            in_grace=standing.grace_until is not None,
            forecast_if_nothing_more=progress.forecast_if_nothing_more,
            forecast_at_pace=progress.forecast_at_pace,
            floor=None if floor is None else FloorOut(tier=floor.tier, until=floor.until, reason=floor.reason),
        )


class TiersOut(BaseModel):
    """A member on every ladder of the program."""

    items: list[OutlookOut]


class SetFloor(BaseModel):
    """A tier to give by hand."""

    model_config = ConfigDict(extra="forbid")

    tier: str = Field(max_length=63, examples=["gold"])
    through: date | None = Field(default=None, description="Last local day; null for good.", examples=["2026-06-30"])
    reason: str = Field(min_length=1, max_length=500, examples=["Goodwill after a lost parcel"])


class ChangeOut(BaseModel):
    """One change of tier."""

    id: UUID
    ladder: str
    from_tier: str
    to_tier: str
    reason: Reason
    effective_at: datetime
    recorded_at: datetime
    event_id: str | None

    @classmethod
    def of(cls, row: Recorded) -> ChangeOut:
        """Return it as the API shows it."""
        return cls(
            id=row.id,
            ladder=row.ladder,
            from_tier=row.from_tier,
            to_tier=row.to_tier,
            reason=row.reason,
            effective_at=row.effective_at,
            recorded_at=row.recorded_at,
            event_id=row.event_id,
        )


class TierCount(BaseModel):
    """How many members are in a tier."""

    tier: str
    members: int


@router.get(
    "/members/{member_id}/tiers",
    summary="Show a member's tiers",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses={
        404: {"description": "`members.unknown`"},
        409: {"description": "`tiers.not_enrolled`: a guest has no tiers"},
    },
)
async def show_tiers(member_id: UUID, tx: ProgramTx, program_id: ProgramId, now: Now) -> TiersOut:
    """Show where a member stands on every ladder: progress, what keeps the tier, and where it leads."""
    found = await operations.outlook(tx, program_id, member_id, now=now)
    return TiersOut(items=[OutlookOut.of(*one) for one in found])


@router.get(
    "/members/{member_id}/tiers/history",
    summary="List a member's changes of tier",
    dependencies=[requires(Permission.MEMBERS_READ)],
)
async def list_changes(
    member_id: UUID, tx: ProgramTx, program_id: ProgramId, limit: Limit = 50, cursor: Cursor = None
) -> Page[ChangeOut]:
    """List a member's changes on all ladders, newest first."""
    before = last_id(cursor)
    found = await queries.history(tx, program_id, member_id, before=before, limit=limit + 1)
    rows, following = cut(found, limit, lambda row: (row.id,))
    return Page(items=[ChangeOut.of(row) for row in rows], next=following)


@router.put(
    "/members/{member_id}/tiers/{ladder}/floor",
    status_code=204,
    summary="Give a tier by hand",
    dependencies=[requires(Permission.MEMBERS_WRITE)],
    responses={
        404: {"description": "`members.unknown`, `tiers.ladder_unknown`"},
        409: {"description": "`tiers.not_enrolled`, `tiers.tier_retired`, `idempotency.key_reused`"},
        422: {"description": "`tiers.tier_unknown`, `tiers.floor_over`, `request.faulty`"},
    },
)
async def set_floor(
    member_id: UUID,
    ladder: Ladder,
    body: SetFloor,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
) -> None:
    """Give a member at least a tier, for good or through a day; what she earns goes on being counted."""
    await operations.set_floor(
        tx,
        program_id,
        member_id,
        ladder=ladder,
        tier=body.tier,
        through=body.through,
        reason=body.reason,
        actor=caller.actor,
        now=now,
    )


@router.delete(
    "/members/{member_id}/tiers/{ladder}/floor",
    status_code=204,
    summary="Take back a tier given by hand",
    dependencies=[requires(Permission.MEMBERS_WRITE)],
    responses={
        404: {"description": "`members.unknown`, `tiers.ladder_unknown`"},
        409: {"description": "`tiers.not_enrolled`, `idempotency.key_reused`"},
    },
)
async def lift_floor(
    member_id: UUID, ladder: Ladder, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> None:
    """Take back a tier given by hand; the earned one stands. Doing it again changes nothing."""
    await operations.lift_floor(tx, program_id, member_id, ladder=ladder, actor=caller.actor, now=now)


@router.get(
    "/ladders/{ladder}/tiers", summary="Count members per tier", dependencies=[requires(Permission.MEMBERS_READ)]
)
async def count_members(ladder: Ladder, tx: ProgramTx, program_id: ProgramId, now: Now) -> list[TierCount]:
    """Count the members in each tier of a ladder, lowest first."""
    climb = await operations.ladder_of(tx, program_id, ladder, now=now)
    found = await queries.members_per_tier(tx, program_id, climb)
    return [TierCount(tier=tier, members=members) for tier, members in found.items()]


@router.get(
    "/ladders/{ladder}/tiers/{tier}/members",
    summary="List the members of a tier",
    dependencies=[requires(Permission.MEMBERS_READ)],
)
async def list_members(
    ladder: Ladder,
    tier: Annotated[str, Path(max_length=63, examples=["gold"])],
    tx: ProgramTx,
    program_id: ProgramId,
    now: Now,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[UUID]:
    """List the ids of the members in a tier, newest first."""
    climb = await operations.ladder_of(tx, program_id, ladder, now=now)
    if tier not in climb.ranks:
        raise UnknownTier(ladder=ladder, tier=tier)
    found = await queries.members_of_tier(tx, program_id, climb, tier, before=last_id(cursor), limit=limit + 1)
    rows, following = cut(found, limit, lambda member: (member,))
    return Page(items=rows, next=following)

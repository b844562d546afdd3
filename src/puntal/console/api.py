"""Merging, parting, leaving pools, export and erasure over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import Depends, Request, Response
from msgspec import structs
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.console import finding, merging, persons, pools
from puntal.engine.model import Compiled
from puntal.kit import clock
from puntal.kit.pages import Page
from puntal.members.model import Status
from puntal.members.operations import Membership, Merge

router = program_router("console")

_MERGE = [requires(Permission.MEMBERS_MERGE)]
_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"description": "`members.unknown`"},
    409: {"description": "`members.cannot_merge`, `console.pool_first`, `points.holds_open`"},
}


class MergeIn(BaseModel):
    """Whose id ends; it redirects from then on."""

    model_config = ConfigDict(extra="forbid")

    merged_id: UUID


class PreviewIn(MergeIn):
    """Who would become one."""

    survivor_id: UUID


class PreviewOut(BaseModel):
    """What a merge would make. Amounts in smallest units."""

    survivor: dict[str, Any]
    withdrawn: list[dict[str, Any]] = Field(description="Consents that end: one of the two withdrew them.")
    balances: dict[str, dict[str, int]]
    tiers: dict[str, str]
    measures: dict[str, dict[str, int]]


class MergeOut(BaseModel):
    """A merge."""

    id: UUID
    survivor_id: UUID
    merged_id: UUID
    at: datetime
    undo_until: datetime

    @classmethod
    def of(cls, merge: Merge) -> MergeOut:
        """Return it as the API shows it."""
        return cls(**{name: getattr(merge, name) for name in cls.model_fields})


class FindIn(BaseModel):
    """Whom to find."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "anna@example.org"}, {"segment": "germans"}]}
    )

    text: str | None = Field(
        default=None,
        min_length=1,
        max_length=300,
        description="Anything one may hold of a person: beginnings of her name or e-mail, phone, card, pass, voucher,"
        " order number, id here or elsewhere. Goes before `segment` and `tier`.",
    )
    status: list[Status] | None = Field(
        default=None, max_length=7, description="Members, when not said; with a text, guests and leavers too."
    )
    segment: str | None = Field(default=None, max_length=63, description="Only who is in it, as last evaluated.")
    ladder: str | None = Field(default=None, max_length=63, description="With `tier`: only who has it.")
    tier: str | None = Field(default=None, max_length=63)
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=500)


class CountIn(BaseModel):
    """Whom to count."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"status": ["blocked"]}]})

    status: list[Status] | None = Field(default=None, max_length=7, description="Members, when not said.")
    segment: str | None = Field(default=None, max_length=63, description="Only who is in it, as last evaluated.")
    ladder: str | None = Field(default=None, max_length=63, description="With `tier`: only who has it.")
    tier: str | None = Field(default=None, max_length=63)


class CountOut(BaseModel):
    """How many a list has."""

    members: int = Field(description=f"At most {finding.MOST_COUNTED}.", examples=[248])
    more: bool = Field(description="There are more than that.", examples=[False])


class FoundOut(BaseModel):
    """A person as lists show her."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    status: Status
    name: str | None
    called: str | None = Field(description="By name, else by e-mail, phone, card or id elsewhere.")
    country: str | None
    enrolled_at: datetime | None
    merged_into: UUID | None
    tier: str | None = Field(description="On the first ladder; null where there is none.", examples=["gold"])
    points: int | None = Field(description="Available in the first wallet of points; as of her last event or night.")
    last_order_on: date | None
    by: finding.FoundBy | None = Field(description="What she was found by; null without a text.")


class LeftOut(BaseModel):
    """What a leaver took with her."""

    lots: list[UUID]


async def current_program(request: Request, tx: ProgramTx, program_id: ProgramId) -> Compiled:
    """Return the compiled program as it stands in this transaction."""
    loaded = await request.app.state.programs.current(tx, program_id)
    newest: Compiled = loaded.newest
    return newest


CurrentProgram = Annotated[Compiled, Depends(current_program)]


@router.post(
    "/members/search",
    summary="Find members by anything",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses={404: {"description": "`segments.not_found`, `console.tier_unknown`"}},
)
async def search_members(body: FindIn, tx: ProgramTx, compiled: CurrentProgram, now: Now) -> Page[FoundOut]:
    """Find people by anything one may hold of them, or list a segment or tier. Nothing personal is in a URL."""
    wanted = finding.Wanted(
        text=body.text,
        statuses=tuple(body.status or ()),
        segment=body.segment,
        ladder=body.ladder if body.tier else None,
        tier=body.tier,
    )
    found, following = await finding.find(
        tx, compiled, wanted, limit=body.limit, cursor=body.cursor, now=now, real_now=clock.now()
    )
    return Page(items=[FoundOut.model_validate(each) for each in found], next=following)


@router.post(
    "/members/count",
    summary="Count the members of a list",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses={404: {"description": "`segments.not_found`, `console.tier_unknown`"}},
)
async def count_members_of_list(body: CountIn, tx: ProgramTx, compiled: CurrentProgram) -> CountOut:
    """Count who is listed by status, segment or tier; of more than ten thousand only that there are more is said."""
    wanted = finding.Wanted(
        statuses=tuple(body.status or ()),
        segment=body.segment,
        ladder=body.ladder if body.tier else None,
        tier=body.tier,
    )
    found = await finding.count(tx, compiled, wanted)
    return CountOut(members=min(found, finding.MOST_COUNTED), more=found > finding.MOST_COUNTED)


@router.post("/members/merge/preview", summary="Preview a merge", dependencies=_MERGE, responses=_REFUSALS)
async def preview_merge(body: PreviewIn, tx: ProgramTx, compiled: CurrentProgram, now: Now) -> PreviewOut:
    """Show what merging two members would make; nothing changes."""
    shown = await merging.preview(tx, compiled, survivor=body.survivor_id, merged=body.merged_id, now=now)
    return PreviewOut(**msgspec.to_builtins(structs.asdict(shown)))


@router.post(
    "/members/{member_id}/merge", summary="Merge a member into this one", dependencies=_MERGE, responses=_REFUSALS
)
async def merge(
    member_id: UUID, body: MergeIn, tx: ProgramTx, compiled: CurrentProgram, caller: ProgramCaller, now: Now
) -> MergeOut:
    """Make one member of two, with everything they own; can be undone within the program's days."""
    done = await merging.merge(
        tx,
        compiled,
        Membership.of(compiled.document),
        survivor=member_id,
        merged=body.merged_id,
        by=caller.actor,
        now=now,
    )
    return MergeOut.of(done)


@router.post(
    "/merges/{merge_id}/undo",
    summary="Undo a merge",
    dependencies=_MERGE,
    responses={
        404: {"description": "`members.unknown_merge`"},
        409: {"description": "`members.too_late_to_undo`, `points.holds_open`"},
    },
)
async def undo_merge(
    merge_id: UUID, tx: ProgramTx, compiled: CurrentProgram, caller: ProgramCaller, now: Now
) -> MergeOut:
    """Give each of the two her own back, as it is now; what came later stays with the survivor."""
    return MergeOut.of(await merging.undo(tx, compiled, merge_id, by=caller.actor, now=now))


@router.post(
    "/members/{member_id}/leave-pool",
    summary="Leave a pool",
    dependencies=[requires(Permission.MEMBERS_WRITE)],
    responses={
        404: {"description": "`members.unknown`"},
        409: {"description": "`members.not_pooled`, `points.holds_open`"},
    },
)
async def leave_pool(member_id: UUID, tx: ProgramTx, compiled: CurrentProgram, now: Now) -> LeftOut:
    """Take a member out of her pool with what she earned and is unspent."""
    return LeftOut(lots=await pools.leave(tx, compiled, member_id, now=now))


@router.post(
    "/members/{member_id}/export",
    summary="Export everything held about a member",
    dependencies=[requires(Permission.MEMBERS_READ)],
    response_class=Response,
    responses={
        200: {"content": {"application/json": {"schema": {"type": "object"}}}, "description": "Everything held"},
        404: {"description": "`members.unknown`"},
    },
)
async def export(member_id: UUID, tx: ProgramTx, compiled: CurrentProgram, now: Now) -> Response:
    """Return everything held about a member as one JSON object."""
    held = await persons.export(tx, compiled, member_id, now=now)
    return Response(msgspec.json.encode(held), media_type="application/json")


@router.post(
    "/members/{member_id}/erase",
    status_code=204,
    summary="Erase the person",
    dependencies=[requires(Permission.MEMBERS_ERASE)],
    responses={
        404: {"description": "`members.unknown`"},
        409: {"description": "`console.pool_first`, `console.pay_out_first`"},
    },
)
async def erase(member_id: UUID, tx: ProgramTx, compiled: CurrentProgram, caller: ProgramCaller, now: Now) -> None:
    """Break the link between the member and the person, for good; the books stay."""
    await persons.erase(tx, compiled, member_id, by=caller.actor, now=now)

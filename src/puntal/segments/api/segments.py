"""Routes of segments: who is in them, trying a condition out, lists kept by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from puntal.access.dependencies import Locale, Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.access.operations import audit
from puntal.activity.operations import FIRST
from puntal.kit.db import Transaction
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, read_cursor
from puntal.members import queries as people
from puntal.programs import source
from puntal.programs.catalogue import labels_of
from puntal.programs.wire import body_of, read
from puntal.rules.sentence import sentence
from puntal.segments import operations, queries

router = program_router("segments")

_PREVIEW = {"when": {"member.spend.last_calendar_year": {"over": "1000.00 EUR"}, "member.country": "DE"}, "sample": 10}
_MEMBER = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
MOST_DAYS = 800
SegmentId = Annotated[str, Path(max_length=63, pattern=r"^[a-z][a-z0-9_]*$", examples=["germans"])]


class SegmentOut(BaseModel):
    """One segment of the program in force."""

    id: str = Field(examples=["germans"])
    label: str = Field(description="In the language asked for; the id where there is none.")
    kind: Literal["dynamic", "list"]
    members: int = Field(description="As of the last evaluation, which follows what happens within a minute.")
    sentence: str | None = Field(description="The condition in words; null for a list.")
    when: dict[str, Any] | None = Field(description="The condition as written; null for a list.")
    evaluated_at: datetime | None = Field(description="When everybody was last evaluated; null for a list.")


class PreviewIn(BaseModel):
    """A condition to try out."""

    model_config = ConfigDict(extra="forbid")

    when: dict[str, Any] = Field(description="The short form of the program document, or JSONLogic.")
    sample: int = Field(default=10, ge=0, le=100, description="Most members to show.")


class SeenOut(BaseModel):
    """A member the condition holds for."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str | None
    called: str | None = Field(
        default=None, description="By name, else by e-mail, phone, card or id elsewhere.", examples=["anna@example.org"]
    )
    status: str
    country: str | None


class PreviewOut(BaseModel):
    """Whom a condition means right now."""

    count: int
    sample: list[SeenOut] = Field(description="Some of them, the newest members first.")
    sentence: str = Field(examples=["the country is Germany"])


class BelongingOut(BaseModel):
    """A member of a segment."""

    model_config = ConfigDict(from_attributes=True)

    member_id: UUID
    name: str | None
    entered_at: datetime


class GrowthPointOut(BaseModel):
    """How many members a segment had when a day ended."""

    day: date
    members: int = Field(examples=[1240])


class GrowthOut(BaseModel):
    """A segment over time."""

    points: list[GrowthPointOut] = Field(description="Oldest first; the last is today, so far.")


class MembersIn(BaseModel):
    """Members to put on a list, or to take off it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"members": [_MEMBER]}]})

    members: list[UUID] = Field(min_length=1, max_length=100_000)


class ChangedOut(BaseModel):
    """How many it made a difference for."""

    changed: int


@router.get(
    "/segments",
    summary="List segments",
    dependencies=[requires(Permission.PROGRAM_READ)],
    response_model=Page[SegmentOut],
)
async def list_segments(tx: ProgramTx, program_id: ProgramId, now: Now, locale: Locale) -> Response:
    """List the segments of the program in force, with how many members each has."""
    published, segments = await operations.in_force(tx, program_id, now=now)
    sizes = await queries.sizes(tx, program_id)
    evaluations = await queries.evaluations(tx, program_id)
    items = []
    for id, written in published.document.segments.items():
        question = segments.dynamic.get(id)
        labels = labels_of(written.label)
        items.append(
            SegmentOut(
                id=id,
                label=labels.get(locale) or labels.get(locale[:2]) or labels.get("en") or id,
                kind="list" if question is None else "dynamic",
                members=sizes.get(id, 0),
                sentence=None if question is None else sentence(question.logic, segments.catalogue, locale),
                when=written.when,
                evaluated_at=evaluations[id].evaluated_at if question is not None and id in evaluations else None,
            )
        )
    # As the document writes it: pydantic would make texts of exact numbers.
    page = Page(items=items).model_dump(mode="json", exclude={"items": {"__all__": {"when"}}})
    for shown, item in zip(page["items"], items, strict=True):
        shown["when"] = item.when
    return Response(source.dump_json(page), media_type="application/json")


@router.post(
    "/segments/preview",
    summary="Try a condition out",
    dependencies=[requires(Permission.MEMBERS_READ)],
    openapi_extra=body_of(PreviewIn, _PREVIEW),
    responses={422: {"description": "`rules.faulty`: every fault of the condition, with its path and a suggestion"}},
)
async def preview_segment(
    request: Request, tx: ProgramTx, program_id: ProgramId, now: Now, locale: Locale
) -> PreviewOut:
    """Count the members a condition holds for at this moment, show some, and say the condition in words."""
    # Read here and not by FastAPI, so that numbers keep the digits that were written.
    asked = await read(request, PreviewIn)
    _, segments = await operations.in_force(tx, program_id, now=now)
    question = operations.read_condition(asked.when, segments, path="/when")
    found = await operations.sample(tx, program_id, segments, question, now=now, limit=asked.sample)
    called = await people.names(tx, program_id, [member.id for member in found]) if found else {}
    shown = [SeenOut.model_validate(member) for member in found]
    return PreviewOut(
        count=await operations.count(tx, program_id, segments, question, now=now),
        sample=[each.model_copy(update={"called": called.get(each.id)}) for each in shown],
        sentence=sentence(question.logic, segments.catalogue, locale),
    )


@router.get(
    "/segments/{segment}/growth",
    summary="Show how a segment grew",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={404: {"description": "`segments.not_found`"}},
)
async def show_segment_growth(
    segment: SegmentId,
    tx: ProgramTx,
    program_id: ProgramId,
    now: Now,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many local days, today included.")] = 90,
) -> GrowthOut:
    """Show how many members a segment had at the end of each day, and has today.

    Kept from the day on which the segment came into force; days on which no worker ran are missing. Of a past that was
    replayed, every Sunday.
    """
    _, segments = await operations.in_force(tx, program_id, now=now)
    found = await operations.growth(tx, program_id, segments, segment, days=days, now=now)
    return GrowthOut(points=[GrowthPointOut(day=day, members=members) for day, members in found])


@router.get(
    "/segments/{segment}/members",
    summary="List a segment's members",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses={404: {"description": "`segments.not_found`"}},
)
async def list_segment_members(
    segment: SegmentId, tx: ProgramTx, program_id: ProgramId, now: Now, limit: Limit = 50, cursor: Cursor = None
) -> Page[BelongingOut]:
    """List who is in a segment, in the order of ids; a dynamic one as of its last evaluation."""
    _, segments = await operations.in_force(tx, program_id, now=now)
    after = read_cursor(cursor, tuple[UUID])[0] if cursor else FIRST
    found = await operations.members(tx, program_id, segments, segment, after=after, limit=limit + 1)
    rows, following = cut(found, limit, lambda row: (row.member_id,))
    return Page(items=[BelongingOut.model_validate(row) for row in rows], next=following)


@router.put(
    "/segments/{segment}/members",
    summary="Put members on a list",
    dependencies=[requires(Permission.MEMBERS_WRITE)],
    responses={
        404: {"description": "`segments.not_found`, `segments.members_unknown`: nothing was changed"},
        409: {"description": "`segments.not_a_list`: members of a dynamic segment follow from its condition"},
    },
)
async def add_segment_members(
    segment: SegmentId, asked: MembersIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> ChangedOut:
    """Put up to 100,000 members on a list kept by hand; those who are on it stay as they are."""
    _, segments = await operations.in_force(tx, program_id, now=now)
    changed = await operations.add_members(tx, program_id, segments, segment, set(asked.members), now=now)
    await _log(tx, program_id, caller.actor, "segment.members_added", segment, changed, now)
    return ChangedOut(changed=changed)


@router.post(
    "/segments/{segment}/members/remove",
    summary="Take members off a list",
    dependencies=[requires(Permission.MEMBERS_WRITE)],
    responses={404: {"description": "`segments.not_found`"}, 409: {"description": "`segments.not_a_list`"}},
)
async def remove_segment_members(
    segment: SegmentId, asked: MembersIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> ChangedOut:
    """Take up to 100,000 members off a list kept by hand; those who are not on it are let pass."""
    return await _removed(tx, program_id, segment, set(asked.members), caller.actor, now)


@router.delete(
    "/segments/{segment}/members/{member_id}",
    summary="Take one member off a list",
    dependencies=[requires(Permission.MEMBERS_WRITE)],
    responses={404: {"description": "`segments.not_found`"}, 409: {"description": "`segments.not_a_list`"}},
)
async def remove_segment_member(
    segment: SegmentId, member_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> ChangedOut:
    """Take a member off a list kept by hand; one who is not on it is let pass."""
    return await _removed(tx, program_id, segment, {member_id}, caller.actor, now)


async def _removed(
    tx: ProgramTx, program_id: ProgramId, segment: str, members: set[UUID], actor: str, now: datetime
) -> ChangedOut:
    _, segments = await operations.in_force(tx, program_id, now=now)
    changed = await operations.remove_members(tx, program_id, segments, segment, members, now=now)
    await _log(tx, program_id, actor, "segment.members_removed", segment, changed, now)
    return ChangedOut(changed=changed)


async def _log(
    tx: Transaction, program_id: ProgramId, actor: str, action: str, segment: str, changed: int, now: datetime
) -> None:
    if changed:
        await audit.record(
            tx,
            actor=actor,
            action=action,
            subject=f"segment:{segment}",
            now=now,
            program_id=program_id,
            detail={"members": changed},
        )

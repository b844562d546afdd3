"""Long work over HTTP, all kinds in one list; what to do about it is at the address of its own kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from puntal.access.dependencies import Locale, ProgramCaller, ProgramId, ProgramTx, RealNow, program_router, requires
from puntal.access.model import Permission
from puntal.access.queries import who
from puntal.insight.model_work import PERMISSIONS, Work, WorkKind, WorkState
from puntal.insight.queries import work as queries
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, last_id

router = program_router("jobs")


class JobProgressOut(BaseModel):
    """How far it has got."""

    done: int = Field(description="Events, rows or codes.", examples=[50000])
    total: int | None = Field(description="Null until it is known.", examples=[100000])
    percent: int | None = Field(ge=0, le=100, description="Null until it is known; 100 only when it is done.")


class JobTargetOut(BaseModel):
    """What it is; a screen makes its address from it, as of a notification's."""

    kind: WorkKind
    id: UUID


class JobOut(BaseModel):
    """One piece of long work."""

    id: UUID
    kind: WorkKind
    text: str = Field(description="In the language of the request.", examples=["Export of members"])
    state: WorkState
    progress: JobProgressOut
    asked_by: str = Field(description="`staff:` or `key:` and an id.", examples=["staff:0199a1b2-c3d4-7e5f-8a9b"])
    asked_at: datetime
    started_at: datetime | None = Field(description="Null also where nobody notes it.")
    ended_at: datetime | None
    target: JobTargetOut
    asked_by_name: str | None = Field(description="What the person or key is called.", examples=["Anna"])
    summary: str | None = Field(description="What came of it, in the language of the request.", examples=["1,200 rows"])
    file: str | None = Field(description="Of an export: the name of the file that can be fetched.")

    @classmethod
    def of(cls, one: Work, locale: str, names: Mapping[str, str]) -> JobOut:
        """Return it as the API shows it."""
        return cls(
            id=one.id,
            kind=one.kind,
            text=one.text(locale),
            state=one.state,
            progress=JobProgressOut(done=one.done, total=one.total, percent=one.percent),
            asked_by=one.asked_by,
            asked_at=one.asked_at,
            started_at=one.started_at,
            ended_at=one.ended_at,
            target=JobTargetOut(kind=one.kind, id=one.id),
            asked_by_name=names.get(one.asked_by),
            summary=one.summary(locale),
            file=one.file,
        )


@router.get(
    "/jobs",
    summary="List long work under way and done",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={400: {"description": "`request.bad_cursor`"}},
)
async def list_jobs(
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    locale: Locale,
    now: RealNow,
    *,
    active: Annotated[bool, Query(description="Only what waits or runs.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[JobOut]:
    """List simulations, exports, voucher batches and imports, newest first; of each kind if you may read it.

    Exports take `reports:read`, voucher batches `vouchers:read`, imports of events `imports:write`, of members
    `members:read`.
    """
    kinds = [kind for kind, permission in PERMISSIONS.items() if permission in caller.permissions]
    found = await queries.work(tx, program_id, kinds, active=active, before=last_id(cursor), limit=limit + 1, now=now)
    rows, following = cut(found, limit, lambda one: (one.id,))
    names = await who.names(tx, [one.asked_by for one in rows])
    return Page(items=[JobOut.of(one, locale, names) for one in rows], next=following)

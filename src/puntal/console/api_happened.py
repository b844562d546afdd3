"""What happened to a member beside her events, over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from puntal.access.dependencies import ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.access.queries import who
from puntal.console.api import CurrentProgram
from puntal.console.happened import What, happened
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, read_cursor

router = program_router("console")


class HappenedOut(BaseModel):
    """Something that changed a balance or a standing, and was no event."""

    id: UUID
    at: datetime
    what: What = Field(
        description="`moved` in a wallet, `redeemed`, a redemption `ended`, a `tier` changed, or `done` by staff."
    )
    code: str = Field(
        description="The kind of the movement, the redemption's state, why the tier changed, or the deed of the log.",
        examples=["points.adjusted"],
    )
    wallet: str | None = Field(examples=["points"])
    amount: int | None = Field(description="In the wallet's smallest unit, below 0 what went.", examples=[-600])
    by: str | None = Field(description="Who did it.", examples=["staff:019a8f5e-7c1e-7000-8000-3f6c2b1d4e5a"])
    by_name: str | None = Field(examples=["Anna"])
    approved_by_name: str | None = Field(description="The second person, where it took two.", examples=["Ben"])
    reason: str | None = Field(description="What the member reads.")
    internal: str | None = Field(description="What staff noted; of movements null for callers who may not adjust.")
    reward: str | None = Field(examples=["five_euro"])
    order: str | None = Field(description="Source and id of the order a reward was used on.", examples=["shop:1001"])
    place: str | None = Field(description="The store, else the channel, of a redemption.", examples=["madrid"])
    ladder: str | None = Field(examples=["club"])
    tier: str | None = Field(description="The tier from then on, or given by hand.", examples=["gold"])
    tier_before: str | None = Field(examples=["silver"])


@router.get(
    "/members/{member_id}/happened",
    summary="List what happened to a member beside events",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses={404: {"description": "`members.unknown`"}},
)
async def list_happened(
    member_id: UUID,
    tx: ProgramTx,
    program_id: ProgramId,
    compiled: CurrentProgram,
    caller: ProgramCaller,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[HappenedOut]:
    """List, newest first, what changed her balances or standing and was no event: adjustments, redemptions, what ended.

    With `members/{id}/events` that is everything.
    """
    assert program_id == compiled.program_id, "the program as it stands is that of the request"
    before = read_cursor(cursor, tuple[datetime, UUID]) if cursor else None
    found = await happened(tx, compiled, member_id, before=before, limit=limit + 1)
    rows, following = cut(found, limit, lambda row: (row.at, row.id))
    names = await who.names(tx, [actor for row in rows for actor in (row.actor, row.second) if actor is not None])
    shown = []
    for row in rows:
        redemption, standing = row.what in ("redeemed", "ended"), row.what in ("tier", "done")
        shown.append(
            HappenedOut(
                id=row.id,
                at=row.at,
                what=row.what,
                code=row.code,
                wallet=None if row.wallet is None else compiled.terms[row.wallet].id,
                amount=row.amount,
                by=row.actor,
                by_name=names.get(row.actor or ""),
                approved_by_name=names.get(row.second or ""),
                reason=row.reason,
                internal=row.internal if row.what != "moved" or caller.may(Permission.POINTS_ADJUST) else None,
                reward=row.subject if redemption else None,
                order=row.came_from if redemption else None,
                place=row.place if redemption else None,
                ladder=row.place if standing else None,
                tier=row.subject if standing else None,
                tier_before=row.came_from if standing else None,
            )
        )
    return Page(items=shown, next=following)

"""What somebody of the staff was told, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Locale, ProgramCaller, ProgramId, ProgramTx, RealNow, program_router, requires
from puntal.access.model_notifications import Notification
from puntal.access.operations import notifications
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import cut, last_id

router = program_router("notifications")


class TargetOut(BaseModel):
    """What it is about; a screen makes its address from it."""

    kind: str = Field(examples=["export"])
    id: str


class NotificationOut(BaseModel):
    """One thing somebody is told."""

    id: UUID
    code: str = Field(examples=["export.done"])
    text: str = Field(description="In the language of the request.", examples=["Your export of members is ready"])
    numbers: dict[str, Any] = Field(description="What the sentence is about.", examples=[{"rows": 1200}])
    target: TargetOut
    at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, one: Notification, locale: str) -> NotificationOut:
        """Return it as the API shows it."""
        return cls(
            id=one.id,
            code=one.code,
            text=one.text(locale),
            numbers=dict(one.numbers),
            target=TargetOut(kind=one.target_kind, id=one.target_id),
            at=one.at,
            read_at=one.read_at,
        )


class NotificationsOut(BaseModel):
    """A page, and how many wait to be read in all."""

    items: list[NotificationOut]
    unread: int = Field(description="Up to 1000.")
    next: str | None = Field(default=None, description="Send as `cursor` for the next page; null at the end.")


class ReadIn(BaseModel):
    """What was read."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"ids": ["019a8f5e-7c1e-7000-8000-3f6c2b1d4e5a"]}]}
    )

    ids: list[UUID] | None = Field(default=None, max_length=1000, description="All when left out.")


class ReadOut(BaseModel):
    """What is left."""

    unread: int


@router.get("/notifications", summary="List what you were told", dependencies=[requires(None)])
async def list_notifications(
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    locale: Locale,
    *,
    unread: Annotated[bool, Query(description="Only what was not read.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> NotificationsOut:
    """List what the person asking was told, newest first. A key is told nothing."""
    found: Sequence[Notification] = await notifications.listed(
        tx, program_id, caller.id, unread=unread, before=last_id(cursor), limit=limit + 1
    )
    rows, following = cut(found, limit, lambda one: (one.id,))
    return NotificationsOut(
        items=[NotificationOut.of(one, locale) for one in rows],
        unread=await notifications.unread(tx, program_id, caller.id),
        next=following,
    )


@router.post("/notifications/read", summary="Note what you have read", dependencies=[requires(None)])
async def read_notifications(
    body: ReadIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> ReadOut:
    """Mark some, or all, of what the person asking was told as read; a second time nothing changes."""
    await notifications.mark_read(tx, program_id, caller.id, body.ids, now=now)
    return ReadOut(unread=await notifications.unread(tx, program_id, caller.id))

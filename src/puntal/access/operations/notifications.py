"""Telling staff what has come of what they asked for, in the transaction in which it came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from puntal.access import queries
from puntal.access.model import Caller, Permission
from puntal.access.model_notifications import Notification, NotificationCode, TargetKind
from puntal.access.store import notifications as store
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction

_STAFF = "staff:"
MOST_UNREAD = 1_000
MOST_DECIDERS = 500
KEPT = timedelta(days=90)


async def tell(
    tx: Transaction,
    program_id: int,
    actor: str,
    code: NotificationCode,
    *,
    target: tuple[TargetKind, UUID],
    now: datetime,
    **numbers: object,
) -> None:
    """Tell the person who asked; keys and command lines ask for themselves."""
    if actor.startswith(_STAFF):
        await tell_all(tx, program_id, [UUID(actor.removeprefix(_STAFF))], code, target=target, now=now, **numbers)


async def tell_all(
    tx: Transaction,
    program_id: int,
    staff: Collection[UUID],
    code: NotificationCode,
    *,
    target: tuple[TargetKind, UUID],
    now: datetime,
    **numbers: object,
) -> None:
    """Tell several people the same; one statement."""
    rows = [(person, ids.new_id()) for person in staff]
    if rows:
        said: Mapping[str, object] = numbers
        await store.insert(tx, program_id, rows, code=code, numbers=said, target=target, at=now)


async def tell_deciders(tx: Transaction, program_id: ProgramId, by: Caller, approval: UUID, *, now: datetime) -> None:
    """Tell everybody who may decide a request of this program that one waits, except who asked."""
    roles = await queries.list_roles(tx, by.organization_id)
    deciding = {name for name, role in roles.items() if Permission.APPROVALS_DECIDE in role.permissions}
    people = await queries.list_staff(tx, by.organization_id, before=None, limit=MOST_DECIDERS)
    told = [
        one.id
        for one in people
        if one.role in deciding
        and one.disabled_at is None
        and one.id != by.id
        and (one.programs is None or program_id in one.programs)
    ]
    await tell_all(tx, program_id, told, "approval.wanted", target=("approval", approval), now=now)


async def mark_read(
    tx: Transaction, program_id: int, staff: UUID, notifications: Collection[UUID] | None, *, now: datetime
) -> int:
    """Note that somebody has read these, or all of hers; returns how many were unread."""
    return await store.mark_read(tx, program_id, staff, notifications, now=now)


async def listed(
    tx: Transaction, program_id: int, staff: UUID, *, unread: bool, before: UUID | None, limit: int
) -> list[Notification]:
    """Return what somebody was told, newest first."""
    return await store.listed(tx, program_id, staff, unread=unread, before=before, limit=limit)


async def unread(tx: Transaction, program_id: int, staff: UUID) -> int:
    """Return how many somebody has not read, up to a thousand."""
    return await store.unread(tx, program_id, staff, most=MOST_UNREAD)


async def forget_old(tx: Transaction, program_id: int, *, now: datetime) -> int:
    """Delete what is older than 90 days; returns how many."""
    return await store.purge(tx, program_id, before=now - KEPT)

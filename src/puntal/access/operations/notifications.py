"""Telling staff what has come of what they asked for, in the transaction in which it came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from puntal.access import queries
from puntal.access.model import Caller, OrganizationId, Permission
from puntal.access.model_notifications import News, Notification, NotificationCode, TargetKind
from puntal.access.store import notifications as store
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction

_STAFF = "staff:"
MOST_UNREAD = 1_000
MOST_TOLD = 500
KEPT = timedelta(days=90)


async def tell(
    tx: Transaction,
    program_id: int,
    actor: str,
    code: NotificationCode,
    *,
    target: tuple[TargetKind, UUID],
    now: datetime,
    once: str | None = None,
    **numbers: object,
) -> None:
    """Tell the person who asked; keys and command lines ask for themselves. What is told `once` is not told again."""
    if actor.startswith(_STAFF):
        news = News(code=code, target=(target[0], str(target[1])), once=once, numbers=numbers)
        await tell_all(tx, program_id, [UUID(actor.removeprefix(_STAFF))], [news], now=now)


async def tell_all(
    tx: Transaction, program_id: int, staff: Collection[UUID], news: Sequence[News], *, now: datetime
) -> int:
    """Tell several people the same, in one statement; returns how many notifications were new."""
    rows = [(person, ids.new_id(), one) for one in news for person in staff]
    return await store.insert(tx, program_id, rows, at=now) if rows else 0


async def tell_whoever_may(
    tx: Transaction, program_id: int, permission: Permission, news: Sequence[News], *, now: datetime
) -> int:
    """Tell everybody of a program's staff who may do something; returns how many notifications were new."""
    if not news:
        return 0
    organization = await queries.organization_of(tx, program_id)
    return await tell_all(tx, program_id, await _who_may(tx, organization, program_id, permission), news, now=now)


async def tell_deciders(tx: Transaction, program_id: ProgramId, by: Caller, approval: UUID, *, now: datetime) -> None:
    """Tell everybody who may decide a request of this program that one waits, except who asked."""
    deciding = await _who_may(tx, by.organization_id, program_id, Permission.APPROVALS_DECIDE)
    news = News(code="approval.wanted", target=("approval", str(approval)), numbers={})
    await tell_all(tx, program_id, [one for one in deciding if one != by.id], [news], now=now)


async def _who_may(
    tx: Transaction, organization: OrganizationId, program_id: int, permission: Permission
) -> list[UUID]:
    roles = await queries.list_roles(tx, organization)
    able = {name for name, role in roles.items() if permission in role.permissions}
    people = await queries.list_staff(tx, organization, before=None, limit=MOST_TOLD)
    return [
        one.id
        for one in people
        if one.role in able and one.disabled_at is None and (one.programs is None or program_id in one.programs)
    ]


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

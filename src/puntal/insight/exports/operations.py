"""Asking for exports, looking at them, giving them up, fetching their files. The caller commits."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from puntal.access.operations import audit
from puntal.insight.exports import store
from puntal.insight.exports.errors import ExportNotFound, ExportNotReady, FilterNotFor, TooManyExports
from puntal.insight.exports.model import LINK_LASTS, Export, Filters, Format, Kind
from puntal.kit import ids, jobs
from puntal.kit.db import Database, ProgramId, Transaction

EXPORT = "insight.export"
"""The job, deferred by name."""
MOST_AT_ONCE = 5
_OF_MEMBERS = ("segment", "ladder", "tier", "search", "status")


async def start(
    tx: Transaction,
    program_id: int,
    kind: Kind,
    format: Format,
    filters: Filters,
    *,
    by: str,
    now: datetime,
    defer: bool = True,
) -> Export:
    """Ask for a file. A worker makes it, unless the caller says that she will (`defer`).

    Raises:
        FilterNotFor: A filter is for members alone, or a tier without its ladder.
        TooManyExports: So many wait or run already.
    """
    for name in _OF_MEMBERS if kind != "members" else ():
        if getattr(filters, name) is not None:
            raise FilterNotFor(kind=kind, filter=name)
    if (filters.tier is None) != (filters.ladder is None):
        raise FilterNotFor(kind=kind, filter="tier")
    running = await store.active(tx, program_id)
    if running >= MOST_AT_ONCE:
        raise TooManyExports(running=running)
    one = Export(id=ids.new_id(), kind=kind, format=format, filters=filters, state="waiting", asked_by=by, asked_at=now)
    await store.insert(tx, program_id, one)
    await _note(tx, program_id, one, "export.asked", by, now)
    if defer:
        await jobs.defer(tx, EXPORT, lock=f"{EXPORT}:{program_id}", program_id=program_id, export_id=one.id)
    return one


async def load(tx: Transaction, program_id: int, id: UUID) -> Export:
    """Return an export.

    Raises:
        ExportNotFound: There is none.
    """
    found = await store.find(tx, program_id, id)
    if found is None:
        raise ExportNotFound
    return found


async def cancel(tx: Transaction, program_id: int, id: UUID, *, now: datetime) -> Export:
    """Give one up that waits or runs; of one that is over nothing changes.

    Raises:
        ExportNotFound: There is none.
    """
    await store.cancel(tx, program_id, id, now=now)
    return await load(tx, program_id, id)


async def fetched(tx: Transaction, program_id: int, id: UUID, *, by: str, now: datetime) -> Export:
    """Return an export whose file is about to be handed out, and note who fetches it.

    Raises:
        ExportNotFound: There is none.
        ExportNotReady: It has no file.
    """
    one = await load(tx, program_id, id)
    if one.state != "done" or (one.expires_at is not None and one.expires_at <= now):
        raise ExportNotReady(state="expired" if one.state == "done" else one.state)
    await _note(tx, program_id, one, "export.fetched", by, now)
    return one


async def pieces(database: Database, program_id: int, id: UUID) -> AsyncIterator[bytes]:
    """Yield a file's pieces, each read by itself."""
    number = 0
    while True:
        async with database.program_transaction(program_id) as tx:
            data = await store.piece(tx, program_id, id, number)
        if data is None:
            return
        yield data
        number += 1


def sign(one: Export, *, now: datetime) -> tuple[datetime, str]:
    """Return until when a link to the file works, and its signature.

    Raises:
        ExportNotReady: It has no file.
    """
    if one.secret is None or one.state != "done" or one.expires_at is None:
        raise ExportNotReady(state=one.state)
    until = min(now + LINK_LASTS, one.expires_at).replace(microsecond=0)
    return until, _signature(one.secret, one.id, int(until.timestamp()))


def check(one: Export, *, until: int, signature: str, now: datetime) -> None:
    """Do nothing where a link is good.

    Raises:
        ExportNotFound: It is not, or no longer.
    """
    if one.secret is None or datetime.fromtimestamp(until, UTC) <= now:
        raise ExportNotFound
    if not hmac.compare_digest(_signature(one.secret, one.id, until).encode(), signature.encode()):
        raise ExportNotFound


def _signature(secret: bytes, id: UUID, until: int) -> str:
    return hmac.new(secret, f"{id}/{until}".encode(), hashlib.sha256).hexdigest()


async def _note(tx: Transaction, program_id: int, one: Export, action: str, by: str, now: datetime) -> None:
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        action=action,
        subject=f"export:{one.id}",
        actor=by,
        now=now,
        detail={"kind": one.kind, "format": one.format},
    )


async def expire(tx: Transaction, program_id: int, *, now: datetime) -> int:
    """Delete the files whose time is over; returns how many."""
    return await store.expire(tx, program_id, now=now)

"""What a worker does by the clock: asks each program whether its night is due, and clears away what is done.

One worker at a time does it: whoever holds an advisory lock on a connection of its own. When that worker or its
connection dies, another one takes over within a minute.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from psycopg import AsyncConnection

from puntal.access import idempotency
from puntal.access.operations import notifications
from puntal.insight.exports import operations as exports
from puntal.insight.periodic import operations as reports
from puntal.kit import clock
from puntal.kit.db import Database, ProgramId, Transaction
from puntal.kit.sealing import Sealer
from puntal.outbox import operations as outbox
from puntal.rewards.operations import passes
from puntal.webhooks import operations as webhooks

RunDue = Callable[[int, datetime], Awaitable[object]]
"""Runs the nights of a program that are due at its own time; does nothing when none is."""

NIGHTS_AT_ONCE = 2
_OUTBOX_KEPT = timedelta(days=14)
_LEADER_KEY = 0x70756E7774616C
_log = structlog.get_logger(__name__)

TRY_LEAD = "SELECT pg_try_advisory_lock(%(key)s)"

PUBLISHED = """
SELECT id, clock_offset_seconds FROM program WHERE revision > 0 ORDER BY id
"""


@contextlib.asynccontextmanager
async def leading(uri: str) -> AsyncIterator[AsyncConnection | None]:
    """Give the connection that holds the lead while it lives, or None where another worker has it."""
    async with await AsyncConnection.connect(uri, autocommit=True) as connection:
        row = await (await connection.execute(TRY_LEAD, {"key": _LEADER_KEY})).fetchone()
        yield connection if row is not None and row[0] else None


async def programs(tx: Transaction) -> list[tuple[int, timedelta]]:
    """Return every program that was published, and how far its clock is behind the real one."""
    return [(int(row[0]), timedelta(seconds=row[1])) for row in await (await tx.execute(PUBLISHED)).fetchall()]


class Nights:
    """The nights under way: a long one does not keep other programs waiting, nor is it begun twice."""

    def __init__(self, database: Database, run_due: RunDue) -> None:
        self._database = database
        self._run_due = run_due
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(NIGHTS_AT_ONCE)

    async def ask(self) -> None:
        """Ask each program whether its night is due, by its own clock; runs go on in the background."""
        async with self._database.transaction() as tx:
            found = await programs(tx)
        for program_id, offset in found:
            if program_id not in self._tasks:
                task = asyncio.create_task(self._one(program_id, offset), name=f"night of {program_id}")
                self._tasks[program_id] = task
                task.add_done_callback(functools.partial(self._ended, program_id))

    async def stop(self) -> None:
        """End what is under way; a night goes on where it stopped when it is asked for again."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def settled(self) -> None:
        """Return when no night is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    def _ended(self, program_id: int, _task: asyncio.Task[None]) -> None:
        del self._tasks[program_id]

    async def _one(self, program_id: int, offset: timedelta) -> None:
        async with self._room:
            try:
                await self._run_due(program_id, clock.now() - offset)
            except Exception as failure:  # noqa: BLE001 - one program's night must not end the others'
                _log.exception("night.failed", program_id=program_id, reason=type(failure).__name__)


async def clear_away(database: Database) -> dict[str, int]:
    """Delete what was passed on, sent or answered long ago, program by program; return how much."""
    now = clock.now()
    gone = {"outbox": 0, "webhooks": 0, "answers": 0, "exports": 0, "reports": 0, "notifications": 0}
    async with database.transaction() as tx:
        found = await programs(tx)
        gone["answers"] += await idempotency.purge_above(tx, now=now)
    for program_id, _ in found:
        async with database.program_transaction(program_id) as tx:
            gone["outbox"] += await outbox.drop_relayed(tx, program_id, before=now - _OUTBOX_KEPT)
            gone["webhooks"] += await webhooks.drop_old(tx, program_id, now=now)
            gone["answers"] += await idempotency.purge(tx, ProgramId(program_id), now=now)
            gone["exports"] += await exports.expire(tx, program_id, now=now)
            gone["reports"] += await reports.expire(tx, program_id, now=now)
            gone["notifications"] += await notifications.forget_old(tx, program_id, now=now)
    return gone


async def seal_what_is_not(database: Database, sealer: Sealer) -> int:
    """Seal the secrets that were stored before there was sealing; returns how many. A second call finds none."""
    async with database.transaction() as tx:
        found = await programs(tx)
    count = 0
    for program_id, _ in found:
        async with database.program_transaction(program_id) as tx:
            count += await webhooks.reseal(tx, program_id, sealer=sealer, plain_only=True)
            count += await passes.reseal(tx, program_id, sealer=sealer, plain_only=True)
    if count:
        _log.info("worker.sealed", count=count)
    return count

"""The worker: relay, webhooks, jobs and the clock, in one process; run as many as you like.

Every loop outlives a restart of the database: what fails is logged and tried again, a little later each time. On
`stop` nothing new is begun, and what is under way is given half a minute.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolClosed, PoolTimeout

from puntal.entrypoints import worker_schedule
from puntal.entrypoints.worker_relay import CHANNEL, Routes, relay_all
from puntal.entrypoints.worker_schedule import Nights, RunDue
from puntal.entrypoints.worker_webhooks import Deliveries
from puntal.kit import jobs
from puntal.kit.db import Database, listen
from puntal.kit.sealing import sealer_of
from puntal.kit.settings import Settings
from puntal.webhooks.sending import Sender

RELAY_POLL_SECONDS = 2.0
WEBHOOK_POLL_SECONDS = 1.0
MINUTE_SECONDS = 60.0
_CLEAR_EVERY_SECONDS = 3600.0
_SEAL_AFTER_SECONDS = 1800.0
"""After an upgrade: by then no server of the release before is left, which would not know what is sealed."""
_GRACE_SECONDS = 30
_PAUSES_SECONDS = (0.2, 1.0, 3.0, 10.0, 30.0)
_OUTAGES = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed, ConnectorException, OSError)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the process that runs a worker brings to it.

    Attributes:
        routes: Which jobs want to know of which kinds of outbox rows. Jobs are known once their modules are imported.
        run_due: Runs a program's nights that are due; None in a process that has no nights.
        parts: What jobs share, by type (see `kit.jobs.Work`).
    """

    routes: Routes = field(default_factory=dict)
    run_due: RunDue | None = None
    parts: Mapping[type[Any], object] = field(default_factory=dict)


async def run(settings: Settings, database: Database, wiring: Wiring, *, stop: asyncio.Event) -> None:
    """Work until `stop` is set; returns when all that was under way is done or given up.

    Args:
        settings: Of the deployment.
        database: Open and migrated; stays open.
        wiring: What to do with what happens.
        stop: Set it from a signal handler.
    """
    missing = {route.job for routes in wiring.routes.values() for route in routes} - jobs.known()
    if missing:
        raise RuntimeError(f"routes name jobs nobody registered: {', '.join(sorted(missing))}")
    loops = {
        "relay": _relay(database, wiring.routes, stop),
        "webhooks": _webhooks(settings, database, stop),
        "jobs": _jobs(settings, database, wiring, stop),
        "clock": _clock(settings, database, wiring, stop),
    }
    async with asyncio.TaskGroup() as group:
        for name, loop in loops.items():
            group.create_task(loop, name=name)
    _log.info("worker.stopped")


async def keep_trying(name: str, attempt: Callable[[], Awaitable[object]], stop: asyncio.Event) -> None:
    """Run `attempt` over and over until `stop`; an outage or a defect is logged and followed by a longer pause.

    `attempt` does its own waiting between two successes.
    """
    failures = 0
    while not stop.is_set():
        try:
            await attempt()
            failures = 0
        except Exception as failure:  # noqa: BLE001 - a loop outlives whatever happens in it
            pause = _PAUSES_SECONDS[min(failures, len(_PAUSES_SECONDS) - 1)]
            failures += 1
            if isinstance(failure, _OUTAGES):
                _log.warning("worker.outage", loop=name, reason=type(failure).__name__, retry_in_seconds=pause)
            else:
                _log.exception("worker.failed", loop=name, retry_in_seconds=pause)
            await pause_or_stop(pause, stop)


async def pause_or_stop(seconds: float, stop: asyncio.Event) -> None:
    """Return after a while, at once when `stop` is set."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run something beside the block and cancel it when the block ends."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _relay(database: Database, routes: Routes, stop: asyncio.Event) -> None:
    woken = asyncio.Event()

    async def hear() -> None:
        async for _ in listen(database.uri, CHANNEL):
            woken.set()

    async def once() -> None:
        woken.clear()
        if await relay_all(database, routes) == 0:
            await _first(woken, stop, seconds=RELAY_POLL_SECONDS)

    async with _beside(hear()):
        await keep_trying("relay", once, stop)


async def _first(*events: asyncio.Event, seconds: float) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def _webhooks(settings: Settings, database: Database, stop: asyncio.Event) -> None:
    sender = Sender(
        allow_private=settings.allow_private_webhooks,
        timeout_seconds=settings.webhook_timeout_seconds,
        concurrency=settings.webhook_concurrency,
    )
    sealer = sealer_of(settings)
    deliveries = Deliveries(database, sender, sealer=sealer, concurrency=settings.webhook_concurrency)

    async def once() -> None:
        if await deliveries.start_due() == 0:
            await deliveries.wait(WEBHOOK_POLL_SECONDS)

    try:
        await keep_trying("webhooks", once, stop)
        await deliveries.drain()
    finally:
        await sender.close()


async def _jobs(settings: Settings, database: Database, wiring: Wiring, stop: asyncio.Event) -> None:
    work = jobs.Work(database=database, parts=wiring.parts)

    async def once() -> None:
        queue = jobs.runner(database.uri)
        async with queue.open_async():
            running = asyncio.create_task(
                jobs.run(
                    queue,
                    work,
                    concurrency=settings.job_concurrency,
                    grace_seconds=_GRACE_SECONDS,
                    stalled_seconds=settings.job_stalled_seconds,
                )
            )
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    await keep_trying("jobs", once, stop)


async def _clock(settings: Settings, database: Database, wiring: Wiring, stop: asyncio.Event) -> None:
    nights = None if wiring.run_due is None else Nights(database, wiring.run_due)
    pause = min(MINUTE_SECONDS, settings.job_stalled_seconds)

    async def once() -> None:
        async with worker_schedule.leading(database.uri) as lead:
            if lead is None:
                await pause_or_stop(pause, stop)
                return
            clear_in, seal_in = 0.0, _SEAL_AFTER_SECONDS
            while not stop.is_set():
                # Fails when the connection, and with it the lead, is lost.
                await lead.execute("SELECT 1")
                if nights is not None:
                    await nights.ask()
                await _keep_house(settings, database)
                if clear_in <= 0:
                    _log.info("worker.cleared", **await worker_schedule.clear_away(database))
                    clear_in = _CLEAR_EVERY_SECONDS
                if seal_in <= 0:
                    await worker_schedule.seal_what_is_not(database, sealer_of(settings))
                    seal_in = _CLEAR_EVERY_SECONDS
                clear_in -= pause
                seal_in -= pause
                await pause_or_stop(pause, stop)

    try:
        await keep_trying("clock", once, stop)
    finally:
        if nights is not None:
            await nights.stop()


async def _keep_house(settings: Settings, database: Database) -> None:
    queue = jobs.runner(database.uri, connections=1)
    async with queue.open_async():
        again = await jobs.keep_house(queue, stalled_seconds=settings.job_stalled_seconds)
    if again:
        _log.warning("worker.jobs_queued_again", count=again)

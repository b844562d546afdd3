"""The relay: turns what was written into the outbox into webhook deliveries and jobs, in one transaction a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from puntal.kit import clock, jobs
from puntal.kit.db import Database
from puntal.outbox import operations as outbox
from puntal.outbox.model import matches
from puntal.webhooks import operations as webhooks

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Transaction
    from puntal.outbox.model import Happening

CHANNEL = "puntal_outbox"
BATCH = 500
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A job that wants to know.

    Attributes:
        job: Its name. It is given `program_id` and, unless it is debounced, `ids`: the outbox rows, up to 500.
        debounce_seconds: Run once for all that happens meanwhile, this long after the first of it: at most one
            such job of a program waits, and one runs. None: a job per batch.
    """

    job: str
    debounce_seconds: int | None = None


Routes = Mapping[str, Sequence[Route]]
"""By kind or pattern: `event.caused`, `member.*`."""


async def relay_batch(database: Database, program_id: int, routes: Routes, *, limit: int = BATCH) -> int:
    """Pass on the oldest rows of a program that no other relay has; return how many.

    All of it commits or none: a crash leaves the rows waiting, and what was written for them is gone with them.
    """
    now = clock.now()
    async with database.program_transaction(program_id) as tx:
        rows = await outbox.claim(tx, program_id, limit=limit)
        if not rows:
            return 0
        await webhooks.queue(tx, program_id, rows, now=now)
        await _defer(tx, program_id, rows, routes, now)
        await outbox.mark(tx, program_id, [row.id for row in rows], now=now)
    return len(rows)


async def relay_all(database: Database, routes: Routes) -> int:
    """Pass on all that waits, a batch of each program in turn; return how many.

    A program whose batch fails by a defect is left for the next time and does not hold up the others; an outage is
    raised.
    """
    total = 0
    failed: set[int] = set()
    while True:
        async with database.transaction() as tx:
            waiting = [id for id in await outbox.programs_waiting(tx) if id not in failed]
        moved = 0
        for program_id in waiting:
            try:
                moved += await relay_batch(database, program_id, routes)
            except (psycopg.OperationalError, PoolTimeout):
                raise
            except Exception as failure:  # noqa: BLE001 - one program's defect must not silence the others
                _log.exception("relay.failed", program_id=program_id, reason=type(failure).__name__)
                failed.add(program_id)
        total += moved
        if not moved:
            return total


async def _defer(tx: Transaction, program_id: int, rows: Sequence[Happening], routes: Routes, now: datetime) -> None:
    wanted: dict[Route, list[UUID]] = {}
    for row in rows:
        for pattern, interested in routes.items():
            if matches(pattern, row.kind):
                for route in interested:
                    wanted.setdefault(route, []).append(row.id)
    # In the order of their names: two relays wait for each other's `once` in one order only.
    for route in sorted(wanted, key=lambda one: one.job):
        if route.debounce_seconds is None:
            ids = list(dict.fromkeys(wanted[route]))
            await jobs.defer(tx, route.job, program_id=program_id, ids=ids)
            continue
        at = now + timedelta(seconds=route.debounce_seconds)
        alone = f"{route.job}:{program_id}"
        await jobs.defer(tx, route.job, once=alone, lock=alone, at=at, program_id=program_id)
